/* LDFLAGS: -lpq */
/* Several clients on one server: who claims what, and who holds an entry that
 * another one is at. */
#include "postgres_rigs.h"

#include "journal/attempts.h"
#include "journal/ledger.h"

static void test_claims(void)
{
    struct rig rig = fresh_rig(), other = another(&rig), dead = another(&rig);
    int64_t gone = dead.api->owner(dead.store);

    check_row = "claims";
    insert_owned(&rig, "a", 0);
    insert_owned(&rig, "mine", rig.api->owner(rig.store));
    insert_owned(&rig, "b", gone);
    insert_owned(&rig, "theirs", other.api->owner(other.store));
    insert_owned(&rig, "c", 12345);
    insert_owned(&rig, "d", 0);
    CHECK_TEXT(claim(&rig, 100).ids, "a d c ");
    rig_commit(&rig);
    rig_close(&dead);
    CHECK_TEXT(claim(&rig, 2).ids, "a d ");
    rig_commit(&rig);
    CHECK_TEXT(claim(&other, 100).ids, "a d b c ");
    rig_commit(&other);
    rig_close(&rig);
    rig_close(&other);
}

static void test_skipping(void)
{
    struct rig rig = fresh_rig(), other = another(&rig);

    check_row = "nobody waits for what somebody claims";
    insert_owned(&rig, "a", 0);
    insert_owned(&rig, "b", 0);
    insert_owned(&rig, "c", 0);
    CHECK_TEXT(claim(&rig, 2).ids, "a b ");
    CHECK_TEXT(claim(&other, 2).ids, "c ");
    rig_commit(&rig);
    rig_commit(&other);
    rig_close(&rig);
    rig_close(&other);
}

/* Groups that keep callbacks for several entries would wait for one another in
 * circles. */
static void test_hints_wait_for_nobody(void)
{
    static const unsigned char hash[LX_TOKEN_HASH_BYTES] = "hash of a token";
    struct rig rig = fresh_rig(), other = another(&rig);
    struct lx_ledger ledger = {other.api, other.store};
    struct lx_attempt attempt = {.entry_id = rig_insert(&rig, "a"),
                                 .number = 1,
                                 .token_hash = hash,
                                 .charged_mc = LX_MONEY_UNKNOWN};
    struct lx_store_query query = {.token_hash = hash};
    struct lx_entry_copy *copy = NULL;
    int64_t number = 0;

    check_row = "a callback for an entry that somebody changes";
    rig_begin(&rig);
    CHECK_EQ(CALL(&rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
    rig_commit(&rig);
    rig_begin(&rig);
    CHECK_EQ(rig_find(&rig, query).count, 1);
    rig_begin(&other);
    CHECK_EQ(lx_ledger_hint(&ledger, "https://api.example", "task_1", hash, 1,
                            &copy, &number),
             LX_STORE_OK);
    CHECK(copy != NULL);
    CHECK_EQ(number, 1);
    free(copy);
    rig_commit(&other);
    rig_commit(&rig);
    rig_close(&rig);
    rig_close(&other);
}

static struct {
    const char *database;
    bool is_free; /* the entry, when attempts were read last */
} lock;

static enum lx_store_status find_attempts(struct lx_store *store,
                                          int64_t entry_id,
                                          lx_visit_attempt *visit,
                                          void *argument)
{
    lock.is_free =
        *server_sql(lock.database, "SELECT id FROM liangxin.entry"
                                   " FOR UPDATE SKIP LOCKED") != '\0';
    return lx_postgres_api.find_attempts(store, entry_id, visit, argument);
}

/* Two people who resolve the same attempt would each give its reservation back.
 */
static void test_resolves_alone(void)
{
    struct lx_store_api api = lx_postgres_api;
    struct rig rig = fresh_rig();
    struct lx_ledger ledger = {&api, rig.store};
    struct lx_attempt lost = {.entry_id = rig_insert(&rig, "a"),
                              .number = 1,
                              .outcome = LX_ATTEMPT_LOST,
                              .charged_mc = LX_MONEY_UNKNOWN};
    struct lx_entry_news news = {.now_ms = NOW_MS};
    int count = 0, living = 0;

    check_row = "what is resolved nobody else changes";
    rig_begin(&rig);
    CHECK_EQ(CALL(&rig, put_attempt, &lost, LX_ATTEMPT_NEW), LX_STORE_OK);
    rig_commit(&rig);
    api.find_attempts = find_attempts;
    lock.database = strrchr(rig.place, '/') + 1;
    rig_begin(&rig);
    CHECK_EQ(lx_ledger_resolve_lost(&ledger, lost.entry_id,
                                    LX_ENTRY_EVENT_NOTHING, &news, &count,
                                    &living),
             LX_STORE_OK);
    rig_commit(&rig);
    CHECK_EQ(count, 1);
    CHECK(!lock.is_free);
    rig_close(&rig);
}

int main(void)
{
    if (!world_begin())
        return check_report("postgres_claims");
    test_claims();
    test_skipping();
    test_hints_wait_for_nobody();
    test_resolves_alone();
    world_end();
    return check_report("postgres_claims");
}
