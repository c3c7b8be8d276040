/*
 * A device in software that asks of its machine a range of addresses, an interrupt line and the
 * functions of struct device_machine, and nothing else. Such a device is a file of axdevice, whose
 * `const struct device_model NAME_model` says all, and a row of GUEST_MODELS (axvmconfig/layout.h).
 */
#pragma once
#include <axdevice/bus.h>
#include <axdevice/irq.h>
#include <stddef.h>

#define DEVICE_NEVER UINT64_MAX

enum device_end { DEVICE_SHUTDOWN, DEVICE_FAIL, DEVICE_RESET };

/* Each gets `context`. Any hart. */
struct device_machine {
    /* ns since 1970; it never goes back. The device may hold its lock. */
    uint64_t (*now)(void *context);
    /* Hart of the vCPU whose access it was, no lock held: deadline() is another one now. */
    void (*rearm)(void *context);
    /* The machine ends; `reason` stays. It returns, and the guest goes on for a while. */
    void (*end)(void *context, enum device_end how, const char *reason);
    void *context;
};

struct device_site {
    gpa_t base;
    uint64_t size; /* bytes */
    struct irq_line irq;
    const struct device_machine *machine; /* stays as long as the device */
};

struct device_model {
    size_t size; /* bytes of what the device is; a struct mmio_device comes first in them */
    void (*init)(struct mmio_device *device, const struct device_site *site);
    /* Of a device without a deadline both are NULL. Any hart: when tick() is due, on the scale of
     * now(), or DEVICE_NEVER; tick() does what is due, perhaps nothing. */
    uint64_t (*deadline)(struct mmio_device *device);
    void (*tick)(struct mmio_device *device);
};
