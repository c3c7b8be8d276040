/*
 * The goldfish RTC's registers. The guest's time is the machine's plus an offset that its writes to
 * TIME move. The alarm is armed by ALARM_LOW, fires once, and pends until CLEAR_INTERRUPT.
 */
#include <axdevice/rtc.h>
#include <lib/assert.h>
#include <lib/bits.h>

enum {
    TIME_LOW = 0x00, /* a read latches the time for TIME_HIGH */
    TIME_HIGH = 0x04,
    ALARM_LOW = 0x08, /* a write takes ALARM_HIGH with it and arms */
    ALARM_HIGH = 0x0c,
    IRQ_ENABLED = 0x10,
    CLEAR_ALARM = 0x14,
    ALARM_STATUS = 0x18,
    CLEAR_INTERRUPT = 0x1c,
    REGISTERS_END = 0x24, /* the last of them is reserved */
};

#define LOW_HALF MASK(31, 0)

static uint64_t machine_time(const struct rtc *rtc)
{
    return rtc->machine->now(rtc->machine->context);
}

static uint64_t guest_time(const struct rtc *rtc)
{
    return machine_time(rtc) + rtc->offset;
}

/* ns from the guest's time `time` to the alarm. */
static uint64_t time_left(const struct rtc *rtc, uint64_t time)
{
    if (!rtc->alarm_armed)
        return DEVICE_NEVER;
    return rtc->alarm > time ? rtc->alarm - time : 0;
}

/* Fires the alarm if it is due and makes the line follow. Returns the vCPUs to notify. */
static uint64_t update(struct rtc *rtc)
{
    spin_debug_assert_held(&rtc->lock);
    if (time_left(rtc, guest_time(rtc)) == 0) {
        rtc->alarm_armed = false;
        rtc->irq_pending = true;
    }
    return irq_drive(&rtc->irq, rtc->irq_pending && rtc->irq_enabled);
}

static void unlock(struct rtc *rtc, uint64_t vcpus)
{
    spin_unlock(&rtc->lock);
    irq_tell(&rtc->irq, vcpus);
}

static void set_guest_time(struct rtc *rtc, uint64_t time)
{
    spin_debug_assert_held(&rtc->lock);
    rtc->offset = time - machine_time(rtc);
}

static uint32_t read_register(struct rtc *rtc, uint64_t offset)
{
    spin_debug_assert_held(&rtc->lock);
    uint64_t time = guest_time(rtc);
    switch (offset) {
    case TIME_LOW:
        rtc->time_high = (uint32_t)(time >> 32);
        return (uint32_t)time;
    case TIME_HIGH:
        return rtc->time_high;
    case ALARM_LOW:
        return (uint32_t)rtc->alarm;
    case ALARM_HIGH:
        return rtc->alarm_high;
    case IRQ_ENABLED:
        return rtc->irq_enabled;
    case ALARM_STATUS:
        return rtc->alarm_armed;
    default:
        return 0;
    }
}

static void write_register(struct rtc *rtc, uint64_t offset, uint32_t value)
{
    spin_debug_assert_held(&rtc->lock);
    uint64_t time = guest_time(rtc);
    switch (offset) {
    case TIME_LOW:
        set_guest_time(rtc, (time & ~LOW_HALF) | value);
        break;
    case TIME_HIGH:
        set_guest_time(rtc, (time & LOW_HALF) | (uint64_t)value << 32);
        break;
    case ALARM_LOW:
        rtc->alarm = (uint64_t)rtc->alarm_high << 32 | value;
        rtc->alarm_armed = true;
        break;
    case ALARM_HIGH:
        rtc->alarm_high = value;
        break;
    case IRQ_ENABLED:
        rtc->irq_enabled = value & 1;
        break;
    case CLEAR_ALARM:
        rtc->alarm_armed = false;
        break;
    case CLEAR_INTERRUPT:
        rtc->irq_pending = false;
        break;
    default:
        break;
    }
}

static bool is_register(uint64_t offset, unsigned width)
{
    return width == 4 && offset < REGISTERS_END;
}

static enum err rtc_read(struct mmio_device *device, uint64_t offset, unsigned width,
                         uint64_t *value)
{
    struct rtc *rtc = container_of(device, struct rtc, device);
    if (!is_register(offset, width))
        return ERR_INVALID;
    spin_lock(&rtc->lock);
    uint64_t vcpus = update(rtc);
    *value = read_register(rtc, offset);
    unlock(rtc, vcpus);
    return OK;
}

static enum err rtc_write(struct mmio_device *device, uint64_t offset, unsigned width,
                          uint64_t value)
{
    struct rtc *rtc = container_of(device, struct rtc, device);
    if (!is_register(offset, width))
        return ERR_INVALID;
    spin_lock(&rtc->lock);
    write_register(rtc, offset, (uint32_t)value);
    unlock(rtc, update(rtc));
    rtc->machine->rearm(rtc->machine->context);
    return OK;
}

/* The time goes on over a reset, as it does on a board. */
static void rtc_reset(struct mmio_device *device)
{
    struct rtc *rtc = container_of(device, struct rtc, device);
    spin_lock(&rtc->lock);
    rtc->time_high = 0;
    rtc->alarm_high = 0;
    rtc->alarm = 0;
    rtc->alarm_armed = false;
    rtc->irq_pending = false;
    rtc->irq_enabled = false;
    unlock(rtc, update(rtc));
}

static const struct mmio_ops rtc_ops = {
    .read = rtc_read, .write = rtc_write, .reset = rtc_reset, .widest = 4};

static void rtc_init(struct mmio_device *device, const struct device_site *site)
{
    ASSERT(site->machine->now != NULL && site->machine->rearm != NULL);
    struct rtc *rtc = container_of(device, struct rtc, device);
    *rtc = (struct rtc){
        .device = {"rtc", site->base, site->size, &rtc_ops, LEDGER_MMIO_RTC},
        .irq = site->irq,
        .machine = site->machine,
        .lock = SPINLOCK("rtc"),
    };
}

static uint64_t rtc_deadline(struct mmio_device *device)
{
    struct rtc *rtc = container_of(device, struct rtc, device);
    spin_lock(&rtc->lock);
    uint64_t now = machine_time(rtc);
    uint64_t left = time_left(rtc, now + rtc->offset);
    spin_unlock(&rtc->lock);
    return left < DEVICE_NEVER - now ? now + left : DEVICE_NEVER;
}

static void rtc_tick(struct mmio_device *device)
{
    struct rtc *rtc = container_of(device, struct rtc, device);
    spin_lock(&rtc->lock);
    unlock(rtc, update(rtc));
}

const struct device_model rtc_model = {
    .size = sizeof(struct rtc), .init = rtc_init, .deadline = rtc_deadline, .tick = rtc_tick};
