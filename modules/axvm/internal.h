#pragma once
#include <axlog/console.h>
#include <axguesttree/guest_fdt.h>
#include <axvm/vm.h>
#include <lib/bits.h>

static inline struct vm *vm_of_machine(struct exit_machine *machine)
{
    return container_of(machine, struct vm, machine);
}

/* list.c. The console's hart: this description has this VM from now on, or none (NULL). */
void vm_list_set(uint32_t index, struct vm *vm);
/* list.c. The console's hart: there is memory for the RAM of one more, or ERR_NO_MEMORY. */
enum err vm_list_check_memory(const struct vm_config *config, struct message *why);
/* list.c: `why` a VM can't be made: the description's file, the node, what `format` says of
 * property and thing, and the error's name; of memory also what is free. Returns `err`. */
enum err vm_complain(const struct vm_config *config, struct message *why, enum err err,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
/* list.c. Any hart: the first VM that lives after the number `index`, of those that are to be quiet
 * only if there is no other; it can end at any time, but is not destroyed while the caller holds
 * the console's lock (console.c). NULL: none. */
struct vm *vm_list_next_living(uint32_t index);
/* list.c. Any hart: none is made; all that are made have ended; and the life of one that was
 * started ended as a failure or has not ended. */
bool vm_list_is_empty(void);
bool vm_list_all_ended(void);
bool vm_list_any_failed(void);
/* create.c, in the order of a VM's making. The console's hart: it can be made, as far as that is
 * known before; its own first hart, or the boot hart: makes it; the console's hart: puts it on the
 * list. The errors of vm_create(). */
enum err vm_check_new(uint32_t index, struct message *why);
enum err vm_make(uint32_t index, struct vm **made, struct message *why);
void vm_take_in(struct vm *vm);
/* list.c. Any hart: a VM is made, or no longer, that is not on the list yet. */
void vm_list_note_making(bool is);
/* making.c. Console's hart, vm_making_runs() false: the VM's first hart calls vm_free(). */
void vm_free_beside(struct vm *gone);
/* destroy.c: frees what a VM has that is off the list, or was made in part. */
void vm_free(struct vm *vm);
/* devices.c. No vCPU runs: what the VM's devices have begun with others ends. */
void vm_leave_devices(struct vm *vm);
/* devices.c: gives back what they have of the host's, also of a VM that was made in part. */
void vm_release_devices(struct vm *vm);
/* devices.c: their nodes in the guest's tree: in /soc, or those that lie beside it. */
void vm_put_devices(struct fdt_writer *w, const struct guest_fdt_input *in, bool beside_soc);
/* devices.c: the devices of QEMU's virt machine on the VM's bus. On an error here and below `why`
 * is the message for the user. */
enum err vm_add_devices(struct vm *vm, struct message *why);
/* place.c: puts a device in software on the VM's bus, and keeps its range of addresses for it;
 * with RANGE_WINDOW what is mapped may lie in it. ERR_EXISTS, ERR_NO_MEMORY. */
enum err vm_add_device(struct vm *vm, struct mmio_device *device, enum range_kind kind,
                       struct message *why);
/* interrupts.c: makes the VM's interrupt controller, whose vCPUs are there already; puts it on the
 * bus; and gives back what it has taken of its harts. */
enum err vm_make_controller(struct vm *vm, struct message *why);
enum err vm_add_controller(struct vm *vm, struct message *why);
void vm_free_controller(struct vm *vm);
/* interrupts.c: all its vCPUs have guest interrupt files. */
bool vm_has_guest_files(const struct vm *vm);
/* interrupts.c: with the AIA: which interrupt files its vCPUs have. */
void vm_print_interrupts(const struct vm *vm);
/* interrupts.c: the wired interrupt `source` of the VM's interrupt controller, which is made
 * already.
 */
struct irq_line vm_line(struct vm *vm, uint32_t source);
/* given.c: devices of the host in the VM's address space, and lines for their interrupts. */
enum err vm_give_devices(struct vm *vm, struct message *why);
/* given.c: one of them lies in the page at `base`. */
bool vm_has_given_at(const struct vm *vm, uint64_t base);
/* given_irq.c: takes a level-triggered interrupt of the host to the source of the guest; `name`
 * stays. */
void vm_add_given_irq(struct vm *vm, const struct wired_irq *host, uint32_t source,
                      const char *name);
/* given.c: for the guest's tree, up to VM_MAX_DEVICES; returns how many. */
uint32_t vm_describe_given(const struct vm *vm, struct guest_fdt_device *to);
/* given.c. No vCPU runs: stops the devices, as far as we know how to. */
void vm_quiet_given(struct vm *vm);
/* given_irq.c. Hart of the first vCPU: takes their interrupts from here on; and stops that. */
void vm_open_given_irqs(struct vm *vm);
void vm_close_given_irqs(struct vm *vm);
/* pci_host.c: the same of the VM's PCI. */
struct guest_fdt_pci vm_describe_pci(const struct vm *vm);
/* shared.c: maps what the VM shares, and puts its devices on the bus. ERR_NO_MEMORY, ERR_EXISTS:
 * something else lies there. */
enum err vm_add_shared(struct vm *vm, struct message *why);
/* shared.c: the VM has ended: its peers get an event, and its lines get none from now on. */
void vm_leave_shared(struct vm *vm);
/* shared.c: the same of a VM that is destroyed; memory without a user left is wiped and freed. */
void vm_drop_shared(struct vm *vm);
/* models.c: which of guest_models it has, a bit for each. */
uint32_t vm_describe_models(const struct vm *vm);
/* report.c: checks the ledgers of a VM that has ended, and prints them if its description says. */
void vm_report(struct vm *vm);
/* housekeeper.c. Boot hart, once, after the VMs are made: the first hart, in the order of what it
 * costs guests, that can `take` the work; NULL: none can. */
struct hart *vm_choose_housekeeper(bool (*take)(struct hart *hart));
/* Boot hart, after host_uart_poll_input(): from now on `hart` looks for input and for room. The
 * errors of mailbox_post(). */
enum err vm_console_poll_on(struct hart *hart);
/* housekeeper.c. The same, but only of a hart that no VM has. */
struct hart *vm_choose_free_hart(bool (*take)(struct hart *hart));
/* quiet.c: the VM begins a life, and with it perhaps its contract. */
void vm_quiet_start(struct vm *vm);
/* quiet.c: any of its harts: its userspace is up; the first to say so counts. */
void vm_quiet_user(struct vm *vm);
/* quiet.c: the VM has ended, and its contract with it, which is printed if its description has one.
 */
void vm_quiet_report(struct vm *vm);
/* wipe.c. No vCPU runs, the VM's hart: erases a piece of what its memory has, from
 * vm_begin_to_wipe() on. False: nothing was left. */
void vm_begin_to_wipe(struct vm *vm);
bool vm_wipe_piece(struct vm *vm);
/* load.c: copies the images and writes the device tree. On an error `reason` says what can't be
 * had.
 */
enum err vm_load(struct vm *vm, const char **reason);
/* console.c. Console's lock held, and a bit of terminal.waiting set: shows some of what a VM has
 * written. */
void vm_console_pour(void);
/* console.c. Any hart: the guests' output in lines, or that of the focus as it comes. */
void vm_console_in_lines(bool wanted);
/* console.c. Any hart: the VM has ended: a line that it had begun is written out. */
void vm_console_flush(struct vm *vm);
/* console.c. Any hart: it does not start again; or it does: the focus is on one that is alive. */
void vm_console_leave(struct vm *vm);
void vm_console_come(struct vm *vm);
/* console.c. Console's hart: it is off the list, and this call takes the focus from it. */
void vm_console_forget(struct vm *vm);
/* rest.c. This hart, which runs no vCPU: sleeps for a millisecond or until an interrupt, which is
 * served. */
void vm_rest(void);
/* input.c. Any hart: a guest has taken what was typed. */
void vm_console_drained(void *context);
/* watch.c. Boot hart, once there is a housekeeper: it looks for guests that are stuck, if no VM has
 * its hart; else from its first vm_watch_go_on(). */
void vm_watch_start(void);
/* watch.c. Any hart; the housekeeper goes on to look, or stops, as the vCPU that it has now bears.
 */
void vm_watch_go_on(void);
/* watch.c. Any hart: a contract begins. The housekeeper does not look while it is its hart's. */
void vm_watch_quiet(struct quiet *quiet);
/* life.c. Any hart: while it is wanted so the machine does not end with its last VM. */
void vm_hold_machine(bool wanted);
/* console.c: the guest's output over UART or SBI, input for SBI's reads; of a struct vm. A write
 * takes what there is room for, perhaps nothing, and returns how many bytes. A single byte that
 * has no room, since its own VM has used it up, gets ERR_AGAIN; and ERR_TIMEOUT once the terminal
 * has taken nothing for ten seconds. */
size_t vm_console_write(void *context, const char *bytes, size_t count);
enum err vm_console_write_byte(void *context, char byte);
size_t vm_console_read(void *context, char *bytes, size_t room);
