/* ivshmem.c and ivshmem_config.c: the parts of one device. */
#pragma once
#include <axdevice/ivshmem.h>

#define IVSHMEM_COMMAND_MEMORY (1u << 1)
#define IVSHMEM_COMMAND_MASTER (1u << 2)
#define IVSHMEM_COMMAND_INTX_OFF (1u << 10)

/* Makes the line follow; the peer's lock is held. */
void ivshmem_update_line(struct ivshmem_peer *peer);
/* Configuration space as firmware leaves it: memory on, BAR 0 at its place. Lock held. */
void ivshmem_config_reset(struct ivshmem_peer *peer);
