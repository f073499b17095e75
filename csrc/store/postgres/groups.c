/* groups.c: transactions; see postgres_store.h. What only opens and closes them
 * is kept until a statement or the commit takes it along: a group of one
 * statement is three round trips. */
#include "news.h"
#include "postgres_store.h"

#include "os/clock.h"
#include "os/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char SAVEPOINT[] = "SAVEPOINT part;";
static const char RELEASE[] = "RELEASE part;";

/* The first part of a group needs no savepoint: to undo it is to begin anew. */

/* ---- beginning ---- */

/* Behind a pooler each transaction may be on another server, and settings end
 * with it. */
static const char BEGIN_POOLED[] = "BEGIN;" LX_POSTGRES_SETTINGS(
    "SET LOCAL") "SELECT (SELECT system_identifier::text FROM "
                 "pg_control_system()) || '/'"
                 " || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

/* Its server is another one: what the caller has looked at may be wrong. */
static enum lx_store_status change_server(struct lx_store *store)
{
    lx_postgres_disconnect(store); /* which is how it is compared again */
    return lx_postgres_fail(store, LX_STORE_LOST,
                            "another server answers for it");
}

static enum lx_store_status begin_pooled(struct lx_store *store)
{
    PGresult *result = NULL;
    enum lx_store_status status =
        lx_postgres_script(store, BEGIN_POOLED, &result);

    if (status == LX_STORE_OK &&
        strcmp(PQgetvalue(result, 0, 0), store->identity) != 0)
        status = change_server(store);
    PQclear(result);
    if (status == LX_STORE_OK && *store->group.text)
        status = lx_postgres_script(store, store->group.text, NULL);
    return status;
}

static enum lx_store_status begin_there(struct lx_store *store)
{
    bool was_copy = store->is_copy;
    int64_t owner = store->owner;
    char text[100];
    enum lx_store_status status = lx_postgres_connect(store);

    if (status == LX_STORE_OK &&
        (store->is_copy != was_copy || store->owner != owner))
        return change_server(store);
    snprintf(text, sizeof text, "BEGIN;%s", store->group.text);
    if (status == LX_STORE_OK)
        status = store->is_pooled ? begin_pooled(store)
                                  : lx_postgres_script(store, text, NULL);
    store->group.is_begun = status == LX_STORE_OK;
    return status;
}

enum lx_store_status lx_postgres_ready(struct lx_store *store)
{
    struct lx_postgres_group *group = &store->group;
    enum lx_store_status status = LX_STORE_OK;

    if (lx_process_id() != store->process)
        return lx_sql_refuse(store, LX_STORE_FORKED);
    if (!group->is_open)
        return lx_postgres_connect(store);
    if (!group->is_begun) {
        status = begin_there(store);
        if (status == LX_STORE_LOST) /* nothing has happened so far */
            status = begin_there(store);
    } else if (!store->db) {
        return lx_sql_refuse(store, LX_STORE_LOST);
    } else if (*group->text) {
        status = lx_postgres_script(store, group->text, NULL);
    }
    *group->text = '\0';
    return status;
}

enum lx_store_status lx_postgres_begin(struct lx_store *store)
{
    if (lx_process_id() != store->process)
        return lx_sql_refuse(store, LX_STORE_FORKED);
    enum lx_store_status status = lx_postgres_connect(store);
    if (status == LX_STORE_OK && store->is_copy) /* unless others adopted it */
        (void)lx_postgres_check_identity(store);
    store->group = (struct lx_postgres_group){.is_open = status == LX_STORE_OK};
    return status;
}

/* ---- parts ---- */

static enum lx_store_status owe(struct lx_store *store, const char *text)
{
    struct lx_postgres_group *group = &store->group;
    size_t length = strlen(group->text);

    if (lx_process_id() != store->process)
        return lx_sql_refuse(store, LX_STORE_FORKED);
    snprintf(group->text + length, sizeof group->text - length, "%s", text);
    return LX_STORE_OK;
}

/* Whether the part has run no statement: then it is as if there were none. */
static bool forget_part(struct lx_store *store)
{
    struct lx_postgres_group *group = &store->group;
    size_t length = strlen(group->text), own = sizeof SAVEPOINT - 1;

    if (length < own || strcmp(group->text + length - own, SAVEPOINT) != 0)
        return false;
    group->text[length - own] = '\0';
    return true;
}

enum lx_store_status lx_postgres_mark(struct lx_store *store)
{
    struct lx_postgres_group *group = &store->group;

    group->is_first_part = !group->is_begun && !*group->text;
    return owe(store, group->is_first_part ? "" : SAVEPOINT);
}

enum lx_store_status lx_postgres_keep(struct lx_store *store)
{
    if (store->group.is_first_part || forget_part(store))
        return owe(store, "");
    return owe(store, RELEASE);
}

enum lx_store_status lx_postgres_undo(struct lx_store *store)
{
    struct lx_postgres_group *group = &store->group;

    if (lx_process_id() != store->process)
        return lx_sql_refuse(store, LX_STORE_FORKED);
    if (forget_part(store) || !group->is_begun)
        return LX_STORE_OK;
    if (!store->db)
        return lx_sql_refuse(store, LX_STORE_LOST);
    if (!group->is_first_part)
        return lx_postgres_script(store, "ROLLBACK TO part;RELEASE part", NULL);
    group->is_begun = false;
    return lx_postgres_script(store, "ROLLBACK", NULL);
}

/* ---- the end ---- */

/* Whether the commit of that number, which nobody has answered, is in the
 * journal. Its row in `news` says so; and where this one can put it there, the
 * commit has not come and cannot come any more. */
static enum lx_store_status settle(struct lx_store *store, int64_t number)
{
    PGresult *result = NULL;
    char text[300];

    snprintf(text, sizeof text,
             "BEGIN; SET LOCAL lock_timeout = 30000;"
             "INSERT INTO liangxin.news VALUES(%" PRId64 ", %" PRId64
             ", txid_current()) ON CONFLICT DO NOTHING RETURNING n",
             store->owner, number); /* which may become another one now */
    enum lx_store_status status = lx_postgres_connect(store);
    if (status == LX_STORE_OK)
        status = lx_postgres_script(store, text, &result);
    bool has_come = status == LX_STORE_OK && PQntuples(result) == 0;
    PQclear(result);
    if (status == LX_STORE_OK)
        status = lx_postgres_script(store, "COMMIT", NULL);
    if (status != LX_STORE_OK) {
        store->must_rejoin = true; /* which it does when it connects */
        lx_postgres_disconnect(store);
        return lx_sql_refuse(store, LX_STORE_UNSURE);
    }
    return has_come ? LX_STORE_OK : lx_sql_refuse(store, LX_STORE_LOST);
}

/* The row of this commit; none where nothing was written, as when a worker
 * finds nothing to claim: nobody is woken for that. Its plan is kept by name
 * where no pooler is between; as a statement with arguments it would be a round
 * trip of its own. */
static void write_news(struct lx_store *store, int64_t number, char *out,
                       size_t capacity)
{
    *out = '\0';
    if (!store->group.has_written)
        return;
    snprintf(out, capacity,
             store->is_pooled ? "INSERT INTO liangxin.news VALUES(%" PRId64
                                ", %" PRId64 ", txid_current());"
                              : "EXECUTE lx_commit(%" PRId64 ", %" PRId64 ");",
             store->owner, number);
}

static enum lx_store_status prepare_commit(struct lx_store *store)
{
    if (store->is_pooled || store->has_commit || !store->group.has_written)
        return LX_STORE_OK;
    enum lx_store_status status = lx_postgres_script(
        store,
        "PREPARE lx_commit(bigint, bigint) AS"
        " INSERT INTO liangxin.news VALUES($1, $2, txid_current())",
        NULL);
    store->has_commit = status == LX_STORE_OK;
    return status;
}

static enum lx_store_status send_commit(struct lx_store *store, int64_t number)
{
    PGresult *result = NULL;
    char text[500], news[300], renewal[100] = "";
    int64_t now_ms = lx_boot_ms();
    bool is_old = now_ms - store->beat_ms > LX_POSTGRES_RENEW_MS;

    if (is_old)
        snprintf(renewal, sizeof renewal,
                 "UPDATE liangxin.owner SET beat = clock_timestamp()"
                 " WHERE id = %" PRId64 ";",
                 store->owner);
    write_news(store, number, news, sizeof news);
    snprintf(text, sizeof text, "%s%s%sCOMMIT", store->group.text, news,
             renewal);
    *store->group.text = '\0';
    enum lx_store_status status = lx_postgres_script(store, text, &result);
    if (status == LX_STORE_OK && strcmp(PQcmdStatus(result), "COMMIT") != 0)
        status = lx_postgres_fail(store, LX_STORE_OTHER, "it was rolled back");
    PQclear(result);
    if (status == LX_STORE_OK && is_old)
        store->beat_ms = now_ms;
    return status;
}

enum lx_store_status lx_postgres_commit(struct lx_store *store)
{
    struct lx_postgres_group *group = &store->group;

    if (lx_process_id() != store->process)
        return lx_sql_refuse(store, LX_STORE_FORKED);
    if (!group->is_begun) {
        group->is_open = false;
        return LX_STORE_OK;
    }
    if (!lx_postgres_is_up(store)) /* nothing of it was sent */
        return lx_sql_refuse(store, LX_STORE_LOST);
    enum lx_store_status status = prepare_commit(store);
    if (status != LX_STORE_OK)
        return status;
    bool has_written = group->has_written;
    int64_t number = has_written ? ++store->commits : store->commits;
    status = send_commit(store, number);
    if (!store->db) {
        *group = (struct lx_postgres_group){0};
        if (has_written)
            status = settle(store, number);
    }
    if (status != LX_STORE_OK)
        return status;
    *group = (struct lx_postgres_group){0};
    if (has_written)
        lx_postgres_tell(store);
    return LX_STORE_OK;
}

void lx_postgres_roll_back(struct lx_store *store)
{
    struct lx_store_error error = store->error;

    if (lx_process_id() != store->process)
        return;
    if (store->group.is_open && store->group.is_begun && store->db)
        (void)lx_postgres_script(store, "ROLLBACK", NULL);
    store->group = (struct lx_postgres_group){0};
    store->error = error; /* what went wrong before matters */
}
