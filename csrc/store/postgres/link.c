/* link.c: the connection, and what is known of the server behind it; see
 * postgres_store.h. */
#include "postgres_store.h"

#include "os/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between tries of one call, and, growing, of one call and the next. */
#define TRY_PAUSE_MS   100
#define FIRST_PAUSE_MS 250
#define LAST_PAUSE_MS  5000

#define OLDEST_SERVER 120000 /* has plan_cache_mode */

/* ---- connecting ---- */

/* What the URL says comes later and counts, but for the encoding. */
static const char *const KEYWORDS[] = {
    "connect_timeout",  "keepalives_idle",           "keepalives_interval",
    "keepalives_count", "tcp_user_timeout",          "dbname",
    "client_encoding",  "fallback_application_name", NULL};

/* libpq would write to stderr what the server says between answers. */
static void ignore_notice(void *argument, const char *words)
{
    (void)argument;
    (void)words;
}

PGconn *lx_postgres_dial(struct lx_store *store)
{
    const char *values[] = {"10",         "10",   "5",        "3", "20000",
                            store->place, "UTF8", "liangxin", NULL};
    PGconn *db = PQconnectdbParams(KEYWORDS, values, 1);

    if (!db) {
        lx_sql_refuse(store, LX_STORE_MEMORY);
        return NULL;
    }
    PQsetNoticeProcessor(db, ignore_notice, NULL);
    if (PQstatus(db) == CONNECTION_OK)
        return db;
    const char *words = PQerrorMessage(db);
    bool is_denied = PQconnectionNeedsPassword(db) ||
                     PQconnectionUsedPassword(db) ||
                     strstr(words, "pg_hba.conf") || strstr(words, "role \"");
    bool is_missing = strstr(words, "database \"") && strstr(words, "exist");
    lx_postgres_fail(store,
                     is_missing  ? LX_STORE_MISSING
                     : is_denied ? LX_STORE_DENIED
                                 : LX_STORE_LOST,
                     words);
    PQfinish(db);
    return NULL;
}

/* ---- the server ---- */

/* pg_walfile_name says the timeline as soon as it is a new one. */
static const char GREETING[] =
    "SELECT pg_backend_pid(), current_setting('synchronous_commit'),"
    " pg_is_in_recovery(), CASE WHEN pg_is_in_recovery() THEN ''"
    " ELSE (SELECT system_identifier::text FROM pg_control_system()) || '/'"
    " || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END,"
    " (1000 * extract(epoch FROM clock_timestamp()))::bigint";

static enum lx_store_status judge(struct lx_store *store,
                                  const PGresult *greeting)
{
    const char *encoding = PQparameterStatus(store->db, "server_encoding");

    if (PQserverVersion(store->db) < OLDEST_SERVER)
        return lx_postgres_fail(store, LX_STORE_OTHER,
                                "the server is older than version 12");
    if (strcmp(PQgetvalue(greeting, 0, 2), "t") == 0)
        return lx_postgres_fail(store, LX_STORE_READ_ONLY,
                                "the server is a standby");
    if (strcmp(PQgetvalue(greeting, 0, 1), "off") == 0)
        return lx_postgres_fail(
            store, LX_STORE_OTHER,
            "synchronous_commit is off there: what is committed could be lost");
    if (encoding && strcmp(encoding, "UTF8") != 0)
        return lx_postgres_fail(store, LX_STORE_OTHER,
                                "the encoding of the database is not UTF8");
    return LX_STORE_OK;
}

/* Another server, or another timeline of it, may lack what was written last. */
static void compare(struct lx_store *store, const char *identity)
{
    if (strcmp(identity, store->identity) == 0)
        return;
    /* there its number may be nobody's, or another one's */
    store->must_rejoin = store->owner != 0;
    snprintf(store->identity, sizeof store->identity, "%s", identity);
    store->news.is_elsewhere = true;
    if (*store->home)
        store->is_copy = strcmp(identity, store->home) != 0;
}

static enum lx_store_status greet(struct lx_store *store)
{
    PGresult *result = NULL;
    enum lx_store_status status = lx_postgres_script(store, GREETING, &result);

    if (status == LX_STORE_OK)
        status = judge(store, result);
    if (status == LX_STORE_OK) {
        store->is_pooled |= strtol(PQgetvalue(result, 0, 0), NULL, 10) !=
                            PQbackendPID(store->db);
        compare(store, PQgetvalue(result, 0, 3));
        store->clock_lead_ms =
            strtoll(PQgetvalue(result, 0, 4), NULL, 10) - lx_unix_ms();
    }
    PQclear(result);
    if (status == LX_STORE_OK && !store->is_pooled)
        status = lx_postgres_script(store, LX_POSTGRES_SETTINGS("SET"), NULL);
    return status;
}

/* ---- life ---- */

void lx_postgres_disconnect(struct lx_store *store)
{
    PQfinish(store->db);
    store->db = NULL;
    memset(store->is_prepared, 0, sizeof store->is_prepared);
    store->has_commit = false;
}

/* What the server said last is read: it says goodbye when it goes. */
bool lx_postgres_is_up(struct lx_store *store)
{
    if (store->db && (PQconsumeInput(store->db) == 0 ||
                      PQstatus(store->db) != CONNECTION_OK))
        lx_postgres_disconnect(store);
    return store->db != NULL;
}

/* Not in the group that is open, which may be undone. */
static enum lx_store_status rejoin(struct lx_store *store)
{
    struct lx_postgres_group group = store->group;

    store->group = (struct lx_postgres_group){0};
    enum lx_store_status status = lx_postgres_join(store);
    store->group = group;
    return status;
}

static enum lx_store_status connect_once(struct lx_store *store)
{
    store->db = lx_postgres_dial(store);
    if (!store->db)
        return store->error.status;
    enum lx_store_status status = greet(store);
    if (status == LX_STORE_OK && store->must_rejoin)
        status = rejoin(store);
    if (status != LX_STORE_OK)
        lx_postgres_disconnect(store);
    return status;
}

static enum lx_store_status give_up(struct lx_store *store,
                                    enum lx_store_status status)
{
    store->pause_ms = store->pause_ms ? 2 * store->pause_ms : FIRST_PAUSE_MS;
    if (store->pause_ms > LAST_PAUSE_MS)
        store->pause_ms = LAST_PAUSE_MS;
    store->retry_ms = lx_now_ms() + store->pause_ms;
    store->link_error = store->error;
    return status;
}

enum lx_store_status lx_postgres_connect(struct lx_store *store)
{
    int64_t until_ms = lx_now_ms();
    enum lx_store_status status;

    if (lx_postgres_is_up(store))
        return LX_STORE_OK;
    if (store->retry_ms > until_ms) {
        store->error = store->link_error;
        return store->error.status;
    }
    if (store->was_open && store->pause_ms == 0)
        until_ms += LX_POSTGRES_PATIENCE_MS;
    while ((status = connect_once(store)) == LX_STORE_LOST &&
           lx_now_ms() < until_ms)
        lx_sleep_ms(TRY_PAUSE_MS);
    if (status != LX_STORE_OK)
        return give_up(store, status);
    store->was_open = true;
    store->pause_ms = store->retry_ms = 0;
    return LX_STORE_OK;
}
