/*
 * What takes the interrupts of a VM's devices to its vCPUs (docs/aia.md). With the AIA that is an
 * APLIC, in software, which sends messages to the vCPUs' interrupt files: guest interrupt files of
 * their harts, or files in software where a hart has none left.
 */
#include <axalloc/heap.h>
#include <axdriver/guest_file.h>
#include <axlog/log.h>
#include <axvmconfig/layout.h>
#include <lib/assert.h>
#include <stdio.h>
#include "internal.h"

#define LIST_SIZE 80 /* characters of a list of vCPUs */
#define FILES_SIZE (2 * LIST_SIZE + 32)

static void store_external(void *context, uint32_t id, bool level)
{
    DEBUG_ASSERT(id < ((struct vm *)context)->config->cpus);
    atomic_store(&((struct vm *)context)->vcpus[id].external_level, level);
}

/*
 * Of a vCPU on this hart at once, of another through a request. If another hart changes the level
 * after this look at it, that hart's request comes after this too, and is taken before the vCPU
 * goes on in its guest, or brings it out.
 */
static void tell_external(void *context, uint32_t id)
{
    DEBUG_ASSERT(id < ((struct vm *)context)->config->cpus);
    struct vcpu *vcpu = &((struct vm *)context)->vcpus[id];
    if (this_hart()->vcpu == vcpu)
        vcpu_set_external(vcpu, atomic_load(&vcpu->external_level));
    else
        vcpu_post(vcpu, VCPU_REQ_EXTERNAL);
}

/* The APLIC's message: no exit of the vCPU that has a guest interrupt file. */
static bool on_message(void *context, uint32_t id, uint32_t identity)
{
    const struct vm *vm = context;
    const struct vcpu *vcpu = &vm->vcpus[id];
    if (vcpu->guest_file == 0)
        return imsic_send(vm->imsic.files[id], identity);
    guest_file_send(vcpu->hart, vcpu->guest_file, identity);
    return false;
}

bool vm_has_guest_files(const struct vm *vm)
{
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        if (vm->vcpus[i].guest_file == 0)
            return false;
    return true;
}

struct irq_line vm_line(struct vm *vm, uint32_t source)
{
    return vm->config->interrupts == VM_INTERRUPTS_PLIC ? plic_line(&vm->plic, source)
                                                        : aplic_line(&vm->aplic, source);
}

static gpa_t page_of(uint32_t vcpu)
{
    return gpa(GUEST_IMSIC + vcpu * PAGE_SIZE);
}

/* A vCPU sends to another's file by a store that does not exit. */
static enum err use_guest_file(struct vm *vm, struct vcpu *vcpu)
{
    return addrspace_map_device(&vm->memory, page_of(vcpu->id), PAGE_SIZE,
                                guest_file_page(vcpu->hart, vcpu->guest_file));
}

static enum err make_software_file(struct vm *vm, uint32_t vcpu)
{
    struct imsic_file *file = heap_alloc(sizeof *file);
    if (file == NULL)
        return ERR_NO_MEMORY;
    imsic_add_file(&vm->imsic, vcpu, file, &vm->vcpus[vcpu].external_level);
    vm->machine.imsic = &vm->imsic;
    return OK;
}

static enum err make_files(struct vm *vm)
{
    uint32_t identities = guest_file_identities();
    enum err err =
        imsic_init(&vm->imsic, gpa(GUEST_IMSIC), vm->config->cpus, identities, tell_external, vm);
    for (uint32_t i = 0; i < vm->config->cpus && err == OK; i++) {
        struct vcpu *vcpu = &vm->vcpus[i];
        vcpu->has_aia = true;
        vcpu->identities = (uint16_t)identities;
        vcpu->guest_file = (uint16_t)guest_file_take(vcpu->hart);
        err = vcpu->guest_file != 0 ? use_guest_file(vm, vcpu) : make_software_file(vm, i);
    }
    return err;
}

static enum err make_aia(struct vm *vm)
{
    struct aplic_output output = {{.tell = tell_external, .context = vm}, on_message};
    enum err err = make_files(vm);
    return err == OK ? aplic_init(&vm->aplic, gpa(GUEST_APLIC), vm->config->cpus, output) : err;
}

static enum err make_controller(struct vm *vm)
{
    uint32_t vcpus = vm->config->cpus;
    struct external_output external = {store_external, tell_external, vm};
    struct aplic_output output = {.external = external};
    switch (vm->config->interrupts) {
    case VM_INTERRUPTS_PLIC:
        return plic_init(&vm->plic, gpa(GUEST_PLIC), vcpus, external);
    case VM_INTERRUPTS_APLIC:
        return aplic_init(&vm->aplic, gpa(GUEST_APLIC), vcpus, output);
    case VM_INTERRUPTS_AIA:
        return make_aia(vm);
    case VM_INTERRUPTS_HOST: /* vmconfig_load() has chosen */
        break;
    }
    return ERR_INVALID;
}

enum err vm_make_controller(struct vm *vm, struct message *why)
{
    enum err err = make_controller(vm);
    return err == OK ? OK
                     : vm_complain(vm->config, why, err,
                                   "its interrupt controller can't be made for %u vCPUs",
                                   vm->config->cpus);
}

enum err vm_add_controller(struct vm *vm, struct message *why)
{
    if (vm->config->interrupts == VM_INTERRUPTS_PLIC)
        return vm_add_device(vm, &vm->plic.device, RANGE_THING, why);
    enum err err = vm_add_device(vm, &vm->aplic.device, RANGE_THING, why);
    if (err != OK || vm->machine.imsic == NULL)
        return err;
    return vm_add_device(vm, &vm->imsic.device, RANGE_WINDOW, why); /* guest files lie between */
}

void vm_free_controller(struct vm *vm)
{
    for (uint32_t i = 0; vm->vcpus != NULL && i < vm->config->cpus; i++) {
        const struct vcpu *vcpu = &vm->vcpus[i];
        if (vcpu->guest_file != 0)
            guest_file_give_back(vcpu->hart, vcpu->guest_file);
        struct imsic_file *file = vm->imsic.files[i];
        if (file != NULL) {
            *file = (struct imsic_file){0};
            heap_free(file, sizeof *file);
        }
    }
}

/* " 0 1 …" of the vCPUs with a guest file, or of those without; with `files` the files' numbers
 * instead. Of very many the first ones. Returns how many there are. */
static uint32_t list(const struct vm *vm, bool guest, bool files, char *to)
{
    size_t used = 0;
    uint32_t count = 0;
    to[0] = '\0';
    for (uint32_t i = 0; i < vm->config->cpus; i++) {
        uint32_t file = vm->vcpus[i].guest_file;
        if ((file != 0) != guest)
            continue;
        count++;
        if (used + 4 < LIST_SIZE)
            used += (size_t)snprintf(to + used, LIST_SIZE - used, " %u", files ? file : i);
    }
    return count;
}

/* "vCPUs 0 1 guest files 1 1", or "vCPU 2 software file"; nothing if there is no such vCPU. */
static void describe_files(const struct vm *vm, bool guest, char *to)
{
    char vcpus[LIST_SIZE], files[LIST_SIZE];
    uint32_t count = list(vm, guest, false, vcpus);
    const char *s = count == 1 ? "" : "s";
    list(vm, guest, true, files);
    to[0] = '\0';
    if (count != 0)
        snprintf(to, FILES_SIZE, "vCPU%s%s %s file%s%s", s, vcpus, guest ? "guest" : "software", s,
                 guest ? files : "");
}

void vm_print_interrupts(const struct vm *vm)
{
    char guest[FILES_SIZE], software[FILES_SIZE];
    if (vm->config->interrupts != VM_INTERRUPTS_AIA)
        return;
    describe_files(vm, true, guest);
    describe_files(vm, false, software);
    print_line("hv: VM %s: interrupts aia: %s%s%s", vm->config->name, guest,
               guest[0] != '\0' && software[0] != '\0' ? "; " : "", software);
}
