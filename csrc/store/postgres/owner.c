/* owner.c: who is alive, by a lease on the server's clock; see
 * postgres_store.h.
 */
#include "news.h"
#include "postgres_store.h"

#include "os/clock.h"
#include "os/process.h"

#include <stdio.h>

/* How long the rows of one's own commits are kept for others to see. */
#define NEWS_KEPT_MS 60000

enum lx_store_status lx_postgres_join(struct lx_store *store)
{
    char host[160];
    int64_t before = store->owner, started_ms = store->started_ms;
    int64_t now_ms = lx_boot_ms();
    enum lx_store_status status = lx_sql_run(store, LX_SQL_FORGET_OWNERS, "");

    lx_machine_id(host, sizeof host);
    if (status == LX_STORE_OK)
        status = lx_sql_insert_row(store, &store->owner, LX_SQL_ADD_OWNER,
                                   "tii", host, store->process, started_ms);
    if (status == LX_STORE_OK && before)
        status = lx_sql_run(store, LX_SQL_CLOSE_OWNER, "itii", before, host,
                            store->process, started_ms);
    if (status != LX_STORE_OK)
        return status;
    store->beat_ms = now_ms;
    store->commits = store->prune_below = 0;
    store->must_rejoin = false;
    return *store->account ? lx_sql_run(store, LX_SQL_USE_ACCOUNT, "it",
                                        store->owner, store->account)
                           : LX_STORE_OK;
}

void lx_postgres_leave(struct lx_store *store)
{
    char host[160];

    lx_machine_id(host, sizeof host);
    if (store->owner && lx_postgres_is_up(store))
        (void)lx_sql_run(store, LX_SQL_CLOSE_OWNER, "itii", store->owner, host,
                         store->process, store->started_ms);
}

enum lx_store_status lx_postgres_is_alive(struct lx_store *store, int64_t owner,
                                          bool *is_alive)
{
    int64_t found = 0;

    *is_alive = owner != 0 && owner == store->owner;
    if (*is_alive || owner == 0)
        return LX_STORE_OK;
    enum lx_store_status status =
        lx_sql_integer(store, &found, LX_SQL_IS_ALIVE, "i", owner);
    *is_alive = found != 0;
    return status;
}

/* One that was taken for dead and forgotten is there again. */
static enum lx_store_status beat(struct lx_store *store)
{
    char host[160];
    int64_t now_ms = lx_boot_ms(), server_ms = 0;

    lx_machine_id(host, sizeof host);
    enum lx_store_status status =
        lx_sql_integer(store, &server_ms, LX_SQL_BEAT, "itiit", store->owner,
                       host, store->process, store->started_ms,
                       *store->account ? store->account : NULL);
    if (status != LX_STORE_OK)
        return status;
    store->beat_ms = now_ms;
    store->clock_lead_ms = server_ms - lx_unix_ms();
    return LX_STORE_OK;
}

static void prune_news(struct lx_store *store)
{
    int64_t now_ms = lx_boot_ms();

    if (now_ms - store->pruned_ms < NEWS_KEPT_MS)
        return;
    (void)lx_sql_run(store, LX_SQL_PRUNE_NEWS, "ii", store->owner,
                     store->prune_below);
    store->prune_below = store->commits;
    store->pruned_ms = now_ms;
}

int64_t lx_postgres_tick(struct lx_store *store)
{
    int64_t due_ms = store->beat_ms + LX_POSTGRES_BEAT_MS - lx_boot_ms();

    if (lx_process_id() != store->process)
        return LX_POSTGRES_BEAT_MS;
    if (due_ms <= 0 || !lx_postgres_is_up(store)) {
        if (beat(store) != LX_STORE_OK)
            return store->pause_ms ? store->pause_ms : LX_POSTGRES_RENEW_MS;
        prune_news(store);
        due_ms = LX_POSTGRES_BEAT_MS;
    }
    int64_t news_ms = lx_postgres_tick_news(store);
    return news_ms < due_ms ? news_ms : due_ms;
}

/* ---- those of an account ---- */

enum lx_store_status lx_postgres_use_account(struct lx_store *store,
                                             const char *account)
{
    snprintf(store->account, sizeof store->account, "%s",
             account ? account : "");
    return lx_sql_run(store, LX_SQL_USE_ACCOUNT, "it", store->owner, account);
}

/* By the server's clock. */
enum lx_store_status lx_postgres_pause_account(struct lx_store *store,
                                               const char *account,
                                               int64_t now_ms, int64_t pause_ms)
{
    (void)now_ms;
    return lx_sql_run(store, LX_SQL_PUT_PAUSE, "tii", account, store->owner,
                      pause_ms);
}

static bool take_fleet(void *argument, const struct lx_row *row)
{
    struct lx_store_fleet *fleet = argument;

    fleet->others = lx_row_integer(row, 0);
    fleet->pause_id = lx_row_integer(row, 1);
    fleet->pause_ms = lx_row_integer(row, 2);
    return false;
}

enum lx_store_status lx_postgres_look_at_account(struct lx_store *store,
                                                 const char *account,
                                                 int64_t now_ms,
                                                 struct lx_store_fleet *fleet)
{
    (void)now_ms;
    *fleet = (struct lx_store_fleet){0};
    return lx_sql_walk(store, take_fleet, fleet, LX_SQL_ACCOUNT, "ti", account,
                       store->owner);
}
