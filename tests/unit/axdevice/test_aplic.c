/* The APLIC: what makes a source pend in each mode, direct delivery, MSIs. */
#include "guest.h"
#include <axdevice/aplic.h>
#include <string.h>

#define DOMAINCFG 0x0
#define SOURCECFG(n) (4 * (uint64_t)(n))
#define SETIP(k) (0x1c00 + 4 * (uint64_t)(k))
#define SETIPNUM 0x1cdc
#define IN_CLRIP(k) (0x1d00 + 4 * (uint64_t)(k))
#define CLRIPNUM 0x1ddc
#define SETIE(k) (0x1e00 + 4 * (uint64_t)(k))
#define SETIENUM 0x1edc
#define CLRIE(k) (0x1f00 + 4 * (uint64_t)(k))
#define CLRIENUM 0x1fdc
#define SETIPNUM_LE 0x2000
#define SETIPNUM_BE 0x2004
#define GENMSI 0x3000
#define TARGET(n) (0x3000 + 4 * (uint64_t)(n))
#define IDC(vcpu) (0x4000 + 32 * (uint64_t)(vcpu))
#define IDELIVERY(vcpu) (IDC(vcpu) + 0x00)
#define IFORCE(vcpu) (IDC(vcpu) + 0x04)
#define ITHRESHOLD(vcpu) (IDC(vcpu) + 0x08)
#define TOPI(vcpu) (IDC(vcpu) + 0x18)
#define CLAIMI(vcpu) (IDC(vcpu) + 0x1c)

#define IE 0x100
#define DELEGATE 0x400
#define DETACHED 1
#define EDGE1 4
#define EDGE0 5
#define LEVEL1 6
#define LEVEL0 7
#define TO(hart, low) ((uint64_t)(hart) << 18 | (low))
#define TOP(source, priority) ((uint64_t)(source) << 16 | (priority))

struct machine {
    struct aplic aplic;
    bool stored[APLIC_MAX_VCPUS];
    bool eip[APLIC_MAX_VCPUS]; /* what the vCPU has seen of it */
    bool claims;               /* a vCPU that is notified claims the interrupt at once */
    int msis;
    uint32_t last_vcpu, last_identity;
    bool wakes;    /* MSIs do */
    uint64_t told; /* vCPUs */
};
static struct machine m;

static void on_store(void *context, uint32_t vcpu, bool level)
{
    assert_ptr_equal(context, &m);
    assert_true(spin_held(&m.aplic.lock));
    assert_int_not_equal(m.stored[vcpu], level); /* changes only */
    m.stored[vcpu] = level;
}

static void on_tell(void *context, uint32_t vcpu)
{
    assert_ptr_equal(context, &m);
    assert_false(spin_held(&m.aplic.lock));
    m.told |= UINT64_C(1) << vcpu;
    m.eip[vcpu] = m.stored[vcpu];
    if (m.claims && m.eip[vcpu])
        guest_read(&m.aplic.device, CLAIMI(vcpu), 4);
}

static bool on_send(void *context, uint32_t vcpu, uint32_t identity)
{
    assert_ptr_equal(context, &m);
    assert_true(spin_held(&m.aplic.lock));
    m.msis++;
    m.last_vcpu = vcpu;
    m.last_identity = identity;
    return m.wakes;
}

static const struct external_output external = {on_store, on_tell, &m};

static uint64_t get(uint64_t offset)
{
    return guest_read(&m.aplic.device, offset, 4);
}

static void put(uint64_t offset, uint64_t value)
{
    guest_write(&m.aplic.device, offset, 4, value);
}

static void line(uint32_t source, bool level)
{
    struct irq_line l = aplic_line(&m.aplic, source);
    irq_set(&l, level);
}

static bool is_pending(uint32_t source)
{
    return get(SETIP(source / 32)) >> source % 32 & 1;
}

static void start_direct(uint32_t vcpus)
{
    struct aplic_output output = {.external = external};
    m = (struct machine){0};
    assert_int_equal(aplic_init(&m.aplic, gpa(0x0d000000), vcpus, output), OK);
    put(DOMAINCFG, IE);
    for (uint32_t i = 0; i < vcpus; i++)
        put(IDELIVERY(i), 1);
}

static void start_msi(uint32_t vcpus)
{
    struct aplic_output output = {.external = {.tell = on_tell, .context = &m}, .send = on_send};
    m = (struct machine){0};
    assert_int_equal(aplic_init(&m.aplic, gpa(0x0d000000), vcpus, output), OK);
    put(DOMAINCFG, IE);
}

/* An enabled source. */
static void configure(uint32_t source, uint32_t mode, uint64_t target)
{
    put(SOURCECFG(source), mode);
    put(TARGET(source), target);
    put(SETIENUM, source);
}

static void expect_msi(int count, uint32_t vcpu, uint32_t identity)
{
    assert_int_equal(m.msis, count);
    assert_int_equal(m.last_vcpu, vcpu);
    assert_int_equal(m.last_identity, identity);
}

/* A vCPU that is notified may come to the APLIC at once, and then the notices of others are out of
 * date. */
static void direct_claim_while_others_are_told(void **state)
{
    start_direct(2);
    m.claims = true;
    configure(10, EDGE1, TO(0, 1));
    configure(11, EDGE1, TO(1, 1));
    put(SETIP(0), 1 << 10 | 1 << 11);
    assert_int_equal(m.told, 3);
    assert_false(m.eip[0] || m.eip[1]);
    assert_false(is_pending(10) || is_pending(11));
}

/* A file in software says whether its vCPU is to be notified: each is, once, after the lock. */
static void msis_that_wake(void **state)
{
    start_msi(3);
    configure(10, EDGE1, TO(0, 5));
    configure(11, EDGE1, TO(2, 6));
    put(SETIP(0), 1 << 10 | 1 << 11);
    assert_int_equal(m.msis, 2);
    assert_int_equal(m.told, 0);
    m.wakes = true;
    put(SETIP(0), 1 << 10 | 1 << 11);
    assert_int_equal(m.msis, 4);
    assert_int_equal(m.told, 5);
    m.told = 0;
    line(11, true);
    assert_int_equal(m.told, 4);
    put(GENMSI, TO(1, 7));
    assert_int_equal(m.told, 6);
    m.told = 0;
    put(SETIENUM, 12);
    assert_int_equal(m.told, 0);
}

static void direct_level(void **state)
{
    start_direct(1);
    configure(10, LEVEL1, TO(0, 3));
    line(10, true);
    assert_true(m.eip[0]);
    assert_int_equal(get(TOPI(0)), TOP(10, 3));
    assert_int_equal(get(CLAIMI(0)), TOP(10, 3));
    assert_true(m.eip[0]); /* a claim does not clear what is the line's (§4.7) */
    put(CLRIPNUM, 10);
    assert_true(is_pending(10));
    line(10, false);
    assert_false(m.eip[0]);
    assert_int_equal(get(CLAIMI(0)), 0);
    put(SETIPNUM, 10);
    assert_false(is_pending(10));
}

static void direct_edge(void **state)
{
    start_direct(1);
    configure(10, EDGE1, TO(0, 1));
    line(10, true);
    line(10, false);
    assert_true(m.eip[0]); /* it stays */
    assert_int_equal(get(CLAIMI(0)), TOP(10, 1));
    assert_false(m.eip[0]);
    put(SETIPNUM, 10);
    assert_true(m.eip[0]);
    put(IN_CLRIP(0), 1 << 10);
    assert_false(m.eip[0]);
}

static void falling_and_low(void **state)
{
    start_direct(1);
    line(10, true);
    line(11, true);
    configure(10, EDGE0, TO(0, 1));
    configure(11, LEVEL0, TO(0, 2));
    assert_false(m.eip[0]);
    assert_int_equal(get(IN_CLRIP(0)), 0);
    line(10, false);
    assert_int_equal(get(TOPI(0)), TOP(10, 1));
    line(11, false);
    assert_int_equal(get(IN_CLRIP(0)), 3 << 10);
    assert_int_equal(get(CLAIMI(0)), TOP(10, 1));
    assert_int_equal(get(CLAIMI(0)), TOP(11, 2));
    line(11, true);
    assert_false(m.eip[0]);
}

static void detached_ignores_its_line(void **state)
{
    start_direct(1);
    configure(10, DETACHED, TO(0, 1));
    line(10, true);
    assert_false(m.eip[0]);
    assert_int_equal(get(IN_CLRIP(0)), 0);
    put(SETIPNUM_LE, 10);
    assert_int_equal(get(CLAIMI(0)), TOP(10, 1));
    put(SETIPNUM_BE, 0x0a000000);
    assert_int_equal(get(CLAIMI(0)), TOP(10, 1));
    assert_false(m.eip[0]);
}

static void line_active_before_it_is_configured(void **state)
{
    start_direct(1);
    line(10, true);
    configure(10, LEVEL1, TO(0, 1));
    assert_true(m.eip[0]);
    start_msi(1);
    line(10, true);
    configure(10, LEVEL1, TO(0, 7));
    expect_msi(1, 0, 7);
}

static void inactive_sources_are_zeros(void **state)
{
    start_direct(1);
    configure(10, EDGE1, TO(0, 1));
    line(10, true);
    put(SOURCECFG(10), 0);
    assert_false(m.eip[0]);
    assert_int_equal(get(SETIP(0)) | get(SETIE(0)) | get(TARGET(10)), 0);
    put(SETIENUM, 10);
    put(SETIPNUM, 10);
    put(TARGET(10), TO(0, 5));
    put(SETIE(0), 0xffffffff);
    put(SETIP(0), 0xffffffff);
    assert_int_equal(get(SETIP(0)) | get(SETIE(0)) | get(TARGET(10)), 0);
    put(SOURCECFG(10), EDGE1);
    assert_int_equal(get(TARGET(10)), TO(0, 1)); /* no priority is 0 */
}

static void modes_that_are_reserved_and_delegation(void **state)
{
    start_direct(1);
    const uint32_t inactive[] = {2, 3, DELEGATE, DELEGATE | LEVEL1};
    for (unsigned i = 0; i < 4; i++) {
        put(SOURCECFG(10), LEVEL1);
        put(SOURCECFG(10), inactive[i]);
        assert_int_equal(get(SOURCECFG(10)), 0);
    }
    put(SOURCECFG(96), 0xfffffbff);
    assert_int_equal(get(SOURCECFG(96)), 7);
    put(SOURCECFG(97), LEVEL1);
    assert_int_equal(get(SOURCECFG(97)), 0);
}

static void priorities_and_threshold(void **state)
{
    start_direct(1);
    configure(20, LEVEL1, TO(0, 2));
    configure(30, LEVEL1, TO(0, 1));
    configure(96, LEVEL1, TO(0, 1));
    line(20, true);
    line(96, true);
    assert_int_equal(get(TOPI(0)), TOP(96, 1));
    line(30, true);
    assert_int_equal(get(TOPI(0)), TOP(30, 1)); /* the lowest id among equals */
    put(ITHRESHOLD(0), 1);
    assert_false(m.eip[0]);
    assert_int_equal(get(CLAIMI(0)), 0);
    put(ITHRESHOLD(0), 2);
    assert_int_equal(get(CLAIMI(0)), TOP(30, 1));
    put(ITHRESHOLD(0), 0xff);
    assert_int_equal(get(ITHRESHOLD(0)), 7);
    put(TARGET(20), TO(0, 0)); /* becomes 1 */
    assert_int_equal(get(TARGET(20)), TO(0, 1));
    assert_int_equal(get(TOPI(0)), TOP(20, 1));
}

static void what_holds_back_delivery(void **state)
{
    start_direct(1);
    configure(10, LEVEL1, TO(0, 1));
    line(10, true);
    put(IDELIVERY(0), 0);
    assert_false(m.eip[0]);
    put(IDELIVERY(0), 1);
    assert_true(m.eip[0]);
    put(DOMAINCFG, 0);
    assert_false(m.eip[0]);
    assert_int_equal(get(DOMAINCFG), 0x80000000);
    put(DOMAINCFG, 0xffffffff);
    assert_true(m.eip[0]);
    assert_int_equal(get(DOMAINCFG), 0x80000100); /* neither DM nor BE */
    put(CLRIENUM, 10);
    assert_false(m.eip[0]);
    put(SETIE(0), 1 << 10);
    assert_true(m.eip[0]);
    put(CLRIE(0), 1 << 10);
    assert_false(m.eip[0]);
}

static void forced_interrupt(void **state)
{
    start_direct(1);
    put(IFORCE(0), 1);
    assert_true(m.eip[0]);
    assert_int_equal(get(IFORCE(0)), 1);
    assert_int_equal(get(CLAIMI(0)), 0); /* spurious, and ends it */
    assert_false(m.eip[0]);
    assert_int_equal(get(IFORCE(0)), 0);
}

static void target_moves(void **state)
{
    start_direct(2);
    configure(10, LEVEL1, TO(0, 1));
    line(10, true);
    put(TARGET(10), TO(1, 1));
    assert_false(m.eip[0]);
    assert_true(m.eip[1]);
    assert_int_equal(get(TOPI(0)), 0);
    put(TARGET(10), TO(2, 1)); /* no such vCPU */
    assert_false(m.eip[1]);
    put(TARGET(10), TO(0x3fff, 1));
    assert_false(m.eip[0] || m.eip[1]);
}

static void idcs_without_a_vcpu(void **state)
{
    start_direct(2);
    for (uint64_t at = IDC(2); at < APLIC_SIZE; at += 4) {
        put(at, 0xffffffff);
        assert_int_equal(get(at), 0);
    }
    put(TOPI(0), 0xffffffff);
    put(CLAIMI(0), 0xffffffff);
    assert_int_equal(get(IDC(0) + 0x10), 0);
    put(GENMSI, TO(0, 3)); /* read-only zero with direct delivery */
    assert_int_equal(get(GENMSI), 0);
}

static void msi_for_each_activation(void **state)
{
    start_msi(2);
    configure(10, LEVEL1, TO(1, 0x7ff));
    assert_int_equal(get(DOMAINCFG), 0x80000104);
    line(10, true);
    expect_msi(1, 1, 0x7ff);
    assert_false(is_pending(10)); /* sent is not pending (§4.9) */
    put(SETIPNUM, 10);            /* as Linux asks at the end of its handler */
    expect_msi(2, 1, 0x7ff);
    line(10, false);
    put(SETIPNUM, 10);
    assert_int_equal(m.msis, 2);
    line(10, true);
    assert_int_equal(m.msis, 3);
}

static void msi_waits_for_what_holds_it_back(void **state)
{
    start_msi(1);
    put(DOMAINCFG, 0);
    configure(10, EDGE1, TO(0, 3));
    configure(11, LEVEL1, TO(0, 4));
    configure(12, LEVEL1, TO(0, 5));
    line(10, true);
    line(11, true);
    line(12, true);
    line(10, false);
    line(12, false); /* no longer active: not sent */
    assert_int_equal(get(SETIP(0)), 3 << 10);
    put(CLRIENUM, 10);
    put(DOMAINCFG, IE);
    expect_msi(1, 0, 4);
    put(SETIENUM, 10);
    expect_msi(2, 0, 3);
    put(CLRIENUM, 10);
    put(SETIPNUM, 10);
    put(CLRIPNUM, 10);
    put(SETIENUM, 10);
    assert_int_equal(m.msis, 2);
}

static void msi_targets(void **state)
{
    start_msi(2);
    put(SOURCECFG(10), EDGE1);
    put(TARGET(10), 0xffffffff);
    assert_int_equal(get(TARGET(10)), 0xfffc07ff); /* no Guest Index */
    put(SETIENUM, 10);
    put(SETIPNUM, 10); /* to a hart that is not there */
    assert_int_equal(m.msis, 0);
    assert_false(is_pending(10));
    put(GENMSI, TO(1, 9) | 0x1000);
    expect_msi(1, 1, 9);
    assert_int_equal(get(GENMSI), TO(1, 9)); /* Busy is over */
    put(DOMAINCFG, 0);
    put(GENMSI, TO(0, 2)); /* whatever IE says */
    expect_msi(2, 0, 2);
    put(GENMSI, TO(2, 2));
    assert_int_equal(m.msis, 2);
    put(IDELIVERY(0), 1); /* there are no IDCs */
    assert_int_equal(get(IDELIVERY(0)), 0);
}

static int ends;
static bool host_is_active;

static void on_end(void *context)
{
    assert_true(spin_held(&m.aplic.lock));
    ends++;
}

static bool is_host_active(void *context)
{
    assert_true(spin_held(&m.aplic.lock));
    return host_is_active;
}

static const struct irq_end end = {on_end, is_host_active, NULL};

/* The code that forwards a host's interrupt hears when the guest is done with it. */
static void tells_the_end(void **state)
{
    struct irq_line l = aplic_line(&m.aplic, 10);
    start_msi(1);
    irq_on_end(&l, &end);
    configure(10, LEVEL1, TO(0, 3));
    ends = 0;
    line(10, true);
    assert_int_equal(ends, 0);
    put(SETIPNUM, 10);
    assert_int_equal(ends, 1);
    expect_msi(1, 0, 3); /* its line counts as low: it comes again if it is still active */
    line(10, true);
    expect_msi(2, 0, 3);
    start_direct(1);
    irq_on_end(&l, &end);
    configure(10, LEVEL1, TO(0, 3));
    line(10, true);
    assert_int_equal(get(CLAIMI(0)), TOP(10, 3));
    assert_int_equal(ends, 1);
    assert_int_equal(get(CLAIMI(0)), 0);
    assert_int_equal(ends, 2);
    assert_false(m.eip[0]);
}

/* A guest that looks whether a host's interrupt is still active gets the host's answer, and ends it
 * so. */
static void a_look_is_an_end(void **state)
{
    struct irq_line l = aplic_line(&m.aplic, 42);
    start_msi(1);
    irq_on_end(&l, &end);
    ends = 0;
    line(42, true);
    assert_int_equal(get(IN_CLRIP(1)), 0); /* inactive: the host is not asked */
    configure(42, LEVEL1, TO(0, 3));
    expect_msi(1, 0, 3);
    host_is_active = true;
    assert_int_equal(get(IN_CLRIP(0)), 0);
    assert_int_equal(get(IN_CLRIP(1)), 1 << 10);
    assert_int_equal(ends, 0);
    host_is_active = false;
    assert_int_equal(get(IN_CLRIP(1)), 0);
    assert_int_equal(get(IN_CLRIP(1)), 0);
    assert_int_equal(ends, 1);
    line(42, true); /* the host's source was open again */
    expect_msi(2, 0, 3);
    start_direct(1);
    irq_on_end(&l, &end);
    configure(42, LEVEL1, TO(0, 3));
    line(42, true);
    assert_int_equal(get(CLAIMI(0)), TOP(42, 3));
    assert_int_equal(get(IN_CLRIP(1)), 0);
    assert_int_equal(ends, 2);
    assert_false(m.eip[0]);
}

/* A host's APLIC, which has one source: what was last written to it. */
static struct {
    struct aplic_route route;
    int routes, pends;
    bool pending, active;
} hardware;

static void on_route(void *context, const struct aplic_route *route)
{
    assert_ptr_equal(context, &hardware);
    assert_true(spin_held(&m.aplic.lock));
    hardware.route = *route;
    hardware.routes++;
}

static void on_pend(void *context, bool pending)
{
    assert_ptr_equal(context, &hardware);
    assert_true(spin_held(&m.aplic.lock));
    hardware.pending = pending;
    hardware.pends++;
}

static bool is_hardware_pending(void *context)
{
    assert_ptr_equal(context, &hardware);
    return hardware.pending;
}

static bool is_hardware_active(void *context)
{
    assert_ptr_equal(context, &hardware);
    return hardware.active;
}

static void start_passed(uint32_t vcpus)
{
    static const struct aplic_host_source host = {on_route, on_pend, is_hardware_pending,
                                                  is_hardware_active, &hardware};
    start_msi(vcpus);
    memset(&hardware, 0, sizeof(hardware));
    aplic_pass(&m.aplic, 42, &host);
}

static void expect_route(uint32_t mode, bool enabled, uint32_t vcpu, uint32_t identity)
{
    assert_int_equal(hardware.route.mode, mode);
    assert_int_equal(hardware.route.enabled, enabled);
    assert_int_equal(hardware.route.vcpu, vcpu);
    assert_int_equal(hardware.route.identity, identity);
}

/* Each setting of the guest gets to the host's APLIC, which sends: there is no message from here.
 */
static void passed_source_is_configured(void **state)
{
    start_passed(2);
    put(SOURCECFG(42), LEVEL0);
    expect_route(LEVEL0, false, 0, 0);
    put(TARGET(42), TO(1, 77));
    expect_route(LEVEL0, false, 1, 77);
    put(SETIENUM, 42);
    expect_route(LEVEL0, true, 1, 77);
    put(DOMAINCFG, 0);
    expect_route(LEVEL0, false, 1, 77);
    put(DOMAINCFG, IE);
    expect_route(LEVEL0, true, 1, 77);
    put(TARGET(42), TO(2, 77)); /* no such vCPU */
    expect_route(LEVEL0, false, 0, 77);
    put(TARGET(42), TO(0, 5));
    expect_route(LEVEL0, true, 0, 5);
    put(CLRIE(1), 1 << 10);
    expect_route(LEVEL0, false, 0, 5);
    put(SETIE(1), 1 << 10);
    put(SOURCECFG(42), 0);
    assert_int_equal(hardware.route.mode, 0);
    assert_int_equal(get(TARGET(42)) | get(SETIE(1)), 0);
    int routes = hardware.routes;
    configure(43, LEVEL1, TO(0, 9)); /* that one is not */
    line(43, true);
    expect_msi(1, 0, 9);
    assert_int_equal(hardware.routes, routes);
    assert_int_equal(hardware.pends, 0);
}

static void passed_source_pends_in_the_host(void **state)
{
    start_passed(1);
    configure(42, LEVEL1, TO(0, 5));
    assert_int_equal(get(SETIP(1)) | get(IN_CLRIP(1)), 0);
    hardware.active = true;
    assert_int_equal(get(IN_CLRIP(1)), 1 << 10);
    put(SETIPNUM_LE, 42);
    assert_int_equal(hardware.pends, 1);
    assert_int_equal(get(SETIP(1)), 1 << 10);
    assert_int_equal(get(SETIP(0)) | get(SETIP(2)), 0);
    put(IN_CLRIP(1), 1 << 10);
    assert_int_equal(get(SETIP(1)), 0);
    put(SETIP(1), 1 << 10);
    assert_true(hardware.pending);
    put(CLRIPNUM, 42);
    assert_false(hardware.pending);
    assert_int_equal(hardware.pends, 4);
    assert_int_equal(m.msis, 0);
}

static void reset_makes_a_passed_source_inactive(void **state)
{
    start_passed(1);
    configure(42, LEVEL1, TO(0, 5));
    expect_route(LEVEL1, true, 0, 5);
    m.aplic.device.ops->reset(&m.aplic.device);
    expect_route(0, false, 0, 0);
}

static void bad_numbers(void **state)
{
    start_msi(1);
    put(SOURCECFG(96), EDGE1);
    const uint32_t numbers[] = {0, 97, 1023, 1024, 0xffffffff};
    for (unsigned i = 0; i < 5; i++) {
        put(SETIENUM, numbers[i]);
        put(CLRIENUM, numbers[i]);
        put(SETIPNUM, numbers[i]);
        put(SETIPNUM_BE, numbers[i]);
        put(CLRIPNUM, numbers[i]);
    }
    put(SETIE(3), 0xffffffff);
    assert_int_equal(get(SETIE(3)), 1); /* of 96 */
    put(SETIE(4), 0xffffffff);
    assert_int_equal(get(SETIE(4)), 0);
    assert_int_equal(get(0x1bc0) | get(0x1bcc), 0); /* MSI addresses are the machine's */
    assert_int_equal(get(SETIPNUM) | get(SETIPNUM_BE) | get(CLRIE(0)), 0);
    assert_int_equal(m.msis, 0);
}

static void refusals(void **state)
{
    start_direct(1);
    for (unsigned width = 1; width <= 8; width *= 2)
        if (width != 4)
            guest_refused(&m.aplic.device, CLAIMI(0) / 8 * 8, width);
    guest_refused(&m.aplic.device, SETIPNUM + 2, 4);
    struct aplic_output output = {.external = external};
    assert_int_equal(aplic_init(&m.aplic, gpa(0), 0, output), ERR_INVALID);
    assert_int_equal(aplic_init(&m.aplic, gpa(0), 65, output), ERR_INVALID);
}

static void reset(void **state)
{
    start_direct(2);
    configure(10, LEVEL1, TO(1, 1));
    line(10, true);
    put(ITHRESHOLD(1), 2);
    m.aplic.device.ops->reset(&m.aplic.device);
    assert_false(m.eip[1]);
    assert_int_equal(get(DOMAINCFG), 0x80000000);
    assert_int_equal(get(SOURCECFG(10)) | get(SETIP(0)) | get(SETIE(0)), 0);
    assert_int_equal(get(IDELIVERY(1)) | get(ITHRESHOLD(1)), 0);
    configure(10, LEVEL1, TO(1, 1)); /* its line is low */
    put(IDELIVERY(1), 1);
    put(DOMAINCFG, IE);
    assert_false(m.eip[1]);
    line(10, true);
    assert_true(m.eip[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(direct_level),
        cmocka_unit_test(direct_claim_while_others_are_told),
        cmocka_unit_test(msis_that_wake),
        cmocka_unit_test(direct_edge),
        cmocka_unit_test(falling_and_low),
        cmocka_unit_test(detached_ignores_its_line),
        cmocka_unit_test(line_active_before_it_is_configured),
        cmocka_unit_test(inactive_sources_are_zeros),
        cmocka_unit_test(modes_that_are_reserved_and_delegation),
        cmocka_unit_test(priorities_and_threshold),
        cmocka_unit_test(what_holds_back_delivery),
        cmocka_unit_test(forced_interrupt),
        cmocka_unit_test(target_moves),
        cmocka_unit_test(idcs_without_a_vcpu),
        cmocka_unit_test(msi_for_each_activation),
        cmocka_unit_test(msi_waits_for_what_holds_it_back),
        cmocka_unit_test(msi_targets),
        cmocka_unit_test(tells_the_end),
        cmocka_unit_test(a_look_is_an_end),
        cmocka_unit_test(passed_source_is_configured),
        cmocka_unit_test(passed_source_pends_in_the_host),
        cmocka_unit_test(reset_makes_a_passed_source_inactive),
        cmocka_unit_test(bad_numbers),
        cmocka_unit_test(refusals),
        cmocka_unit_test(reset),
    };
    return cmocka_run_group_tests_name("axdevice aplic", tests, NULL, NULL);
}
