/*
 * A VM: guest RAM, vCPUs pinned to harts, the devices of QEMU's virt machine, and a life:
 *
 *   vm_create ─► vm_start ─► running ─► an end is asked for (SRST, test device, an error)
 *                   ▲                     │ every vCPU leaves its run loop (VCPU_REQ_HALT)
 *                   └── reboot ◄──────────┤ the last one decides
 *                                         └► stopped; with the last VM the machine ends
 */
#pragma once
#include <axaddrspace/addrspace.h>
#include <axdevice/bus.h>
#include <axdevice/plic.h>
#include <axdevice/rtc.h>
#include <axdevice/testdev.h>
#include <axdevice/uart.h>
#include <axexit/exit.h>
#include <axvmconfig/vmconfig.h>
#include <lib/err.h>
#include <stdatomic.h>

enum vm_end { VM_RUNS, VM_SHUTDOWN, VM_REBOOT, VM_FAILED };

#define VM_LINE_SIZE 120

struct vm {
    struct exit_machine machine;
    const struct vm_config *config; /* its images lie in the bundle, for every restart */
    uint32_t index;
    uint32_t starts; /* how often it was loaded */
    struct addrspace memory;
    hpa_t ram;
    struct vcpu *vcpus;         /* config->cpus of them */
    struct sbi_hart *sbi_harts; /* as many */

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

    /* Output of a VM that does not have the console: a line at a time. Console's lock held. */
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

/* The host's console, input side: what a user types goes to the VM that has the console. */
void vm_console_init(void);
/* Prints this hart's vCPU, for reports of a host's fault. */
void vm_print_context(void);
