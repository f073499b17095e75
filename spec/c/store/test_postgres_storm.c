/* LDFLAGS: -lpq */
/* Kills, on PostgreSQL: see store_storm.h. */
#include "postgres_world.h"

#include "store_storm.h"

int main(int argc, char **argv)
{
    return run_store_storm("postgres_storm", argc, argv);
}
