/*
 * A VM: guest RAM, vCPUs pinned to harts, the devices of QEMU's virt machine, and a life:
 *
 *   vm_create ─► vm_start ─► running ─► an end is asked for (SRST, test device, an error)
 *   ▲    ▲           ▲                    │ every vCPU leaves its run loop (VCPU_REQ_HALT)
 *   │    │           ├── reboot ◄─────────┤ the last one decides
 *   │    │           └── vm_start ◄───────┴► ended; when all have, the machine ends, unless the
 *   │    └─────────────── vm_wipe ◄─────────┘ hypervisor's console is open
 *   └─ vm_destroy: from created
 *
 * The memory of a VM that has ended stays its own, for the next start. Memory that is free was
 * wiped: no VM finds what another one had.
 *
 * The list of VMs is changed by one hart alone, the one that takes the console's input (before
 * there is one: the boot hart), under the list's lock (list.c). So that hart reads it and keeps
 * pointers to VMs as it likes; others find VMs under the lock. A VM's own vCPUs keep it: it can
 * be destroyed only once nothing of it is left on any hart.
 */
#pragma once
#include <axaddrspace/addrspace.h>
#include <axdevice/aplic.h>
#include <axdevice/bus.h>
#include <axdevice/fw_cfg.h>
#include <axdevice/host_bridge.h>
#include <axdevice/imsic.h>
#include <axdevice/ivshmem_bridge.h>
#include <axdevice/model.h>
#include <axdevice/pflash.h>
#include <axdevice/plic.h>
#include <axdevice/uart.h>
#include <axexit/exit.h>
#include <axsync/spinlock.h>
#include <axtrace/quiet.h>
#include <axvm/errand.h>
#include <axvm/output.h>
#include <axvm/stuck.h>
#include <axvmconfig/layout.h>
#include <axvmconfig/vmconfig.h>
#include <lib/err.h>
#include <stdatomic.h>

/* VM_STARTS: until it has started its end can't be asked for. */
enum vm_end { VM_RUNS, VM_STARTS, VM_SHUTDOWN, VM_REBOOT, VM_FAILED };

/* Changed under the lock of life.c. */
enum vm_life {
    VM_CREATED, /* waits for a start; its RAM is wiped */
    VM_LIVES,   /* from vm_start on, through reboots */
    VM_LEAVES,  /* has ended, and the hart that noted it has still something to do */
    VM_ENDED,
    VM_WIPES,
};

#define VM_LINE_SIZE 120
#define VM_PCI_WIRES 4 /* INTA to INTD */

/* Written when the last vCPU has left: a VM that failed. */
struct vm_failure {
    uint32_t count;
    uint64_t time; /* ticks */
    const char *reason;
    const struct vcpu *vcpu; /* NULL: no exit was why */
    uint64_t pc;             /* the vCPU's */
};

/* An interrupt of the host that a VM is assigned. */
struct vm_given_irq {
    const char *name; /* of the device, for the user */
    struct vm *vm;
    struct wired_irq host;
    struct aplic_host_source passed; /* if its vCPUs all have guest interrupt files, else: */
    struct irq_line line;
    struct irq_end end;
};

/* A PCI function that a VM is assigned. */
struct vm_pci_slot {
    const struct pci_function *function;
    uint32_t measured; /* bit i: the guest has asked for the size of BAR i; pci_lock held */
};

/* What the housekeeper has seen of a VM (watch.c). Its own, but for stuck_life. */
struct vm_watch {
    uint32_t life;    /* of the VM, by `starts` */
    uint64_t written; /* of its output */
    uint64_t silence; /* ms that it has to be silent for */
    uint64_t due;     /* ticks: the next look, if it stays so */
    bool asked;
    struct stuck *vcpus;         /* config->cpus of them */
    _Atomic uint32_t stuck_life; /* the life that was reported; 0: none */
};

/* How far its memory is wiped (wipe.c). */
struct vm_wipe {
    uint32_t memory; /* 0: RAM; 1, 2: banks of flash */
    uint64_t at;     /* bytes */
};

struct vm {
    struct exit_machine machine;
    const struct vm_config *config; /* its images lie in the bundle, for every start */
    uint32_t index;                 /* of its description */
    uint32_t starts;                /* how often it was loaded */

    /* Near the beginning: most of a guest's output is a call for each byte. */
    struct vm_output output; /* shown with the console's lock held */
    /* Console's lock held. Not to be seen in another VM's terminal. */
    bool muted;
    /* It was shown as it wrote, and may have left something open. */
    bool has_opened;
    /* The line that its output has begun. */
    uint32_t line_length;
    char line[VM_LINE_SIZE];

    struct addrspace memory;
    hpa_t ram;
    struct vcpu *vcpus;         /* config->cpus of them */
    struct sbi_hart *sbi_harts; /* as many */
    struct quiet quiet;
    _Atomic uint32_t user_up; /* 1: its userspace has made a system call; with quiet_after only */
    uint16_t fw_cfg_cpus;     /* an item of fw_cfg */
    bool flash_filled;        /* what the files say, and what the guest made of it */

    struct mmio_bus bus;
    struct plic plic; /* one of these two: config->interrupts */
    struct aplic aplic;
    struct imsic imsic; /* with an APLIC that sends MSIs: the files in software */
    struct uart uart;
    struct mmio_device *models[GUEST_MODEL_COUNT]; /* NULL: it has no such device */
    struct device_machine model_machine;           /* theirs */
    struct mmio_device virtio[GUEST_VIRTIO_IRQS];
    struct mmio_device windows[3], rom;
    struct fw_cfg fw_cfg;
    struct pflash flash[GUEST_FLASH_BANKS];
    struct pflash_view flash_view;         /* of banks with a file */
    hpa_t flash_memory[GUEST_FLASH_BANKS]; /* of banks with a file */
    struct ivshmem_bridge shared;          /* config->shared_count devices; 0: not on the bus */
    struct vm_given_irq given_irqs[VM_MAX_DEVICES + VM_PCI_WIRES];
    uint32_t given_irq_count;
    struct mmio_device pci_config;
    struct host_bridge pci_bridge;
    struct spinlock pci_lock;
    struct vm_pci_slot pci_slots[VM_MAX_DEVICES];

    _Atomic uint32_t vcpus_awaited; /* on their harts, before the first one comes */
    _Atomic uint32_t vcpus_running; /* in their run loops */
    _Atomic uint32_t end;           /* enum vm_end: what was asked for, the first one counts */
    const char *end_reason;
    _Atomic(const struct vcpu *) failed_vcpu; /* whose exit it was, if an exit was why */
    struct vm_failure failure;                /* the last one; lock of life.c held */
    _Atomic uint32_t life;                    /* enum vm_life */

    struct vm_watch watch;
    struct vm_wipe wipe;
    struct errand wiping;

    struct spinlock full_lock;
    /* full_lock held: when the output's ring was found full, and had shown so much; 0: it was not.
     */
    uint64_t full_since, full_shown;
};

/* Where each VM has something of its own besides its RAM, for struct host_limits. */
extern const struct vm_taken_range vm_taken_ranges[];
extern const uint32_t vm_taken_count;

/* By the number of the description; NULL: this one is not made. Console's hart (see above). */
extern struct vm *vms[VM_MAX];
/* How many are described; it does not change. */
extern uint32_t vm_count;

/*
 * Boot hart, once: what VMs can be made, at most with so many bytes of RAM together. What
 * `described` names is checked; it stays, as the bundle that its images lie in does.
 */
void vm_describe(const struct vm_set *described, uint64_t available);
/* Any hart. `index` is below vm_count. */
const struct vm_config *vm_description(uint32_t index);

/*
 * Boot hart, before there is a console's: takes memory for the VM of this description and makes the
 * machine, as created. On an error nothing has changed, and `why` is the message for the user:
 * ERR_EXISTS: it is made already, or two things of it overlap; ERR_NO_MEMORY; or the error of a
 * device that it is assigned.
 */
enum err vm_create(uint32_t index, struct message *why);
/*
 * Console's hart: the same beside VMs that run, by the VM's own first hart. Returns at once; `done`
 * is called later on this hart, with the error and message of vm_create(). Other errors, with which
 * `done` is not called: ERR_TIMEOUT: another VM is made or freed; those of mailbox_post().
 */
typedef void (*vm_made_t)(enum err err, const struct message *why);
enum err vm_create_beside(uint32_t index, vm_made_t done, struct message *why);
/* Any hart: a VM is made or freed at this moment. */
bool vm_making_runs(void);
/*
 * Console's hart: starts a VM that is created or has ended: its own first hart loads the images
 * afresh and sends the vCPUs to theirs. Returns at once. ERR_EXISTS: it is in another phase. Other
 * errors: of mailbox_post; it has ended, end_reason says why.
 */
enum err vm_start(struct vm *vm);
/* Any hart: a copy of what is known of the last life that failed; its count is 0 if none has. */
struct vm_failure vm_last_failure(const struct vm *vm);
/* Any hart: asks for the VM's end; returns at once. Of several the first counts. */
void vm_request_end(struct vm *vm, enum vm_end end, const char *reason);
/*
 * Console's hart: what a VM that has ended left in its RAM is erased, by its own first hart; then
 * it is created again. Returns at once. ERR_EXISTS: it has not ended.
 */
enum err vm_wipe(struct vm *vm);
/*
 * Console's hart: a VM that is created is no longer in the list; all that it has is freed by its
 * own first hart, until vm_making_runs() is false. ERR_EXISTS: it is in another phase. ERR_TIMEOUT,
 * and nothing has changed: a dump reads ledgers, or another VM is made or freed.
 */
enum err vm_destroy(struct vm *vm);
/* Console's hart, console open: whether a command makes VMs come and go, so that it is no news
 * when all have ended. */
void vm_run_rounds(bool wanted);
/* Any hart, console open: says it if nothing but the console keeps the machine. */
void vm_tell_if_all_ended(void);
enum vm_machine_end { VM_MACHINE_OFF, VM_MACHINE_REBOOT };
/* Console's hart, VMs ended as far as they do: writes what waits for the terminal and ends the
 * machine. Off is a failure if the last life of a VM was one, or has not ended. */
void vm_end_machine(enum vm_machine_end how) __attribute__((noreturn));
/* Console's hart: holds all vCPUs of a running VM back, or lets those of a paused one go on;
 * returns at once. The VM's clock keeps running meanwhile. ERR_EXISTS: it is in another phase. */
enum err vm_pause(struct vm *vm, bool wanted);

enum vm_phase {
    VM_PHASE_CREATED,
    VM_PHASE_STARTING, /* also the time in which it is loaded again */
    VM_PHASE_RUNNING,
    VM_PHASE_PAUSED,
    VM_PHASE_ENDING,
    VM_PHASE_ENDED,
    VM_PHASE_WIPING
};
/* What it is at this moment. */
enum vm_phase vm_phase(const struct vm *vm);

/* Console's hart: this life of a VM was reported as stuck in its trap vector. */
static inline bool vm_is_stuck(const struct vm *vm)
{
    return atomic_load(&vm->watch.stuck_life) == vm->starts && vm->starts != 0;
}

/* Any hart: prints row `row` of the VM's contract: 0 how it stands, then what violated it, a vCPU
 * and a column each. False: it was the last row, or there was none. */
bool vm_quiet_print(struct vm *vm, uint32_t row);
/* Boot hart, once: reports on this hart what devices of VMs try with memory that is not theirs; if
 * the IOMMU can't interrupt it, on a hart that no VM owns, or else when the VM ends. */
void vm_watch_dma(const struct hart *hart);

/* Prints this hart's vCPU, for reports of a host's fault. */
void vm_print_context(void);
