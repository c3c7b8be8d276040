/*
 * Writes a guest's device tree, from the root to the leaves in one pass. The form is that of QEMU's
 * virt machine after OpenSBI has been over it, as an S-mode kernel there finds it.
 */
#include <axdevice/plic.h>
#include <axdevice/rtc.h>
#include <axdevice/testdev.h>
#include <axdevice/uart.h>
#include <axvm/guest_fdt.h>
#include <axvm/layout.h>
#include <lib/bits.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#define UART_CLOCK_HZ 3686400
#define IRQ_S_EXTERNAL 9
/* What OpenSBI puts for the PLIC's M-mode contexts: not for you. */
#define IRQ_NONE UINT32_C(0xffffffff)

/* What is written to the test device for each request, and where (sifive,test). */
#define TEST_POWEROFF 0x5555
#define TEST_REBOOT 0x7777

enum phandle { PHANDLE_PLIC = 1, PHANDLE_TEST, PHANDLE_FIRST_CPU };

static uint32_t cpu_phandle(uint32_t cpu)
{
    return PHANDLE_FIRST_CPU + 2 * cpu;
}

static uint32_t intc_phandle(uint32_t cpu)
{
    return PHANDLE_FIRST_CPU + 2 * cpu + 1;
}

/* After the first error nothing more is written; the end tells. */
struct writer {
    void *fdt;
    int error;
};

static void begin(struct writer *w, const char *name)
{
    if (w->error == 0)
        w->error = fdt_begin_node(w->fdt, name);
}

/* A node with an address in its name. */
static void begin_at(struct writer *w, const char *name, uint64_t at)
{
    char full[48];

    snprintf(full, sizeof(full), "%s@%lx", name, (unsigned long)at);
    begin(w, full);
}

static void end(struct writer *w)
{
    if (w->error == 0)
        w->error = fdt_end_node(w->fdt);
}

static void bytes(struct writer *w, const char *name, const void *value, size_t size)
{
    if (w->error == 0)
        w->error = fdt_property(w->fdt, name, value, (int)size);
}

static void flag(struct writer *w, const char *name)
{
    bytes(w, name, NULL, 0);
}

static void string(struct writer *w, const char *name, const char *value)
{
    bytes(w, name, value, strlen(value) + 1);
}

static void u32(struct writer *w, const char *name, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);
    bytes(w, name, &cell, sizeof(cell));
}

static void u64(struct writer *w, const char *name, uint64_t value)
{
    fdt64_t cells = cpu_to_fdt64(value);
    bytes(w, name, &cells, sizeof(cells));
}

/* Two cells each for address and size. */
static void reg(struct writer *w, uint64_t base, uint64_t size)
{
    fdt64_t cells[] = {cpu_to_fdt64(base), cpu_to_fdt64(size)};
    bytes(w, "reg", cells, sizeof(cells));
}

static void cell_sizes(struct writer *w, uint32_t address, uint32_t size)
{
    u32(w, "#address-cells", address);
    u32(w, "#size-cells", size);
}

static void block_size(struct writer *w, const struct guest_fdt_input *in, const char *extension,
                       const char *property, uint32_t size)
{
    if (size != 0 && guest_isa_has(in->isa, extension))
        u32(w, property, size);
}

static void write_cpu(struct writer *w, const struct guest_fdt_input *in, uint32_t cpu)
{
    begin_at(w, "cpu", cpu);
    u32(w, "phandle", cpu_phandle(cpu));
    string(w, "device_type", "cpu");
    u32(w, "reg", cpu);
    string(w, "status", "okay");
    string(w, "compatible", "riscv");
    string(w, "riscv,isa-base", "rv64i");
    bytes(w, "riscv,isa-extensions", in->isa->extensions, in->isa->extensions_size);
    string(w, "riscv,isa", in->isa->isa);
    string(w, "mmu-type", in->mmu_type);
    block_size(w, in, "zicbom", "riscv,cbom-block-size", in->cbom_block_size);
    block_size(w, in, "zicbop", "riscv,cbop-block-size", in->cbop_block_size);
    block_size(w, in, "zicboz", "riscv,cboz-block-size", in->cboz_block_size);

    begin(w, "interrupt-controller");
    u32(w, "#interrupt-cells", 1);
    flag(w, "interrupt-controller");
    string(w, "compatible", "riscv,cpu-intc");
    u32(w, "phandle", intc_phandle(cpu));
    end(w);
    end(w);
}

/* The topology: one core for each vCPU in one cluster. */
static void write_cpu_map(struct writer *w, uint32_t count)
{
    char name[16];

    begin(w, "cpu-map");
    begin(w, "cluster0");
    for (uint32_t cpu = 0; cpu < count; cpu++) {
        snprintf(name, sizeof(name), "core%u", cpu);
        begin(w, name);
        u32(w, "cpu", cpu_phandle(cpu));
        end(w);
    }
    end(w);
    end(w);
}

static void write_cpus(struct writer *w, const struct guest_fdt_input *in)
{
    begin(w, "cpus");
    cell_sizes(w, 1, 0);
    u32(w, "timebase-frequency", in->timebase_frequency);
    for (uint32_t cpu = 0; cpu < in->vcpu_count; cpu++)
        write_cpu(w, in, cpu);
    write_cpu_map(w, in->vcpu_count);
    end(w);
}

static void write_chosen(struct writer *w, const struct guest_fdt_input *in)
{
    char path[48];

    snprintf(path, sizeof(path), "/soc/serial@%lx", (unsigned long)GUEST_UART);
    begin(w, "aliases");
    string(w, "serial0", path);
    end(w);

    begin(w, "chosen");
    string(w, "stdout-path", path);
    string(w, "bootargs", in->bootargs);
    if (in->ramdisk_size != 0) {
        u64(w, "linux,initrd-start", in->ramdisk.a);
        u64(w, "linux,initrd-end", in->ramdisk.a + in->ramdisk_size);
    }
    bytes(w, "rng-seed", in->rng_seed, sizeof(in->rng_seed));
    end(w);
}

static void write_memory(struct writer *w, const struct guest_fdt_input *in)
{
    begin_at(w, "memory", in->ram_base.a);
    string(w, "device_type", "memory");
    reg(w, in->ram_base.a, in->ram_size);
    end(w);
}

/* Contexts 2h, M-mode, and 2h+1, S-mode, for each hart h. */
static void write_plic(struct writer *w, uint32_t vcpu_count)
{
    static const char compatible[] = "sifive,plic-1.0.0\0riscv,plic0";
    fdt32_t contexts[4 * GUEST_FDT_MAX_VCPUS];

    for (uint32_t cpu = 0; cpu < vcpu_count; cpu++) {
        contexts[4 * cpu] = cpu_to_fdt32(intc_phandle(cpu));
        contexts[4 * cpu + 1] = cpu_to_fdt32(IRQ_NONE);
        contexts[4 * cpu + 2] = cpu_to_fdt32(intc_phandle(cpu));
        contexts[4 * cpu + 3] = cpu_to_fdt32(IRQ_S_EXTERNAL);
    }
    begin_at(w, "plic", GUEST_PLIC);
    u32(w, "phandle", PHANDLE_PLIC);
    bytes(w, "compatible", compatible, sizeof(compatible));
    u32(w, "#address-cells", 0);
    u32(w, "#interrupt-cells", 1);
    flag(w, "interrupt-controller");
    bytes(w, "interrupts-extended", contexts, 4 * vcpu_count * sizeof(contexts[0]));
    reg(w, GUEST_PLIC, PLIC_SIZE);
    u32(w, "riscv,ndev", PLIC_SOURCES - 1);
    end(w);
}

static void write_interrupt(struct writer *w, uint32_t source)
{
    u32(w, "interrupts", source);
    u32(w, "interrupt-parent", PHANDLE_PLIC);
}

static void write_devices(struct writer *w)
{
    static const char test_compatible[] = "sifive,test1\0sifive,test0\0syscon";

    begin_at(w, "serial", GUEST_UART);
    string(w, "compatible", "ns16550a");
    reg(w, GUEST_UART, UART_SIZE);
    u32(w, "clock-frequency", UART_CLOCK_HZ);
    write_interrupt(w, GUEST_UART_IRQ);
    end(w);

    begin_at(w, "rtc", GUEST_RTC);
    string(w, "compatible", "google,goldfish-rtc");
    reg(w, GUEST_RTC, RTC_SIZE);
    write_interrupt(w, GUEST_RTC_IRQ);
    end(w);

    begin_at(w, "test", GUEST_TESTDEV);
    u32(w, "phandle", PHANDLE_TEST);
    bytes(w, "compatible", test_compatible, sizeof(test_compatible));
    reg(w, GUEST_TESTDEV, TESTDEV_SIZE);
    end(w);
}

static void write_soc(struct writer *w, uint32_t vcpu_count)
{
    begin(w, "soc");
    cell_sizes(w, 2, 2);
    string(w, "compatible", "simple-bus");
    flag(w, "ranges");
    write_plic(w, vcpu_count);
    write_devices(w);
    end(w);
}

/* How a kernel without SBI SRST uses the test device. */
static void write_syscon(struct writer *w, const char *name, const char *compatible, uint32_t value)
{
    begin(w, name);
    string(w, "compatible", compatible);
    u32(w, "regmap", PHANDLE_TEST);
    u32(w, "offset", 0);
    u32(w, "value", value);
    end(w);
}

static void write_root(struct writer *w, const struct guest_fdt_input *in)
{
    begin(w, "");
    cell_sizes(w, 2, 2);
    string(w, "compatible", "riscv-virtio");
    string(w, "model", in->model);
    write_chosen(w, in);
    write_memory(w, in);
    write_cpus(w, in);
    write_soc(w, in->vcpu_count);
    write_syscon(w, "poweroff", "syscon-poweroff", TEST_POWEROFF);
    write_syscon(w, "reboot", "syscon-reboot", TEST_REBOOT);
    end(w);
}

static enum err check(const struct guest_fdt_input *in, const void *buffer, size_t size)
{
    if (in->model == NULL || in->isa == NULL || in->mmu_type == NULL || in->bootargs == NULL ||
        in->vcpu_count == 0 || in->vcpu_count > GUEST_FDT_MAX_VCPUS ||
        in->timebase_frequency == 0 || in->ram_size == 0 ||
        !range_inside(in->ramdisk_size != 0 ? in->ramdisk.a : in->ram_base.a, in->ramdisk_size,
                      in->ram_base.a, in->ram_size) ||
        !is_aligned((uintptr_t)buffer, 8) || size > INT32_MAX)
        return ERR_INVALID;
    return OK;
}

enum err guest_fdt_build(const struct guest_fdt_input *input, void *buffer, size_t size,
                         size_t *used)
{
    enum err err = check(input, buffer, size);
    if (err != OK)
        return err;

    struct writer w = {.fdt = buffer, .error = fdt_create(buffer, (int)size)};
    if (w.error == 0)
        w.error = fdt_finish_reservemap(buffer);
    write_root(&w, input);
    if (w.error == 0)
        w.error = fdt_finish(buffer);
    if (w.error != 0)
        return w.error == -FDT_ERR_NOSPACE ? ERR_NO_MEMORY : ERR_INVALID;
    *used = fdt_totalsize(buffer);
    return OK;
}
