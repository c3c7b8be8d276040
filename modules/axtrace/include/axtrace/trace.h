/*
 * Event rings: one per hart, written by that hart alone, fixed records, no lock. Recording is off
 * until it is switched on (trace_set), and costs nothing on the fast path then.
 */
#pragma once
#include <axtrace/column.h>
#include <lib/err.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(symbol, name, a, b): names as the dump has them, and what the two words mean. */
#define TRACE_EVENT_LIST(X)                                                                        \
    X(BOOT, "boot", "step", "hart id")                                                             \
    X(EXIT, "exit", "guest pc", "scause")                                                          \
    X(PIECE, "piece", "column", "ticks that it lasted, up to now")                                 \
    X(INJECT, "inject", "scause", "stval")                                                         \
    X(SBI, "sbi", "extension << 32 | function", "a0")                                              \
    X(IPI_SENT, "ipi-sent", "hart index", "requests")                                              \
    X(IPI_RECEIVED, "ipi-received", "requests", "0")                                               \
    X(MAILBOX, "mailbox", "function", "argument")                                                  \
    X(WFI, "wfi", "ticks slept", "0")                                                              \
    X(TIMER_ARMED, "timer-armed", "deadline", "0")                                                 \
    X(TIMER_FIRED, "timer-fired", "deadline", "ticks late")                                        \
    X(LATE, "late", "deadline", "ticks late << 16 | blame << 8 | column")                          \
    X(STATE, "state", "old HSM state", "new HSM state")                                            \
    X(VM, "vm", "enum trace_vm", "VM index")

#define TRACE_EVENT_ENUM(symbol, name, a, b) TRACE_##symbol,
enum trace_event { TRACE_EVENT_LIST(TRACE_EVENT_ENUM) TRACE_EVENTS };

enum trace_vm {
    TRACE_VM_CREATED,
    TRACE_VM_STARTED,
    TRACE_VM_ENDED,
    TRACE_VM_PAUSED,
    TRACE_VM_RESUMED,
    TRACE_VM_RESET,
    TRACE_VM_DESTROYED
};

/* Whose doing a late timer was. */
#define TRACE_BLAME_LIST(X)                                                                        \
    X(MASKED, "masked", "masked by the guest")                                                     \
    X(EXIT, "exit", "exit in progress")                                                            \
    X(VCPU, "descheduled", "paused, or another vCPU")                                              \
    X(LOCK, "lock", "waiting for a lock")                                                          \
    X(IPI, "hart", "waiting for another hart")                                                     \
    X(FIRMWARE, "firmware", "firmware or emulator")
#define TRACE_BLAME_ENUM(symbol, key, name) TRACE_BLAME_##symbol,
enum trace_blame { TRACE_BLAME_LIST(TRACE_BLAME_ENUM) TRACE_BLAMES };

#define TRACE_NO_VCPU 0xFFFF

struct trace_record {
    uint64_t time; /* ticks: host's and guests' time CSR are the same */
    uint64_t a, b;
    uint16_t vm, vcpu; /* TRACE_NO_VCPU: the host's */
    uint8_t event;     /* enum trace_event */
    uint8_t reserved[3];
};

#define TRACE_DEFAULT_ROOM 8192 /* events of a ring */

enum trace_mode {
    TRACE_OFF,
    TRACE_OVERWRITE, /* the newest are kept */
    TRACE_STOP,      /* a full ring takes no further event */
};

/*
 * Any hart: sets the mode of all rings. Switching on drops what they had and records the steps of
 * the boot anew. ERR_NO_MEMORY: there is none for the rings; recording stays as it was.
 */
enum err trace_set(enum trace_mode to);
/* Before the first trace_set(): how many events a ring keeps, a power of two. */
void trace_set_room(uint64_t events);
enum trace_mode trace_get(void);
/* Recording ends by itself once a piece of this column lasts `ticks` or longer; LEDGER_COLUMNS: no
 * trigger. What the rings have then is kept. */
void trace_trigger(enum ledger_column column, uint64_t ticks);
/* For the command that sets it: the trigger; false if there is none. */
bool trace_get_trigger(enum ledger_column *column, uint64_t *ticks);

extern _Atomic bool trace_recording;
void trace_record(enum trace_event event, uint16_t vm, uint16_t vcpu, uint64_t a, uint64_t b);

/* Own hart: writes an event if recording is on. vm, vcpu: TRACE_NO_VCPU outside of any. */
static inline void trace(enum trace_event event, uint16_t vm, uint16_t vcpu, uint64_t a, uint64_t b)
{
    if (atomic_load_explicit(&trace_recording, memory_order_relaxed))
        trace_record(event, vm, vcpu, a, b);
}

/*
 * Gaps: how long this hart sees nothing between two readings of time in a row, though it does
 * nothing else: what firmware or emulator took unasked. Samples for `ticks`. This hart.
 * ERR_NO_MEMORY.
 */
enum err gaps_sample(uint64_t ticks);
struct gaps_summary {
    uint64_t count, sum, least, greatest; /* ticks, but for the count */
};
/* Any hart: reads what the hart of this index has seen so far; returns false if it has seen none.
 */
bool gaps_read(uint32_t hart_index, struct gaps_summary *summary);

/* Where a dump goes: whole lines, each with its line break. */
typedef void (*trace_sink_t)(void *context, const char *bytes, size_t count);
/*
 * Ledgers of all vCPUs, harts' gaps, and the rings, as text (docs/trace-format.md), in steps: each
 * ends soon and prints two lines at most, of TRACE_LINE_SIZE bytes. Any hart, one at a time: a hart
 * may go on with what another one has begun.
 *
 * trace_dump_begin(): false: another dump has not ended, or ledgers are being freed.
 * trace_dump_step(): false: that was the end. trace_dump_leave(): an end before that.
 */
#define TRACE_LINE_SIZE 384
bool trace_dump_begin(trace_sink_t sink, void *context);
bool trace_dump_step(void);
void trace_dump_leave(void);
/* Any hart: no dump reads ledgers from here to trace_let_dumps(), so that some can be freed; false,
 * at once: one does. */
bool trace_hold_dumps(void);
void trace_let_dumps(void);
