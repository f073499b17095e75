/* LDFLAGS: -lpq */
/* The store of PostgreSQL by the contract of all stores, and what is its own.
 */
#include "postgres_store.h"

#include "conformance.h"
#include "postgres_server.h"

static void fresh(struct rig *rig)
{
    fresh_database(rig->place, sizeof rig->place);
}

int main(void)
{
    enter_folder();
    if (server_make()) {
        run_conformance(&lx_postgres_api, fresh);
        server_unmake();
    } else {
        CHECK(true);
    }
    leave_folder();
    return check_report("postgres_store");
}
