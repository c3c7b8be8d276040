/* The end of a VM's ledgers: they must add up, and whoever asked for it gets them printed. */
#include <axlog/console.h>
#include <axlog/log.h>
#include <axtrace/trace.h>
#include "internal.h"

static void to_console(void *context, const char *bytes, size_t count)
{
    (void)context;
    console_write_line(bytes, count);
}

/* Of a vCPU that has left its hart: nothing is booked meanwhile, so it adds up or ticks are lost.
 */
static void check_ledger(const struct vm *vm, const struct vcpu *vcpu, struct ledger_view *view)
{
    if (CONFIG_LEDGER && !ledger_read(vcpu->ledger, view))
        log_error(
            "VM %s: vCPU %u: the columns of its ledger do not sum to the %lu ticks of its life",
            vm->config->name, vcpu->id, (unsigned long)(view->now - view->start));
}

void vm_report(struct vm *vm)
{
    struct ledger_view view;
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        check_ledger(vm, &vm->vcpus[i], &view);
    vm_quiet_report(vm);
    if (vm->config->report)
        trace_dump(to_console, NULL);
}
