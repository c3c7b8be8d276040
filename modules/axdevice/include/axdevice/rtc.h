/*
 * The goldfish RTC: nanoseconds since 1970 in two 32-bit registers, an alarm, an interrupt.
 * It has no timer of its own: who runs the machine asks rtc_deadline() and calls rtc_tick() then;
 * each access checks the alarm too.
 */
#pragma once
#include <axdevice/bus.h>
#include <axdevice/irq.h>
#include <axsync/spinlock.h>

#define RTC_SIZE UINT64_C(0x1000)
#define RTC_NEVER UINT64_MAX

struct rtc {
    struct mmio_device device;
    struct irq_line irq;
    uint64_t (*now)(void *context);
    void *now_context;

    struct spinlock lock;
    /* lock must be held: */
    uint64_t offset;    /* guest's time - now(), modulo 2^64 */
    uint32_t time_high; /* latched by a read of TIME_LOW */
    uint32_t alarm_high;
    uint64_t alarm; /* in the guest's time */
    bool alarm_armed;
    bool irq_pending;
    bool irq_enabled;
};

/* `now` gives ns since 1970 on any hart; it and the line are called with the RTC's lock held. */
void rtc_init(struct rtc *rtc, gpa_t base, struct irq_line irq, uint64_t (*now)(void *context),
              void *context);

/* When the alarm is due, on the scale of `now`; RTC_NEVER if none is set. Any hart. */
uint64_t rtc_deadline(struct rtc *rtc);
/* Fires the alarm if it is due. Any hart. */
void rtc_tick(struct rtc *rtc);
