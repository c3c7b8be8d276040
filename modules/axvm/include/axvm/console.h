/*
 * The host's console, shared by the VMs, their user, and the hypervisor's own console (axshell).
 *
 * One VM has the focus: its bytes pass as they come, and what is typed goes to it. The others'
 * output comes a line at a time, labelled with the VM's name. The escape opens the hypervisor's
 * console; until that closes what is typed is its, and all VMs' output comes in lines.
 *
 * Input is taken by one hart, the housekeeper, which is therefore the one that calls the
 * hypervisor's console, and the only one that makes and destroys VMs: a hart that no description
 * names, if there is one, else of a VM that is not to be quiet, else the boot hart.
 */
#pragma once
#include <axtrace/column.h>
#include <axvm/vm.h>

/* What is above; called on the hart that takes the input. */
struct vm_console_shell {
    void (*opened)(void);
    void (*input)(char byte); /* while it is open */
};

/* Boot hart, once, after the VMs of the boot are made. `above` stays; the byte `opens` opens it,
 * unless that is VM_NO_ESCAPE. */
void vm_console_init(const struct vm_console_shell *above, char opens);
/*
 * Boot hart, once, before VMs start: besides what is shown the console sends each VM's output as it
 * was written, in frames `ESC _ KEY NAME;COUNT;` COUNT bytes `ESC \`, for a program that keeps logs
 * (tools/logs). By the key, of VM_LOG_KEY_SIZE bytes at most, a frame differs from what a guest
 * writes.
 */
#define VM_LOG_KEY_SIZE 32
void vm_console_add_logs(const char *key, size_t size);
/* Returns the hart that takes the input, the housekeeper. */
struct hart *vm_console_hart(void);
/* Housekeeper: returns how many typed bytes were lost because no VM had room for them in time. */
uint64_t vm_console_lost_input(void);
/* The hart that takes the input: back to the VM that has the focus. If all VMs have ended the
 * machine ends. */
void vm_console_close(void);

/*
 * This hart: from here to vm_console_uncharge(), which gets what this returned, the time of a vCPU
 * that the hart runs is booked as the console's.
 */
enum ledger_column vm_console_charge(void);
void vm_console_uncharge(enum ledger_column before);

/* Console's hart: returns the VM that has the focus, which may have ended; NULL if no VM has it. */
struct vm *vm_console_focus(void);
/* Any hart: whether a VM's output is left out while another one has the focus. Its log has it. */
void vm_console_mute(struct vm *vm, bool wanted);
/* Any hart: gives a VM the focus. */
void vm_console_set_focus(struct vm *vm);
/* The hart that takes the input, console open: one byte for the VM that has the focus, as if it was
 * typed. False: it has no room, or there is none. */
bool vm_console_type(char byte);
