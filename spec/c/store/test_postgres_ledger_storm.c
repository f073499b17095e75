/* LDFLAGS: -lpq */
/* Kills, on PostgreSQL: see ledger_storm.h. */
#include "postgres_world.h"

#include "ledger_storm.h"

int main(int argc, char **argv)
{
    return run_ledger_storm("postgres_ledger_storm", argc, argv);
}
