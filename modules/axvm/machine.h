/* machine.c, models.c, flash.c: devices of QEMU's virt machine, for the table in devices.c. Private
 * to axvm.
 */
#pragma once
#include <axvm/vm.h>

enum err vm_make_uart(struct vm *vm, struct message *why);
enum err vm_make_virtio(struct vm *vm, struct message *why);
enum err vm_make_fw_cfg(struct vm *vm, struct message *why);
enum err vm_make_windows(struct vm *vm, struct message *why);
enum err vm_make_rom(struct vm *vm, struct message *why);

/* models.c: those of GUEST_MODELS that the VM has. */
enum err vm_make_models(struct vm *vm, struct message *why);
void vm_free_models(struct vm *vm);

/* flash.c: the banks; those with a file get memory of the host's. */
enum err vm_make_flash(struct vm *vm, struct message *why);
void vm_free_flash(struct vm *vm);
/* flash.c. No vCPU runs, the VM's hart: what the files say, if it is not there yet. */
void vm_fill_flash(struct vm *vm);
