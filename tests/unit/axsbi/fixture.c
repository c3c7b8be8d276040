#include "fixture.h"
#include "../axtrace/fake_ledger.h"
#include <axhal/counter.h>
#include <axhal/memory.h>
#include <axhal/platform.h>
#include <lib/bits.h>
#include <stdio.h>
#include <string.h>

struct fixture f;

__attribute__((format(printf, 1, 2))) static void event(const char *format, ...)
{
    size_t used = strlen(f.events);
    va_list args;
    va_start(args, format);
    vsnprintf(f.events + used, sizeof(f.events) - used, format, args);
    va_end(args);
}

void assert_events(const char *expected)
{
    assert_string_equal(f.events, expected);
    f.events[0] = '\0';
}

void vcpu_post(struct vcpu *vcpu, uint32_t requests)
{
    event("post %u %#x\n", vcpu->id, requests);
}

enum err vcpu_start(struct vcpu *vcpu, gpa_t pc, uint64_t opaque)
{
    uint32_t stopped = SBI_HSM_STOPPED;
    assert_true(spin_held(&f.machine.starts)); /* a hart that looks at all sees it, or is through */
    if (!atomic_compare_exchange_strong(&vcpu->hsm_state, &stopped, SBI_HSM_START_PENDING))
        return ERR_EXISTS;
    event("start %u %#lx %#lx\n", vcpu->id, pc.a, opaque);
    return OK;
}

enum err vcpu_fence_remote(struct vcpu *self, struct vcpu *vcpus, uint64_t mask, uint32_t requests)
{
    assert_ptr_equal(vcpus, f.vcpus);
    event("remote fence from %u to %#lx %#x\n", self->id, mask, requests);
    return f.fence_times_out ? ERR_TIMEOUT : OK;
}

void vcpu_fence_local(struct vcpu *self, uint32_t requests)
{
    event("local fence %u %#x\n", self->id, requests);
}

bool vcpu_load64(const struct vcpu *vcpu, gva_t at, uint64_t *to)
{
    assert_int_equal(vcpu->id, CALLER);
    if (at.a != LIST_GVA)
        return false;
    *to = f.list;
    return true;
}

void vcpu_clear_ipi(struct vcpu *vcpu)
{
    event("clear ipi %u\n", vcpu->id);
}

void vcpu_set_timer(struct vcpu *vcpu, uint64_t deadline)
{
    event("timer %u %lu\n", vcpu->id, deadline);
}

uint64_t vcpu_get_environment(const struct vcpu *vcpu)
{
    return f.environment & vcpu->environment;
}

bool vcpu_set_environment(struct vcpu *vcpu, uint64_t mask, uint64_t value)
{
    assert_int_equal(value & ~mask, 0);
    if (mask & ~vcpu->environment || value & ~f.possible)
        return false;
    f.environment = (f.environment & ~mask) | value;
    event("environment %#lx of %#lx\n", value, mask);
    return true;
}

bool vcpu_delegate_misaligned(bool wanted)
{
    if (f.firmware_refuses)
        return false;
    event("misaligned %d\n", wanted);
    return true;
}

void vcpu_reset_environment(struct vcpu *vcpu)
{
    event("environment reset %u\n", vcpu->id);
}

const struct platform *platform(void)
{
    static const struct platform p = {.timebase = 10000000};
    return &p;
}

bool platform_has_extension(const struct platform *p, const char *name)
{
    assert_string_equal(name, "sscofpmf");
    return f.has_sscofpmf;
}

/* Firmware with cycle, instret, two more, and one of its own; the event 0x10003 is not for 0, 2. */
uint32_t counter_limit(void)
{
    return 6;
}

struct sbi_ret counter_info(uint32_t index)
{
    static const long infos[] = {0x3fc00, 0,       0x3fc02,
                                 0x2fc03, 0x2fc1f, (long)SBI_PMU_INFO_FIRMWARE};
    assert_in_range(index, 0, 5);
    return (struct sbi_ret){index == 1 ? SBI_ERR_INVALID_PARAM : SBI_SUCCESS, infos[index]};
}

struct sbi_ret counter_configure(uint64_t mask, uint64_t flags, uint64_t event_index, uint64_t data)
{
    assert_int_equal(mask & ~UINT64_C(0x1d), 0);
    event("configure %#lx as %#lx %#lx\n", mask, event_index, data);
    f.given_flags = flags;
    uint64_t able = mask & ~f.taken & (event_index == 0x10003 ? 0x18 : 0x1d);
    if (able == 0 || event_index == 0x10004)
        return (struct sbi_ret){SBI_ERR_NOT_SUPPORTED, 0};
    f.taken |= able & -able;
    return (struct sbi_ret){SBI_SUCCESS, __builtin_ctzll(able)};
}

long counter_start(uint32_t index, uint64_t flags, uint64_t value)
{
    assert_true(f.taken & BIT(index));
    if (f.start_error != SBI_SUCCESS)
        return f.start_error;
    if (f.running & BIT(index))
        return SBI_ERR_ALREADY_STARTED;
    event("start counter %u flags %lu value %lu\n", index, flags, value);
    f.running |= BIT(index);
    return SBI_SUCCESS;
}

long counter_stop(uint32_t index, uint64_t flags)
{
    event("stop counter %u flags %lu\n", index, flags);
    if (f.stop_error != SBI_SUCCESS)
        return f.stop_error;
    f.running &= ~BIT(index);
    if (flags & SBI_PMU_STOP_RESET)
        f.taken &= ~BIT(index);
    return SBI_SUCCESS;
}

static size_t console_write(void *context, const char *bytes, size_t count)
{
    assert_ptr_equal(context, &f);
    if (f.output_broken)
        return 0;
    count = f.output_room != 0 && f.output_room < count ? f.output_room : count;
    assert_in_range(f.output_length + count, 0, sizeof(f.output));
    memcpy(f.output + f.output_length, bytes, count);
    f.output_length += count;
    event("write %zu\n", count);
    return count;
}

static enum err console_put(void *context, char byte)
{
    if (f.output_full)
        return ERR_AGAIN;
    return console_write(context, &byte, 1) == 1 ? OK : ERR_TIMEOUT;
}

static size_t console_read(void *context, char *bytes, size_t room)
{
    assert_ptr_equal(context, &f);
    size_t count = strnlen(f.input, room);
    memcpy(bytes, f.input, count);
    f.input += count;
    event("read %zu of %zu\n", count, room);
    return count;
}

static void reset(struct sbi_machine *machine, enum sbi_srst_type type, enum sbi_srst_reason reason)
{
    assert_ptr_equal(machine, &f.machine);
    event("reset %u %u\n", type, reason);
}

int fixture_setup(void **state)
{
    memset(&f, 0, sizeof(f));
    for (uint32_t i = 0; i < MAX_HARTS; i++)
        f.vcpus[i].id = i;
    f.vcpus[CALLER].last_asid = LAST_ASID;
    f.vcpus[CALLER].ledger = fake_ledger(CALLER, &f.vcpus[CALLER].exits);
    f.vcpus[CALLER].hart = fake_hart;
    quiet_init(&f.quiet);
    quiet_add(&f.quiet, f.vcpus[CALLER].ledger);
    f.vcpus[3].hsm_state = SBI_HSM_STOPPED;
    f.memory = (struct addrspace){
        .ram_count = 1,
        .ram = {
            {.base = gpa(RAM), .size = RAM_SIZE, .host = ptr_to_hpa(f.ram), .rights = RAM_ALL}}};
    f.machine = (struct sbi_machine){
        .extensions = sbi_extensions,
        .vcpus = f.vcpus,
        .vcpu_count = HARTS,
        .harts = f.harts,
        .memory = &f.memory,
        .console = {.context = &f,
                    .write = console_write,
                    .put = console_put,
                    .read = console_read},
        .mvendorid = 0x489,
        .marchid = UINT64_C(0x8000000000000007),
        .mimpid = 0x20181004,
        .quiet = &f.quiet,
        .reset = reset,
    };
    f.input = "";
    sbi_init();
    return 0;
}

static bool shortly; /* as an exit in place does */

enum sbi_verdict handle_call(struct vcpu *vcpu)
{
    const struct sbi_extension *extension = sbi_find_or_none(vcpu->x[REG_A7]);
    uint64_t before[REG_COUNT];
    memcpy(before, vcpu->x, sizeof(before));
    if (shortly && extension->shortcut != NULL && extension->shortcut(&f.machine, vcpu))
        return SBI_RESUME;
    assert_memory_equal(vcpu->x, before, sizeof(before));
    return sbi_handle(&f.machine, vcpu);
}

/* What has a shortcut does the same by it. */
static int run_short_tests(void)
{
    shortly = true;
    int failed = run_dbcn_tests() + run_legacy_tests();
    shortly = false;
    return failed;
}

struct answer make_call(const uint64_t call[8])
{
    struct vcpu *vcpu = &f.vcpus[CALLER];
    for (unsigned r = 1; r < REG_COUNT; r++)
        vcpu->x[r] = UINT64_C(0x5a5a000000000000) + r;
    vcpu->x[REG_A7] = call[0];
    vcpu->x[REG_A6] = call[1];
    memcpy(&vcpu->x[REG_A0], &call[2], 6 * sizeof(call[0]));

    uint64_t before[REG_COUNT];
    memcpy(before, vcpu->x, sizeof(before));
    enum sbi_verdict verdict;
    f.parts = 0;
    do {
        verdict = handle_call(vcpu);
        if (f.between != NULL && verdict == SBI_AGAIN)
            f.between();
        if (verdict == SBI_AGAIN)
            assert_memory_equal(vcpu->x, before, sizeof(before));
        f.parts++;
    } while (verdict == SBI_AGAIN);
    before[REG_A0] = vcpu->x[REG_A0];
    before[REG_A1] = vcpu->x[REG_A1];
    assert_memory_equal(vcpu->x, before, sizeof(before));
    return (struct answer){verdict, (long)vcpu->x[REG_A0], (long)vcpu->x[REG_A1]};
}

void assert_call(const char *events, uint64_t value, const uint64_t call[8])
{
    struct answer a = make_call(call);
    assert_int_equal(a.error, SBI_SUCCESS);
    assert_int_equal(a.value, value);
    assert_int_equal(a.verdict, SBI_RESUME);
    assert_events(events);
}

void assert_refused(long error, const uint64_t call[8])
{
    static struct fixture before;
    memcpy(&before, &f, sizeof(f));
    struct answer a = make_call(call);
    assert_int_equal(a.error, error);
    assert_int_equal(a.value, 0);
    assert_int_equal(a.verdict, SBI_RESUME);
    memcpy(before.vcpus[CALLER].x, f.vcpus[CALLER].x, sizeof(f.vcpus[CALLER].x));
    before.parts = f.parts;
    before.harts[CALLER].progress = f.harts[CALLER].progress; /* of a call that is over */
    assert_false(f.harts[CALLER].progress.unfinished);
    assert_memory_equal(&f, &before, sizeof(f));
}

int main(void)
{
    return run_table_tests() + run_base_tests() + run_time_tests() + run_ipi_tests() +
           run_rfence_tests() + run_hsm_tests() + run_srst_tests() + run_dbcn_tests() +
           run_susp_tests() + run_legacy_tests() + run_fwft_tests() + run_pmu_tests() +
           run_pmu_hardware_tests() + run_sta_tests() + run_quiet_tests() + run_short_tests();
}
