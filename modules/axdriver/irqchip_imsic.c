/*
 * The harts' supervisor-level interrupt files (AIA 1.0 §3), fed by the APLIC and, for IPIs, by
 * other harts, and by devices. Identity 1 is the IPI, 2 and up are the slots of the others. All
 * identities are enabled on every hart: the sender of a message decides which hart gets it.
 */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/hart.h>
#include <axhal/io.h>
#include <axhal/paging.h>
#include <axlog/log.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <lib/exit_path.h>
#include <lib/sbi.h>
#include "guest_files.h"
#include "guest_wires.h"
#include "host_aplic.h"
#include "irqchip_ops.h"

/* Indirect registers: AIA 1.0 §3.8. On RV64 only even eie registers exist, of 64 identities. */
enum { EIDELIVERY = 0x70, EITHRESHOLD = 0x72, EIE0 = 0xc0 };
#define STOPEI_IDENTITY MASK(26, 16) /* §3.9 */

enum { IDENTITY_IPI = 1, IDENTITY_SLOT0 = 2 };

static const struct hardware *hw;
/* Of hart_at(i): its file, where seteipnum_le is at offset 0 (§3.5), and the APLIC's number of it.
 */
static EXIT_PATH_DATA hpa_t files[PLATFORM_MAX_HARTS];
static uint32_t hart_indices[PLATFORM_MAX_HARTS];

/* How the APLIC numbers harts: group and hart of the file's address (AIA 1.0 §3.6, §4.5.16). */
static uint32_t aplic_hart_index(hpa_t file)
{
    const struct imsic_config *imsic = &hw->imsic;
    uint64_t hart = file.a >> (PAGE_SHIFT + imsic->guest_index_bits);
    uint64_t group = file.a >> imsic->group_index_shift;
    hart &= BIT(imsic->hart_index_bits) - 1;
    group &= BIT(imsic->group_index_bits) - 1;
    return (uint32_t)(group << imsic->hart_index_bits | hart);
}

/* With the guest files that follow it: VMs that send there are made when other harts run already.
 */
static enum err map_file(uint32_t index)
{
    uint64_t hart_id = hart_at(index)->id;
    uint32_t target;
    if (hardware_target(hw, &hw->imsic.targets, IRQ_SEI, hart_id, &target) != OK ||
        imsic_file(&hw->imsic, target, &files[index]) != OK) {
        log_error("IMSIC: the device tree has no supervisor-level interrupt file for hart %lu",
                  (unsigned long)hart_id);
        return ERR_UNSUPPORTED;
    }
    hart_indices[index] = aplic_hart_index(files[index]);
    if (paging_map_device(files[index], PAGE_SIZE << hw->imsic.guest_index_bits) != OK) {
        log_error("IMSIC of hart %lu: no memory to map it", (unsigned long)hart_id);
        return ERR_NO_MEMORY;
    }
    return OK;
}

static enum err imsic_init(const struct hardware *hardware)
{
    enum err err = OK;
    hw = hardware;
    if (hw->imsic.ids < IDENTITY_SLOT0 + IRQCHIP_SLOTS || hw->imsic.ids > 2047) {
        log_error("IMSIC: riscv,num-ids is %u; expected 63 to 2047", hw->imsic.ids);
        return ERR_UNSUPPORTED;
    }
    for (uint32_t i = 0; err == OK && i < hart_count(); i++)
        err = map_file(i);
    if (err == OK)
        err = host_aplic_init(&hw->aplic);
    if (err == OK) {
        guest_files_init(files, hw->imsic.guest_index_bits, hw->imsic.guest_ids);
        guest_wires_init(&hw->aplic, hart_indices);
    }
    return err;
}

static void write_indirect(uint64_t select, uint64_t value)
{
    csr_write_siselect(select);
    csr_write_sireg(value);
}

/* What is pending already, an IPI perhaps, stays. */
static void imsic_hart_init(void)
{
    for (uint64_t first = 0; first <= hw->imsic.ids; first += 64)
        write_indirect(EIE0 + first / 32, UINT64_MAX);
    write_indirect(EITHRESHOLD, 0);
    write_indirect(EIDELIVERY, 1);
    guest_files_hart_init();
}

static uint32_t identity_of(const struct irq_slot *slot)
{
    DEBUG_ASSERT(slot >= irqchip_slots && slot < irqchip_slots + IRQCHIP_SLOTS);
    return IDENTITY_SLOT0 + (uint32_t)(slot - irqchip_slots);
}

static enum err imsic_enable(const struct irq_slot *slot)
{
    return host_aplic_enable(&hw->aplic, &slot->irq, hart_indices[slot->hart_index],
                             identity_of(slot));
}

static struct irq_message imsic_message(const struct irq_slot *slot)
{
    return (struct irq_message){files[slot->hart_index], identity_of(slot)};
}

static void imsic_disable(const struct irq_slot *slot)
{
    host_aplic_disable(&hw->aplic, &slot->irq);
}

static void imsic_complete(const struct irq_slot *slot)
{
    host_aplic_end(&hw->aplic, &slot->irq);
}

static bool imsic_is_active(const struct irq_slot *slot)
{
    return host_aplic_is_active(&hw->aplic, slot->irq.source);
}

/* Nothing, for a message that no driver asked for, or that was sent for the last owner of the slot.
 */
static void handle_slot(uint32_t number)
{
    if (number >= IRQCHIP_SLOTS)
        return;
    const struct irq_slot *slot = &irqchip_slots[number];
    if (slot->handler == NULL || slot->hart_index != this_hart()->index)
        return;
    slot->handler(slot->context);
    if (!slot->held)
        imsic_complete(slot);
}

static EXIT_PATH bool imsic_handle(void)
{
    bool ipi = false;
    uint64_t top;
    while ((top = csr_swap_stopei(0)) != 0) { /* reads and claims at once (§3.9) */
        uint32_t identity = (uint32_t)FIELD_GET(STOPEI_IDENTITY, top);
        if (identity == IDENTITY_IPI)
            ipi = true;
        else
            handle_slot(identity - IDENTITY_SLOT0);
    }
    return ipi;
}

static EXIT_PATH long imsic_send_ipi(const struct hart *hart)
{
    io_write32(files[hart->index].a, IDENTITY_IPI);
    return SBI_SUCCESS;
}

const struct irqchip_ops irqchip_imsic = {
    .name = "APLIC and IMSIC",
    .init = imsic_init,
    .hart_init = imsic_hart_init,
    .enable = imsic_enable,
    .disable = imsic_disable,
    .complete = imsic_complete,
    .is_active = imsic_is_active,
    .message = imsic_message,
    .handle = imsic_handle,
    .send_ipi = imsic_send_ipi,
};
