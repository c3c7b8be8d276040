/* From a bundle to checked VM configurations; see vmconfig.h. */
#include "devices.h"
#include <axvmconfig/cpio.h>
#include <axvmconfig/vmconfig.h>
#include <lib/bits.h>
#include <string.h>

#define DESCRIPTION "vms.dtb"
#define DTB_ALIGN 8 /* Devicetree Specification 0.4 §5.1 */

/* What every check needs to know. */
struct context {
    const struct cpio *bundle;
    const struct host_limits *limits;
    const struct vm_set *set;
    struct message *why;
};

static bool host_has_hart(const struct host_limits *limits, uint64_t id)
{
    for (uint32_t i = 0; i < limits->hart_count; i++)
        if (limits->hart_ids[i] == id)
            return true;
    return false;
}

static enum err complain_no_hart(const struct context *c, const struct vm_config *vm, uint32_t hart)
{
    enum err err = complain(c->why, c->set->source, vm->name,
                            "harts = <%u>: this machine has no such hart; it has:", hart);

    for (uint32_t i = 0; i < c->limits->hart_count; i++)
        message_add(c->why, " %lu", (unsigned long)c->limits->hart_ids[i]);
    return err;
}

static bool uses_hart(const struct vm_config *vm, uint32_t hart, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (vm->harts[i] == hart)
            return true;
    return false;
}

/* A hart runs one vCPU, so no hart may be named twice in the whole description. */
static enum err check_hart(const struct context *c, const struct vm_config *vm, uint32_t index)
{
    uint32_t hart = vm->harts[index];

    if (!host_has_hart(c->limits, hart))
        return complain_no_hart(c, vm, hart);
    if (uses_hart(vm, hart, index)) {
        return complain(c->why, c->set->source, vm->name,
                        "harts = <%u>: is named twice: expected another hart for each vCPU", hart);
    }
    for (const struct vm_config *other = c->set->vms; other < vm; other++) {
        if (uses_hart(other, hart, other->hart_count)) {
            return complain(c->why, c->set->source, vm->name,
                            "harts = <%u>: already belongs to /%s: expected another hart", hart,
                            other->name);
        }
    }
    return OK;
}

static enum err check_harts(const struct context *c, struct vm_config *vm)
{
    for (uint32_t i = 0; i < vm->hart_count; i++) {
        enum err err = check_hart(c, vm, i);
        if (err != OK)
            return err;
    }
    return OK;
}

static enum err complain_memory(const struct vm_set *set, const struct vm_config *vm,
                                struct message *why)
{
    return complain(why, set->source, vm->name, "memory = <%#x %#x> (%lu MiB)",
                    (uint32_t)(vm->memory >> 32), (uint32_t)vm->memory,
                    (unsigned long)(vm->memory >> 20));
}

uint64_t vmconfig_vm_memory(const struct vm_config *vm)
{
    return vm->memory + vm->flash_count * VM_FLASH_SIZE;
}

enum err vmconfig_check_memory(const struct vm_set *set, const struct vm_config *vm, uint64_t total,
                               uint64_t left, struct message *why)
{
    uint64_t flash = vm->flash_count * VM_FLASH_SIZE;
    if (flash <= left && vm->memory <= left - flash)
        return OK;
    (void)complain_memory(set, vm, why);
    if (flash != 0)
        message_add(why, " and %lu MiB of flash", (unsigned long)(flash >> 20));
    message_add(why, ": does not fit: this machine has %lu MiB for VMs, %lu MiB left",
                (unsigned long)(total >> 20), (unsigned long)(left >> 20));
    return ERR_NO_MEMORY;
}

/* What a shared memory takes away from the RAM of VMs, which comes in multiples of 2 MiB. */
static uint64_t cost(const struct shared_config *memory)
{
    return align_up(memory->size, SIZE_2M);
}

uint64_t vmconfig_shared_memory(const struct vm_set *set)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < set->shared_count; i++)
        sum += cost(&set->shared[i]);
    return sum;
}

uint64_t vmconfig_memory(const struct vm_set *set, const struct host_limits *limits)
{
    uint64_t rings = set->trace_events * limits->memory_per_event;
    return limits->memory_available > rings ? limits->memory_available - rings : 0;
}

static enum err check_shared(const struct context *c)
{
    uint64_t total = vmconfig_memory(c->set, c->limits), left = total;

    for (uint32_t i = 0; i < c->set->shared_count; i++) {
        const struct shared_config *memory = &c->set->shared[i];
        if (cost(memory) > left) {
            return complain(c->why, c->set->source, memory->name,
                            "size = <%#x %#x> (%lu MiB): does not fit: this machine has %lu MiB "
                            "for VMs, %lu MiB left",
                            (uint32_t)(memory->size >> 32), (uint32_t)memory->size,
                            (unsigned long)(cost(memory) >> 20), (unsigned long)(total >> 20),
                            (unsigned long)(left >> 20));
        }
        left -= cost(memory);
    }
    return OK;
}

/* What is made at boot must fit together; a manual VM, which comes once others are gone, alone. */
static enum err check_memory(const struct context *c, struct vm_config *vm)
{
    uint64_t total = vmconfig_memory(c->set, c->limits), left = total;

    left -= vmconfig_shared_memory(c->set); /* check_shared() came before */
    for (const struct vm_config *other = c->set->vms; other < vm && !vm->manual; other++)
        left -= other->manual ? 0 : vmconfig_vm_memory(other); /* each was checked, in this order */
    if (vmconfig_check_memory(c->set, vm, total, left, c->why) != OK)
        return ERR_INVALID;
    return OK;
}

static enum err check_gstage(const struct context *c, struct vm_config *vm)
{
    if (vm->gstage == VM_GSTAGE_SV48X4 && !c->limits->sv48x4) {
        return complain(c->why, c->set->source, vm->name,
                        "gstage = \"sv48x4\": this machine does not have it: expected \"sv39x4\"");
    }
    return OK;
}

/* Without Ssaia a guest has no stopei, and no way to the interrupt file of an IMSIC. */
static enum err check_interrupts(const struct context *c, struct vm_config *vm)
{
    if (vm->interrupts == VM_INTERRUPTS_HOST)
        vm->interrupts = c->limits->aia ? VM_INTERRUPTS_AIA : VM_INTERRUPTS_PLIC;
    if (vm->interrupts == VM_INTERRUPTS_AIA && !c->limits->aia) {
        return complain(c->why, c->set->source, vm->name,
                        "interrupts = \"aia\": this machine's harts have no IMSIC: expected "
                        "\"plic\" or \"aplic\"");
    }
    return OK;
}

static enum err check_devices(const struct context *c, struct vm_config *vm)
{
    enum err err = devices_check(c->set, c->limits, vm, c->why);
    if (err == OK)
        err = pci_devices_check(c->set, c->limits, vm, c->why);
    return err == OK ? places_check(c->set, c->limits, vm, c->why) : err;
}

static enum err find_image(const struct context *c, const struct vm_config *vm,
                           const char *property, const char *name, struct cpio_file *out)
{
    enum err err = cpio_find(c->bundle, name, out);

    if (err == OK)
        return OK;
    return complain(c->why, c->set->source, vm->name, "%s = \"%.128s\": %s", property, name,
                    err == ERR_NOT_FOUND ? "no such file in the bundle: expected one of this name"
                    : err == ERR_EXISTS  ? "the bundle has two files of this name: expected one"
                                         : "expected a regular file, not a link or a folder");
}

static enum err find_kernel(const struct context *c, struct vm_config *vm)
{
    struct cpio_file file;
    struct message reason;

    if (vm->kernel_name == NULL) {
        vm->kernel = image_in_flash();
        return OK;
    }
    enum err err = find_image(c, vm, "kernel", vm->kernel_name, &file);
    if (err != OK)
        return err;
    err = image_recognise(file.data, file.size, vm->memory, &vm->kernel, &reason);
    if (err != OK)
        (void)complain(c->why, c->set->source, vm->name, "kernel = \"%.128s\": %s", vm->kernel_name,
                       reason.text);
    return err;
}

static enum err find_flash(const struct context *c, struct vm_config *vm)
{
    for (uint32_t i = 0; i < vm->flash_count; i++) {
        struct cpio_file file;
        struct vm_file *flash = &vm->flash[i];
        enum err err = find_image(c, vm, "flash", flash->name, &file);
        if (err != OK)
            return err;
        if (file.size == 0 || file.size > VM_FLASH_SIZE) {
            return complain(c->why, c->set->source, vm->name,
                            "flash = \"%.128s\": has %#lx bytes: expected 1 to %#lx", flash->name,
                            (unsigned long)file.size, (unsigned long)VM_FLASH_SIZE);
        }
        flash->data = file.data;
        flash->size = file.size;
    }
    return OK;
}

static enum err find_ramdisk(const struct context *c, struct vm_config *vm)
{
    struct cpio_file file;

    if (vm->ramdisk_name == NULL)
        return OK;
    enum err err = find_image(c, vm, "ramdisk", vm->ramdisk_name, &file);
    if (err != OK)
        return err;
    if (file.size == 0) {
        return complain(c->why, c->set->source, vm->name,
                        "ramdisk = \"%.128s\": is empty: expected a file with contents, or no "
                        "ramdisk",
                        vm->ramdisk_name);
    }
    vm->ramdisk = file.data;
    vm->ramdisk_size = file.size;
    return OK;
}

static enum err place(const struct context *c, struct vm_config *vm)
{
    if (image_place(&vm->kernel, vm->ramdisk_size, vm->memory, &vm->placement) == OK)
        return OK;
    enum err err = complain_memory(c->set, vm, c->why);
    message_add(c->why, ": too little: kernel, ramdisk and device tree need %lu MiB",
                (unsigned long)(image_memory_needed(&vm->kernel, vm->ramdisk_size) >> 20));
    return err;
}

/* In this order: a later check relies on the earlier ones. */
static enum err (*const steps[])(const struct context *c, struct vm_config *vm) = {
    check_harts, check_memory, check_gstage, check_interrupts, check_devices, find_kernel,
    find_flash,  find_ramdisk, place,
};

static enum err complete_vm(const struct context *c, struct vm_config *vm)
{
    enum err err = OK;

    for (size_t i = 0; err == OK && i < ARRAY_SIZE(steps); i++)
        err = steps[i](c, vm);
    return err;
}

/* A loader may have put the bundle at any address: a tree that is not aligned is moved. */
static enum err align_description(const struct host_limits *limits, struct cpio_file *file,
                                  struct message *why)
{
    if (is_aligned((uintptr_t)file->data, DTB_ALIGN))
        return OK;
    void *copy = limits->allocate(file->size);
    if (copy == NULL) {
        message_set(
            why, "bundle: " DESCRIPTION " lies at %#lx: no memory to move it to a multiple of %d",
            (unsigned long)(uintptr_t)file->data, DTB_ALIGN);
        return ERR_NO_MEMORY;
    }
    memcpy(copy, file->data, file->size);
    file->data = copy;
    return OK;
}

static enum err find_description(const struct context *c, struct cpio_file *out)
{
    if (cpio_find(c->bundle, DESCRIPTION, out) != OK) {
        message_set(c->why, "bundle: has no file " DESCRIPTION ", or two: expected one, made by "
                            "tools/bundle");
        return ERR_FORMAT;
    }
    return align_description(c->limits, out, c->why);
}

enum err vmconfig_load(const void *bundle, size_t size, const struct host_limits *limits,
                       struct vm_set *out, struct message *why)
{
    struct cpio archive;
    struct cpio_file description;
    struct context context = {&archive, limits, out, why};

    enum err err = cpio_open(&archive, bundle, size, why);
    if (err == OK)
        err = find_description(&context, &description);
    if (err == OK)
        err = description_parse(description.data, description.size, out, why);
    if (err == OK)
        err = check_shared(&context);
    for (uint32_t i = 0; err == OK && i < out->vm_count; i++)
        err = complete_vm(&context, &out->vms[i]);
    return err;
}
