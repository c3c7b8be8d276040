/*
 * A VM description: the device tree `vms.dtb` of a bundle, as tools/bundle packs it. docs/vms.md
 * has every property. Here is checked what the description alone can show; vmconfig.h does the
 * rest.
 */
#pragma once
#include <axdriver/host_device.h>
#include <axdriver/pci.h>
#include <axvmconfig/image.h>
#include <axvmconfig/message.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VM_MAX 64 /* as many as harts: each has one of its own (SMP=) */
#define VM_MAX_CPUS 64
#define VM_MAX_NAME 31           /* characters, of a shared memory's too */
#define VM_MAX_BOOTARGS 4095     /* characters */
#define VM_MAX_QUIET_AFTER 86400 /* seconds */
#define VM_MAX_DEVICES 8
#define VM_MAX_SHARED 8 /* memories that one VM shares */
#define SHARED_MAX 16
#define VM_MAX_FLASH 2                     /* banks of flash */
#define VM_FLASH_SIZE UINT64_C(0x02000000) /* of each, as QEMU's virt machine has it */

enum vm_gstage { VM_GSTAGE_SV39X4, VM_GSTAGE_SV48X4 };

/* What takes the interrupts of its devices to the vCPUs. */
enum vm_interrupts {
    VM_INTERRUPTS_HOST, /* not said: as the host has it; vmconfig_load() makes it one of the others
                         */
    VM_INTERRUPTS_PLIC,
    VM_INTERRUPTS_APLIC, /* with direct delivery */
    VM_INTERRUPTS_AIA,   /* an IMSIC for each vCPU, and an APLIC that sends MSIs to them */
};

enum vm_mechanism {
    VM_VMID = 1 << 0,       /* translations stay over an exit */
    VM_SUPERPAGES = 1 << 1, /* the G-stage maps 2 MiB and 1 GiB at once */
    VM_FAST_PATH = 1 << 2,  /* exits that end before the slow path */
    VM_FREE_WFI = 1 << 3,   /* the guest's wfi does not exit */
};

/* What is recorded from the VMs' start on. */
enum vm_trace { VM_TRACE_OFF, VM_TRACE_OVERWRITE, VM_TRACE_STOP };

/* A platform device of the host that a VM is assigned. */
struct vm_device {
    const char *path;        /* as the description has it: a path or an alias of the host's tree */
    struct host_device host; /* found by vmconfig_load() */
};

/* A PCI function of the host that a VM is assigned. */
struct vm_pci_device {
    const char *name;                    /* as the description has it: "00:03.0" */
    const struct pci_function *function; /* found by vmconfig_load() */
};

/* A memory that VMs share. */
struct shared_config {
    const char *name; /* its node's */
    uint32_t index;   /* in the set */
    uint64_t size;    /* bytes, a multiple of 4 KiB: the state table is the first page */
    uint32_t peers;   /* VMs that name it, two or more; in their order they are peers 0, 1 … */
    uint32_t writers; /* those that may write to it, one or more */
};

/* A file of the bundle. */
struct vm_file {
    const char *name; /* as the description has it */
    const void *data; /* found by vmconfig_load() */
    uint64_t size;    /* bytes */
};

/* What a VM says of one. */
struct shared_use {
    const char *property, *name; /* as the description has them */
    bool writable;
    const struct shared_config *memory;
    uint32_t peer; /* the VM's id among those that share it */
    gpa_t at;      /* in GUEST_SHARED_SPACE, a multiple of 2 MiB */
};

/* Strings are NUL-terminated and lie in the device tree. */
struct vm_config {
    /* From the description. */
    const char *name;
    uint32_t cpus;               /* 1 .. VM_MAX_CPUS */
    uint32_t hart_count;         /* equal to cpus */
    uint32_t harts[VM_MAX_CPUS]; /* host hart ids; vCPU i runs on harts[i] */
    uint64_t memory;             /* bytes of RAM at GUEST_RAM_BASE, a multiple of 2 MiB */
    const char *kernel_name;     /* NULL: it starts from flash */
    const char *ramdisk_name;    /* NULL: none */
    const char *bootargs;        /* "" if not given */
    uint32_t flash_count;
    struct vm_file flash[VM_MAX_FLASH]; /* at GUEST_FLASH, VM_FLASH_SIZE apart */
    enum vm_gstage gstage;
    enum vm_interrupts interrupts;
    uint32_t without; /* enum vm_mechanism: switched off, to measure what they do */
    uint32_t with;    /* bit i: it has the optional device of guest_models[i] (layout.h) */
    bool report;      /* print the ledgers and events when the VM ends */
    bool manual;      /* not made at boot */
    bool quiet;       /* it is to take no exits, once it says so, or the console does … */
    /* … or so many seconds after its start, or the first system call of its userspace; 0: not by
     * itself */
    uint32_t quiet_after;
    bool has_seed; /* else its rng-seed is another one in each run */
    uint32_t seed;
    uint32_t device_count;
    struct vm_device devices[VM_MAX_DEVICES];
    uint32_t pci_count;
    struct vm_pci_device pci[VM_MAX_DEVICES];
    bool unsafe_dma; /* its devices may access all memory of the machine */
    uint32_t shared_count;
    struct shared_use shared[VM_MAX_SHARED];

    /* Found and placed by vmconfig_load(). */
    struct image kernel;
    const void *ramdisk; /* NULL: none */
    uint64_t ramdisk_size;
    struct placement placement;
};

#define VM_DEFAULT_ESCAPE 0x1d /* Ctrl-] */
#define VM_NO_ESCAPE 0         /* all that is typed is the guests' */

struct vm_set {
    const char *source; /* the description's file, as the user named it */
    enum vm_trace trace;
    uint32_t trace_events; /* that a ring keeps, a power of two; 0: as many as usual */
    char escape;           /* opens the hypervisor's console */
    uint32_t vm_count;
    struct vm_config vms[VM_MAX];
    uint32_t shared_count;
    struct shared_config shared[SHARED_MAX];
};

/*
 * Reads the device tree in [dtb, dtb+size), which must stay as long as `out` is used. ERR_FORMAT:
 * it is no device tree; ERR_INVALID: a mistake in the description. `why` names the file, the node,
 * the property, its value and what was expected.
 */
enum err description_parse(const void *dtb, size_t size, struct vm_set *out, struct message *why);
