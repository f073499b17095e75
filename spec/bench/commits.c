/* LDFLAGS: -lsqlite3 */
/* commits.c: intents committed a second through the journal thread, N waiting,
 * beside what SQLite itself gives: one INSERT each into one table, N in a
 * transaction, in the same mode. Prints one JSON line. commits FOLDER N SECONDS
 */
#include "journal/journal.h"
#include "journal/ledger.h"
#include "os/clock.h"
#include "os/thread.h"
#include "sqlite_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_MAX 1024

static const char BODY[] =
    "{\"model\":\"z-image\",\"input\":{\"prompt\":\"a tea bottle on a stone "
    "table, soft light from the left, 35 "
    "mm\",\"seed\":12345,\"size\":\"1:1\"}}";

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "commits: %s\n", what);
    exit(1);
}

static void run_sql(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        give_up(sqlite3_errmsg(db));
}

static void insert_bare(sqlite3_stmt *insert, long number)
{
    char key[40];

    snprintf(key, sizeof key, "hero/%ld", number);
    sqlite3_bind_text(insert, 1, key, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(insert, 2, BODY, -1, SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE)
        give_up("INSERT");
    sqlite3_reset(insert);
}

static double measure_bare(const char *path, const char *mode, int waiting,
                           double seconds)
{
    sqlite3 *db;
    sqlite3_stmt *insert;
    char pragma[60];
    long count = 0;

    if (sqlite3_open(path, &db) != SQLITE_OK)
        give_up(path);
    snprintf(pragma, sizeof pragma, "PRAGMA journal_mode = %s", mode);
    run_sql(db, pragma);
    run_sql(db, "PRAGMA synchronous = FULL;"
                "CREATE TABLE IF NOT EXISTS entry(id INTEGER PRIMARY KEY,"
                " key TEXT UNIQUE, body TEXT); DELETE FROM entry");
    sqlite3_prepare_v2(db, "INSERT INTO entry(key, body) VALUES(?1, ?2)", -1,
                       &insert, NULL);
    int64_t begin_us = lx_now_us(), spent_us = 0;
    while ((double)spent_us < seconds * 1e6) {
        run_sql(db, "BEGIN IMMEDIATE");
        for (int i = 0; i < waiting; i++)
            insert_bare(insert, count++);
        run_sql(db, "COMMIT");
        spent_us = lx_now_us() - begin_us;
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return (double)count * 1e6 / (double)spent_us;
}

/* ---- through the journal ---- */

static struct {
    struct lx_mutex lock;
    struct lx_condition change;
    bool is_awake; /* guarded by lock */
    struct lx_journal *journal;
    long started, done;
    bool is_over;
} bench;

struct intent {
    struct lx_journal_request base;
    char key[40];
};

static enum lx_store_status run_intent(struct lx_journal_request *request,
                                       struct lx_ledger *ledger)
{
    struct intent *intent = (struct intent *)request;
    struct lx_plan plan = {.wanted = {.origin = "https://api.example",
                                      .key = intent->key,
                                      .model = "z-image",
                                      .body = BODY},
                           .price_mc = LX_MONEY_UNKNOWN,
                           .sends_now = true,
                           .now_ms = lx_unix_ms()};
    enum lx_plan_end end;
    struct lx_entry_copy *copy;
    enum lx_store_status status = lx_ledger_plan(ledger, &plan, &end, &copy);

    free(copy);
    return status;
}

static void begin_intent(struct intent *intent)
{
    snprintf(intent->key, sizeof intent->key, "hero/%ld", bench.started++);
    lx_journal_add(bench.journal, &intent->base);
}

static void end_intent(struct lx_journal_request *request)
{
    if (request->error.status != LX_STORE_OK)
        give_up(request->error.text);
    bench.done++;
    if (!bench.is_over)
        begin_intent((struct intent *)request);
}

static void wake(void *argument)
{
    (void)argument;
    lx_mutex_lock(&bench.lock);
    bench.is_awake = true;
    lx_condition_signal(&bench.change);
    lx_mutex_unlock(&bench.lock);
}

static void deliver_some(void)
{
    lx_mutex_lock(&bench.lock);
    while (!bench.is_awake)
        lx_condition_wait(&bench.change, &bench.lock);
    bench.is_awake = false;
    lx_mutex_unlock(&bench.lock);
    lx_journal_deliver(bench.journal);
}

static double measure_journal(const char *path, int waiting, double seconds)
{
    static struct intent intents[WAITING_MAX];

    bench.journal = lx_journal_new(&lx_sqlite_api, path, wake, NULL);
    if (!bench.journal)
        give_up("memory");
    bench.is_over = false;
    int64_t begin_us = lx_now_us(), spent_us = 0;
    long before = bench.done;
    for (int i = 0; i < waiting; i++) {
        intents[i].base = (struct lx_journal_request){.rank = LX_JOURNAL_INTENT,
                                                      .run = run_intent,
                                                      .may_repeat = true,
                                                      .on_end = end_intent};
        begin_intent(&intents[i]);
    }
    while ((double)spent_us < seconds * 1e6) {
        deliver_some();
        spent_us = lx_now_us() - begin_us;
    }
    double rate = (double)(bench.done - before) * 1e6 / (double)spent_us;
    bench.is_over = true;
    lx_journal_stop(bench.journal);
    lx_journal_deliver(bench.journal);
    lx_journal_free(bench.journal);
    return rate;
}

/* The mode that the store has chosen: WAL files are marked in the header. */
static const char *mode_of(const char *path)
{
    char header[20] = "";
    FILE *file = fopen(path, "rb");

    if (!file || fread(header, 1, sizeof header, file) != sizeof header)
        give_up(path);
    fclose(file);
    return header[18] == 2 ? "WAL" : "PERSIST";
}

int main(int argc, char **argv)
{
    char bare[500], ours[500];

    if (argc != 4 || atoi(argv[2]) < 1 || atoi(argv[2]) > WAITING_MAX)
        give_up("FOLDER N SECONDS");
    lx_mutex_init(&bench.lock);
    lx_condition_init(&bench.change);
    snprintf(bare, sizeof bare, "%s/bare.db", argv[1]);
    snprintf(ours, sizeof ours, "%s/ours.db", argv[1]);
    double journal = measure_journal(ours, atoi(argv[2]), atof(argv[3]));
    const char *mode = mode_of(ours);
    double floor = measure_bare(bare, mode, atoi(argv[2]), atof(argv[3]));
    printf(
        "{\"mode\":\"%s\",\"sqlite\":\"%s\",\"bare\":%.1f,\"journal\":%.1f}\n",
        mode, sqlite3_libversion(), floor, journal);
    return 0;
}
