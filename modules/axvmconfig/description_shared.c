/* Shared memories: their nodes, and which VM has which, where. */
#include "description.h"
#include <lib/bits.h>
#include <libfdt.h>
#include <string.h>

#define SMALLEST (2 * PAGE_SIZE) /* the state table, and a page to share */

static enum err parse_size(const struct value *value, struct shared_config *memory)
{
    if (value->size != sizeof(fdt64_t) || value_is_text(value)) {
        return complain_of_type(value,
                                "a size of two numbers, high and low, as in size = <0x0 0x100000>");
    }
    memory->size = fdt64_ld(value->data);
    if (memory->size < SMALLEST || !is_aligned(memory->size, PAGE_SIZE)) {
        return complain_of(value,
                           " = <%#x %#x>: expected a multiple of 4 KiB (0x1000), at least 8 KiB "
                           "(0x2000)",
                           value_cell(value, 0), value_cell(value, 1));
    }
    return OK;
}

static enum err parse_property(const struct value *value, struct shared_config *memory)
{
    if (strcmp(value->property, "size") == 0)
        return parse_size(value, memory);
    if (strcmp(value->property, "compatible") != 0)
        return complain_of(value, ": unknown property; expected one of: compatible size");
    return OK;
}

enum err description_parse_shared(const void *dtb, int node, const struct vm_set *set,
                                  struct shared_config *memory, struct message *why)
{
    struct value value = {.why = why, .source = set->source, .node = memory->name};
    int at;

    fdt_for_each_property_offset(at, dtb, node) {
        value_read(dtb, at, &value);
        enum err err = parse_property(&value, memory);
        if (err != OK)
            return err;
    }
    int child = fdt_first_subnode(dtb, node);
    if (child >= 0) {
        return complain(why, set->source, memory->name,
                        "%s: expected no node inside a shared memory",
                        fdt_get_name(dtb, child, NULL));
    }
    if (memory->size == 0) {
        return complain(why, set->source, memory->name,
                        "size is missing: every shared memory needs it");
    }
    return OK;
}

enum err description_parse_uses(const struct value *value, struct vm_config *vm, bool writable)
{
    const char *text = value->data, *end = text + value->size;

    if (value->size == 0 || end[-1] != '\0')
        return complain_of(value, ": expected strings, as in %s = \"ipc0\"", value->property);
    for (; text < end; text += strlen(text) + 1) {
        if (vm->shared_count == VM_MAX_SHARED)
            return complain_of(value, " = \"%.32s\": is one too many: expected at most %d in a VM",
                               text, VM_MAX_SHARED);
        vm->shared[vm->shared_count++] =
            (struct shared_use){.property = value->property, .name = text, .writable = writable};
    }
    return OK;
}

static enum err complain_of_use(const struct vm_set *set, const struct vm_config *vm,
                                const struct shared_use *use, struct message *why)
{
    return complain(why, set->source, vm->name, "%s = \"%.32s\"", use->property, use->name);
}

static struct shared_config *find(struct vm_set *set, const char *name)
{
    for (uint32_t i = 0; i < set->shared_count; i++)
        if (strcmp(set->shared[i].name, name) == 0)
            return &set->shared[i];
    return NULL;
}

static enum err complain_unknown(const struct vm_set *set, const struct vm_config *vm,
                                 const struct shared_use *use, struct message *why)
{
    enum err err = complain_of_use(set, vm, use, why);

    message_add(why, ": no shared memory has this name; there %s",
                set->shared_count == 0 ? "is none" : "are:");
    for (uint32_t i = 0; i < set->shared_count; i++)
        message_add(why, " %s", set->shared[i].name);
    return err;
}

/* The memories of a VM follow each other, each at a multiple of 2 MiB for the sake of its pages. */
static enum err place(const struct vm_set *set, const struct vm_config *vm, struct shared_use *use,
                      uint64_t *next, struct message *why)
{
    uint64_t end = GUEST_SHARED_BASE + GUEST_SHARED_SPACE;

    if (use->memory->size > end - *next) {
        enum err err = complain_of_use(set, vm, use, why);
        message_add(why, ": does not fit: a VM has %lu MiB of addresses for it, %lu MiB left",
                    (unsigned long)(GUEST_SHARED_SPACE >> 20),
                    (unsigned long)((end - *next) >> 20));
        return err;
    }
    use->at = gpa(*next);
    *next += align_up(use->memory->size, SIZE_2M);
    return OK;
}

static enum err join_use(struct vm_set *set, const struct vm_config *vm, struct shared_use *use,
                         uint64_t *next, struct message *why)
{
    struct shared_config *memory = find(set, use->name);

    if (memory == NULL)
        return complain_unknown(set, vm, use, why);
    for (const struct shared_use *other = vm->shared; other < use; other++) {
        if (other->memory == memory) {
            enum err err = complain_of_use(set, vm, use, why);
            message_add(why, ": is named twice: expected each shared memory once");
            return err;
        }
    }
    use->memory = memory;
    use->peer = memory->peers++;
    memory->writers += use->writable;
    return place(set, vm, use, next, why);
}

/* One peer alone has no other to share with; without a writer the memory would stay empty. */
static enum err check_peers(const struct vm_set *set, struct message *why)
{
    for (uint32_t i = 0; i < set->shared_count; i++) {
        const struct shared_config *memory = &set->shared[i];
        if (memory->peers < 2) {
            return complain(why, set->source, memory->name,
                            "is named by %u VM%s: expected two or more, each with shared or "
                            "shared-read-only = \"%.32s\"",
                            memory->peers, memory->peers == 1 ? "" : "s", memory->name);
        }
        if (memory->writers == 0) {
            return complain(why, set->source, memory->name,
                            "no VM may write to it: expected one with shared = \"%.32s\"",
                            memory->name);
        }
    }
    return OK;
}

enum err description_join_shared(struct vm_set *set, struct message *why)
{
    for (struct vm_config *vm = set->vms; vm < set->vms + set->vm_count; vm++) {
        uint64_t next = GUEST_SHARED_BASE;
        for (uint32_t i = 0; i < vm->shared_count; i++) {
            enum err err = join_use(set, vm, &vm->shared[i], &next, why);
            if (err != OK)
                return err;
        }
    }
    return check_peers(set, why);
}
