/*
 * Writes a guest's device tree, from the root to the leaves in one pass. The form is that of QEMU's
 * virt machine after OpenSBI has been over it, as an S-mode kernel there finds it.
 */
#include <axdevice/ivshmem_bridge.h>
#include <axguesttree/guest_fdt.h>
#include <axvmconfig/layout.h>
#include <lib/bits.h>
#include <stdio.h>
#include <string.h>
#include <axguesttree/fdt_interrupts.h>
#include <axguesttree/fdt_writer.h>

/* What is written to the test device for each request, and where (sifive,test). */
#define TEST_POWEROFF 0x5555
#define TEST_REBOOT 0x7777

static void block_size(struct fdt_writer *w, const struct guest_fdt_input *in,
                       const char *extension, const char *property, uint32_t size)
{
    if (size != 0 && guest_isa_has(in->isa, extension))
        fdt_put_u32(w, property, size);
}

static void write_cpu(struct fdt_writer *w, const struct guest_fdt_input *in, uint32_t cpu)
{
    fdt_begin_at(w, "cpu", cpu);
    fdt_put_u32(w, "phandle", fdt_cpu_phandle(cpu));
    fdt_put_string(w, "device_type", "cpu");
    fdt_put_u32(w, "reg", cpu);
    fdt_put_string(w, "status", "okay");
    fdt_put_string(w, "compatible", "riscv");
    fdt_put_string(w, "riscv,isa-base", "rv64i");
    fdt_put_bytes(w, "riscv,isa-extensions", in->isa->extensions, in->isa->extensions_size);
    fdt_put_string(w, "riscv,isa", in->isa->isa);
    fdt_put_string(w, "mmu-type", in->mmu_type);
    block_size(w, in, "zicbom", "riscv,cbom-block-size", in->cbom_block_size);
    block_size(w, in, "zicbop", "riscv,cbop-block-size", in->cbop_block_size);
    block_size(w, in, "zicboz", "riscv,cboz-block-size", in->cboz_block_size);

    fdt_begin(w, "interrupt-controller");
    fdt_put_u32(w, "#interrupt-cells", 1);
    fdt_put_flag(w, "interrupt-controller");
    fdt_put_string(w, "compatible", "riscv,cpu-intc");
    fdt_put_u32(w, "phandle", fdt_intc_phandle(cpu));
    fdt_end(w);
    fdt_end(w);
}

/* The topology: one core for each vCPU in one cluster. */
static void write_cpu_map(struct fdt_writer *w, uint32_t count)
{
    char name[16];

    fdt_begin(w, "cpu-map");
    fdt_begin(w, "cluster0");
    for (uint32_t cpu = 0; cpu < count; cpu++) {
        snprintf(name, sizeof(name), "core%u", cpu);
        fdt_begin(w, name);
        fdt_put_u32(w, "cpu", fdt_cpu_phandle(cpu));
        fdt_end(w);
    }
    fdt_end(w);
    fdt_end(w);
}

static void write_cpus(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    fdt_begin(w, "cpus");
    fdt_put_cell_sizes(w, 1, 0);
    fdt_put_u32(w, "timebase-frequency", in->timebase_frequency);
    for (uint32_t cpu = 0; cpu < in->vcpu_count; cpu++)
        write_cpu(w, in, cpu);
    write_cpu_map(w, in->vcpu_count);
    fdt_end(w);
}

static void write_chosen(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    char path[48];

    snprintf(path, sizeof(path), "/soc/serial@%lx", (unsigned long)GUEST_UART);
    fdt_begin(w, "aliases");
    fdt_put_string(w, "serial0", path);
    fdt_end(w);

    fdt_begin(w, "chosen");
    fdt_put_string(w, "stdout-path", path);
    fdt_put_string(w, "bootargs", in->bootargs);
    if (in->pci.window_size != 0)
        fdt_put_u32(w, "linux,pci-probe-only", 1);
    if (in->ramdisk_size != 0) {
        fdt_put_u64(w, "linux,initrd-start", in->ramdisk.a);
        fdt_put_u64(w, "linux,initrd-end", in->ramdisk.a + in->ramdisk_size);
    }
    fdt_put_bytes(w, "rng-seed", in->rng_seed, sizeof(in->rng_seed));
    fdt_end(w);
}

static void write_memory(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    fdt_begin_at(w, "memory", in->ram_base.a);
    fdt_put_string(w, "device_type", "memory");
    fdt_put_reg(w, in->ram_base.a, in->ram_size);
    fdt_end(w);
}

static void write_soc(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    fdt_begin(w, "soc");
    fdt_put_cell_sizes(w, 2, 2);
    fdt_put_string(w, "compatible", "simple-bus");
    fdt_put_flag(w, "ranges");
    in->put_devices(w, in, false);
    fdt_end(w);
}

/* How a kernel without SBI SRST uses the test device. */
static void write_syscon(struct fdt_writer *w, const char *name, const char *compatible,
                         uint32_t value)
{
    fdt_begin(w, name);
    fdt_put_string(w, "compatible", compatible);
    fdt_put_u32(w, "regmap", fdt_model_phandle(GUEST_MODEL_TESTDEV));
    fdt_put_u32(w, "offset", 0);
    fdt_put_u32(w, "value", value);
    fdt_end(w);
}

static void write_root(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    fdt_begin(w, "");
    fdt_put_cell_sizes(w, 2, 2);
    fdt_put_string(w, "compatible", "riscv-virtio");
    fdt_put_string(w, "model", in->model);
    write_chosen(w, in);
    write_memory(w, in);
    write_cpus(w, in);
    write_soc(w, in);
    in->put_devices(w, in, true);
    write_syscon(w, "poweroff", "syscon-poweroff", TEST_POWEROFF);
    write_syscon(w, "reboot", "syscon-reboot", TEST_REBOOT);
    fdt_end(w);
}

static enum err check(const struct guest_fdt_input *in, const void *buffer, size_t size)
{
    if (in->model == NULL || in->isa == NULL || in->mmu_type == NULL || in->bootargs == NULL ||
        in->vcpu_count == 0 || in->vcpu_count > GUEST_FDT_MAX_VCPUS || in->put_devices == NULL ||
        in->timebase_frequency == 0 || in->ram_size == 0 ||
        in->shared_count > IVSHMEM_BRIDGE_DEVICES ||
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

    struct fdt_writer w = {.controller = input->controller};
    fdt_writer_begin(&w, buffer, size);
    write_root(&w, input);
    fdt_set_sources(&w);
    return fdt_writer_end(&w, used);
}
