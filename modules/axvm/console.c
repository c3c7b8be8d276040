/* Who has the console: see axvm/console.h. */
#include <axhal/time.h>
#include <axlog/console.h>
#include <axsync/spinlock.h>
#include <axvm/console.h>
#include <stdio.h>
#include <string.h>
#include "internal.h"

#define LABEL_SIZE 48
#define NAME_SHOWN 40     /* characters of a VM's name */
#define SHOW_SIZE 192     /* bytes, at once */
#define LINE_SEARCHED 64  /* the last of them: for the end of a line */
#define FRAME_SIZE 96     /* around them */
#define PATIENCE_MS 10000 /* with a UART that takes nothing */

/* Changed with the console's lock held, as all of struct vm that says so; on its own hart the focus
 * is looked at without. */
static _Atomic(struct vm *) focus;
static bool in_lines;          /* the hypervisor's console is open */
static const struct vm *plain; /* the focus, if it is shown as it writes and in no frames */
static bool framed;            /* all output is there in frames too, for logs; set once */
static char frame_key[VM_LOG_KEY_SIZE + 1];
static uint32_t turn;            /* the VM that wrote last */
static _Atomic uint64_t writers; /* bit i: VM i has written what is not shown */

/* Lock held. */
static void flush_line(struct vm *vm)
{
    char out[LABEL_SIZE + VM_LINE_SIZE + 2];
    int label = snprintf(out, LABEL_SIZE, "[%.40s] ", vm->config->name);
    memcpy(out + label, vm->line, vm->line_length);
    memcpy(out + label + vm->line_length, "\r\n", 2);
    console_put_line(out, (size_t)label + vm->line_length + 2);
    vm->line_length = 0;
}

/* Lock held. A line at most; returns how many of the bytes are shown. */
static size_t __attribute__((noinline))
show_in_lines(struct vm *vm, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n') {
            flush_line(vm);
            return i + 1;
        }
        if (vm->line_length == VM_LINE_SIZE) {
            flush_line(vm);
            return i;
        }
        if (bytes[i] != '\r')
            vm->line[vm->line_length++] = bytes[i];
    }
    return count;
}

static inline void remember(struct vm *vm, char byte)
{
    uint32_t length = vm->line_length;
    if (length < VM_LINE_SIZE)
        vm->line[length++] = byte;
    vm->line_length = byte == '\n' ? 0 : length;
}

/* Lock held. The line that is not finished is kept: it is shown again when it was interrupted. */
static inline size_t show_as_it_is(struct vm *vm, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        remember(vm, bytes[i]);
    console_put(bytes, count);
    return count;
}

static inline bool passes(const struct vm *vm)
{
    return vm == atomic_load_explicit(&focus, memory_order_relaxed) && !in_lines;
}

/* Lock held. It is not to be seen in another VM's terminal. */
static bool is_hushed(const struct vm *vm)
{
    return vm->muted && vm != atomic_load_explicit(&focus, memory_order_relaxed);
}

/* Lock held. Nothing is shown but the line that has begun, when the VM gets the focus. */
static size_t __attribute__((noinline)) pass_over(struct vm *vm, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        remember(vm, bytes[i]);
    return count;
}

/* Lock held. As the VM's place on the terminal asks for. */
static size_t show(struct vm *vm, const char *bytes, size_t count)
{
    if (passes(vm))
        return show_as_it_is(vm, bytes, count);
    return is_hushed(vm) ? pass_over(vm, bytes, count) : show_in_lines(vm, bytes, count);
}

/* Lock held. An application program command (ECMA-48 §8.3.2), which terminals leave out. Its size
 * is given, since a guest may write what would end it. */
static void put_frame(const struct vm *vm, const char *bytes, size_t count)
{
    char head[FRAME_SIZE];
    _Static_assert(sizeof "\x1b_ ;192;\x1b\\" + VM_LOG_KEY_SIZE + NAME_SHOWN <= FRAME_SIZE,
                   "the longest frame has room");
    int size = snprintf(head, sizeof head, "\x1b_%s %.*s;%u;", frame_key, NAME_SHOWN,
                        vm->config->name, (unsigned)count);
    console_put_unseen(head, (size_t)size);
    console_put_unseen(bytes, count);
    console_put_unseen("\x1b\\", 2);
}

/* Of more than that: lines, if one ends near the end, since another VM's may be the next. */
static size_t some_lines(const char *bytes)
{
    for (size_t end = SHOW_SIZE; end > SHOW_SIZE - LINE_SEARCHED; end--)
        if (bytes[end - 1] == '\n')
            return end;
    return SHOW_SIZE;
}

/* Lock held. True: there is more. */
static bool __attribute__((noinline)) show_some(struct vm *vm)
{
    const char *bytes;
    size_t piece = output_next(&vm->output, &bytes);
    size_t count = piece > SHOW_SIZE ? some_lines(bytes) : piece;
    size_t shown = show(vm, bytes, count);
    if (framed && shown > 0)
        put_frame(vm, bytes, shown);
    output_show(&vm->output, shown);
    return output_waiting(&vm->output) > 0;
}

static void note_writer(const struct vm *vm)
{
    atomic_fetch_or(&writers, BIT(vm->index));
}

/* The next one behind `index`, in turn. */
static uint32_t next_writer(uint64_t waiting, uint32_t index)
{
    uint64_t behind = index + 1 < VM_MAX ? waiting >> (index + 1) << (index + 1) : 0;
    return (uint32_t)__builtin_ctzll(behind != 0 ? behind : waiting);
}

/* Lock held, and some VM's bit set. As long as it is the VM stays: its end clears it for good. The
 * bit goes first: what is written behind the look sets it again. */
static void pour_some(void)
{
    turn = next_writer(atomic_load(&writers), turn);
    struct vm *vm = vms[turn];
    atomic_fetch_and(&writers, ~BIT(turn));
    if (show_some(vm))
        note_writer(vm);
}

const struct console_source vm_console_source = {&writers, pour_some};

static inline size_t keep(struct vm *vm, const char *bytes, size_t count)
{
    spin_lock(&vm->output_lock);
    size_t kept =
        count == 1 ? output_keep_byte(&vm->output, *bytes) : output_keep(&vm->output, bytes, count);
    spin_unlock(&vm->output_lock);
    return kept;
}

/* No room: this VM has written more than the UART can take, and nobody else waits for it. False:
 * the UART takes nothing. */
static bool __attribute__((noinline)) keep_patiently(struct vm *vm, char byte)
{
    uint64_t start = time_now();
    while (keep(vm, &byte, 1) == 0) {
        if (time_now() - start > time_ms_to_ticks(PATIENCE_MS))
            return false;
        console_pull();
    }
    return true;
}

/* There may be room in the UART, but nobody waits for it. */
static size_t __attribute__((noinline))
keep_behind_pull(struct vm *vm, const char *bytes, size_t count)
{
    console_pull();
    return keep(vm, bytes, count);
}

/* Somebody has the console: he, or who comes behind him, sees the bit. */
static void __attribute__((noinline)) leave_it(const struct vm *vm)
{
    note_writer(vm);
    console_pull();
}

size_t vm_console_write(void *context, const char *bytes, size_t count)
{
    struct vm *vm = context;
    size_t kept = keep(vm, bytes, count);
    if (kept == 0)
        kept = keep_behind_pull(vm, bytes, count);
    if (!console_try_lock()) {
        leave_it(vm);
        return kept;
    }
    if (show_some(vm))
        note_writer(vm);
    console_unlock();
    return kept;
}

/* Most output comes so, and most of that is the focus's, which nothing waits before. */
bool vm_console_write_byte(void *context, char byte)
{
    struct vm *vm = context;
    if (keep(vm, &byte, 1) == 0 && !keep_patiently(vm, byte))
        return false;
    if (!console_try_lock()) {
        leave_it(vm);
        return true;
    }
    const char *next; /* perhaps another vCPU's, which has shown ours */
    if (vm == plain && output_waiting(&vm->output) == 1) {
        output_next(&vm->output, &next);
        show_as_it_is(vm, next, 1);
        output_show(&vm->output, 1);
    } else if (show_some(vm)) {
        note_writer(vm);
    }
    console_unlock();
    return true;
}

/* SBI 2.0 §12.2. As firmware does on the real machine: from the UART's receiver, polled. */
size_t vm_console_read(void *context, char *bytes, size_t room)
{
    struct vm *vm = context;
    size_t count = 0;
    while (count < room && uart_take(&vm->uart, &bytes[count]))
        count++;
    return count;
}

struct vm *vm_console_focus(void)
{
    return focus;
}

/* Lock held, and focus, in_lines or framed has changed. */
static void update_plain(void)
{
    plain = in_lines || framed ? NULL : focus;
}

void vm_console_add_logs(const char *key, size_t size)
{
    memcpy(frame_key, key, size < VM_LOG_KEY_SIZE ? size : VM_LOG_KEY_SIZE);
    console_lock();
    framed = true;
    update_plain();
    console_unlock();
}

/* Lock held. What the VM has begun to write, such as a prompt, is the line to go on with. */
static void show_begun_line(void)
{
    const struct vm *vm = focus;
    if (vm != NULL && !in_lines)
        console_put_line(vm->line, vm->line_length);
}

/* Lock held. */
static void give_focus(struct vm *vm)
{
    focus = vm;
    update_plain();
    show_begun_line();
}

/* Lock held. `ended`: whose end is why, or NULL. */
static void announce_focus(struct vm *vm, const struct vm *ended)
{
    char line[2 * LABEL_SIZE + 64];
    int used = ended == NULL
                   ? snprintf(line, sizeof line, "hv: the keyboard is VM %.40s's now\r\n",
                              vm->config->name)
                   : snprintf(line, sizeof line,
                              "hv: VM %.40s has ended; the keyboard is VM %.40s's now\r\n",
                              ended->config->name, vm->config->name);
    console_put_line(line, (size_t)used);
    give_focus(vm);
}

void vm_console_set_focus(struct vm *vm)
{
    console_lock();
    give_focus(vm);
    console_unlock();
}

void vm_console_mute(struct vm *vm, bool wanted)
{
    console_lock();
    vm->muted = wanted;
    console_unlock();
}

void vm_console_in_lines(bool wanted)
{
    console_lock();
    in_lines = wanted;
    update_plain();
    show_begun_line();
    console_unlock();
}

/* Nothing of the VM runs, so nothing is written any more. */
void vm_console_flush(struct vm *vm)
{
    console_lock();
    while (show_some(vm))
        continue;
    atomic_fetch_and(&writers, ~BIT(vm->index));
    if ((vm != focus || in_lines) && !is_hushed(vm) && vm->line_length > 0)
        flush_line(vm);
    vm->line_length = 0;
    console_unlock();
}

void vm_console_leave(struct vm *vm)
{
    console_lock();
    struct vm *next = vm == focus ? vm_list_next_living(vm->index) : NULL;
    if (next != NULL)
        announce_focus(next, vm);
    console_unlock();
}

void vm_console_come(struct vm *vm)
{
    console_lock();
    const struct vm *now = focus;
    if (vm != now && (now == NULL || atomic_load(&now->life) != VM_LIVES))
        announce_focus(vm, NULL);
    console_unlock();
}

void vm_console_forget(struct vm *vm)
{
    console_lock();
    if (vm == focus) {
        struct vm *next = vm_list_next_living(vm->index);
        focus = next;
        update_plain();
        if (next != NULL)
            announce_focus(next, NULL);
    }
    console_unlock();
}
