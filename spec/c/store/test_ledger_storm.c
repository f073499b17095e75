/* LDFLAGS: -lsqlite3 */
/* Kills, on SQLite: see ledger_storm.h. */
#include "sqlite_world.h"

#include "ledger_storm.h"

int main(int argc, char **argv)
{
    return run_ledger_storm("ledger_storm", argc, argv);
}
