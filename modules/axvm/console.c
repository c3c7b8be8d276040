/* Who has the console: see axvm/console.h. */
#include <axlog/console.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <axvm/console.h>
#include <stdio.h>
#include <string.h>
#include "internal.h"

#define LABEL_SIZE 48
#define LSR 5
#define LSR_DATA_READY 1
#define RBR 0

static struct spinlock lock = SPINLOCK("vm console");
/* lock held */
static struct vm *focus;
static bool in_lines; /* the hypervisor's console is open */

/* lock held */
static void flush_line(struct vm *vm)
{
    char out[LABEL_SIZE + VM_LINE_SIZE + 2];
    int label = snprintf(out, LABEL_SIZE, "[%.40s] ", vm->config->name);
    memcpy(out + label, vm->line, vm->line_length);
    memcpy(out + label + vm->line_length, "\r\n", 2);
    console_write_line(out, (size_t)label + vm->line_length + 2);
    vm->line_length = 0;
}

/* lock held */
static void add_to_line(struct vm *vm, char byte)
{
    if (byte == '\n' || vm->line_length == VM_LINE_SIZE)
        flush_line(vm);
    if (byte != '\n' && byte != '\r')
        vm->line[vm->line_length++] = byte;
}

/* lock held. The line that is not finished is kept: it is shown again when it was interrupted. */
static void remember(struct vm *vm, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n')
            vm->line_length = 0;
        else if (vm->line_length < VM_LINE_SIZE)
            vm->line[vm->line_length++] = bytes[i];
    }
}

void vm_console_write(void *context, const char *bytes, size_t count)
{
    struct vm *vm = context;
    spin_lock(&lock);
    if (count == 1)
        output_keep_byte(&vm->output, *bytes);
    else
        output_keep(&vm->output, bytes, count);
    bool passes = vm == focus && !in_lines;
    if (passes)
        remember(vm, bytes, count);
    else
        for (size_t i = 0; i < count; i++)
            add_to_line(vm, bytes[i]);
    spin_unlock(&lock);
    if (passes) /* not with the lock: others, who only fill their lines, would wait for the UART */
        console_write(bytes, count);
}

/* SBI 2.0 §12.2. As firmware does on the real machine: from the UART's receiver, polled. */
size_t vm_console_read(void *context, char *bytes, size_t room)
{
    struct mmio_device *uart = &((struct vm *)context)->uart.device;
    size_t count = 0;
    uint64_t value;
    while (count < room && uart->ops->read(uart, LSR, 1, &value) == OK &&
           (value & LSR_DATA_READY) != 0 && uart->ops->read(uart, RBR, 1, &value) == OK)
        bytes[count++] = (char)value;
    return count;
}

struct vm *vm_console_focus(void)
{
    spin_lock(&lock);
    struct vm *vm = focus;
    spin_unlock(&lock);
    return vm;
}

/* lock held. What the VM has begun to write, such as a prompt, is the line to go on with. */
static void show_begun_line(void)
{
    if (focus != NULL && !in_lines)
        console_write_line(focus->line, focus->line_length);
}

/* lock held */
static void give_focus(struct vm *vm)
{
    focus = vm;
    show_begun_line();
}

/* lock held */
static void announce_focus(struct vm *vm)
{
    print_line("hv: the keyboard is VM %s's now", vm->config->name);
    give_focus(vm);
}

void vm_console_set_focus(struct vm *vm)
{
    spin_lock(&lock);
    give_focus(vm);
    spin_unlock(&lock);
}

void vm_console_in_lines(bool wanted)
{
    spin_lock(&lock);
    in_lines = wanted;
    show_begun_line();
    spin_unlock(&lock);
}

void vm_console_flush(struct vm *vm)
{
    spin_lock(&lock);
    if ((vm != focus || in_lines) && vm->line_length > 0)
        flush_line(vm);
    vm->line_length = 0;
    spin_unlock(&lock);
}

void vm_console_leave(struct vm *vm)
{
    spin_lock(&lock);
    struct vm *next = vm == focus ? vm_list_next_living(vm->index) : NULL;
    if (next != NULL) {
        print_line("hv: VM %s has ended; the keyboard is VM %s's now", vm->config->name,
                   next->config->name);
        give_focus(next);
    }
    spin_unlock(&lock);
}

void vm_console_come(struct vm *vm)
{
    spin_lock(&lock);
    if (vm != focus && (focus == NULL || atomic_load(&focus->life) != VM_LIVES))
        announce_focus(vm);
    spin_unlock(&lock);
}

void vm_console_forget(struct vm *vm)
{
    spin_lock(&lock);
    if (vm == focus) {
        focus = vm_list_next_living(vm->index);
        if (focus != NULL)
            announce_focus(focus);
    }
    spin_unlock(&lock);
}
