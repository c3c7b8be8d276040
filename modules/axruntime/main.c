/* The order of boot, a line a step. */
#include <axalloc/frames.h>
#include <axalloc/init.h>
#include <axconfig/config.h>
#include <axdriver/clock.h>
#include <axdriver/console.h>
#include <axdriver/iommu.h>
#include <axdriver/irqchip.h>
#include <axdriver/pci.h>
#include <axdriver/random.h>
#include <axhal/boot.h>
#include <axhal/csr_bits.h>
#include <axhal/finisher.h>
#include <axhal/firmware.h>
#include <axhal/interrupt.h>
#include <axhal/panic.h>
#include <axhal/paging.h>
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <axruntime/runtime.h>
#include "fault.h"

static void report_machine(void)
{
    const struct platform *p = platform();
    for (uint32_t i = 0; i < p->memory_count; i++)
        log_info("memory 0x%lx + 0x%lx", (unsigned long)p->memory[i].base.a,
                 (unsigned long)p->memory[i].size);
    log_info("boot hart %lu of %u, timebase %lu Hz, Sv%u, %lu MiB free",
             (unsigned long)p->boot_hart_id, p->hart_count, (unsigned long)p->timebase,
             paging_width(), (unsigned long)(frames_free_bytes() >> 20));
}

static void report_faults_of(const struct tree_faults *faults)
{
    for (uint32_t i = 0; i < faults->count && i < TREE_FAULTS_KEPT; i++)
        log_warn("device tree: %s", faults->text[i]);
    if (faults->count > TREE_FAULTS_KEPT)
        log_warn("device tree: %u more such properties", faults->count - TREE_FAULTS_KEPT);
}

static void report_tree_faults(void)
{
    report_faults_of(&platform()->faults);
    report_faults_of(&hardware_of_machine(platform()->fdt)->faults);
}

static void report_absent_harts(void)
{
    const struct platform *p = platform();
    for (uint32_t i = 0; i < p->hart_count; i++) {
        if (p->harts[i].absence == HART_DISABLED)
            log_warn("hart %lu: disabled in the device tree, not used",
                     (unsigned long)p->harts[i].id);
        if (p->harts[i].absence == HART_SURPLUS)
            log_warn("hart %lu: not used, this build has SMP=%u", (unsigned long)p->harts[i].id,
                     config_smp);
    }
    if (p->unlisted_harts > 0)
        log_warn("%u more harts of the device tree: not used", p->unlisted_harts);
}

/* hart_start for each other hart; one that does not come is reported and left out. */
static void start_secondary_cpus(void)
{
    hart_note_step(this_hart(), HART_STEP_START_SECONDARY_CPUS);
    for (uint32_t i = 1; i < hart_count(); i++) {
        if (hart_bring_up(hart_at(i)) == OK)
            log_info("hart %lu: online", (unsigned long)hart_at(i)->id);
    }
}

static void init_hart(void)
{
    mailbox_hart_init();
    irqchip_hart_init();
}

static void (*_Atomic at_end)(void);

void runtime_at_end(void (*hook)(void))
{
    at_end = hook;
}

void runtime_end(bool failed)
{
    void (*hook)(void) = at_end;
    if (hook != NULL)
        hook();
    console_flush(); /* all that was said is written */
    firmware_shutdown(failed);
}

void runtime_main(void)
{
    hart_note_step(this_hart(), HART_STEP_RUNTIME_MAIN);
    fault_init();                        /* from here on a fault is reported */
    finisher_map();                      /* and is QEMU's exit status still */
    log_set_level(config_log);           /* LOG= */
    frames_init(platform());             /* allocation works */
    report_machine();                    /* what the device tree says */
    console_init(platform()->fdt);       /* the UART takes over from the firmware's console */
    report_tree_faults();                /* what of it can't be read */
    mailbox_init();                      /* IPIs are understood */
    (void)irqchip_init(platform()->fdt); /* PLIC, or APLIC and IMSIC; these say what is amiss */
    (void)pci_init(platform()->fdt);     /* no PCI device does anything from here on */
    (void)iommu_init(platform()->fdt);   /* and none reaches memory; it may be one of them */
    clock_init(platform()->fdt);         /* wall-clock time */
    random_init(platform()->rng_seed);   /* seeds for guests */
    init_hart();                         /* what each hart sets up for itself */
    report_absent_harts();               /* disabled, or beyond SMP= */
    start_secondary_cpus();              /* they end in runtime_main_secondary */
    hart_note_step(this_hart(), HART_STEP_MAIN);
    runtime_end(main() != 0); /* the app; what it returned is the machine's end */
}

void runtime_main_secondary(void)
{
    hart_note_step(this_hart(), HART_STEP_RUNTIME_MAIN_SECONDARY);
    init_hart();
    this_hart()->online = true; /* what it has, such as guest interrupt files, is known by now */
    mailbox_serve();
}
