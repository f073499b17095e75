/* LDFLAGS: -lpq */
/* What a client writes into its journal, on PostgreSQL. */
#include "postgres_world.h"

#include "ledger_cases.h"

int main(void)
{
    return run_ledger("postgres_ledger");
}
