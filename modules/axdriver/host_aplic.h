/*
 * The host's APLIC, supervisor domain, in MSI delivery mode (AIA 1.0 §4): it turns wired
 * interrupts into messages to the harts' IMSICs.
 */
#pragma once
#include <axdriver/hardware.h>
#include <stdbool.h>

/* Maps it, masks all sources, starts delivery. ERR_UNSUPPORTED: it can't send MSIs. */
enum err host_aplic_init(const struct aplic_config *aplic);

/*
 * Sends `irq` as identity `identity` to the hart with the index `hart_index` in the sense of
 * AIA 1.0 §4.5.16. ERR_NOT_FOUND: the source is not in this domain, or can't be triggered so.
 */
enum err host_aplic_enable(const struct aplic_config *aplic, const struct wired_irq *irq,
                           uint32_t hart_index, uint32_t identity);

/* The source sends nothing more. A message that is on its way still arrives. */
void host_aplic_disable(const struct aplic_config *aplic, const struct wired_irq *irq);

/* The source's rectified input (AIA 1.0 §4.5.7). */
bool host_aplic_is_active(const struct aplic_config *aplic, const struct wired_irq *irq);

/* After the handler: a level that is still active is sent once more (AIA 1.0 §4.9.2). */
void host_aplic_end(const struct aplic_config *aplic, const struct wired_irq *irq);
