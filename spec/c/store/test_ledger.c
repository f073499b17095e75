/* LDFLAGS: -lsqlite3 */
/* What a client writes into its journal, on SQLite. */
#include "sqlite_world.h"

#include "ledger_cases.h"

int main(void)
{
    return run_ledger("ledger");
}
