/* The hypervisor: from the bundle that the boot loader hands over to running VMs. */
#include <axalloc/frames.h>
#include <axalloc/heap.h>
#include <axdriver/guest_file.h>
#include <axdriver/hardware.h>
#include <axdriver/iommu.h>
#include <axdriver/pci.h>
#include <axhal/hart.h>
#include <axhal/image.h>
#include <axhal/memory.h>
#include <axhal/platform.h>
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <axruntime/runtime.h>
#include <axshell/shell.h>
#include <axtrace/trace.h>
#include <axvm/console.h>
#include <axvm/vm.h>
#include <axvmconfig/host.h>
#include <stdio.h>
#include <string.h>

#define GAPS_MS 1

static struct vm_set set; /* the VMs' configurations; they stay for later starts */

static struct host_limits measure_host(uint64_t *ids)
{
    const struct platform *p = platform();
    uint32_t online = 0;
    for (uint32_t i = 0; i < p->hart_count; i++) { /* in the tree's order, whichever hart boots */
        const struct hart *hart = hart_by_id(p->harts[i].id);
        if (hart != NULL && hart->online)
            ids[online++] = hart->id;
    }
    uint32_t function_count;
    const struct pci_function *functions = pci_functions(&function_count);
    return (struct host_limits){
        .functions = functions,
        .function_count = function_count,
        .allocate = heap_alloc,
        .hart_ids = ids,
        .hart_count = online,
        .memory_available = host_memory_for_vms(frames_at_start(), online),
        .memory_per_event = online * sizeof(struct trace_record),
        .sv48x4 = vcpu_has_gstage(GSTAGE_SV48X4),
        .aia = guest_file_identities() != 0,
        .tree = p->fdt,
        .hardware = hardware_of_machine(p->fdt),
        .iommu = iommu_is_ready(),
        .taken = vm_taken_ranges,
        .taken_count = vm_taken_count,
    };
}

static bool load_configurations(void)
{
    struct message why;
    uint64_t ids[PLATFORM_MAX_HARTS];
    struct host_limits limits = measure_host(ids);
    const struct memory_range *bundle = &platform()->initrd;
    if (host_find_bundle(platform(), image_range(), &why) != OK) {
        print_line("hv: %s", why.text);
        return false;
    }
    if (vmconfig_load(hpa_to_ptr(bundle->base), bundle->size, &limits, &set, &why) != OK) {
        print_line("hv: %s", why.text);
        return false;
    }
    vm_describe(&set, vmconfig_memory(&set, &limits));
    return true;
}

static void print_vm(const struct vm_config *c)
{
    struct message line;
    host_describe_vm(c, &line);
    print_line("hv: %s", line.text);
}

static bool create_vm(uint32_t index)
{
    struct message why;
    const struct vm_config *c = vm_description(index);
    uint64_t before = frames_free_bytes();
    if (vm_create(index, &why) != OK) {
        print_line("hv: %s", why.text);
        return false;
    }
    uint64_t cost = before - frames_free_bytes() - vmconfig_vm_memory(c);
    print_vm(c);
    log_info("VM %s: %lu KiB of host memory besides its RAM", c->name, (unsigned long)(cost >> 10));
    return true;
}

static bool create_vms(void)
{
    print_line("Stillhart hypervisor: harts %u, VMs %u, from %s", hart_count(), set.vm_count,
               set.source);
    for (uint32_t i = 0; i < vm_count; i++) {
        if (vm_description(i)->manual)
            print_vm(vm_description(i));
        else if (!create_vm(i))
            return false;
    }
    return true;
}

/* What firmware or emulator take from a hart that does nothing: before there are guests. */
static void sample_gaps(void *unused)
{
    (void)unused;
    if (gaps_sample(time_ms_to_ticks(GAPS_MS)) != OK)
        log_warn("hart %lu: no memory to keep its gaps", (unsigned long)this_hart()->id);
}

static void sample_all_gaps(void)
{
    for (uint32_t i = 1; i < hart_count(); i++) {
        if (hart_at(i)->online && mailbox_post(hart_at(i), sample_gaps, NULL) != OK)
            log_warn("hart %lu: its gaps are not sampled", (unsigned long)hart_at(i)->id);
    }
    sample_gaps(NULL);
}

static void trace_mailbox(mailbox_fn fn, void *argument)
{
    trace(TRACE_MAILBOX, TRACE_NO_VCPU, TRACE_NO_VCPU, image_link_address((uintptr_t)fn),
          (uintptr_t)argument);
}

static void start_trace(void)
{
    static const enum trace_mode modes[] = {[VM_TRACE_OFF] = TRACE_OFF,
                                            [VM_TRACE_OVERWRITE] = TRACE_OVERWRITE,
                                            [VM_TRACE_STOP] = TRACE_STOP};
    mailbox_observe(trace_mailbox);
    if (set.trace_events != 0)
        trace_set_room(set.trace_events);
    if (trace_set(modes[set.trace]) != OK)
        print_line("hv: trace: no memory for the rings of events");
}

/* `logs=KEY` among the words of /chosen/bootargs; others are no business of ours. */
static void read_bootargs(void)
{
    const char *word = platform()->bootargs;
    for (size_t size; word != NULL && *word != '\0'; word += size + strspn(word + size, " ")) {
        size = strcspn(word, " ");
        if (strncmp(word, "logs=", 5) == 0)
            vm_console_add_logs(word + 5, size - 5);
    }
}

/* Hart of the console: from here on the list of VMs is its own. */
static void start_vms(void *unused)
{
    (void)unused;
    for (uint32_t i = 0; i < vm_count; i++) {
        if (vms[i] != NULL && vm_start(vms[i]) != OK)
            vm_end_machine(VM_MACHINE_OFF); /* as a failure: it has said why */
    }
}

int main(void)
{
    struct message why;
    if (host_check(platform(), &why) != OK) {
        print_line("hv: %s", why.text);
        return 1;
    }
    runtime_set_context_printer(vm_print_context);
    sbi_init();
    if (!load_configurations())
        return 1;
    start_trace();
    if (!create_vms())
        return 1;
    shell_init(set.escape);
    read_bootargs();
    struct hart *housekeeper = vm_console_hart() != NULL ? vm_console_hart() : this_hart();
    vm_watch_dma(housekeeper);
    sample_all_gaps();
    if (mailbox_post(housekeeper, start_vms, NULL) != OK)
        return 1;
    mailbox_serve(); /* this hart's own VM comes through its mailbox like all others' */
}
