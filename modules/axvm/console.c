/* Which VM has the console: see axvm/console.h. */
#include <axhal/time.h>
#include <axlog/source.h>
#include <axsync/spinlock.h>
#include <axvm/console.h>
#include <axvm/visible.h>
#include <stdio.h>
#include <string.h>
#include "internal.h"

#define LABEL_SIZE 48
#define NAME_SHOWN 40        /* characters of a VM's name */
#define SHOW_SIZE 192        /* bytes, at once */
#define LINE_SEARCHED 64     /* the last of them: for the end of a line */
#define OWN_TURN 320         /* bytes of its own that a VM shows in a call */
#define FRAME_SIZE 96        /* around them */
#define PATIENCE_MS 10000    /* with a terminal that takes nothing: then a byte is lost */
#define END_PATIENCE_MS 1000 /* the same at a VM's end: then the rest is shown later */

/* Gives an end to what a guest may have left open: CAN and ST to a control sequence or string
 * (ECMA-48 §8.3.6, §8.3.143), SI and the G0 set of ASCII to another character set, SGR 0 to
 * colours. */
#define CLOSE_ALL "\x18\x1b\\\x0f\x1b(B\x1b[m"
#define ESC 0x1b
#define SO 0x0e

static struct spinlock focus_lock = SPINLOCK("focus");
static _Atomic(struct vm *) focus; /* whose input it is; changed with focus_lock held */
/* Changed with the console's lock held, as all of struct vm that says so, and in the order of what
 * the host writes: so a VM shows its output as it is only after the line that says so. */
static _Atomic(struct vm *) front; /* shown as it writes, unless … */
static bool in_lines;              /* … the hypervisor's console is open */
static const struct vm *plain;     /* the one that is, and in no frames */
static bool framed;                /* all output is there in frames too, for logs; set once */
static char frame_key[VM_LOG_KEY_SIZE + 1];
static uint32_t turn; /* the VM that wrote last */

static size_t trimmed(const char *line, size_t count)
{
    while (count > 0 && line[count - 1] == '\r')
        count--;
    return count;
}

/* Lock held. The first `count` bytes of the line. */
static void flush_line(struct vm *vm, size_t count)
{
    char out[LABEL_SIZE + VISIBLE_GROWTH * VM_LINE_SIZE + 2];
    size_t used = (size_t)snprintf(out, LABEL_SIZE, "[%.40s] ", vm->config->name);
    used += visible_text(vm->line, trimmed(vm->line, count), out + used);
    memcpy(out + used, "\r\n", 2);
    console_put_line(out, used + 2);
    vm->line_length -= (uint32_t)count;
    memmove(vm->line, vm->line + count, vm->line_length);
}

/* Lock held. A line at most; returns how many of the bytes are shown. A guest may end its lines
 * with CR and LF in any order. */
static size_t __attribute__((noinline))
show_in_lines(struct vm *vm, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n') {
            flush_line(vm, vm->line_length);
            return i + 1;
        }
        if (vm->line_length == VM_LINE_SIZE) {
            flush_line(vm, visible_whole(vm->line, VM_LINE_SIZE));
            return i;
        }
        if (bytes[i] != '\r' || vm->line_length > 0)
            vm->line[vm->line_length++] = bytes[i];
    }
    return count;
}

/* It may begin what has no end, or call another character set. */
static inline bool may_open(char byte)
{
    return byte == ESC || byte == SO || ((uint8_t)byte & 0xe0) == 0x80;
}

/* It ends no line, and may not open: all of ASCII but three. */
static inline bool is_dull(char byte)
{
    const uint32_t others = 1U << '\n' | 1U << ESC | 1U << SO;
    return (uint8_t)byte < 0x20 ? (others >> byte & 1) == 0 : (uint8_t)byte < 0x80;
}

/* Lock held. */
static inline void remember_dull(struct vm *vm, char byte)
{
    uint64_t length = vm->line_length;
    if (length < VM_LINE_SIZE) {
        vm->line[length] = byte;
        vm->line_length = (uint32_t)length + 1;
    }
}

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bit 7 of each byte that is 0, and perhaps of others after such a one. */
static inline uint64_t zeros(uint64_t word)
{
    return (word - EACH_BYTE(1)) & ~word;
}

static inline bool is_word(const char *bytes)
{
    return (uintptr_t)bytes % sizeof(uint64_t) == 0;
}

static inline uint64_t word_at(const char *bytes)
{
    typedef uint64_t __attribute__((may_alias)) word_t;
    return *(const word_t *)(const void *)bytes;
}

/* One of the bytes may open, or is no ASCII. Eight at a time: all that a guest prints is looked at.
 */
static bool any_may_open(const char *bytes, size_t count)
{
    size_t i = 0;
    uint64_t found = 0;
    for (; i < count && !is_word(bytes + i); i++)
        found |= may_open(bytes[i]) ? EACH_BYTE(0x80) : 0;
    for (; i + sizeof(uint64_t) <= count; i += sizeof(uint64_t)) {
        uint64_t word = word_at(bytes + i);
        found |= word | zeros(word ^ EACH_BYTE(ESC)) | zeros(word ^ EACH_BYTE(SO));
    }
    for (; i < count; i++)
        found |= may_open(bytes[i]) ? EACH_BYTE(0x80) : 0;
    return (found & EACH_BYTE(0x80)) != 0;
}

/* Where the last line of bytes[first] to bytes[count - 1] begins: `first`, if none ends there.
 * Eight at a time, as above. */
static size_t last_line(const char *bytes, size_t first, size_t count)
{
    size_t start = count;
    while (start > first && !is_word(bytes + start) && bytes[start - 1] != '\n')
        start--;
    while (start >= first + sizeof(uint64_t) && is_word(bytes + start) &&
           (zeros(word_at(bytes + start - sizeof(uint64_t)) ^ EACH_BYTE('\n')) & EACH_BYTE(0x80)) ==
               0)
        start -= sizeof(uint64_t);
    while (start > first && bytes[start - 1] != '\n')
        start--;
    return start;
}

/* Lock held. Of several bytes only the last line counts, and of a long one its end. */
static void remember_all(struct vm *vm, const char *bytes, size_t count)
{
    size_t start = last_line(bytes, count > VM_LINE_SIZE ? count - VM_LINE_SIZE : 0, count);
    if (start > 0)
        vm->line_length = 0;
    size_t room = VM_LINE_SIZE - vm->line_length,
           kept = count - start < room ? count - start : room;
    memcpy(vm->line + vm->line_length, bytes + start, kept);
    vm->line_length += (uint32_t)kept;
    if (!vm->has_opened)
        vm->has_opened = any_may_open(bytes, count);
}

/* Lock held. The line that is not finished is kept: it is shown again when it was interrupted. */
static inline size_t show_as_it_is(struct vm *vm, const char *bytes, size_t count)
{
    remember_all(vm, bytes, count);
    console_put(bytes, count);
    return count;
}

static inline bool passes(const struct vm *vm)
{
    return vm == atomic_load_explicit(&front, memory_order_relaxed) && !in_lines;
}

/* Lock held. It is not to be seen in another VM's terminal. */
static bool is_hushed(const struct vm *vm)
{
    return vm->muted && vm != atomic_load_explicit(&front, memory_order_relaxed);
}

/* Lock held. Nothing is shown but the line that has begun, when the VM gets the focus. */
static size_t __attribute__((noinline)) pass_over(struct vm *vm, const char *bytes, size_t count)
{
    remember_all(vm, bytes, count);
    vm->has_opened = false; /* on no terminal */
    return count;
}

/* Lock held. As the VM's place on the terminal asks for. */
static size_t show(struct vm *vm, const char *bytes, size_t count)
{
    if (passes(vm))
        return show_as_it_is(vm, bytes, count);
    return is_hushed(vm) ? pass_over(vm, bytes, count) : show_in_lines(vm, bytes, count);
}

/* Lock held. An application program command (ECMA-48 §8.3.2), which terminals leave out. It has its
 * size, since a guest may write what would end it. */
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
    atomic_fetch_or(&terminal.waiting, BIT(vm->index));
}

/* The next one after `index`, in turn. */
static uint32_t next_writer(uint64_t waiting, uint32_t index)
{
    uint64_t later = index + 1 < VM_MAX ? waiting >> (index + 1) << (index + 1) : 0;
    return (uint32_t)__builtin_ctzll(later != 0 ? later : waiting);
}

/* Lock held, and some VM's bit set. As long as it is set the VM stays: its end clears it for good.
 * The bit is cleared first: what is written after the look sets it again. */
void vm_console_pour(void)
{
    turn = next_writer(atomic_load(&terminal.waiting), turn);
    struct vm *vm = vms[turn];
    atomic_fetch_and(&terminal.waiting, ~BIT(turn));
    if (show_some(vm))
        note_writer(vm);
}

/* Another hart has the console: it, or the one after it, sees the bit. This and the next return OK
 * for those whose last call they are. */
static enum err __attribute__((noinline)) leave_it(const struct vm *vm)
{
    note_writer(vm);
    console_pull();
    return OK;
}

/* Lock held. True: there is more, or the terminal has not taken all. */
static bool show_own(struct vm *vm)
{
    uint64_t end = read_once(&vm->output.shown) + OWN_TURN;
    bool more = true;
    while (more && console_takes() && read_once(&vm->output.shown) < end)
        more = output_waiting(&vm->output) > 0 && show_some(vm);
    return more;
}

/* Lock held by the caller: it is released here. */
static enum err __attribute__((noinline)) show_and_unlock(struct vm *vm)
{
    if (show_own(vm))
        note_writer(vm);
    console_unlock();
    return OK;
}

static enum err try_to_show(struct vm *vm)
{
    return console_try_lock() ? show_and_unlock(vm) : leave_it(vm);
}

size_t vm_console_write(void *context, const char *bytes, size_t count)
{
    struct vm *vm = context;
    size_t kept = output_keep(&vm->output, bytes, count);
    (void)try_to_show(vm);
    if (kept == 0 && (kept = output_keep(&vm->output, bytes, count)) > 0)
        (void)leave_it(vm);
    return kept;
}

/* This VM has written more than the terminal took, and for a long time it took nothing. */
static bool is_stuck(struct vm *vm)
{
    spin_lock(&vm->full_lock);
    uint64_t shown = read_once(&vm->output.shown), now = time_now();
    if (vm->full_since == 0 || vm->full_shown != shown) {
        vm->full_since = now;
        vm->full_shown = shown;
    }
    bool stuck = now - vm->full_since > time_ms_to_ticks(PATIENCE_MS);
    spin_unlock(&vm->full_lock);
    return stuck;
}

/* Its guest comes back with the byte: until then it takes its interrupts, and the host its own. */
static enum err __attribute__((noinline)) keep_if_room_comes(struct vm *vm, char byte)
{
    (void)try_to_show(vm);
    if (output_keep(&vm->output, &byte, 1) == 0)
        return is_stuck(vm) ? ERR_TIMEOUT : ERR_AGAIN;
    (void)try_to_show(vm);
    return OK;
}

/* Another hart has claimed room for what it writes, and is writing it. */
static enum err __attribute__((noinline)) write_after_others(struct vm *vm, uint64_t at)
{
    output_wait(&vm->output, at);
    output_publish(&vm->output, at, 1);
    return try_to_show(vm);
}

/* Most output comes so, and most of that is the front's, which nothing waits before: what is in the
 * way of one such byte is left to others. */
enum err vm_console_write_byte(void *context, char byte)
{
    struct vm *vm = context;
    struct vm_output *output = &vm->output;
    uint64_t at;
    if (output_claim(output, 1, &at) == 0)
        return keep_if_room_comes(vm, byte);
    output->bytes[at % VM_OUTPUT_SIZE] = byte;
    if (!output_is_next(output, at))
        return write_after_others(vm, at);
    output_publish(output, at, 1);
    if (!console_try_lock())
        return leave_it(vm);
    if (vm != plain || !is_dull(byte) || !console_is_clear() || !output_waits_alone(output, at))
        return show_and_unlock(vm);
    remember_dull(vm, byte);
    output_show(output, 1);
    console_send_and_unlock(byte);
    return OK;
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

/* Lock held. */
static void close_left_open(struct vm *vm)
{
    if (vm->has_opened)
        console_put_unseen(CLOSE_ALL, sizeof CLOSE_ALL - 1);
    vm->has_opened = false;
}

static struct vm *passing(void)
{
    return in_lines ? NULL : front;
}

/* Lock held. What a VM has begun to write, such as a prompt, is the line to go on with. */
static void change_view(struct vm *to_front, bool to_lines)
{
    struct vm *before = passing();
    front = to_front;
    in_lines = to_lines;
    plain = framed ? NULL : passing();
    struct vm *now = passing();
    if (before != NULL && before != now)
        close_left_open(before);
    if (now == NULL)
        return;
    console_put_line(now->line, now->line_length);
    for (uint32_t i = 0; i < now->line_length; i++)
        now->has_opened |= may_open(now->line[i]);
}

/* Lock held. It may have been destroyed meanwhile. */
static void show_front(uint64_t index)
{
    change_view(vms[index], in_lines);
}

static void show_in_lines_or_not(uint64_t wanted)
{
    change_view(front, wanted != 0);
}

static void add_frames(uint64_t unused)
{
    (void)unused;
    framed = true;
    plain = NULL;
}

void vm_console_add_logs(const char *key, size_t size)
{
    memcpy(frame_key, key, size < VM_LOG_KEY_SIZE ? size : VM_LOG_KEY_SIZE);
    console_do(add_frames, 0);
}

/* focus_lock held. */
static void give_focus(struct vm *vm)
{
    focus = vm;
    console_do(show_front, vm->index);
}

/* focus_lock held. `ended`: whose end is why, or NULL. */
static void announce_focus(struct vm *vm, const struct vm *ended)
{
    char line[2 * LABEL_SIZE + 64];
    int used = ended == NULL
                   ? snprintf(line, sizeof line, "hv: the keyboard is VM %.40s's now\r\n",
                              vm->config->name)
                   : snprintf(line, sizeof line,
                              "hv: VM %.40s has ended; the keyboard is VM %.40s's now\r\n",
                              ended->config->name, vm->config->name);
    console_write_line(line, (size_t)used);
    give_focus(vm);
}

void vm_console_set_focus(struct vm *vm)
{
    spin_lock(&focus_lock);
    give_focus(vm);
    spin_unlock(&focus_lock);
}

/* Lock held. It may have been destroyed meanwhile. */
static void mute(uint64_t index)
{
    if (vms[index] != NULL)
        vms[index]->muted = true;
}

static void unmute(uint64_t index)
{
    if (vms[index] != NULL)
        vms[index]->muted = false;
}

void vm_console_mute(struct vm *vm, bool wanted)
{
    console_do(wanted ? mute : unmute, vm->index);
}

void vm_console_in_lines(bool wanted)
{
    console_do(show_in_lines_or_not, wanted);
}

/* Lock held. All that the VM wrote is shown: a line that it had begun ends here. */
static void end_line(uint64_t index)
{
    struct vm *vm = vms[index];
    if (vm == NULL)
        return;
    if (passes(vm)) {
        close_left_open(vm);
        vm->line_length = 0;
    } else if (is_hushed(vm)) {
        vm->line_length = 0;
    } else if (vm->line_length > 0) {
        flush_line(vm, vm->line_length);
    }
}

/* The VM has ended: its own hart waits for its own output, and serves the host meanwhile. False:
 * the terminal takes nothing. */
static bool show_all(struct vm *vm)
{
    uint64_t began = time_now(), left = output_waiting(&vm->output);
    while (left > 0 && time_now() - began < time_ms_to_ticks(END_PATIENCE_MS)) {
        (void)try_to_show(vm);
        uint64_t now = output_waiting(&vm->output);
        if (now == left)
            vm_rest();
        else
            began = time_now();
        left = now;
    }
    return left == 0;
}

void vm_console_flush(struct vm *vm)
{
    if (show_all(vm))
        console_do_now(end_line, vm->index); /* before the next life has begun a line */
}

void vm_console_leave(struct vm *vm)
{
    spin_lock(&focus_lock);
    struct vm *next = vm == focus ? vm_list_next_living(vm->index) : NULL;
    if (next != NULL)
        announce_focus(next, vm);
    spin_unlock(&focus_lock);
}

void vm_console_come(struct vm *vm)
{
    spin_lock(&focus_lock);
    const struct vm *now = focus;
    if (vm != now && (now == NULL || atomic_load(&now->life) != VM_LIVES))
        announce_focus(vm, NULL);
    spin_unlock(&focus_lock);
}

/* Lock held. */
static void forget(uint64_t vm)
{
    const struct vm *gone = (const struct vm *)(uintptr_t)vm;
    atomic_fetch_and(&terminal.waiting, ~BIT(gone->index));
    if (front == gone)
        change_view(NULL, in_lines);
}

void vm_console_forget(struct vm *vm)
{
    spin_lock(&focus_lock);
    console_do_now(forget, (uintptr_t)vm);
    if (vm == focus) {
        struct vm *next = vm_list_next_living(vm->index);
        focus = next;
        if (next != NULL)
            announce_focus(next, NULL);
    }
    spin_unlock(&focus_lock);
}
