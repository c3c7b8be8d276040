/* trace: the recording of events; and the dump of all that axtrace knows. */
#include <axipi/mailbox.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <axtrace/trace.h>
#include <lib/bits.h>
#include <stdatomic.h>
#include <string.h>
#include "command.h"
#include "held.h"

static bool elsewhere;        /* another hart writes the dump */
static _Atomic bool dumping;  /* and has not ended; set by the console's hart */
static _Atomic bool unwanted; /* nobody waits for it any more */

static void to_console(void *context, const char *lines, size_t count)
{
    (void)context;
    if (!atomic_load(&unwanted))
        console_write_line(lines, count);
}

static void dump(void *unused)
{
    (void)unused;
    trace_dump(to_console, NULL);
    atomic_store(&dumping, false);
}

/* Without memory for it the dump is printed at once, however long that takes. */
static void to_memory(void *context, const char *lines, size_t count)
{
    (void)context;
    if (held_add(lines, count))
        return;
    while (held_print())
        ;
    console_write_line(lines, count);
}

/* A hart that runs no vCPU, this one at best: thousands of lines are not to be a guest's time. */
static struct hart *free_hart(void)
{
    for (uint32_t i = 0; i < hart_count() && this_hart()->vcpu != NULL; i++)
        if (hart_at(i)->online && hart_at(i)->vcpu == NULL)
            return hart_at(i);
    return this_hart();
}

static void begin_dump(void)
{
    struct hart *hart = free_hart();
    atomic_store(&unwanted, false);
    atomic_store(&dumping, true);
    elsewhere = hart != this_hart() && mailbox_post(hart, dump, NULL) == OK;
    if (elsewhere)
        return;
    trace_dump(to_memory, NULL);
    atomic_store(&dumping, false);
}

/* A row is some lines, or a look whether the other hart has ended. */
static bool print_dump_row(uint32_t row)
{
    if (row == 0)
        begin_dump();
    return elsewhere ? atomic_load(&dumping) : held_print();
}

static void leave_dump(void)
{
    atomic_store(&unwanted, true);
    held_drop();
}

static void run_dump(const struct words *words)
{
    static const struct job job = {.row = print_dump_row, .cancelled = leave_dump};
    if (!arg_end("trace dump", words, 2))
        return;
    if (atomic_load(&dumping)) {
        print_line("trace dump: another one has not ended yet: expected one at a time");
        return;
    }
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
