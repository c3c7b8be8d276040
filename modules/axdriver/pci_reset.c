/*
 * Resets of a function alone: what one life of a guest has left in it is gone for the next. A table
 * has the ways, the best first; a function offers some of them, or none. All but the last empty the
 * BARs and the command as well.
 */
#include <axdriver/pci.h>
#include <axhal/arch/cpu.h>
#include <axhal/time.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <stddef.h>

#define READY_MS 100 /* after a function-level reset (PCI Express 5.0 §6.6.2) */
#define POWER_MS 10  /* to D3hot, and from there (PCI Power Management 1.2 §5.4) */

/* Of PCI Express (5.0 §7.5.3). */
enum { EXPRESS_OFFERS = 0x04, EXPRESS_CONTROL = 0x08, EXPRESS_STATUS = 0x0a };
#define EXPRESS_OFFERS_RESET BIT(28)
#define EXPRESS_CONTROL_RESET UINT32_C(1 << 15)
#define EXPRESS_STATUS_PENDING UINT32_C(1 << 5)

/* Of Advanced Features, the same for functions of conventional PCI (ECN of 2006). */
enum { FEATURES_OFFERS = 0x03, FEATURES_CONTROL = 0x04, FEATURES_STATUS = 0x05 };
#define FEATURES_OFFERS_RESET UINT32_C(1 << 1)
#define FEATURES_CONTROL_RESET UINT32_C(1)
#define FEATURES_STATUS_PENDING UINT32_C(1)

/* Of power management (1.2 §3.2). */
#define POWER_CONTROL 0x04
#define POWER_STATE UINT32_C(3)
#define POWER_D3HOT 3
#define POWER_NO_SOFT_RESET UINT32_C(1 << 3)

/* Of virtio: a window to its registers, and its status there (Virtio 1.2 §4.1.4). */
#define VIRTIO_VENDOR 0x1af4
enum { VIRTIO_TYPE = 0x03, VIRTIO_BAR = 0x04, VIRTIO_OFFSET = 0x08, VIRTIO_LENGTH = 0x0c };
#define VIRTIO_DATA 0x10
enum { VIRTIO_COMMON = 1, VIRTIO_WINDOW = 5 };
#define VIRTIO_STATUS 0x14

static uint64_t ready_at[PCI_BUS_FUNCTIONS]; /* ticks; by the function's id */

static void wait_until(uint64_t end)
{
    while (time_now() < end)
        cpu_relax();
}

/* Waits until what the function has asked for has come: at most as long as a reset. */
static void await_answers(uint32_t id, uint32_t at, unsigned width, uint32_t pending)
{
    uint64_t end = time_now() + time_ms_to_ticks(READY_MS);
    while ((pci_read(id, at, width) & pending) != 0 && time_now() < end)
        cpu_relax();
}

/* As long as the specification gives it: it answers nothing, or with ones, before. */
static void note_reset(uint32_t id, uint32_t ms)
{
    ASSERT(id < PCI_BUS_FUNCTIONS);
    ready_at[id] = time_now() + time_ms_to_ticks(ms);
}

static uint32_t find_express(const struct pci_function *function)
{
    uint32_t at = pci_find_capability(function->id, PCI_CAPABILITY_EXPRESS);
    bool offers =
        at != 0 && (pci_read(function->id, at + EXPRESS_OFFERS, 4) & EXPRESS_OFFERS_RESET) != 0;
    return offers ? at : 0;
}

static void reset_express(const struct pci_function *function, uint32_t at)
{
    uint32_t id = function->id;
    await_answers(id, at + EXPRESS_STATUS, 2, EXPRESS_STATUS_PENDING);
    pci_write(id, at + EXPRESS_CONTROL, 2,
              pci_read(id, at + EXPRESS_CONTROL, 2) | EXPRESS_CONTROL_RESET);
    note_reset(id, READY_MS);
}

static uint32_t find_features(const struct pci_function *function)
{
    uint32_t at = pci_find_capability(function->id, PCI_CAPABILITY_FEATURES);
    bool offers =
        at != 0 && (pci_read(function->id, at + FEATURES_OFFERS, 1) & FEATURES_OFFERS_RESET) != 0;
    return offers ? at : 0;
}

static void reset_features(const struct pci_function *function, uint32_t at)
{
    await_answers(function->id, at + FEATURES_STATUS, 1, FEATURES_STATUS_PENDING);
    pci_write(function->id, at + FEATURES_CONTROL, 1, FEATURES_CONTROL_RESET);
    note_reset(function->id, READY_MS);
}

static void set_power(uint32_t id, uint32_t at, uint32_t state)
{
    uint32_t control = pci_read(id, at + POWER_CONTROL, 2);
    pci_write(id, at + POWER_CONTROL, 2, (control & ~POWER_STATE) | state);
}

static uint32_t find_power(const struct pci_function *function)
{
    uint32_t at = pci_find_capability(function->id, PCI_CAPABILITY_POWER);
    bool offers =
        at != 0 && (pci_read(function->id, at + POWER_CONTROL, 2) & POWER_NO_SOFT_RESET) == 0;
    return offers ? at : 0;
}

static void reset_power(const struct pci_function *function, uint32_t at)
{
    set_power(function->id, at, POWER_D3HOT);
    wait_until(time_now() + time_ms_to_ticks(POWER_MS));
    set_power(function->id, at, 0);
    note_reset(function->id, POWER_MS);
}

/* The capability of virtio of one type; 0: there is none. */
static uint32_t find_virtio_type(const struct pci_function *function, uint32_t type)
{
    for (uint32_t i = 0; i < function->capability_count; i++) {
        const struct pci_capability *capability = &function->capabilities[i];
        if (capability->id == PCI_CAPABILITY_VENDOR && capability->at < PCI_EXTENDED &&
            pci_read(function->id, capability->at + VIRTIO_TYPE, 1) == type)
            return capability->at;
    }
    return 0;
}

static uint32_t find_virtio(const struct pci_function *function)
{
    bool virtio = pci_read(function->id, PCI_ID, 2) == VIRTIO_VENDOR &&
                  find_virtio_type(function, VIRTIO_COMMON) != 0;
    return virtio ? find_virtio_type(function, VIRTIO_WINDOW) : 0;
}

/* 0 in the status' register, through the window: no register of its own need be mapped. */
static void reset_virtio(const struct pci_function *function, uint32_t at)
{
    uint32_t id = function->id, common = find_virtio_type(function, VIRTIO_COMMON);
    pci_write(id, at + VIRTIO_BAR, 1, pci_read(id, common + VIRTIO_BAR, 1));
    pci_write(id, at + VIRTIO_OFFSET, 4, pci_read(id, common + VIRTIO_OFFSET, 4) + VIRTIO_STATUS);
    pci_write(id, at + VIRTIO_LENGTH, 4, 1);
    pci_write(id, at + VIRTIO_DATA, 1, 0);
    await_answers(id, at + VIRTIO_DATA, 1, UINT8_MAX);
}

static const struct reset {
    const char *name;
    uint32_t (*find)(const struct pci_function *function); /* its capability; 0: not offered */
    void (*perform)(const struct pci_function *function, uint32_t at);
} resets[] = {
    {"function-level reset", find_express, reset_express},
    {"function-level reset of Advanced Features", find_features, reset_features},
    {"power management", find_power, reset_power},
    {"virtio", find_virtio, reset_virtio},
};

const char *pci_reset_name(const struct pci_function *function)
{
    for (unsigned i = 0; i < ARRAY_SIZE(resets); i++)
        if (resets[i].find(function) != 0)
            return resets[i].name;
    return NULL;
}

void pci_reset(const struct pci_function *function)
{
    for (unsigned i = 0; i < ARRAY_SIZE(resets); i++) {
        uint32_t at = resets[i].find(function);
        if (at != 0) {
            resets[i].perform(function, at);
            return;
        }
    }
}

/* A guest may have left it asleep, and a reset does not wake every function. */
static void wake(uint32_t id)
{
    uint32_t at = pci_find_capability(id, PCI_CAPABILITY_POWER);
    if (at == 0 || (pci_read(id, at + POWER_CONTROL, 2) & POWER_STATE) == 0)
        return;
    set_power(id, at, 0);
    wait_until(time_now() + time_ms_to_ticks(POWER_MS));
}

void pci_make_ready(const struct pci_function *function)
{
    wait_until(ready_at[function->id]);
    wake(function->id);
    pci_quiet(function->id);
    pci_put_bars(function);
}
