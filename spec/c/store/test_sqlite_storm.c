/* LDFLAGS: -lsqlite3 */
/* Kills, on SQLite: see store_storm.h. */
#include "sqlite_world.h"

#include "store_storm.h"

int main(int argc, char **argv)
{
    return run_store_storm("sqlite_storm", argc, argv);
}
