#include "fixture.h"
#include <stdio.h>

#define GVA UINT64_C(0xffffffc000001004)
#define LW_A0_A1 0x0005a503u /* lw a0, 0(a1) */
#define SW_A0_A1 0x00a5a023u /* sw a0, 0(a1) */
#define LW_X0_A1 0x0005a003u /* lw zero, 0(a1) */
#define C_LW_A0_A1 0x4188u   /* c.lw a0, 0(a1) */
#define LR_W_A0_A1 0x1005a52fu
#define LW_A0_4_A1 0x0045a503u
#define LD_A0_A1 0x0005b503u
#define FLW_F10_A1 0x0005a507u /* flw fa0, 0(a1) */
#define FSD_F10_A1 0x00a5b027u /* fsd fa0, 0(a1) */
#define C_FSD_F10_A1 0xa188u   /* c.fsd fa0, 0(a1) */
#define C_FSDSP_F10 0xa02au    /* c.fsdsp fa0, 0(sp); with Zcmp something else */
#define ADDI 0x00000513u
#define C_NOP 0x0001u
#define WALK_READ 0x3000u

static struct vcpu *const vcpu = &f.vcpus[0];

/* A guest-page fault of an instruction that has to be fetched. */
static void fault(uint64_t cause, uint32_t instruction, uint64_t at)
{
    vcpu->sepc = PC;
    vcpu->x[REG_A1] = GVA;
    f.code[0] = (uint16_t)instruction;
    f.code[1] = (uint16_t)(instruction >> 16);
    f.readable = 2;
    run_exit((struct vm_exit){.cause = cause, .tval = GVA, .address = gpa(at)});
}

static void loads_from_a_device(void **state)
{
    f.stored = 0x80000001;
    fault(EXC_LOAD_GUEST_PAGE, LW_A0_A1, DEVICE + 4);
    assert_events("clear read 4 4 ");
    assert_int_equal(vcpu->x[REG_A0], UINT64_C(0xffffffff80000001));
    assert_int_equal(vcpu->sepc, PC + 4);
}

static void stores_to_a_device(void **state)
{
    vcpu->x[REG_A0] = UINT64_C(0x1122334455667788);
    fault(EXC_STORE_GUEST_PAGE, SW_A0_A1, DEVICE);
    assert_events("clear write 0 4 0x55667788 ");
    assert_int_equal(vcpu->sepc, PC + 4);
}

static void steps_over_a_compressed_instruction(void **state)
{
    f.code[0] = C_LW_A0_A1;
    vcpu->x[REG_A1] = GVA;
    f.readable = 1; /* the page after it is not the guest's to fetch */
    run_exit((struct vm_exit){.cause = EXC_LOAD_GUEST_PAGE, .tval = GVA, .address = gpa(DEVICE)});
    assert_events("clear read 0 4 ");
    assert_int_equal(vcpu->sepc, PC + 2);
}

static void takes_htinst_without_a_fetch(void **state)
{
    run_exit((struct vm_exit){.cause = EXC_LOAD_GUEST_PAGE,
                              .tval = GVA,
                              .address = gpa(DEVICE),
                              .instruction = (LW_A0_A1 & 0xfff) | 0x2000});
    assert_events("clear read 0 4 ");
    assert_int_equal(vcpu->sepc, PC + 4);
}

static void keeps_x0_zero(void **state)
{
    f.stored = 7;
    fault(EXC_LOAD_GUEST_PAGE, LW_X0_A1, DEVICE);
    assert_events("clear read 0 4 ");
    assert_int_equal(vcpu->x[REG_ZERO], 0);
}

static void loads_a_float_boxed(void **state)
{
    csr_write_vsstatus(SSTATUS_FS_INITIAL);
    vcpu->x[REG_A0] = 5;
    f.stored = 0x80000001;
    fault(EXC_LOAD_GUEST_PAGE, FLW_F10_A1, DEVICE + 4);
    assert_events("clear read 4 4 ");
    assert_int_equal(f.floats[10], UINT64_C(0xffffffff80000001));
    assert_int_equal(vcpu->x[REG_A0], 5);
    assert_int_equal(csr_read_vsstatus() & SSTATUS_FS, SSTATUS_FS_DIRTY);
    assert_int_equal(vcpu->sepc, PC + 4);
}

static void stores_a_float(void **state)
{
    csr_write_vsstatus(SSTATUS_FS_INITIAL);
    f.floats[10] = UINT64_C(0x1122334455667788);
    fault(EXC_STORE_GUEST_PAGE, C_FSD_F10_A1, DEVICE);
    assert_events("clear write 0 8 0x1122334455667788 ");
    assert_int_equal(vcpu->sepc, PC + 2);
    assert_int_equal(csr_read_vsstatus() & SSTATUS_FS, SSTATUS_FS_INITIAL);
}

/* The register's number is no x register's: a0 stays. */
static void takes_htinst_of_a_float(void **state)
{
    csr_write_vsstatus(SSTATUS_FS_INITIAL);
    f.floats[10] = 7;
    vcpu->x[REG_A0] = 9;
    run_exit((struct vm_exit){.cause = EXC_STORE_GUEST_PAGE,
                              .tval = GVA,
                              .address = gpa(DEVICE),
                              .instruction = FSD_F10_A1 & ~(31u << 15)});
    assert_events("clear write 0 8 0x7 ");
}

static void retries_a_float_that_is_off_by_now(void **state)
{
    csr_write_vsstatus(0);
    fault(EXC_LOAD_GUEST_PAGE, FLW_F10_A1, DEVICE);
    assert_events("clear fence 0x18 ");
    assert_int_equal(vcpu->sepc, PC);
}

/* The access fault that goes with the cause, at the same pc and with the guest's own address. */
static void assert_access_fault(unsigned exception)
{
    char expected[64];
    snprintf(expected, sizeof expected, "clear inject %u 0xffffffc000001004 ", exception);
    assert_events(expected);
    assert_int_equal(vcpu->sepc, PC);
}

static void faults_where_no_device_is(void **state)
{
    fault(EXC_LOAD_GUEST_PAGE, LW_A0_A1, DEVICE - 4);
    assert_access_fault(EXC_LOAD_ACCESS);
    fault(EXC_STORE_GUEST_PAGE, SW_A0_A1, DEVICE + 0x100);
    assert_access_fault(EXC_STORE_ACCESS);
    fault(EXC_LOAD_GUEST_PAGE, LW_A0_A1, DEVICE + 0xfe); /* half outside */
    assert_access_fault(EXC_LOAD_ACCESS);
    fault(EXC_LOAD_GUEST_PAGE, LW_A0_A1, UINT64_MAX);
    assert_access_fault(EXC_LOAD_ACCESS);
}

static void faults_where_the_device_refuses(void **state)
{
    vcpu->x[REG_A0] = 5;
    fault(EXC_LOAD_GUEST_PAGE, LW_A0_A1, DEVICE + 8);
    assert_access_fault(EXC_LOAD_ACCESS);
    assert_int_equal(vcpu->x[REG_A0], 5);
    fault(EXC_STORE_GUEST_PAGE, SW_A0_A1, DEVICE + 8);
    assert_access_fault(EXC_STORE_ACCESS);
}

static void repeats_what_the_device_has_no_room_for(void **state)
{
    f.device_answer = ERR_AGAIN;
    fault(EXC_STORE_GUEST_PAGE, SW_A0_A1, DEVICE);
    assert_int_equal(vcpu->sepc, PC);
}

static void faults_on_fetches_from_a_device(void **state)
{
    fault(EXC_FETCH_GUEST_PAGE, LW_A0_A1, DEVICE);
    assert_access_fault(EXC_FETCH_ACCESS);
}

static void faults_on_instructions_that_no_device_is_for(void **state)
{
    fault(EXC_LOAD_GUEST_PAGE, LR_W_A0_A1, DEVICE);
    assert_access_fault(EXC_LOAD_ACCESS);
}

/* cm.push and its like have the encoding of c.fsdsp. */
static void tells_a_push_from_a_store_of_a_float(void **state)
{
    csr_write_vsstatus(SSTATUS_FS_INITIAL);
    vcpu->x[REG_SP] = GVA;
    fault(EXC_STORE_GUEST_PAGE, C_FSDSP_F10, DEVICE);
    assert_events("clear write 0 8 0 ");
    f.has_zcmp = true;
    fault(EXC_STORE_GUEST_PAGE, C_FSDSP_F10, DEVICE);
    assert_access_fault(EXC_STORE_ACCESS);
}

/* The guest goes back to its instruction, whatever that is by now. */
static void assert_retried(void)
{
    assert_events("clear fence 0x18 ");
    assert_int_equal(vcpu->sepc, PC);
}

/* Another vCPU may have changed the code since the trap: what is there now did not trap so. */
static void retries_when_the_code_does_not_fit_the_trap(void **state)
{
    fault(EXC_STORE_GUEST_PAGE, LW_A0_A1, DEVICE);
    assert_retried();
    fault(EXC_LOAD_GUEST_PAGE, SW_A0_A1, DEVICE);
    assert_retried();
    fault(EXC_LOAD_GUEST_PAGE, LW_A0_4_A1, DEVICE); /* it loads from elsewhere */
    assert_retried();
    fault(EXC_STORE_GUEST_PAGE, ADDI, DEVICE); /* it accesses nothing */
    assert_retried();
    fault(EXC_LOAD_GUEST_PAGE, C_NOP, DEVICE);
    assert_retried();
}

static void retries_when_the_code_can_not_be_fetched(void **state)
{
    struct vm_exit exit = {.cause = EXC_LOAD_GUEST_PAGE, .tval = GVA, .address = gpa(DEVICE)};
    f.code[0] = (uint16_t)LW_A0_A1;
    f.readable = 0;
    run_exit(exit);
    assert_retried();
    f.readable = 1; /* its second half lies in another page */
    run_exit(exit);
    assert_retried();
}

/* A retry would come here for ever: the later part of a misaligned access has its own address. */
static void faults_on_the_rest_of_a_misaligned_access(void **state)
{
    fault(EXC_LOAD_GUEST_PAGE, LD_A0_A1, DEVICE);
    assert_events("clear read 0 8 ");
    for (uint64_t into = 1; into < 8; into++) {
        fault(EXC_LOAD_GUEST_PAGE, LW_A0_A1, DEVICE); /* fills in the code */
        f.events[0] = '\0';
        vcpu->sepc = PC;
        vcpu->x[REG_A1] = GVA - into;
        f.code[0] = (uint16_t)LD_A0_A1;
        run_exit(
            (struct vm_exit){.cause = EXC_LOAD_GUEST_PAGE, .tval = GVA, .address = gpa(DEVICE)});
        assert_access_fault(EXC_LOAD_ACCESS);
    }
}

/* The hart has masked what is above, and stval has what is left. */
static void follows_a_masked_pointer(void **state)
{
    fault(EXC_LOAD_GUEST_PAGE, LW_A0_A1, DEVICE);
    assert_events("clear read 0 4 ");
    vcpu->sepc = PC;
    vcpu->x[REG_A1] = GVA ^ UINT64_C(0x2a) << 57;
    run_exit((struct vm_exit){.cause = EXC_LOAD_GUEST_PAGE, .tval = GVA, .address = gpa(DEVICE)});
    assert_events("clear read 0 4 ");
}

static void faults_on_page_tables_in_a_device(void **state)
{
    f.code[0] = (uint16_t)LW_A0_A1;
    f.readable = 2;
    run_exit((struct vm_exit){.cause = EXC_LOAD_GUEST_PAGE,
                              .tval = GVA,
                              .address = gpa(DEVICE),
                              .instruction = WALK_READ});
    assert_access_fault(EXC_LOAD_ACCESS);
}

int run_mmio_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(loads_from_a_device, fixture_setup),
        cmocka_unit_test_setup(stores_to_a_device, fixture_setup),
        cmocka_unit_test_setup(steps_over_a_compressed_instruction, fixture_setup),
        cmocka_unit_test_setup(takes_htinst_without_a_fetch, fixture_setup),
        cmocka_unit_test_setup(keeps_x0_zero, fixture_setup),
        cmocka_unit_test_setup(loads_a_float_boxed, fixture_setup),
        cmocka_unit_test_setup(stores_a_float, fixture_setup),
        cmocka_unit_test_setup(takes_htinst_of_a_float, fixture_setup),
        cmocka_unit_test_setup(retries_a_float_that_is_off_by_now, fixture_setup),
        cmocka_unit_test_setup(tells_a_push_from_a_store_of_a_float, fixture_setup),
        cmocka_unit_test_setup(faults_where_no_device_is, fixture_setup),
        cmocka_unit_test_setup(faults_where_the_device_refuses, fixture_setup),
        cmocka_unit_test_setup(repeats_what_the_device_has_no_room_for, fixture_setup),
        cmocka_unit_test_setup(faults_on_fetches_from_a_device, fixture_setup),
        cmocka_unit_test_setup(faults_on_instructions_that_no_device_is_for, fixture_setup),
        cmocka_unit_test_setup(retries_when_the_code_does_not_fit_the_trap, fixture_setup),
        cmocka_unit_test_setup(retries_when_the_code_can_not_be_fetched, fixture_setup),
        cmocka_unit_test_setup(faults_on_the_rest_of_a_misaligned_access, fixture_setup),
        cmocka_unit_test_setup(follows_a_masked_pointer, fixture_setup),
        cmocka_unit_test_setup(faults_on_page_tables_in_a_device, fixture_setup),
    };
    return cmocka_run_group_tests_name("mmio", tests, NULL, NULL);
}
