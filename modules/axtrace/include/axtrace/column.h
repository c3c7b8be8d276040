/* The columns of a ledger: what a vCPU's time can go to. At any moment it is in exactly one. */
#pragma once

/* X(symbol, name): the name is what the console, the dump and the lab print and accept. Guests
 * count them by their numbers (docs/sbi.md), so a new one is the last. */
#define LEDGER_COLUMN_LIST(X)                                                                      \
    X(GUEST, "guest")                                                                              \
    X(IDLE, "idle")                                                                                \
    X(STOPPED, "stopped")                                                                          \
    X(DESCHEDULED, "descheduled")                                                                  \
    X(WAIT_HART, "wait.hart")                                                                      \
    X(WAIT_LOCK, "wait.lock")                                                                      \
    X(HOST_INTERRUPT, "host.interrupt")                                                            \
    X(HOST_REQUEST, "host.request")                                                                \
    X(HOST_CONSOLE, "host.console")                                                                \
    X(GUEST_PAGE_FAULT, "gstage.fault")                                                            \
    X(VIRTUAL_INSTRUCTION, "virtual.instruction")                                                  \
    X(WFI, "wfi")                                                                                  \
    X(INJECT, "injected")                                                                          \
    X(UNEXPECTED, "unexpected")                                                                    \
    X(MMIO_UART, "mmio.uart")                                                                      \
    X(MMIO_PLIC, "mmio.plic")                                                                      \
    X(MMIO_APLIC, "mmio.aplic")                                                                    \
    X(MMIO_RTC, "mmio.rtc")                                                                        \
    X(MMIO_TEST, "mmio.test")                                                                      \
    X(MMIO_OTHER, "mmio.other")                                                                    \
    X(SBI_BASE, "sbi.base")                                                                        \
    X(SBI_TIME, "sbi.time")                                                                        \
    X(SBI_IPI, "sbi.ipi")                                                                          \
    X(SBI_RFENCE_I, "sbi.rfence.i")                                                                \
    X(SBI_RFENCE_VMA, "sbi.rfence.vma")                                                            \
    X(SBI_RFENCE_ASID, "sbi.rfence.asid")                                                          \
    X(SBI_RFENCE_OTHER, "sbi.rfence.other")                                                        \
    X(SBI_HSM_START, "sbi.hsm.start")                                                              \
    X(SBI_HSM_STOP, "sbi.hsm.stop")                                                                \
    X(SBI_HSM_STATUS, "sbi.hsm.status")                                                            \
    X(SBI_HSM_SUSPEND, "sbi.hsm.suspend")                                                          \
    X(SBI_SRST, "sbi.srst")                                                                        \
    X(SBI_SUSP, "sbi.susp")                                                                        \
    X(SBI_DBCN_WRITE, "sbi.dbcn.write")                                                            \
    X(SBI_DBCN_READ, "sbi.dbcn.read")                                                              \
    X(SBI_DBCN_BYTE, "sbi.dbcn.byte")                                                              \
    X(SBI_PMU, "sbi.pmu")                                                                          \
    X(SBI_STA, "sbi.sta")                                                                          \
    X(SBI_FWFT, "sbi.fwft")                                                                        \
    X(SBI_LEGACY, "sbi.legacy")                                                                    \
    X(SBI_OTHER, "sbi.other")                                                                      \
    X(SBI_QUIET, "sbi.quiet")                                                                      \
    X(MMIO_IVSHMEM, "mmio.ivshmem")

#define LEDGER_ENUM(symbol, name) LEDGER_##symbol,
enum ledger_column { LEDGER_COLUMN_LIST(LEDGER_ENUM) LEDGER_COLUMNS };

/* "guest", "sbi.time" …; `column` is below LEDGER_COLUMNS. */
const char *ledger_column_name(enum ledger_column column);
/* LEDGER_COLUMNS if no column has this name. */
enum ledger_column ledger_column_by_name(const char *name);
