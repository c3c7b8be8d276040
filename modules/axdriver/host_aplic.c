#include "host_aplic.h"
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axlog/log.h>
#include <lib/assert.h>
#include <lib/bits.h>

/* Registers of a domain: AIA 1.0 §4.5. */
enum {
    DOMAINCFG = 0x0000,
    SOURCECFG = 0x0004, /* of source 1 */
    SETIP = 0x1c00,     /* 32 sources each, as IN_CLRIP and CLRIE */
    SETIPNUM = 0x1cdc,
    IN_CLRIP = 0x1d00,
    CLRIPNUM = 0x1ddc,
    SETIENUM = 0x1edc,
    CLRIE = 0x1f00,
    CLRIENUM = 0x1fdc,
    TARGET = 0x3004, /* of source 1 */
    REGISTERS_END = 0x4000,
};
#define DOMAINCFG_DM BIT(2) /* MSI delivery mode */
#define DOMAINCFG_IE BIT(8)
#define TARGET_HART MASK(31, 18)
#define TARGET_GUEST MASK(17, 12)
#define TARGET_EIID MASK(10, 0)

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
    if (aplic->size < REGISTERS_END || aplic->sources > APLIC_MOST_SOURCES) {
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
bool host_aplic_set_mode(const struct aplic_config *aplic, uint32_t source, uint32_t mode)
{
    DEBUG_ASSERT(source >= 1 && source <= aplic->sources);
    uintptr_t at = aplic->base.a + SOURCECFG + 4 * (source - 1);
    io_write32(at, mode);
    return io_read32(at) == mode;
}

uint32_t host_aplic_mode(const struct aplic_config *aplic, uint32_t source)
{
    DEBUG_ASSERT(source >= 1 && source <= aplic->sources);
    return io_read32(aplic->base.a + SOURCECFG + 4 * (source - 1));
}

void host_aplic_set_target(const struct aplic_config *aplic, uint32_t source,
                           const struct host_aplic_target *to)
{
    DEBUG_ASSERT(source >= 1 && source <= aplic->sources);
    io_write32(aplic->base.a + TARGET + 4 * (source - 1),
               (uint32_t)(FIELD_PUT(TARGET_HART, to->hart_index) |
                          FIELD_PUT(TARGET_GUEST, to->guest_index) |
                          FIELD_PUT(TARGET_EIID, to->identity)));
}

void host_aplic_set_enable(const struct aplic_config *aplic, uint32_t source, bool enable)
{
    DEBUG_ASSERT(source >= 1 && source <= aplic->sources);
    io_write32(aplic->base.a + (enable ? SETIENUM : CLRIENUM), source);
}

void host_aplic_set_pending(const struct aplic_config *aplic, uint32_t source, bool pending)
{
    DEBUG_ASSERT(source >= 1 && source <= aplic->sources);
    io_write32(aplic->base.a + (pending ? SETIPNUM : CLRIPNUM), source);
}

static bool read_bit(const struct aplic_config *aplic, uintptr_t words, uint32_t source)
{
    DEBUG_ASSERT(source >= 1 && source <= aplic->sources);
    return (io_read32(aplic->base.a + words + source / 32 * 4) >> source % 32 & 1) != 0;
}

bool host_aplic_is_pending(const struct aplic_config *aplic, uint32_t source)
{
    return read_bit(aplic, SETIP, source);
}

bool host_aplic_is_active(const struct aplic_config *aplic, uint32_t source)
{
    return read_bit(aplic, IN_CLRIP, source);
}

enum err host_aplic_enable(const struct aplic_config *aplic, const struct wired_irq *irq,
                           uint32_t hart_index, uint32_t identity)
{
    enum source_mode mode = source_mode(irq->trigger);
    if (!host_aplic_set_mode(aplic, irq->source, mode) || mode == INACTIVE)
        return ERR_NOT_FOUND;
    host_aplic_set_target(
        aplic, irq->source,
        &(struct host_aplic_target){.hart_index = hart_index, .identity = identity});
    host_aplic_set_enable(aplic, irq->source, true);
    host_aplic_end(aplic, irq); /* the level may be active already */
    return OK;
}

/* An inactive source has no pending and no enable bit (§4.5.2). */
void host_aplic_disable(const struct aplic_config *aplic, const struct wired_irq *irq)
{
    (void)host_aplic_set_mode(aplic, irq->source, INACTIVE);
}

void host_aplic_end(const struct aplic_config *aplic, const struct wired_irq *irq)
{
    if (irq->trigger == IRQ_LEVEL_HIGH || irq->trigger == IRQ_LEVEL_LOW)
        host_aplic_set_pending(aplic, irq->source, true);
}
