/* A virtio entropy device on PCI (Virtio 1.2 §4.1, §5.4): it writes random bytes to the buffers of
 * its queue. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Finds the device at bus 0, device 3, function 0, and turns it on. NULL, or what it lacks. */
const char *entropy_open(void);
/* Makes it write `size` bytes to `target`, with its queue at `ring`, a page. False: it did not say
 * within a second that it has. */
bool entropy_write(uint64_t ring, uint64_t target, uint32_t size);
