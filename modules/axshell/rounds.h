/* rounds.c: making and destroying VMs; cmd_vm.c has the table of vm's verbs. */
#pragma once
#include <axvm/vm.h>
#include "words.h"

void rounds_create(const struct words *words);
void rounds_destroy(struct vm *vm);
void rounds_cycle(const struct words *words);

/* vm_log.c */
void vm_log_run(const struct words *words);

/* cmd_vm.c: of one that is not made too (NULL). */
const char *vm_phase_name(const struct vm *vm);
/* cmd_vm.c: a VM in another phase than the verb needs. */
void vm_refuse(const char *verb, const struct vm *vm, const char *expected);
