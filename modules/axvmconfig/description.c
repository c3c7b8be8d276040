/* Reads a VM description: the root's properties, and what its nodes are. */
#include "description.h"
#include <libfdt.h>
#include <string.h>

#define COMPATIBLE "stillhart,vms"
#define LEAST_EVENTS 256u
#define MOST_EVENTS 1048576u /* 32 MiB a hart */
#define COMPATIBLE_SHARED "stillhart,shared-memory"
/* dtc refuses them; tools/bundle has the same words for that. */
#define TWO_OF_A_NAME "there are two nodes of this name: expected another for each"

/* What the packer has written; a tree from elsewhere goes by its name in the bundle. */
static enum err parse_source(const void *dtb, struct vm_set *set, struct message *why)
{
    struct value value = {.why = why, .source = "vms.dtb", .node = "", .property = "source"};

    set->source = value.source;
    return value_find(dtb, 0, &value) ? value_string(&value, &set->source) : OK;
}

static enum err parse_trace(const struct value *value, struct vm_set *set)
{
    const char *mode = "";
    enum err err = value_string(value, &mode);

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

static enum err parse_trace_events(const struct value *value, struct vm_set *set)
{
    if (value_cell_count(value) != 1 || value->size != sizeof(fdt32_t))
        return complain_of_type(value, "a number, as in trace-events = <65536>");
    uint32_t events = value_cell(value, 0);
    if (events < LEAST_EVENTS || events > MOST_EVENTS || (events & (events - 1)) != 0)
        return complain_of(value, " = <%u>: expected a power of two from %u to %u", events,
                           LEAST_EVENTS, MOST_EVENTS);
    set->trace_events = events;
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
    enum err err = value_string(value, &text);

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
    if (strcmp(value->property, "trace-events") == 0)
        return parse_trace_events(value, set);
    if (strcmp(value->property, "escape") == 0)
        return parse_escape(value, set);
    if (strcmp(value->property, "source") != 0 && strcmp(value->property, "compatible") != 0)
        return complain_of(value, ": unknown property; expected one of: compatible source trace "
                                  "trace-events escape");
    return OK;
}

static enum err complain_compatible(const void *dtb, const struct vm_set *set, struct message *why)
{
    struct value value = {.why = why, .source = set->source, .node = "", .property = "compatible"};
    const char *found = "";

    if (!value_find(dtb, 0, &value))
        return complain_of(&value, " is missing: expected \"" COMPATIBLE "\"");
    enum err err = value_string(&value, &found);
    if (err != OK)
        return err;
    return complain_of(&value, " = \"%.32s\": expected \"" COMPATIBLE "\"", found);
}

static enum err check_root(const void *dtb, struct vm_set *set, struct message *why)
{
    struct value value = {.why = why, .source = set->source, .node = ""};
    int at;

    fdt_for_each_property_offset(at, dtb, 0) {
        value_read(dtb, at, &value);
        enum err err = check_root_property(&value, set);
        if (err != OK)
            return err;
    }
    if (fdt_node_check_compatible(dtb, 0, COMPATIBLE) != 0)
        return complain_compatible(dtb, set, why);
    return OK;
}

/* What the Devicetree Specification 0.4 §2.2.1 asks of a node's name: no VM's number is one. */
static enum err check_name(const struct vm_set *set, const char *name, struct message *why)
{
    char first = (char)(name[0] | 0x20);
    if (first >= 'a' && first <= 'z' && strlen(name) <= VM_MAX_NAME)
        return OK;
    return complain(why, set->source, name,
                    "name = \"%.32s\": expected a letter first, and at most %d characters", name,
                    VM_MAX_NAME);
}

static enum err add_vm(const void *dtb, int node, struct vm_set *set, struct message *why)
{
    const char *name = fdt_get_name(dtb, node, NULL);
    struct vm_config *vm = &set->vms[set->vm_count];

    for (const struct vm_config *other = set->vms; other < vm; other++)
        if (strcmp(other->name, name) == 0)
            return complain(why, set->source, name, TWO_OF_A_NAME);
    if (set->vm_count == VM_MAX)
        return complain(why, set->source, name, "is one VM too many: expected at most %d", VM_MAX);
    *vm = (struct vm_config){.name = name, .bootargs = ""};
    set->vm_count++;
    return description_parse_vm(dtb, node, set, vm, why);
}

static enum err add_shared(const void *dtb, int node, struct vm_set *set, struct message *why)
{
    const char *name = fdt_get_name(dtb, node, NULL);
    struct shared_config *memory = &set->shared[set->shared_count];

    for (const struct shared_config *other = set->shared; other < memory; other++)
        if (strcmp(other->name, name) == 0)
            return complain(why, set->source, name, TWO_OF_A_NAME);
    if (set->shared_count == SHARED_MAX)
        return complain(why, set->source, name,
                        "is one shared memory too many: expected at most %d", SHARED_MAX);
    *memory = (struct shared_config){.name = name, .index = set->shared_count};
    set->shared_count++;
    return description_parse_shared(dtb, node, set, memory, why);
}

/* A node without a compatible is a VM. */
static enum err add_node(const void *dtb, int node, struct vm_set *set, struct message *why)
{
    struct value value = {.why = why, .source = set->source, .property = "compatible"};
    const char *compatible = "";

    value.node = fdt_get_name(dtb, node, NULL);
    enum err err = check_name(set, value.node, why);
    if (err != OK)
        return err;
    if (!value_find(dtb, node, &value))
        return add_vm(dtb, node, set, why);
    err = value_string(&value, &compatible);
    if (err != OK)
        return err;
    if (strcmp(compatible, COMPATIBLE_SHARED) == 0)
        return add_shared(dtb, node, set, why);
    return complain_of(&value, " = \"%.32s\": expected \"" COMPATIBLE_SHARED "\", or none for a VM",
                       compatible);
}

enum err description_parse(const void *dtb, size_t size, struct vm_set *out, struct message *why)
{
    int node;

    out->vm_count = 0;
    out->shared_count = 0;
    out->trace = VM_TRACE_OFF;
    out->trace_events = 0;
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
        err = add_node(dtb, node, out, why);
        if (err != OK)
            return err;
    }
    if (out->vm_count == 0)
        return complain(why, out->source, "", "describes no VM: expected a node for each");
    return description_join_shared(out, why);
}
