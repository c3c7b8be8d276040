/*
 * Reads a VM description. Every property of a VM is a row of `properties`; a property without a row
 * is a mistake.
 */
#include <axvmconfig/description.h>
#include <lib/bits.h>
#include <libfdt.h>
#include <stdbool.h>
#include <string.h>

#define COMPATIBLE "stillhart,vms"

/* A property that is being read. */
struct value {
    struct message *why;
    const char *source;
    const char *node;
    const char *property;
    const void *data;
    uint32_t size; /* bytes */
};

struct property {
    const char *name;
    bool required;
    enum err (*parse)(const struct value *value, struct vm_config *vm);
};

/* "SOURCE: /NODE: PROPERTY" and the rest. */
static enum err complain_of(const struct value *value, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static enum err complain_of(const struct value *value, const char *format, ...)
{
    va_list arguments;
    enum err err = complain(value->why, value->source, value->node, "%s", value->property);

    va_start(arguments, format);
    message_vadd(value->why, format, arguments);
    va_end(arguments);
    return err;
}

static uint32_t cell(const struct value *value, uint32_t index)
{
    return fdt32_ld((const fdt32_t *)value->data + index);
}

static uint32_t cell_count(const struct value *value)
{
    return value->size / (uint32_t)sizeof(fdt32_t);
}

static enum err parse_cpus(const struct value *value, struct vm_config *vm)
{
    if (value->size != sizeof(fdt32_t)) {
        return complain_of(value, ": has %u bytes: expected one number, as in cpus = <2>",
                           value->size);
    }
    vm->cpus = cell(value, 0);
    if (vm->cpus < 1 || vm->cpus > VM_MAX_CPUS)
        return complain_of(value, " = <%u>: expected 1 to %d", vm->cpus, VM_MAX_CPUS);
    return OK;
}

/* Their number is compared with `cpus` when both have been read: check_complete(). */
static enum err parse_harts(const struct value *value, struct vm_config *vm)
{
    if (value->size == 0 || value->size % sizeof(fdt32_t) != 0) {
        return complain_of(value, ": has %u bytes: expected numbers, as in harts = <0 1>",
                           value->size);
    }
    if (cell_count(value) > VM_MAX_CPUS) {
        return complain_of(value, ": names %u harts: expected at most %d", cell_count(value),
                           VM_MAX_CPUS);
    }
    vm->hart_count = cell_count(value);
    for (uint32_t i = 0; i < vm->hart_count; i++)
        vm->harts[i] = cell(value, i);
    return OK;
}

static enum err parse_memory(const struct value *value, struct vm_config *vm)
{
    if (value->size != sizeof(fdt64_t)) {
        return complain_of(value,
                           ": has %u bytes: expected a size of two numbers, high and low, as in "
                           "memory = <0x0 0x20000000>",
                           value->size);
    }
    vm->memory = fdt64_ld(value->data);
    if (vm->memory == 0 || !is_aligned(vm->memory, SIZE_2M)) {
        return complain_of(value, " = <%#x %#x>: expected a multiple of 2 MiB (0x200000), not 0",
                           cell(value, 0), cell(value, 1));
    }
    return OK;
}

/* One string; a list of strings or a number would be misread by strcmp(). */
static enum err parse_string(const struct value *value, const char **out)
{
    const char *text = value->data;

    if (value->size == 0 || memchr(text, '\0', value->size) != text + value->size - 1)
        return complain_of(value, ": expected one string, as in %s = \"...\"", value->property);
    *out = text;
    return OK;
}

static enum err parse_file(const struct value *value, const char **out)
{
    enum err err = parse_string(value, out);

    if (err == OK && **out == '\0')
        return complain_of(value, " = \"\": expected the name of a file in the bundle");
    return err;
}

static enum err parse_kernel(const struct value *value, struct vm_config *vm)
{
    return parse_file(value, &vm->kernel_name);
}

static enum err parse_ramdisk(const struct value *value, struct vm_config *vm)
{
    return parse_file(value, &vm->ramdisk_name);
}

static enum err parse_bootargs(const struct value *value, struct vm_config *vm)
{
    enum err err = parse_string(value, &vm->bootargs);

    if (err == OK && strlen(vm->bootargs) > VM_MAX_BOOTARGS) {
        return complain_of(value, ": has %zu characters: expected at most %d", strlen(vm->bootargs),
                           VM_MAX_BOOTARGS);
    }
    return err;
}

static enum err parse_gstage(const struct value *value, struct vm_config *vm)
{
    const char *mode = "";
    enum err err = parse_string(value, &mode);

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

static enum err parse_seed(const struct value *value, struct vm_config *vm)
{
    if (value->size != sizeof(fdt32_t)) {
        return complain_of(value, ": has %u bytes: expected one number, as in seed = <42>",
                           value->size);
    }
    vm->has_seed = true;
    vm->seed = cell(value, 0);
    return OK;
}

static enum err parse_report(const struct value *value, struct vm_config *vm)
{
    if (value->size != 0)
        return complain_of(value, ": has %u bytes: expected none, as in report;", value->size);
    vm->report = true;
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

static const struct property properties[] = {
    {"cpus", true, parse_cpus},        {"harts", true, parse_harts},
    {"memory", true, parse_memory},    {"kernel", true, parse_kernel},
    {"ramdisk", false, parse_ramdisk}, {"bootargs", false, parse_bootargs},
    {"gstage", false, parse_gstage},   {"seed", false, parse_seed},
    {"report", false, parse_report},   {"without", false, parse_without},
};

static enum err complain_unknown(const struct value *value)
{
    complain_of(value, ": unknown property; expected one of:");
    for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
        message_add(value->why, " %s", properties[i].name);
    return ERR_INVALID;
}

/* Bit i of `seen`: properties[i] has been read. */
static enum err parse_property(const struct value *value, struct vm_config *vm, uint32_t *seen)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(properties); i++) {
        if (strcmp(value->property, properties[i].name) != 0)
            continue;
        if ((*seen & BIT(i)) != 0)
            return complain_of(value, ": is there twice");
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
    if (vm->hart_count != vm->cpus) {
        return complain(why, source, vm->name,
                        "harts: names %u, but cpus = <%u>: expected one hart for each vCPU",
                        vm->hart_count, vm->cpus);
    }
    return OK;
}

/* The property at an offset of the tree that fdt_check_full() has accepted. */
static void read_value(const void *dtb, int at, struct value *value)
{
    int size;

    value->data = fdt_getprop_by_offset(dtb, at, &value->property, &size);
    value->size = (uint32_t)size;
}

static enum err parse_vm(const void *dtb, int node, const struct vm_set *set, struct vm_config *vm,
                         struct message *why)
{
    struct value value = {.why = why, .source = set->source, .node = vm->name};
    uint32_t seen = 0;
    int at;

    fdt_for_each_property_offset(at, dtb, node) {
        read_value(dtb, at, &value);
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

/* What the packer has written; a tree from elsewhere goes by its name in the bundle. */
static enum err parse_source(const void *dtb, struct vm_set *set, struct message *why)
{
    struct value value = {.why = why, .source = "vms.dtb", .node = "", .property = "source"};
    int size;

    set->source = value.source;
    value.data = fdt_getprop(dtb, 0, value.property, &size);
    if (value.data == NULL)
        return OK;
    value.size = (uint32_t)size;
    return parse_string(&value, &set->source);
}

static enum err parse_trace(const struct value *value, struct vm_set *set)
{
    const char *mode = "";
    enum err err = parse_string(value, &mode);

    if (err != OK)
        return err;
    if (strcmp(mode, "overwrite") == 0)
        set->trace = VM_TRACE_OVERWRITE;
    else if (strcmp(mode, "stop") == 0)
        set->trace = VM_TRACE_STOP;
    else
        return complain_of(value, " = \"%.32s\": expected \"overwrite\" or \"stop\"", mode);
    return OK;
}

/* ^A to ^_, but for those that Enter and the arrows send (^J ^M ^[). */
static bool is_escape(const char *text)
{
    return text[0] == '^' && text[1] >= 'A' && text[1] <= '_' && text[2] == '\0' &&
           strchr("JM[", text[1]) == NULL;
}

static enum err parse_escape(const struct value *value, struct vm_set *set)
{
    const char *text = "";
    enum err err = parse_string(value, &text);

    if (err != OK)
        return err;
    if (is_escape(text))
        set->escape = (char)(text[1] - '@');
    else if (strcmp(text, "none") == 0)
        set->escape = VM_NO_ESCAPE;
    else
        return complain_of(
            value, " = \"%.32s\": expected \"^A\" to \"^_\" but not ^J ^M ^[, or \"none\"", text);
    return OK;
}

static enum err check_root_property(const struct value *value, struct vm_set *set)
{
    if (strcmp(value->property, "trace") == 0)
        return parse_trace(value, set);
    if (strcmp(value->property, "escape") == 0)
        return parse_escape(value, set);
    if (strcmp(value->property, "source") != 0 && strcmp(value->property, "compatible") != 0)
        return complain_of(value,
                           ": unknown property; expected one of: compatible source trace escape");
    return OK;
}

static enum err check_root(const void *dtb, struct vm_set *set, struct message *why)
{
    struct value value = {.why = why, .source = set->source, .node = ""};
    int at;

    fdt_for_each_property_offset(at, dtb, 0) {
        read_value(dtb, at, &value);
        enum err err = check_root_property(&value, set);
        if (err != OK)
            return err;
    }
    if (fdt_node_check_compatible(dtb, 0, COMPATIBLE) != 0)
        return complain(why, set->source, "", "expected compatible = \"" COMPATIBLE "\"");
    return OK;
}

/* Gives the node a place in the set. */
static enum err add_vm(struct vm_set *set, const char *name, struct message *why)
{
    for (uint32_t i = 0; i < set->vm_count; i++)
        if (strcmp(set->vms[i].name, name) == 0)
            return complain(why, set->source, name, "there are two VMs of this name");
    if (set->vm_count == VM_MAX)
        return complain(why, set->source, name, "is one VM too many: expected at most %d", VM_MAX);
    set->vms[set->vm_count] = (struct vm_config){.name = name, .bootargs = ""};
    return OK;
}

enum err description_parse(const void *dtb, size_t size, struct vm_set *out, struct message *why)
{
    int node;

    out->vm_count = 0;
    out->trace = VM_TRACE_OFF;
    out->escape = VM_DEFAULT_ESCAPE;
    int fdt_error = fdt_check_full(dtb, size);
    if (fdt_error != 0) {
        message_set(why, "vms.dtb: is no device tree: %s", fdt_strerror(fdt_error));
        return ERR_FORMAT;
    }
    enum err err = parse_source(dtb, out, why);
    if (err == OK)
        err = check_root(dtb, out, why);
    if (err != OK)
        return err;
    fdt_for_each_subnode(node, dtb, 0) {
        err = add_vm(out, fdt_get_name(dtb, node, NULL), why);
        if (err == OK)
            err = parse_vm(dtb, node, out, &out->vms[out->vm_count], why);
        if (err != OK)
            return err;
        out->vm_count++;
    }
    if (out->vm_count == 0)
        return complain(why, out->source, "", "describes no VM: expected a node for each");
    return OK;
}
