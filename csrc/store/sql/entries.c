/* entries.c: entries, attempts and files; see journal/store.h. */
#include "sql/statement.h"

#include "journal/transition.h"

#include <stdio.h>
#include <string.h>

/* Entries that are read at once. */
#define PAGE 1000

/* ---- reading ---- */

struct entry_walk {
    lx_visit_entry *visit;
    void *argument;
    int64_t count, last_id;
    bool is_over; /* the visit wants no more */
};

static bool read_entry(void *argument, const struct lx_row *row)
{
    struct entry_walk *walk = argument;
    struct lx_entry entry = {.id = lx_row_integer(row, 0),
                             .origin = lx_row_text(row, 1),
                             .key = lx_row_text(row, 2),
                             .batch = lx_row_text(row, 3),
                             .model = lx_row_text(row, 4),
                             .identity = lx_row_hash(row, 5),
                             .body = lx_row_text(row, 6),
                             .priority = lx_row_integer(row, 7),
                             .attempt = lx_row_integer(row, 9),
                             .owner = lx_row_integer(row, 10),
                             .fence = lx_row_integer(row, 11),
                             .due_ms = lx_row_integer(row, 12),
                             .urls = lx_row_text(row, 13),
                             .target = lx_row_text(row, 14),
                             .error = lx_row_text(row, 15),
                             .created_ms = lx_row_integer(row, 16),
                             .accepted_ms = lx_row_integer(row, 17),
                             .ended_ms = lx_row_integer(row, 18),
                             .saved_ms = lx_row_integer(row, 19)};
    const char *word = lx_row_text(row, 8);

    walk->count++;
    walk->last_id = entry.id;
    if (!word || !lx_entry_state_from(word, &entry.state))
        return true; /* no version of this library wrote that */
    walk->is_over = !walk->visit(walk->argument, &entry);
    return !walk->is_over;
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

/* Page by page: a store may hold all rows of an answer in memory. */
static enum lx_store_status list_entries(struct lx_store *store,
                                         const struct lx_store_query *query,
                                         struct entry_walk *walk)
{
    char words[200];
    const char *states = state_words(query->states, words, sizeof words);
    int64_t left = query->limit ? query->limit : INT64_MAX, room;
    enum lx_store_status status;
    int sql = LX_SQL_LIST;

    if (query->only_lost)
        sql = LX_SQL_LOST;
    else if (query->only_unfinished)
        sql = LX_SQL_UNFINISHED;
    walk->last_id = query->after_id;
    do {
        room = left < PAGE ? left : PAGE;
        walk->count = 0;
        status = lx_sql_walk(store, read_entry, walk, sql, "itttiti",
                             walk->last_id, query->origin, query->batch,
                             query->model, query->since_ms, states, room);
        left -= walk->count;
    } while (status == LX_STORE_OK && !walk->is_over && walk->count == room &&
             left > 0);
    return status;
}

enum lx_store_status lx_sql_find(struct lx_store *store,
                                 const struct lx_store_query *query,
                                 lx_visit_entry *visit, void *argument)
{
    struct entry_walk walk = {.visit = visit, .argument = argument};

    if (query->id)
        return lx_sql_walk(store, read_entry, &walk,
                           query->only_numbers ? LX_SQL_FIND_NUMBERS
                                               : LX_SQL_FIND_ID,
                           "i", query->id);
    if (query->key)
        return lx_sql_walk(store, read_entry, &walk, LX_SQL_FIND_KEY, "tt",
                           query->origin, query->key);
    if (query->task_id)
        return lx_sql_walk(store, read_entry, &walk,
                           query->may_change ? LX_SQL_SEE_TASK
                                             : LX_SQL_FIND_TASK,
                           "tt", query->origin, query->task_id);
    if (query->token_hash)
        return lx_sql_walk(store, read_entry, &walk,
                           query->may_change ? LX_SQL_SEE_TOKEN
                                             : LX_SQL_FIND_TOKEN,
                           "h", query->token_hash);
    if (query->identity)
        return lx_sql_walk(store, read_entry, &walk, LX_SQL_FIND_IDENTITY,
                           "tht", query->origin, query->identity, query->model);
    if (query->only_strays)
        return lx_sql_walk(store, read_entry, &walk, LX_SQL_STRAYS, "ii",
                           query->from_owner, query->limit);
    if (query->queue == LX_QUEUE_DUE)
        return lx_sql_walk(store, read_entry, &walk, LX_SQL_DUE, "ttii",
                           query->origin, query->batch, query->due_ms,
                           query->limit);
    if (query->queue == LX_QUEUE_HELD)
        return lx_sql_walk(store, read_entry, &walk, LX_SQL_HELD, "tti",
                           query->origin, query->batch, query->limit);
    return list_entries(store, query, &walk);
}

struct free_walk {
    lx_visit_free *visit;
    void *argument;
};

static bool read_free(void *argument, const struct lx_row *row)
{
    const struct free_walk *walk = argument;
    struct lx_entry entry = {.id = lx_row_integer(row, 0),
                             .key = lx_row_text(row, 1),
                             .batch = lx_row_text(row, 2),
                             .model = lx_row_text(row, 3),
                             .priority = lx_row_integer(row, 4),
                             .attempt = lx_row_integer(row, 6),
                             .owner = lx_row_integer(row, 7),
                             .fence = lx_row_integer(row, 8),
                             .urls = lx_row_text(row, 9),
                             .target = lx_row_text(row, 10),
                             .accepted_ms = lx_row_integer(row, 11),
                             .ended_ms = lx_row_integer(row, 12)};
    const char *word = lx_row_text(row, 5);

    if (!word || !lx_entry_state_from(word, &entry.state))
        return true; /* no version of this library wrote that */
    return walk->visit(walk->argument, &entry, lx_row_text(row, 13),
                       lx_row_money(row, 14));
}

enum lx_store_status lx_sql_find_free(struct lx_store *store,
                                      const struct lx_store_query *query,
                                      lx_visit_free *visit, void *argument)
{
    struct free_walk walk = {visit, argument};
    char words[200];

    return lx_sql_walk_free(store, read_free, &walk, query,
                            state_words(query->states, words, sizeof words));
}

/* ---- writing ---- */

void lx_sql_list_ids(char out[LX_SQL_IDS_BYTES], const int64_t *ids,
                     size_t count)
{
    size_t length = 0;

    *out = '\0';
    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(out + length, LX_SQL_IDS_BYTES - length,
                                   "%s%lld", i ? "," : "", (long long)ids[i]);
}

enum lx_store_status lx_sql_claim(struct lx_store *store, const int64_t *ids,
                                  size_t count, int64_t owner)
{
    char text[LX_SQL_IDS_BYTES];

    lx_sql_list_ids(text, ids, count);
    enum lx_store_status status =
        lx_sql_run(store, LX_SQL_CLAIM, "it", owner, text);
    if (status == LX_STORE_OK && lx_sql_changes(store) != (int64_t)count)
        return lx_sql_refuse(store, LX_STORE_STALE);
    return status;
}

enum lx_store_status lx_sql_insert(struct lx_store *store,
                                   const struct lx_entry *entry, int64_t *id)
{
    return lx_sql_insert_row(
        store, id, LX_SQL_INSERT, "tttthtitiiiitttiiii", entry->origin,
        entry->key, entry->batch, entry->model, entry->identity, entry->body,
        entry->priority, lx_entry_state_name(entry->state), entry->attempt,
        entry->owner, entry->fence, entry->due_ms, entry->urls, entry->target,
        entry->error, entry->created_ms, entry->accepted_ms, entry->ended_ms,
        entry->saved_ms);
}

/* Texts are compared by address: what stays is not copied. */
static const char *text_after(const char *before, const char *after)
{
    return after == before ? NULL : after;
}

/* Entries are claimed and left by the thousand. */
static bool only_owner_differs(const struct lx_entry *before,
                               const struct lx_entry *after)
{
    return after->state == before->state && after->attempt == before->attempt &&
           after->due_ms == before->due_ms && after->urls == before->urls &&
           after->target == before->target && after->error == before->error &&
           after->accepted_ms == before->accepted_ms &&
           after->ended_ms == before->ended_ms &&
           after->saved_ms == before->saved_ms;
}

enum lx_store_status lx_sql_change(struct lx_store *store,
                                   const struct lx_entry *before,
                                   const struct lx_entry *after, int64_t at_ms,
                                   const char *detail)
{
    const char *from = lx_entry_state_name(before->state);
    const char *to = lx_entry_state_name(after->state);
    bool is_news = before->state != after->state || detail;
    bool only_owner = only_owner_differs(before, after);
    bool is_told = is_news && !only_owner && lx_sql_change_told >= 0;
    enum lx_store_status status;

    if (only_owner)
        status = lx_sql_run(store, LX_SQL_OWN, "itiii", before->id, from,
                            before->fence, after->owner, after->fence);
    else
        status = lx_sql_run(
            store, is_told ? lx_sql_change_told : LX_SQL_CHANGE,
            is_told ? "ititiiiitttiiiit" : "ititiiiitttiii", before->id, from,
            before->fence, to, after->attempt, after->owner, after->fence,
            after->due_ms, text_after(before->urls, after->urls),
            text_after(before->target, after->target),
            text_after(before->error, after->error), after->accepted_ms,
            after->ended_ms, after->saved_ms, at_ms, detail);
    if (status != LX_STORE_OK)
        return status;
    if (lx_sql_changes(store) == 0)
        return lx_sql_refuse(store, LX_STORE_STALE);
    return is_news && !is_told
               ? lx_sql_add_event(store, before->id, at_ms, from, to, detail)
               : LX_STORE_OK;
}

/* ---- attempts ---- */

static enum lx_store_status write_attempt(struct lx_store *store,
                                          const struct lx_attempt *attempt,
                                          enum lx_attempt_part what)
{
    if (what == LX_ATTEMPT_FACTS)
        return lx_sql_run(store, LX_SQL_CHANGE_ATTEMPT, "iiimit",
                          attempt->entry_id, attempt->number,
                          attempt->reserved_mc, attempt->charged_mc,
                          attempt->sent_ms, attempt->outcome);
    if (what == LX_ATTEMPT_TASK)
        return lx_sql_run(store, LX_SQL_NAME_TASK, "iiimitt", attempt->entry_id,
                          attempt->number, attempt->reserved_mc,
                          attempt->charged_mc, attempt->sent_ms,
                          attempt->outcome, attempt->task_id);
    if (what == LX_ATTEMPT_NAMES)
        return lx_sql_run(store, LX_SQL_NAME_ATTEMPT, "iiimitth",
                          attempt->entry_id, attempt->number,
                          attempt->reserved_mc, attempt->charged_mc,
                          attempt->sent_ms, attempt->outcome, attempt->task_id,
                          attempt->token_hash);
    return lx_sql_run(store, LX_SQL_ADD_ATTEMPT, "iiimittht", attempt->entry_id,
                      attempt->number, attempt->reserved_mc,
                      attempt->charged_mc, attempt->sent_ms, attempt->outcome,
                      attempt->task_id, attempt->token_hash, attempt->origin);
}

/* Nothing changes where another has the token or task. */
enum lx_store_status lx_sql_put_attempt(struct lx_store *store,
                                        const struct lx_attempt *attempt,
                                        enum lx_attempt_part what)
{
    enum lx_store_status status = write_attempt(store, attempt, what);

    if (status == LX_STORE_OK && lx_sql_changes(store) == 0)
        return lx_sql_refuse(store, what == LX_ATTEMPT_FACTS ? LX_STORE_CORRUPT
                                                             : LX_STORE_EXISTS);
    return status;
}

struct attempt_walk {
    int64_t entry_id;
    lx_visit_attempt *visit;
    void *argument;
};

static bool read_attempt(void *argument, const struct lx_row *row)
{
    struct attempt_walk *walk = argument;
    struct lx_attempt attempt = {.entry_id = walk->entry_id,
                                 .number = lx_row_integer(row, 0),
                                 .token_hash = lx_row_hash(row, 1),
                                 .task_id = lx_row_text(row, 2),
                                 .reserved_mc = lx_row_integer(row, 3),
                                 .charged_mc = lx_row_money(row, 4),
                                 .sent_ms = lx_row_integer(row, 5),
                                 .outcome = lx_row_text(row, 6),
                                 .is_counted = lx_row_integer(row, 7) != 0};

    return walk->visit(walk->argument, &attempt);
}

enum lx_store_status lx_sql_find_attempts(struct lx_store *store,
                                          int64_t entry_id,
                                          lx_visit_attempt *visit,
                                          void *argument)
{
    struct attempt_walk walk = {entry_id, visit, argument};

    return lx_sql_walk(store, read_attempt, &walk, LX_SQL_ATTEMPTS, "i",
                       entry_id);
}

/* ---- files ---- */

enum lx_store_status lx_sql_put_file(struct lx_store *store,
                                     const struct lx_entry_file *file)
{
    return lx_sql_run(store, LX_SQL_PUT_FILE, "iittiiht", file->entry_id,
                      file->number, file->path, file->part, file->bytes,
                      file->mtime_ms, file->sha256, file->content_type);
}

struct file_walk {
    int64_t entry_id;
    lx_visit_file *visit;
    void *argument;
};

static bool read_file(void *argument, const struct lx_row *row)
{
    struct file_walk *walk = argument;
    struct lx_entry_file file = {.entry_id = walk->entry_id,
                                 .number = lx_row_integer(row, 0),
                                 .path = lx_row_text(row, 1),
                                 .part = lx_row_text(row, 2),
                                 .bytes = lx_row_integer(row, 3),
                                 .mtime_ms = lx_row_integer(row, 4),
                                 .sha256 = lx_row_hash(row, 5),
                                 .content_type = lx_row_text(row, 6)};

    return walk->visit(walk->argument, &file);
}

enum lx_store_status lx_sql_find_files(struct lx_store *store, int64_t entry_id,
                                       lx_visit_file *visit, void *argument)
{
    struct file_walk walk = {entry_id, visit, argument};

    return lx_sql_walk(store, read_file, &walk, LX_SQL_FILES, "i", entry_id);
}

enum lx_store_status lx_sql_prune(struct lx_store *store, int64_t before_ms,
                                  int64_t limit, int64_t *after_id,
                                  int64_t *forgotten, bool *more)
{
    int64_t last_id = 0;
    enum lx_store_status status =
        lx_sql_run(store, LX_SQL_PRUNE_HINTS, "ii", before_ms, limit);

    *forgotten = 0;
    *more = lx_sql_changes(store) == limit;
    if (status == LX_STORE_OK)
        status = lx_sql_integer(store, &last_id, LX_SQL_PRUNE_UP_TO, "ii",
                                *after_id, limit);
    if (status != LX_STORE_OK || last_id == 0)
        return status;
    status =
        lx_sql_prune_entries(store, before_ms, *after_id, last_id, forgotten);
    *after_id = last_id;
    *more = true;
    return status;
}
