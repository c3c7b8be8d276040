/* sifive,test: a write of {code, status} to offset 0 asks for the end of the machine. */
#include <axdevice/testdev.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <stddef.h>

enum { STATUS_FAIL = 0x3333, STATUS_PASS = 0x5555, STATUS_RESET = 0x7777 };

struct testdev {
    struct mmio_device device;
    const struct device_machine *machine;
};

/* As on QEMU the register takes 16-bit accesses too; all else in the page reads 0. */
static bool is_allowed(unsigned width)
{
    return width == 2 || width == 4;
}

static enum err testdev_read(struct mmio_device *device, uint64_t offset, unsigned width,
                             uint64_t *value)
{
    (void)device; /* it has no state */
    (void)offset;
    if (!is_allowed(width))
        return ERR_INVALID;
    *value = 0;
    return OK;
}

static void end(const struct testdev *testdev, enum device_end how, const char *reason)
{
    testdev->machine->end(testdev->machine->context, how, reason);
}

static enum err testdev_write(struct mmio_device *device, uint64_t offset, unsigned width,
                              uint64_t value)
{
    const struct testdev *testdev = container_of(device, struct testdev, device);
    if (!is_allowed(width))
        return ERR_INVALID;
    if (offset != 0)
        return OK;
    switch (value & 0xffff) {
    case STATUS_PASS:
        end(testdev, DEVICE_SHUTDOWN, "powered off by the guest");
        break;
    case STATUS_FAIL:
        end(testdev, DEVICE_FAIL, "ended by the guest as failed");
        break;
    case STATUS_RESET:
        end(testdev, DEVICE_RESET, "reset by the guest");
        break;
    default: /* no command: ignored */
        break;
    }
    return OK;
}

static const struct mmio_ops testdev_ops = {.read = testdev_read, .write = testdev_write};

static void testdev_init(struct mmio_device *device, const struct device_site *site)
{
    ASSERT(site->machine->end != NULL);
    struct testdev *testdev = container_of(device, struct testdev, device);
    *testdev = (struct testdev){
        .device = {"test", site->base, site->size, &testdev_ops, LEDGER_MMIO_TEST},
        .machine = site->machine,
    };
}

const struct device_model testdev_model = {.size = sizeof(struct testdev), .init = testdev_init};
