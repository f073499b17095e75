/* LDFLAGS: -lpq */
/* Several clients on one server: who hears of whom, and who waits for whose
 * locks. */
#include "postgres_rigs.h"

#include "journal/journal.h"
#include "os/clock.h"

#include <stdatomic.h>

/* ---- wake-ups ---- */

static bool is_proven(const struct rig *rig)
{
    return rig->store->news.is_proven;
}

static void await_proof(struct rig *rig)
{
    for (time_t end = time(NULL) + 60; !is_proven(rig) && time(NULL) < end;
         pause_ms(1))
        rig->api->tick(rig->store);
    CHECK(is_proven(rig));
}

/* With the database asked never, only what comes by itself is heard. */
static void test_wakes(void)
{
    struct rig rig = fresh_rig(), other = another(&rig);
    bool has_changed = true;

    check_row = "a wake-up";
    await_proof(&rig);
    await_proof(&other);
    CHECK_EQ(CALL(&rig, has_changed, &has_changed), LX_STORE_OK);
    rig.store->news.looked_ms = lx_now_ms() + 1000000;
    rig.store->news.has_heard = has_changed = false;
    rig_insert(&other, "theirs");
    for (time_t end = time(NULL) + 60; !has_changed && time(NULL) < end;
         pause_ms(1)) {
        other.api->tick(other.store);
        CHECK_EQ(CALL(&rig, has_changed, &has_changed), LX_STORE_OK);
    }
    CHECK(has_changed);
    rig_close(&rig);
    rig_close(&other);
}

static int count_notifications(PGconn *db)
{
    PGnotify *notify;
    int count = 0;

    CHECK_EQ(PQconsumeInput(db), 1);
    for (; (notify = PQnotifies(db)); count++)
        PQfreemem(notify);
    return count;
}

/* However much is committed. */
static void test_bound(void)
{
    struct rig rig = fresh_rig();
    PGconn *db = server_dial(strrchr(rig.place, '/') + 1);
    int count = 0;

    check_row = "at most 20 wake-ups a second";
    PQclear(PQexec(db, "LISTEN liangxin"));
    await_proof(&rig);
    count_notifications(db);
    long long begin_ms = clock_ms();
    for (int i = 0; i < 200; i++) {
        rig_insert(&rig, NULL);
        rig.api->tick(rig.store);
        count += count_notifications(db);
    }
    while (rig.store->news.is_asked || rig.store->news.is_under_way) {
        rig.api->tick(rig.store);
        pause_ms(1);
    }
    PQclear(PQexec(db, "SELECT 1")); /* what was sent before is here then */
    count += count_notifications(db);
    CHECK(count >= 1);
    CHECK(count <= 2 + (clock_ms() - begin_ms) / 50);
    PQfinish(db);
    rig_close(&rig);
}

static int64_t count_news(const struct rig *rig)
{
    return atoll(server_sql(strrchr(rig->place, '/') + 1,
                            "SELECT count(*) FROM liangxin.news"));
}

static void test_nothing_new(void)
{
    struct rig rig = fresh_rig();

    check_row = "what finds nothing wakes nobody";
    insert_owned(&rig, "mine", rig.api->owner(rig.store));
    CHECK(rig.store->news.is_asked);
    rig.store->news.is_asked = false;
    int64_t before = count_news(&rig);
    CHECK_TEXT(claim(&rig, 100).ids, "");
    rig_commit(&rig);
    CHECK_EQ(count_news(&rig), before);
    CHECK(!rig.store->news.is_asked);
    rig_close(&rig);
}

/* Whether the plan of the statement walks through a table. */
static bool walks_through(struct rig *rig, const char *call)
{
    PGresult *result = PQexec(rig->store->db, call);
    bool walks = false;

    CHECK(PQntuples(result) > 0);
    for (int i = 0; i < PQntuples(result); i++)
        walks |= strstr(PQgetvalue(result, i, 0), "Seq Scan") != NULL;
    PQclear(result);
    return walks;
}

/* A look took as long as there were commits in the last minute. */
static void test_looks(void)
{
    struct rig rig = fresh_rig();
    bool has_changed;
    char call[100];

    check_row = "a look at the newest";
    server_sql(strrchr(rig.place, '/') + 1,
               "INSERT INTO liangxin.news SELECT 99, i, txid_current()"
               " FROM generate_series(1, 20000) i");
    CHECK_EQ(CALL(&rig, has_changed, &has_changed), LX_STORE_OK);
    snprintf(call, sizeof call, "EXPLAIN EXECUTE lx%d(1, '9:9:')",
             LX_SQL_NEWS_SINCE);
    CHECK(!walks_through(&rig, call));
    rig_close(&rig);
}

/* ---- two that wait for one another ---- */

#define CLIENTS  2
#define REQUESTS 60

struct reservation {
    struct lx_journal_request base;
    int number;
    bool backwards;
    enum lx_store_status status;
};

static atomic_int ended;

/* Under both budgets, in the one or the other order. */
static enum lx_store_status run_reservation(struct lx_journal_request *request,
                                            struct lx_ledger *ledger)
{
    struct reservation *one = (struct reservation *)request;
    static const struct lx_store_budget BUDGETS[] = {{"x", 0, 1000000},
                                                     {"y", 0, 1000000}};
    struct lx_attempt attempt = {
        .entry_id = one->number, .number = 1, .reserved_mc = 1};
    enum lx_store_status status =
        ledger->api->reserve(ledger->store, &attempt, &BUDGETS[one->backwards]);

    return status == LX_STORE_OK
               ? ledger->api->reserve(ledger->store, &attempt,
                                      &BUDGETS[!one->backwards])
               : status;
}

static void end_reservation(struct lx_journal_request *request)
{
    ((struct reservation *)request)->status = request->error.status;
    if (request->error.status != LX_STORE_OK)
        CHECK_TEXT(request->error.text, "no error");
    ended++;
}

static void wake(void *argument)
{
    (void)argument;
}

static void test_deadlocks(void)
{
    static struct reservation all[CLIENTS][REQUESTS];
    struct lx_journal *journals[CLIENTS];
    struct rig rig = fresh_rig();
    int64_t used_mc = 0;

    check_row = "two that wait for one another";
    for (int i = 0; i < CLIENTS; i++)
        journals[i] = lx_journal_new(&lx_postgres_api, rig.place, wake, NULL);
    for (int n = 0; n < REQUESTS; n++) {
        for (int i = 0; i < CLIENTS; i++) {
            all[i][n] =
                (struct reservation){.base = {.rank = LX_JOURNAL_INTENT,
                                              .run = run_reservation,
                                              .on_end = end_reservation},
                                     .number = 1 + i + CLIENTS * n,
                                     .backwards = (i + n / 5) % 2};
            lx_journal_add(journals[i], &all[i][n].base);
        }
        pause_ms(rand() % 3);
    }
    for (int i = 0; i < CLIENTS; i++) {
        lx_journal_stop(journals[i]);
        while (lx_journal_deliver(journals[i]))
            ;
        lx_journal_free(journals[i]);
    }
    CHECK_EQ(ended, CLIENTS * REQUESTS);
    CHECK_EQ(CALL(&rig, used, "x", 0, &used_mc), LX_STORE_OK);
    CHECK_EQ(used_mc, CLIENTS * REQUESTS);
    printf("%s deadlocks\n", server_sql(strrchr(rig.place, '/') + 1,
                                        "SELECT deadlocks FROM pg_stat_database"
                                        " WHERE datname = current_database()"));
    rig_close(&rig);
}

/* ---- wake-ups of a journal ---- */

static void reserve_one(struct lx_journal *journal, struct reservation *one)
{
    int before = ended;

    *one = (struct reservation){.base = {.rank = LX_JOURNAL_INTENT,
                                         .run = run_reservation,
                                         .on_end = end_reservation},
                                .number = 1000 + before};
    lx_journal_add(journal, &one->base);
    while (ended == before) {
        lx_journal_deliver(journal);
        pause_ms(1);
    }
}

static bool await_notification(PGconn *db)
{
    int count = 0;

    for (time_t end = time(NULL) + 60; count == 0 && time(NULL) < end;
         pause_ms(1))
        count = count_notifications(db);
    return count > 0;
}

/* A journal told the others of what it committed when it renewed its lease. */
static void test_tells_at_once(void)
{
    static const char BEATS[] = "SELECT sum(extract(epoch FROM beat))"
                                " FROM liangxin.owner";
    struct rig rig = fresh_rig();
    const char *name = strrchr(rig.place, '/') + 1;
    PGconn *db = server_dial(name);
    struct reservation one;
    bool was_told, was_at_once = false;

    check_row = "a journal tells at once";
    PQclear(PQexec(db, "LISTEN liangxin"));
    struct lx_journal *journal =
        lx_journal_new(&lx_postgres_api, rig.place, wake, NULL);
    reserve_one(journal, &one);
    was_told = await_notification(db);
    /* a lease may have to be renewed just then */
    for (int i = 0; i < 20 && was_told && !was_at_once; i++) {
        char beats[300];
        snprintf(beats, sizeof beats, "%s", server_sql(name, BEATS));
        reserve_one(journal, &one);
        was_told = await_notification(db);
        was_at_once = was_told && strcmp(beats, server_sql(name, BEATS)) == 0;
    }
    CHECK(was_told && was_at_once);
    lx_journal_stop(journal);
    lx_journal_free(journal);
    PQfinish(db);
    rig_close(&rig);
}

int main(void)
{
    if (!world_begin())
        return check_report("postgres_fleet");
    test_wakes();
    test_bound();
    test_nothing_new();
    test_looks();
    test_deadlocks();
    test_tells_at_once();
    world_end();
    return check_report("postgres_fleet");
}
