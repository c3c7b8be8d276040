#include "args.h"
#include <axlog/log.h>
#include <stdarg.h>
#include <stdio.h>
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

void arg_list(void (*fill)(struct candidates *to), char *list, size_t size)
{
    static struct candidates choice;
    choice.count = 0;
    choice.used = 0;
    fill(&choice);
    candidates_list(&choice, list, size);
}

void arg_not_one_of(const char *command, const char *name, const char *value,
                    void (*fill)(struct candidates *to))
{
    char list[EXPECTED_SIZE];
    arg_list(fill, list, sizeof list);
    arg_wrong(command, name, value, "one of: %s", list);
}

bool find_description(const char *word, uint32_t *index)
{
    uint64_t number;
    for (*index = 0; *index < vm_count; ++*index)
        if (strcmp(vm_description(*index)->name, word) == 0)
            return true;
    if (!words_number(word, &number) || number >= vm_count)
        return false;
    *index = (uint32_t)number;
    return true;
}

struct vm *find_vm(const char *word)
{
    uint32_t index;
    return find_description(word, &index) ? vms[index] : NULL;
}

void vm_names(struct candidates *to)
{
    for (uint32_t i = 0; i < vm_count; i++)
        candidates_add(to, vm_description(i)->name);
}

void vm_numbers(struct candidates *to)
{
    for (uint32_t i = 0; i < vm_count; i++)
        candidates_add_numbered(to, "", i);
}

void vcpu_names(struct candidates *to)
{
    for (uint32_t i = 0; i < vm_count; i++)
        for (uint32_t j = 0; j < vm_description(i)->cpus; j++)
            candidates_add_numbered(to, vm_description(i)->name, j);
}

bool arg_description(const char *command, const char *word, uint32_t *index)
{
    uint64_t number;
    if (word != NULL && find_description(word, index))
        return true;
    bool is_number = word != NULL && words_number(word, &number);
    arg_not_one_of(command, "NAME", word, is_number ? vm_numbers : vm_names);
    return false;
}

struct vm *arg_made(const char *command, uint32_t index)
{
    if (vms[index] == NULL)
        print_line("%s: VM %s is not made: vm create makes it", command,
                   vm_description(index)->name);
    return vms[index];
}

struct vm *arg_vm(const char *command, const char *word)
{
    uint32_t index;
    return arg_description(command, word, &index) ? arg_made(command, index) : NULL;
}

/* The VM of VM or VM.VCPU, whose name may have dots of its own: the vCPU's number follows the last;
 * NULL: there is none. */
static bool find_description_in(const char *word, uint32_t *index, const char **vcpu)
{
    char name[NAME_SIZE];
    const char *dot = strrchr(word, '.');
    *vcpu = NULL;
    if (find_description(word, index))
        return true;
    if (dot == NULL || (size_t)(dot - word) >= sizeof name)
        return false;
    snprintf(name, sizeof name, "%.*s", (int)(dot - word), word);
    *vcpu = dot + 1;
    return find_description(name, index);
}

/* By its number; without one the only one. */
static struct vcpu *find_vcpu(const struct vm *vm, const char *word)
{
    uint64_t number = 0;
    bool found = word == NULL ? vm->config->cpus == 1
                              : words_number(word, &number) && number < vm->config->cpus;
    return found ? &vm->vcpus[number] : NULL;
}

struct vcpu *arg_vcpu(const char *command, const char *word)
{
    uint32_t index;
    const char *number;
    struct vcpu *vcpu = NULL;
    if (word != NULL && find_description_in(word, &index, &number)) {
        struct vm *vm = arg_made(command, index);
        if (vm == NULL)
            return NULL;
        vcpu = find_vcpu(vm, number);
    }
    if (vcpu == NULL)
        arg_not_one_of(command, "VM.VCPU", word, vcpu_names);
    return vcpu;
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
    if (word != NULL && words_number(word, number) && *number >= least && *number <= most)
        return true;
    arg_wrong(command, name, word, "a number from %lu to %lu", (unsigned long)least,
              (unsigned long)most);
    return false;
}

bool arg_end(const char *command, const struct words *words, unsigned at)
{
    if (words->count <= at)
        return true;
    print_line("%s: %s: expected nothing after %s", command, words->word[at], words->word[at - 1]);
    return false;
}
