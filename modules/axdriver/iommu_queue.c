/*
 * The queues between host and IOMMU (RISC-V IOMMU 1.0 §3): commands go in, faults come out. Each
 * has a page. One command is waited for at a time, so the queue of commands is never full.
 */
#include "iommu_parts.h"
#include <axalloc/frames.h>
#include <axhal/arch/cpu.h>
#include <axhal/io.h>
#include <axhal/memory.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include <lib/assert.h>
#include <string.h>

#define ANSWER_MS 1000

#define QUEUE_LOG2SZ MASK(4, 0) /* log2 of the entries, minus 1 (§5.6) */
#define COMMANDS 256            /* of 16 bytes */
#define FAULTS 128              /* of 32 bytes */

/* cqcsr and fqcsr: §5.15, §5.16. */
#define CSR_ENABLE UINT32_C(1)
#define CSR_INTERRUPT UINT32_C(1 << 1)
#define CSR_ERRORS UINT32_C(0xf << 8) /* 1 written clears them */
#define CSR_ACTIVE UINT32_C(1 << 16)
#define IPSR_FIP UINT32_C(1 << 1) /* §5.18 */

/* §3.1: opcode and function, and where operands go. */
#define IOTINVAL_GVMA (1 | 1 << 7)
#define IOTINVAL_GV BIT(33)
#define IOTINVAL_GSCID MASK(59, 44)
#define IOFENCE_C 2
#define IOFENCE_AV BIT(10)
#define IOFENCE_PR BIT(12) /* earlier reads, and writes, are done everywhere */
#define IOFENCE_PW BIT(13)
#define IOFENCE_DATA MASK(63, 32)
#define IODIR_INVAL_DDT 3
#define IODIR_DV BIT(33)
#define IODIR_DID MASK(63, 40)

/* A record of the fault queue: §3.2. */
#define FAULT_CAUSE MASK(11, 0)
#define FAULT_TTYP MASK(39, 34)
#define FAULT_DID MASK(63, 40)
#define TTYP_WRITE 3
#define TTYP_TRANSLATED_WRITE 7

struct command {
    uint64_t words[2];
};
struct record {
    uint64_t header, reserved, iotval, iotval2;
};

static volatile struct command *commands;
static const volatile struct record *faults;
static volatile uint32_t *answer; /* IOFENCE.C writes it; it follows the commands' page */
static uint32_t fence_number;

static enum err start(const struct iommu *iommu, enum iommu_register base, enum iommu_register csr,
                      hpa_t queue, uint32_t entries, uint32_t flags)
{
    uint64_t log2 = (uint64_t)__builtin_ctz(entries) - 1;
    io_write64(iommu->base + base,
               FIELD_PUT(IOMMU_PPN, queue.a >> PAGE_SHIFT) | FIELD_PUT(QUEUE_LOG2SZ, log2));
    io_write32(iommu->base + csr, CSR_ENABLE | flags);
    return iommu_wait(iommu, csr, CSR_ACTIVE, CSR_ACTIVE);
}

enum err iommu_queues_init(struct iommu *iommu)
{
    hpa_t pages;
    enum err err = frames_alloc_zeroed(3 * PAGE_SIZE, PAGE_SIZE, &pages);
    if (err != OK)
        return err;
    commands = hpa_to_ptr(pages);
    faults = hpa_to_ptr(hpa(pages.a + PAGE_SIZE));
    answer = hpa_to_ptr(hpa(pages.a + 2 * PAGE_SIZE));
    err = start(iommu, IOMMU_CQB, IOMMU_CQCSR, pages, COMMANDS, 0);
    if (err == OK)
        err = start(iommu, IOMMU_FQB, IOMMU_FQCSR, hpa(pages.a + PAGE_SIZE), FAULTS, CSR_INTERRUPT);
    return err;
}

static void put(const struct iommu *iommu, uint64_t first, uint64_t second)
{
    uint32_t tail = io_read32(iommu->base + IOMMU_CQT);
    ASSERT(tail < COMMANDS);
    commands[tail].words[0] = first;
    commands[tail].words[1] = second;
    io_write32(iommu->base + IOMMU_CQT, (tail + 1) % COMMANDS);
}

/* The head says only what was fetched: a command is done once a fence after it has reported
 * (§3.1.2). */
static enum err fence(const struct iommu *iommu)
{
    uint32_t number = ++fence_number;
    put(iommu, IOFENCE_C | IOFENCE_AV | IOFENCE_PR | IOFENCE_PW | FIELD_PUT(IOFENCE_DATA, number),
        ptr_to_hpa((const void *)answer).a >> 2);
    uint64_t deadline = time_now() + time_ms_to_ticks(ANSWER_MS);
    while (*answer != number) {
        if (time_now() > deadline) {
            log_error("IOMMU: no answer to a fence in %u ms, cqcsr 0x%x", ANSWER_MS,
                      io_read32(iommu->base + IOMMU_CQCSR));
            return ERR_TIMEOUT;
        }
        cpu_relax();
    }
    cpu_fence_io();
    return OK;
}

/* What to forget when a context changes: §6.3.1. */
enum err iommu_forget(struct iommu *iommu, uint32_t device, uint16_t gscid)
{
    spin_debug_assert_held(&iommu->lock);
    put(iommu, IODIR_INVAL_DDT | IODIR_DV | FIELD_PUT(IODIR_DID, device), 0);
    put(iommu, IOTINVAL_GVMA | IOTINVAL_GV | FIELD_PUT(IOTINVAL_GSCID, gscid), 0);
    return fence(iommu);
}

/* A queue that has overrun has lost records; it goes on when that is cleared (§5.16). */
static void clear_overrun(struct iommu *iommu)
{
    uint32_t csr = io_read32(iommu->base + IOMMU_FQCSR);
    if ((csr & CSR_ERRORS) == 0)
        return;
    iommu->overrun = true;
    io_write32(iommu->base + IOMMU_FQCSR, csr);
}

/* What comes while the enable is off makes nothing pend (§5.16, §5.18). */
void iommu_hold_interrupt(const struct iommu *iommu)
{
    io_write32(iommu->base + IOMMU_FQCSR, CSR_ENABLE);
    io_write32(iommu->base + IOMMU_IPSR, IPSR_FIP);
}

bool iommu_let_interrupt(const struct iommu *iommu)
{
    io_write32(iommu->base + IOMMU_FQCSR, CSR_ENABLE | CSR_INTERRUPT);
    cpu_fence_io();
    return io_read32(iommu->base + IOMMU_FQH) != io_read32(iommu->base + IOMMU_FQT);
}

bool iommu_take_fault(struct iommu *iommu, struct iommu_fault *fault)
{
    spin_debug_assert_held(&iommu->lock);
    uint32_t head = io_read32(iommu->base + IOMMU_FQH);
    ASSERT(head < FAULTS);
    if (head == io_read32(iommu->base + IOMMU_FQT)) {
        clear_overrun(iommu);
        return false;
    }
    uint64_t header = faults[head].header;
    uint64_t type = FIELD_GET(FAULT_TTYP, header);
    *fault = (struct iommu_fault){
        .device = (uint32_t)FIELD_GET(FAULT_DID, header),
        .cause = (uint32_t)FIELD_GET(FAULT_CAUSE, header),
        .write = type == TTYP_WRITE || type == TTYP_TRANSLATED_WRITE,
        .address = faults[head].iotval,
    };
    io_write32(iommu->base + IOMMU_FQH, (head + 1) % FAULTS);
    return true;
}
