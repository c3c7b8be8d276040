/* The vCPUs that a command is about: one, those of a VM, or all, in the order of the VMs. */
#pragma once
#include <axtrace/ledger.h>
#include "args.h"

struct which {
    struct vm *vm;     /* NULL: all */
    struct vcpu *vcpu; /* NULL: all of the VM */
};

/* From a word, which may be NULL: VM.VCPU, VM, or all. Complains like arg_vcpu(). */
bool which_parse(const char *command, const char *word, struct which *which);
/* The vCPU of that number among them, from 0; NULL: there is none. */
struct vcpu *which_vcpu(const struct which *which, uint32_t number);
/* "VM.VCPU" to `name`, which has WHICH_NAME bytes. Returns it. */
#define WHICH_NAME 48
const char *vcpu_name(const struct vcpu *vcpu, char *name);
struct vm *vm_of_vcpu(const struct vcpu *vcpu);
/* Its ledger as of one moment, until the next call; NULL: no moment was caught. */
const struct ledger_view *which_read(const struct vcpu *vcpu);
/* In a row, after which_read() was NULL: true: it is to be read again by the next row; false: it
 * changes too fast, which is printed. */
bool which_read_again(const struct vcpu *vcpu);
/* Completion: all that which_parse() takes. */
void which_names(struct candidates *to);
