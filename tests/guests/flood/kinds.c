/*
 * The rows: every extension of the SBI, every place of the machine, with a device or without, what
 * traps otherwise, and what takes two harts. tests/system/test_matrix.py compares them with the
 * tables of the hypervisor, so that a new one gets a row here.
 */
#include "kinds.h"
#include <axbare/arch/csr.h>
#include <stddef.h>

static void run_illegal(void)
{
    __asm__ volatile(".word 0" ::: "memory");
}

static void read_missing_csr(void)
{
    __asm__ volatile("csrr zero, 0x5ff" ::: "memory");
}

static void wait(void)
{
    __asm__ volatile("csrsi sip, 2\n wfi\n csrci sip, 2" ::: "memory");
}

const struct kind kinds[] = {
    {"sbi-base", 0, call_base, NULL},
    {"sbi-unknown", 0, call_unknown, NULL},
    {"sbi-dbcn-write", 0, call_write, NULL},
    {"sbi-dbcn-byte", 0, call_byte, NULL},
    {"sbi-dbcn-read", 0, call_read, NULL},
    {"sbi-time", 0, call_timer, NULL},
    {"sbi-ipi", 0, call_ipi, NULL},
    {"sbi-hsm-start", 0, call_hsm_start, NULL},
    {"sbi-hsm-status", 0, call_hsm_status, NULL},
    {"sbi-hsm-suspend", 0, call_hsm_suspend, NULL},
    {"sbi-hsm-resume", 0, call_resume, NULL},
    {"sbi-susp", 0, call_susp, NULL},
    {"sbi-susp-resume", 0, call_system_suspend, NULL},
    {"sbi-srst", 0, call_srst, NULL},
    {"sbi-rfence-i", 0, call_fence_i, NULL},
    {"sbi-rfence-vma", 0, call_fence, NULL},
    {"sbi-rfence-asid", 0, call_fence_asid, NULL},
    {"sbi-rfence-other", 0, call_fence_other, NULL},
    {"sbi-pmu-events", 0, call_events, NULL},
    {"sbi-pmu-config", 0, call_counters, NULL},
    {"sbi-pmu-start", 0, call_start_counters, NULL},
    {"sbi-sta", 0, call_sta, NULL},
    {"sbi-fwft", 0, call_fwft, NULL},
    {"sbi-quiet", 0, call_quiet, NULL},
    {"sbi-legacy-set-timer", 0, call_legacy_timer, NULL},
    {"sbi-legacy-putchar", 0, call_putchar, NULL},
    {"sbi-legacy-getchar", 0, call_getchar, NULL},
    {"sbi-legacy-clear-ipi", 0, call_clear_ipi, NULL},
    {"sbi-legacy-send-ipi", 0, call_legacy_ipi, NULL},
    {"sbi-legacy-fence-i", 0, call_legacy_fence_i, NULL},
    {"sbi-legacy-sfence-vma", 0, call_legacy_fence, NULL},
    {"sbi-legacy-sfence-vma-asid", 0, call_legacy_fence_asid, NULL},
    {"sbi-legacy-shutdown", 0, call_shutdown, NULL},
    {"reboot", 0, call_reboot, NULL},
    {"rom", 0x1000, use_rom, NULL},
    {"test-device", 0x100000, use_testdev, NULL},
    {"rtc", 0x101000, use_rtc, NULL},
    {"clint", 0x2000000, use_clint, NULL},
    {"pci-ports", 0x3000000, use_ports, NULL},
    {"watchdog", 0x6011000, use_watchdog, NULL},
    {"plic", 0xc000000, use_plic, NULL},
    {"aplic", 0xd000000, use_aplic, NULL},
    {"uart", 0x10000000, use_uart, NULL},
    {"virtio-slots", 0x10001000, use_virtio, NULL},
    {"fw-cfg", 0x10100000, use_fw_cfg, NULL},
    {"fw-cfg-dma", 0x10100000, use_fw_cfg_dma, NULL},
    {"doorbell", 0x11000000, use_doorbell, NULL},
    {"flash", 0x20000000, use_flash, NULL},
    {"flash-erase", 0x20000000, use_flash_erase, NULL},
    {"imsic", 0x28000000, use_imsic, NULL},
    {"imsic-registers", 0x28000000, use_imsic_registers, NULL},
    {"pci-config", 0x30000000, use_pci, NULL},
    {"pci-window", 0x40000000, use_pci_window, NULL},
    {"ram", 0x80000000, use_ram, NULL},
    {"pci-high", 0x400000000, use_pci_high, NULL},
    {"no-device", 0, use_nothing, NULL},
    {"no-memory", 0, use_no_memory, NULL},
    {"illegal", 0, run_illegal, NULL},
    {"csr", 0, read_missing_csr, NULL},
    {"wfi", 0, wait, NULL},
    {"ipi-storm", 0, storm_ipi, storm_ipi},
    {"message-storm", 0, storm_messages, storm_messages},
    {"rfence-storm", 0, storm_fence, storm_fence},
    {"hart-churn", 0, churn_hart, NULL},
    {"suspend-churn", 0, wake_other, sleep_until_woken},
    {"flash-storm", 0, use_flash, use_flash},
    {NULL, 0, NULL, NULL},
};

/* The instructions that trap here are of 4 bytes, or of 2: the lowest bits say which. Its name is
 * the one that suspend.S gives the vector at a resume. */
__attribute__((naked, aligned(4))) void stray_trap(void);
void stray_trap(void)
{
    __asm__ volatile("csrw sscratch, t0\n"
                     "csrr t0, sepc\n"
                     "lhu t0, 0(t0)\n"
                     "andi t0, t0, 3\n"
                     "addi t0, t0, -3\n"
                     "seqz t0, t0\n"
                     "slli t0, t0, 1\n"
                     "addi t0, t0, 2\n"
                     "sd t1, -8(sp)\n"
                     "csrr t1, sepc\n"
                     "add t1, t1, t0\n"
                     "csrw sepc, t1\n"
                     "ld t1, -8(sp)\n"
                     "csrr t0, sscratch\n"
                     "sret");
}

void kinds_prepare(void)
{
    csr_write(stvec, stray_trap);
    csr_write(sie, IRQ_BIT(IRQ_SSI)); /* it ends a wfi, and is not taken */
}
