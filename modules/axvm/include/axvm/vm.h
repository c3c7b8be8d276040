/*
 * A VM: guest RAM, vCPUs pinned to harts, the devices of QEMU's virt machine, and a life:
 *
 *   vm_create ─► vm_start ─► running ─► an end is asked for (SRST, test device, an error)
 *                   ▲                     │ every vCPU leaves its run loop (VCPU_REQ_HALT)
 *                   ├── reboot ◄──────────┤ the last one decides
 *                   └── vm_restart ◄──────┴► ended; with the last VM the machine ends, unless the
 *                                            hypervisor's console is open
 *
 * The memory of a VM that has ended stays its own, for the next start.
 */
#pragma once
#include <axaddrspace/addrspace.h>
#include <axdevice/bus.h>
#include <axdevice/plic.h>
#include <axdevice/rtc.h>
#include <axdevice/testdev.h>
#include <axdevice/uart.h>
#include <axexit/exit.h>
#include <axtrace/quiet.h>
#include <axvmconfig/vmconfig.h>
#include <lib/err.h>
#include <stdatomic.h>

enum vm_end { VM_RUNS, VM_SHUTDOWN, VM_REBOOT, VM_FAILED };

#define VM_LINE_SIZE 120

/* Written when the last vCPU has left: a VM that failed. */
struct vm_failure {
    uint32_t count;
    uint64_t time; /* ticks */
    const char *reason;
    const struct vcpu *vcpu; /* NULL: no exit was why */
    uint64_t pc;             /* the vCPU's */
};

struct vm {
    struct exit_machine machine;
    const struct vm_config *config; /* its images lie in the bundle, for every restart */
    uint32_t index;
    uint32_t starts; /* how often it was loaded */
    struct addrspace memory;
    hpa_t ram;
    struct vcpu *vcpus;         /* config->cpus of them */
    struct sbi_hart *sbi_harts; /* as many */
    struct quiet quiet;

    struct mmio_bus bus;
    struct plic plic;
    struct uart uart;
    struct rtc rtc;
    struct testdev testdev;
    const struct mmio_ops *rtc_ops; /* the RTC's own, which alarm_ops (alarm.c) calls */
    struct mmio_ops alarm_ops;

    _Atomic uint32_t vcpus_running; /* in their run loops */
    _Atomic uint32_t end;           /* enum vm_end: what was asked for, the first one counts */
    const char *end_reason;
    _Atomic(const struct vcpu *) failed_vcpu; /* whose exit it was, if an exit was why */
    struct vm_failure failure;                /* the last one */
    _Atomic bool ended; /* nothing of it runs, and it does not start by itself */

    /* The line that its output has begun. Console's lock held. */
    uint32_t line_length;
    char line[VM_LINE_SIZE];
};

extern struct vm *vms[VM_MAX];
extern uint32_t vm_count;

/* Boot hart. Takes memory and makes the machine; `config` must stay. ERR_NO_MEMORY, reported. */
enum err vm_create(const struct vm_config *config);
/* Loads the images afresh and sends the vCPUs to their harts, which must be in mailbox_serve. */
enum err vm_start(struct vm *vm);
/* Any hart: asks for the VM's end; returns at once. Of several the first counts. */
void vm_request_end(struct vm *vm, enum vm_end end, const char *reason);
/* Any hart: starts a VM that has ended, on its own harts; returns at once. ERR_EXISTS: it has not
 * ended. */
enum err vm_restart(struct vm *vm);
/* Any hart: holds all its vCPUs back, or no more; returns at once. Its time goes on. */
void vm_pause(struct vm *vm, bool wanted);

enum vm_phase { VM_PHASE_RUNNING, VM_PHASE_PAUSED, VM_PHASE_ENDING, VM_PHASE_ENDED };
/* Any hart: what it is at this moment. ENDING is also the time in which it restarts. */
enum vm_phase vm_phase(const struct vm *vm);

/* Any hart: prints row `row` of the VM's contract: 0 how it stands, then what violated it, a vCPU
 * and a column each. False: it was the last row, or there was none. */
bool vm_quiet_print(struct vm *vm, uint32_t row);

/* Prints this hart's vCPU, for reports of a host's fault. */
void vm_print_context(void);
