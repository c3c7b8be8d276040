/*
 * Wired interrupts that the host's APLIC sends to guest interrupt files (guest_file.h): a guest
 * that has the wire's device is interrupted without the host in between. Any hart; a wire that is
 * not open is neither pending nor active, and nothing changes it.
 */
#pragma once
#include <axdriver/hardware.h>
#include <axhal/hart.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stdint.h>

/* How the guest has configured the wire. */
struct guest_wire_route {
    uint32_t mode; /* sourcecfg.SM (AIA 1.0 §4.5.2) for a line that is high while the device asks */
    bool enabled;  /* what pends is sent */
    const struct hart *hart;
    uint32_t file, identity; /* the hart's guest interrupt file, and what it gets */
};

/* It is inactive until it is routed. ERR_NOT_FOUND: the APLIC has no such source for us;
 * ERR_EXISTS: it is open. */
enum err guest_wire_open(const struct wired_irq *wire);
/* It stops sending. A message that is on its way still arrives. */
void guest_wire_close(const struct wired_irq *wire);
void guest_wire_route(const struct wired_irq *wire, const struct guest_wire_route *to);

/* The source's pending bit, which a level-sensitive one has only while it is active; and its
 * rectified input (§4.5.7). */
void guest_wire_pend(const struct wired_irq *wire, bool pending);
bool guest_wire_is_pending(const struct wired_irq *wire);
bool guest_wire_is_active(const struct wired_irq *wire);
