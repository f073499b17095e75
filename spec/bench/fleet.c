/* LDFLAGS: -lpq */
/* fleet.c: what one PostgreSQL server gives a fleet: state changes or claims a
 * second, by N clients of the store, each with a connection and a thread of its
 * own and wake-ups for the others, at which they look where they are `watched`;
 * or by bare libpq, with the same rows in transactions of the same size. Prints
 * one JSON line: what was done, and how often clients found news, a second.
 *   fleet URL changes|watched|claims|bare-changes|bare-claims N SECONDS */
#include "journal/ledger.h"
#include "os/clock.h"
#include "os/thread.h"
#include "postgres_store.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS_MAX 64
#define OWN_ENTRIES 50
#define ORIGIN      "https://bench.example"

static const char BODY[] =
    "{\"model\":\"z-image\",\"input\":{\"prompt\":\"a tea bottle on a stone "
    "table, soft light from the left, 35 "
    "mm\",\"seed\":12345,\"size\":\"1:1\"}}";

struct client {
    struct lx_thread thread;
    struct lx_ledger ledger;
    PGconn *db; /* bare */
    int64_t entries[OWN_ENTRIES], fences[OWN_ENTRIES];
    int64_t look_ms; /* when to look for what others have committed */
    long done, found_news;
};

static const char *url;
static atomic_bool is_over;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "fleet: %s\n", what);
    exit(1);
}

static void must(struct client *client, enum lx_store_status status)
{
    if (status == LX_STORE_STALE)
        give_up("an entry is not as it was left");
    if (status != LX_STORE_OK)
        give_up(client->ledger.api->error(client->ledger.store)->text);
}

/* ---- through the store ---- */

static void open_client(struct client *client)
{
    struct lx_store_error error;

    client->ledger.api = &lx_postgres_api;
    if (lx_postgres_api.open(url, lx_unix_ms(), &client->ledger.store,
                             &error) != LX_STORE_OK)
        give_up(error.text);
}

static void begin(struct client *client)
{
    const struct lx_ledger *ledger = &client->ledger;

    must(client, ledger->api->begin(ledger->store));
    must(client, ledger->api->mark(ledger->store));
}

static void end(struct client *client)
{
    const struct lx_ledger *ledger = &client->ledger;

    must(client, ledger->api->keep(ledger->store));
    must(client, ledger->api->commit(ledger->store));
    ledger->api->tick(ledger->store);
}

static void make_entries(struct client *client)
{
    struct lx_plan plan = {
        .wanted = {.origin = ORIGIN, .model = "z-image", .body = BODY},
        .price_mc = LX_MONEY_UNKNOWN,
        .now_ms = lx_unix_ms()};

    begin(client);
    for (int i = 0; i < OWN_ENTRIES; i++) {
        struct lx_entry_copy *copy;
        enum lx_plan_end end;
        must(client, lx_ledger_plan(&client->ledger, &plan, &end, &copy));
        client->entries[i] = copy->entry.id;
        client->fences[i] = copy->entry.fence;
        free(copy);
    }
    end(client);
}

/* To `sending` and back to `planned`, as a refusal for the rate does. */
static void change_state(struct client *client)
{
    struct lx_entry_news news = {
        .now_ms = lx_unix_ms(), .attempt = 1, .charged_mc = LX_MONEY_UNKNOWN};
    struct lx_entry after;
    long i = client->done / 2 % OWN_ENTRIES;

    begin(client);
    must(client, lx_ledger_step(&client->ledger, client->entries[i],
                                client->done % 2 ? LX_ENTRY_EVENT_NOT_SENT
                                                 : LX_ENTRY_EVENT_SEND,
                                client->fences[i], &news, &after));
    end(client);
    client->fences[i] = after.fence;
    client->done++;
}

static void change_states(void *argument)
{
    while (!atomic_load(&is_over))
        change_state(argument);
}

static void look(struct client *client)
{
    const struct lx_ledger *ledger = &client->ledger;
    bool has_changed;

    if (lx_now_ms() < client->look_ms)
        return;
    must(client, ledger->api->has_changed(ledger->store, &has_changed));
    client->look_ms = lx_now_ms() + ledger->api->poll_ms;
    client->found_news += has_changed;
}

/* As a client does in which a call waits for what others do. */
static void change_watched(void *argument)
{
    struct client *client = argument;

    while (!atomic_load(&is_over)) {
        change_state(client);
        look(client);
    }
}

static void claim(void *argument)
{
    struct client *client = argument;
    struct lx_entry_rows *rows = lx_entry_rows_new();

    if (!rows)
        give_up("out of memory");
    while (!atomic_load(&is_over)) {
        struct lx_store_query query = {.origin = ORIGIN, .limit = 1};
        bool more;
        lx_entry_rows_clear(rows);
        begin(client);
        must(client, lx_ledger_take(&client->ledger, &query, lx_unix_ms(), rows,
                                    &more));
        end(client);
        client->done += (long)rows->count;
    }
    lx_entry_rows_free(rows);
}

/* ---- bare ---- */

static void run_bare(struct client *client, const char *text)
{
    PGresult *result = PQexec(client->db, text);
    ExecStatusType type = PQresultStatus(result);

    if (type != PGRES_COMMAND_OK && type != PGRES_TUPLES_OK)
        give_up(PQerrorMessage(client->db));
    PQclear(result);
}

static long run_prepared(struct client *client, const char *name, int64_t id)
{
    char text[30];
    const char *values[] = {text};

    snprintf(text, sizeof text, "%" PRId64, id);
    PGresult *result =
        PQexecPrepared(client->db, name, 1, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        give_up(PQerrorMessage(client->db));
    long count = strtol(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return count;
}

static void prepare(struct client *client, const char *name, const char *text)
{
    PQclear(PQprepare(client->db, name, text, 1, NULL));
}

static void open_bare(struct client *client)
{
    client->db = PQconnectdb(url);
    prepare(client, "change",
            "UPDATE bare SET state = 'sending', fence = fence + 1"
            " WHERE id = $1::bigint");
    prepare(client, "event",
            "INSERT INTO bare_event VALUES($1::bigint, 1,"
            " 'planned', 'sending')");
    prepare(client, "claim",
            "UPDATE bare SET owner = $1::bigint WHERE id = (SELECT id FROM bare"
            " WHERE owner = 0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)");
}

static void change_bare(void *argument)
{
    struct client *client = argument;

    while (!atomic_load(&is_over)) {
        int64_t id = client->entries[client->done % OWN_ENTRIES];
        run_bare(client, "BEGIN");
        run_prepared(client, "change", id);
        run_prepared(client, "event", id);
        run_bare(client, "COMMIT");
        client->done++;
    }
}

static void claim_bare(void *argument)
{
    struct client *client = argument;

    while (!atomic_load(&is_over))
        client->done += run_prepared(client, "claim", 1);
}

/* ---- measuring ---- */

static const struct {
    const char *name;
    bool is_bare, has_entries;
    void (*run)(void *client);
} WORKS[] = {{"changes", false, true, change_states},
             {"watched", false, true, change_watched},
             {"claims", false, false, claim},
             {"bare-changes", true, true, change_bare},
             {"bare-claims", true, false, claim_bare}};

#define WORK_COUNT (sizeof WORKS / sizeof *WORKS)

int main(int argc, char **argv)
{
    static struct client clients[CLIENTS_MAX];
    int count = argc == 5 ? atoi(argv[3]) : 0;
    size_t work = 0;
    long done = 0, found_news = 0;

    while (argc == 5 && work < WORK_COUNT &&
           strcmp(WORKS[work].name, argv[2]) != 0)
        work++;
    if (count < 1 || count > CLIENTS_MAX || work == WORK_COUNT)
        give_up("URL changes|watched|claims|bare-changes|bare-claims N"
                " SECONDS");
    url = argv[1];
    for (int i = 0; i < count; i++) {
        if (WORKS[work].is_bare)
            open_bare(&clients[i]);
        else
            open_client(&clients[i]);
        if (WORKS[work].has_entries && !WORKS[work].is_bare)
            make_entries(&clients[i]);
        for (int n = 0; n < OWN_ENTRIES && WORKS[work].is_bare; n++)
            clients[i].entries[n] = 1 + n + OWN_ENTRIES * i;
    }
    int64_t begin_us = lx_now_us();
    for (int i = 0; i < count; i++)
        if (!lx_thread_start(&clients[i].thread, WORKS[work].run, &clients[i]))
            give_up("no thread");
    lx_sleep_ms((int)(atof(argv[4]) * 1000));
    atomic_store(&is_over, true);
    for (int i = 0; i < count; i++) {
        lx_thread_join(&clients[i].thread);
        done += clients[i].done;
        found_news += clients[i].found_news;
    }
    double spent_s = (double)(lx_now_us() - begin_us) / 1e6;
    for (int i = 0; i < count; i++) {
        PQfinish(clients[i].db);
        lx_postgres_api.close(clients[i].ledger.store);
    }
    printf("{\"rate\":%.1f,\"news\":%.1f}\n", (double)done / spent_s,
           (double)found_news / spent_s);
    return 0;
}
