/* Interrupt files in software: registers that sireg reaches, claims, MSIs to their pages. */
#include "guest.h"
#include <axdevice/imsic.h>
#include <string.h>

#define EIDELIVERY 0x70
#define EITHRESHOLD 0x72
#define EIP(k) (0x80 + (uint64_t)(k))
#define EIE(k) (0xc0 + (uint64_t)(k))
#define TOP(identity) ((uint64_t)(identity) << 16 | (identity))
#define ALL UINT64_MAX

struct machine {
    struct imsic imsic;
    struct imsic_file files[3];
    _Atomic bool eip[3];
    bool told[3];
};
static struct machine m;

/* A vCPU that is notified may come to the file at once. */
static void changed(void *context, uint32_t vcpu)
{
    assert_ptr_equal(context, &m);
    assert_false(spin_held(&m.files[vcpu].lock));
    assert_int_not_equal(m.told[vcpu], m.eip[vcpu]); /* changes only */
    m.told[vcpu] = m.eip[vcpu];
}

/* Three vCPUs; the last has no file in software. */
static void start(uint32_t identities)
{
    m = (struct machine){0};
    assert_int_equal(imsic_init(&m.imsic, gpa(0x28000000), 3, identities, changed, &m), OK);
    imsic_add_file(&m.imsic, 0, &m.files[0], &m.eip[0]);
    imsic_add_file(&m.imsic, 1, &m.files[1], &m.eip[1]);
}

/* As the APLIC sends: with a lock of its own, so it notifies later. */
static void send(uint32_t identity)
{
    if (imsic_send(&m.files[0], identity))
        changed(&m, 0);
    assert_int_equal(m.told[0], m.eip[0]);
}

static uint64_t change(uint64_t select, uint64_t clear, uint64_t set)
{
    uint64_t old = 0x5a5a;
    assert_int_equal(imsic_access(&m.files[0], select, (struct imsic_change){clear, set}, &old),
                     OK);
    return old;
}

static uint64_t get(uint64_t select)
{
    return change(select, 0, 0);
}

static void put(uint64_t select, uint64_t value)
{
    change(select, ALL, value);
}

static void open_all(void)
{
    put(EIE(0), ALL);
    put(EIDELIVERY, 1);
}

static void life_of_an_interrupt(void **state)
{
    start(255);
    open_all();
    guest_write(&m.imsic.device, 0, 4, 9);
    assert_true(m.eip[0]);
    assert_false(m.eip[1]);
    assert_int_equal(get(EIP(0)), 1 << 9);
    assert_int_equal(imsic_top(&m.files[0], false), TOP(9));
    assert_int_equal(imsic_top(&m.files[0], true), TOP(9));
    assert_false(m.eip[0]);
    assert_int_equal(imsic_top(&m.files[0], true), 0);
    guest_write(&m.imsic.device, PAGE_SIZE + 4, 4, 0x05000000); /* seteipnum_be of vCPU 1 */
    assert_int_equal(m.files[1].pending[0], 1 << 5);
}

static void lowest_identity_first(void **state)
{
    start(255);
    open_all();
    put(EIE(6), ALL);
    send(255);
    assert_int_equal(imsic_top(&m.files[0], false), TOP(255));
    send(70); /* not enabled */
    assert_int_equal(imsic_top(&m.files[0], false), TOP(255));
    put(EIE(2), ALL);
    assert_int_equal(imsic_top(&m.files[0], true), TOP(70));
    assert_int_equal(imsic_top(&m.files[0], true), TOP(255));
}

static void threshold(void **state)
{
    start(255);
    open_all();
    send(9);
    put(EITHRESHOLD, 9);
    assert_false(m.eip[0]);
    assert_int_equal(imsic_top(&m.files[0], true), 0);
    put(EITHRESHOLD, 10);
    assert_true(m.eip[0]);
    put(EITHRESHOLD, ALL);
    assert_int_equal(get(EITHRESHOLD), 2047);
}

static void delivery(void **state)
{
    start(255);
    put(EIE(0), ALL);
    send(9);
    assert_false(m.eip[0]);
    assert_int_equal(imsic_top(&m.files[0], false), TOP(9)); /* stopei has it all the same */
    put(EIDELIVERY, 1);
    assert_true(m.eip[0]);
    put(EIDELIVERY, 0x40000000); /* without an APLIC: 0 */
    assert_int_equal(get(EIDELIVERY), 0);
    assert_false(m.eip[0]);
}

static void set_and_clear_are_one_step(void **state)
{
    start(255);
    put(EIP(0), 0xf0);
    assert_int_equal(change(EIP(0), 0, 0x0e), 0xf0);
    assert_int_equal(change(EIP(0), 0x30, 0), 0xfe);
    assert_int_equal(get(EIP(0)), 0xce);
}

static void identities_that_are_not_there(void **state)
{
    start(63);
    put(EIE(0), ALL);
    put(EIP(0), ALL);
    assert_int_equal(get(EIE(0)), ALL - 1); /* 0 is none */
    assert_int_equal(get(EIP(0)), ALL - 1);
    put(EIE(2), ALL);
    put(EIP(62), ALL);
    assert_int_equal(get(EIE(2)) | get(EIP(62)), 0);
    put(EIP(0), 0);
    const uint32_t none[] = {0, 64, 2048, 0xffffffff};
    for (unsigned i = 0; i < 4; i++) {
        send(none[i]);
        guest_write(&m.imsic.device, 0, 4, none[i]);
    }
    assert_int_equal(get(EIP(0)), 0);
}

static void registers_that_are_not_there(void **state)
{
    uint64_t old = 0x5a5a;
    const uint64_t none[] = {0, 0x6f, 0x81, 0xbf, 0xc1, 0xff, 0x100, ALL};
    start(2047);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(imsic_access(&m.files[0], none[i], (struct imsic_change){ALL, ALL}, &old),
                         ERR_NOT_FOUND);
    assert_int_equal(old, 0x5a5a);
    for (uint64_t select = 0x71; select < 0x80; select++) { /* reserved, but for eithreshold */
        if (select == EITHRESHOLD)
            continue;
        put(select, ALL);
        assert_int_equal(get(select), 0);
    }
    put(EIE(62), ALL);
    assert_int_equal(get(EIE(62)), ALL);
}

static void pages(void **state)
{
    start(255);
    assert_int_equal(guest_read(&m.imsic.device, 0, 4), 0);
    assert_int_equal(guest_read(&m.imsic.device, PAGE_SIZE - 4, 4), 0);
    guest_write(&m.imsic.device, 8, 4, 9); /* reserved */
    assert_int_equal(m.files[0].pending[0], 0);
    for (unsigned width = 1; width <= 8; width *= 2)
        if (width != 4)
            guest_refused(&m.imsic.device, 0, width);
    guest_refused(&m.imsic.device, 2, 4);
    guest_refused(&m.imsic.device, 2 * PAGE_SIZE, 4); /* of a vCPU with a guest interrupt file */
    uint64_t value = 1;
    assert_int_equal(guest_try(&m.imsic.device, 3 * PAGE_SIZE, 4, true, &value), ERR_NOT_FOUND);
}

static void reset(void **state)
{
    start(255);
    open_all();
    put(EITHRESHOLD, 100);
    send(9);
    m.imsic.device.ops->reset(&m.imsic.device);
    assert_false(m.eip[0]);
    assert_int_equal(get(EIDELIVERY) | get(EITHRESHOLD) | get(EIE(0)) | get(EIP(0)), 0);
}

static void refusals(void **state)
{
    struct imsic imsic;
    const uint32_t identities[] = {0, 62, 64, 2111, UINT32_MAX};
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(imsic_init(&imsic, gpa(0), 1, identities[i], changed, NULL), ERR_INVALID);
    assert_int_equal(imsic_init(&imsic, gpa(0), 0, 63, changed, NULL), ERR_INVALID);
    assert_int_equal(imsic_init(&imsic, gpa(0), 65, 63, changed, NULL), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life_of_an_interrupt),
        cmocka_unit_test(lowest_identity_first),
        cmocka_unit_test(threshold),
        cmocka_unit_test(delivery),
        cmocka_unit_test(set_and_clear_are_one_step),
        cmocka_unit_test(identities_that_are_not_there),
        cmocka_unit_test(registers_that_are_not_there),
        cmocka_unit_test(pages),
        cmocka_unit_test(reset),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests_name("axdevice imsic", tests, NULL, NULL);
}
