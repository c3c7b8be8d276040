/* quiet: the contracts of VMs to take no exits. */
#include <axlog/log.h>
#include <axvm/console.h>
#include <lib/bits.h>
#include <string.h>
#include "command.h"

static struct vm *vm; /* whose contract is printed */

static bool print_row(uint32_t row)
{
    bool never = row == 0 && quiet_read(&vm->quiet).phase == QUIET_NEVER;
    bool goes_on = vm_quiet_print(vm, row);
    if (never)
        print_line("  quiet begin %s begins it; so may its kernel by SBI, or its description: "
                   "quiet = <SECONDS>",
                   vm->config->name);
    return goes_on;
}

static void show(void)
{
    shell_print(print_row);
}

/* What is typed next, be it to end the contract, violates it. */
static void warn_of_input(const struct hart *input)
{
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        if (vm->config->harts[i] == input->id)
            print_line(
                "quiet begin: hart %lu of VM %s takes the console's input: each key is an exit",
                (unsigned long)input->id, vm->config->name);
}

static void begin(void)
{
    enum err err = ERR_NOT_FOUND;
    if (vm_phase(vm) == VM_PHASE_RUNNING)
        err = quiet_begin(&vm->quiet, 0, QUIET_BY_CONSOLE);
    if (err == OK)
        warn_of_input(vm_console_hart());
    else if (err == ERR_NOT_FOUND)
        print_line("quiet begin: VM %s does not run: expected one that does", vm->config->name);
    else if (err == ERR_EXISTS)
        print_line("quiet begin: VM %s is quiet already: expected one that is not",
                   vm->config->name);
    else
        print_line("quiet begin: this build keeps no ledger: expected one made with LEDGER=y");
}

static void end(void)
{
    if (quiet_end(&vm->quiet) == OK)
        show();
    else
        print_line("quiet end: VM %s is not quiet: expected one that is", vm->config->name);
}

static const struct verb {
    const char *name, *command;
    void (*perform)(void);
} verbs[] = {
    {"begin", "quiet begin", begin}, {"end", "quiet end", end}, {"show", "quiet show", show}};

static void verb_names(struct candidates *to)
{
    for (unsigned i = 0; i < ARRAY_SIZE(verbs); i++)
        candidates_add(to, verbs[i].name);
}

static void perform(const struct verb *verb, const struct words *words)
{
    struct vm *named = arg_vm(verb->command, words->word[2]);
    if (named == NULL || !arg_end(verb->command, words, 3))
        return;
    vm = named;
    verb->perform();
}

static void run(const struct words *words)
{
    for (unsigned i = 0; i < ARRAY_SIZE(verbs) && words->count > 1; i++) {
        if (strcmp(verbs[i].name, words->word[1]) == 0) {
            perform(&verbs[i], words);
            return;
        }
    }
    arg_not_one_of("quiet", "VERB", words->word[1], verb_names);
}

static void complete(const struct words *before, unsigned at, struct candidates *to)
{
    (void)before;
    if (at == 1)
        verb_names(to);
    else if (at == 2)
        vm_names(to);
}

static const struct help_line more[] = {
    {"begin NAME", "from now on each exit of the VM is counted as a violation"},
    {"end NAME", "ends that; prints how many there were, and the first of each kind"},
    {"show NAME", "the same while it goes on"},
    {NULL, "A guest may begin and end it too, or its description: docs/quiet.md."},
    {NULL, NULL},
};

const struct command command_quiet = {
    "quiet", "begin|end|show NAME", "the contracts of VMs to take no exits", more, run, complete,
};
