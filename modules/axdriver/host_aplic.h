/*
 * The host's APLIC, supervisor domain, in MSI delivery mode (AIA 1.0 §4): it turns wired
 * interrupts into messages to the harts' IMSICs.
 */
#pragma once
#include <axdriver/hardware.h>
#include <stdbool.h>

#define APLIC_MOST_SOURCES 1023 /* §4 */

/* sourcecfg.SM: §4.5.2. */
enum source_mode { INACTIVE = 0, EDGE_RISING = 4, EDGE_FALLING = 5, LEVEL_HIGH = 6, LEVEL_LOW = 7 };

/* Maps it, masks all sources, starts delivery. ERR_UNSUPPORTED: it can't send MSIs. */
enum err host_aplic_init(const struct aplic_config *aplic);

/*
 * Sends `irq` as identity `identity` to the hart with the index `hart_index` in the sense of
 * AIA 1.0 §4.5.16. ERR_NOT_FOUND: the source is not in this domain, or can't be triggered so.
 */
enum err host_aplic_enable(const struct aplic_config *aplic, const struct wired_irq *irq,
                           uint32_t hart_index, uint32_t identity);

/* The source stops sending. A message that is on its way still arrives. */
void host_aplic_disable(const struct aplic_config *aplic, const struct wired_irq *irq);

/* After the handler: a level that is still active is sent once more (AIA 1.0 §4.9.2). */
void host_aplic_end(const struct aplic_config *aplic, const struct wired_irq *irq);

/* A guest interrupt file of a hart, or with the index 0 the hart's own (AIA 1.0 §4.5.16). */
struct host_aplic_target {
    uint32_t hart_index, guest_index, identity;
};

/* Registers of one source; `mode` is sourcecfg.SM (§4.5.2), 0: inactive. False: the source is not
 * in this domain, or does not have the mode. */
bool host_aplic_set_mode(const struct aplic_config *aplic, uint32_t source, uint32_t mode);
uint32_t host_aplic_mode(const struct aplic_config *aplic, uint32_t source);
void host_aplic_set_target(const struct aplic_config *aplic, uint32_t source,
                           const struct host_aplic_target *to);
void host_aplic_set_enable(const struct aplic_config *aplic, uint32_t source, bool enable);
void host_aplic_set_pending(const struct aplic_config *aplic, uint32_t source, bool pending);
bool host_aplic_is_pending(const struct aplic_config *aplic, uint32_t source);
/* The rectified input (§4.5.7). */
bool host_aplic_is_active(const struct aplic_config *aplic, uint32_t source);
