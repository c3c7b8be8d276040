#include "fixture.h"
#include "../axtrace/fake_ledger.h"
#include <axaddrspace/addrspace.h>
#include <axhal/firmware.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

struct fixture f;
enum log_level log_level = LOG_LEVEL_TRACE;

const struct platform *platform(void)
{
    return &f.platform;
}

void log_line(enum log_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(f.log, sizeof f.log, format, arguments);
    va_end(arguments);
}

void hart_kick(struct hart *hart)
{
    assert_ptr_equal(hart, &f.harts[1]);
    f.kicks++;
}

void interrupt_set_handler(unsigned irq, interrupt_handler_t handler)
{
    assert_int_equal(irq, IRQ_STI);
    f.timer_handler = handler;
}

void interrupt_enable(unsigned irq)
{
    assert_int_equal(irq, IRQ_STI);
    f.timer_enabled = true;
}

void interrupt_disable(unsigned irq)
{
    assert_int_equal(irq, IRQ_STI);
    f.timer_enabled = false;
}

void interrupt_wait(void)
{
    assert_true(f.vcpus[0].away);
    f.waits++;
}

bool firmware_has_feature(enum sbi_fwft_feature feature)
{
    return !f.old_firmware;
}

bool firmware_set_feature(enum sbi_fwft_feature feature, uint64_t value)
{
    assert_int_equal(feature, SBI_FWFT_MISALIGNED_EXC_DELEG); /* of fake CSRs every bit sticks */
    f.delegated = value;
    return !f.firmware_refuses;
}

void firmware_set_timer(uint64_t deadline)
{
    f.firmware_timer = deadline;
}

uint64_t addrspace_hgatp(const struct addrspace *as)
{
    return 0x8000100000080000;
}

enum exit_left vcpu_enter(struct vcpu *vcpu)
{
    assert_true(vcpu->away);
    f.entries++;
    return f.left;
}

int guest_fetch16(uint64_t gva, uint16_t *to)
{
    *to = 0x1234;
    return gva != 0x1000;
}

int guest_load64(uint64_t gva, uint64_t *to)
{
    *to = 0x1122334455667788;
    return gva != 0x1000;
}

static void on_device_timer(struct vcpu *vcpu)
{
    f.device_timers++;
}

static void tick(void)
{
    fake_csr.time++;
}

int fixture_setup(void **state)
{
    f = (struct fixture){.left = EXIT_OPEN,
                         .platform = {.timebase = SECOND, .isa = "rv64imafdch_sstc"}};
    fake_csr = (struct fake_csrs){0};
    fake_cpu = (struct fake_cpu){.relax = tick};
    fake_hart = &f.harts[0];
    for (uint32_t i = 0; i < 2; i++) {
        f.harts[i] = (struct hart){.id = 4 + i, .index = i, .vcpu = &f.vcpus[i]};
        f.vcpus[i] = (struct vcpu){.id = i,
                                   .without_sstc = true,
                                   .ledger = fake_ledger((uint16_t)i, &f.vcpus[i].exits),
                                   .hart = &f.harts[i],
                                   .guest_deadline = UINT64_MAX,
                                   .device_deadline = UINT64_MAX,
                                   .on_device_timer = on_device_timer};
    }
    fake_hart = &f.harts[0];
    return 0;
}

int main(void)
{
    return run_request_tests() + run_inject_tests() + run_timer_tests() + run_setup_tests() +
           run_late_tests();
}
