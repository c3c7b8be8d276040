/*
 * Every CSR that the host touches, once: X(name, number). The accessors of axhal/csr.h are
 * generated from this list, for the machine and for the unit tests (arch/fake) alike.
 * Numbers: Priv 1.13 §2.2.
 */
/* clang-format off */
#define CSR_LIST(X)     \
    X(fcsr, 0x003)      \
    X(time, 0xC01)      \
    X(sstatus, 0x100)   \
    X(sie, 0x104)       \
    X(stvec, 0x105)     \
    X(scounteren, 0x106)\
    X(senvcfg, 0x10A)   \
    X(sscratch, 0x140)  \
    X(sepc, 0x141)      \
    X(scause, 0x142)    \
    X(stval, 0x143)     \
    X(sip, 0x144)       \
    X(stimecmp, 0x14D)  \
    X(siselect, 0x150)  \
    X(sireg, 0x151)     \
    X(stopei, 0x15C)    \
    X(satp, 0x180)      \
    X(stopi, 0xDB0)     \
    X(vsstatus, 0x200)  \
    X(vsie, 0x204)      \
    X(vstvec, 0x205)    \
    X(vsscratch, 0x240) \
    X(vsepc, 0x241)     \
    X(vscause, 0x242)   \
    X(vstval, 0x243)    \
    X(vsip, 0x244)      \
    X(vstimecmp, 0x24D) \
    X(vsiselect, 0x250) \
    X(vsireg, 0x251)    \
    X(vsatp, 0x280)     \
    X(hstatus, 0x600)   \
    X(hedeleg, 0x602)   \
    X(hideleg, 0x603)   \
    X(hie, 0x604)       \
    X(htimedelta, 0x605)\
    X(hcounteren, 0x606)\
    X(hgeie, 0x607)     \
    X(hvien, 0x608)     \
    X(hvictl, 0x609)    \
    X(henvcfg, 0x60A)   \
    X(hstateen0, 0x60C) \
    X(htval, 0x643)     \
    X(hip, 0x644)       \
    X(hvip, 0x645)      \
    X(hviprio1, 0x646)  \
    X(hviprio2, 0x647)  \
    X(htinst, 0x64A)    \
    X(hgatp, 0x680)     \
    X(hgeip, 0xE12)
/* clang-format on */

/* Their numbers, for code that decodes what a guest executes: CSR_sireg. */
#define CSR_NUMBER(name, number) CSR_##name = (number),
enum csr_number { CSR_LIST(CSR_NUMBER) };
#undef CSR_NUMBER
