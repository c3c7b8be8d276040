#include "sswi.h"
#include <axhal/csr_bits.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axlog/log.h>
#include <lib/assert.h>
#include <lib/exit_path.h>
#include <lib/sbi.h>

static uintptr_t registers[PLATFORM_MAX_HARTS]; /* SETSSIP of hart_at(i) */

static enum err find_register(const struct hardware *hw, uint32_t index)
{
    const struct sswi_config *sswi = &hw->sswi;
    uint64_t hart_id = hart_at(index)->id;
    uint32_t number;
    if (hardware_target(hw, &sswi->targets, IRQ_SSI, hart_id, &number) != OK ||
        !range_inside(4 * (uint64_t)number, 4, 0, sswi->size)) {
        log_warn("ACLINT SSWI at 0x%lx: has no register for hart %lu; IPIs go by the firmware",
                 (unsigned long)sswi->base.a, (unsigned long)hart_id);
        return ERR_NOT_FOUND;
    }
    registers[index] = sswi->base.a + 4 * (uintptr_t)number;
    return OK;
}

enum err sswi_init(const struct hardware *hw)
{
    enum err err = OK;
    for (uint32_t i = 0; i < hart_count() && err == OK; i++)
        err = find_register(hw, i);
    if (err != OK)
        return err;
    err = paging_map_device(hw->sswi.base, hw->sswi.size);
    if (err != OK)
        log_warn("ACLINT SSWI at 0x%lx: no memory to map its registers",
                 (unsigned long)hw->sswi.base.a);
    else
        log_info("IPIs: ACLINT SSWI at 0x%lx", (unsigned long)hw->sswi.base.a);
    return err;
}

EXIT_PATH long sswi_send_ipi(const struct hart *hart)
{
    DEBUG_ASSERT(registers[hart->index] != 0);
    io_write32(registers[hart->index], 1);
    return SBI_SUCCESS;
}
