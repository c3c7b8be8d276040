/* sifive,test: a write of {code, status} to offset 0 asks for the end of the machine. */
#include <axdevice/testdev.h>
#include <lib/bits.h>
#include <stddef.h>

enum { STATUS_FAIL = 0x3333, STATUS_PASS = 0x5555, STATUS_RESET = 0x7777 };

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

static enum err testdev_write(struct mmio_device *device, uint64_t offset, unsigned width,
                              uint64_t value)
{
    struct testdev *t = container_of(device, struct testdev, device);
    if (!is_allowed(width))
        return ERR_INVALID;
    if (offset != 0)
        return OK;
    switch (value & 0xffff) {
    case STATUS_PASS:
        t->finish(t->finish_context, TESTDEV_PASS, 0);
        break;
    case STATUS_FAIL:
        t->finish(t->finish_context, TESTDEV_FAIL, (uint32_t)(value >> 16));
        break;
    case STATUS_RESET:
        t->finish(t->finish_context, TESTDEV_RESET, 0);
        break;
    default: /* no command: ignored */
        break;
    }
    return OK;
}

static const struct mmio_ops testdev_ops = {.read = testdev_read, .write = testdev_write};

void testdev_init(struct testdev *testdev, gpa_t base,
                  void (*finish)(void *context, enum testdev_action action, uint32_t code),
                  void *context)
{
    *testdev = (struct testdev){
        .device = {"test", base, TESTDEV_SIZE, &testdev_ops, LEDGER_MMIO_TEST},
        .finish = finish,
        .finish_context = context,
    };
}
