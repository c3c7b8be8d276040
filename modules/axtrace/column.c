#include <axtrace/column.h>
#include <lib/assert.h>
#include <string.h>

#define LEDGER_NAME(symbol, name) [LEDGER_##symbol] = (name),
static const char *const names[LEDGER_COLUMNS] = {LEDGER_COLUMN_LIST(LEDGER_NAME)};

const char *ledger_column_name(enum ledger_column column)
{
    ASSERT(column < LEDGER_COLUMNS);
    return names[column];
}

enum ledger_column ledger_column_by_name(const char *name)
{
    unsigned i = 0;
    while (i < LEDGER_COLUMNS && strcmp(names[i], name) != 0)
        i++;
    return i;
}
