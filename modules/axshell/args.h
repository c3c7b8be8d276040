/* A command's arguments, and the messages about wrong ones. */
#pragma once
#include <axtrace/column.h>
#include <axvm/vm.h>
#include <stdbool.h>
#include "words.h"

/*
 * The message `COMMAND: NAME = VALUE: expected …`, or `COMMAND: NAME is missing: expected …` if
 * `value` is NULL.
 */
void arg_wrong(const char *command, const char *name, const char *value, const char *expected, ...)
    __attribute__((format(printf, 4, 5)));
/* The same: expected one of: what `fill` adds. */
void arg_not_one_of(const char *command, const char *name, const char *value,
                    void (*fill)(struct candidates *to));
/* What `fill` adds, as "a b c", what does not fit being cut. */
void arg_list(void (*fill)(struct candidates *to), char *list, size_t size);

/* Each of these complains if the word is wrong or missing (NULL); then it returns NULL or false. */

/* By its name or its number: a VM that is made; the number of one that may be. */
struct vm *arg_vm(const char *command, const char *word);
bool arg_description(const char *command, const char *word, uint32_t *index);
/* By its number: one that is made. */
struct vm *arg_made(const char *command, uint32_t index);
/* VM.VCPU, or VM alone if the VM has one vCPU. */
struct vcpu *arg_vcpu(const char *command, const char *word);
bool arg_number(const char *command, const char *name, const char *word, uint64_t least,
                uint64_t most, uint64_t *number);
bool arg_column(const char *command, const char *word, enum ledger_column *column);
/* There is no word `at`. */
bool arg_end(const char *command, const struct words *words, unsigned at);

/* Without a message: false, or NULL, if it is none. */
bool find_description(const char *word, uint32_t *index);
struct vm *find_vm(const char *word);
/* Of all VMs that are described: one that is not made has a message of its own. */
void vm_names(struct candidates *to);
void vm_numbers(struct candidates *to);
void vcpu_names(struct candidates *to);
void column_names(struct candidates *to);
