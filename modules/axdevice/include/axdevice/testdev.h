/* The sifive,test finisher of QEMU's virt machine: one register by which a guest ends or resets. */
#pragma once
#include <axdevice/bus.h>

#define TESTDEV_SIZE UINT64_C(0x1000)

enum testdev_action { TESTDEV_PASS, TESTDEV_FAIL, TESTDEV_RESET };

struct testdev {
    struct mmio_device device;
    void (*finish)(void *context, enum testdev_action action, uint32_t code);
    void *finish_context;
};

/* `finish` runs on the hart of the vCPU that wrote; `code` is the guest's with TESTDEV_FAIL, else
 * 0. It returns, and the guest goes on until who called device_access() stops it. */
void testdev_init(struct testdev *testdev, gpa_t base,
                  void (*finish)(void *context, enum testdev_action action, uint32_t code),
                  void *context);
