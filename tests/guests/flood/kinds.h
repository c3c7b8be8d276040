/* What the guest floods its host with: a row each, in kinds.c. */
#pragma once
#include <stdint.h>

struct kind {
    const char *name;
    uint64_t address;        /* of the device that it accesses, as docs/vms.md has it; 0: of none */
    void (*act)(void);       /* once; comes back, whatever the host answers */
    void (*meanwhile)(void); /* what the second hart repeats as long; NULL: nothing */
};

/* The last one has no name. */
extern const struct kind kinds[];
/* Before the first, on each hart: traps are skipped from here on. */
void kinds_prepare(void);

/* calls.c: one for each extension of the SBI, and for each function that takes long. */
void call_base(void);
void call_byte(void);
void call_clear_ipi(void);
void call_counters(void);
void call_events(void);
void call_fence(void);
void call_fence_asid(void);
void call_fence_i(void);
void call_fence_other(void);
void call_fwft(void);
void call_getchar(void);
void call_hsm_start(void);
void call_hsm_status(void);
void call_hsm_suspend(void);
void call_ipi(void);
void call_legacy_fence(void);
void call_legacy_fence_asid(void);
void call_legacy_fence_i(void);
void call_legacy_ipi(void);
void call_legacy_timer(void);
void call_putchar(void);
void call_quiet(void);
void call_read(void);
void call_reboot(void);
void call_resume(void);
void call_shutdown(void);
void call_srst(void);
void call_sta(void);
void call_start_counters(void);
void call_susp(void);
void call_system_suspend(void);
void call_timer(void);
void call_unknown(void);
void call_write(void);

/* devices.c: one for each place of the machine. */
void use_aplic(void);
void use_clint(void);
void use_doorbell(void);
void use_flash(void);
void use_flash_erase(void);
void use_fw_cfg(void);
void use_fw_cfg_dma(void);
void use_imsic(void);
void use_imsic_registers(void);
void use_no_memory(void);
void use_nothing(void);
void use_pci(void);
void use_pci_high(void);
void use_pci_window(void);
void use_plic(void);
void use_ports(void);
void use_ram(void);
void use_rom(void);
void use_rtc(void);
void use_testdev(void);
void use_uart(void);
void use_virtio(void);
void use_watchdog(void);

/* harts.c: what two harts do to each other. */
/* Returns the frequency of the time CSR, in Hz. */
uint64_t harts_prepare(const void *fdt, uint64_t self);
/* The second hart repeats this until harts_end(). */
void harts_begin(void (*meanwhile)(void));
void harts_end(void);
void churn_hart(void);
void storm_ipi(void);
void storm_fence(void);
void storm_messages(void);
void wake_other(void);
void sleep_until_woken(void);
