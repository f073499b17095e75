/* news.c: see news.h. */
#include "news.h"

#include "os/clock.h"
#include "os/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two NOTIFY of anybody, at least, and a part of that by chance: who
 * hears one has no need of its own, so that a fleet sends 20 a second, however
 * many commit. A callback does not wait for the others: a client that gets some
 * sends up to 20 a second by itself. One that came less than this after a
 * commit may have reached others before it. */
#define NOTIFY_PAUSE_MS 50
#define ON_THE_WAY_MS   5

/* How long before a failed connection is tried again. */
#define RETRY_MS 10000

/* How often the database is asked: where notifications come, and where not. */
#define POLL_PROVEN_MS 1000
#define POLL_MS        100

/* Rows of news are kept for longer than this. */
#define NEWS_SEEN_MS 30000

/* ---- the connection ---- */

static void close_news(struct lx_postgres_news *news)
{
    PQfinish(news->db);
    news->db = NULL;
    news->is_proven = news->is_under_way = false;
}

void lx_postgres_close_news(struct lx_store *store)
{
    close_news(&store->news);
    free(store->news.snapshot);
    free(store->news.hinted);
    store->news.snapshot = store->news.hinted = NULL;
}

static void send_notify(struct lx_store *store)
{
    struct lx_postgres_news *news = &store->news;
    char text[60];

    snprintf(text, sizeof text, "NOTIFY liangxin, '%" PRId64 "'", store->owner);
    news->last_ms = news->sent_ms = lx_now_ms();
    news->is_asked = news->is_urgent = false;
    news->is_under_way = PQsendQuery(news->db, text) == 1;
    if (!news->is_under_way || PQflush(news->db) < 0)
        close_news(news);
}

/* Listens, and sends a first one to see whether it comes back. */
static void open_news(struct lx_store *store)
{
    struct lx_postgres_news *news = &store->news;
    struct lx_store_error error = store->error;

    news->opened_ms = lx_now_ms();
    news->db = lx_postgres_dial(store);
    store->error = error;
    if (!news->db)
        return;
    PGresult *result = PQexec(news->db, "LISTEN liangxin");
    bool is_listening = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (is_listening && PQsetnonblocking(news->db, 1) == 0)
        send_notify(store);
    else
        close_news(news);
}

/* ---- what comes in ---- */

/* One of our own may stand for a commit of others, who heard it, too. */
static void take_notification(struct lx_store *store, const PGnotify *notify)
{
    struct lx_postgres_news *news = &store->news;

    news->last_ms = lx_now_ms();
    if (news->last_ms - news->asked_ms >= ON_THE_WAY_MS)
        news->is_asked = news->is_urgent = false;
    if (strtoll(notify->extra, NULL, 10) == store->owner)
        news->is_proven = true;
    news->has_heard = true;
}

static void read_news(struct lx_store *store)
{
    struct lx_postgres_news *news = &store->news;
    PGnotify *notify;

    if (!news->db)
        return;
    if (PQconsumeInput(news->db) == 0 || PQflush(news->db) < 0) {
        close_news(news);
        return;
    }
    while (news->is_under_way && !PQisBusy(news->db)) {
        PGresult *result = PQgetResult(news->db);
        news->is_under_way = result != NULL;
        PQclear(result);
    }
    while ((notify = PQnotifies(news->db))) {
        take_notification(store, notify);
        PQfreemem(notify);
    }
    if (PQstatus(news->db) != CONNECTION_OK)
        close_news(news);
}

int64_t lx_postgres_tick_news(struct lx_store *store)
{
    struct lx_postgres_news *news = &store->news;
    int64_t now_ms = lx_now_ms();

    if (!news->db &&
        (news->opened_ms == 0 || now_ms - news->opened_ms >= RETRY_MS))
        open_news(store);
    read_news(store);
    if (!news->db || !news->is_asked)
        return RETRY_MS;
    int64_t from_ms =
        news->is_urgent ? news->sent_ms : news->last_ms + news->chance_ms;
    int64_t left_ms = from_ms + NOTIFY_PAUSE_MS - now_ms;
    if (left_ms <= 0 && news->is_under_way)
        left_ms = ON_THE_WAY_MS;
    if (left_ms > 0)
        return left_ms;
    news->chance_ms = (int64_t)(lx_process_seed() % NOTIFY_PAUSE_MS);
    send_notify(store);
    return RETRY_MS;
}

/* What has come so far was sent before this commit. */
void lx_postgres_tell(struct lx_store *store)
{
    read_news(store);
    store->news.is_asked = true;
    store->news.asked_ms = lx_now_ms();
}

/* ---- asking ---- */

struct look {
    char *snapshot; /* NULL: out of memory */
    bool any;
};

/* NULL: out of memory. */
static char *copy_text(const char *text)
{
    char *copy = malloc(strlen(text) + 1);

    return copy ? strcpy(copy, text) : NULL;
}

static bool take_look(void *argument, const struct lx_row *row)
{
    struct look *look = argument;

    look->snapshot = copy_text(lx_row_text(row, 0));
    look->any = lx_row_integer(row, 1) != 0;
    return false;
}

/* Without an old snapshot, with one so old that news may be gone, or with one
 * whose numbers are another server's, something has changed. The connection may
 * turn out to lead there while this asks. */
static enum lx_store_status look(struct lx_store *store, bool *changed)
{
    struct lx_postgres_news *news = &store->news;
    struct look look = {NULL, false};
    int64_t now_ms = lx_now_ms();
    bool is_old = !news->snapshot || now_ms - news->looked_ms > NEWS_SEEN_MS;
    enum lx_store_status status =
        lx_sql_walk(store, take_look, &look, LX_SQL_NEWS_SINCE, "it",
                    store->owner, news->snapshot ? news->snapshot : "1:1:");

    if (status != LX_STORE_OK)
        return status;
    free(news->snapshot);
    news->snapshot = look.snapshot;
    news->looked_ms = now_ms;
    *changed = is_old || look.any || news->is_elsewhere;
    news->is_elsewhere = false;
    return LX_STORE_OK;
}

enum lx_store_status lx_postgres_has_changed(struct lx_store *store,
                                             bool *changed)
{
    struct lx_postgres_news *news = &store->news;

    *changed = false;
    if (lx_process_id() != store->process)
        return lx_sql_refuse(store, LX_STORE_FORKED);
    read_news(store);
    int64_t pause_ms = news->is_proven ? POLL_PROVEN_MS : POLL_MS;
    if (!news->has_heard && !news->is_elsewhere && news->snapshot &&
        lx_now_ms() - news->looked_ms < pause_ms)
        return LX_STORE_OK;
    news->has_heard = false;
    return look(store, changed);
}

/* ---- hints ---- */

enum lx_store_status lx_postgres_put_hint(struct lx_store *store,
                                          int64_t entry_id, const char *task_id,
                                          const unsigned char *token_hash,
                                          int64_t at_ms)
{
    store->news.is_urgent = true;
    return lx_sql_put_hint(store, entry_id, task_id, token_hash, at_ms);
}

struct hint_walk {
    lx_visit_number *visit;
    void *argument;
    char *snapshot; /* NULL: no row yet, or out of memory */
};

/* Each row has the snapshot; one without a hint has 0. */
static bool read_hint(void *argument, const struct lx_row *row)
{
    struct hint_walk *walk = argument;
    int64_t entry = lx_row_integer(row, 1);

    if (!walk->snapshot)
        walk->snapshot = copy_text(lx_row_text(row, 0));
    return entry == 0 || walk->visit(walk->argument, entry);
}

enum lx_store_status lx_postgres_new_hints(struct lx_store *store,
                                           lx_visit_number *visit,
                                           void *argument)
{
    struct lx_postgres_news *news = &store->news;
    struct hint_walk walk = {visit, argument, NULL};
    enum lx_store_status status = lx_sql_walk(
        store, read_hint, &walk, LX_SQL_NEW_HINTS, "t", news->hinted);

    if (status != LX_STORE_OK || !walk.snapshot) {
        free(walk.snapshot);
        return status;
    }
    free(news->hinted);
    news->hinted = walk.snapshot;
    return LX_STORE_OK;
}
