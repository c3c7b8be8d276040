#include "host_aplic.h"
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axlog/log.h>
#include <lib/bits.h>

/* Registers of a domain: AIA 1.0 §4.5. */
enum {
    DOMAINCFG = 0x0000,
    SOURCECFG = 0x0004, /* of source 1 */
    IN_CLRIP = 0x1d00,  /* 32 sources each */
    CLRIE = 0x1f00,     /* the same */
    SETIENUM = 0x1edc,
    SETIPNUM = 0x1cdc,
    TARGET = 0x3004, /* of source 1 */
    REGISTERS_END = 0x4000,
};
#define DOMAINCFG_DM BIT(2) /* MSI delivery mode */
#define DOMAINCFG_IE BIT(8)
#define TARGET_HART MASK(31, 18)
#define TARGET_EIID MASK(10, 0)
#define MAX_SOURCES 1023

enum source_mode { INACTIVE = 0, EDGE_RISING = 4, EDGE_FALLING = 5, LEVEL_HIGH = 6, LEVEL_LOW = 7 };

static enum source_mode source_mode(enum irq_trigger trigger)
{
    switch (trigger) {
    case IRQ_EDGE_RISING:
        return EDGE_RISING;
    case IRQ_EDGE_FALLING:
        return EDGE_FALLING;
    case IRQ_LEVEL_HIGH:
        return LEVEL_HIGH;
    case IRQ_LEVEL_LOW:
        return LEVEL_LOW;
    }
    return INACTIVE;
}

enum err host_aplic_init(const struct aplic_config *aplic)
{
    uintptr_t base = aplic->base.a;
    unsigned long at = (unsigned long)base;
    if (aplic->size < REGISTERS_END || aplic->sources > MAX_SOURCES) {
        log_error("APLIC at 0x%lx: size 0x%lx with %u sources; expected 0x4000 with up to 1023", at,
                  (unsigned long)aplic->size, aplic->sources);
        return ERR_UNSUPPORTED;
    }
    if (paging_map_device(aplic->base, aplic->size) != OK) {
        log_error("APLIC at 0x%lx: no memory to map its registers", at);
        return ERR_NO_MEMORY;
    }
    for (uint32_t source = 0; source <= aplic->sources; source += 32)
        io_write32(base + CLRIE + source / 8, UINT32_MAX);
    io_write32(base + DOMAINCFG, DOMAINCFG_IE | DOMAINCFG_DM);
    if ((io_read32(base + DOMAINCFG) & DOMAINCFG_DM) == 0) {
        log_error("APLIC at 0x%lx: domaincfg.DM stays 0; expected MSI delivery mode", at);
        return ERR_UNSUPPORTED;
    }
    return OK;
}

/* sourcecfg keeps a mode only for a source that was delegated to this domain (§4.5.2). */
enum err host_aplic_enable(const struct aplic_config *aplic, const struct wired_irq *irq,
                           uint32_t hart_index, uint32_t identity)
{
    uintptr_t base = aplic->base.a, nth = 4 * (irq->source - 1);
    enum source_mode mode = source_mode(irq->trigger);
    io_write32(base + SOURCECFG + nth, mode);
    if (mode == INACTIVE || io_read32(base + SOURCECFG + nth) != mode)
        return ERR_NOT_FOUND;
    io_write32(base + TARGET + nth,
               (uint32_t)(FIELD_PUT(TARGET_HART, hart_index) | FIELD_PUT(TARGET_EIID, identity)));
    io_write32(base + SETIENUM, irq->source);
    host_aplic_end(aplic, irq); /* the level may be active already */
    return OK;
}

/* An inactive source has no pending and no enable bit (§4.5.2). */
void host_aplic_disable(const struct aplic_config *aplic, const struct wired_irq *irq)
{
    io_write32(aplic->base.a + SOURCECFG + 4 * (irq->source - 1), INACTIVE);
}

bool host_aplic_is_active(const struct aplic_config *aplic, const struct wired_irq *irq)
{
    uint32_t inputs = io_read32(aplic->base.a + IN_CLRIP + irq->source / 32 * 4);
    return (inputs >> irq->source % 32 & 1) != 0;
}

void host_aplic_end(const struct aplic_config *aplic, const struct wired_irq *irq)
{
    if (irq->trigger == IRQ_LEVEL_HIGH || irq->trigger == IRQ_LEVEL_LOW)
        io_write32(aplic->base.a + SETIPNUM, irq->source);
}
