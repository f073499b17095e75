/* test_send_unsure.c: a create whose send the store has committed without
 * saying so: nothing is sent, the task ends, and whoever asks for its key again
 * sends it. LDFLAGS: -lsqlite3 */
#include "../engine/api_rig.h"
#include "engine/wish.h"

#include "sqlite_world.h"

static enum after_answer answer_call(const struct request *call)
{
    api_say(call->fd, 400, "{\"code\":400,\"msg\":\"no\"}");
    return KEEP;
}

/* ---- a store that falls silent once; on the journal thread ---- */

static struct {
    bool at_once;        /* about what is planned and sent in one commit */
    int groups, planned; /* so far; the one that planned an entry last */
    bool is_due, is_over;
    char key[20]; /* of the entry that it was about */
} silence;

static enum lx_store_status begin(struct lx_store *store)
{
    silence.groups++;
    return lx_sqlite_api.begin(store);
}

static void fall_silent(const struct lx_entry *entry)
{
    silence.is_due = true;
    snprintf(silence.key, sizeof silence.key, "%s", entry->key);
}

static enum lx_store_status insert(struct lx_store *store,
                                   const struct lx_entry *entry, int64_t *id)
{
    silence.planned = silence.groups;
    if (silence.at_once && entry->state == LX_ENTRY_SENDING && !silence.is_over)
        fall_silent(entry);
    return lx_sqlite_api.insert(store, entry, id);
}

/* A send that is decided on after it was planned. */
static enum lx_store_status change(struct lx_store *store,
                                   const struct lx_entry *before,
                                   const struct lx_entry *after, int64_t at_ms,
                                   const char *detail)
{
    if (!silence.at_once && after->state == LX_ENTRY_SENDING &&
        !silence.is_over && silence.groups > silence.planned)
        fall_silent(before);
    return lx_sqlite_api.change(store, before, after, at_ms, detail);
}

static enum lx_store_status commit(struct lx_store *store)
{
    enum lx_store_status status = lx_sqlite_api.commit(store);

    if (status != LX_STORE_OK || !silence.is_due)
        return status;
    silence.is_due = false;
    silence.is_over = true;
    return lx_sql_refuse(store, LX_STORE_UNSURE);
}

/* As with a server that was lost, the client has another number then. */
static int64_t owner(const struct lx_store *store)
{
    return lx_sqlite_api.owner(store) + (silence.is_over ? 1000 : 0);
}

static enum lx_store_status is_alive(struct lx_store *store, int64_t number,
                                     bool *alive)
{
    *alive = number == owner(store);
    return LX_STORE_OK;
}

/* ---- the client ---- */

static struct lx_client *open_with(const struct lx_store_api *store)
{
    struct lx_config config;

    CHECK(fill_config(&config));
    config.max_requests_per_second = 1; /* the second is planned, and waits */
    config.store = store;
    config.place = copy_text("unsure.db");
    config.origin = copy_text(config.http.base_url);
    return lx_client_new(&config);
}

static void create(struct lx_client *client, uint64_t id, const char *key)
{
    static const char body[] = "{\"model\":\"m\",\"input\":{\"prompt\":\"x\"}}";
    struct lx_command *command = new_command(LX_COMMAND_CREATE, id, body);

    command->wish = lx_wish_new();
    command->wish->key = copy_text(key);
    command->wish->model = copy_text("m");
    command->wish->body = copy_text(body);
    CHECK_EQ(lx_client_submit(client, command), LX_KIND_NONE);
}

/* How the next one ends. */
static enum lx_kind await_end(struct lx_client *client, struct lx_event **rest)
{
    struct lx_event *event = await_event(client, rest, is_final);
    enum lx_kind kind =
        event && event->error ? event->error->kind : LX_KIND_NONE;

    lx_event_free(event);
    return kind;
}

/* Pairs of creates, of which one is planned and sent later, as a rule. */
static void create_until_silent(struct lx_client *client,
                                struct lx_event **rest)
{
    bool is_silent = false;
    char key[20];

    for (int id = 1; !is_silent && id < 40; id += 2) {
        for (int i = id; i < id + 2; i++) {
            snprintf(key, sizeof key, "key %d", i);
            create(client, (uint64_t)i, key);
        }
        enum lx_kind first = await_end(client, rest);
        enum lx_kind second = await_end(client, rest);
        is_silent = first == LX_KIND_JOURNAL || second == LX_KIND_JOURNAL;
    }
    CHECK(is_silent);
}

static void test_silence(const struct lx_store_api *store, bool at_once)
{
    struct lx_event *rest = NULL;
    char path[] = "unsure.db";

    check_row = at_once ? "planned and sent in one" : "planned before";
    memset(&silence, 0, sizeof silence);
    silence.at_once = at_once;
    remove(path);
    start_api();
    struct lx_client *client = open_with(store);
    create_until_silent(client, &rest);
    int sent = count_calls(true);
    create(client, 99, silence.key);
    CHECK_EQ(await_end(client, &rest), LX_KIND_INVALID_REQUEST);
    CHECK_EQ(count_calls(true), sent + 1);
    lx_client_free(client);
    free_events(rest);
    stop_api();
}

int main(void)
{
    struct lx_store_api store = lx_sqlite_api;

    if (!world_begin())
        return 0;
    store.begin = begin;
    store.insert = insert;
    store.change = change;
    store.commit = commit;
    store.owner = owner;
    store.is_alive = is_alive;
    test_silence(&store, false);
    test_silence(&store, true);
    world_end();
    return check_report("send unsure");
}
