/*
 * What a VM is made of besides its RAM and vCPUs: a row for each kind. A new kind is a file of its
 * own, a row here, and its place in taken.c. They are made in this order, which is the one in which
 * the bus searches: what is accessed most comes first.
 */
#include <axvmconfig/layout.h>
#include <axguesttree/nodes.h>
#include <axguesttree/fdt_interrupts.h>
#include "internal.h"
#include "machine.h"
#include "pci_host.h"

struct kind {
    const char *name;
    bool beside_soc; /* its node is one of the root's */
    /* Each of these may be NULL: there is nothing to do. */
    enum err (*make)(struct vm *vm, struct message *why);
    void (*node)(struct fdt_writer *w, const struct guest_fdt_input *in);
    void (*leave)(struct vm *vm);   /* the VM has ended: it stops acting */
    void (*release)(struct vm *vm); /* before its memory is freed; of a VM made in part, too */
};

static const struct kind kinds[] = {
    {"UART", .make = vm_make_uart, .node = fdt_put_uart},
    {"interrupt controller", .make = vm_add_controller, .node = fdt_put_controllers,
     .release = vm_free_controller},
    {"models", .make = vm_make_models, .node = fdt_put_models, .release = vm_free_models},
    {"assigned devices", .make = vm_give_devices, .node = fdt_put_given, .leave = vm_quiet_given},
    {"PCI bridge", .make = vm_give_pci, .node = fdt_put_pci, .leave = vm_quiet_pci,
     .release = vm_take_pci_back},
    {"shared memories", .make = vm_add_shared, .node = fdt_put_shared, .leave = vm_leave_shared,
     .release = vm_drop_shared},
    {"flash", .beside_soc = true, .make = vm_make_flash, .node = fdt_put_flash,
     .release = vm_free_flash},
    {"virtio slots", .make = vm_make_virtio, .node = fdt_put_virtio},
    {"fw_cfg", .beside_soc = true, .make = vm_make_fw_cfg, .node = fdt_put_fw_cfg},
    {"PCI windows", .make = vm_make_windows},
    {"boot ROM", .make = vm_make_rom},
};

/* The others take their lines from the interrupt controller. */
enum err vm_add_devices(struct vm *vm, struct message *why)
{
    enum err err = vm_make_controller(vm, why);
    for (size_t i = 0; i < ARRAY_SIZE(kinds) && err == OK; i++)
        if (kinds[i].make != NULL)
            err = kinds[i].make(vm, why);
    return err;
}

void vm_put_devices(struct fdt_writer *w, const struct guest_fdt_input *in, bool beside_soc)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (kinds[i].node != NULL && kinds[i].beside_soc == beside_soc)
            kinds[i].node(w, in);
}

void vm_leave_devices(struct vm *vm)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (kinds[i].leave != NULL)
            kinds[i].leave(vm);
}

/* The last one first: assigned devices have interrupts at the controller. */
void vm_release_devices(struct vm *vm)
{
    for (size_t i = ARRAY_SIZE(kinds); i-- != 0;)
        if (kinds[i].release != NULL)
            kinds[i].release(vm);
}
