/* vm: what VMs there are, and their lives. */
#include <axlog/log.h>
#include <axvm/console.h>
#include <lib/bits.h>
#include <string.h>
#include "command.h"

static const char *const phase_names[] = {[VM_PHASE_RUNNING] = "running",
                                          [VM_PHASE_PAUSED] = "paused",
                                          [VM_PHASE_ENDING] = "ending",
                                          [VM_PHASE_ENDED] = "ended"};

static bool print_vm_row(uint32_t row)
{
    if (row == 0) {
        print_line("  NR NAME             STATE      VCPUS  MEMORY");
        return true;
    }
    if (row > vm_count)
        return false;
    const struct vm *vm = vms[row - 1];
    enum vm_phase phase = vm_phase(vm);
    bool ended = phase == VM_PHASE_ENDED;
    print_line("%c %2u %-16s %-10s %5u %4lu MiB%s%s", vm == vm_console_focus() ? '*' : ' ',
               vm->index, vm->config->name, phase_names[phase], vm->config->cpus,
               (unsigned long)(vm->config->memory >> 20), ended ? "  " : "",
               ended ? vm->end_reason : "");
    return true;
}

/* A VM in another phase than the verb needs. */
static void refuse(const char *verb, const struct vm *vm, const char *expected)
{
    print_line("vm %s: VM %s is %s: expected one that %s", verb, vm->config->name,
               phase_names[vm_phase(vm)], expected);
}

static void start(struct vm *vm)
{
    if (vm_restart(vm) != OK)
        refuse("start", vm, "has ended");
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
        refuse("stop", vm, "runs or is paused");
}

static void reset(struct vm *vm)
{
    if (is_up(vm))
        vm_request_end(vm, VM_REBOOT, "reset at the console");
    else
        refuse("reset", vm, "runs or is paused");
}

static void pause(struct vm *vm)
{
    if (vm_phase(vm) == VM_PHASE_RUNNING)
        vm_pause(vm, true);
    else
        refuse("pause", vm, "runs");
}

static void resume(struct vm *vm)
{
    if (vm_phase(vm) == VM_PHASE_PAUSED)
        vm_pause(vm, false);
    else
        refuse("resume", vm, "is paused");
}

static void focus(struct vm *vm)
{
    vm_console_set_focus(vm);
    print_line("the keyboard is VM %s's when this console closes", vm->config->name);
}

static const struct verb {
    const char *name;
    void (*perform)(struct vm *vm);
} verbs[] = {
    {"list", NULL},     {"start", start}, {"stop", stop},   {"pause", pause},
    {"resume", resume}, {"reset", reset}, {"focus", focus},
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
    if (verb->perform == NULL) {
        if (arg_end(command, words, 2))
            shell_print(print_vm_row);
        return;
    }
    struct vm *vm = arg_vm(command, words->word[2]);
    if (vm != NULL && arg_end(command, words, 3))
        verb->perform(vm);
}

static void run(const struct words *words)
{
    for (unsigned i = 0; i < ARRAY_SIZE(verbs) && words->count > 1; i++) {
        if (strcmp(verbs[i].name, words->word[1]) == 0) {
            perform(&verbs[i], words);
            return;
        }
    }
    arg_not_one_of("vm", "VERB", words->word[1], verb_names);
}

static void complete(const struct words *before, unsigned at, struct candidates *to)
{
    if (at == 1)
        verb_names(to);
    else if (at == 2 && strcmp(before->word[1], "list") != 0)
        vm_names(to);
}

static const char *const more[] = {
    "list             all VMs; * is the one that has the keyboard",
    "start NAME       starts one that has ended again, from its images",
    "stop NAME        ends it, without asking the guest",
    "pause NAME       holds its vCPUs back; its clock goes on",
    "resume NAME      lets them go on",
    "reset NAME       starts it again from its images, without asking the guest",
    "focus NAME       gives it the keyboard, and its output comes as it is",
    "NAME may also be the VM's number.",
    NULL,
};

const struct command command_vm = {
    "vm",
    "list | start|stop|pause|resume|reset|focus NAME",
    "the VMs, and their lives",
    more,
    run,
    complete,
};
