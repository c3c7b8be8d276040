/*
 * The VMs' consoles on the host's one. The first VM has it: its bytes pass as they come, and what
 * is typed goes to it. Another VM's output comes a line at a time behind its name.
 */
#include <axdriver/host_uart.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <stdio.h>
#include <string.h>
#include "internal.h"

#define LABEL_SIZE 48
#define LSR 5
#define LSR_DATA_READY 1
#define RBR 0
#define INPUT_CHUNK 16

static struct spinlock lock = SPINLOCK("vm console");

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

void vm_console_write(void *context, const char *bytes, size_t count)
{
    struct vm *vm = context;
    if (vm->index == 0) {
        console_write(bytes, count);
        return;
    }
    spin_lock(&lock);
    for (size_t i = 0; i < count; i++)
        add_to_line(vm, bytes[i]);
    spin_unlock(&lock);
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

/* A guest that is behind is waited for: what it has no room for stays where it comes from. */
static void on_input(void *context)
{
    (void)context;
    char bytes[INPUT_CHUNK];
    struct uart *uart = &vms[0]->uart;
    size_t room, count;
    do {
        room = uart_room(uart);
        count = host_uart_read(bytes, room < sizeof bytes ? room : sizeof bytes);
        uart_receive(uart, bytes, count);
    } while (count > 0);
    if (room > 0)
        return;
    host_uart_let_input(false);
    if (uart_room(uart) > 0) /* drained meanwhile, perhaps before the input was off */
        host_uart_let_input(true);
}

static void on_drained(void *context)
{
    (void)context;
    host_uart_let_input(true);
}

void vm_console_init(void)
{
    vms[0]->uart.drained = on_drained;
    if (host_uart_enable_input(this_hart()->index, on_input, NULL) != OK)
        log_warn("console: no input, its UART can't interrupt");
}
