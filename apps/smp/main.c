/*
 * After wfi: every hart parks, and goes where it is sent. Over its mailbox, since hart_start is
 * refused while it is not stopped (SBI 2.0 §9.1); over hart_start once it was given up.
 */
#include "check.h"
#include "mailboxes.h"
#include "record.h"
#include "restarts.h"
#include "wait.h"
#include <axlog/log.h>
#include <axruntime/runtime.h>

static void check_online(void)
{
    for (uint32_t i = 0; i < hart_count(); i++)
        check(hart_at(i)->online, "hart %lu: online", (unsigned long)hart_at(i)->id);
}

int main(void)
{
    print_line("smp: %u harts, the boot hart is %lu", hart_count(), (unsigned long)this_hart()->id);
    waits_init();
    check_online();
    if (records_init(FUNCTIONS) != OK) {
        check(false, "memory for the records of %u harts", hart_count());
    } else {
        check_mailboxes();
        check_start_of_running();
        check_restarts();
    }
    return checks_report() ? 0 : 1;
}
