/* entries.c: entries, attempts and files; see journal/store.h. */
#include "sqlite_store.h"

#include "journal/transition.h"

#include <string.h>

/* ---- reading ---- */

struct entry_walk {
    lx_visit_entry *visit;
    void *argument;
};

static bool read_entry(void *argument, sqlite3_stmt *row)
{
    struct entry_walk *walk = argument;
    struct lx_entry entry = {.id = sqlite3_column_int64(row, 0),
                             .origin = lx_sqlite_text(row, 1),
                             .key = lx_sqlite_text(row, 2),
                             .batch = lx_sqlite_text(row, 3),
                             .model = lx_sqlite_text(row, 4),
                             .identity = lx_sqlite_hash(row, 5),
                             .body = lx_sqlite_text(row, 6),
                             .priority = sqlite3_column_int64(row, 7),
                             .attempt = sqlite3_column_int64(row, 9),
                             .owner = sqlite3_column_int64(row, 10),
                             .fence = sqlite3_column_int64(row, 11),
                             .due_ms = sqlite3_column_int64(row, 12),
                             .urls = lx_sqlite_text(row, 13),
                             .target = lx_sqlite_text(row, 14),
                             .error = lx_sqlite_text(row, 15),
                             .created_ms = sqlite3_column_int64(row, 16),
                             .accepted_ms = sqlite3_column_int64(row, 17),
                             .ended_ms = sqlite3_column_int64(row, 18),
                             .saved_ms = sqlite3_column_int64(row, 19)};
    const char *word = lx_sqlite_text(row, 8);

    if (!word || !lx_entry_state_from(word, &entry.state))
        return true; /* no version of this library wrote that */
    return walk->visit(walk->argument, &entry);
}

/* " planned sending ": NULL for all. */
static const char *state_words(unsigned states, char *out, size_t capacity)
{
    if (!states)
        return NULL;
    strcpy(out, " ");
    for (int i = 0; i < LX_ENTRY_STATES; i++)
        if (states & 1u << i) {
            strncat(out, lx_entry_state_name((enum lx_entry_state)i),
                    capacity - strlen(out) - 1);
            strncat(out, " ", capacity - strlen(out) - 1);
        }
    return out;
}

static sqlite3_stmt *bind_query(struct lx_store *store,
                                const struct lx_store_query *query, char *words,
                                size_t capacity)
{
    if (query->id)
        return lx_sqlite_bind(store, LX_SQL_FIND_ID, "i", query->id);
    if (query->key)
        return lx_sqlite_bind(store, LX_SQL_FIND_KEY, "tt", query->origin,
                              query->key);
    if (query->task_id)
        return lx_sqlite_bind(store, LX_SQL_FIND_TASK, "tt", query->origin,
                              query->task_id);
    if (query->token_hash)
        return lx_sqlite_bind(store, LX_SQL_FIND_TOKEN, "h", query->token_hash);
    if (query->identity)
        return lx_sqlite_bind(store, LX_SQL_FIND_IDENTITY, "tht", query->origin,
                              query->identity, query->model);
    return lx_sqlite_bind(
        store, query->only_unfinished ? LX_SQL_UNFINISHED : LX_SQL_LIST,
        "itttiti", query->after_id, query->origin, query->batch, query->model,
        query->since_ms, state_words(query->states, words, capacity),
        query->limit ? query->limit : (int64_t)-1);
}

enum lx_store_status lx_sqlite_find(struct lx_store *store,
                                    const struct lx_store_query *query,
                                    lx_visit_entry *visit, void *argument)
{
    struct entry_walk walk = {visit, argument};
    char words[200];

    return lx_sqlite_walk(store, bind_query(store, query, words, sizeof words),
                          read_entry, &walk);
}

/* ---- writing ---- */

enum lx_store_status lx_sqlite_insert(struct lx_store *store,
                                      const struct lx_entry *entry, int64_t *id)
{
    const char *state = lx_entry_state_name(entry->state);
    enum lx_store_status status = lx_sqlite_run(
        store, LX_SQL_INSERT, "tttthtitiiiitttiiii", entry->origin, entry->key,
        entry->batch, entry->model, entry->identity, entry->body,
        entry->priority, state, entry->attempt, entry->owner, entry->fence,
        entry->due_ms, entry->urls, entry->target, entry->error,
        entry->created_ms, entry->accepted_ms, entry->ended_ms,
        entry->saved_ms);

    if (status != LX_STORE_OK)
        return status;
    *id = sqlite3_last_insert_rowid(store->db);
    return LX_STORE_OK;
}

enum lx_store_status lx_sqlite_change(struct lx_store *store,
                                      const struct lx_entry *before,
                                      const struct lx_entry *after,
                                      int64_t at_ms, const char *detail)
{
    const char *from = lx_entry_state_name(before->state);
    const char *to = lx_entry_state_name(after->state);
    enum lx_store_status status = lx_sqlite_run(
        store, LX_SQL_CHANGE, "ititiiiitttiii", before->id, from, before->fence,
        to, after->attempt, after->owner, after->fence, after->due_ms,
        after->urls, after->target, after->error, after->accepted_ms,
        after->ended_ms, after->saved_ms);

    if (status != LX_STORE_OK)
        return status;
    if (sqlite3_changes(store->db) == 0)
        return lx_sqlite_refuse(store, LX_STORE_STALE);
    if (before->state == after->state && !detail)
        return LX_STORE_OK;
    return lx_sqlite_run(store, LX_SQL_ADD_EVENT, "iittt", before->id, at_ms,
                         from, to, detail);
}

/* ---- attempts ---- */

enum lx_store_status lx_sqlite_put_attempt(struct lx_store *store,
                                           const struct lx_attempt *attempt)
{
    sqlite3_stmt *bound =
        lx_sqlite_bind(store, LX_SQL_PUT_ATTEMPT, "iihtiiit", attempt->entry_id,
                       attempt->number, attempt->token_hash, attempt->task_id,
                       attempt->reserved_mc, attempt->charged_mc,
                       attempt->sent_ms, attempt->outcome);

    if (bound && attempt->charged_mc == LX_MONEY_UNKNOWN)
        sqlite3_bind_null(bound, 6);
    return lx_sqlite_walk(store, bound, NULL, NULL);
}

struct attempt_walk {
    int64_t entry_id;
    lx_visit_attempt *visit;
    void *argument;
};

static bool read_attempt(void *argument, sqlite3_stmt *row)
{
    struct attempt_walk *walk = argument;
    bool is_settled = sqlite3_column_type(row, 4) != SQLITE_NULL;
    struct lx_attempt attempt = {.entry_id = walk->entry_id,
                                 .number = sqlite3_column_int64(row, 0),
                                 .token_hash = lx_sqlite_hash(row, 1),
                                 .task_id = lx_sqlite_text(row, 2),
                                 .reserved_mc = sqlite3_column_int64(row, 3),
                                 .charged_mc =
                                     is_settled ? sqlite3_column_int64(row, 4)
                                                : LX_MONEY_UNKNOWN,
                                 .sent_ms = sqlite3_column_int64(row, 5),
                                 .outcome = lx_sqlite_text(row, 6)};

    return walk->visit(walk->argument, &attempt);
}

enum lx_store_status lx_sqlite_find_attempts(struct lx_store *store,
                                             int64_t entry_id,
                                             lx_visit_attempt *visit,
                                             void *argument)
{
    struct attempt_walk walk = {entry_id, visit, argument};

    return lx_sqlite_walk(store,
                          lx_sqlite_bind(store, LX_SQL_ATTEMPTS, "i", entry_id),
                          read_attempt, &walk);
}

/* ---- files ---- */

enum lx_store_status lx_sqlite_put_file(struct lx_store *store,
                                        const struct lx_entry_file *file)
{
    return lx_sqlite_run(store, LX_SQL_PUT_FILE, "iittiiht", file->entry_id,
                         file->number, file->path, file->part, file->bytes,
                         file->mtime_ms, file->sha256, file->content_type);
}

struct file_walk {
    int64_t entry_id;
    lx_visit_file *visit;
    void *argument;
};

static bool read_file(void *argument, sqlite3_stmt *row)
{
    struct file_walk *walk = argument;
    struct lx_entry_file file = {.entry_id = walk->entry_id,
                                 .number = sqlite3_column_int64(row, 0),
                                 .path = lx_sqlite_text(row, 1),
                                 .part = lx_sqlite_text(row, 2),
                                 .bytes = sqlite3_column_int64(row, 3),
                                 .mtime_ms = sqlite3_column_int64(row, 4),
                                 .sha256 = lx_sqlite_hash(row, 5),
                                 .content_type = lx_sqlite_text(row, 6)};

    return walk->visit(walk->argument, &file);
}

enum lx_store_status lx_sqlite_find_files(struct lx_store *store,
                                          int64_t entry_id,
                                          lx_visit_file *visit, void *argument)
{
    struct file_walk walk = {entry_id, visit, argument};

    return lx_sqlite_walk(store,
                          lx_sqlite_bind(store, LX_SQL_FILES, "i", entry_id),
                          read_file, &walk);
}
