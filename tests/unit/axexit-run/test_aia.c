/* CSRs of the AIA that trap: which instruction wants what, and what the guest gets. */
#include "fixture.h"
#include <axdevice/imsic.h>
#include <axexit/csr_decode.h>
#include <lib/bits.h>

#define SIREG 0x151
#define STOPEI 0x15c
enum { CSRRW = 1, CSRRS, CSRRC, CSRRWI = 5, CSRRSI, CSRRCI };

static struct vcpu *const vcpu = &f.vcpus[0];
static struct imsic imsic;
static struct imsic_file file;
static _Atomic bool eip;

static void changed(void *context, uint32_t id)
{
    assert_int_equal(id, 0);
}

static uint32_t csr(unsigned function, unsigned number, unsigned rd, unsigned rs1)
{
    return number << 20 | rs1 << 15 | function << 12 | rd << 7 | 0x73;
}

/* The vCPU's file is in software, all identities are let through. */
static int with_software_file(void **state)
{
    fixture_setup(state);
    assert_int_equal(imsic_init(&imsic, gpa(0x28000000), 2, 255, changed, NULL), OK);
    imsic_add_file(&imsic, 0, &file, &eip);
    file.delivery = true;
    for (unsigned i = 0; i < 4; i++)
        file.enable[i] = UINT64_MAX;
    eip = false;
    f.machine.imsic = &imsic;
    vcpu->has_aia = true;
    vcpu->sstatus = SSTATUS_SPP;
    return 0;
}

/* The guest executes one instruction that traps; true: it was emulated. */
static bool execute(uint32_t instruction)
{
    f.code[0] = (uint16_t)instruction;
    f.code[1] = (uint16_t)(instruction >> 16);
    f.readable = 2;
    vcpu->requests = 0;
    vcpu->sepc = PC;
    f.events[0] = '\0';
    run_exit((struct vm_exit){.cause = EXC_VIRTUAL_INSTRUCTION});
    if (vcpu->sepc == PC + 4) {
        assert_events("clear ");
        return true;
    }
    assert_events("clear inject 2 0 ");
    return false;
}

/* What trapped is in stval, where the hart says so: the guest may have changed its code since. */
static void believes_stval_more_than_the_code(void **state)
{
    imsic_send(&file, 9);
    f.readable = 0;
    run_exit((struct vm_exit){.cause = EXC_VIRTUAL_INSTRUCTION, .tval = csr(CSRRS, STOPEI, 10, 0)});
    assert_events("clear ");
    assert_int_equal(vcpu->x[10], 9 << 16 | 9);
    assert_int_equal(vcpu->sepc, PC + 4);
}

static void retries_what_can_not_be_fetched(void **state)
{
    f.readable = 0;
    run_exit((struct vm_exit){.cause = EXC_VIRTUAL_INSTRUCTION});
    assert_events("clear fence 0x18 ");
    assert_int_equal(vcpu->sepc, PC);
}

static void decodes(void **state)
{
    const uint64_t x[32] = {[5] = 0xf0};
    const struct {
        uint32_t instruction;
        bool writes;
        uint64_t clear, set;
    } cases[] = {
        {csr(CSRRW, SIREG, 6, 5), true, UINT64_MAX, 0xf0},
        {csr(CSRRW, SIREG, 6, 0), true, UINT64_MAX, 0},
        {csr(CSRRS, SIREG, 6, 5), true, 0, 0xf0},
        {csr(CSRRS, SIREG, 6, 0), false, 0, 0},
        {csr(CSRRC, SIREG, 6, 5), true, 0xf0, 0},
        {csr(CSRRC, SIREG, 6, 0), false, 0, 0},
        {csr(CSRRWI, SIREG, 6, 5), true, UINT64_MAX, 5},
        {csr(CSRRSI, SIREG, 6, 31), true, 0, 31},
        {csr(CSRRSI, SIREG, 6, 0), false, 0, 0},
        {csr(CSRRCI, SIREG, 6, 5), true, 5, 0},
    };
    struct csr_op op;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_true(csr_decode(cases[i].instruction, x, &op));
        assert_int_equal(op.number, SIREG);
        assert_int_equal(op.rd, 6);
        assert_int_equal(op.writes, cases[i].writes);
        assert_int_equal(op.clear, cases[i].clear);
        assert_int_equal(op.set, cases[i].set);
    }
    assert_false(csr_decode(0x10500073, x, &op));                  /* wfi */
    assert_false(csr_decode(0x73 | 4 << 12, x, &op));              /* hlv and alike */
    assert_false(csr_decode(csr(CSRRW, SIREG, 6, 5) ^ 4, x, &op)); /* another opcode */
}

static void claims_by_a_write_of_stopei(void **state)
{
    imsic_send(&file, 9);
    imsic_send(&file, 70);
    assert_true(execute(csr(CSRRS, STOPEI, 10, 0)));
    assert_int_equal(vcpu->x[10], 9 << 16 | 9);
    assert_true(execute(csr(CSRRW, STOPEI, 10, 0)));
    assert_int_equal(vcpu->x[10], 9 << 16 | 9);
    assert_true(execute(csr(CSRRSI, STOPEI, 11, 1))); /* what is written does not matter */
    assert_int_equal(vcpu->x[11], 70 << 16 | 70);
    assert_false(eip);
    assert_true(execute(csr(CSRRW, STOPEI, 11, 0)));
    assert_int_equal(vcpu->x[11], 0);
}

static void reaches_registers_by_siselect(void **state)
{
    fake_csr.vsiselect = 0xc0;
    vcpu->x[5] = 0x200;
    assert_true(execute(csr(CSRRC, SIREG, 0, 5)));
    assert_int_equal(vcpu->x[0], 0);
    assert_int_equal(file.enable[0], ~UINT64_C(0x201)); /* 0 is no identity */
    fake_csr.vsiselect = 0x80;
    assert_true(execute(csr(CSRRW, SIREG, 6, 5)));
    assert_int_equal(vcpu->x[6], 0);
    assert_true(execute(csr(CSRRS, SIREG, 7, 0)));
    assert_int_equal(vcpu->x[7], 0x200);
}

static void priorities_are_read_only_zeros(void **state)
{
    f.machine.imsic = NULL; /* with a guest file of its hart too */
    for (uint64_t select = 0x30; select < 0x40; select++) {
        fake_csr.vsiselect = select;
        vcpu->x[6] = vcpu->x[5] = 0x5a;
        assert_int_equal(execute(csr(CSRRW, SIREG, 6, 5)), select % 2 == 0);
        assert_int_equal(vcpu->x[6], select % 2 == 0 ? 0 : 0x5a);
    }
}

static void what_is_not_there_is_illegal(void **state)
{
    const uint64_t none[] = {0, 0x2f, 0x40, 0x6f, 0x81, 0xff, 0x100, 0xfff};
    for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
        fake_csr.vsiselect = none[i];
        assert_false(execute(csr(CSRRW, SIREG, 6, 5)));
    }
    fake_csr.vsiselect = 0x70;
    assert_false(execute(csr(CSRRW, 0x600, 6, 5))); /* hstatus */
    vcpu->sstatus = 0;                              /* VU-mode */
    assert_false(execute(csr(CSRRW, SIREG, 6, 5)));
    assert_false(execute(csr(CSRRW, STOPEI, 6, 5)));
    vcpu->sstatus = SSTATUS_SPP;
    imsic.files[0] = NULL; /* what traps with a guest file is not there */
    assert_false(execute(csr(CSRRW, SIREG, 6, 5)));
    assert_false(execute(csr(CSRRW, STOPEI, 6, 5)));
    vcpu->has_aia = false;
    fake_csr.vsiselect = 0x30;
    assert_false(execute(csr(CSRRW, SIREG, 6, 5)));
    assert_true(file.delivery);
}

int run_aia_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes),
        cmocka_unit_test_setup(claims_by_a_write_of_stopei, with_software_file),
        cmocka_unit_test_setup(reaches_registers_by_siselect, with_software_file),
        cmocka_unit_test_setup(priorities_are_read_only_zeros, with_software_file),
        cmocka_unit_test_setup(believes_stval_more_than_the_code, with_software_file),
        cmocka_unit_test_setup(retries_what_can_not_be_fetched, with_software_file),
        cmocka_unit_test_setup(what_is_not_there_is_illegal, with_software_file),
    };
    return cmocka_run_group_tests_name("aia", tests, NULL, NULL);
}
