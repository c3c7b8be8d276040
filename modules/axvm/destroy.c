/*
 * The end of a machine. The console's hart takes it from all lists; its own first hart, which has
 * nothing else to do, has wiped its RAM before, and erases and frees what the host kept for it.
 */
#include <axalloc/frames.h>
#include <axalloc/heap.h>
#include <axhal/memory.h>
#include <axtrace/trace.h>
#include <lib/assert.h>
#include <string.h>
#include "internal.h"

/* A guest's registers or input may lie in it. */
static void discard(void *object, size_t size)
{
    if (object == NULL)
        return;
    memset(object, 0, size);
    heap_free(object, size);
}

static void free_vcpus(struct vm *vm)
{
    uint32_t count = vm->config->cpus;
    for (uint32_t i = 0; vm->vcpus != NULL && i < count; i++)
        discard(vm->vcpus[i].ledger, sizeof *vm->vcpus[i].ledger);
    discard(vm->vcpus, count * sizeof *vm->vcpus);
    discard(vm->sbi_harts, count * sizeof *vm->sbi_harts);
    discard(vm->watch.vcpus, count * sizeof *vm->watch.vcpus);
}

void vm_free(struct vm *vm)
{
    ASSERT(atomic_load(&vm->vcpus_running) == 0);
    vm_release_devices(vm);
    free_vcpus(vm);
    discard(vm->output.bytes, VM_OUTPUT_SIZE);
    if (vm->memory.root.a != 0)
        addrspace_destroy(&vm->memory);
    if (vm->ram.a != 0)
        frames_free(vm->ram, vm->config->memory);
    discard(vm, sizeof *vm);
}

/* VMIDs and translations: each hart forgets all of them when the next vCPU comes (vcpu_attach). */
enum err vm_destroy(struct vm *vm)
{
    if (atomic_load(&vm->life) != VM_CREATED)
        return ERR_EXISTS;
    if (vm_making_runs() || !trace_hold_dumps())
        return ERR_TIMEOUT;
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        ledger_forget(vm->vcpus[i].ledger);
    trace_let_dumps();
    vm_list_set(vm->index, NULL);
    vm_console_forget(vm);
    trace(TRACE_VM, TRACE_NO_VCPU, TRACE_NO_VCPU, TRACE_VM_DESTROYED, vm->index);
    vm_free_beside(vm);
    return OK;
}
