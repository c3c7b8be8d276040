#include <axtrace/ledger.h>
#include <axvm/console.h>
#include "internal.h"

enum ledger_column vm_console_charge(void)
{
    const struct vcpu *vcpu = this_hart()->vcpu;
    return vcpu == NULL ? LEDGER_COLUMNS : ledger_switch(vcpu->ledger, LEDGER_HOST_CONSOLE);
}

void vm_console_uncharge(enum ledger_column before)
{
    if (before != LEDGER_COLUMNS)
        ledger_switch(this_hart()->vcpu->ledger, before);
}
