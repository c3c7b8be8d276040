/*
 * The host's own page tables: memory one to one, W^X, nothing executable but the text, read-only
 * data read-only, a hole under every stack, the firmware's memory not mapped at all.
 */
#pragma once
#include <axhal/platform.h>
#include <lib/addr.h>
#include <lib/err.h>

/* Boot hart, once: builds the tables. Returns the memory that it has taken for them. */
struct memory_range paging_init(const struct platform *p);
/* Each hart: translation on. */
void paging_enable(void);
/*
 * One caller at a time: maps registers of a device, readable and writable. Harts that run already
 * execute sfence.vma before they use them. ERR_NO_MEMORY
 * when the tables' pool is used up; ERR_RANGE if they have no such addresses. Mapping a page twice
 * is fine.
 */
enum err paging_map_device(hpa_t base, uint64_t size);
/* 39 or 48: bits of a virtual address. */
unsigned paging_width(void);
