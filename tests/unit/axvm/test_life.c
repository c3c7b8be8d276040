/* The life of a VM over harts that are functions: a hart runs what is posted to it when the test
 * says so, and one of them may take nothing. */
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <internal.h>
#include <machine.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../axtrace/fake_ledger.h"

#define CPUS 3
#define NO_HART UINT32_MAX

static struct vm_config config = {.name = "linux", .cpus = CPUS};
static struct vm vm;
static struct vcpu vcpus[CPUS];
static struct hart harts[CPUS];
static struct {
    mailbox_fn fn;
    void *argument;
} posted[CPUS];
static uint32_t deaf; /* the index of a hart that takes nothing */
static enum err deaf_error;
static unsigned ran, attached, reports;
static char said[256];
enum log_level log_level = LOG_LEVEL_TRACE;

void log_line(enum log_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (level == LOG_LEVEL_ERROR && said[0] == '\0')
        vsnprintf(said, sizeof said, format, arguments);
    va_end(arguments);
}

void print_line(const char *format, ...) {}

enum err mailbox_post(struct hart *hart, mailbox_fn fn, void *argument)
{
    if (hart->index == deaf)
        return deaf_error;
    assert_null(posted[hart->index].fn);
    posted[hart->index].fn = fn;
    posted[hart->index].argument = argument;
    return OK;
}

/* All harts run what they have until none has anything. */
static void run_harts(void)
{
    bool any = true;
    while (any) {
        any = false;
        for (uint32_t i = CPUS; i-- > 0;) {
            mailbox_fn fn = posted[i].fn;
            posted[i].fn = NULL;
            fake_hart = &harts[i];
            if (fn != NULL)
                fn(posted[i].argument);
            any |= fn != NULL;
        }
    }
}

void vcpu_post(struct vcpu *vcpu, uint32_t requests)
{
    atomic_fetch_or(&vcpu->requests, requests);
}

void vcpu_pause(struct vcpu *vcpu, bool wanted) {}

enum err vcpu_start(struct vcpu *vcpu, gpa_t pc, uint64_t opaque)
{
    assert_int_equal(vcpu->id, 0);
    vcpu_post(vcpu, VCPU_REQ_START);
    return OK;
}

void vcpu_attach(struct vcpu *vcpu)
{
    attached++;
}

void vcpu_detach(struct vcpu *vcpu)
{
    attached--;
}

/* A vCPU that is asked to halt halts; the first one of the others powers its machine off. */
void exit_run_vcpu(struct vcpu *vcpu)
{
    ran++;
    if ((atomic_load(&vcpu->requests) & (VCPU_REQ_HALT | VCPU_REQ_START)) == VCPU_REQ_START)
        vm_request_end(&vm, VM_SHUTDOWN, "powered off");
}

void bus_reset(const struct mmio_bus *bus) {}
void *guest_ptr(const struct addrspace *as, gpa_t at, uint64_t size)
{
    return NULL;
}
enum err vm_load(struct vm *machine, const char **reason)
{
    return OK;
}
void vm_leave_devices(struct vm *machine) {}
void vm_begin_to_wipe(struct vm *machine) {}
bool vm_wipe_piece(struct vm *machine)
{
    return false;
}
enum err errand_post(struct hart *hart, struct errand *errand)
{
    return ERR_TIMEOUT;
}
void vm_quiet_start(struct vm *machine) {}
void vm_open_given_irqs(struct vm *machine) {}
void vm_close_given_irqs(struct vm *machine) {}
void vm_console_come(struct vm *machine) {}
void vm_watch_go_on(void) {}
void vm_console_leave(struct vm *machine) {}
void vm_console_flush(struct vm *machine) {}
void console_flush(void) {}
void firmware_shutdown(bool failed)
{
    abort();
}
void firmware_reboot(void)
{
    abort();
}
bool vm_list_all_ended(void)
{
    return false; /* another VM runs on */
}
bool vm_list_any_failed(void)
{
    return false;
}
bool vm_list_is_empty(void)
{
    return false;
}

void vm_report(struct vm *machine)
{
    assert_ptr_equal(machine, &vm);
    reports++;
}

static int setup(void **state)
{
    memset(&vm, 0, sizeof vm);
    memset(posted, 0, sizeof posted);
    vm = (struct vm){.config = &config, .vcpus = vcpus};
    for (uint32_t i = 0; i < CPUS; i++) {
        harts[i] = (struct hart){.id = 4 + i, .index = i, .online = true};
        vcpus[i] = (struct vcpu){.id = i, .hart = &harts[i], .machine = &vm.machine};
        fake_hart = &harts[i];
        vcpus[i].ledger = fake_ledger((uint16_t)i, &vcpus[i].exits);
        ledger_stop(vcpus[i].ledger);
    }
    config.cpus = CPUS;
    deaf = NO_HART;
    ran = reports = 0;
    said[0] = '\0';
    return 0;
}

static void starts_and_ends(void **state)
{
    assert_int_equal(vm_start(&vm), OK);
    run_harts();
    assert_int_equal(ran, CPUS);
    assert_int_equal(attached, 0);
    assert_int_equal(vm.end, VM_SHUTDOWN);
    assert_int_equal(vm_phase(&vm), VM_PHASE_ENDED);
    assert_string_equal(said, "");
}

static void check_failed(const char *message, unsigned came)
{
    assert_int_equal(ran, came);
    assert_int_equal(attached, 0);
    assert_int_equal(reports, 1);
    assert_int_equal(vm.end, VM_FAILED);
    assert_string_equal(vm.failure.reason, "a hart does not take its vCPU");
    assert_int_equal(vm_phase(&vm), VM_PHASE_ENDED);
    assert_string_equal(said, message);
}

/* Whichever hart it is: the vCPUs that came leave again, and the host goes on. */
static void a_hart_that_takes_no_vcpu_fails_its_vm_alone(void **state)
{
    deaf_error = ERR_TIMEOUT;
    deaf = 1;
    assert_int_equal(vm_start(&vm), OK);
    run_harts();
    check_failed("VM linux: hart 5 does not take vCPU 1: its mailbox stayed full", CPUS - 1);

    setup(state);
    deaf_error = ERR_NOT_FOUND;
    deaf = 2;
    assert_int_equal(vm_start(&vm), OK);
    run_harts();
    check_failed("VM linux: hart 6 does not take vCPU 2: it is not online", CPUS - 1);

    deaf = NO_HART; /* and it can be started again */
    ran = 0;
    assert_int_equal(vm_start(&vm), OK);
    run_harts();
    assert_int_equal(ran, CPUS);
    assert_int_equal(vm.end, VM_SHUTDOWN);
}

/* The hart that loaded the VM, and then takes nothing more. */
static void so_does_the_first_hart(void **state)
{
    for (uint32_t cpus = 1; cpus <= CPUS; cpus++) {
        setup(state);
        config.cpus = cpus;
        assert_int_equal(vm_start(&vm), OK);
        mailbox_fn load = posted[0].fn;
        posted[0].fn = NULL;
        deaf = 0;
        deaf_error = ERR_TIMEOUT;
        fake_hart = &harts[0];
        load(posted[0].argument);
        run_harts();
        check_failed("VM linux: hart 4 does not take vCPU 0: its mailbox stayed full", cpus - 1);
    }
}

static void a_start_that_no_hart_takes_is_refused(void **state)
{
    deaf = 0;
    deaf_error = ERR_TIMEOUT;
    assert_int_equal(vm_start(&vm), ERR_TIMEOUT);
    assert_int_equal(vm.end, VM_FAILED);
    assert_string_equal(vm.end_reason, "its first hart takes nothing");
    assert_int_equal(vm_phase(&vm), VM_PHASE_ENDED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(starts_and_ends, setup),
        cmocka_unit_test_setup(a_hart_that_takes_no_vcpu_fails_its_vm_alone, setup),
        cmocka_unit_test_setup(so_does_the_first_hart, setup),
        cmocka_unit_test_setup(a_start_that_no_hart_takes_is_refused, setup),
    };
    return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}
