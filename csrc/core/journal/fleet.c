/* fleet.c: see fleet.h. */
#include "journal/fleet.h"

#include "os/clock.h"

/* Between two looks: at least, after a change; and at most, for the death of a
 * client changes nothing. */
#define CENSUS_SOONEST_MS 200
#define CENSUS_LATEST_MS  2000

void lx_fleet_changed(struct lx_fleet_look *look)
{
    int64_t soon_ms = look->looked_ms + CENSUS_SOONEST_MS;

    if (soon_ms < look->due_ms)
        look->due_ms = soon_ms;
}

bool lx_fleet_look(struct lx_fleet_look *look, const struct lx_store_api *api,
                   struct lx_store *store, const char *account)
{
    struct lx_store_fleet before = look->latest, found = {0};

    if (lx_now_ms() < look->due_ms)
        return false;
    look->looked_ms = lx_now_ms();
    look->due_ms = look->looked_ms + CENSUS_LATEST_MS;
    if (api->look_at_account(store, account, lx_unix_ms(), &found) !=
        LX_STORE_OK)
        return false;
    look->latest = found;
    return found.others != before.others ||
           (found.pause_ms > 0 && found.pause_id != before.pause_id);
}
