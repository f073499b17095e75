/* store.c: the struct of functions that the core gets; see journal/store.h. */
#include "owner.h"
#include "place.h"
#include "recent.h"

static const struct lx_store_error *get_error(const struct lx_store *store)
{
    return &store->error;
}

static int64_t get_owner(const struct lx_store *store)
{
    return store->owner;
}

static bool is_copy(const struct lx_store *store)
{
    return store->is_copy;
}

static enum lx_store_status has_changed(struct lx_store *store, bool *changed)
{
    int64_t version = store->data_version;
    enum lx_store_status status =
        lx_sql_integer(store, &version, LX_SQL_DATA_VERSION, "");

    *changed = version != store->data_version;
    store->data_version = version;
    return status;
}

struct hint_walk {
    struct lx_store *store;
    lx_visit_number *visit;
    void *argument;
};

static bool read_hint(void *argument, const struct lx_row *row)
{
    struct hint_walk *walk = argument;
    int64_t entry = lx_row_integer(row, 1);

    walk->store->last_hint = lx_row_integer(row, 0);
    return entry == 0 || walk->visit(walk->argument, entry);
}

static enum lx_store_status new_hints(struct lx_store *store,
                                      lx_visit_number *visit, void *argument)
{
    struct hint_walk walk = {store, visit, argument};

    return lx_sql_walk(store, read_hint, &walk, LX_SQL_NEW_HINTS, "i",
                       store->last_hint);
}

static enum lx_store_status begin(struct lx_store *store)
{
    if (store->is_copy) /* unless others have adopted it */
        (void)lx_sqlite_check_identity(store);
    enum lx_store_status status = lx_sqlite_has_moved(store)
                                      ? lx_sql_refuse(store, LX_STORE_READ_ONLY)
                                      : lx_sql_run(store, LX_SQL_BEGIN, "");

    store->is_touched = false;
    if (status != LX_STORE_OK)
        return status;
    store->is_stuck = false;
    lx_recent_begin(store);
    return LX_STORE_OK;
}

static enum lx_store_status commit(struct lx_store *store)
{
    enum lx_store_status status = lx_sql_run(store, LX_SQL_COMMIT, "");

    lx_recent_end(store, status == LX_STORE_OK);
    return status;
}

/* SQLite may have ended the transaction by itself, as on a full disk. */
static void roll_back(struct lx_store *store)
{
    struct lx_store_error error = store->error;

    lx_recent_end(store, false);
    if (!lx_sqlite_is_forked(store) && !sqlite3_get_autocommit(store->db))
        (void)lx_sql_run(store, LX_SQL_ROLL_BACK, "");
    store->error = error; /* what went wrong before matters */
}

/* The first part of a group needs no savepoint: to undo it is to begin anew. */
static enum lx_store_status mark(struct lx_store *store)
{
    if (lx_sqlite_is_forked(store))
        return lx_sql_refuse(store, LX_STORE_FORKED);
    store->has_part = store->is_touched;
    return store->has_part ? lx_sql_run(store, LX_SQL_MARK, "") : LX_STORE_OK;
}

static enum lx_store_status keep(struct lx_store *store)
{
    if (lx_sqlite_is_forked(store))
        return lx_sql_refuse(store, LX_STORE_FORKED);
    return store->has_part ? lx_sql_run(store, LX_SQL_KEEP, "") : LX_STORE_OK;
}

static enum lx_store_status undo(struct lx_store *store)
{
    enum lx_store_status status = LX_STORE_OK;

    lx_recent_forget(store);
    if (store->has_part) {
        status = lx_sql_run(store, LX_SQL_UNDO, "");
        return status == LX_STORE_OK ? keep(store) : status;
    }
    if (lx_sqlite_is_forked(store))
        return lx_sql_refuse(store, LX_STORE_FORKED);
    if (!sqlite3_get_autocommit(store->db))
        status = lx_sql_run(store, LX_SQL_ROLL_BACK, "");
    return status == LX_STORE_OK ? begin(store) : status;
}

enum lx_store_status lx_sql_walk_free(struct lx_store *store,
                                      lx_row_visit *visit, void *argument,
                                      const struct lx_store_query *query,
                                      const char *states)
{
    return lx_sql_walk(store, visit, argument, LX_SQL_CLAIMABLE, "itttiti",
                       query->after_id, query->origin, query->batch,
                       query->model, query->since_ms, states, query->limit);
}

/* The entries go last: what goes is chosen by them. */
enum lx_store_status lx_sql_prune_entries(struct lx_store *store,
                                          int64_t before_ms, int64_t after_id,
                                          int64_t last_id, int64_t *forgotten)
{
    static const int PARTS[] = {LX_SQL_PRUNE_ATTEMPTS, LX_SQL_PRUNE_FILES,
                                LX_SQL_PRUNE_EVENTS, LX_SQL_PRUNE_RESERVATIONS,
                                LX_SQL_PRUNE};
    enum lx_store_status status = LX_STORE_OK;

    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        if (status == LX_STORE_OK)
            status = lx_sql_run(store, PARTS[i], "iii", before_ms, after_id,
                                last_id);
    *forgotten = status == LX_STORE_OK ? lx_sql_changes(store) : 0;
    return status;
}

const struct lx_store_api lx_sqlite_api = {
    .version = LX_STORE_VERSION,
    .bytes = sizeof lx_sqlite_api,
    .name = "SQLite",
    .poll_ms = 50,
    .tidy_ms = 30000,
    .open = lx_sqlite_open,
    .close = lx_sqlite_close,
    .error = get_error,
    .owner = get_owner,
    .is_alive = lx_sqlite_is_alive,
    .is_copy = is_copy,
    .adopt = lx_sqlite_adopt,
    .has_changed = has_changed,
    .begin = begin,
    .commit = commit,
    .roll_back = roll_back,
    .mark = mark,
    .keep = keep,
    .undo = undo,
    .find = lx_recent_find,
    .find_free = lx_sql_find_free,
    .claim = lx_sql_claim,
    .insert = lx_recent_insert,
    .change = lx_recent_change,
    .put_attempt = lx_recent_put_attempt,
    .find_attempts = lx_recent_find_attempts,
    .put_file = lx_sql_put_file,
    .find_files = lx_sql_find_files,
    .reserve = lx_recent_reserve,
    .adjust = lx_sql_adjust,
    .used = lx_sql_used,
    .spend = lx_sql_spend,
    .put_hint = lx_sql_put_hint,
    .find_hint = lx_sql_find_hint,
    .named = lx_sql_named,
    .use_account = lx_sqlite_use_account,
    .pause_account = lx_sqlite_pause_account,
    .look_at_account = lx_sqlite_look_at_account,
    .new_hints = new_hints,
    .prune = lx_sql_prune,
    .export_lines = lx_sql_export,
};
