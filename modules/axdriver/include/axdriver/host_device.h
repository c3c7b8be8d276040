/*
 * A platform device of the host that can be assigned to a guest: one block of registers with pages
 * of its own, at most one interrupt, not used by the host. Pure: also runs on the build machine.
 */
#pragma once
#include <axdriver/hardware.h>

struct host_device {
    int node;             /* what libfdt knows it by */
    hpa_t base;           /* of its registers, which are alone in their pages */
    uint64_t size;        /* bytes */
    struct wired_irq irq; /* source 0: it has none */
    bool dma;             /* it may access memory by itself, as far as we know */
};

/* Why a device can't be assigned: words for "NAME: …". */
struct host_device_fault {
    const char *reason;
    const char *other; /* the node that is in the way, inside the tree; NULL: none */
};

/*
 * `path` is a path or an alias in the tree `fdt`, which `hw` was probed from. False: `fault` says
 * why it is not a device to give.
 */
bool host_device_find(const struct hardware *hw, const void *fdt, const char *path,
                      struct host_device *out, struct host_device_fault *fault);
