/* Where each VM has what: also compiled for the build machine, where `make check` asks
 * (tools/check). */
#include <axguesttree/guest_fdt.h>
#include <axvmconfig/layout.h>
#include <axvm/vm.h>
#include <lib/bits.h>

#define MODEL_ROW(NAME, model, base, size, source, place, name, node, compatible)                  \
    {{(base)}, (size), (name), (place), GUEST_MODEL_##NAME},

const struct vm_taken_range vm_taken_ranges[] = {
    {{GUEST_ROM}, GUEST_ROM_SIZE, "boot ROM", .place = VM_PLACE_OWN},
    {{GUEST_PCI_PORTS}, GUEST_PCI_PORTS_SIZE, "PCI ports", .place = VM_PLACE_WINDOW},
    {{GUEST_PLIC}, PLIC_SIZE, "interrupt controller", .place = VM_PLACE_OWN},
    {{GUEST_APLIC}, APLIC_SIZE, "interrupt controller", .place = VM_PLACE_OWN},
    {{GUEST_UART}, PAGE_SIZE, "UART", .place = VM_PLACE_OWN},
    {{GUEST_VIRTIO}, GUEST_VIRTIO_IRQS *PAGE_SIZE, "virtio slots", .place = VM_PLACE_YIELDS},
    {{GUEST_FW_CFG}, FW_CFG_SIZE, "fw_cfg", .place = VM_PLACE_YIELDS},
    {{GUEST_SHARED_ECAM}, IVSHMEM_ECAM_SIZE, "bridge of shared memories", .place = VM_PLACE_SHARED},
    {{GUEST_SHARED_WINDOW},
     IVSHMEM_WINDOW_SIZE,
     "bridge of shared memories",
     .place = VM_PLACE_SHARED},
    {{GUEST_FLASH}, GUEST_FLASH_BANKS *PFLASH_SIZE, "flash", .place = VM_PLACE_OWN},
    {{GUEST_IMSIC}, GUEST_FDT_MAX_VCPUS *PAGE_SIZE, "interrupt files", .place = VM_PLACE_OWN},
    {{GUEST_PCI}, GUEST_PCI_SIZE, "PCI bridge", .place = VM_PLACE_OWN},
    {{GUEST_PCI_WINDOW}, GUEST_PCI_WINDOW_SIZE, "PCI window", .place = VM_PLACE_WINDOW},
    GUEST_MODELS(MODEL_ROW)};
const uint32_t vm_taken_count = ARRAY_SIZE(vm_taken_ranges);
