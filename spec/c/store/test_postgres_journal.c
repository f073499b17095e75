/* LDFLAGS: -lpq */
/* The thread that commits, on PostgreSQL. */
#include "postgres_world.h"

#include "journal_cases.h"

int main(void)
{
    return run_journal("postgres_journal", NULL);
}
