/*
 * Wired interrupts of the host that a VM is assigned. If all its vCPUs have guest interrupt files
 * the host's APLIC sends them there, as the guest has set up its own APLIC, without the host in
 * between. Else they come to the host: while the VM runs the hart of its first vCPU takes them,
 * raises the guest's line, and keeps the source closed until the guest has completed the interrupt.
 */
#include <axdriver/guest_wire.h>
#include <axdriver/irqchip.h>
#include <axlog/log.h>
#include <lib/assert.h>
#include "internal.h"

static void on_host_interrupt(void *context)
{
    const struct vm_given_irq *irq = context;
    irq_set(&irq->line, true);
}

static void on_guest_end(void *context)
{
    const struct vm_given_irq *irq = context;
    irqchip_complete(&irq->host);
}

static bool is_active(void *context)
{
    const struct vm_given_irq *irq = context;
    return irqchip_is_active(&irq->host);
}

static void forward(struct vm *vm, struct vm_given_irq *irq, uint32_t source)
{
    irq->line = vm_line(vm, source);
    irq->end = (struct irq_end){on_guest_end, is_active, irq};
    irq_on_end(&irq->line, &irq->end);
}

static void route_wire(void *context, const struct aplic_route *route)
{
    const struct vm_given_irq *irq = context;
    const struct vcpu *vcpu = &irq->vm->vcpus[route->vcpu];
    guest_wire_route(&irq->host, &(struct guest_wire_route){.mode = route->mode,
                                                            .enabled = route->enabled,
                                                            .hart = vcpu->hart,
                                                            .file = vcpu->guest_file,
                                                            .identity = route->identity});
}

static void pend_wire(void *context, bool pending)
{
    const struct vm_given_irq *irq = context;
    guest_wire_pend(&irq->host, pending);
}

static bool is_wire_pending(void *context)
{
    const struct vm_given_irq *irq = context;
    return guest_wire_is_pending(&irq->host);
}

static bool is_wire_active(void *context)
{
    const struct vm_given_irq *irq = context;
    return guest_wire_is_active(&irq->host);
}

static void pass(struct vm *vm, struct vm_given_irq *irq, uint32_t source)
{
    irq->passed =
        (struct aplic_host_source){route_wire, pend_wire, is_wire_pending, is_wire_active, irq};
    aplic_pass(&vm->aplic, source, &irq->passed);
}

/* Functions of one VM may share a wire. */
static bool has_irq(const struct vm *vm, const struct wired_irq *host)
{
    for (uint32_t i = 0; i < vm->given_irq_count; i++)
        if (vm->given_irqs[i].host.source == host->source)
            return true;
    return false;
}

void vm_add_given_irq(struct vm *vm, const struct wired_irq *host, uint32_t source,
                      const char *name)
{
    if (has_irq(vm, host))
        return;
    ASSERT(vm->given_irq_count < ARRAY_SIZE(vm->given_irqs));
    struct vm_given_irq *irq = &vm->given_irqs[vm->given_irq_count++];
    *irq = (struct vm_given_irq){.name = name, .vm = vm, .host = *host};
    if (vm_has_guest_files(vm))
        pass(vm, irq, source);
    else
        forward(vm, irq, source);
}

static enum err open(struct vm_given_irq *irq)
{
    return vm_has_guest_files(irq->vm)
               ? guest_wire_open(&irq->host)
               : irqchip_enable_held(&irq->host, this_hart()->index, on_host_interrupt, irq);
}

void vm_open_given_irqs(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->given_irq_count; i++) {
        struct vm_given_irq *irq = &vm->given_irqs[i];
        enum err err = open(irq);
        if (err != OK)
            log_error("VM %s: %s: interrupt %u can't be taken by hart %lu: %s", vm->config->name,
                      irq->name, irq->host.source, (unsigned long)this_hart()->id, err_name(err));
        if (err != OK)
            vm_request_end(vm, VM_FAILED, "an interrupt of an assigned device can't be taken");
    }
}

void vm_close_given_irqs(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->given_irq_count; i++) {
        const struct wired_irq *host = &vm->given_irqs[i].host;
        if (vm_has_guest_files(vm))
            guest_wire_close(host);
        else
            irqchip_disable(host);
    }
}
