/*
 * The VM's two banks of flash. A bank with a file has memory of the host's, which is filled when
 * the VM starts first and keeps what the guest writes over its reboots. In array mode the guest
 * reads and executes it where it lies, with no exit. A bank without a file is blank and can't be
 * written.
 */
#include <axalloc/frames.h>
#include <axhal/memory.h>
#include <axvmconfig/layout.h>
#include <lib/assert.h>
#include <string.h>
#include "internal.h"
#include "machine.h"

static uint64_t all_vcpus(const struct vm *vm)
{
    return ~UINT64_C(0) >> (64 - vm->config->cpus);
}

static void show(void *context, struct pflash *flash, bool wanted)
{
    DEBUG_ASSERT(flash->bytes != NULL);
    struct vm *vm = context;
    addrspace_show(&vm->memory, flash->device.base, PFLASH_SIZE, wanted);
}

/*
 * Other vCPUs must not go on with the old translation. Between lives no vCPU is on its hart, and
 * each forgets all translations when it comes to it (vcpu_attach). One that does not answer is
 * reported, and reads the array a while longer.
 */
static void settle(void *context)
{
    struct vm *vm = context;
    struct vcpu *self = this_hart()->vcpu;
    if (self == NULL || self->machine != &vm->machine)
        return;
    vcpu_fence_local(self, VCPU_REQ_FENCE_GVMA);
    (void)vcpu_fence_remote(self, vm->vcpus, all_vcpus(vm), VCPU_REQ_FENCE_GVMA);
}

static enum err map_bank(struct vm *vm, uint32_t bank, gpa_t at)
{
    enum err err = frames_alloc_zeroed(PFLASH_SIZE, SIZE_2M, &vm->flash_memory[bank]);
    if (err == OK)
        err = addrspace_map_ram(&vm->memory, at, PFLASH_SIZE, vm->flash_memory[bank],
                                RAM_READ | RAM_EXECUTE);
    return err;
}

static enum err make_bank(struct vm *vm, uint32_t bank, struct message *why)
{
    gpa_t at = gpa(GUEST_FLASH + bank * PFLASH_SIZE);
    struct pflash *flash = &vm->flash[bank];
    if (bank >= vm->config->flash_count) {
        pflash_init(flash, at, NULL, NULL);
        return vm_add_device(vm, &flash->device, RANGE_THING, why);
    }
    enum err err = map_bank(vm, bank, at);
    if (err == OK) {
        vm->flash_view = (struct pflash_view){show, settle, vm};
        pflash_init(flash, at, hpa_to_ptr(vm->flash_memory[bank]), &vm->flash_view);
        err = bus_add(&vm->bus, &flash->device); /* its range is taken by what is mapped */
    }
    return err == OK
               ? OK
               : vm_complain(vm->config, why, err, "flash = \"%.128s\": expected %lu MiB",
                             vm->config->flash[bank].name, (unsigned long)(PFLASH_SIZE >> 20));
}

enum err vm_make_flash(struct vm *vm, struct message *why)
{
    enum err err = OK;
    for (uint32_t bank = 0; bank < GUEST_FLASH_BANKS && err == OK; bank++)
        err = make_bank(vm, bank, why);
    return err;
}

void vm_fill_flash(struct vm *vm)
{
    for (uint32_t bank = 0; bank < vm->config->flash_count && !vm->flash_filled; bank++) {
        const struct vm_file *file = &vm->config->flash[bank];
        uint8_t *to = vm->flash[bank].bytes;
        memcpy(to, file->data, file->size);
        memset(to + file->size, 0xff, PFLASH_SIZE - file->size); /* erased */
    }
    vm->flash_filled = true;
}

void vm_free_flash(struct vm *vm)
{
    for (uint32_t bank = 0; bank < GUEST_FLASH_BANKS; bank++)
        if (vm->flash_memory[bank].a != 0)
            frames_free(vm->flash_memory[bank], PFLASH_SIZE);
}
