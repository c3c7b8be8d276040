#include "device.h"
#include <stddef.h>

#define CONFIG (UINT64_C(0x30000000) + (3 << 15)) /* of QEMU's virt machine */
#define EDU 0x11e81234

#define COMMAND 0x04
#define COMMAND_ON 0x6 /* memory, bus master */
#define BAR0 0x10
#define CAPABILITIES 0x34
#define MOST_CAPABILITIES 48
enum { ID_MSI = 0x05, ID_MSIX = 0x11 };

/* Of the capability, with 64-bit addresses: PCI 3.0 §6.8.1. */
enum { MSI_CONTROL = 2, MSI_ADDRESS = 4, MSI_UPPER_ADDRESS = 8, MSI_DATA = 12 };
#define MSI_ENABLE (1u << 0)
#define MSI_WIDE (1u << 7)

enum { LIVENESS = 0x04, FACTORIAL = 0x08, STATUS = 0x20, INTERRUPTS = 0x24, ACKNOWLEDGE = 0x64 };
#define STATUS_INTERRUPT (1u << 7) /* when the factorial is there */

#define READ(type, at) (*(const volatile type *)(at))
#define WRITE(type, at, value) (*(volatile type *)(at) = (type)(value))

static uint64_t registers, msi;

/* 0: it has none. */
static uint64_t find(uint8_t id)
{
    uint8_t next = READ(uint8_t, CONFIG + CAPABILITIES);
    for (unsigned count = 0; next != 0 && count < MOST_CAPABILITIES; count++) {
        if (READ(uint8_t, CONFIG + next) == id)
            return CONFIG + next;
        next = READ(uint8_t, CONFIG + next + 1);
    }
    return 0;
}

const char *edu_open(void)
{
    if (READ(uint32_t, CONFIG) != EDU)
        return "no edu device at 00:03.0";
    WRITE(uint16_t, CONFIG + COMMAND, COMMAND_ON);
    registers = READ(uint32_t, CONFIG + BAR0) & 0xfffffff0;
    msi = find(ID_MSI);
    if (find(ID_MSIX) != 0 || msi == 0 || (READ(uint16_t, msi + MSI_CONTROL) & MSI_WIDE) == 0)
        return "the edu device has other capabilities";
    return NULL;
}

void edu_send_messages(uint64_t address, uint32_t data)
{
    WRITE(uint32_t, msi + MSI_ADDRESS, address);
    WRITE(uint32_t, msi + MSI_UPPER_ADDRESS, address >> 32);
    WRITE(uint16_t, msi + MSI_DATA, data);
    WRITE(uint16_t, msi + MSI_CONTROL, MSI_WIDE | MSI_ENABLE);
}

bool edu_sends_messages(void)
{
    return (READ(uint16_t, msi + MSI_CONTROL) & MSI_ENABLE) != 0;
}

void edu_begin(uint32_t n)
{
    WRITE(uint32_t, registers + STATUS, STATUS_INTERRUPT);
    WRITE(uint32_t, registers + FACTORIAL, n);
}

bool edu_has_interrupted(void)
{
    return READ(uint32_t, registers + INTERRUPTS) != 0;
}

uint32_t edu_take(void)
{
    WRITE(uint32_t, registers + ACKNOWLEDGE, READ(uint32_t, registers + INTERRUPTS));
    return READ(uint32_t, registers + FACTORIAL);
}

/* The register reads as what was written, inverted. */
uint32_t edu_note(void)
{
    return READ(uint32_t, registers + LIVENESS);
}

void edu_keep(uint32_t note)
{
    WRITE(uint32_t, registers + LIVENESS, ~note);
}
