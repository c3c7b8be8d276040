/*
 * What the drivers call of the host, recorded. MMIO goes to one guest device model, or to a plain
 * register file; both fail the test on an access outside what was mapped.
 */
#pragma once
#include <axhal/hart.h>
#include <lib/addr.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_MAX_HARTS 4

struct fake_host {
    struct hart harts[FAKE_MAX_HARTS];
    uint32_t hart_count;
    enum err map_result; /* of paging_map_device */
    struct {
        uint64_t base, size;
    } mapped[8];
    uint32_t mapped_count;
    bool external_enabled;                     /* interrupt_enable(IRQ_SEI) */
    void (*external_handler)(void);            /* interrupt_set_handler(IRQ_SEI) */
    long (*send_ipi)(const struct hart *hart); /* mailbox_set_ipi */
    void (*sink)(const char *bytes, size_t count);
    char log[512]; /* the last line */
    uint64_t (*read)(uint64_t at, unsigned width);
    void (*write)(uint64_t at, unsigned width, uint64_t value);
};
extern struct fake_host host;

/* Fresh, with harts of these ids; hart 0 is the running one. */
void fake_host_start(const uint64_t *hart_ids, uint32_t count);
void fake_host_run_on(uint32_t index);
