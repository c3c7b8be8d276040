/* The parts of the description's reader: private to axvmconfig. */
#pragma once
#include <axvmconfig/description.h>

/* A property that is being read. */
struct value {
    struct message *why;
    const char *source;
    const char *node;
    const char *property;
    const void *data;
    uint32_t size; /* bytes */
};

/* description_value.c: the property at an offset of the tree that fdt_check_full() has accepted. */
void value_read(const void *dtb, int at, struct value *value);
/* description_value.c: the property of this name of a node; false: the node has none. */
bool value_find(const void *dtb, int node, struct value *value);
/* description_value.c: "SOURCE: /NODE: PROPERTY" and the rest; ERR_INVALID. */
enum err complain_of(const struct value *value, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* description_value.c: the same of a value that is no number: the text that it is, else its size.
 */
enum err complain_of_type(const struct value *value, const char *expected);
/* description_value.c: whether it is one string, printable and not empty. A number can look like
 * one, but for those below 2^24. */
bool value_is_text(const struct value *value);
/* description_value.c: how many strings, of a value that ends as one. */
uint32_t value_string_count(const struct value *value);
/* description_value.c: the value as numbers of 32 bits: one of them, and how many. */
uint32_t value_cell(const struct value *value, uint32_t index);
uint32_t value_cell_count(const struct value *value);
/* description_value.c: the value as one string; ERR_INVALID, reported. */
enum err value_string(const struct value *value, const char **out);

/* description_devices.c: properties of a VM; ERR_INVALID, reported. */
enum err description_parse_devices(const struct value *value, struct vm_config *vm);
enum err description_parse_pci_devices(const struct value *value, struct vm_config *vm);
enum err description_parse_unsafe_dma(const struct value *value, struct vm_config *vm);

/* description_shared.c: the node of a shared memory into `memory`, whose name is there;
 * ERR_INVALID, reported. */
enum err description_parse_shared(const void *dtb, int node, const struct vm_set *set,
                                  struct shared_config *memory, struct message *why);
/* description_shared.c: the names in a VM's property, added to those that it has. */
enum err description_parse_uses(const struct value *value, struct vm_config *vm, bool writable);
/* description_shared.c: all nodes were read: finds what the VMs name, and gives each its place. */
enum err description_join_shared(struct vm_set *set, struct message *why);

/* description_vm.c: the node of a VM into `vm`, whose name is there; ERR_INVALID, reported. */
enum err description_parse_vm(const void *dtb, int node, const struct vm_set *set,
                              struct vm_config *vm, struct message *why);
