/*
 * edu: has its device compute `count=N` factorials, asleep until it interrupts: by its wire, `edu:
 * N by wire, E exits`, and with `messages=1` by messages to the hart's interrupt file: `edu: N by
 * messages, E exits`. With `astray=1` it sends a message where nothing takes it: `edu: a message is
 * lost`. It does that in two lives, and leaves the messages on: the second must find them off.
 */
#include "device.h"
#include <axbare/arch/sbi.h>
#include <axbare/controller.h>
#include <axbare/hart.h>
#include <axbare/imsic.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>
#include <stddef.h>

#define N 10
#define FACTORIAL 3628800
#define IDENTITY 9
#define PAGE UINT64_C(0x28000000) /* of an interrupt file, where there is one */
#define LIVED 1
#define ANSWER_S 10

static const struct controller *controller;

void fail(const char *what)
{
    sayf("edu: FAIL: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void take(void)
{
    if (!edu_has_interrupted())
        fail("an interrupt that the device does not know of");
    if (edu_take() != FACTORIAL)
        fail("a wrong factorial");
}

static void take_wire(void)
{
    if (!controller->claim(EDU_SOURCE))
        fail("an interrupt, but not the device's");
    take();
    controller->end(EDU_SOURCE);
}

static void take_message(void)
{
    if (imsic_claim() != IDENTITY)
        fail("a message, but not the device's");
    take();
}

static void compute(uint64_t count, void (*take_one)(void), const char *how)
{
    sbi_call(SBI_EXT_QUIET, SBI_QUIET_BEGIN, 0, 0, 0, 0);
    for (uint64_t i = 0; i < count; i++) {
        edu_begin(N);
        sleep_until_pending(IRQ_BIT(IRQ_SEI));
        take_one();
        if (interrupts_pending(IRQ_BIT(IRQ_SEI)))
            fail("the device is quiet, but interrupts");
    }
    struct sbi_ret exits = sbi_call(SBI_EXT_QUIET, SBI_QUIET_END, 0, 0, 0, 0);
    sayf("edu: %" PRIu64 " by %s, %ld exits\n", count, how, exits.error == 0 ? exits.value : -1);
}

/* Once the device says that it has interrupted the message has left. */
static void send_astray(uint64_t timebase)
{
    edu_send_messages(PAGE, IDENTITY);
    edu_begin(N);
    uint64_t end = time_now() + timebase * ANSWER_S;
    while (!edu_has_interrupted())
        if (time_now() > end)
            fail("the device does not answer");
    take();
    if (interrupts_pending(IRQ_BIT(IRQ_SEI)))
        fail("a message interrupts a guest that has no page for it");
    say("edu: a message is lost\n");
}

static _Noreturn void live_again(void)
{
    edu_keep(LIVED);
    reboot();
}

void bare_main(uint64_t id, const void *fdt)
{
    struct machine machine;
    machine_read(&machine, fdt, id);
    const char *lacking = edu_open();
    if (lacking != NULL)
        fail(lacking);
    if (edu_sends_messages())
        fail("somebody has turned messages on");
    uint64_t count = bootargs_number(fdt, "count", 1);
    controller = controller_of(fdt);
    csr_set(sie, IRQ_BIT(IRQ_SEI));
    controller->open(EDU_SOURCE);
    compute(count, take_wire, "wire");
    if (bootargs_number(fdt, "astray", 0) != 0)
        send_astray(machine.timebase);
    if (bootargs_number(fdt, "messages", 0) != 0) {
        imsic_open(IDENTITY);
        edu_send_messages(machine.imsic, IDENTITY);
        compute(count, take_message, "messages");
    }
    if (edu_note() != LIVED)
        live_again();
    shut_down(SBI_SRST_NO_REASON);
}
