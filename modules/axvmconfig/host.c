#include <axhal/memory.h>
#include <axvmconfig/host.h>

/*
 * Kept from the guests' RAM: for each hart its ring of events, and a VM of its own with its vCPU,
 * ledger, devices and tables; and for what is not counted by harts, the drivers' memory too.
 */
#define HOST_RESERVE (UINT64_C(14) << 20)
#define HART_RESERVE (UINT64_C(1) << 20)
#define HARTS_SHOWN 16

enum err host_check(const struct platform *p, struct message *why)
{
    if (platform_has_extension(p, "h"))
        return OK;
    message_set(why,
                "this machine's harts have no H extension: expected one with it, such as QEMU's "
                "-cpu rv64,h=true; riscv,isa is %s",
                p->isa != NULL ? p->isa : "not there"); /* the string is long, and may be cut */
    return ERR_UNSUPPORTED;
}

static enum err complain_initrd(const struct platform *p, struct message *why, const char *what,
                                uint64_t at)
{
    message_set(why,
                "the device tree: /chosen: linux,initrd-start = %#lx, linux,initrd-end = %#lx: %s "
                "%#lx: expected memory that holds the bundle",
                (unsigned long)p->initrd.base.a, (unsigned long)(p->initrd.base.a + p->initrd.size),
                what, (unsigned long)at);
    return ERR_NOT_FOUND;
}

enum err host_find_bundle(const struct platform *p, struct memory_range image, struct message *why)
{
    hpa_t at;
    const struct memory_range *bundle = &p->initrd;
    if (p->no_initrd[0] != '\0') {
        message_set(why, "the device tree: %s", p->no_initrd);
        return ERR_NOT_FOUND;
    }
    if (bundle->size == 0) {
        message_set(why, "no bundle: the device tree's /chosen has no linux,initrd-start; expected "
                         "a bundle of VMs as the initrd (docs/vms.md)");
        return ERR_NOT_FOUND;
    }
    if (bundle->base.a < image.base.a + image.size && image.base.a < bundle->base.a + bundle->size)
        return complain_initrd(p, why, "overlaps the hypervisor at", image.base.a);
    if (!memory_answers(bundle->base, bundle->size, &at))
        return complain_initrd(p, why, "nothing answers at", at.a);
    return OK;
}

uint64_t host_memory_for_vms(uint64_t free, uint32_t harts)
{
    uint64_t reserve = HOST_RESERVE + harts * HART_RESERVE;
    return free > reserve ? free - reserve : 0;
}

void host_describe_vm(const struct vm_config *vm, struct message *line)
{
    if (vm->manual) {
        message_set(line, "VM %s: is manual: vm create makes it", vm->name);
        return;
    }
    message_set(line, "VM %s: harts", vm->name);
    for (uint32_t i = 0; i < vm->cpus && i < HARTS_SHOWN; i++)
        message_add(line, " %u", vm->harts[i]);
    bool in_flash = vm->kernel_name == NULL;
    message_add(line, "%s, %lu MiB, %s %s", vm->cpus > HARTS_SHOWN ? " …" : "",
                (unsigned long)(vm->memory >> 20), in_flash ? "flash" : "kernel",
                in_flash ? vm->flash[0].name : vm->kernel_name);
}
