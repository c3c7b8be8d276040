/*
 * The goldfish RTC: nanoseconds since 1970 in two 32-bit registers, an alarm, an interrupt. Each
 * access checks the alarm too.
 */
#pragma once
#include <axdevice/model.h>
#include <axsync/spinlock.h>

struct rtc {
    struct mmio_device device;
    struct irq_line irq;
    const struct device_machine *machine;

    struct spinlock lock;
    /* lock must be held: */
    uint64_t offset;    /* guest's time - the machine's, modulo 2^64 */
    uint32_t time_high; /* latched by a read of TIME_LOW */
    uint32_t alarm_high;
    uint64_t alarm; /* in the guest's time */
    bool alarm_armed;
    bool irq_pending;
    bool irq_enabled;
};

extern const struct device_model rtc_model;
