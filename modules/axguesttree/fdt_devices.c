#include <axguesttree/nodes.h>
#include <axguesttree/fdt_interrupts.h>
#include <axdevice/fw_cfg.h>
#include <axdevice/pflash.h>
#include <axdevice/uart.h>
#include <axvmconfig/layout.h>
#include <lib/addr.h>
#include <lib/bits.h>
#include <libfdt.h>

#define UART_CLOCK_HZ 3686400
#define FLASH_WIDTH 4 /* bytes of the bus that a bank is on */

void fdt_put_uart(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    (void)in;
    fdt_begin_at(w, "serial", GUEST_UART);
    fdt_put_string(w, "compatible", "ns16550a");
    fdt_put_reg(w, GUEST_UART, UART_SIZE);
    fdt_put_u32(w, "clock-frequency", UART_CLOCK_HZ);
    fdt_put_interrupt(w, GUEST_UART_IRQ);
    fdt_end(w);
}

static void put_model(struct fdt_writer *w, uint32_t model)
{
    const struct guest_model_row *row = &guest_models[model];
    fdt_begin_at(w, row->node, row->base.a);
    fdt_put_u32(w, "phandle", fdt_model_phandle(model));
    fdt_put_bytes(w, "compatible", row->compatible, row->compatible_size);
    fdt_put_reg(w, row->base.a, row->size);
    if (row->source != 0)
        fdt_put_interrupt(w, row->source);
    fdt_end(w);
}

void fdt_put_models(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    for (uint32_t i = 0; i < GUEST_MODEL_COUNT; i++)
        if ((in->models & BIT(i)) != 0)
            put_model(w, i);
}

void fdt_put_flash(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    fdt64_t banks[2 * GUEST_FLASH_BANKS];

    if (!in->whole)
        return;
    for (uint32_t i = 0; i < GUEST_FLASH_BANKS; i++) {
        banks[2 * i] = cpu_to_fdt64(GUEST_FLASH + i * PFLASH_SIZE);
        banks[2 * i + 1] = cpu_to_fdt64(PFLASH_SIZE);
    }
    fdt_begin_at(w, "flash", GUEST_FLASH);
    fdt_put_string(w, "compatible", "cfi-flash");
    fdt_put_bytes(w, "reg", banks, sizeof(banks));
    fdt_put_u32(w, "bank-width", FLASH_WIDTH);
    fdt_end(w);
}

static bool is_assigned(const struct guest_fdt_input *in, uint64_t base)
{
    for (uint32_t i = 0; i < in->device_count; i++)
        if (align_down(in->devices[i].base.a, PAGE_SIZE) == base)
            return true;
    return false;
}

void fdt_put_virtio(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    for (uint32_t i = 0; i < GUEST_VIRTIO_IRQS && in->whole; i++) {
        uint64_t base = GUEST_VIRTIO + i * PAGE_SIZE;
        if (is_assigned(in, base))
            continue;
        fdt_begin_at(w, "virtio_mmio", base);
        fdt_put_string(w, "compatible", "virtio,mmio");
        fdt_put_reg(w, base, PAGE_SIZE);
        fdt_put_interrupt(w, GUEST_VIRTIO_IRQ + i);
        fdt_end(w);
    }
}

void fdt_put_fw_cfg(struct fdt_writer *w, const struct guest_fdt_input *in)
{
    if (!in->whole || is_assigned(in, GUEST_FW_CFG))
        return;
    fdt_begin_at(w, "fw-cfg", GUEST_FW_CFG);
    fdt_put_string(w, "compatible", "qemu,fw-cfg-mmio");
    fdt_put_reg(w, GUEST_FW_CFG, FW_CFG_SIZE);
    fdt_put_flag(w, "dma-coherent");
    fdt_end(w);
}
