/* From boot.S to axruntime: the first C on each hart. */
#include <axhal/arch/csr.h>
#include <axhal/arch/layout.h>
#include <axhal/boot.h>
#include <axhal/csr_bits.h>
#include <axhal/finisher.h>
#include <axhal/firmware.h>
#include <axhal/memory.h>
#include <axhal/paging.h>
#include <axhal/panic.h>
#include <axhal/time.h>
#include <axhal/trap.h>
#include <string.h>

extern char _start_secondary[];

/* Interrupts stay masked; the FP and vector registers are open for guests, the host uses none. */
static void init_csrs(void)
{
    csr_write_sie(0);
    csr_clear_sstatus(SSTATUS_SIE | SSTATUS_SUM | SSTATUS_MXR);
    csr_set_sstatus(SSTATUS_FS_INITIAL | SSTATUS_VS_INITIAL);
    trap_init();
}

/* Before there is a log: what can't be read may be why nothing starts. */
static void say_faults(const struct tree_faults *faults)
{
    for (uint32_t i = 0; i < faults->count && i < TREE_FAULTS_KEPT; i++) {
        firmware_console_write(faults->text[i], strlen(faults->text[i]));
        firmware_console_write("\r\n", 2);
    }
}

void primary_entry(uint64_t hart_id, const void *fdt)
{
    const char *missing;
    hpa_t at;
    init_csrs();
    hart_note_step(this_hart(), HART_STEP_PRIMARY_ENTRY);
    if (!memory_answers(ptr_to_hpa(fdt), sizeof(uint64_t), &at))
        panic("boot: the device tree: nothing answers at 0x%lx, which the boot loader gave in a1",
              (unsigned long)at.a);
    enum err err = platform_read(fdt, hart_id, &missing);
    finisher_init(platform()); /* from here on a failed end is QEMU's exit status */
    if (!is_aligned((uintptr_t)image_start, PAGE_SIZE)) /* its parts have rights of their own */
        panic("boot: the image lies at 0x%lx: expected a multiple of %lu",
              (unsigned long)(uintptr_t)image_start, (unsigned long)PAGE_SIZE);
    if (err != OK) {
        say_faults(&platform()->faults);
        panic("boot: %s", missing);
    }
    hart_init_others(platform());
    hart_set_entry(hpa((uintptr_t)_start_secondary));
    platform_take(paging_init(platform()));
    paging_enable();
    hart_at(0)->online = true;
    runtime_main();
}

void secondary_entry(struct hart *self)
{
    init_csrs();
    hart_note_step(self, HART_STEP_SECONDARY_ENTRY);
    paging_enable();
    runtime_main_secondary();
}
