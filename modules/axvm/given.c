/*
 * Platform devices of the host that a VM is assigned. Their registers are in its address space, so
 * that the guest drives them without an exit.
 */
#include <axhal/arch/cpu.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axhal/platform.h>
#include <axvmconfig/layout.h>
#include <libfdt.h>
#include "internal.h"

#define VIRTIO_MMIO_STATUS 0x70 /* Virtio 1.2 §4.2.2; 0 written resets the device */

static hpa_t first_page(const struct host_device *host)
{
    return hpa(align_down(host->base.a, PAGE_SIZE));
}

static uint64_t page_bytes(const struct host_device *host)
{
    return align_up(host->base.a + host->size, PAGE_SIZE) - first_page(host).a;
}

bool vm_has_given_at(const struct vm *vm, uint64_t base)
{
    for (uint32_t i = 0; i < vm->config->device_count; i++) {
        const struct host_device *host = &vm->config->devices[i].host;
        if (base - first_page(host).a < page_bytes(host))
            return true;
    }
    return false;
}

/* As on QEMU's virt machine where it is one of its sources and no device of the VM's own has it. */
static uint32_t guest_source(const struct vm *vm, uint32_t index)
{
    uint32_t source = vm->config->devices[index].host.irq.source;
    bool slot = source >= 1 && source <= GUEST_VIRTIO_IRQS;
    const struct guest_model_row *row = &guest_models[GUEST_MODEL_RTC];
    bool rtc = source == row->source && vm_has_given_at(vm, row->base.a);
    return slot || rtc ? source : GUEST_GIVEN_IRQ + index;
}

static bool is_virtio(const struct host_device *host)
{
    return fdt_node_check_compatible(platform()->fdt, host->node, "virtio,mmio") == 0;
}

static enum err give(struct vm *vm, uint32_t index, struct message *why)
{
    const struct vm_device *device = &vm->config->devices[index];
    const struct host_device *host = &device->host;
    hpa_t page = first_page(host);
    enum err err = addrspace_map_device(&vm->memory, gpa(page.a), page_bytes(host), page);
    if (err == OK && is_virtio(host))
        err = paging_map_device(page, page_bytes(host));
    if (err != OK)
        return vm_complain(vm->config, why, err,
                           "devices = \"%.128s\": its registers at 0x%lx can't be mapped",
                           device->path, (unsigned long)page.a);
    if (host->irq.source != 0)
        vm_add_given_irq(vm, &host->irq, guest_source(vm, index), device->path);
    return OK;
}

enum err vm_give_devices(struct vm *vm, struct message *why)
{
    enum err err = OK;
    for (uint32_t i = 0; err == OK && i < vm->config->device_count; i++)
        err = give(vm, i, why);
    return err;
}

uint32_t vm_describe_given(const struct vm *vm, struct guest_fdt_device *to)
{
    for (uint32_t i = 0; i < vm->config->device_count; i++) {
        const struct host_device *host = &vm->config->devices[i].host;
        to[i] = (struct guest_fdt_device){
            .node = host->node,
            .base = gpa(host->base.a),
            .size = host->size,
            .source = host->irq.source != 0 ? guest_source(vm, i) : 0,
            .dma = host->dma,
        };
    }
    return vm->config->device_count;
}

/* This hart may have seen that page unmapped: it was mapped when the VM was made. */
void vm_quiet_given(struct vm *vm)
{
    cpu_sfence_vma_all();
    for (uint32_t i = 0; i < vm->config->device_count; i++) {
        const struct host_device *host = &vm->config->devices[i].host;
        if (is_virtio(host))
            io_write32(host->base.a + VIRTIO_MMIO_STATUS, 0);
    }
}
