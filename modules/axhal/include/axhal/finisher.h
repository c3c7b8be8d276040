/*
 * The test device of QEMU's machine (sifive,test): what is written to it is QEMU's exit status. The
 * firmware passes a failed shutdown on as status 0, so the host writes a failure itself.
 */
#pragma once
#include <axhal/platform.h>

/* Boot hart, once, before address translation is on: from now on firmware_shutdown(true) ends QEMU
 * with status 1. A machine without the device ends as the firmware ends it. */
void finisher_init(const struct platform *p);
/* Boot hart, once translation is on and before any step that can fail: maps the device. */
void finisher_map(void);
