/*
 * How interrupts get to the vCPUs of a VM of two vCPUs (interrupts.c), and those of the host that
 * it is assigned (given_irq.c): over real controllers of the guest, with the host's in the test.
 */
#include <axalloc/heap.h>
#include <axdriver/guest_file.h>
#include <axdriver/guest_wire.h>
#include <axdriver/irqchip.h>
#include <axlog/log.h>
#include <axvmconfig/layout.h>
#include <internal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CPUS 2
#define SOURCE 7                   /* of the guest */
#define WIRE 33                    /* of the host */
#define FILE_OF(hart) (5 + (hart)) /* the number of a hart's guest file */

static struct vm_config config = {.name = "linux", .cpus = CPUS};
static struct vm vm;
static struct vcpu vcpus[CPUS];
static struct hart harts[CPUS];
static const struct wired_irq wire = {.source = WIRE};
static struct message why;
enum log_level log_level = LOG_LEVEL_TRACE;

static uint32_t files_left[CPUS]; /* guest interrupt files of each hart */
static enum err map_error, open_error;
static unsigned external_set[CPUS]; /* how often vcpu_set_external() raised it */
static uint32_t sent[CPUS];         /* the last identity to each hart's guest file */
static uint64_t mapped[CPUS];
static unsigned added;
static const struct mmio_device *devices[4];
static enum range_kind kinds[4];
static char printed[256], said[256];
static size_t heap_used;

/* Of the host's controllers. */
static void (*handler)(void *context);
static void *handler_context;
static uint32_t handler_hart;
static unsigned completed, disabled, wires_open;
static bool host_active, host_pending;
static struct guest_wire_route route;

static const char *ended;

void *heap_alloc(size_t size)
{
    heap_used += size;
    return calloc(1, size);
}

void heap_free(void *object, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(((const char *)object)[i], 0); /* a guest's state is erased */
    heap_used -= size;
    free(object);
}

static void keep(char *to, size_t size, const char *format, va_list arguments)
{
    vsnprintf(to, size, format, arguments);
}

void print_line(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    keep(printed, sizeof printed, format, arguments);
    va_end(arguments);
}

void log_line(enum log_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    keep(said, sizeof said, format, arguments);
    va_end(arguments);
}

enum err vm_complain(const struct vm_config *of, struct message *to, enum err err,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    keep(said, sizeof said, format, arguments);
    va_end(arguments);
    return err;
}

enum err vm_add_device(struct vm *machine, struct mmio_device *device, enum range_kind kind,
                       struct message *to)
{
    devices[added] = device;
    kinds[added++] = kind;
    return OK;
}

void vm_request_end(struct vm *machine, enum vm_end end, const char *reason)
{
    assert_int_equal(end, VM_FAILED);
    ended = reason;
}

void vcpu_post(struct vcpu *vcpu, uint32_t requests)
{
    atomic_fetch_or(&vcpu->requests, requests);
}

void vcpu_set_external(struct vcpu *vcpu, bool level)
{
    external_set[vcpu->id] += level;
}

enum err addrspace_map_device(struct addrspace *as, gpa_t base, uint64_t size, hpa_t host)
{
    assert_ptr_equal(as, &vm.memory);
    assert_int_equal(size, PAGE_SIZE);
    mapped[(base.a - GUEST_IMSIC) / PAGE_SIZE] = host.a;
    return map_error;
}

uint32_t guest_file_identities(void)
{
    return 63;
}

uint32_t guest_file_take(const struct hart *hart)
{
    return files_left[hart->index] > 0 ? files_left[hart->index]--, FILE_OF(hart->index) : 0;
}

void guest_file_give_back(const struct hart *hart, uint32_t number)
{
    assert_int_equal(number, FILE_OF(hart->index));
    files_left[hart->index]++;
}

hpa_t guest_file_page(const struct hart *hart, uint32_t number)
{
    assert_int_equal(number, FILE_OF(hart->index));
    return hpa(0x28000000 + hart->index * 0x10000 + number * PAGE_SIZE);
}

void guest_file_send(const struct hart *hart, uint32_t number, uint32_t identity)
{
    assert_int_equal(number, FILE_OF(hart->index));
    sent[hart->index] = identity;
}

enum err irqchip_enable_held(const struct wired_irq *irq, uint32_t hart_index,
                             void (*handle)(void *context), void *context)
{
    assert_int_equal(irq->source, WIRE);
    handler = handle;
    handler_context = context;
    handler_hart = hart_index;
    return open_error;
}

void irqchip_complete(const struct wired_irq *irq)
{
    assert_int_equal(irq->source, WIRE);
    completed++;
}

bool irqchip_is_active(const struct wired_irq *irq)
{
    assert_int_equal(irq->source, WIRE);
    return host_active;
}

void irqchip_disable(const struct wired_irq *irq)
{
    assert_int_equal(irq->source, WIRE);
    disabled++;
}

enum err guest_wire_open(const struct wired_irq *irq)
{
    assert_int_equal(irq->source, WIRE);
    wires_open++;
    return open_error;
}

void guest_wire_close(const struct wired_irq *irq)
{
    assert_int_equal(irq->source, WIRE);
    wires_open--;
}

void guest_wire_route(const struct wired_irq *irq, const struct guest_wire_route *to)
{
    assert_int_equal(irq->source, WIRE);
    route = *to;
}

void guest_wire_pend(const struct wired_irq *irq, bool pending)
{
    host_pending = pending;
}

bool guest_wire_is_pending(const struct wired_irq *irq)
{
    return host_pending;
}

bool guest_wire_is_active(const struct wired_irq *irq)
{
    return host_active;
}

const char *err_name(enum err err)
{
    return err == ERR_EXISTS ? "exists" : "?";
}

static int start(void **state)
{
    memset(external_set, 0, sizeof external_set);
    memset(sent, 0, sizeof sent);
    memset(mapped, 0, sizeof mapped);
    vm = (struct vm){.config = &config, .vcpus = vcpus};
    for (uint32_t i = 0; i < CPUS; i++) {
        harts[i] = (struct hart){.id = 4 + i, .index = i, .online = true, .vcpu = NULL};
        vcpus[i] = (struct vcpu){.id = i, .hart = &harts[i], .machine = &vm.machine};
        files_left[i] = 1;
    }
    fake_hart = &harts[0];
    fake_hart->vcpu = &vcpus[0];
    map_error = open_error = OK;
    host_active = host_pending = false;
    added = completed = disabled = wires_open = 0;
    handler = NULL;
    ended = NULL;
    printed[0] = said[0] = '\0';
    return 0;
}

static void make(enum vm_interrupts interrupts)
{
    config.interrupts = interrupts;
    assert_int_equal(vm_make_controller(&vm, &why), OK);
}

static uint32_t load(struct mmio_device *device, uint64_t offset)
{
    uint64_t value;
    assert_int_equal(device->ops->read(device, offset, 4, &value), OK);
    return (uint32_t)value;
}

static void store(struct mmio_device *device, uint64_t offset, uint32_t value)
{
    assert_int_equal(device->ops->write(device, offset, 4, value), OK);
}

/* Priority, and enabled in the S-mode context of a vCPU. */
static void open_plic(uint32_t source, uint32_t vcpu)
{
    store(&vm.plic.device, 4 * source, 1);
    store(&vm.plic.device, 0x2000 + 0x80 * (2 * vcpu + 1), UINT32_C(1) << source);
}

static uint32_t claim_of(uint32_t vcpu)
{
    return 0x200004 + 0x1000 * (2 * vcpu + 1);
}

/* MSI delivery: the source sends `identity` to a vCPU. */
static void open_aplic(uint32_t source, uint32_t mode, uint32_t vcpu, uint32_t identity)
{
    store(&vm.aplic.device, 0, UINT32_C(1) << 8);
    store(&vm.aplic.device, 4 * source, mode);
    store(&vm.aplic.device, 0x3000 + 4 * source, vcpu << 18 | identity);
    store(&vm.aplic.device, 0x1edc, source);
}

/* The vCPU of this hart has it at once, another is asked to look. */
static void a_level_comes_to_its_vcpu(void **state)
{
    make(VM_INTERRUPTS_PLIC);
    open_plic(SOURCE, 1);
    struct irq_line line = vm_line(&vm, SOURCE);
    irq_set(&line, true);
    assert_true(vcpus[1].external_level);
    assert_int_equal(vcpus[1].requests, VCPU_REQ_EXTERNAL);
    assert_int_equal(external_set[1], 0);
    assert_false(vcpus[0].external_level);
    assert_int_equal(vcpus[0].requests, 0);

    open_plic(SOURCE + 1, 0);
    line = vm_line(&vm, SOURCE + 1);
    irq_set(&line, true);
    assert_int_equal(external_set[0], 1);
    assert_int_equal(vcpus[0].requests, 0);
}

static void lines_are_the_aplics_without_a_plic(void **state)
{
    make(VM_INTERRUPTS_APLIC);
    struct irq_line line = vm_line(&vm, SOURCE);
    assert_ptr_equal(line.context, &vm.aplic);
    assert_false(vcpus[0].has_aia);
}

/* The hart of vCPU 1 has no file left. */
static void a_file_is_the_harts_or_in_software(void **state)
{
    files_left[1] = 0;
    make(VM_INTERRUPTS_AIA);
    assert_false(vm_has_guest_files(&vm));
    assert_true(vcpus[0].has_aia && vcpus[1].has_aia);
    assert_int_equal(vcpus[0].guest_file, FILE_OF(0));
    assert_int_equal(mapped[0], 0x28005000);
    assert_int_equal(mapped[1], 0);
    assert_null(vm.imsic.files[0]);
    assert_ptr_equal(vm.machine.imsic, &vm.imsic);

    struct irq_line line = vm_line(&vm, SOURCE);
    open_aplic(SOURCE, 4, 0, 21);
    irq_set(&line, true);
    assert_int_equal(sent[0], 21);
    assert_int_equal(vcpus[0].requests, 0); /* without an exit */

    uint64_t old;
    struct imsic_change delivery = {.set = 1}, enable = {.set = UINT64_C(1) << 22};
    assert_int_equal(imsic_access(vm.imsic.files[1], 0x70, delivery, &old), OK);
    assert_int_equal(imsic_access(vm.imsic.files[1], 0xc0, enable, &old), OK);
    line = vm_line(&vm, SOURCE + 1);
    open_aplic(SOURCE + 1, 4, 1, 22);
    irq_set(&line, true);
    assert_true(vcpus[1].external_level);
    assert_int_equal(vcpus[1].requests, VCPU_REQ_EXTERNAL);
    assert_int_equal(sent[1], 0);

    vm_print_interrupts(&vm);
    assert_string_equal(printed,
                        "hv: VM linux: interrupts aia: vCPU 0 guest file 5; vCPU 1 software file");
    assert_int_equal(vm_add_controller(&vm, &why), OK);
    assert_int_equal(added, 2);
    assert_ptr_equal(devices[1], &vm.imsic.device);
    assert_int_equal(kinds[1], RANGE_WINDOW); /* vCPU 0's page lies in it */

    assert_int_not_equal(heap_used, 0);
    vm_free_controller(&vm);
    assert_int_equal(heap_used, 0);
    assert_int_equal(files_left[0], 1);
    assert_int_equal(files_left[1], 0);
}

static void all_have_guest_files(void **state)
{
    make(VM_INTERRUPTS_AIA);
    assert_true(vm_has_guest_files(&vm));
    assert_int_equal(mapped[0], 0x28005000);
    assert_int_equal(mapped[1], 0x28016000);
    assert_null(vm.machine.imsic);
    assert_int_equal(vm_add_controller(&vm, &why), OK);
    assert_int_equal(added, 1);
    assert_ptr_equal(devices[0], &vm.aplic.device);
    vm_print_interrupts(&vm);
    assert_string_equal(printed, "hv: VM linux: interrupts aia: vCPUs 0 1 guest files 5 6");
    vm_free_controller(&vm);
    assert_int_equal(files_left[0] + files_left[1], CPUS);
}

/* What was taken until then is given back. */
static void a_page_that_can_not_be_mapped_is_an_error(void **state)
{
    config.interrupts = VM_INTERRUPTS_AIA;
    map_error = ERR_NO_MEMORY;
    assert_int_equal(vm_make_controller(&vm, &why), ERR_NO_MEMORY);
    assert_string_equal(said, "its interrupt controller can't be made for 2 vCPUs");
    assert_int_equal(vcpus[1].guest_file, 0);
    vm_free_controller(&vm);
    assert_int_equal(files_left[0], 1);
}

static void a_plic_says_nothing_of_files(void **state)
{
    make(VM_INTERRUPTS_PLIC);
    vm_print_interrupts(&vm);
    assert_string_equal(printed, "");
    assert_int_equal(vm_add_controller(&vm, &why), OK);
    assert_int_equal(added, 1);
    assert_ptr_equal(devices[0], &vm.plic.device);
}

/* The host's source stays closed from its interrupt to the guest's completion. */
static void a_wire_is_forwarded_to_a_line(void **state)
{
    make(VM_INTERRUPTS_PLIC);
    vm_add_given_irq(&vm, &wire, SOURCE, "uart@0");
    vm_add_given_irq(&vm, &wire, SOURCE, "rtc@0"); /* shares the wire */
    assert_int_equal(vm.given_irq_count, 1);
    open_plic(SOURCE, 0);
    vm_open_given_irqs(&vm);
    assert_int_equal(handler_hart, 0);
    assert_int_equal(wires_open, 0);
    assert_null(ended);

    host_active = true;
    handler(handler_context);
    assert_int_equal(external_set[0], 1);
    assert_int_equal(load(&vm.plic.device, claim_of(0)), SOURCE);
    assert_int_equal(completed, 0);
    host_active = false; /* the guest has served the device */
    store(&vm.plic.device, claim_of(0), SOURCE);
    assert_int_equal(completed, 1);
    assert_int_equal(load(&vm.plic.device, claim_of(0)), 0); /* the line is low */

    vm_close_given_irqs(&vm);
    assert_int_equal(disabled, 1);
}

static void an_interrupt_that_can_not_be_taken_ends_the_vm(void **state)
{
    make(VM_INTERRUPTS_PLIC);
    vm_add_given_irq(&vm, &wire, SOURCE, "uart@0");
    open_error = ERR_EXISTS;
    vm_open_given_irqs(&vm);
    assert_string_equal(ended, "an interrupt of an assigned device can't be taken");
    assert_string_equal(said, "VM linux: uart@0: interrupt 33 can't be taken by hart 4: exists");
}

/* The host's APLIC sends as the guest has set up its own. */
static void a_wire_is_passed_to_guest_files(void **state)
{
    make(VM_INTERRUPTS_AIA);
    vm_add_given_irq(&vm, &wire, SOURCE, "uart@0");
    vm_open_given_irqs(&vm);
    assert_int_equal(wires_open, 1);
    assert_null(handler);
    open_aplic(SOURCE, 6, 1, 21);
    assert_int_equal(route.mode, 6);
    assert_true(route.enabled);
    assert_ptr_equal(route.hart, &harts[1]);
    assert_int_equal(route.file, FILE_OF(1));
    assert_int_equal(route.identity, 21);

    store(&vm.aplic.device, 0x1cdc, SOURCE); /* setipnum */
    assert_true(host_pending);
    assert_int_equal(load(&vm.aplic.device, 0x1c00), UINT32_C(1) << SOURCE);
    host_pending = false;
    assert_int_equal(load(&vm.aplic.device, 0x1c00), 0);
    host_active = true;
    assert_int_equal(load(&vm.aplic.device, 0x1d00), UINT32_C(1) << SOURCE); /* in_clrip */

    vm_close_given_irqs(&vm);
    assert_int_equal(wires_open, 0);
    assert_int_equal(disabled, 0);
    vm_free_controller(&vm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_level_comes_to_its_vcpu, start),
        cmocka_unit_test_setup(lines_are_the_aplics_without_a_plic, start),
        cmocka_unit_test_setup(a_file_is_the_harts_or_in_software, start),
        cmocka_unit_test_setup(all_have_guest_files, start),
        cmocka_unit_test_setup(a_page_that_can_not_be_mapped_is_an_error, start),
        cmocka_unit_test_setup(a_plic_says_nothing_of_files, start),
        cmocka_unit_test_setup(a_wire_is_forwarded_to_a_line, start),
        cmocka_unit_test_setup(an_interrupt_that_can_not_be_taken_ends_the_vm, start),
        cmocka_unit_test_setup(a_wire_is_passed_to_guest_files, start),
    };
    return cmocka_run_group_tests_name("axvm/interrupts", tests, NULL, NULL);
}
