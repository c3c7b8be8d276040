/* SBI calls with wrong arguments, each with the error that SBI 2.0 names. */
#include "cases.h"

#define HOLE 0x500000
#define NO_HART 99
#define OPENSBI 1 /* SBI 2.0 §4.9 */
#define ALL UINT64_MAX

struct call {
    const char *name;
    uint64_t extension, function, args[3];
    long error;
};

static void check_call(const struct call *c)
{
    struct sbi_ret r = sbi_call(c->extension, c->function, c->args[0], c->args[1], c->args[2], 0);
    check_one(c->name, "error", (uint64_t)r.error, (uint64_t)c->error);
}

bool calls_opensbi(void)
{
    return sbi_call(SBI_EXT_BASE, SBI_BASE_IMPL_ID, 0, 0, 0, 0).value == OPENSBI;
}

static void check_list(const struct call *calls, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        check_call(&calls[i]);
}
#define CHECK_LIST(list) check_list(list, sizeof list / sizeof *list)

static const char ok_code[] __attribute__((aligned(4))) = "never run";

static void hsm_calls(uint64_t self)
{
    const uint64_t good = (uintptr_t)ok_code;
    const uint64_t start = SBI_HSM_START, suspend = SBI_HSM_SUSPEND, hsm = SBI_EXT_HSM;
    const struct call calls[] = {
        {"hart_start of itself", hsm, start, {self, good}, SBI_ERR_ALREADY_AVAILABLE},
        {"hart_start of no hart", hsm, start, {NO_HART, good}, SBI_ERR_INVALID_PARAM},
        {"hart_start of hart 2^64-1", hsm, start, {ALL, good}, SBI_ERR_INVALID_PARAM},
        {"status of no hart", hsm, SBI_HSM_STATUS, {NO_HART}, SBI_ERR_INVALID_PARAM},
        {"suspend, reserved type", hsm, suspend, {1, good}, SBI_ERR_INVALID_PARAM},
        {"suspend, reserved type 2^31-1", hsm, suspend, {0x7fffffff}, SBI_ERR_INVALID_PARAM},
        {"suspend, reserved type 2^31+1", hsm, suspend, {0x80000001}, SBI_ERR_INVALID_PARAM},
        {"hsm, no such function", hsm, 4, {0}, SBI_ERR_NOT_SUPPORTED},
    };
    CHECK_LIST(calls);
    check_one("status of itself", "state", (uint64_t)sbi_hart_status(self), SBI_HSM_STARTED);
}

static void resume_calls(const struct machine *m)
{
    const uint64_t suspend = SBI_HSM_SUSPEND, hsm = SBI_EXT_HSM, susp = SBI_EXT_SUSP;
    const uint64_t type = SBI_HSM_SUSPEND_NON_RETENTIVE, odd = m->ram_base + 0x200001;
    const struct call calls[] = {
        {"suspend to a hole", hsm, suspend, {type, HOLE}, SBI_ERR_INVALID_ADDRESS},
        {"suspend to 2^63", hsm, suspend, {type, UINT64_C(1) << 63}, SBI_ERR_INVALID_ADDRESS},
        {"suspend to after RAM", hsm, suspend, {type, m->ram_end}, SBI_ERR_INVALID_ADDRESS},
        {"suspend to a misaligned pc", hsm, suspend, {type, odd}, SBI_ERR_INVALID_ADDRESS},
        {"susp to a hole", susp, 0, {0, HOLE}, SBI_ERR_INVALID_ADDRESS},
    };
    CHECK_LIST(calls);
}

/* The second hart is stopped. */
static void start_calls(const struct machine *m)
{
    const uint64_t start = SBI_HSM_START, hsm = SBI_EXT_HSM, peer = m->peer;
    const struct call calls[] = {
        {"hart_start in a hole", hsm, start, {peer, HOLE}, SBI_ERR_INVALID_ADDRESS},
        {"hart_start after RAM", hsm, start, {peer, m->ram_end}, SBI_ERR_INVALID_ADDRESS},
        {"hart_start on a device", hsm, start, {peer, 0x10000000}, SBI_ERR_INVALID_ADDRESS},
        {"hart_start misaligned",
         hsm,
         start,
         {peer, m->ram_base + 0x200001},
         SBI_ERR_INVALID_ADDRESS},
    };
    CHECK_LIST(calls);
    check_one("refused hart_starts leave it stopped", "state", (uint64_t)sbi_hart_status(peer),
              SBI_HSM_STOPPED);
}

static void mask_calls(uint64_t self)
{
    const uint64_t ipi = SBI_EXT_IPI, rf = SBI_EXT_RFENCE, past = UINT64_C(1) << 63;
    const struct call calls[] = {
        {"ipi to no hart", ipi, 0, {1, NO_HART}, SBI_ERR_INVALID_PARAM},
        {"ipi to hart 63 and itself", ipi, 0, {past | 1, self}, SBI_ERR_INVALID_PARAM},
        {"ipi to hart 2^64-2", ipi, 0, {1, ALL - 1}, SBI_ERR_INVALID_PARAM},
        {"ipi to nobody", ipi, 0, {0, 0}, SBI_SUCCESS},
        {"ipi to all", ipi, 0, {0, ALL}, SBI_SUCCESS},
        {"ipi, no such function", ipi, 1, {0}, SBI_ERR_NOT_SUPPORTED},
        {"fence.i of no hart", rf, SBI_RFENCE_FENCE_I, {1, NO_HART}, SBI_ERR_INVALID_PARAM},
        {"fence.i of all", rf, SBI_RFENCE_FENCE_I, {0, ALL}, SBI_SUCCESS},
        {"sfence of no hart", rf, SBI_RFENCE_SFENCE_VMA, {past, self}, SBI_ERR_INVALID_PARAM},
        {"sfence of all", rf, SBI_RFENCE_SFENCE_VMA, {1, ALL}, SBI_SUCCESS},
        {"sfence with ASID of no hart",
         rf,
         SBI_RFENCE_SFENCE_VMA_ASID,
         {1, NO_HART},
         SBI_ERR_INVALID_PARAM},
        {"hfence.gvma", rf, SBI_RFENCE_HFENCE_GVMA, {1, self}, SBI_ERR_NOT_SUPPORTED},
        {"hfence.vvma", rf, SBI_RFENCE_HFENCE_VVMA, {1, self}, SBI_ERR_NOT_SUPPORTED},
        {"rfence, no such function", rf, 7, {0}, SBI_ERR_NOT_SUPPORTED},
    };
    CHECK_LIST(calls);
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
}

static void console_calls(const struct machine *m)
{
    const uint64_t dbcn = SBI_EXT_DBCN, high = 1;
    const struct call calls[] = {
        {"dbcn write from a hole", dbcn, 0, {4, HOLE}, SBI_ERR_INVALID_PARAM},
        {"dbcn write from a device", dbcn, 0, {4, 0x10000000}, SBI_ERR_INVALID_PARAM},
        {"dbcn write across RAM's end", dbcn, 0, {8, m->ram_end - 4}, SBI_ERR_INVALID_PARAM},
        {"dbcn write of 2^64-1 bytes", dbcn, 0, {ALL, m->ram_base}, SBI_ERR_INVALID_PARAM},
        {"dbcn write from high memory", dbcn, 0, {4, m->ram_base, high}, SBI_ERR_INVALID_PARAM},
        {"dbcn read to a hole", dbcn, 1, {4, HOLE}, SBI_ERR_INVALID_PARAM},
        {"dbcn read across RAM's end", dbcn, 1, {8, m->ram_end - 4}, SBI_ERR_INVALID_PARAM},
        {"dbcn read to after RAM", dbcn, 1, {1, m->ram_end}, SBI_ERR_INVALID_PARAM},
    };
    CHECK_LIST(calls);
}

static void other_calls(void)
{
    const uint64_t srst = SBI_EXT_SRST;
    const struct call calls[] = {
        {"srst, reserved type", srst, 0, {3, 0}, SBI_ERR_INVALID_PARAM},
        {"srst, reserved type 2^32-1", srst, 0, {0xffffffff, 0}, SBI_ERR_INVALID_PARAM},
        {"srst, reserved reason", srst, 0, {0, 2}, SBI_ERR_INVALID_PARAM},
        {"srst, no such function", srst, 1, {0}, SBI_ERR_NOT_SUPPORTED},
        {"time, no such function", SBI_EXT_TIME, 1, {0}, SBI_ERR_NOT_SUPPORTED},
        {"base, no such function", SBI_EXT_BASE, 7, {0}, SBI_ERR_NOT_SUPPORTED},
        {"dbcn write of nothing", SBI_EXT_DBCN, 0, {0, (uintptr_t)ok_code}, SBI_SUCCESS},
        {"dbcn, no such function", SBI_EXT_DBCN, 3, {0}, SBI_ERR_NOT_SUPPORTED},
        {"susp, reserved type", SBI_EXT_SUSP, 0, {1, 0}, SBI_ERR_INVALID_PARAM},
        {"susp, no such function", SBI_EXT_SUSP, 1, {0}, SBI_ERR_NOT_SUPPORTED},
        {"no such extension", 0x0badc0de, 0, {0}, SBI_ERR_NOT_SUPPORTED},
        {"extension 2^64-1", ALL, ALL, {0}, SBI_ERR_NOT_SUPPORTED},
    };
    CHECK_LIST(calls);
}

static void probe_calls(void)
{
    static const struct {
        const char *name;
        uint64_t id, there;
    } probes[] = {
        {"probe of base", SBI_EXT_BASE, 1}, {"probe of time", SBI_EXT_TIME, 1},
        {"probe of ipi", SBI_EXT_IPI, 1},   {"probe of rfence", SBI_EXT_RFENCE, 1},
        {"probe of hsm", SBI_EXT_HSM, 1},   {"probe of srst", SBI_EXT_SRST, 1},
        {"probe of dbcn", SBI_EXT_DBCN, 1}, {"probe of nothing", 0x0badc0de, 0},
        {"probe of sse", 0x535345, 0},      {"probe of mpxy", 0x4d505859, 0},
        {"probe of nacl", 0x4e41434c, 0},   {"probe of base, high bits", 0x100000010, 0},
    };
    for (unsigned i = 0; i < sizeof probes / sizeof *probes; i++) {
        struct sbi_ret r = sbi_call(SBI_EXT_BASE, SBI_BASE_PROBE, probes[i].id, 0, 0, 0);
        check_equal(probes[i].name, "error, is there", VALUES((uint64_t)r.error, r.value != 0),
                    VALUES(SBI_SUCCESS, probes[i].there), 2);
    }
}

static const uint64_t *const everyone = NULL;

/* SBI 3.0 §5: a0 is all that returns, and the list of harts is in this program's memory. */
static void legacy_calls(uint64_t self)
{
    uint64_t list = UINT64_C(1) << self;
    const struct call calls[] = {
        {"legacy ipi to itself", SBI_EXT_LEGACY_SEND_IPI, 0, {(uintptr_t)&list}, 0},
        {"legacy fence.i", SBI_EXT_LEGACY_FENCE_I, 0, {(uintptr_t)&list}, 0},
        {"legacy sfence", SBI_EXT_LEGACY_SFENCE_VMA, 0, {(uintptr_t)&list, 0, ALL}, 0},
        {"legacy sfence of all", SBI_EXT_LEGACY_SFENCE_VMA, 0, {(uintptr_t)everyone, 0, ALL}, 0},
        {"legacy sfence with ASID", SBI_EXT_LEGACY_SFENCE_VMA_ASID, 0, {(uintptr_t)&list}, 0},
    };
    CHECK_LIST(calls);
    check_one("legacy ipi is pending", "sip", csr_read(sip) & IRQ_BIT(IRQ_SSI), IRQ_BIT(IRQ_SSI));
    sbi_call(SBI_EXT_LEGACY_CLEAR_IPI, 0, 0, 0, 0, 0);
    check_one("legacy clear_ipi", "sip", csr_read(sip) & IRQ_BIT(IRQ_SSI), 0);
}

static void list_in_a_hole(void)
{
    const struct call calls[] = {
        {"legacy ipi, list in a hole", SBI_EXT_LEGACY_SEND_IPI, 0, {HOLE}, SBI_ERR_INVALID_ADDRESS},
        {"legacy fence.i, list at 2^64-1",
         SBI_EXT_LEGACY_FENCE_I,
         0,
         {ALL},
         SBI_ERR_INVALID_ADDRESS},
    };
    CHECK_LIST(calls);
}

/* Arguments beyond the three of struct call. */
static void asid_calls(uint64_t self)
{
    static const uint64_t wide[] = {0x10000, UINT64_C(1) << 32, ALL};
    for (unsigned i = 0; i < sizeof wide / sizeof *wide; i++) {
        long error = sbi_remote_fence(SBI_RFENCE_SFENCE_VMA_ASID, 1, self, 0, 0, wide[i]);
        check_one("sfence of an ASID wider than satp's", "error", (uint64_t)error,
                  (uint64_t)SBI_ERR_INVALID_PARAM);
    }
}

void call_cases(const struct machine *machine, uint64_t self)
{
    legacy_calls(self);
    probe_calls();
    hsm_calls(self);
    mask_calls(self);
    if (!calls_opensbi()) { /* to OpenSBI 1.5 a hole is as good as RAM, and the hart is lost */
        resume_calls(machine);
        console_calls(machine);
        asid_calls(self);
        list_in_a_hole();
        if (machine->has_peer)
            start_calls(machine);
    }
    other_calls();
}
