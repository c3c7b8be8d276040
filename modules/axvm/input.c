/*
 * What is typed, on its way to a VM or to the hypervisor's console, and what is left of the output:
 * both are chores of the hart that takes the UART's interrupt, the housekeeper (housekeeper.c).
 *
 * A guest that does not read is waited for: what it has no room for stays in the UART and before
 * it. But the escape may come after that, so a guest that has taken nothing for a while loses what
 * is typed, until it takes something again.
 */
#include <axdriver/host_uart.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include <axvcpu/hart_timer.h>
#include <axvm/chores.h>
#include <axvm/console.h>
#include <string.h>
#include "internal.h"

#define INPUT_CHUNK 16
#define PIECE_MS 50
#define PIECES 10  /* of patience */
#define AGAIN_MS 1 /* after another hart had the console */

static const struct vm_console_shell *shell;
static char opener;
static bool open;            /* what is typed is the shell's */
static bool losing;          /* patience with the guest is at its end */
static uint32_t pieces_left; /* of that patience */
static uint64_t lost;        /* bytes */

static bool take_some_input(struct chore *chore);
static bool show_some_output(struct chore *chore);
static struct chore input = {.step = take_some_input};
static struct chore output = {.step = show_some_output};

static void begin_piece(struct hart_timer *timer)
{
    hart_timer_set(timer, time_now() + time_ms_to_ticks(PIECE_MS));
}

/* A machine that stood still as a whole, as an emulator's may, has used up one piece. */
static void end_piece(struct hart_timer *timer)
{
    if (--pieces_left > 0) {
        begin_piece(timer);
        return;
    }
    losing = true;
    host_uart_let_input(true);
}

static struct hart_timer patience = {.fire = end_piece};

static void open_shell(void)
{
    open = true;
    vm_hold_machine(true);
    vm_console_in_lines(true);
    shell->opened();
}

void vm_console_close(void)
{
    open = false;
    vm_console_in_lines(false);
    vm_hold_machine(false);
}

uint64_t vm_console_lost_input(void)
{
    return lost;
}

/* What no VM has room for is lost. */
static size_t type_for_focus(const char *bytes, size_t count)
{
    struct vm *vm = vm_console_focus();
    size_t taken = vm == NULL ? 0 : uart_receive(&vm->uart, bytes, count);
    lost += count - taken;
    return taken;
}

/* All, or what is before the escape, and that. Returns how many bytes it took. */
static size_t take_for_guest(const char *bytes, size_t count)
{
    const char *escape = opener != VM_NO_ESCAPE ? memchr(bytes, opener, count) : NULL;
    size_t before = escape != NULL ? (size_t)(escape - bytes) : count;
    type_for_focus(bytes, before);
    if (escape == NULL)
        return count;
    open_shell();
    return before + 1;
}

static size_t take_for_shell(char byte)
{
    shell->input(byte);
    return 1;
}

static void take(const char *bytes, size_t count)
{
    for (size_t at = 0; at < count;)
        at += open ? take_for_shell(bytes[at]) : take_for_guest(bytes + at, count - at);
}

static size_t room_of(struct vm *vm)
{
    return vm == NULL ? INPUT_CHUNK : uart_room(&vm->uart);
}

/* How much to read at once: at most what there is room for, unless it is lost anyway. A byte for
 * the shell may be a command. */
static size_t readable(size_t room)
{
    if (room > 0)
        losing = false;
    if (open)
        return 1;
    return losing || room > INPUT_CHUNK ? INPUT_CHUNK : room;
}

static void wait_for_guest(struct vm *vm)
{
    host_uart_let_input(false);
    pieces_left = PIECES;
    begin_piece(&patience);
    if (room_of(vm) > 0) /* drained meanwhile, perhaps before the input was off */
        host_uart_let_input(true);
}

static bool take_some_input(struct chore *chore)
{
    (void)chore;
    char bytes[INPUT_CHUNK];
    struct vm *vm = vm_console_focus();
    size_t room = room_of(vm), count = host_uart_read(bytes, readable(room));
    take(bytes, count);
    if (count == 0 && room == 0 && !open && !losing)
        wait_for_guest(vm);
    return count > 0;
}

static void show_again(struct hart_timer *timer)
{
    (void)timer;
    chore_add(&output);
    chores_run();
}

static bool show_some_output(struct chore *chore)
{
    static struct hart_timer again = {.fire = show_again};
    (void)chore;
    enum console_left left = console_serve();
    if (left == CONSOLE_TAKEN)
        hart_timer_set(&again, time_now() + time_ms_to_ticks(AGAIN_MS));
    return left == CONSOLE_MORE;
}

/* There is input, or room for output that no writer waited for. */
static void on_interrupt(void *context)
{
    (void)context;
    chore_add(&input);
    if (host_uart_calls_for_room())
        chore_add(&output);
    chores_run();
    vm_watch_go_on();
}

void vm_console_drained(void *context)
{
    (void)context;
    host_uart_let_input(true);
}

bool vm_console_type(char byte)
{
    return type_for_focus(&byte, 1) == 1;
}

static bool take_interrupt_on(struct hart *hart)
{
    return host_uart_enable_input(hart->index, on_interrupt, NULL) == OK;
}

static bool poll_on(struct hart *hart)
{
    return host_uart_poll_input(on_interrupt, NULL) == OK && vm_console_poll_on(hart) == OK;
}

void vm_console_init(const struct vm_console_shell *above, char opens)
{
    static struct console_feed feed;
    feed = (struct console_feed){host_uart_sender(), host_uart_call_for_room};
    shell = above;
    opener = opens;
    for (uint32_t i = 0; i < vm_count && vm_console_focus() == NULL; i++)
        if (vms[i] != NULL)
            vm_console_set_focus(vms[i]);
    console_set_source(vm_console_pour);
    if (vm_choose_housekeeper(take_interrupt_on) == NULL && vm_choose_housekeeper(poll_on) == NULL)
        log_warn("console: no input, no hart can look for it");
    else
        console_set_feed(&feed);
    vm_watch_start();
}
