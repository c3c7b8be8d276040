/* What a VM that has ended has left in its memory is erased in pieces, by its own first hart. */
#include <string.h>
#include "internal.h"

#define PIECE (64 * 1024) /* divides all sizes */

/* RAM, then the banks of flash; NULL: there is no such memory. */
static char *memory(const struct vm *vm, uint32_t number, uint64_t *size)
{
    const struct vm_config *c = vm->config;
    *size = number == 0 ? c->memory : PFLASH_SIZE;
    if (number == 0)
        return guest_ptr(&vm->memory, gpa(GUEST_RAM_BASE), c->memory);
    return number <= c->flash_count ? (char *)vm->flash[number - 1].bytes : NULL;
}

void vm_begin_to_wipe(struct vm *vm)
{
    vm->wipe = (struct vm_wipe){0};
}

bool vm_wipe_piece(struct vm *vm)
{
    uint64_t size;
    char *bytes = memory(vm, vm->wipe.memory, &size);
    if (bytes == NULL) {
        vm->flash_filled = false;
        return false;
    }
    memset(bytes + vm->wipe.at, 0, PIECE);
    vm->wipe.at += PIECE;
    if (vm->wipe.at >= size)
        vm->wipe = (struct vm_wipe){.memory = vm->wipe.memory + 1};
    return true;
}
