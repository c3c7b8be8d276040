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

/* Checks that VMs can run on this machine. ERR_UNSUPPORTED: they can't; `why` is the message for
 * the user. */
enum err host_check(const struct platform *p, struct message *why);
/* Checks that the tree names a bundle, and that it does not overlap the hypervisor's `image`.
 * ERR_NOT_FOUND: no usable one; `why` says what is wrong. */
enum err host_find_bundle(const struct platform *p, struct memory_range image, struct message *why);
/* Returns how many of `free` bytes VMs' RAM can take on a host of so many harts. */
uint64_t host_memory_for_vms(uint64_t free, uint32_t harts);
/* Writes the line about a VM of a checked description. */
void host_describe_vm(const struct vm_config *vm, struct message *line);
