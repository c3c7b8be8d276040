/* guest_wire.c, for the driver of the IMSICs. */
#pragma once
#include <axdriver/hardware.h>

/* Boot hart, once: the wires end at the APLIC of `config`, whose number for hart_at(i) is
 * indices[i] (AIA 1.0 §4.5.16). Both stay. */
void guest_wires_init(const struct aplic_config *config, const uint32_t *indices);
