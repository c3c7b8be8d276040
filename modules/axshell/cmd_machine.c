/*
 * reboot and poweroff: the end of the machine. VMs that run end first, as by vm stop; since their
 * guests are not asked, `now` must say that this is meant.
 */
#include <axhal/time.h>
#include <axlog/log.h>
#include <axvm/vm.h>
#include <stdio.h>
#include <string.h>
#include "command.h"

#define PATIENCE_MS 5000 /* with harts that do not come back from their guests */
#define LIST_SIZE 120

static enum vm_machine_end wanted;
static uint64_t deadline; /* ticks */

static bool lives(const struct vm *vm)
{
    if (vm == NULL)
        return false;
    enum vm_phase phase = vm_phase(vm);
    return phase != VM_PHASE_CREATED && phase != VM_PHASE_ENDED && phase != VM_PHASE_WIPING;
}

static void living_names(struct candidates *to)
{
    for (uint32_t i = 0; i < vm_count; i++)
        if (lives(vms[i]))
            candidates_add(to, vms[i]->config->name);
}

/* A VM that starts, again perhaps, takes no request: the next look asks it. */
static bool request_ends(void)
{
    bool any = false;
    for (uint32_t i = 0; i < vm_count; i++) {
        if (!lives(vms[i]))
            continue;
        any = true;
        vm_request_end(vms[i], VM_SHUTDOWN, "stopped with the machine");
    }
    return any;
}

static bool end_row(uint32_t row)
{
    (void)row;
    if (request_ends() && time_now() < deadline)
        return true;
    print_line("hv: the machine %s", wanted == VM_MACHINE_REBOOT ? "starts again" : "is off");
    vm_end_machine(wanted);
}

static void cancel(void)
{
    vm_run_rounds(false);
    vm_tell_if_all_ended();
}

static void end_machine(const struct words *words, enum vm_machine_end how)
{
    static const struct job job = {.row = end_row, .cancelled = cancel};
    const char *command = words->word[0], *when = words->word[1];
    if (!arg_end(command, words, 2))
        return;
    if (when != NULL && strcmp(when, "now") != 0) {
        arg_wrong(command, "WHEN", when, "now, or nothing");
        return;
    }
    char names[LIST_SIZE];
    arg_list(living_names, names, sizeof names);
    if (when == NULL && *names != '\0') {
        print_line("%s: these VMs run, and their guests are not asked: %s; expected %s now",
                   command, names, command);
        return;
    }
    wanted = how;
    deadline = time_now() + time_ms_to_ticks(PATIENCE_MS);
    vm_run_rounds(true);
    shell_start(&job);
}

static void run_reboot(const struct words *words)
{
    end_machine(words, VM_MACHINE_REBOOT);
}

static void run_poweroff(const struct words *words)
{
    end_machine(words, VM_MACHINE_OFF);
}

static void complete(const struct words *before, unsigned at, struct candidates *to)
{
    (void)before;
    if (at == 1)
        candidates_add(to, "now");
}

static const struct help_line more[] = {
    {NULL,
     "While VMs run it needs the word now: they end as by vm stop, without asking the guests."},
    {NULL, NULL},
};

const struct command command_reboot = {
    "reboot", "[now]", "starts the whole machine again", more, run_reboot, complete,
};
const struct command command_poweroff = {
    "poweroff", "[now]", "ends the whole machine", more, run_poweroff, complete,
};
