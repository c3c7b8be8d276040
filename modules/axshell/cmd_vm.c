/* vm: what VMs there are, and their lives. */
#include <axlog/log.h>
#include <axvm/console.h>
#include <lib/bits.h>
#include <string.h>
#include "command.h"
#include "rounds.h"

static const char *const phase_names[] = {
    [VM_PHASE_CREATED] = "created", [VM_PHASE_STARTING] = "starting",
    [VM_PHASE_RUNNING] = "running", [VM_PHASE_PAUSED] = "paused",
    [VM_PHASE_ENDING] = "ending",   [VM_PHASE_ENDED] = "ended",
    [VM_PHASE_WIPING] = "wiping"};

const char *vm_phase_name(const struct vm *vm)
{
    return vm == NULL ? "not made" : phase_names[vm_phase(vm)];
}

static void print_vm(uint32_t index)
{
    const struct vm *vm = vms[index];
    const struct vm_config *c = vm_description(index);
    bool ended = vm != NULL && vm_phase(vm) == VM_PHASE_ENDED, muted = vm != NULL && vm->muted;
    bool stuck = vm != NULL && vm_phase(vm) == VM_PHASE_RUNNING && vm_is_stuck(vm);
    bool typed = vm != NULL && vm == vm_console_focus();
    print_line("%c %2u %-16s %-10s %5u %4lu MiB%s%s%s%s", typed ? '*' : ' ', index, c->name,
               vm_phase_name(vm), c->cpus, (unsigned long)(c->memory >> 20), muted ? "  muted" : "",
               stuck ? "  only traps" : "", ended ? "  " : "", ended ? vm->end_reason : "");
}

static bool print_vm_row(uint32_t row)
{
    if (row > vm_count)
        return false;
    if (row == 0)
        print_line("  NR NAME             STATE      VCPUS  MEMORY");
    else
        print_vm(row - 1);
    return true;
}

void vm_refuse(const char *verb, const struct vm *vm, const char *expected)
{
    print_line("vm %s: VM %s is %s: expected one that %s", verb, vm->config->name,
               vm_phase_name(vm), expected);
}

static void start(struct vm *vm)
{
    enum err err = vm_start(vm);
    if (err == ERR_EXISTS)
        vm_refuse("start", vm, "is created or has ended");
    else if (err != OK)
        print_line("vm start: VM %s: %s", vm->config->name, vm->end_reason);
}

static bool is_up(const struct vm *vm)
{
    return vm_phase(vm) == VM_PHASE_RUNNING || vm_phase(vm) == VM_PHASE_PAUSED;
}

static void stop(struct vm *vm)
{
    if (is_up(vm))
        vm_request_end(vm, VM_SHUTDOWN, "stopped at the console");
    else
        vm_refuse("stop", vm, "runs or is paused");
}

static void reset(struct vm *vm)
{
    if (is_up(vm))
        vm_request_end(vm, VM_REBOOT, "reset at the console");
    else
        vm_refuse("reset", vm, "runs or is paused");
}

static void pause(struct vm *vm)
{
    if (vm_pause(vm, true) != OK)
        vm_refuse("pause", vm, "runs");
}

static void resume(struct vm *vm)
{
    if (vm_pause(vm, false) != OK)
        vm_refuse("resume", vm, "is paused");
}

/* The verb without which it reads nothing that is typed; NULL: it runs, or is about to change. */
static const char *awaited_verb(enum vm_phase phase)
{
    if (phase == VM_PHASE_PAUSED)
        return "resume";
    return phase == VM_PHASE_CREATED || phase == VM_PHASE_ENDED ? "start" : NULL;
}

void vm_give_keyboard(struct vm *vm)
{
    enum vm_phase phase = vm_phase(vm);
    const char *name = vm->config->name, *verb = awaited_verb(phase);
    vm_console_set_focus(vm);
    if (verb != NULL)
        print_line("VM %s is %s: it waits for vm %s %s", name, phase_names[phase], verb, name);
}

static void focus(struct vm *vm)
{
    print_line("the keyboard is VM %s's when this console closes", vm->config->name);
    vm_give_keyboard(vm);
}

static void mute(struct vm *vm)
{
    vm_console_mute(vm, true);
    if (vm == vm_console_focus())
        print_line("VM %s has the keyboard: it is muted while another VM has it", vm->config->name);
}

static void unmute(struct vm *vm)
{
    vm_console_mute(vm, false);
}

static void list(const struct words *words)
{
    if (arg_end("vm list", words, 2))
        shell_print(print_vm_row);
}

/* One that is about a VM that is made has `perform`. */
static const struct verb {
    const char *name;
    void (*perform)(struct vm *vm);
    void (*run)(const struct words *words);
    void (*names)(struct candidates *to);
} verbs[] = {
    {"list", .run = list},
    {"create", .run = rounds_create, .names = vm_names},
    {"start", start, .names = vm_names},
    {"stop", stop, .names = vm_names},
    {"pause", pause, .names = vm_names},
    {"resume", resume, .names = vm_names},
    {"reset", reset, .names = vm_names},
    {"destroy", rounds_destroy, .names = vm_names},
    {"focus", focus, .names = vm_names},
    {"mute", mute, .names = vm_names},
    {"unmute", unmute, .names = vm_names},
    {"log", .run = vm_log_run, .names = vm_names},
    {"cycle", .run = rounds_cycle, .names = vm_names},
};

static void verb_names(struct candidates *to)
{
    for (unsigned i = 0; i < ARRAY_SIZE(verbs); i++)
        candidates_add(to, verbs[i].name);
}

static void perform(const struct verb *verb, const struct words *words)
{
    char command[16] = "vm ";
    strcat(command, verb->name);
    struct vm *vm = arg_vm(command, words->word[2]);
    if (vm != NULL && arg_end(command, words, 3))
        verb->perform(vm);
}

static const struct verb *find_verb(const char *name)
{
    for (unsigned i = 0; i < ARRAY_SIZE(verbs); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static void run(const struct words *words)
{
    const struct verb *verb = words->count > 1 ? find_verb(words->word[1]) : NULL;
    if (verb == NULL)
        arg_not_one_of("vm", "VERB", words->word[1], verb_names);
    else if (verb->perform != NULL)
        perform(verb, words);
    else
        verb->run(words);
}

static void complete(const struct words *before, unsigned at, struct candidates *to)
{
    const struct verb *verb = at == 2 ? find_verb(before->word[1]) : NULL;
    if (at == 1)
        verb_names(to);
    else if (verb != NULL && verb->names != NULL)
        verb->names(to);
}

static const struct help_line more[] = {
    {"list", "all that are described; * is the one that has the keyboard"},
    {"create NAME", "makes one that is not made, from its description; it waits for its start"},
    {"start NAME", "starts one that is created or has ended, from its images"},
    {"stop NAME", "ends it, without asking the guest"},
    {"pause NAME", "holds its vCPUs back; its clock goes on"},
    {"resume NAME", "lets them go on"},
    {"reset NAME", "starts it again from its images, without asking the guest"},
    {"destroy NAME", "erases and frees all of one that is created or has ended"},
    {"focus NAME", "gives it the keyboard, and its output comes as it is"},
    {"mute NAME", "its output is not shown while another VM has the keyboard; its log has it"},
    {"unmute NAME", "its output is shown again"},
    {"log NAME [LINES]", "prints the last LINES lines of its output, or all that is kept: 16 KiB"},
    {"cycle NAME N", "makes, starts and destroys one that is not made N times; says what is free "
                     "before and after; a guest that does not end in 1 s is stopped"},
    {NULL, "NAME may also be the VM's number."},
    {NULL, NULL},
};

const struct command command_vm = {
    "vm", "list | VERB NAME", "the VMs and their lives: help vm has the verbs", more, run, complete,
};
