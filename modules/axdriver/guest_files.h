/* guest_file.c, for the driver of the IMSICs. */
#pragma once
#include <lib/addr.h>
#include <stdint.h>

/* Boot hart, once: the files of hart_at(i) follow files[i], as many as `index_bits` can number;
 * both are mapped. `identities` is the same for all. */
void guest_files_init(const hpa_t *files, uint32_t index_bits, uint32_t identities);
/* Each hart, each time it comes from the firmware: how many it has. */
void guest_files_hart_init(void);
