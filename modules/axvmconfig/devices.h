/* What a VM is assigned of the machine: private to axvmconfig. */
#pragma once
#include <axvmconfig/vmconfig.h>

/*
 * devices.c: finds what `vm`, a VM of `set`, is assigned of the machine. ERR_INVALID, with `why`
 * for the user: it can't be assigned, or an earlier VM has it.
 */
enum err devices_check(const struct vm_set *set, const struct host_limits *limits,
                       struct vm_config *vm, struct message *why);
/* pci_devices.c: the same for its PCI functions. */
enum err pci_devices_check(const struct vm_set *set, const struct host_limits *limits,
                           struct vm_config *vm, struct message *why);
/*
 * places.c: no two things of `vm` lie at one address, wherever they come from; the checks above
 * came before. ERR_INVALID, with `why` for the user, which names both.
 */
enum err places_check(const struct vm_set *set, const struct host_limits *limits,
                      const struct vm_config *vm, struct message *why);
