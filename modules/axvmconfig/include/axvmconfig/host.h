/*
 * What the boot says about machine and VMs before it makes any. The app and tools/check share it,
 * so that both say the same.
 */
#pragma once
#include <axhal/platform.h>
#include <axvmconfig/description.h>
#include <axvmconfig/message.h>
#include <lib/err.h>
#include <stdint.h>

/* ERR_UNSUPPORTED: no VM runs on this machine; `why` is the message for the user. */
enum err host_check(const struct platform *p, struct message *why);
/* OK if there is a bundle for the boot, apart from the hypervisor's own `image`; ERR_NOT_FOUND. */
enum err host_find_bundle(const struct platform *p, struct memory_range image, struct message *why);
/* Of `free` bytes at the start, those for VMs' RAM on a host of so many harts. */
uint64_t host_memory_for_vms(uint64_t free, uint32_t harts);
/* The line about a VM of a checked description. */
void host_describe_vm(const struct vm_config *vm, struct message *line);
