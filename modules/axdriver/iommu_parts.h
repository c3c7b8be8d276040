/* Between the parts of the IOMMU's driver: registers (§5) of RISC-V IOMMU 1.0, and who has what. */
#pragma once
#include <axdriver/hardware.h>
#include <axdriver/iommu.h>
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
    IOMMU_REGISTERS_END = 0x300,
};

#define IOMMU_CAP_SV39X4 BIT(17)
#define IOMMU_CAP_SV48X4 BIT(18)
#define IOMMU_CAP_MSI_FLAT BIT(22)
#define IOMMU_CAP_IGS MASK(29, 28)
#define IOMMU_PPN MASK(53, 10) /* of a directory, a queue, an entry */

struct iommu {
    uintptr_t base;
    uint64_t capabilities;
    /* The directory: 1 to 3 levels of tables; lock of iommu.c held. */
    uint32_t levels;
    uint64_t *root;
};

/* iommu_queue.c: makes the command and the fault queue and turns them on. ERR_NO_MEMORY,
 * ERR_TIMEOUT. */
enum err iommu_queues_init(struct iommu *iommu);
/* iommu_queue.c. Lock held: forgets what the IOMMU keeps of the device's context and of `gscid`,
 * and waits until the device's earlier accesses are done. ERR_TIMEOUT. */
enum err iommu_forget(struct iommu *iommu, uint32_t device, uint16_t gscid);
/* iommu_queue.c. Lock held: takes the oldest fault; false: there is none. */
bool iommu_take_fault(struct iommu *iommu, struct iommu_fault *fault);

/* iommu_directory.c: an empty directory, which refuses all. ERR_NO_MEMORY, ERR_UNSUPPORTED,
 * ERR_TIMEOUT. */
enum err iommu_directory_init(struct iommu *iommu);
/* iommu_directory.c. Lock held: the device's context, made if `make`; its first word says whether
 * it counts. ERR_RANGE, ERR_NO_MEMORY; ERR_NOT_FOUND: there is none and none was to be made. */
enum err iommu_context(struct iommu *iommu, uint32_t device, bool make, uint64_t **context);

/* iommu.c: waits until the bits of `mask` of a register of 32 bits are `value`, at most a second.
 */
enum err iommu_wait(const struct iommu *unit, enum iommu_register at, uint32_t mask,
                    uint32_t value);
