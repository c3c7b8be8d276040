/* The end of a VM's ledgers: they must add up, and are printed if the description asks for it. */
#include <axhal/time.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <axtrace/trace.h>
#include "internal.h"

#define PATIENCE_MS 10000 /* with a terminal that takes nothing, or another dump */

static void to_console(void *context, const char *bytes, size_t count)
{
    (void)context;
    console_write_line(bytes, count);
}

/* Until there is room for a step's lines; what has none after a long time is lost, and counted. */
static void wait_for_room(void)
{
    uint64_t began = time_now();
    size_t room = console_room();
    while (room < 2 * TRACE_LINE_SIZE && time_now() - began < time_ms_to_ticks(PATIENCE_MS)) {
        vm_rest();
        size_t now = console_room();
        began = now != room ? time_now() : began;
        room = now;
    }
}

/* The VM has ended: its hart waits for the terminal, and serves the host meanwhile. */
static void print_dump(const struct vm *vm)
{
    uint64_t began = time_now();
    while (!trace_dump_begin(to_console, NULL)) {
        if (time_now() - began > time_ms_to_ticks(PATIENCE_MS)) {
            log_error("VM %s: no report: another dump has not ended", vm->config->name);
            return;
        }
        vm_rest();
    }
    do
        wait_for_room();
    while (trace_dump_step());
}

/* Of a vCPU that has left its hart: it is not written meanwhile, so it adds up or ticks are lost.
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
        print_dump(vm);
}
