/* Fields of the supervisor and hypervisor CSRs, by the names of Priv 1.13 (§ in each group). */
#pragma once
#include <lib/bits.h>

/* sstatus, vsstatus: §12.1.1 */
#define SSTATUS_SIE BIT(1)
#define SSTATUS_SPIE BIT(5)
#define SSTATUS_UBE BIT(6)
#define SSTATUS_SPP BIT(8)
#define SSTATUS_VS MASK(10, 9)
#define SSTATUS_FS MASK(14, 13)
#define SSTATUS_SUM BIT(18)
#define SSTATUS_MXR BIT(19)
#define SSTATUS_SPELP BIT(23)
#define SSTATUS_UXL MASK(33, 32)
#define SSTATUS_FS_INITIAL FIELD_PUT(SSTATUS_FS, 1)
#define SSTATUS_FS_DIRTY FIELD_PUT(SSTATUS_FS, 3)
#define SSTATUS_VS_INITIAL FIELD_PUT(SSTATUS_VS, 1)
#define SSTATUS_VS_DIRTY FIELD_PUT(SSTATUS_VS, 3)

/* Interrupts: bit numbers in sip/sie/hip/hie/hvip/hideleg (§12.1.3, §18.2.3) */
#define IRQ_LIST(X)                                                                                \
    X(SSI, 1, "supervisor software interrupt")                                                     \
    X(VSSI, 2, "VS software interrupt")                                                            \
    X(STI, 5, "supervisor timer interrupt")                                                        \
    X(VSTI, 6, "VS timer interrupt")                                                               \
    X(SEI, 9, "supervisor external interrupt")                                                     \
    X(VSEI, 10, "VS external interrupt")                                                           \
    X(SGEI, 12, "guest external interrupt")
#define IRQ_NUMBER(NAME, number, name) IRQ_##NAME = (number),
enum { IRQ_LIST(IRQ_NUMBER) };
#define IRQ_BIT(n) BIT(n)
#define VS_IRQS (IRQ_BIT(IRQ_VSSI) | IRQ_BIT(IRQ_VSTI) | IRQ_BIT(IRQ_VSEI))
#define CAUSE_INTERRUPT BIT(63)

/* Exceptions: scause, hedeleg (§12.1.8, §18.6.1) */
#define EXCEPTION_LIST(X)                                                                          \
    X(FETCH_MISALIGNED, 0, "instruction address misaligned")                                       \
    X(FETCH_ACCESS, 1, "instruction access fault")                                                 \
    X(ILLEGAL, 2, "illegal instruction")                                                           \
    X(BREAKPOINT, 3, "breakpoint")                                                                 \
    X(LOAD_MISALIGNED, 4, "load address misaligned")                                               \
    X(LOAD_ACCESS, 5, "load access fault")                                                         \
    X(STORE_MISALIGNED, 6, "store/AMO address misaligned")                                         \
    X(STORE_ACCESS, 7, "store/AMO access fault")                                                   \
    X(ECALL_U, 8, "environment call from U-mode")                                                  \
    X(ECALL_S, 9, "environment call from HS-mode")                                                 \
    X(ECALL_VS, 10, "environment call from VS-mode")                                               \
    X(FETCH_PAGE, 12, "instruction page fault")                                                    \
    X(LOAD_PAGE, 13, "load page fault")                                                            \
    X(STORE_PAGE, 15, "store/AMO page fault")                                                      \
    X(SOFTWARE_CHECK, 18, "software check")                                                        \
    X(FETCH_GUEST_PAGE, 20, "instruction guest-page fault")                                        \
    X(LOAD_GUEST_PAGE, 21, "load guest-page fault")                                                \
    X(VIRTUAL_INSTRUCTION, 22, "virtual instruction")                                              \
    X(STORE_GUEST_PAGE, 23, "store/AMO guest-page fault")
#define EXCEPTION_NUMBER(NAME, number, name) EXC_##NAME = (number),
enum exception { EXCEPTION_LIST(EXCEPTION_NUMBER) };

/* hstatus: §18.2.1 */
#define HSTATUS_VSBE BIT(5)
#define HSTATUS_GVA BIT(6)
#define HSTATUS_SPV BIT(7)
#define HSTATUS_SPVP BIT(8)
#define HSTATUS_HU BIT(9)
#define HSTATUS_VGEIN MASK(17, 12)
#define HSTATUS_VTVM BIT(20)
#define HSTATUS_VTW BIT(21)
#define HSTATUS_VTSR BIT(22)
#define HSTATUS_VSXL MASK(33, 32)

/* hvictl: AIA 1.0 §6.3.2 */
#define HVICTL_IID MASK(27, 16)
#define HVICTL_IPRIO MASK(7, 0)

/* henvcfg, senvcfg: §12.1.10, §18.2.5 */
#define HENVCFG_FIOM BIT(0)
#define HENVCFG_LPE BIT(2)
#define HENVCFG_SSE BIT(3)
#define HENVCFG_CBIE MASK(5, 4)
#define HENVCFG_CBCFE BIT(6)
#define HENVCFG_CBZE BIT(7)
#define HENVCFG_PMM MASK(33, 32)
#define HENVCFG_ADUE BIT(61)
#define HENVCFG_PBMTE BIT(62)
#define HENVCFG_STCE BIT(63)

/* scounteren, hcounteren: §12.1.5, §18.2.4 */
#define COUNTEREN_CY BIT(0)
#define COUNTEREN_TM BIT(1)
#define COUNTEREN_IR BIT(2)
#define COUNTEREN_ZICNTR (COUNTEREN_CY | COUNTEREN_TM | COUNTEREN_IR)
#define COUNTEREN_ALL MASK(31, 0)

/* satp, vsatp, hgatp: §12.1.11, §18.2.10 */
#define SATP_MODE MASK(63, 60)
#define SATP_ASID MASK(59, 44)
#define SATP_PPN MASK(43, 0)
#define SATP_MODE_SV39 8
#define SATP_MODE_SV48 9
#define HGATP_VMID MASK(57, 44)
