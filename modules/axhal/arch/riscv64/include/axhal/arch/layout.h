/* Where the parts of the image are (link.ld), and what lies around a stack. */
#pragma once
#include <axhal/hart.h>
#include <lib/addr.h>
#include <stdint.h>

/* Stacks grow down into a guard page, which is not mapped. */
struct hart_stacks {
    uint8_t guard[PAGE_SIZE];
    uint8_t stack[HART_STACK_SIZE];
    uint8_t fault_guard[PAGE_SIZE];
    uint8_t fault_stack[FAULT_STACK_SIZE];
};
struct hart_stacks *hart_stacks_at(uint32_t index); /* NULL beyond the last */

extern char image_start[], text_end[], rodata_end[], image_end[];
extern char bss_start[], bss_end[];
