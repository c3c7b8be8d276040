#include "virtio.h"
#include <axbare/hart.h>
#include <stddef.h>
#include <string.h>

#define CONFIG (UINT64_C(0x30000000) + (3 << 15)) /* of QEMU's virt machine */
#define WAIT 10000000                             /* ticks: a second of QEMU's 10 MHz */

#define COMMAND 0x04
#define COMMAND_ON 0x6 /* memory, bus master */
#define BAR0 0x10
#define CAPABILITIES 0x34
#define VENDOR_SPECIFIC 9
#define MSIX 0x11
#define MSIX_CONTROL 2
#define MSIX_ON 0xc000           /* all vectors masked */
enum { COMMON = 1, NOTIFY = 2 }; /* Virtio 1.2 §4.1.4 */

/* Of the common configuration: §4.1.4.3. */
enum {
    DRIVER_FEATURE_SELECT = 0x08,
    DRIVER_FEATURE = 0x0c,
    STATUS = 0x14,
    QUEUE_SELECT = 0x16,
    QUEUE_SIZE = 0x18,
    QUEUE_ENABLE = 0x1c,
    QUEUE_NOTIFY_OFF = 0x1e,
    QUEUE_DESC = 0x20,
    QUEUE_DRIVER = 0x28,
    QUEUE_DEVICE = 0x30,
};
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };
#define VERSION_1_AND_ACCESS_PLATFORM 3 /* bits 32 and 33 */
#define DESC_WRITE 2

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

static uint64_t common, notify;
static uint32_t notify_multiplier;

#define READ(type, at) (*(const volatile type *)(at))
#define WRITE(type, at, value) (*(volatile type *)(at) = (type)(value))

static uint64_t bar(uint32_t index)
{
    uint64_t at = CONFIG + BAR0 + 4 * index;
    uint64_t low = READ(uint32_t, at);
    uint64_t high = (low & 4) != 0 ? READ(uint32_t, at + 4) : 0;
    return high << 32 | (low & 0xfffffff0);
}

/* NULL, or what is wrong. It is on from here on: the next life of this VM must find it off. */
static const char *turn_msix_on(uint64_t at)
{
    uint16_t control = READ(uint16_t, at + MSIX_CONTROL);
    if ((control & MSIX_ON) != 0)
        return "somebody has turned MSI-X on";
    WRITE(uint16_t, at + MSIX_CONTROL, control | MSIX_ON);
    return READ(uint16_t, at + MSIX_CONTROL) == (control | MSIX_ON) ? NULL : "MSI-X stays off";
}

static void note_capability(uint64_t at)
{
    uint64_t base = bar(READ(uint8_t, at + 4)) + READ(uint32_t, at + 8);
    if (READ(uint8_t, at + 3) == COMMON)
        common = base;
    if (READ(uint8_t, at + 3) == NOTIFY) {
        notify = base;
        notify_multiplier = READ(uint32_t, at + 16);
    }
}

const char *entropy_open(void)
{
    if (READ(uint32_t, CONFIG) != 0x10441af4)
        return "no entropy device at 00:03.0";
    WRITE(uint16_t, CONFIG + COMMAND, COMMAND_ON);
    const char *wrong = "it has no MSI-X";
    uint8_t next = READ(uint8_t, CONFIG + CAPABILITIES);
    for (unsigned count = 0; next != 0 && count < 48; count++) {
        if (READ(uint8_t, CONFIG + next) == VENDOR_SPECIFIC)
            note_capability(CONFIG + next);
        else if (READ(uint8_t, CONFIG + next) == MSIX)
            wrong = turn_msix_on(CONFIG + next);
        next = READ(uint8_t, CONFIG + next + 1);
    }
    return common != 0 && notify != 0 ? wrong : "it has no registers of virtio";
}

static void put_address(uint32_t at, uint64_t address)
{
    WRITE(uint32_t, common + at, address);
    WRITE(uint32_t, common + at + 4, address >> 32);
}

/* From here on it looks at no ring: else it complains of one that begins anew. */
static void reset(void)
{
    WRITE(uint8_t, common + STATUS, 0);
    while (READ(uint8_t, common + STATUS) != 0) {
    }
}

/* A queue of one: descriptors, the driver's ring and the device's, in a page. */
static void start(uint64_t ring)
{
    WRITE(uint8_t, common + STATUS, ACKNOWLEDGE | DRIVER);
    WRITE(uint32_t, common + DRIVER_FEATURE_SELECT, 1);
    WRITE(uint32_t, common + DRIVER_FEATURE, VERSION_1_AND_ACCESS_PLATFORM);
    WRITE(uint8_t, common + STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
    WRITE(uint16_t, common + QUEUE_SELECT, 0);
    WRITE(uint16_t, common + QUEUE_SIZE, 1);
    put_address(QUEUE_DESC, ring);
    put_address(QUEUE_DRIVER, ring + 0x100);
    put_address(QUEUE_DEVICE, ring + 0x200);
    WRITE(uint16_t, common + QUEUE_ENABLE, 1);
    WRITE(uint8_t, common + STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
}

bool entropy_write(uint64_t ring, uint64_t target, uint32_t size)
{
    reset();
    memset((void *)ring, 0, 0x1000);
    *(volatile struct descriptor *)ring = (struct descriptor){target, size, DESC_WRITE, 0};
    WRITE(uint16_t, ring + 0x102, 1); /* the driver's index */
    start(ring);
    __asm__ volatile("fence" ::: "memory");
    uint16_t off = READ(uint16_t, common + QUEUE_NOTIFY_OFF);
    WRITE(uint16_t, notify + off * notify_multiplier, 0);
    uint64_t end = time_now() + WAIT;
    while (READ(uint16_t, ring + 0x202) == 0)
        if (time_now() > end)
            return false;
    return true;
}
