/* Between the parts of the IOMMU's driver: registers (§5) of RISC-V IOMMU 1.0, and which part has
 * what. */
#pragma once
#include <axdriver/hardware.h>
#include <axdriver/iommu.h>
#include <axsync/spinlock.h>
#include <lib/bits.h>

enum iommu_register {
    IOMMU_CAPABILITIES = 0x00,
    IOMMU_FCTL = 0x08,
    IOMMU_DDTP = 0x10,
    IOMMU_CQB = 0x18,
    IOMMU_CQH = 0x20,
    IOMMU_CQT = 0x24,
    IOMMU_FQB = 0x28,
    IOMMU_FQH = 0x30,
    IOMMU_FQT = 0x34,
    IOMMU_CQCSR = 0x48,
    IOMMU_FQCSR = 0x4c,
    IOMMU_IPSR = 0x54,
    IOMMU_ICVEC = 0x2f8,
    IOMMU_MSI_CFG_TBL = 0x300,
    IOMMU_REGISTERS_END = 0x400,
};

#define IOMMU_CAP_SV39X4 BIT(17)
#define IOMMU_CAP_SV48X4 BIT(18)
#define IOMMU_CAP_MSI_FLAT BIT(22)
#define IOMMU_CAP_IGS MASK(29, 28)
#define IOMMU_PPN MASK(53, 10) /* of a directory, a queue, an entry */

/* A device context, §2.1.3; the words after these, of MSIs, stay 0. */
enum { IOMMU_TC, IOMMU_IOHGATP, IOMMU_TA, IOMMU_FSC };
#define IOMMU_TC_V BIT(0)
#define IOMMU_TC_DTF BIT(4) /* faults of its translation are not recorded */
/* hgatp and iohgatp are one but for the number that the translations are kept under. */
#define IOMMU_ATP_ID MASK(59, 44)

/* Interrupts are by MSI, by wire, or by either (§5.3). */
enum { IGS_MSI, IGS_WSI };

struct iommu {
    uintptr_t base;
    uint64_t capabilities;
    struct iommu_config config;
    bool ready;           /* from iommu_init() on */
    struct spinlock lock; /* below: held */
    /* The directory: 1 to 3 levels of tables. */
    uint32_t levels;
    uint64_t *root;
    bool overrun; /* the fault queue was full: faults were lost since this was cleared */
};

/* iommu.c: the machine's. */
extern struct iommu iommu_unit;

/* iommu_queue.c: makes the command and the fault queue and turns them on. ERR_NO_MEMORY,
 * ERR_TIMEOUT. */
enum err iommu_queues_init(struct iommu *iommu);
/* iommu_queue.c. Lock held: forgets what the IOMMU keeps of the device's context and of `gscid`,
 * and waits until the device's earlier accesses are done. ERR_TIMEOUT. */
enum err iommu_forget(struct iommu *iommu, uint32_t device, uint16_t gscid);
/* iommu_queue.c. Lock held: takes the oldest fault; false: there is none. */
bool iommu_take_fault(struct iommu *iommu, struct iommu_fault *fault);
/* iommu_queue.c: faults do not interrupt; and they do again. True: some are in the queue, which
 * came before that. */
void iommu_hold_interrupt(const struct iommu *iommu);
bool iommu_let_interrupt(const struct iommu *iommu);

/* iommu_directory.c: an empty directory, which refuses all. ERR_NO_MEMORY, ERR_UNSUPPORTED,
 * ERR_TIMEOUT. */
enum err iommu_directory_init(struct iommu *iommu);
/* iommu_directory.c. Lock held: the device's context, made if `make`; its first word says whether
 * it counts. ERR_RANGE, ERR_NO_MEMORY; ERR_NOT_FOUND: there is none and none was to be made. */
enum err iommu_context(struct iommu *iommu, uint32_t device, bool make, uint64_t **context);

/* iommu_faults.c. Lock held: the device's faults are counted anew. ERR_NO_MEMORY: too many devices.
 */
enum err iommu_count_faults(uint32_t device);
/* iommu_interrupt.c: whether they come by wire; else they are messages. */
bool iommu_has_wire(const struct iommu *iommu);
/* iommu_interrupt.c: the IOMMU's first interrupt, which stands for all, calls `handler` on the
 * hart. The errors of iommu_watch_faults(). */
enum err iommu_enable_interrupt(const struct iommu *iommu, uint32_t hart_index,
                                void (*handler)(void *context));

/* iommu.c: waits until the bits of `mask` of a register of 32 bits are `value`, at most a second.
 */
enum err iommu_wait(const struct iommu *unit, enum iommu_register at, uint32_t mask,
                    uint32_t value);
