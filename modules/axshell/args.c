#include "args.h"
#include <axlog/log.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECTED_SIZE 560 /* the columns of a ledger fit */
#define NAME_SIZE 48

void arg_wrong(const char *command, const char *name, const char *value, const char *expected, ...)
{
    char text[EXPECTED_SIZE];
    va_list args;
    va_start(args, expected);
    vsnprintf(text, sizeof text, expected, args);
    va_end(args);
    if (value == NULL)
        print_line("%s: %s is missing: expected %s", command, name, text);
    else
        print_line("%s: %s = %s: expected %s", command, name, value, text);
}

void arg_not_one_of(const char *command, const char *name, const char *value,
                    void (*fill)(struct candidates *to))
{
    static struct candidates choice;
    char list[EXPECTED_SIZE];
    choice.count = 0;
    choice.used = 0;
    fill(&choice);
    candidates_list(&choice, list, sizeof list);
    arg_wrong(command, name, value, "one of: %s", list);
}

static bool parse_number(const char *word, uint64_t *number)
{
    char *end;
    if (*word < '0' || *word > '9')
        return false;
    *number = strtoull(word, &end, 0);
    return *end == '\0';
}

struct vm *find_vm(const char *word)
{
    uint64_t index;
    for (uint32_t i = 0; i < vm_count; i++)
        if (strcmp(vm_description(i)->name, word) == 0)
            return vms[i];
    return parse_number(word, &index) && index < vm_count ? vms[index] : NULL;
}

void vm_names(struct candidates *to)
{
    for (uint32_t i = 0; i < vm_count; i++)
        if (vms[i] != NULL)
            candidates_add(to, vm_description(i)->name);
}

void described_names(struct candidates *to)
{
    for (uint32_t i = 0; i < vm_count; i++)
        candidates_add(to, vm_description(i)->name);
}

void vcpu_names(struct candidates *to)
{
    for (uint32_t i = 0; i < vm_count; i++)
        for (uint32_t j = 0; vms[i] != NULL && j < vms[i]->config->cpus; j++)
            candidates_make(to, "%s.%u", vms[i]->config->name, j);
}

struct vm *arg_vm(const char *command, const char *word)
{
    struct vm *vm = word == NULL ? NULL : find_vm(word);
    if (vm != NULL)
        return vm;
    arg_not_one_of(command, "NAME", word, vm_names);
    return NULL;
}

bool arg_description(const char *command, const char *word, uint32_t *index)
{
    uint64_t number;
    for (*index = 0; word != NULL && *index < vm_count; ++*index)
        if (strcmp(vm_description(*index)->name, word) == 0)
            return true;
    if (word != NULL && parse_number(word, &number) && number < vm_count) {
        *index = (uint32_t)number;
        return true;
    }
    arg_not_one_of(command, "NAME", word, described_names);
    return false;
}

/* A VM's name may have dots of its own: the number is behind the last. */
static struct vcpu *find_vcpu(const char *word)
{
    char name[NAME_SIZE];
    uint64_t index;
    const char *dot = strrchr(word, '.');
    struct vm *vm = find_vm(word);
    if (vm != NULL)
        return vm->config->cpus == 1 ? &vm->vcpus[0] : NULL;
    if (dot == NULL || (size_t)(dot - word) >= sizeof name)
        return NULL;
    snprintf(name, sizeof name, "%.*s", (int)(dot - word), word);
    vm = find_vm(name);
    if (vm == NULL || !parse_number(dot + 1, &index) || index >= vm->config->cpus)
        return NULL;
    return &vm->vcpus[index];
}

struct vcpu *arg_vcpu(const char *command, const char *word)
{
    struct vcpu *vcpu = word == NULL ? NULL : find_vcpu(word);
    if (vcpu != NULL)
        return vcpu;
    arg_not_one_of(command, "VM.VCPU", word, vcpu_names);
    return NULL;
}

void column_names(struct candidates *to)
{
    for (unsigned i = 0; i < LEDGER_COLUMNS; i++)
        candidates_add(to, ledger_column_name(i));
}

bool arg_column(const char *command, const char *word, enum ledger_column *column)
{
    *column = word == NULL ? LEDGER_COLUMNS : ledger_column_by_name(word);
    if (*column == LEDGER_COLUMNS)
        arg_not_one_of(command, "COLUMN", word, column_names);
    return *column != LEDGER_COLUMNS;
}

bool arg_number(const char *command, const char *name, const char *word, uint64_t least,
                uint64_t most, uint64_t *number)
{
    if (word != NULL && parse_number(word, number) && *number >= least && *number <= most)
        return true;
    arg_wrong(command, name, word, "a number from %lu to %lu", (unsigned long)least,
              (unsigned long)most);
    return false;
}

bool arg_end(const char *command, const struct words *words, unsigned at)
{
    if (words->count <= at)
        return true;
    print_line("%s: %s: expected nothing behind %s", command, words->word[at], words->word[at - 1]);
    return false;
}
