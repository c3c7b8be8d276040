#include "fixture.h"
#include "../axtrace/fake_ledger.h"
#include <axhal/interrupt.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <stdio.h>
#include <string.h>

struct fixture f;
enum log_level log_level = LOG_LEVEL_OFF;

void event(const char *format, ...)
{
    size_t used = strlen(f.events);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(f.events + used, sizeof f.events - used, format, arguments);
    va_end(arguments);
}

void assert_events(const char *expected)
{
    assert_string_equal(f.events, expected);
    f.events[0] = '\0';
}

void log_line(enum log_level level, const char *format, ...) {}

const char *exception_name(uint64_t cause)
{
    return "";
}

bool interrupt_is_pending(void)
{
    return (fake_csr.sip & fake_csr.sie) != 0;
}

void interrupt_dispatch(void)
{
    event("dispatch ");
    if (!f.stays_pending)
        fake_csr.sip = 0;
}

void mailbox_run(void)
{
    event("mailbox ");
}

uint32_t vcpu_take_requests(struct vcpu *vcpu, uint32_t which)
{
    atomic_fetch_or(&vcpu->requests, f.posts_late);
    return atomic_fetch_and(&vcpu->requests, ~which) & which;
}

/* The guest comes to its one exit; then, and while it waits, the VM is ended. */
bool vcpu_run(struct vcpu *vcpu, struct vm_exit *exit)
{
    assert_int_equal(vcpu->hsm_state, SBI_HSM_STARTED);
    if (f.runs++ > 0) {
        atomic_fetch_or(&vcpu->requests, VCPU_REQ_HALT);
        return false;
    }
    *exit = f.exit;
    return true;
}

void vcpu_wait(struct vcpu *vcpu)
{
    event("wait ");
    atomic_fetch_or(&vcpu->requests, VCPU_REQ_HALT);
}

bool vcpu_interrupt_pending(const struct vcpu *vcpu)
{
    return (fake_csr.hip & fake_csr.hie) != 0;
}

void vcpu_clear_interrupts(struct vcpu *vcpu)
{
    event("clear ");
}

void vcpu_reset(struct vcpu *vcpu, uint64_t pc, uint64_t a0, uint64_t a1)
{
    event("reset %#lx %lu %#lx ", pc, a0, a1);
}

void vcpu_inject(struct vcpu *vcpu, uint64_t cause, uint64_t tval)
{
    event("inject %lu %#lx ", cause, tval);
}

void vcpu_fence_local(struct vcpu *vcpu, uint32_t requests)
{
    event("fence %#x ", requests);
}

void vcpu_inject_in_place(struct vcpu *vcpu, uint64_t cause, uint64_t tval)
{
    vcpu_inject(vcpu, cause, tval);
}

uint64_t vcpu_float_get(unsigned number)
{
    return f.floats[number];
}

void vcpu_float_set(unsigned number, uint64_t value)
{
    f.floats[number] = value;
}

const struct platform *platform(void)
{
    return NULL;
}

bool platform_has_extension(const struct platform *p, const char *name)
{
    return f.has_zcmp && strcmp(name, "zcmp") == 0;
}

bool vcpu_fetch16(const struct vcpu *vcpu, gva_t at, uint16_t *to)
{
    unsigned parcel = (unsigned)(at.a - PC) / 2;
    if (parcel >= f.readable)
        return false;
    *to = f.code[parcel];
    return true;
}

enum sbi_verdict sbi_handle(struct sbi_machine *machine, struct vcpu *vcpu)
{
    assert_ptr_equal(machine, &f.machine.sbi);
    event("sbi ");
    if (f.stops)
        vcpu->hsm_state = SBI_HSM_STOPPED;
    return f.answer;
}

static bool answer_shortly(struct sbi_machine *machine, struct vcpu *vcpu)
{
    assert_ptr_equal(machine, &f.machine.sbi);
    if (!f.shortly)
        return false;
    event("short ");
    ledger_name(vcpu->ledger, LEDGER_SBI_DBCN_BYTE);
    atomic_fetch_or(&vcpu->requests, f.posts);
    return true;
}

/* DBCN ends in place, HSM does not. */
static const struct sbi_extension dbcn = {.id = SBI_EXT_DBCN,
                                          .in_place = SBI_ALL_IN_PLACE,
                                          .shortcut = answer_shortly},
                                  hsm = {.id = SBI_EXT_HSM};
const struct sbi_extension sbi_none;
const sbi_table_t sbi_extensions = {[SBI_SLOT(SBI_EXT_DBCN)] = &dbcn,
                                    [SBI_SLOT(SBI_EXT_HSM)] = &hsm};

enum sbi_verdict sbi_perform(const struct sbi_extension *extension, struct sbi_machine *machine,
                             struct vcpu *vcpu)
{
    assert_non_null(extension);
    ledger_name(vcpu->ledger, LEDGER_SBI_DBCN_BYTE);
    atomic_fetch_or(&vcpu->requests, f.posts);
    return sbi_handle(machine, vcpu);
}

void vcpu_note_exit(struct vcpu *vcpu)
{
    event("exit ");
}

void vcpu_note_entry(struct vcpu *vcpu)
{
    event("entry ");
}

void vcpu_account_delivered(struct vcpu *vcpu)
{
    event("delivered ");
    vcpu->delivered.deadline = 0;
}

bool sbi_all_stopped(struct sbi_machine *machine, const struct vcpu *except)
{
    assert_null(except);
    return f.vcpus[0].hsm_state == SBI_HSM_STOPPED && f.vcpus[1].hsm_state == SBI_HSM_STOPPED;
}

void sbi_hart_reset(struct sbi_machine *machine, struct vcpu *vcpu)
{
    assert_ptr_equal(machine, &f.machine.sbi);
    f.sbi_resets++;
}

bool sbi_hart_start(struct sbi_machine *machine, struct vcpu *vcpu, unsigned step)
{
    assert_int_equal(f.sbi_resets, 1);
    assert_int_equal(vcpu->ledger->column, LEDGER_STOPPED);
    if (step == 2)
        return false;
    event("start ");
    return true;
}

void sbi_before_entry(struct sbi_machine *machine, struct vcpu *vcpu)
{
    event("steal ");
}

static enum err device_read(struct mmio_device *device, uint64_t offset, unsigned width,
                            uint64_t *value)
{
    if (offset >= 8)
        return ERR_INVALID;
    event("read %lu %u ", offset, width);
    *value = f.stored;
    return OK;
}

static enum err device_write(struct mmio_device *device, uint64_t offset, unsigned width,
                             uint64_t value)
{
    if (offset >= 8)
        return ERR_INVALID;
    event("write %lu %u %#lx ", offset, width, value);
    return f.device_answer;
}

static void stop(struct exit_machine *machine, const struct vcpu *vcpu, const char *reason)
{
    assert_ptr_equal(machine, &f.machine);
    event("stop %u %s ", vcpu->id, reason);
}

static void user(struct exit_machine *machine)
{
    assert_ptr_equal(machine, &f.machine);
    event("user ");
}

int fixture_setup(void **state)
{
    static const struct mmio_ops ops = {.read = device_read, .write = device_write};
    memset(&f, 0, sizeof f);
    fake_csr = (struct fake_csrs){0};
    f.device = (struct mmio_device){"device", gpa(DEVICE), 0x100, &ops, LEDGER_MMIO_RTC};
    assert_int_equal(bus_add(&f.bus, &f.device), OK);
    f.machine = (struct exit_machine){
        .sbi = {.vcpus = f.vcpus, .vcpu_count = 2}, .bus = &f.bus, .stop = stop, .user = user};
    for (uint32_t i = 0; i < 2; i++) {
        f.vcpus[i].id = i;
        f.vcpus[i].ledger = fake_ledger((uint16_t)i, &f.vcpus[i].exits);
        f.vcpus[i].hart = fake_hart;
        f.vcpus[i].machine = &f.machine;
        f.vcpus[i].without_sstc = true; /* vcpu_note_exit() and its like are then always called */
    }
    fake_hart->vcpu = &f.vcpus[0];
    f.vcpus[0].sepc = PC;
    return 0;
}

void run_exit(struct vm_exit exit)
{
    f.exit = exit;
    f.runs = 0;
    exit_run_vcpu(&f.vcpus[0]);
}

int main(void)
{
    return run_aia_tests() + run_fast_tests() + run_in_place_tests() + run_mmio_tests() +
           run_verdict_tests();
}
