/* Other ways to go: each is a VM of its own, chosen by bootargs. */
#include "cases.h"
#include <axbare/doorbell.h>
#include <string.h>

/* sifive,test: a failure, with code 0x12. */
#define TEST_DEVICE 0x100000
#define TEST_FAIL 0x123333

static void stop_self(const struct machine *m)
{
    if (m->has_peer) {
        second_start_at(m->peer, 0);
        second_stop(m->peer);
    }
    sbi_call(SBI_EXT_HSM, SBI_HSM_STOP, 0, 0, 0, 0);
}

static void write_test_device(const struct machine *m)
{
    (void)m;
    *(volatile uint32_t *)TEST_DEVICE = TEST_FAIL;
}

/* The trap vector is where nothing is, so each trap leads to the next. */
static void jump_nowhere(const struct machine *m)
{
    (void)m;
    csr_write(stvec, 0);
    ((void (*)(void))0x500000)();
}

/* The same, but it is the page-table walk of the next fetch that leads nowhere. */
static void lose_tables(const struct machine *m)
{
    (void)m;
    csr_write(satp, UINT64_C(8) << 60 | 0x500000 >> 12);
}

static void fill_console(const struct machine *m)
{
    (void)m;
    for (;;)
        say("all work and no play makes jack a dull boy, all work and no play makes jack");
}

/* A storm of doorbells for every other peer. */
static void ring_doorbells(const struct machine *m)
{
    (void)m;
    for (;;)
        doorbell_ring_others();
}

void ends(const char *name, const struct machine *machine)
{
    static const struct {
        const char *name;
        void (*go)(const struct machine *machine);
    } list[] = {{"end=stop", stop_self},       {"end=fail", write_test_device},
                {"end=nowhere", jump_nowhere}, {"end=tables", lose_tables},
                {"end=console", fill_console}, {"end=doorbells", ring_doorbells}};
    for (unsigned i = 0; i < sizeof list / sizeof *list; i++) {
        if (strcmp(name, list[i].name) == 0) {
            say("rogue: goes\n");
            list[i].go(machine);
            fail("it did not end");
        }
    }
}
