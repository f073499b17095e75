/* store.c: the life of a store, and the struct of functions that the core gets;
 * see journal/store.h. */
#include "news.h"
#include "schema.h"

#include "journal/place.h"
#include "os/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the place ---- */

static char *copy_bytes(const char *text, size_t length)
{
    char *copy = malloc(length + 1);

    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

/* The password as it stands in the URL, and as libpq understands it: neither
 * may be in an error, whatever libpq has to say about a URL that is wrong. */
static bool find_secrets(struct lx_store *store,
                         const PQconninfoOption *options)
{
    const char *user = strstr(store->place, "://") + 3;
    const char *colon = strchr(user, ':'), *at = strrchr(user, '@');

    if (colon && at && colon + 1 < at) {
        store->secrets[0] = copy_bytes(colon + 1, (size_t)(at - colon - 1));
        if (!store->secrets[0])
            return false;
    }
    for (; options && options->keyword; options++)
        if (strcmp(options->keyword, "password") == 0 && options->val) {
            store->secrets[1] = copy_bytes(options->val, strlen(options->val));
            return store->secrets[1] != NULL;
        }
    return true;
}

static enum lx_store_status check_place(struct lx_store *store)
{
    bool is_url = strncmp(store->place, "postgres://", 11) == 0 ||
                  strncmp(store->place, "postgresql://", 13) == 0;
    PQconninfoOption *options =
        is_url ? PQconninfoParse(store->place, NULL) : NULL;

    if (!options)
        return lx_postgres_fail(
            store, LX_STORE_OTHER,
            "the address is postgres://user:password@host:port/database, with "
            "special characters as %XX");
    bool has_memory = find_secrets(store, options);
    PQconninfoFree(options);
    return has_memory ? LX_STORE_OK : lx_sql_refuse(store, LX_STORE_MEMORY);
}

/* ---- the identity of the server ---- */

static bool take_home(void *argument, const struct lx_row *row)
{
    struct lx_store *store = argument;
    const char *home = lx_row_text(row, 0);

    snprintf(store->home, sizeof store->home, "%s", home ? home : "?");
    return false;
}

static enum lx_store_status set_home(struct lx_store *store)
{
    return lx_sql_run(store, LX_SQL_SET_META, "tt", "home", store->identity);
}

enum lx_store_status lx_postgres_check_identity(struct lx_store *store)
{
    enum lx_store_status status =
        lx_sql_walk(store, take_home, store, LX_SQL_META, "t", "home");

    store->is_copy = strcmp(store->home, store->identity) != 0;
    return status;
}

static enum lx_store_status adopt(struct lx_store *store, int64_t now_ms)
{
    char text[30];
    int64_t number;
    enum lx_store_status status = set_home(store);

    if (status == LX_STORE_OK && store->is_copy)
        status = lx_sql_integer(store, &number, LX_SQL_SKIP_ENTRIES, "");
    if (status == LX_STORE_OK && store->is_copy)
        status = lx_sql_integer(store, &number, LX_SQL_SKIP_OWNERS, "");
    snprintf(text, sizeof text, "%lld", (long long)now_ms);
    if (status == LX_STORE_OK)
        status = lx_sql_run(store, LX_SQL_SET_META, "tt", "adopted_ms", text);
    if (status != LX_STORE_OK)
        return status;
    memcpy(store->home, store->identity, sizeof store->home);
    store->is_copy = false;
    return LX_STORE_OK;
}

/* ---- life ---- */

static void close_store(struct lx_store *store)
{
    if (!store || store->process != lx_process_id())
        return;
    if (store->group.is_open)
        lx_postgres_roll_back(store);
    lx_postgres_leave(store);
    lx_postgres_close_news(store);
    lx_postgres_disconnect(store);
    for (int i = 0; i < 2; i++)
        free(store->secrets[i]);
    free(store->place);
    free(store);
}

static enum lx_store_status open_all(struct lx_store *store)
{
    enum lx_store_status status = check_place(store);

    if (status == LX_STORE_OK)
        status = lx_postgres_connect(store);
    if (status == LX_STORE_OK)
        status = lx_postgres_migrate(store);
    if (status == LX_STORE_OK)
        status = lx_postgres_check_identity(store);
    if (status == LX_STORE_OK)
        status = lx_postgres_join(store);
    if (status == LX_STORE_OK) /* from here on */
        status = lx_postgres_new_hints(store, NULL, NULL);
    return status;
}

static enum lx_store_status open_store(const char *place, int64_t now_ms,
                                       struct lx_store **store,
                                       struct lx_store_error *error)
{
    struct lx_store *made = calloc(1, sizeof *made);

    *store = NULL;
    if (made)
        made->place = copy_bytes(place, strlen(place));
    if (!made || !made->place) {
        free(made);
        *error = (struct lx_store_error){LX_STORE_MEMORY, "out of memory"};
        return LX_STORE_MEMORY;
    }
    made->process = lx_process_id();
    made->started_ms = now_ms;
    lx_place_show(place, made->shown, sizeof made->shown);
    enum lx_store_status status = open_all(made);
    if (status != LX_STORE_OK) {
        *error = made->error;
        close_store(made);
        return status;
    }
    *store = made;
    return LX_STORE_OK;
}

/* ---- what is short ---- */

static const struct lx_store_error *get_error(const struct lx_store *store)
{
    return &store->error;
}

static int64_t get_owner(const struct lx_store *store)
{
    return store->owner;
}

static int64_t get_clock_lead_ms(const struct lx_store *store)
{
    return store->clock_lead_ms;
}

static bool is_copy(const struct lx_store *store)
{
    return store->is_copy;
}

struct free_ids {
    int64_t list[LX_STORE_CLAIM_MAX];
    size_t count;
};

static bool take_free_id(void *argument, const struct lx_row *row)
{
    struct free_ids *ids = argument;

    ids->list[ids->count++] = lx_row_integer(row, 0);
    return ids->count < LX_STORE_CLAIM_MAX;
}

/* First the locks: the statement that waits for none, but may lock what was
 * committed after it began, would see the attempts as they were before. */
enum lx_store_status lx_sql_walk_free(struct lx_store *store,
                                      lx_row_visit *visit, void *argument,
                                      const struct lx_store_query *query,
                                      const char *states)
{
    char text[LX_SQL_IDS_BYTES];
    struct free_ids ids = {.count = 0};
    enum lx_store_status status =
        lx_sql_walk(store, take_free_id, &ids, LX_SQL_CLAIMABLE, "itttiti",
                    query->after_id, query->origin, query->batch, query->model,
                    query->since_ms, states, query->limit);

    if (status != LX_STORE_OK || ids.count == 0)
        return status;
    lx_sql_list_ids(text, ids.list, ids.count);
    return lx_sql_walk(store, visit, argument, LX_SQL_FREE, "t", text);
}

const int lx_sql_change_told = LX_SQL_CHANGE_TOLD;

enum lx_store_status lx_sql_add_event(struct lx_store *store, int64_t entry_id,
                                      int64_t at_ms, const char *from,
                                      const char *to, const char *detail)
{
    return lx_sql_run(store, LX_SQL_ADD_EVENT, "iittt", entry_id, at_ms, from,
                      to, detail);
}

enum lx_store_status lx_sql_prune_entries(struct lx_store *store,
                                          int64_t before_ms, int64_t after_id,
                                          int64_t last_id, int64_t *forgotten)
{
    return lx_sql_integer(store, forgotten, LX_SQL_PRUNE, "iii", before_ms,
                          after_id, last_id);
}

const struct lx_store_api lx_postgres_api = {
    .version = LX_STORE_VERSION,
    .bytes = sizeof lx_postgres_api,
    .name = "PostgreSQL",
    .poll_ms = 20,
    .tidy_ms = 30000,
    .fresh_ms = 5000,
    .open = open_store,
    .close = close_store,
    .error = get_error,
    .owner = get_owner,
    .is_alive = lx_postgres_is_alive,
    .is_copy = is_copy,
    .adopt = adopt,
    .clock_lead_ms = get_clock_lead_ms,
    .has_changed = lx_postgres_has_changed,
    .tick = lx_postgres_tick,
    .begin = lx_postgres_begin,
    .commit = lx_postgres_commit,
    .roll_back = lx_postgres_roll_back,
    .mark = lx_postgres_mark,
    .keep = lx_postgres_keep,
    .undo = lx_postgres_undo,
    .find = lx_sql_find,
    .find_free = lx_sql_find_free,
    .claim = lx_sql_claim,
    .insert = lx_sql_insert,
    .change = lx_sql_change,
    .put_attempt = lx_sql_put_attempt,
    .find_attempts = lx_sql_find_attempts,
    .put_file = lx_sql_put_file,
    .find_files = lx_sql_find_files,
    .reserve = lx_sql_reserve,
    .adjust = lx_sql_adjust,
    .used = lx_sql_used,
    .spend = lx_sql_spend,
    .put_hint = lx_postgres_put_hint,
    .find_hint = lx_sql_find_hint,
    .named = lx_sql_named,
    .use_account = lx_postgres_use_account,
    .pause_account = lx_postgres_pause_account,
    .look_at_account = lx_postgres_look_at_account,
    .new_hints = lx_postgres_new_hints,
    .prune = lx_sql_prune,
    .export_lines = lx_sql_export,
};
