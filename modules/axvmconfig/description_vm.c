/*
 * Reads the node of a VM. Every property is a row of `properties`; a property without a row is a
 * mistake.
 */
#include "description.h"
#include <lib/bits.h>
#include <libfdt.h>
#include <string.h>

struct property {
    const char *name;
    bool required;
    enum err (*parse)(const struct value *value, struct vm_config *vm);
};

static enum err parse_cpus(const struct value *value, struct vm_config *vm)
{
    if (value->size != sizeof(fdt32_t) || value_is_text(value))
        return complain_of_type(value, "one number, as in cpus = <2>");
    vm->cpus = value_cell(value, 0);
    if (vm->cpus < 1 || vm->cpus > VM_MAX_CPUS)
        return complain_of(value, " = <%u>: expected 1 to %d", vm->cpus, VM_MAX_CPUS);
    return OK;
}

/* Their number is compared with `cpus` when both have been read: check_complete(). */
static enum err parse_harts(const struct value *value, struct vm_config *vm)
{
    if (value->size == 0 || value->size % sizeof(fdt32_t) != 0 || value_is_text(value))
        return complain_of_type(value, "numbers, as in harts = <0 1>");
    if (value_cell_count(value) > VM_MAX_CPUS) {
        return complain_of(value, ": names %u harts: expected at most %d", value_cell_count(value),
                           VM_MAX_CPUS);
    }
    vm->hart_count = value_cell_count(value);
    for (uint32_t i = 0; i < vm->hart_count; i++)
        vm->harts[i] = value_cell(value, i);
    return OK;
}

static enum err parse_memory(const struct value *value, struct vm_config *vm)
{
    if (value->size != sizeof(fdt64_t) || value_is_text(value)) {
        return complain_of_type(
            value, "a size of two numbers, high and low, as in memory = <0x0 0x20000000>");
    }
    vm->memory = fdt64_ld(value->data);
    if (vm->memory == 0 || !is_aligned(vm->memory, SIZE_2M)) {
        return complain_of(value, " = <%#x %#x>: expected a multiple of 2 MiB (0x200000), not 0",
                           value_cell(value, 0), value_cell(value, 1));
    }
    return OK;
}

static enum err parse_file(const struct value *value, const char **out)
{
    enum err err = value_string(value, out);

    if (err == OK && **out == '\0')
        return complain_of(value, " = \"\": expected the name of a file in the bundle");
    return err;
}

static enum err parse_kernel(const struct value *value, struct vm_config *vm)
{
    return parse_file(value, &vm->kernel_name);
}

/* One file for each bank, from the first on. */
static enum err parse_flash(const struct value *value, struct vm_config *vm)
{
    const char *text = value->data, *end = text + value->size;

    if (value->size == 0 || end[-1] != '\0')
        return complain_of(value, ": expected strings, as in flash = \"code.fd\", \"vars.fd\"");
    if (value_string_count(value) > VM_MAX_FLASH)
        return complain_of(value, ": names %u files: expected at most %d",
                           value_string_count(value), VM_MAX_FLASH);
    for (; text < end; text += strlen(text) + 1) {
        if (*text == '\0')
            return complain_of(value, " = \"\": expected the name of a file in the bundle");
        vm->flash[vm->flash_count++].name = text;
    }
    return OK;
}

static enum err parse_ramdisk(const struct value *value, struct vm_config *vm)
{
    return parse_file(value, &vm->ramdisk_name);
}

static enum err parse_bootargs(const struct value *value, struct vm_config *vm)
{
    enum err err = value_string(value, &vm->bootargs);

    if (err == OK && strlen(vm->bootargs) > VM_MAX_BOOTARGS) {
        return complain_of(value, ": has %zu characters: expected at most %d", strlen(vm->bootargs),
                           VM_MAX_BOOTARGS);
    }
    return err;
}

static enum err parse_gstage(const struct value *value, struct vm_config *vm)
{
    const char *mode = "";
    enum err err = value_string(value, &mode);

    if (err != OK)
        return err;
    if (strcmp(mode, "sv39x4") == 0)
        vm->gstage = VM_GSTAGE_SV39X4;
    else if (strcmp(mode, "sv48x4") == 0)
        vm->gstage = VM_GSTAGE_SV48X4;
    else
        return complain_of(value, " = \"%.32s\": expected \"sv39x4\" or \"sv48x4\"", mode);
    return OK;
}

static enum err parse_interrupts(const struct value *value, struct vm_config *vm)
{
    const char *name = "";
    enum err err = value_string(value, &name);

    if (err != OK)
        return err;
    if (strcmp(name, "plic") == 0)
        vm->interrupts = VM_INTERRUPTS_PLIC;
    else if (strcmp(name, "aplic") == 0)
        vm->interrupts = VM_INTERRUPTS_APLIC;
    else if (strcmp(name, "aia") == 0)
        vm->interrupts = VM_INTERRUPTS_AIA;
    else
        return complain_of(value, " = \"%.32s\": expected \"plic\", \"aplic\" or \"aia\"", name);
    return OK;
}

/* Any number is a seed, also one that looks like text. */
static enum err parse_seed(const struct value *value, struct vm_config *vm)
{
    if (value->size != sizeof(fdt32_t))
        return complain_of_type(value, "one number, as in seed = <42>");
    vm->has_seed = true;
    vm->seed = value_cell(value, 0);
    return OK;
}

static enum err parse_flag(const struct value *value, bool *flag)
{
    if (value->size != 0) {
        return complain_of(value, ": has %u bytes: expected none, as in %s;", value->size,
                           value->property);
    }
    *flag = true;
    return OK;
}

static enum err parse_report(const struct value *value, struct vm_config *vm)
{
    return parse_flag(value, &vm->report);
}

static enum err parse_manual(const struct value *value, struct vm_config *vm)
{
    return parse_flag(value, &vm->manual);
}

/* Without a number it begins when the guest, or the console, says so. */
static enum err parse_quiet(const struct value *value, struct vm_config *vm)
{
    if ((value->size != 0 && value->size != sizeof(fdt32_t)) || value_is_text(value))
        return complain_of_type(value, "none, or a number of seconds, as in quiet = <60>");
    vm->quiet = true;
    vm->quiet_after = value->size == 0 ? 0 : value_cell(value, 0);
    if (value->size != 0 && (vm->quiet_after < 1 || vm->quiet_after > VM_MAX_QUIET_AFTER)) {
        return complain_of(
            value, " = <%u>: expected 1 to %d, seconds after its userspace's first system call",
            vm->quiet_after, VM_MAX_QUIET_AFTER);
    }
    return OK;
}

static uint32_t mechanism_by_name(const char *name)
{
    static const char *const names[] = {"vmid", "superpages", "fast-path", "free-wfi"};
    for (uint32_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0)
            return (uint32_t)BIT(i);
    return 0;
}

static enum err parse_without(const struct value *value, struct vm_config *vm)
{
    const char *text = value->data, *end = text + value->size;

    if (value->size == 0 || end[-1] != '\0')
        return complain_of(value, ": expected strings, as in without = \"vmid\", \"superpages\"");
    for (; text < end; text += strlen(text) + 1) {
        uint32_t mechanism = mechanism_by_name(text);
        if (mechanism == 0) {
            return complain_of(value,
                               ": \"%.32s\": expected \"vmid\", \"superpages\", "
                               "\"fast-path\" or \"free-wfi\"",
                               text);
        }
        vm->without |= mechanism;
    }
    return OK;
}

/* GUEST_MODEL_COUNT: there is none of this name. */
static uint32_t optional_model(const char *name)
{
    uint32_t i = 0;
    while (i < GUEST_MODEL_COUNT &&
           (guest_models[i].place != VM_PLACE_OPTIONAL || strcmp(guest_models[i].name, name) != 0))
        i++;
    return i;
}

static enum err complain_of_model(const struct value *value, const char *name)
{
    enum err err = complain_of(value, ": \"%.32s\": expected one of:", name);
    for (uint32_t i = 0; i < GUEST_MODEL_COUNT; i++)
        if (guest_models[i].place == VM_PLACE_OPTIONAL)
            message_add(value->why, " \"%s\"", guest_models[i].name);
    return err;
}

static enum err parse_with(const struct value *value, struct vm_config *vm)
{
    const char *text = value->data, *end = text + value->size;

    if (value->size == 0 || end[-1] != '\0')
        return complain_of(value, ": expected strings, as in with = \"watchdog\"");
    for (; text < end; text += strlen(text) + 1) {
        uint32_t model = optional_model(text);
        if (model == GUEST_MODEL_COUNT)
            return complain_of_model(value, text);
        vm->with |= (uint32_t)BIT(model);
    }
    return OK;
}

static enum err parse_shared(const struct value *value, struct vm_config *vm)
{
    return description_parse_uses(value, vm, true);
}

static enum err parse_shared_read_only(const struct value *value, struct vm_config *vm)
{
    return description_parse_uses(value, vm, false);
}

static const struct property properties[] = {
    {"cpus", true, parse_cpus},
    {"harts", true, parse_harts},
    {"memory", true, parse_memory},
    {"kernel", false, parse_kernel},
    {"flash", false, parse_flash},
    {"ramdisk", false, parse_ramdisk},
    {"bootargs", false, parse_bootargs},
    {"gstage", false, parse_gstage},
    {"interrupts", false, parse_interrupts},
    {"seed", false, parse_seed},
    {"report", false, parse_report},
    {"with", false, parse_with},
    {"without", false, parse_without},
    {"quiet", false, parse_quiet},
    {"manual", false, parse_manual},
    {"devices", false, description_parse_devices},
    {"pci-devices", false, description_parse_pci_devices},
    {"unsafe-dma", false, description_parse_unsafe_dma},
    {"shared", false, parse_shared},
    {"shared-read-only", false, parse_shared_read_only},
};

static enum err complain_unknown(const struct value *value)
{
    enum err err = complain_of(value, ": unknown property; expected one of:");
    for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
        message_add(value->why, " %s", properties[i].name);
    return err;
}

/* Bit i of `seen`: properties[i] has been read. */
static enum err parse_property(const struct value *value, struct vm_config *vm, uint32_t *seen)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(properties); i++) {
        if (strcmp(value->property, properties[i].name) != 0)
            continue;
        if ((*seen & BIT(i)) != 0)
            return complain_of(value, ": is there twice: expected once");
        *seen |= (uint32_t)BIT(i);
        return properties[i].parse(value, vm);
    }
    return complain_unknown(value);
}

static enum err check_complete(const struct vm_config *vm, uint32_t seen, const char *source,
                               struct message *why)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(properties); i++) {
        if (properties[i].required && (seen & BIT(i)) == 0) {
            return complain(why, source, vm->name, "%s is missing: every VM needs it",
                            properties[i].name);
        }
    }
    if (vm->kernel_name == NULL && vm->flash_count == 0) {
        return complain(why, source, vm->name,
                        "kernel is missing: every VM needs it, or flash to start from");
    }
    if (vm->kernel_name == NULL && vm->ramdisk_name != NULL) {
        return complain(why, source, vm->name,
                        "ramdisk = \"%.128s\": expected a kernel with it: what starts from flash "
                        "finds its own",
                        vm->ramdisk_name);
    }
    if (vm->hart_count != vm->cpus) {
        return complain(why, source, vm->name,
                        "harts: names %u, but cpus = <%u>: expected one hart for each vCPU",
                        vm->hart_count, vm->cpus);
    }
    return OK;
}

enum err description_parse_vm(const void *dtb, int node, const struct vm_set *set,
                              struct vm_config *vm, struct message *why)
{
    struct value value = {.why = why, .source = set->source, .node = vm->name};
    uint32_t seen = 0;
    int at;

    fdt_for_each_property_offset(at, dtb, node) {
        value_read(dtb, at, &value);
        enum err err = parse_property(&value, vm, &seen);
        if (err != OK)
            return err;
    }
    int child = fdt_first_subnode(dtb, node);
    if (child >= 0) {
        return complain(why, set->source, vm->name, "%s: expected no node inside a VM",
                        fdt_get_name(dtb, child, NULL));
    }
    return check_complete(vm, seen, set->source, why);
}
