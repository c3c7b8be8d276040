/* The registers of an APLIC's domain (AIA 1.0 §4.5), which is little-endian only. */
#include <lib/assert.h>
#include <lib/bits.h>
#include <string.h>
#include "aplic_parts.h"

#define DOMAINCFG_FIXED UINT32_C(0x80000000)
#define DOMAINCFG_IE BIT(8)
#define DOMAINCFG_DM BIT(2)
#define IDC_BASE 0x4000
#define GENMSI_BASE 0x3000 /* genmsi and the targets */
#define BLOCK_SIZE 0x1000  /* of domaincfg and the sourcecfgs, and of genmsi and the targets */

enum kind {
    RESERVED,
    DOMAINCFG,
    SOURCECFG,
    SETIP,
    SETIPNUM,
    IN_CLRIP,
    CLRIPNUM,
    SETIE,
    SETIENUM,
    CLRIE,
    CLRIENUM,
    SETIPNUM_BE,
    GENMSI,
    TARGET,
};

/* Registers of one kind, one after the other: those with the numbers first .. end - 1. */
struct block {
    uint16_t base, first, end;
    uint8_t kind;
};

/* Where an offset leads: one register, `index` inside its kind. */
struct target {
    enum kind kind;
    uint32_t index;
};

static struct target decode(uint64_t offset)
{
    static const struct block blocks[] = {
        {0x0000, 0, 1, DOMAINCFG},
        {0x0004, 1, APLIC_SOURCES + 1, SOURCECFG},
        {0x1c00, 0, APLIC_WORDS, SETIP},
        {0x1cdc, 0, 1, SETIPNUM},
        {0x1d00, 0, APLIC_WORDS, IN_CLRIP},
        {0x1ddc, 0, 1, CLRIPNUM},
        {0x1e00, 0, APLIC_WORDS, SETIE},
        {0x1edc, 0, 1, SETIENUM},
        {0x1f00, 0, APLIC_WORDS, CLRIE},
        {0x1fdc, 0, 1, CLRIENUM},
        {0x2000, 0, 1, SETIPNUM},
        {0x2004, 0, 1, SETIPNUM_BE},
        {0x3000, 0, 1, GENMSI},
        {0x3004, 1, APLIC_SOURCES + 1, TARGET},
    };
    for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
        uint64_t index = (offset - blocks[i].base) / 4 + blocks[i].first;
        if (offset >= blocks[i].base && index < blocks[i].end)
            return (struct target){(enum kind)blocks[i].kind, (uint32_t)index};
    }
    return (struct target){.kind = RESERVED};
}

static uint32_t read_domaincfg(const struct aplic *aplic)
{
    return (uint32_t)(DOMAINCFG_FIXED | (aplic->enabled ? DOMAINCFG_IE : 0) |
                      (aplic_sends_msis(aplic) ? DOMAINCFG_DM : 0));
}

/* How interrupts are delivered, DM, is fixed, as on QEMU's virt machine. */
static void write_domaincfg(struct aplic *aplic, uint32_t value)
{
    spin_debug_assert_held(&aplic->lock);
    aplic->enabled = value & DOMAINCFG_IE;
    aplic_deliver_all(aplic);
}

/* An extempore MSI, whatever domaincfg.IE says. It has left at once: Busy is never seen. */
static void write_genmsi(struct aplic *aplic, uint32_t value)
{
    spin_debug_assert_held(&aplic->lock);
    if (!aplic_sends_msis(aplic))
        return;
    aplic->genmsi = value & (uint32_t)APLIC_MSI_TARGET;
    aplic_send(aplic, value);
}

static void for_each_bit(struct aplic *aplic, uint32_t word, uint32_t bits,
                         void (*act)(struct aplic *aplic, uint32_t source))
{
    for (; bits != 0; bits &= bits - 1)
        act(aplic, word * 32 + (uint32_t)__builtin_ctz(bits));
}

static uint32_t read_register(struct aplic *aplic, struct target t)
{
    spin_debug_assert_held(&aplic->lock);
    switch (t.kind) {
    case DOMAINCFG:
        return read_domaincfg(aplic);
    case SOURCECFG:
        return aplic->mode[t.index];
    case SETIP:
        return aplic_read_pending(aplic, t.index);
    case IN_CLRIP:
        return aplic_read_rectified(aplic, t.index);
    case SETIE:
        return aplic->enable[t.index];
    case GENMSI:
        return aplic->genmsi;
    case TARGET:
        return aplic_read_target(aplic, t.index);
    default:
        return 0;
    }
}

static void write_register(struct aplic *aplic, struct target t, uint32_t value)
{
    spin_debug_assert_held(&aplic->lock);
    switch (t.kind) {
    case DOMAINCFG:
        return write_domaincfg(aplic, value);
    case SOURCECFG:
        return aplic_write_sourcecfg(aplic, t.index, value);
    case SETIP:
        return for_each_bit(aplic, t.index, value, aplic_set_pending);
    case SETIPNUM:
        return aplic_set_pending(aplic, value);
    case SETIPNUM_BE:
        return aplic_set_pending(aplic, __builtin_bswap32(value));
    case IN_CLRIP:
        return for_each_bit(aplic, t.index, value, aplic_clear_pending);
    case CLRIPNUM:
        return aplic_clear_pending(aplic, value);
    case SETIE:
        return for_each_bit(aplic, t.index, value, aplic_set_enable);
    case SETIENUM:
        return aplic_set_enable(aplic, value);
    case CLRIE:
        return for_each_bit(aplic, t.index, value, aplic_clear_enable);
    case CLRIENUM:
        return aplic_clear_enable(aplic, value);
    case GENMSI:
        return write_genmsi(aplic, value);
    case TARGET:
        return aplic_write_target(aplic, t.index, value);
    case RESERVED:
        break;
    }
}

/* Interrupt delivery controls are there for direct delivery only. */
static bool is_idc(const struct aplic *aplic, uint64_t offset)
{
    return offset >= IDC_BASE && !aplic_sends_msis(aplic);
}

static bool is_allowed(unsigned width)
{
    return width == 4; /* §4.5 */
}

/* sourcecfg and target: reading changes nothing, and each is written as a whole. So they are read
 * without the lock, as on the real device between two writes. False: it is another register. */
static inline bool peek_source(const struct aplic *aplic, uint64_t offset, uint64_t *value)
{
    const uint64_t source = offset % BLOCK_SIZE / 4;
    if (source - 1 >= APLIC_SOURCES)
        return false;
    const uint32_t mode = __atomic_load_n(&aplic->mode[source], __ATOMIC_RELAXED);
    if (offset < BLOCK_SIZE) {
        *value = mode;
        return true;
    }
    /* Of an inactive source it is read-only zero (§4.5.16). */
    *value = mode == 0 ? 0 : __atomic_load_n(&aplic->target[source], __ATOMIC_RELAXED);
    return offset >= GENMSI_BASE && offset < IDC_BASE;
}

static __attribute__((noinline)) enum err read_locked(struct aplic *aplic, uint64_t offset,
                                                      uint64_t *value)
{
    spin_lock(&aplic->lock);
    *value = is_idc(aplic, offset) ? aplic_idc_read(aplic, offset - IDC_BASE)
                                   : read_register(aplic, decode(offset));
    external_tell(&aplic->output.external, aplic_unlock(aplic));
    return OK;
}

static enum err aplic_read(struct mmio_device *device, uint64_t offset, unsigned width,
                           uint64_t *value)
{
    struct aplic *aplic = container_of(device, struct aplic, device);
    if (!is_allowed(width))
        return ERR_INVALID;
    return peek_source(aplic, offset, value) ? OK : read_locked(aplic, offset, value);
}

static enum err aplic_write(struct mmio_device *device, uint64_t offset, unsigned width,
                            uint64_t value)
{
    struct aplic *aplic = container_of(device, struct aplic, device);
    if (!is_allowed(width))
        return ERR_INVALID;
    spin_lock(&aplic->lock);
    if (is_idc(aplic, offset))
        aplic_idc_write(aplic, offset - IDC_BASE, (uint32_t)value);
    else
        write_register(aplic, decode(offset), (uint32_t)value);
    external_tell(&aplic->output.external, aplic_unlock(aplic));
    return OK;
}

/* The lines count as low: the reset of the devices on them, before or after, drives them so. */
static void aplic_reset(struct mmio_device *device)
{
    struct aplic *aplic = container_of(device, struct aplic, device);
    spin_lock(&aplic->lock);
    aplic->enabled = false;
    aplic->genmsi = 0;
    memset(aplic->mode, 0, sizeof(aplic->mode));
    memset(aplic->target, 0, sizeof(aplic->target));
    memset(aplic->level, 0, sizeof(aplic->level));
    memset(aplic->pending, 0, sizeof(aplic->pending));
    memset(aplic->enable, 0, sizeof(aplic->enable));
    for (uint32_t source = 1; source <= APLIC_SOURCES; source++)
        if (aplic_is_passed(aplic, source))
            aplic_passed_route(aplic, source);
    for (uint32_t i = 0; i < aplic->vcpu_count; i++) {
        aplic->idcs[i] = (struct aplic_idc){.eip = aplic->idcs[i].eip};
        aplic_idc_update(aplic, i);
    }
    external_tell(&aplic->output.external, aplic_unlock(aplic));
}

static const struct mmio_ops aplic_ops = {
    .read = aplic_read, .write = aplic_write, .reset = aplic_reset};

enum err aplic_init(struct aplic *aplic, gpa_t base, uint32_t vcpu_count,
                    struct aplic_output output)
{
    ASSERT(output.external.tell != NULL && (output.send != NULL || output.external.store != NULL));
    if (vcpu_count == 0 || vcpu_count > APLIC_MAX_VCPUS)
        return ERR_INVALID;
    memset(aplic, 0, sizeof(*aplic));
    aplic->device = (struct mmio_device){"aplic", base, APLIC_SIZE, &aplic_ops, LEDGER_MMIO_APLIC};
    aplic->vcpu_count = vcpu_count;
    aplic->output = output;
    aplic->lock = (struct spinlock)SPINLOCK("guest aplic");
    return OK;
}
