/* LDFLAGS: -lpq */
/* What goes wrong between a client and its server: a COMMIT that nobody has
 * answered, connections that are cut, a server that restarts or is killed, one
 * that fails over to a copy without the last seconds, leases that run out. */
#include "postgres_world.h"

#include "cutting_proxy.h"
#include "store_rig.h"

#include "journal/ledger.h"
#include "os/clock.h"

static struct rig fresh_rig(bool by_proxy)
{
    struct rig rig = {.api = &lx_postgres_api};
    char url[300];

    fresh_database(url, sizeof url);
    snprintf(rig.place, sizeof rig.place, "%s", url);
    if (by_proxy)
        proxy_url(rig.place, sizeof rig.place, url);
    rig_open(&rig);
    return rig;
}

static const char *database_of(const struct rig *rig)
{
    return strrchr(rig->place, '/') + 1;
}

static enum lx_store_status try_insert(struct rig *rig, const char *key)
{
    struct lx_entry entry = new_entry(key);
    int64_t id;
    enum lx_store_status status = rig->api->begin(rig->store);

    if (status == LX_STORE_OK)
        status = CALL(rig, insert, &entry, &id);
    if (status == LX_STORE_OK)
        status = rig->api->commit(rig->store);
    if (status != LX_STORE_OK)
        rig->api->roll_back(rig->store);
    return status;
}

/* Once the server is there again. */
static void await_insert(struct rig *rig, const char *key)
{
    enum lx_store_status status = LX_STORE_LOST;

    for (time_t end = time(NULL) + 60;
         status != LX_STORE_OK && time(NULL) < end; pause_ms(20))
        status = try_insert(rig, key);
    CHECK_EQ(status, LX_STORE_OK);
}

/* ---- a COMMIT that nobody has answered ---- */

static void test_commits(void)
{
    static const struct {
        const char *key;
        enum proxy_fault fault;
        enum lx_store_status status;
    } ROWS[] = {
        {"lost", PROXY_LOSES_COMMIT, LX_STORE_LOST},
        {"hanging", PROXY_HANGS_COMMIT, LX_STORE_LOST},
        {"not answered", PROXY_LOSES_ANSWER, LX_STORE_OK},
    };
    struct rig rig = fresh_rig(true);

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        check_row = ROWS[i].key;
        rig_insert(&rig, NULL);
        atomic_store(&proxy.fault, ROWS[i].fault);
        CHECK_EQ(try_insert(&rig, ROWS[i].key), ROWS[i].status);
        CHECK_EQ(atomic_load(&proxy.fault), PROXY_PASSES);
        CHECK_EQ(rig_find_key(&rig, ROWS[i].key).count,
                 ROWS[i].status == LX_STORE_OK);
    }
    rig_close(&rig);
}

/* The answer is lost, and there is no other connection to ask by: what it may
 * have written is a dead owner's. */
static void test_unsure(void)
{
    struct rig rig = fresh_rig(true);
    int64_t owner = rig.api->owner(rig.store);
    bool is_alive = true;

    check_row = "nobody can say";
    atomic_store(&proxy.shuts_then, 1);
    atomic_store(&proxy.fault, PROXY_LOSES_ANSWER);
    CHECK_EQ(try_insert(&rig, "unsure"), LX_STORE_UNSURE);
    CHECK_EQ(try_insert(&rig, "refused"), LX_STORE_LOST); /* at once */
    CHECK_CONTAINS(rig.api->error(rig.store)->text, "cannot be reached");
    atomic_store(&proxy.is_shut, 0);
    await_insert(&rig, "after");
    CHECK(rig.api->owner(rig.store) != owner);
    CHECK_EQ(CALL(&rig, is_alive, owner, &is_alive), LX_STORE_OK);
    CHECK(!is_alive);
    CHECK_TEXT(rig_find(&rig, (struct lx_store_query){0}).ids, "unsure after ");
    rig_close(&rig);
}

/* The same where the server is asked, and cannot say, as when it waits too long
 * for the connection that was lost. */
static void test_unsure_answer(void)
{
    struct rig rig = fresh_rig(true);
    int64_t owner = rig.api->owner(rig.store);

    check_row = "the server cannot say";
    server_sql(database_of(&rig),
               "CREATE FUNCTION public.refuse() RETURNS trigger"
               " LANGUAGE plpgsql AS $$BEGIN IF EXISTS (SELECT"
               " FROM liangxin.news WHERE owner = NEW.owner AND n = NEW.n)"
               " THEN RAISE lock_not_available; END IF; RETURN NEW; END$$");
    server_sql(database_of(&rig),
               "CREATE TRIGGER refuse BEFORE INSERT ON liangxin.news"
               " FOR EACH ROW EXECUTE FUNCTION public.refuse()");
    atomic_store(&proxy.fault, PROXY_LOSES_ANSWER);
    CHECK_EQ(try_insert(&rig, "unsure"), LX_STORE_UNSURE);
    await_insert(&rig, "after");
    CHECK(rig.api->owner(rig.store) != owner);
    CHECK_TEXT(rig_find(&rig, (struct lx_store_query){0}).ids, "unsure after ");
    rig_close(&rig);
}

/* ---- connections that are cut ---- */

static void test_cuts(void)
{
    struct rig rig = fresh_rig(true);
    struct lx_entry entry = new_entry("in the middle");
    int64_t id;

    check_row = "cut while nothing goes on";
    rig_insert(&rig, "before");
    proxy_cut_now();
    rig_insert(&rig, "after");

    check_row = "cut in a group";
    rig_begin(&rig);
    CHECK_EQ(rig.api->mark(rig.store), LX_STORE_OK);
    CHECK_EQ(CALL(&rig, insert, &entry, &id), LX_STORE_OK);
    proxy_cut_now();
    CHECK_EQ(rig.api->keep(rig.store), LX_STORE_OK);
    CHECK_EQ(rig.api->commit(rig.store), LX_STORE_LOST);
    rig.api->roll_back(rig.store);
    rig_begin(&rig);
    CHECK_EQ(rig.api->mark(rig.store), LX_STORE_OK);
    CHECK_EQ(CALL(&rig, insert, &entry, &id), LX_STORE_OK);
    proxy_cut_now();
    CHECK_EQ(CALL(&rig, insert, &entry, &id), LX_STORE_LOST);
    CHECK_EQ(rig.api->undo(rig.store), LX_STORE_LOST);
    rig.api->roll_back(rig.store);
    CHECK_TEXT(rig_find(&rig, (struct lx_store_query){0}).ids, "before after ");
    rig_close(&rig);
}

/* ---- a server that goes and comes ---- */

static void test_restarts(void)
{
    struct rig rig = fresh_rig(false);
    struct lx_entry entry = new_entry("in the middle");
    int64_t id;

    check_row = "restarted";
    rig_insert(&rig, "a");
    server_stop(SIGINT);
    server_launch();
    rig_insert(&rig, "b");

    check_row = "killed in a group";
    rig_begin(&rig);
    CHECK_EQ(CALL(&rig, insert, &entry, &id), LX_STORE_OK);
    server_stop(SIGKILL);
    server_launch();
    CHECK_EQ(rig.api->commit(rig.store), LX_STORE_LOST);
    rig.api->roll_back(rig.store);
    rig_insert(&rig, "c");
    CHECK_TEXT(rig_find(&rig, (struct lx_store_query){0}).ids, "a b c ");
    rig_close(&rig);
}

/* ---- leases ---- */

static bool is_alive(struct rig *rig, int64_t owner)
{
    bool found = false;

    CHECK_EQ(CALL(rig, is_alive, owner, &found), LX_STORE_OK);
    return found;
}

static void let_leases_end(const struct rig *rig)
{
    server_sql(database_of(rig), "UPDATE liangxin.owner"
                                 " SET beat = clock_timestamp() - interval"
                                 " '31 s'");
}

/* On a database that thinks that its server has been up for that long. */
static struct rig rig_on_server_of(const char *age)
{
    struct rig rig = fresh_rig(false);
    char sql[300];

    rig_close(&rig);
    snprintf(sql, sizeof sql,
             "CREATE SCHEMA fake;"
             "CREATE FUNCTION fake.pg_postmaster_start_time() RETURNS"
             " timestamptz LANGUAGE sql AS"
             " $$SELECT clock_timestamp() - interval '%s'$$",
             age);
    server_sql(database_of(&rig), sql);
    snprintf(sql, sizeof sql,
             "ALTER DATABASE %s SET search_path = fake, pg_catalog",
             database_of(&rig));
    server_sql("postgres", sql);
    rig_open(&rig);
    return rig;
}

/* Nobody could renew while the server was down. */
static void test_grace(void)
{
    struct rig rig = rig_on_server_of("1 s"), other = rig;

    check_row = "just after a start of the server";
    rig_open(&other);
    let_leases_end(&rig);
    CHECK(is_alive(&rig, other.api->owner(other.store)));
    rig_close(&rig);
    rig_close(&other);
}

static int64_t count_others(struct rig *rig)
{
    struct lx_store_fleet fleet = {0};

    CHECK_EQ(rig->api->look_at_account(rig->store, "a", 0, &fleet),
             LX_STORE_OK);
    return fleet.others;
}

static void test_leases(void)
{
    struct rig rig = rig_on_server_of("1 hour"), other = rig;

    rig_open(&other);
    int64_t owner = other.api->owner(other.store);
    check_row = "a lease that has run out";
    CHECK(is_alive(&rig, owner));
    let_leases_end(&rig);
    CHECK(!is_alive(&rig, owner));
    CHECK(is_alive(&other, owner)); /* of itself */

    check_row = "renewed by a tick";
    other.store->beat_ms = lx_boot_ms() - LX_POSTGRES_BEAT_MS;
    CHECK(other.api->tick(other.store) > 0);
    CHECK(is_alive(&rig, owner));

    check_row = "renewed by a commit, unless that is new";
    let_leases_end(&rig);
    other.store->beat_ms = lx_boot_ms() + 1000000;
    rig_insert(&other, NULL);
    CHECK(!is_alive(&rig, owner));
    other.store->beat_ms = lx_boot_ms() - LX_POSTGRES_RENEW_MS - 1;
    rig_insert(&other, NULL);
    CHECK(is_alive(&rig, owner));

    check_row = "forgotten, and there again, with its account";
    CHECK_EQ(other.api->begin(other.store), LX_STORE_OK);
    CHECK_EQ(other.api->use_account(other.store, "a"), LX_STORE_OK);
    CHECK_EQ(other.api->commit(other.store), LX_STORE_OK);
    CHECK_EQ(count_others(&rig), 1);
    server_sql(database_of(&rig), "DELETE FROM liangxin.owner");
    CHECK(!is_alive(&rig, owner));
    other.store->beat_ms = lx_boot_ms() - LX_POSTGRES_BEAT_MS;
    other.api->tick(other.store);
    CHECK(is_alive(&rig, owner));
    CHECK_EQ(count_others(&rig), 1);
    rig_close(&rig);
    rig_close(&other);
}

/* ---- a failover that lost the tail ---- */

/* As it is, with the server stopped. */
static void keep_copy(void)
{
    char command[700];

    snprintf(command, sizeof command, "cp -a %s copy", server.folder);
    CHECK_EQ(system(command), 0);
}

/* The copy takes the place of the server, as a standby that is promoted: it
 * begins another timeline. */
static void fail_over(void)
{
    char command[700];

    server_stop(SIGKILL);
    snprintf(command, sizeof command,
             "rm -rf %s && cp -a copy/PG_VERSION copy/standby.signal &&"
             " mv copy %s",
             server.folder, server.folder);
    CHECK_EQ(system(command), 0);
    server_launch();
    CHECK_TEXT(server_sql("postgres", "SELECT pg_promote()"), "t");
}

/* What a client does to an entry, in a group of its own. */
static enum lx_store_status step(struct rig *rig, int64_t id,
                                 enum lx_entry_event event, int64_t seen)
{
    struct lx_ledger ledger = {rig->api, rig->store};
    struct lx_entry_news news = {.now_ms = NOW_MS,
                                 .charged_mc = LX_MONEY_UNKNOWN,
                                 .attempt = 1,
                                 .task_id = "task-1"};
    enum lx_store_status status = rig->api->begin(rig->store);

    if (status == LX_STORE_OK)
        status = lx_ledger_step(&ledger, id, event, seen, &news, NULL);
    if (status == LX_STORE_OK)
        status = rig->api->commit(rig->store);
    if (status != LX_STORE_OK)
        rig->api->roll_back(rig->store);
    return status;
}

static enum lx_store_status confirm(struct rig *rig, int64_t id, int64_t fence)
{
    struct lx_ledger ledger = {rig->api, rig->store};

    rig_begin(rig);
    enum lx_store_status status = lx_ledger_confirm(&ledger, id, fence);
    rig_commit(rig);
    return status;
}

/* An entry of that client, sent or to be sent. */
static int64_t put(struct rig *rig, const char *key, bool is_sent)
{
    struct lx_entry entry = new_entry(key);
    struct lx_attempt attempt = {.number = 1, .charged_mc = LX_MONEY_UNKNOWN};

    entry.owner = rig->api->owner(rig->store);
    rig_begin(rig);
    CHECK_EQ(CALL(rig, insert, &entry, &attempt.entry_id), LX_STORE_OK);
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
    rig_commit(rig);
    if (is_sent)
        CHECK_EQ(step(rig, attempt.entry_id, LX_ENTRY_EVENT_SEND, 1),
                 LX_STORE_OK);
    return attempt.entry_id;
}

/* What only the server that is lost has: more than a sequence's lead. */
static int64_t put_tail(struct rig *rig, int64_t *owner)
{
    struct rig joins = *rig;
    int64_t id = 0;

    for (int i = 0; i < 40; i++) {
        id = put(rig, NULL, false);
        rig_open(&joins);
        *owner = joins.api->owner(joins.store);
        rig_close(&joins);
    }
    return id;
}

/* Once a server is there: what it says, which has no past with this client. */
static bool await_news(struct rig *rig)
{
    enum lx_store_status status = LX_STORE_LOST;
    bool has_changed = false;

    for (time_t end = time(NULL) + 60;
         status != LX_STORE_OK && time(NULL) < end; pause_ms(20))
        status = CALL(rig, has_changed, &has_changed);
    CHECK_EQ(status, LX_STORE_OK);
    return has_changed;
}

/* Two clients in the middle of work. */
static void test_failover(void)
{
    struct rig rig = fresh_rig(false), other = rig;
    int64_t tail_owner = 0;

    check_row = "a failover";
    rig_open(&other);
    int64_t planned = put(&rig, "planned", false);
    int64_t sent = put(&rig, "sent", true);
    server_stop(SIGINT);
    keep_copy();
    server_launch();
    int64_t tail = put_tail(&rig, &tail_owner);
    CHECK(!rig.api->is_copy(rig.store));
    int64_t owner = rig.api->owner(rig.store);
    (void)await_news(&other);
    fail_over();

    check_row = "who asks for news asks another server now";
    CHECK(await_news(&other));

    check_row = "nothing is sent, and what happened is written";
    await_insert(&other, "other");
    await_insert(&rig, "new");
    CHECK(rig.api->is_copy(rig.store) && other.api->is_copy(other.store));
    CHECK(rig.api->owner(rig.store) != owner);
    CHECK(rig.api->owner(rig.store) != other.api->owner(other.store));
    CHECK(is_alive(&rig, other.api->owner(other.store)));
    CHECK(is_alive(&other, rig.api->owner(rig.store)));
    CHECK_EQ(step(&rig, planned, LX_ENTRY_EVENT_SEND, 1), LX_STORE_STALE);
    CHECK_EQ(confirm(&rig, sent, 2), LX_STORE_STALE);
    CHECK_EQ(step(&rig, sent, LX_ENTRY_EVENT_ID, 0), LX_STORE_OK);
    CHECK_EQ(rig_find_key(&rig, "sent").last.state, LX_ENTRY_ACCEPTED);

    check_row = "until one client has adopted it, for all";
    rig_begin(&other);
    CHECK_EQ(CALL(&other, adopt, NOW_MS), LX_STORE_OK);
    rig_commit(&other);
    CHECK_EQ(step(&rig, planned, LX_ENTRY_EVENT_SEND, 1), LX_STORE_OK);
    CHECK(!rig.api->is_copy(rig.store));
    CHECK(put(&rig, "fresh", false) > tail);
    rig_close(&other);
    rig_open(&other);
    CHECK(!other.api->is_copy(other.store));
    CHECK(other.api->owner(other.store) > tail_owner);
    rig_close(&rig);
    rig_close(&other);
}

int main(void)
{
    if (!world_begin())
        return check_report("postgres_faults");
    test_failover(); /* while there is little to copy */
    proxy_start();
    test_commits();
    test_unsure();
    test_unsure_answer();
    test_cuts();
    test_restarts();
    test_grace();
    test_leases();
    proxy_stop();
    world_end();
    return check_report("postgres_faults");
}
