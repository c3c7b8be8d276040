/* The PLIC: gateways, claims, which vCPU is notified. */
#include "guest.h"
#include <axdevice/plic.h>

#define PENDING 0x1000
#define ENABLE(context) (0x2000 + 0x80 * (uint64_t)(context))
#define THRESHOLD(context) (0x200000 + 0x1000 * (uint64_t)(context))
#define CLAIM(context) (THRESHOLD(context) + 4)
#define S(vcpu) (2 * (vcpu) + 1)
#define M(vcpu) (2 * (vcpu))

struct machine {
    struct plic plic;
    bool stored[PLIC_MAX_VCPUS];
    bool eip[PLIC_MAX_VCPUS]; /* what the vCPU has seen of it */
    int changes;
    bool claims; /* a vCPU that is notified claims the interrupt at once */
};
static struct machine m;

static void store(void *context, uint32_t vcpu, bool level)
{
    assert_ptr_equal(context, &m);
    assert_true(spin_held(&m.plic.lock));
    assert_int_not_equal(m.stored[vcpu], level); /* changes only */
    m.stored[vcpu] = level;
    m.changes++;
}

static void tell(void *context, uint32_t vcpu)
{
    assert_ptr_equal(context, &m);
    assert_false(spin_held(&m.plic.lock));
    m.eip[vcpu] = m.stored[vcpu];
    if (m.claims && m.eip[vcpu])
        assert_int_equal(guest_read(&m.plic.device, CLAIM(S(vcpu)), 4), 10);
}

static const struct external_output output = {store, tell, &m};

static void start(uint32_t vcpus)
{
    m = (struct machine){0};
    assert_int_equal(plic_init(&m.plic, gpa(0x0c000000), vcpus, output), OK);
}

static uint64_t get(uint64_t offset)
{
    return guest_read(&m.plic.device, offset, 4);
}

static void put(uint64_t offset, uint64_t value)
{
    guest_write(&m.plic.device, offset, 4, value);
}

static void line(uint32_t source, bool level)
{
    struct irq_line l = plic_line(&m.plic, source);
    irq_set(&l, level);
}

/* Priority 1, enabled in `context`, besides what is enabled there. */
static void enable(uint32_t context, uint32_t source)
{
    uint64_t at = ENABLE(context) + source / 32 * 4;
    put(source * 4, 1);
    put(at, get(at) | UINT64_C(1) << source % 32);
}

static void life_of_an_interrupt(void **state)
{
    start(1);
    enable(S(0), 10);
    line(10, true);
    assert_true(m.eip[0]);
    assert_int_equal(get(PENDING), 1 << 10);
    assert_int_equal(get(CLAIM(S(0))), 10);
    assert_false(m.eip[0]);
    assert_int_equal(get(PENDING), 0);
    assert_int_equal(get(CLAIM(S(0))), 0);
    line(10, false);
    put(CLAIM(S(0)), 10);
    assert_false(m.eip[0]);
    assert_int_equal(m.changes, 2);
}

static void high_line_pends_again_after_completion(void **state)
{
    start(1);
    enable(S(0), 10);
    line(10, true);
    assert_int_equal(get(CLAIM(S(0))), 10);
    line(10, false);
    line(10, true); /* the gateway is closed */
    assert_int_equal(get(PENDING), 0);
    assert_false(m.eip[0]);
    put(CLAIM(S(0)), 10);
    assert_true(m.eip[0]);
    assert_int_equal(get(CLAIM(S(0))), 10);
}

static void pending_outlives_its_line(void **state)
{
    start(1);
    enable(S(0), 10);
    line(10, true);
    line(10, false);
    assert_true(m.eip[0]);
    assert_int_equal(get(CLAIM(S(0))), 10);
    put(CLAIM(S(0)), 10);
    assert_int_equal(get(CLAIM(S(0))), 0);
}

static void completion_of_what_is_not_enabled(void **state)
{
    start(2);
    enable(S(0), 10);
    line(10, true);
    assert_int_equal(get(CLAIM(S(0))), 10);
    put(CLAIM(S(1)), 10); /* not enabled there */
    put(ENABLE(S(0)), 0);
    put(CLAIM(S(0)), 10); /* no longer enabled */
    assert_int_equal(get(PENDING), 0);
    put(CLAIM(S(0)), 0);
    put(CLAIM(S(0)), 96);
    put(CLAIM(S(0)), UINT32_MAX);
    assert_int_equal(get(PENDING), 0);
    put(ENABLE(S(0)), 1 << 10);
    put(CLAIM(S(0)), 10);
    assert_int_equal(get(PENDING), 1 << 10);
    assert_true(m.eip[0]);
}

/* Linux masks by the enable bit while the line is high; it comes back at the unmask. */
static void enable_bit_masks(void **state)
{
    start(1);
    enable(S(0), 10);
    put(ENABLE(S(0)), 0);
    line(10, true);
    assert_false(m.eip[0]);
    assert_int_equal(get(CLAIM(S(0))), 0);
    assert_int_equal(get(PENDING), 1 << 10);
    put(ENABLE(S(0)), 1 << 10);
    assert_true(m.eip[0]);
    put(ENABLE(S(0)), 0);
    assert_false(m.eip[0]);
}

static void priority_then_lowest_id(void **state)
{
    start(1);
    const uint32_t sources[] = {95, 33, 7, 64, 31};
    for (size_t i = 0; i < 5; i++) {
        enable(S(0), sources[i]);
        line(sources[i], true);
    }
    put(64 * 4, 7);
    put(95 * 4, 7);
    put(33 * 4, 2);
    const uint32_t order[] = {64, 95, 33, 7, 31, 0};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(get(CLAIM(S(0))), order[i]);
    assert_false(m.eip[0]);
}

static void priority_zero_never(void **state)
{
    start(1);
    enable(S(0), 10);
    put(10 * 4, 0);
    line(10, true);
    assert_false(m.eip[0]);
    assert_int_equal(get(CLAIM(S(0))), 0);
    put(10 * 4, 1);
    assert_true(m.eip[0]);
}

static void threshold_hides_from_eip_only(void **state)
{
    start(1);
    enable(S(0), 10);
    put(10 * 4, 3);
    put(THRESHOLD(S(0)), 3);
    line(10, true);
    assert_false(m.eip[0]);
    put(THRESHOLD(S(0)), 2);
    assert_true(m.eip[0]);
    put(THRESHOLD(S(0)), 7);
    assert_false(m.eip[0]);
    assert_int_equal(get(CLAIM(S(0))), 10);
}

static void first_claim_wins(void **state)
{
    start(3);
    for (uint32_t vcpu = 0; vcpu < 3; vcpu++)
        enable(S(vcpu), 10);
    line(10, true);
    assert_true(m.eip[0] && m.eip[1] && m.eip[2]);
    assert_int_equal(get(CLAIM(S(1))), 10);
    assert_false(m.eip[0] || m.eip[1] || m.eip[2]);
    assert_int_equal(get(CLAIM(S(0))), 0);
    put(CLAIM(S(2)), 10); /* the context that completes may be another one */
    assert_true(m.eip[0] && m.eip[1] && m.eip[2]);
}

/* One notice is out of date when the next one comes: both look at what is stored. */
static void claim_while_others_are_told(void **state)
{
    start(3);
    for (uint32_t vcpu = 0; vcpu < 3; vcpu++)
        enable(S(vcpu), 10);
    m.claims = true;
    line(10, true);
    assert_false(m.eip[0] || m.eip[1] || m.eip[2]);
    put(CLAIM(S(1)), 10);
    assert_int_equal(get(PENDING), 0); /* claimed again */
    assert_false(m.eip[0] || m.eip[1] || m.eip[2]);
}

static void m_contexts_drive_nothing(void **state)
{
    start(1);
    enable(M(0), 10);
    put(THRESHOLD(M(0)), 5);
    put(10 * 4, 7);
    assert_int_equal(get(ENABLE(M(0))), 1 << 10);
    assert_int_equal(get(THRESHOLD(M(0))), 5);
    line(10, true);
    assert_int_equal(m.changes, 0);
    assert_int_equal(get(CLAIM(S(0))), 0);
}

static void writable_bits(void **state)
{
    start(1);
    put(0, 7); /* source 0 is not there */
    put(10 * 4, 0xff);
    put(95 * 4, 0xf9);
    put(96 * 4, 7);
    put(THRESHOLD(S(0)), 0xfa);
    for (uint64_t word = 0; word < 4; word++) {
        put(ENABLE(S(0)) + 4 * word, UINT32_MAX);
        put(PENDING + 4 * word, UINT32_MAX);
    }
    assert_int_equal(get(0), 0);
    assert_int_equal(get(10 * 4), 7);
    assert_int_equal(get(95 * 4), 1);
    assert_int_equal(get(96 * 4), 0);
    assert_int_equal(get(THRESHOLD(S(0))), 2);
    assert_int_equal(get(ENABLE(S(0))), 0xfffffffe);
    assert_int_equal(get(ENABLE(S(0)) + 8), UINT32_MAX);
    assert_int_equal(get(ENABLE(S(0)) + 12), 0);
    for (uint64_t word = 0; word < 4; word++)
        assert_int_equal(get(PENDING + 4 * word), 0);
}

static void contexts_that_are_not_there(void **state)
{
    start(64);
    enable(S(63), 10);
    line(10, true);
    assert_true(m.eip[63]);
    put(ENABLE(128), UINT32_MAX);
    put(THRESHOLD(128), 1);
    assert_int_equal(get(ENABLE(128)), 0);
    assert_int_equal(get(THRESHOLD(128)), 0);
    assert_int_equal(get(CLAIM(128)), 0);
    assert_int_equal(get(PLIC_SIZE - 4), 0);
    assert_int_equal(get(0x200008), 0);
    assert_int_equal(get(CLAIM(S(63))), 10);
}

static void refusals(void **state)
{
    start(1);
    guest_refused(&m.plic.device, CLAIM(S(0)), 1);
    guest_refused(&m.plic.device, CLAIM(S(0)), 2);
    guest_refused(&m.plic.device, CLAIM(S(0)) + 2, 4);
    guest_refused(&m.plic.device, CLAIM(S(0)) + 4, 8);
    assert_int_equal(guest_read(&m.plic.device, CLAIM(S(0)), 8), 0); /* 8 at 4: two words */
    assert_int_equal(plic_init(&m.plic, gpa(0), 0, output), ERR_INVALID);
    assert_int_equal(plic_init(&m.plic, gpa(0), 65, output), ERR_INVALID);
}

static void reset(void **state)
{
    start(2);
    enable(S(0), 10);
    enable(S(1), 11);
    line(10, true);
    line(11, true);
    assert_int_equal(get(CLAIM(S(1))), 11);
    put(THRESHOLD(S(1)), 1);
    m.plic.device.ops->reset(&m.plic.device);
    assert_false(m.eip[0] || m.eip[1]);
    assert_int_equal(get(PENDING), 0);
    assert_int_equal(get(10 * 4), 0);
    assert_int_equal(get(ENABLE(S(1))), 0);
    assert_int_equal(get(THRESHOLD(S(1))), 7);
    put(THRESHOLD(S(1)), 0);
    enable(S(1), 11); /* its gateway is open, its line low */
    assert_int_equal(get(CLAIM(S(1))), 0);
    line(11, true);
    assert_int_equal(get(CLAIM(S(1))), 11);
}

static uint32_t ended;

static void note_end(void *context)
{
    assert_ptr_equal(context, &m);
    assert_true(spin_held(&m.plic.lock));
    ended++;
}

static void end_lowers_a_forwarded_line(void **state)
{
    static const struct irq_end end = {.ended = note_end, .context = &m};
    start(1);
    ended = 0;
    struct irq_line forwarded = plic_line(&m.plic, 10);
    irq_on_end(&forwarded, &end);
    enable(S(0), 10);
    enable(S(0), 11);
    line(10, true);
    assert_int_equal(get(CLAIM(S(0))), 10);
    assert_int_equal(ended, 0);
    put(CLAIM(S(0)), 10);
    assert_int_equal(ended, 1);
    assert_int_equal(get(PENDING), 0); /* though it was not lowered */
    line(10, true);
    assert_int_equal(get(CLAIM(S(0))), 10);
    line(11, true);
    assert_int_equal(get(CLAIM(S(0))), 11);
    put(CLAIM(S(0)), 11); /* that one is not forwarded */
    assert_int_equal(ended, 1);
    put(CLAIM(S(0)), 10);
    assert_int_equal(ended, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life_of_an_interrupt),
        cmocka_unit_test(high_line_pends_again_after_completion),
        cmocka_unit_test(pending_outlives_its_line),
        cmocka_unit_test(completion_of_what_is_not_enabled),
        cmocka_unit_test(enable_bit_masks),
        cmocka_unit_test(priority_then_lowest_id),
        cmocka_unit_test(priority_zero_never),
        cmocka_unit_test(threshold_hides_from_eip_only),
        cmocka_unit_test(first_claim_wins),
        cmocka_unit_test(claim_while_others_are_told),
        cmocka_unit_test(m_contexts_drive_nothing),
        cmocka_unit_test(writable_bits),
        cmocka_unit_test(contexts_that_are_not_there),
        cmocka_unit_test(refusals),
        cmocka_unit_test(reset),
        cmocka_unit_test(end_lowers_a_forwarded_line),
    };
    return cmocka_run_group_tests_name("axdevice plic", tests, NULL, NULL);
}
