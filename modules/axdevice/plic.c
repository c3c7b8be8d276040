/*
 * PLIC 1.0.0. A line that is high and whose gateway is open becomes pending; a claim takes the
 * pending bit and closes the gateway; the completion opens it again, and a line that is still
 * high pends anew. A pending bit stays when its line falls (§ Interrupt Gateways).
 */
#include <axdevice/plic.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <string.h>

/* Memory map, § 3: register blocks and the stride of contexts in them. */
enum {
    PRIORITY_BASE = 0x0,
    PENDING_BASE = 0x1000,
    ENABLE_BASE = 0x2000,
    ENABLE_STRIDE = 0x80,
    CONTEXT_BASE = 0x200000,
    CONTEXT_STRIDE = 0x1000,
    CONTEXT_THRESHOLD = 0x0,
    CONTEXT_CLAIM = 0x4,
};

/* Where an offset leads: one register, `index` inside its block. */
struct target {
    enum { RESERVED, PRIORITY, PENDING, ENABLE, THRESHOLD, CLAIM } kind;
    uint32_t context;
    uint32_t index;
};

static bool bit_get(const uint32_t *words, uint32_t n)
{
    DEBUG_ASSERT(n < PLIC_SOURCES);
    return words[n / 32] >> (n % 32) & 1;
}

static void bit_put(uint32_t *words, uint32_t n, bool value)
{
    DEBUG_ASSERT(n < PLIC_SOURCES);
    uint32_t bit = UINT32_C(1) << (n % 32);
    words[n / 32] = value ? words[n / 32] | bit : words[n / 32] & ~bit;
}

static bool is_s_context(uint32_t context)
{
    return context % 2 == 1;
}

/* The pending, enabled source of highest priority above `floor`, the lowest id among equals; 0 if
 * there is none. */
static uint32_t best_source(const struct plic *plic, const struct plic_context *context,
                            uint8_t floor)
{
    uint32_t best = 0;
    for (uint32_t w = 0; w < PLIC_WORDS; w++) {
        uint32_t ready = plic->pending[w] & context->enable[w];
        for (; ready != 0; ready &= ready - 1) {
            uint32_t source = w * 32 + (uint32_t)__builtin_ctz(ready);
            if (plic->priority[source] > floor) {
                floor = plic->priority[source];
                best = source;
            }
        }
    }
    return best;
}

static void update_context(struct plic *plic, uint32_t index)
{
    spin_debug_assert_held(&plic->lock);
    DEBUG_ASSERT(index < 2 * plic->vcpu_count);
    struct plic_context *context = &plic->contexts[index];
    if (!is_s_context(index))
        return;
    bool eip = best_source(plic, context, context->threshold) != 0;
    if (eip != context->eip) {
        context->eip = eip;
        plic->output.store(plic->output.context, index / 2, eip);
        plic->changed |= BIT(index / 2);
    }
}

/* Returns the vCPUs to notify now. */
static uint64_t unlock(struct plic *plic)
{
    spin_debug_assert_held(&plic->lock);
    uint64_t vcpus = plic->changed;
    plic->changed = 0;
    spin_unlock(&plic->lock);
    return vcpus;
}

/* After a change of the pending bit or the priority of `source`. */
static void update_source(struct plic *plic, uint32_t source)
{
    spin_debug_assert_held(&plic->lock);
    for (uint32_t i = 0; i < 2 * plic->vcpu_count; i++)
        if (bit_get(plic->contexts[i].enable, source))
            update_context(plic, i);
}

/* A high line becomes a pending bit, unless the source is in service. */
static void pass_gateway(struct plic *plic, uint32_t source)
{
    spin_debug_assert_held(&plic->lock);
    if (bit_get(plic->level, source) && !bit_get(plic->in_service, source)) {
        bit_put(plic->pending, source, true);
        update_source(plic, source);
    }
}

/* The threshold hides an interrupt from EIP, not from a claim (§ Interrupt Claim Process). */
static uint32_t claim(struct plic *plic, struct plic_context *context)
{
    spin_debug_assert_held(&plic->lock);
    uint32_t source = best_source(plic, context, 0);
    if (source != 0) {
        bit_put(plic->pending, source, false);
        bit_put(plic->in_service, source, true);
        update_source(plic, source);
    }
    return source;
}

/* A source that the context does not enable is silently ignored (§ Interrupt Completion). */
static void complete(struct plic *plic, struct plic_context *context, uint32_t source)
{
    spin_debug_assert_held(&plic->lock);
    if (source == 0 || source >= PLIC_SOURCES || !bit_get(context->enable, source))
        return;
    bit_put(plic->in_service, source, false);
    const struct irq_end *end = plic->ends[source];
    if (end != NULL) {
        bit_put(plic->level, source, false);
        end->ended(end->context);
    }
    pass_gateway(plic, source);
}

static inline struct target decode_context(const struct plic *plic, uint64_t offset)
{
    uint32_t context = (uint32_t)((offset - CONTEXT_BASE) / CONTEXT_STRIDE);
    uint64_t reg = offset % CONTEXT_STRIDE;
    if (context >= 2 * plic->vcpu_count)
        return (struct target){.kind = RESERVED};
    if (reg == CONTEXT_THRESHOLD)
        return (struct target){.kind = THRESHOLD, .context = context};
    if (reg == CONTEXT_CLAIM)
        return (struct target){.kind = CLAIM, .context = context};
    return (struct target){.kind = RESERVED};
}

static inline struct target decode(const struct plic *plic, uint64_t offset)
{
    struct target t = {.kind = RESERVED};
    if (offset >= CONTEXT_BASE)
        return decode_context(plic, offset);
    if (offset >= ENABLE_BASE) {
        t.context = (uint32_t)((offset - ENABLE_BASE) / ENABLE_STRIDE);
        t.index = (uint32_t)(offset % ENABLE_STRIDE / 4);
        if (t.context < 2 * plic->vcpu_count && t.index < PLIC_WORDS)
            t.kind = ENABLE;
    } else if (offset >= PENDING_BASE) {
        t.index = (uint32_t)((offset - PENDING_BASE) / 4);
        if (t.index < PLIC_WORDS)
            t.kind = PENDING;
    } else {
        t.index = (uint32_t)((offset - PRIORITY_BASE) / 4);
        if (t.index != 0 && t.index < PLIC_SOURCES)
            t.kind = PRIORITY;
    }
    return t;
}

/* Registers that reading does not change: each is one word, or byte, which is written whole. So
 * they are read without the lock, as on the real device between two writes. */
static inline uint32_t peek_register(const struct plic *plic, struct target t)
{
    const struct plic_context *context = &plic->contexts[t.context];
    switch (t.kind) {
    case PRIORITY:
        return __atomic_load_n(&plic->priority[t.index], __ATOMIC_RELAXED);
    case PENDING:
        return __atomic_load_n(&plic->pending[t.index], __ATOMIC_RELAXED);
    case ENABLE:
        return __atomic_load_n(&context->enable[t.index], __ATOMIC_RELAXED);
    case THRESHOLD:
        return __atomic_load_n(&context->threshold, __ATOMIC_RELAXED);
    case CLAIM:
    case RESERVED:
        break;
    }
    return 0;
}

static void write_register(struct plic *plic, struct target t, uint32_t value)
{
    spin_debug_assert_held(&plic->lock);
    struct plic_context *context = &plic->contexts[t.context];
    switch (t.kind) {
    case PRIORITY:
        plic->priority[t.index] = value & PLIC_MAX_PRIORITY;
        update_source(plic, t.index);
        break;
    case ENABLE:
        context->enable[t.index] = t.index == 0 ? value & ~UINT32_C(1) : value;
        update_context(plic, t.context);
        break;
    case THRESHOLD:
        context->threshold = value & PLIC_MAX_PRIORITY;
        update_context(plic, t.context);
        break;
    case CLAIM:
        complete(plic, context, value);
        break;
    case PENDING: /* read-only */
    case RESERVED:
        break;
    }
}

static bool is_allowed(unsigned width)
{
    return width == 4;
}

static __attribute__((noinline)) enum err read_claim(struct plic *plic, uint32_t context,
                                                     uint64_t *value)
{
    spin_lock(&plic->lock);
    *value = claim(plic, &plic->contexts[context]);
    external_tell(&plic->output, unlock(plic));
    return OK;
}

static enum err plic_read(struct mmio_device *device, uint64_t offset, unsigned width,
                          uint64_t *value)
{
    struct plic *plic = container_of(device, struct plic, device);
    if (!is_allowed(width))
        return ERR_INVALID;
    const struct target t = decode(plic, offset);
    if (t.kind == CLAIM)
        return read_claim(plic, t.context, value);
    *value = peek_register(plic, t);
    return OK;
}

static enum err plic_write(struct mmio_device *device, uint64_t offset, unsigned width,
                           uint64_t value)
{
    struct plic *plic = container_of(device, struct plic, device);
    if (!is_allowed(width))
        return ERR_INVALID;
    spin_lock(&plic->lock);
    write_register(plic, decode(plic, offset), (uint32_t)value);
    external_tell(&plic->output, unlock(plic));
    return OK;
}

/* The lines count as low: the reset of the devices on them, before or after, drives them so. */
static void plic_reset(struct mmio_device *device)
{
    struct plic *plic = container_of(device, struct plic, device);
    spin_lock(&plic->lock);
    memset(plic->priority, 0, sizeof(plic->priority));
    memset(plic->level, 0, sizeof(plic->level));
    memset(plic->pending, 0, sizeof(plic->pending));
    memset(plic->in_service, 0, sizeof(plic->in_service));
    for (uint32_t i = 0; i < 2 * plic->vcpu_count; i++) {
        memset(plic->contexts[i].enable, 0, sizeof(plic->contexts[i].enable));
        plic->contexts[i].threshold = PLIC_MAX_PRIORITY; /* OpenSBI: none until the guest asks */
        update_context(plic, i);
    }
    external_tell(&plic->output, unlock(plic));
}

static const struct mmio_ops plic_ops = {
    .read = plic_read, .write = plic_write, .reset = plic_reset};

enum err plic_init(struct plic *plic, gpa_t base, uint32_t vcpu_count,
                   struct external_output output)
{
    ASSERT(output.store != NULL && output.tell != NULL);
    if (vcpu_count == 0 || vcpu_count > PLIC_MAX_VCPUS)
        return ERR_INVALID;
    memset(plic, 0, sizeof(*plic));
    plic->device = (struct mmio_device){"plic", base, PLIC_SIZE, &plic_ops, LEDGER_MMIO_PLIC};
    plic->vcpu_count = vcpu_count;
    plic->output = output;
    plic->lock = (struct spinlock)SPINLOCK("plic");
    return OK;
}

static uint64_t set_line(void *context, uint32_t source, bool level)
{
    DEBUG_ASSERT(source >= 1 && source < PLIC_SOURCES);
    struct plic *plic = context;
    spin_lock(&plic->lock);
    if (bit_get(plic->level, source) != level) {
        bit_put(plic->level, source, level);
        pass_gateway(plic, source);
    }
    return unlock(plic);
}

static void tell(void *context, uint64_t vcpus)
{
    const struct plic *plic = context;
    external_tell(&plic->output, vcpus);
}

static void set_end(void *context, uint32_t source, const struct irq_end *end)
{
    ASSERT(source >= 1 && source < PLIC_SOURCES);
    struct plic *plic = context;
    spin_lock(&plic->lock);
    plic->ends[source] = end;
    spin_unlock(&plic->lock);
}

struct irq_line plic_line(struct plic *plic, uint32_t source)
{
    ASSERT(source >= 1 && source < PLIC_SOURCES);
    return (struct irq_line){
        .set = set_line, .tell = tell, .on_end = set_end, .context = plic, .source = source};
}
