#include "which.h"
#include <axlog/log.h>
#include <stdio.h>
#include "job.h"

#define READ_ROWS 100

static unsigned failed; /* readings, since one succeeded */

struct vm *vm_of_vcpu(const struct vcpu *vcpu)
{
    for (uint32_t i = 0; i < vm_count; i++)
        if (vms[i] != NULL && vcpu >= vms[i]->vcpus && vcpu < vms[i]->vcpus + vms[i]->config->cpus)
            return vms[i];
    return NULL;
}

const char *vcpu_name(const struct vcpu *vcpu, char *name)
{
    snprintf(name, WHICH_NAME, "%.40s.%u", vm_of_vcpu(vcpu)->config->name, vcpu->id);
    return name;
}

const struct ledger_view *which_read(const struct vcpu *vcpu)
{
    static struct ledger_view view; /* too large for a hart's stack */
    if (!ledger_read(vcpu->ledger, &view))
        return NULL;
    failed = 0;
    return &view;
}

bool which_read_again(const struct vcpu *vcpu)
{
    char name[WHICH_NAME];
    if (++failed < READ_ROWS) {
        job_wait();
        return true;
    }
    failed = 0;
    print_line("%s: its ledger changes too fast to be read as of one moment",
               vcpu_name(vcpu, name));
    return false;
}

void which_names(struct candidates *to)
{
    vm_names(to);
    vcpu_names(to);
}

bool which_parse(const char *command, const char *word, struct which *which)
{
    *which = (struct which){0};
    if (word == NULL)
        return true;
    which->vm = find_vm(word);
    if (which->vm != NULL)
        return true;
    which->vcpu = arg_vcpu(command, word);
    if (which->vcpu != NULL)
        which->vm = vm_of_vcpu(which->vcpu);
    return which->vcpu != NULL;
}

struct vcpu *which_vcpu(const struct which *which, uint32_t number)
{
    if (which->vcpu != NULL)
        return number == 0 ? which->vcpu : NULL;
    for (uint32_t i = 0; i < vm_count; i++) {
        if (vms[i] == NULL || (which->vm != NULL && vms[i] != which->vm))
            continue;
        if (number < vms[i]->config->cpus)
            return &vms[i]->vcpus[number];
        number -= vms[i]->config->cpus;
    }
    return NULL;
}
