/* The devices of QEMU's virt machine, at its addresses and with its interrupt numbers. */
#include "machine.h"
#include <axdevice/empty.h>
#include <axvmconfig/layout.h>
#include "internal.h"

enum { FW_CFG_NO_GRAPHICS = 0x04, FW_CFG_CPUS = 0x05 };

enum err vm_make_uart(struct vm *vm, struct message *why)
{
    uart_init(&vm->uart, gpa(GUEST_UART), vm_line(vm, GUEST_UART_IRQ), vm_console_write_byte, vm);
    vm->uart.drained = vm_console_drained;
    return vm_add_device(vm, &vm->uart.device, RANGE_THING, why);
}

/* A slot in which the VM has a device of the host's is that one's. */
enum err vm_make_virtio(struct vm *vm, struct message *why)
{
    enum err err = OK;
    for (uint32_t i = 0; i < GUEST_VIRTIO_IRQS && err == OK; i++) {
        uint64_t base = GUEST_VIRTIO + i * PAGE_SIZE;
        empty_virtio_init(&vm->virtio[i], gpa(base));
        if (!vm_has_given_at(vm, base))
            err = vm_add_device(vm, &vm->virtio[i], RANGE_THING, why);
    }
    return err;
}

static bool read_guest(void *context, gpa_t at, void *to, size_t size)
{
    const struct vm *vm = context;
    return guest_read(&vm->memory, at, to, size) == OK;
}

static bool write_guest(void *context, gpa_t at, const void *from, size_t size)
{
    const struct vm *vm = context;
    return guest_write(&vm->memory, at, from, size) == OK;
}

/* What QEMU's has but for ACPI and SMBIOS, which this machine has no tables of. */
static enum err fill_fw_cfg(struct vm *vm)
{
    static const uint16_t no_graphics = 1;
    static const uint32_t reboot_at_once = UINT32_MAX; /* when there is nothing to boot */
    vm->fw_cfg_cpus = (uint16_t)vm->config->cpus;
    enum err err = fw_cfg_add(&vm->fw_cfg, FW_CFG_NO_GRAPHICS, &no_graphics, sizeof no_graphics);
    if (err == OK)
        err = fw_cfg_add(&vm->fw_cfg, FW_CFG_CPUS, &vm->fw_cfg_cpus, sizeof vm->fw_cfg_cpus);
    if (err == OK)
        err = fw_cfg_add_file(&vm->fw_cfg, "bios-geometry", "", 0);
    if (err == OK)
        err = fw_cfg_add_file(&vm->fw_cfg, "bootorder", "", 0);
    if (err == OK)
        err = fw_cfg_add_file(&vm->fw_cfg, "etc/boot-fail-wait", &reboot_at_once,
                              sizeof reboot_at_once);
    return err;
}

enum err vm_make_fw_cfg(struct vm *vm, struct message *why)
{
    fw_cfg_init(&vm->fw_cfg, gpa(GUEST_FW_CFG),
                (struct fw_cfg_memory){read_guest, write_guest, vm});
    if (vm_has_given_at(vm, GUEST_FW_CFG))
        return OK;
    enum err err = fill_fw_cfg(vm);
    if (err != OK)
        return vm_complain(vm->config, why, err, "its fw_cfg can't have its items");
    return vm_add_device(vm, &vm->fw_cfg.device, RANGE_THING, why);
}

enum err vm_make_windows(struct vm *vm, struct message *why)
{
    const struct vm_taken_range windows[] = {
        {{GUEST_PCI_PORTS}, GUEST_PCI_PORTS_SIZE, "PCI ports", .place = VM_PLACE_WINDOW},
        {{GUEST_PCI_WINDOW}, GUEST_PCI_WINDOW_SIZE, "PCI window", .place = VM_PLACE_WINDOW},
        /* As QEMU has it: at the first multiple of its size that is beyond the RAM. */
        {{align_up(GUEST_RAM_BASE + vm->config->memory, GUEST_PCI_HIGH_SIZE)},
         GUEST_PCI_HIGH_SIZE,
         "high PCI window",
         .place = VM_PLACE_WINDOW},
    };
    enum err err = OK;
    for (size_t i = 0; i < ARRAY_SIZE(windows) && err == OK; i++) {
        empty_window_init(&vm->windows[i], windows[i].name, windows[i].base, windows[i].size);
        err = vm_add_device(vm, &vm->windows[i], RANGE_WINDOW, why);
    }
    return err;
}

/* QEMU's holds what M-mode's firmware is started by. */
enum err vm_make_rom(struct vm *vm, struct message *why)
{
    empty_rom_init(&vm->rom, "boot ROM", gpa(GUEST_ROM), GUEST_ROM_SIZE);
    return vm_add_device(vm, &vm->rom, RANGE_THING, why);
}
