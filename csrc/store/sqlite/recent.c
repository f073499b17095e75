/* recent.c: see recent.h. */
#include "recent.h"

#include "owner.h"

#include <stdlib.h>
#include <string.h>

/* Entries; the next one takes the place of the one that many before. */
#define KEPT_MAX 1024

#define TASK_ID_MAX 63 /* of a task: ids are 16 characters, or 36 */

struct kept {
    int64_t round;         /* valid while it is that of the others */
    struct lx_entry entry; /* its numbers */
    int64_t events;
    int attempts; /* 0 or 1: with two it is kept no more */
    bool is_counted;
    struct lx_attempt attempt; /* its texts are NULL or the ones below */
    unsigned char token_hash[LX_TOKEN_HASH_BYTES];
    char task_id[TASK_ID_MAX + 1];
};

struct lx_recent {
    int64_t round;    /* what is kept of another one is not valid */
    unsigned version; /* that was read at the end of the last group */
    bool is_in_group;
    struct kept kept[KEPT_MAX];
};

/* ---- what is valid ---- */

/* Of the pages that SQLite has in memory: another one once it has found that
 * somebody else has written to the file, and after a commit. */
static bool read_version(const struct lx_store *store, unsigned *version)
{
    return sqlite3_file_control(store->db, "main", SQLITE_FCNTL_DATA_VERSION,
                                version) == SQLITE_OK;
}

void lx_recent_forget(struct lx_store *store)
{
    if (store->recent)
        store->recent->round++;
}

void lx_recent_begin(struct lx_store *store)
{
    struct lx_recent *recent = store->recent;
    unsigned version;

    if (!recent)
        recent = store->recent = calloc(1, sizeof *recent);
    if (!recent || !read_version(store, &version))
        return;
    if (recent->version != version || recent->round == 0)
        recent->round++;
    recent->version = version;
    recent->is_in_group = true;
}

void lx_recent_end(struct lx_store *store, bool is_committed)
{
    struct lx_recent *recent = store->recent;

    if (!recent)
        return;
    if (!is_committed || !read_version(store, &recent->version))
        recent->round++;
    recent->is_in_group = false;
}

/* Those of the calls below, and what has no part in it. */
static bool is_followed(int sql)
{
    switch (sql) {
    case LX_SQL_INSERT:
    case LX_SQL_CHANGE:
    case LX_SQL_OWN:
    case LX_SQL_ADD_EVENT:
    case LX_SQL_ADD_NTH_EVENT:
    case LX_SQL_ADD_ATTEMPT:
    case LX_SQL_NAME_ATTEMPT:
    case LX_SQL_NAME_TASK:
    case LX_SQL_CHANGE_ATTEMPT:
    case LX_SQL_COUNT_UNDER:
    case LX_SQL_RESERVE:
    case LX_SQL_ADJUST:
    case LX_SQL_PUT_FILE:
    case LX_SQL_PUT_HINT:
    case LX_SQL_BEGIN:
    case LX_SQL_COMMIT:
    case LX_SQL_MARK:
    case LX_SQL_KEEP:
        return true;
    default:
        return false;
    }
}

void lx_recent_watch(struct lx_store *store, int sql, sqlite3_stmt *statement)
{
    if (!is_followed(sql) && !sqlite3_stmt_readonly(statement))
        lx_recent_forget(store);
}

/* NULL where nothing is known of it. */
static struct kept *find_kept(const struct lx_store *store, int64_t id)
{
    struct lx_recent *recent = store->recent;

    if (!recent || !recent->is_in_group || id <= 0 ||
        lx_sqlite_is_forked(store))
        return NULL;
    struct kept *kept = &recent->kept[id % KEPT_MAX];
    return kept->entry.id == id && kept->round == recent->round ? kept : NULL;
}

/* ---- entries ---- */

enum lx_store_status lx_recent_find(struct lx_store *store,
                                    const struct lx_store_query *query,
                                    lx_visit_entry *visit, void *argument)
{
    const struct kept *kept =
        query->only_numbers ? find_kept(store, query->id) : NULL;

    if (!kept)
        return lx_sql_find(store, query, visit, argument);
    (void)visit(argument, &kept->entry);
    return LX_STORE_OK;
}

static void keep(struct lx_recent *recent, const struct lx_entry *entry,
                 int64_t id)
{
    struct kept *kept = &recent->kept[id % KEPT_MAX];

    memset(kept, 0, sizeof *kept);
    kept->round = recent->round;
    kept->entry = *entry;
    kept->entry.id = id;
    kept->entry.origin = kept->entry.key = kept->entry.batch = NULL;
    kept->entry.model = kept->entry.body = kept->entry.urls = NULL;
    kept->entry.target = kept->entry.error = NULL;
    kept->entry.identity = NULL;
}

enum lx_store_status lx_recent_insert(struct lx_store *store,
                                      const struct lx_entry *entry, int64_t *id)
{
    enum lx_store_status status = lx_sql_insert(store, entry, id);

    if (status == LX_STORE_OK && store->recent && store->recent->is_in_group)
        keep(store->recent, entry, *id);
    return status;
}

enum lx_store_status lx_recent_change(struct lx_store *store,
                                      const struct lx_entry *before,
                                      const struct lx_entry *after,
                                      int64_t at_ms, const char *detail)
{
    enum lx_store_status status =
        lx_sql_change(store, before, after, at_ms, detail);
    struct kept *kept = find_kept(store, before->id);

    if (kept && status != LX_STORE_OK)
        kept->round = 0;
    if (!kept)
        return status;
    kept->entry.state = after->state;
    kept->entry.attempt = after->attempt;
    kept->entry.owner = after->owner;
    kept->entry.fence = after->fence;
    kept->entry.due_ms = after->due_ms;
    kept->entry.accepted_ms = after->accepted_ms;
    kept->entry.ended_ms = after->ended_ms;
    kept->entry.saved_ms = after->saved_ms;
    return status;
}

const int lx_sql_change_told = -1;

enum lx_store_status lx_sql_add_event(struct lx_store *store, int64_t entry_id,
                                      int64_t at_ms, const char *from,
                                      const char *to, const char *detail)
{
    struct kept *kept = find_kept(store, entry_id);

    if (kept)
        return lx_sql_run(store, LX_SQL_ADD_NTH_EVENT, "iittti", entry_id,
                          at_ms, from, to, detail, ++kept->events);
    return lx_sql_run(store, LX_SQL_ADD_EVENT, "iittt", entry_id, at_ms, from,
                      to, detail);
}

/* ---- attempts ---- */

enum lx_store_status lx_recent_find_attempts(struct lx_store *store,
                                             int64_t entry_id,
                                             lx_visit_attempt *visit,
                                             void *argument)
{
    const struct kept *kept = find_kept(store, entry_id);

    if (!kept)
        return lx_sql_find_attempts(store, entry_id, visit, argument);
    if (kept->attempts == 1)
        (void)visit(argument, &kept->attempt);
    return LX_STORE_OK;
}

/* False where there is no room for the attempt. */
static bool keep_attempt(struct kept *kept, const struct lx_attempt *attempt,
                         enum lx_attempt_part what)
{
    struct lx_attempt *own = &kept->attempt;
    const char *task_id = what <= LX_ATTEMPT_TASK ? attempt->task_id : NULL;
    const unsigned char *hash =
        what <= LX_ATTEMPT_NAMES ? attempt->token_hash : NULL;
    bool is_new = what == LX_ATTEMPT_NEW;

    if (kept->attempts != !is_new || attempt->outcome ||
        attempt->number != (is_new ? 1 : own->number) ||
        (task_id && strlen(task_id) > TASK_ID_MAX))
        return false;
    kept->attempts = 1;
    own->entry_id = attempt->entry_id;
    own->number = attempt->number;
    own->reserved_mc = attempt->reserved_mc;
    own->charged_mc = attempt->charged_mc;
    own->sent_ms = attempt->sent_ms;
    own->is_counted = kept->is_counted;
    if (what <= LX_ATTEMPT_TASK)
        own->task_id = task_id ? strcpy(kept->task_id, task_id) : NULL;
    if (what <= LX_ATTEMPT_NAMES)
        own->token_hash =
            hash ? memcpy(kept->token_hash, hash, sizeof kept->token_hash)
                 : NULL;
    return true;
}

enum lx_store_status lx_recent_put_attempt(struct lx_store *store,
                                           const struct lx_attempt *attempt,
                                           enum lx_attempt_part what)
{
    enum lx_store_status status = lx_sql_put_attempt(store, attempt, what);
    struct kept *kept = find_kept(store, attempt->entry_id);

    if (kept && (status != LX_STORE_OK || !keep_attempt(kept, attempt, what)))
        kept->round = 0;
    return status;
}

/* The first attempt is counted before it is added. */
enum lx_store_status lx_recent_reserve(struct lx_store *store,
                                       const struct lx_attempt *attempt,
                                       const struct lx_store_budget *budget)
{
    enum lx_store_status status = lx_sql_reserve(store, attempt, budget);
    struct kept *kept = find_kept(store, attempt->entry_id);

    if (!kept)
        return status;
    if (status != LX_STORE_OK || attempt->number != 1)
        kept->round = 0;
    kept->is_counted = kept->attempt.is_counted = true;
    return status;
}
