/*
 * The watchdog of Allwinner's D1 (its manual, Watchdog: register list), as Linux's sunxi_wdt drives
 * it. Once enabled it counts down from one of twelve intervals; a restart begins again, and at the
 * end it resets the machine or interrupts, as its configuration says.
 */
#include <axdevice/model.h>
#include <axsync/spinlock.h>
#include <lib/bits.h>

enum {
    IRQ_ENABLE = 0x00,
    IRQ_STATUS = 0x04, /* 1 written clears it */
    SOFT_RESET = 0x08,
    CONTROL = 0x10,
    CONFIG = 0x14,
    MODE = 0x18,
    OUTPUT = 0x1c, /* of a pin: it keeps what is written */
};

#define KEY UINT32_C(0x16aa0000) /* without it in the upper half a write does nothing */
#define RESTART (UINT32_C(0xa57) << 1 | 1)
#define CONFIG_RESETS 1 /* the machine; 2: it interrupts */
#define CONFIG_BITS UINT32_C(0x103)
#define MODE_ENABLED UINT32_C(1)
#define MODE_INTERVAL MASK(7, 4)
#define OUTPUT_AFTER_RESET UINT32_C(0x1f)

struct watchdog {
    struct mmio_device device;
    struct irq_line irq;
    const struct device_machine *machine;

    struct spinlock lock;
    /* lock must be held: */
    uint64_t due; /* on the machine's scale; DEVICE_NEVER: it does not count */
    uint32_t config, mode, output;
    bool irq_enabled, irq_pending;
};

/* ns of each value of the interval; those that the manual reserves count as the longest. */
static uint64_t interval(const struct watchdog *w)
{
    static const uint8_t halves[] = {1, 2, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32};
    uint64_t value = FIELD_GET(MODE_INTERVAL, w->mode);
    uint64_t last = ARRAY_SIZE(halves) - 1;
    return halves[value < last ? value : last] * UINT64_C(500000000);
}

static void restart(struct watchdog *w)
{
    spin_debug_assert_held(&w->lock);
    bool counts = (w->mode & MODE_ENABLED) != 0;
    w->due = counts ? w->machine->now(w->machine->context) + interval(w) : DEVICE_NEVER;
}

static bool has_key(uint32_t value)
{
    return (value & MASK(31, 16)) == KEY;
}

/* True: the machine is to be reset now. */
static bool write_register(struct watchdog *w, uint64_t offset, uint32_t value)
{
    spin_debug_assert_held(&w->lock);
    switch (offset) {
    case IRQ_ENABLE:
        w->irq_enabled = value & 1;
        break;
    case IRQ_STATUS:
        w->irq_pending &= !(value & 1);
        break;
    case SOFT_RESET:
        return has_key(value) && (value & 1) != 0;
    case CONTROL:
        if ((value & MASK(12, 0)) == RESTART)
            restart(w);
        break;
    case CONFIG:
        if (has_key(value))
            w->config = value & CONFIG_BITS;
        break;
    case MODE:
        if (has_key(value)) {
            w->mode = value & (MODE_INTERVAL | MODE_ENABLED);
            restart(w);
        }
        break;
    case OUTPUT:
        w->output = value;
        break;
    default:
        break;
    }
    return false;
}

static uint32_t read_register(const struct watchdog *w, uint64_t offset)
{
    spin_debug_assert_held(&w->lock);
    switch (offset) {
    case IRQ_ENABLE:
        return w->irq_enabled;
    case IRQ_STATUS:
        return w->irq_pending;
    case CONFIG:
        return w->config;
    case MODE:
        return w->mode;
    case OUTPUT:
        return w->output;
    default:
        return 0;
    }
}

static void unlock(struct watchdog *w)
{
    spin_debug_assert_held(&w->lock);
    uint64_t vcpus = irq_drive(&w->irq, w->irq_pending && w->irq_enabled);
    spin_unlock(&w->lock);
    irq_tell(&w->irq, vcpus);
}

static enum err watchdog_read(struct mmio_device *device, uint64_t offset, unsigned width,
                              uint64_t *value)
{
    struct watchdog *w = container_of(device, struct watchdog, device);
    if (width != 4)
        return ERR_INVALID;
    spin_lock(&w->lock);
    *value = read_register(w, offset);
    spin_unlock(&w->lock);
    return OK;
}

static enum err watchdog_write(struct mmio_device *device, uint64_t offset, unsigned width,
                               uint64_t value)
{
    struct watchdog *w = container_of(device, struct watchdog, device);
    if (width != 4)
        return ERR_INVALID;
    spin_lock(&w->lock);
    bool resets = write_register(w, offset, (uint32_t)value);
    unlock(w);
    w->machine->rearm(w->machine->context);
    if (resets)
        w->machine->end(w->machine->context, DEVICE_RESET, "reset by its watchdog's register");
    return OK;
}

static void watchdog_reset(struct mmio_device *device)
{
    struct watchdog *w = container_of(device, struct watchdog, device);
    spin_lock(&w->lock);
    w->config = CONFIG_RESETS;
    w->mode = 0;
    w->output = OUTPUT_AFTER_RESET;
    w->irq_enabled = w->irq_pending = false;
    w->due = DEVICE_NEVER;
    unlock(w);
}

static uint64_t watchdog_deadline(struct mmio_device *device)
{
    struct watchdog *w = container_of(device, struct watchdog, device);
    spin_lock(&w->lock);
    uint64_t due = w->due;
    spin_unlock(&w->lock);
    return due;
}

/* What only interrupts goes on to count. */
static void watchdog_tick(struct mmio_device *device)
{
    struct watchdog *w = container_of(device, struct watchdog, device);
    spin_lock(&w->lock);
    bool is_due = w->due <= w->machine->now(w->machine->context);
    bool resets = is_due && (w->config & MASK(1, 0)) == CONFIG_RESETS;
    if (is_due) {
        w->irq_pending |= !resets;
        restart(w);
    }
    unlock(w);
    if (resets)
        w->machine->end(w->machine->context, DEVICE_RESET, "reset by its watchdog");
}

static const struct mmio_ops watchdog_ops = {
    .read = watchdog_read, .write = watchdog_write, .reset = watchdog_reset, .widest = 4};

static void watchdog_init(struct mmio_device *device, const struct device_site *site)
{
    struct watchdog *w = container_of(device, struct watchdog, device);
    *w = (struct watchdog){
        .device = {"watchdog", site->base, site->size, &watchdog_ops, LEDGER_MMIO_OTHER},
        .irq = site->irq,
        .machine = site->machine,
        .lock = SPINLOCK("watchdog"),
        .due = DEVICE_NEVER,
        .config = CONFIG_RESETS,
        .output = OUTPUT_AFTER_RESET,
    };
}

const struct device_model watchdog_model = {.size = sizeof(struct watchdog),
                                            .init = watchdog_init,
                                            .deadline = watchdog_deadline,
                                            .tick = watchdog_tick};
