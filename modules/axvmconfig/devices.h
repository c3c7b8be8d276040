/* devices.c: private to axvmconfig. */
#pragma once
#include <axvmconfig/vmconfig.h>

/*
 * Finds what `vm`, a VM of `set`, is given of the machine. ERR_INVALID, with `why` for the user: it
 * can't be given, or an earlier VM has it.
 */
enum err devices_check(const struct vm_set *set, const struct host_limits *limits,
                       struct vm_config *vm, struct message *why);
