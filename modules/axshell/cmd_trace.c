/* trace: the recording of events; and the dump of all that axtrace knows. */
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <axtrace/trace.h>
#include <axvcpu/hart_timer.h>
#include <lib/bits.h>
#include <stdatomic.h>
#include <string.h>
#include "command.h"

static void to_console(void *context, const char *lines, size_t count)
{
    (void)context;
    console_write_line(lines, count);
}

static bool dumping;           /* begun by this command, and not at its end */
static _Atomic bool elsewhere; /* a hart that runs no vCPU takes its steps */
static _Atomic bool unwanted;  /* the command was cancelled */

#define TURN_MS 1

/* False: that was the end. */
static bool take_steps(void)
{
    uint64_t end = time_now() + time_ms_to_ticks(TURN_MS);
    while (console_room() >= 2 * TRACE_LINE_SIZE && time_now() < end)
        if (!trace_dump_step())
            return false;
    return true;
}

/* Until a vCPU comes to this hart: then the job goes on with it. */
static void help(struct hart_timer *timer)
{
    bool more = true;
    if (atomic_load(&unwanted))
        trace_dump_leave();
    else if (this_hart()->vcpu == NULL && (more = take_steps())) {
        hart_timer_set(timer, time_now() + time_ms_to_ticks(TURN_MS) / 4);
        return;
    }
    dumping = dumping && more && !atomic_load(&unwanted);
    atomic_store(&elsewhere, false);
}

static void start_to_help(void *unused)
{
    static struct hart_timer timer = {.fire = help};
    (void)unused;
    help(&timer);
}

/* Thousands of lines are not to be a guest's time, if another hart has nothing to do. */
static void look_for_help(void)
{
    for (uint32_t i = 0; i < hart_count() && this_hart()->vcpu != NULL; i++) {
        if (!hart_at(i)->online || hart_vcpu(hart_at(i)) != NULL)
            continue;
        atomic_store(&elsewhere, true);
        if (mailbox_post(hart_at(i), start_to_help, NULL) == OK)
            return;
        atomic_store(&elsewhere, false);
    }
}

static bool begin_dump(void)
{
    if (atomic_load(&elsewhere) || !trace_dump_begin(to_console, NULL)) {
        print_line("trace dump: another one has not ended yet: expected one at a time");
        return false;
    }
    dumping = true;
    atomic_store(&unwanted, false);
    look_for_help();
    return true;
}

static bool print_dump_row(uint32_t row)
{
    if (row == 0)
        return begin_dump();
    if (atomic_load(&elsewhere)) {
        job_wait();
        return true;
    }
    dumping = dumping && trace_dump_step();
    return dumping;
}

static void leave_dump(void)
{
    atomic_store(&unwanted, true); /* the hart that helps leaves it */
    if (!atomic_load(&elsewhere) && dumping) {
        trace_dump_leave();
        dumping = false;
    }
}

static void run_dump(const struct words *words)
{
    static const struct job job = {.row = print_dump_row, .cancelled = leave_dump};
    if (arg_end("trace dump", words, 2))
        shell_start(&job);
}

static void run_on(const struct words *words)
{
    const char *mode = words->word[2];
    bool stop = mode != NULL && strcmp(mode, "stop") == 0;
    if (mode != NULL && !stop) {
        arg_wrong("trace on", "MODE", mode, "stop, or nothing");
        return;
    }
    if (arg_end("trace on", words, 3) && trace_set(stop ? TRACE_STOP : TRACE_OVERWRITE) != OK)
        print_line("trace on: no memory for the rings of events");
}

static void run_off(const struct words *words)
{
    if (arg_end("trace off", words, 2))
        (void)trace_set(TRACE_OFF); /* off needs no memory */
}

static void run_trigger(const struct words *words)
{
    enum ledger_column column;
    uint64_t ticks;
    if (words->count == 3 && strcmp(words->word[2], "off") == 0)
        trace_trigger(LEDGER_COLUMNS, 0);
    else if (arg_column("trace trigger", words->word[2], &column) &&
             arg_number("trace trigger", "TICKS", words->word[3], 1, UINT32_MAX, &ticks) &&
             arg_end("trace trigger", words, 4))
        trace_trigger(column, ticks);
}

static const struct verb {
    const char *name;
    void (*run)(const struct words *words);
} verbs[] = {{"on", run_on}, {"off", run_off}, {"dump", run_dump}, {"trigger", run_trigger}};

static void verb_names(struct candidates *to)
{
    for (unsigned i = 0; i < ARRAY_SIZE(verbs); i++)
        candidates_add(to, verbs[i].name);
}

static void print_mode(void)
{
    static const char *const modes[] = {[TRACE_OFF] = "off",
                                        [TRACE_OVERWRITE] = "on: the newest events are kept",
                                        [TRACE_STOP] = "on: until a ring is full"};
    enum ledger_column column;
    uint64_t ticks;
    if (trace_get() != TRACE_OFF && !atomic_load(&trace_recording))
        print_line("trace: ended by its trigger");
    else if (trace_get() != TRACE_OFF && trace_get_trigger(&column, &ticks))
        print_line("trace: %s; ends at a piece of %s of %lu ticks or more", modes[trace_get()],
                   ledger_column_name(column), (unsigned long)ticks);
    else
        print_line("trace: %s", modes[trace_get()]);
}

static void run(const struct words *words)
{
    const char *name = words->word[1];
    if (name == NULL) {
        print_mode();
        return;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(verbs); i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            verbs[i].run(words);
            return;
        }
    }
    arg_not_one_of("trace", "VERB", name, verb_names);
}

static void complete(const struct words *before, unsigned at, struct candidates *to)
{
    if (at == 1)
        verb_names(to);
    else if (at == 2 && strcmp(before->word[1], "on") == 0)
        candidates_add(to, "stop");
    else if (at == 2 && strcmp(before->word[1], "trigger") == 0) {
        candidates_add(to, "off");
        column_names(to);
    }
}

static const struct help_line more[] = {
    {"on [stop]", "records events, the newest of each hart; or until its ring is full"},
    {"off", "records nothing further; what is there stays for a dump"},
    {"trigger COLUMN TICKS", "recording ends at the first piece of the column that is so long"},
    {"trigger off", "takes the trigger back"},
    {"dump", "ledgers, gaps and events as lines for tools/trace"},
    {NULL, "Alone it says whether events are recorded."},
    {NULL, NULL},
};

const struct command command_trace = {
    "trace",
    "[on [stop] | off | dump | trigger COLUMN TICKS]",
    "records events, and dumps all for tools/trace",
    more,
    run,
    complete,
};
