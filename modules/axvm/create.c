/* From a checked configuration to a machine that can start. */
#include <axalloc/frames.h>
#include <axalloc/heap.h>
#include <axlog/log.h>
#include <lib/assert.h>
#include "internal.h"

/* 1 GiB pages shorten the guest's page walks; 2 MiB ones do when there is no such gap. */
static enum err allocate_ram(struct vm *vm)
{
    uint64_t size = vm->config->memory;
    if (size >= SIZE_1G && frames_alloc(size, SIZE_1G, &vm->ram) == OK)
        return OK;
    return frames_alloc(size, SIZE_2M, &vm->ram);
}

static enum err complain_ram(const struct vm_config *c, struct message *why, enum err err)
{
    return vm_complain(c, why, err,
                       "memory = <%#x %#x> (%lu MiB): expected one block of free memory: the "
                       "largest has %lu MiB",
                       (uint32_t)(c->memory >> 32), (uint32_t)c->memory,
                       (unsigned long)(c->memory >> 20),
                       (unsigned long)(frames_largest_bytes(SIZE_2M) >> 20));
}

static enum err map_memory(struct vm *vm, struct message *why)
{
    enum gstage_mode mode = vm->config->gstage == VM_GSTAGE_SV48X4 ? GSTAGE_SV48X4 : GSTAGE_SV39X4;
    uint16_t vmid = vm->config->without & VM_VMID ? 0 : (uint16_t)(vm->index + 1);
    enum err err = allocate_ram(vm);
    if (err != OK)
        return complain_ram(vm->config, why, err);
    err = addrspace_init(&vm->memory, mode, vmid);
    if (vm->config->without & VM_SUPERPAGES)
        vm->memory.largest_level = 0;
    if (err == OK)
        err = addrspace_map_ram(&vm->memory, gpa(GUEST_RAM_BASE), vm->config->memory, vm->ram,
                                RAM_ALL);
    return err == OK ? OK
                     : vm_complain(vm->config, why, err, "its memory can't be mapped (%lu MiB)",
                                   (unsigned long)(vm->config->memory >> 20));
}

static enum err complain_vcpus(const struct vm_config *c, struct message *why)
{
    size_t each = sizeof(struct vcpu) + sizeof(struct sbi_hart) + sizeof(struct ledger) +
                  sizeof(struct stuck);
    return vm_complain(c, why, ERR_NO_MEMORY, "cpus = <%u>: expected %lu KiB for its vCPUs",
                       c->cpus, (unsigned long)(c->cpus * each >> 10));
}

static enum err make_vcpus(struct vm *vm, struct message *why)
{
    quiet_init(&vm->quiet);
    vm->quiet.begins = vm_watch_quiet;
    vm->vcpus = heap_alloc(vm->config->cpus * sizeof *vm->vcpus);
    vm->sbi_harts = heap_alloc(vm->config->cpus * sizeof *vm->sbi_harts);
    vm->watch.vcpus = heap_alloc(vm->config->cpus * sizeof *vm->watch.vcpus);
    if (vm->vcpus == NULL || vm->sbi_harts == NULL || vm->watch.vcpus == NULL)
        return complain_vcpus(vm->config, why);
    for (uint32_t i = 0; i < vm->config->cpus; i++) {
        struct vcpu *vcpu = &vm->vcpus[i];
        vcpu->id = i;
        vcpu->hart = hart_by_id(vm->config->harts[i]);
        vcpu->machine = &vm->machine;
        vcpu->memory = &vm->memory;
        vcpu->flush_at_entry = (vm->config->without & VM_VMID) != 0;
        vcpu->awaits_user = vm->config->quiet_after != 0;
        vcpu->trap_wfi = (vm->config->without & VM_FREE_WFI) != 0;
        vcpu->ledger = heap_alloc(sizeof *vcpu->ledger);
        if (vcpu->ledger == NULL)
            return complain_vcpus(vm->config, why);
        ledger_init(vcpu->ledger, (uint16_t)vm->index, (uint16_t)i, vm->config->name, &vcpu->exits);
        quiet_add(&vm->quiet, vcpu->ledger);
    }
    return OK;
}

static void on_stop(struct exit_machine *machine, const struct vcpu *vcpu, const char *reason)
{
    struct vm *vm = vm_of_machine(machine);
    const struct vcpu *none = NULL;
    atomic_compare_exchange_strong(&vm->failed_vcpu, &none, vcpu);
    log_error("VM %s: vCPU %u: %s", vm->config->name, vcpu->id, reason);
    vm_request_end(vm, VM_FAILED, reason);
}

static void on_user(struct exit_machine *machine)
{
    vm_quiet_user(vm_of_machine(machine));
}

static void on_reset(struct sbi_machine *sbi, enum sbi_srst_type type, enum sbi_srst_reason reason)
{
    struct vm *vm = vm_of_machine(container_of(sbi, struct exit_machine, sbi));
    bool failure = reason == SBI_SRST_SYSTEM_FAILURE;
    if (type != SBI_SRST_SHUTDOWN)
        vm_request_end(vm, VM_REBOOT, failure ? "reboot after a system failure" : "reboot");
    else if (failure)
        vm_request_end(vm, VM_FAILED, "shut down by the guest after a system failure");
    else
        vm_request_end(vm, VM_SHUTDOWN, "shut down by the guest");
}

static void connect(struct vm *vm)
{
    vm->machine.bus = &vm->bus;
    vm->machine.stop = on_stop;
    vm->machine.user = on_user;
    vm->machine.sbi = (struct sbi_machine){
        .extensions = sbi_extensions,
        .vcpus = vm->vcpus,
        .vcpu_count = vm->config->cpus,
        .harts = vm->sbi_harts,
        .starts = SPINLOCK("hart starts"),
        .memory = &vm->memory,
        .console = {.context = vm,
                    .write = vm_console_write,
                    .put = vm_console_write_byte,
                    .read = vm_console_read},
        .quiet = &vm->quiet,
        .reset = on_reset,
    };
}

static enum err make(struct vm *vm, struct message *why)
{
    vm->full_lock = (struct spinlock)SPINLOCK("vm output full");
    vm->output.bytes = heap_alloc(VM_OUTPUT_SIZE);
    if (vm->output.bytes == NULL)
        return vm_complain(vm->config, why, ERR_NO_MEMORY, "expected %u bytes for its output",
                           VM_OUTPUT_SIZE);
    enum err err = map_memory(vm, why);
    if (err == OK)
        err = make_vcpus(vm, why);
    if (err == OK)
        err = vm_add_devices(vm, why);
    if (err == OK)
        connect(vm);
    return err;
}

enum err vm_check_new(uint32_t index, struct message *why)
{
    const struct vm_config *config = vm_description(index);
    if (vms[index] == NULL)
        return vm_list_check_memory(config, why);
    message_set(why, "VM %s: is made already: expected one that is not", config->name);
    return ERR_EXISTS;
}

enum err vm_make(uint32_t index, struct vm **made, struct message *why)
{
    ASSERT(vms[index] == NULL);
    const struct vm_config *config = vm_description(index);
    struct vm *vm = heap_alloc(sizeof *vm);
    if (vm == NULL) {
        (void)vm_complain(config, why, ERR_NO_MEMORY, "expected %lu bytes for the VM itself",
                          (unsigned long)sizeof *vm);
        return ERR_NO_MEMORY;
    }
    vm->config = config;
    vm->index = index;
    vm->end = VM_STARTS;
    enum err err = make(vm, why);
    if (err != OK) {
        vm_free(vm);
        return err;
    }
    vm_print_interrupts(vm);
    *made = vm;
    return OK;
}

void vm_take_in(struct vm *vm)
{
    vm_list_set(vm->index, vm);
    trace(TRACE_VM, TRACE_NO_VCPU, TRACE_NO_VCPU, TRACE_VM_CREATED, vm->index);
}

enum err vm_create(uint32_t index, struct message *why)
{
    struct vm *vm = NULL;
    enum err err = vm_check_new(index, why);
    if (err == OK)
        err = vm_make(index, &vm, why);
    if (err == OK)
        vm_take_in(vm);
    return err;
}
