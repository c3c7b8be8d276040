/*
 * The guest's part of the Advanced Interrupt Architecture (AIA 1.0 §6). A vCPU never leaves its
 * hart, so its guest interrupt file is selected in hstatus.VGEIN from attach to detach: VSEIP is
 * the file's while the guest runs and while its hart waits in the host, and there is nothing for
 * hgeie and the guest external interrupt to do.
 */
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/platform.h>
#include "internal.h"

/* Registers of an interrupt file (§3.8); of the arrays only the even ones exist on RV64. */
enum { EIDELIVERY = 0x70, EITHRESHOLD = 0x72, EIP0 = 0x80, EIE0 = 0xc0 };

/* Smstateen §2, AIA 1.0 §2.5 */
#define STATEEN0_IMSIC BIT(58)
#define STATEEN0_AIA BIT(59)
#define STATEEN0_CSRIND BIT(60)

uint64_t aia_stateen(const struct vcpu *vcpu)
{
    return vcpu->has_aia ? STATEEN0_IMSIC | STATEEN0_AIA | STATEEN0_CSRIND : 0;
}

static void write_indirect(uint64_t select, uint64_t value)
{
    csr_write_vsiselect(select);
    csr_write_vsireg(value);
}

/* What another guest, or this one's last life, has left. First delivery is turned off. */
static void clear_file(const struct vcpu *vcpu)
{
    write_indirect(EIDELIVERY, 0);
    write_indirect(EITHRESHOLD, 0);
    for (uint64_t i = 0; i <= vcpu->identities / 32; i += 2) {
        write_indirect(EIE0 + i, 0);
        write_indirect(EIP0 + i, 0);
    }
}

void aia_attach(const struct vcpu *vcpu)
{
    csr_write_hgeie(0);
    csr_write_hstatus(FIELD_PUT(HSTATUS_VSXL, 2) | FIELD_PUT(HSTATUS_VGEIN, vcpu->guest_file));
    if (!platform_has_extension(platform(), "ssaia"))
        return;
    csr_write_hvien(0);
    csr_write_hvictl(0);
    csr_write_hviprio1(0);
    csr_write_hviprio2(0);
    if (vcpu->guest_file != 0)
        clear_file(vcpu);
    csr_write_vsiselect(0);
}

void aia_detach(void)
{
    csr_write_hstatus(FIELD_PUT(HSTATUS_VSXL, 2));
}
