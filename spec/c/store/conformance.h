/* conformance.h: the contract of journal/store.h, for any store. */
#pragma once

#include "conformance_parts.h"
#include "store_rig.h"

#include "json/json.h"
#include "journal/transition.h"

#include <time.h>

static void test_entries(struct rig *rig)
{
    struct lx_entry entry = new_entry("hero/draft");
    int64_t id = 0, other = 0;

    check_row = "entries";
    entry.identity = HASH_A;
    entry.batch = "night";
    entry.urls = "[\"https://x/1\"]";
    rig_begin(rig);
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    CHECK_EQ(CALL(rig, insert, &entry, &other), LX_STORE_EXISTS);
    entry.origin = "http://127.0.0.1:1";
    CHECK_EQ(CALL(rig, insert, &entry, &other), LX_STORE_OK);
    entry.key = NULL;
    CHECK_EQ(CALL(rig, insert, &entry, &other), LX_STORE_OK);
    CHECK_EQ(CALL(rig, insert, &entry, &other), LX_STORE_OK);
    rig_commit(rig);

    struct found found = rig_find_key(rig, "hero/draft");
    CHECK_EQ(found.count, 1);
    CHECK_EQ(found.last.id, id);
    CHECK_EQ(found.last.state, LX_ENTRY_PLANNED);
    CHECK_EQ(found.last.created_ms, NOW_MS);
    CHECK_TEXT(found.urls, "[\"https://x/1\"]");
    CHECK_EQ(rig_find_key(rig, "hero/clip").count, 0);
    CHECK_EQ(rig_find(rig, (struct lx_store_query){.id = other}).count, 1);
    CHECK_EQ(rig_find(rig, (struct lx_store_query){.id = 999}).count, 0);
    CHECK_EQ(rig_find(rig, (struct lx_store_query){.batch = "night"}).count, 4);
    CHECK_EQ(rig_find(rig, (struct lx_store_query){.batch = "day"}).count, 0);
    CHECK_EQ(rig_find(rig, (struct lx_store_query){.limit = 2}).count, 2);
    CHECK_EQ(rig_find(rig, (struct lx_store_query){.after_id = id}).count, 3);
    CHECK_EQ(
        rig_find(rig, (struct lx_store_query){.since_ms = NOW_MS + 1}).count,
        0);
}

static void test_changes(struct rig *rig)
{
    int64_t id = rig_insert(rig, "a");
    struct lx_store_query reuse = {.origin = "https://api.example",
                                   .identity = HASH_B,
                                   .model = "z-image"};

    check_row = "changes";
    CHECK_EQ(rig_change(rig, id, LX_ENTRY_SENDING, 1), LX_STORE_OK);
    CHECK_EQ(rig_find_key(rig, "a").last.state, LX_ENTRY_SENDING);
    CHECK_EQ(rig_find_key(rig, "a").last.fence, 2);
    CHECK_EQ(rig_change(rig, id, LX_ENTRY_ACCEPTED, 1), LX_STORE_STALE);
    CHECK_EQ(rig_find_key(rig, "a").last.state, LX_ENTRY_SENDING);
    struct lx_entry before = rig_find_key(rig, "a").last, after = before;
    before.state = LX_ENTRY_PLANNED; /* it is sending by now */
    after.state = LX_ENTRY_SENDING;
    rig_begin(rig);
    CHECK_EQ(CALL(rig, change, &before, &after, NOW_MS, NULL), LX_STORE_STALE);
    rig_commit(rig);

    check_row = "reuse: the newest with a result";
    struct lx_entry entry = new_entry("r1");
    entry.identity = HASH_B;
    int64_t first = 0, second = 0;
    rig_begin(rig);
    CHECK_EQ(CALL(rig, insert, &entry, &first), LX_STORE_OK);
    entry.key = "r2";
    CHECK_EQ(CALL(rig, insert, &entry, &second), LX_STORE_OK);
    rig_commit(rig);
    CHECK_EQ(rig_find(rig, reuse).count, 0);
    CHECK_EQ(rig_change(rig, first, LX_ENTRY_SUCCEEDED, 1), LX_STORE_OK);
    CHECK_EQ(rig_find(rig, reuse).last.id, first);
    CHECK_EQ(rig_change(rig, second, LX_ENTRY_SAVED, 1), LX_STORE_OK);
    CHECK_EQ(rig_find(rig, reuse).last.id, second);
    reuse.model = "another";
    CHECK_EQ(rig_find(rig, reuse).count, 0);
}

static void test_groups(struct rig *rig)
{
    struct lx_entry entry = new_entry("undone");
    int64_t id;

    check_row = "groups";
    rig_begin(rig);
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    rig->api->roll_back(rig->store);
    CHECK_EQ(rig_find_key(rig, "undone").count, 0);
    rig->api->roll_back(rig->store); /* nothing to undo */

    rig_begin(rig);
    CHECK_EQ(rig->api->mark(rig->store), LX_STORE_OK);
    entry.key = "kept";
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    CHECK_EQ(rig->api->keep(rig->store), LX_STORE_OK);
    CHECK_EQ(rig->api->mark(rig->store), LX_STORE_OK);
    entry.key = "undone";
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    CHECK_EQ(rig->api->undo(rig->store), LX_STORE_OK);
    CHECK_EQ(rig->api->mark(rig->store), LX_STORE_OK);
    entry.key = "kept, too";
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    CHECK_EQ(rig->api->keep(rig->store), LX_STORE_OK);
    rig_commit(rig);
    rig_close(rig);
    rig_open(rig);
    CHECK_TEXT(rig_find(rig, (struct lx_store_query){0}).ids,
               "kept kept, too ");
}

static int64_t used(struct rig *rig, const char *name, int64_t period)
{
    int64_t used_mc = -1;

    CHECK_EQ(CALL(rig, used, name, period, &used_mc), LX_STORE_OK);
    return used_mc;
}

static void check_over(struct rig *rig, const struct lx_attempt *attempt,
                       const struct lx_store_budget *budget)
{
    CHECK_EQ(rig->api->mark(rig->store), LX_STORE_OK);
    CHECK_EQ(CALL(rig, reserve, attempt, budget), LX_STORE_OVER);
    CHECK_EQ(rig->api->undo(rig->store), LX_STORE_OK);
}

static void test_budgets(struct rig *rig)
{
    int64_t id = rig_insert(rig, "a");
    struct lx_attempt attempt = {.entry_id = id, .reserved_mc = 40};
    struct lx_store_budget day = {"studio", 20000, 100}, all = {"ad", 0, 1000};

    check_row = "budgets";
    rig_begin(rig);
    for (attempt.number = 1; attempt.number <= 2; attempt.number++) {
        CHECK_EQ(CALL(rig, reserve, &attempt, &day), LX_STORE_OK);
        CHECK_EQ(CALL(rig, reserve, &attempt, &all), LX_STORE_OK);
        CHECK_EQ(CALL(rig, reserve, &attempt, &all), LX_STORE_OK); /* does */
    }
    check_over(rig, &attempt, &day);
    attempt.reserved_mc = 20;
    CHECK_EQ(CALL(rig, reserve, &attempt, &day), LX_STORE_OK);
    attempt.reserved_mc = 1;
    attempt.number = 4;
    check_over(rig, &attempt, &day);
    day.period++;
    CHECK_EQ(CALL(rig, reserve, &attempt, &day), LX_STORE_OK);
    rig_commit(rig);
    CHECK_EQ(used(rig, "studio", 20000), 100);
    CHECK_EQ(used(rig, "studio", 20001), 1);
    CHECK_EQ(used(rig, "studio", 0), 0);
    CHECK_EQ(used(rig, "ad", 0), 80);

    check_row = "budgets: settled";
    rig_begin(rig);
    CHECK_EQ(CALL(rig, adjust, id, 1, -10), LX_STORE_OK); /* both budgets */
    CHECK_EQ(CALL(rig, adjust, id, 9, -40), LX_STORE_OK); /* counts nowhere */
    CHECK_EQ(CALL(rig, adjust, id, 2, 500), LX_STORE_OK); /* above the limit */
    rig_commit(rig);
    CHECK_EQ(used(rig, "studio", 20000), 590);
    CHECK_EQ(used(rig, "ad", 0), 570);
    CHECK_EQ(used(rig, "studio", 20001), 1);
}

static void test_unfinished(struct rig *rig)
{
    check_row = "unfinished";
    for (int state = 0; state < LX_ENTRY_STATES; state++) {
        const char *name = lx_entry_state_name((enum lx_entry_state)state);
        CHECK_EQ(rig_change(rig, rig_insert(rig, name),
                            (enum lx_entry_state)state, 1),
                 LX_STORE_OK);
    }
    struct lx_entry entry = new_entry("to be saved");
    int64_t id;
    entry.state = LX_ENTRY_SUCCEEDED;
    entry.target = "/pictures/";
    rig_begin(rig);
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    rig_commit(rig);
    struct lx_store_query query = {.only_unfinished = true};
    CHECK_TEXT(rig_find(rig, query).ids,
               "planned sending accepted to be saved ");
    query.states = 1u << LX_ENTRY_SENDING | 1u << LX_ENTRY_SAVED;
    CHECK_TEXT(rig_find(rig, query).ids, "sending ");
    query.only_unfinished = false;
    CHECK_TEXT(rig_find(rig, query).ids, "sending saved ");
}

static bool take_spend(void *argument, const struct lx_spend_row *row)
{
    char *out = argument;

    snprintf(out + strlen(out), 200, "%s:%lld:%lld:%lld ", row->label,
             (long long)row->attempts, (long long)row->charged_mc,
             (long long)row->reserved_mc);
    return true;
}

/* Of each state one entry, with an attempt that cost 5. */
/* Some entries at a time, and hints; how many entries were forgotten. */
static int64_t prune_all(struct rig *rig, int64_t before_ms, int64_t limit)
{
    int64_t after_id = 0, forgotten, sum = 0;
    bool has_more = true;

    while (has_more) {
        rig_begin(rig);
        CHECK_EQ(CALL(rig, prune, before_ms, limit, &after_id, &forgotten,
                      &has_more),
                 LX_STORE_OK);
        CHECK(forgotten <= limit);
        rig_commit(rig);
        sum += forgotten;
    }
    return sum;
}

static void test_upkeep(struct rig *rig)
{
    struct lx_json root;
    char text[4000] = "";

    test_unfinished(rig);
    check_row = "spend";
    for (int64_t id = 1; id <= LX_ENTRY_STATES; id++) {
        struct lx_attempt attempt = {
            .entry_id = id, .number = 1, .charged_mc = 5, .sent_ms = NOW_MS};
        rig_begin(rig);
        CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
        rig_commit(rig);
    }
    CHECK_EQ(CALL(rig, spend, NULL, LX_SPEND_BY_MODEL, 0, take_spend, text),
             LX_STORE_OK);
    CHECK_TEXT(text, "z-image:9:45:0 ");
    CHECK_EQ(CALL(rig, spend, "https://elsewhere", LX_SPEND_BY_MODEL, 0,
                  take_spend, text),
             LX_STORE_OK);
    CHECK_TEXT(text, "z-image:9:45:0 ");
    *text = '\0';
    CHECK_EQ(CALL(rig, spend, "https://api.example", LX_SPEND_BY_DAY, 0,
                  take_spend, text),
             LX_STORE_OK);
    CHECK_TEXT(text, "2023-11-14:9:45:0 ");
    *text = '\0';
    CHECK_EQ(
        CALL(rig, spend, NULL, LX_SPEND_BY_BATCH, NOW_MS + 1, take_spend, text),
        LX_STORE_OK);
    CHECK_TEXT(text, "");

    check_row = "export";
    CHECK_EQ(CALL(rig, export_lines, 0, 1, take_line, text), LX_STORE_OK);
    CHECK(lx_json_parse(text, strlen(text), &root, NULL));
    CHECK(lx_json_string_equals(lx_json_get(root, "key"), "planned"));
    CHECK_EQ(lx_json_get(root, "attempts").type, LX_JSON_ARRAY);

    check_row = "prune";
    CHECK_EQ(prune_all(rig, NOW_MS, 100), 0);
    CHECK_EQ(prune_all(rig, NOW_MS + 1, 4), 5);
    CHECK_TEXT(rig_find(rig, (struct lx_store_query){0}).ids,
               "planned sending accepted unknown to be saved ");
}

/* A store may ask its server rarely. */
static void rig_await_change(struct rig *rig)
{
    bool has_changed = false;

    for (time_t end = time(NULL) + 60; !has_changed && time(NULL) < end;) {
        struct timespec pause = {0, 1000000};
        CHECK_EQ(CALL(rig, has_changed, &has_changed), LX_STORE_OK);
        if (!has_changed)
            nanosleep(&pause, NULL);
    }
    CHECK(has_changed);
}

/* Two clients on one place. */
static void test_owners(struct rig *rig)
{
    struct rig other = *rig;
    bool is_alive = false, has_changed = true;

    check_row = "owners";
    rig_open(&other);
    int64_t number = other.api->owner(other.store);
    CHECK(number != rig->api->owner(rig->store));
    CHECK_EQ(CALL(rig, is_alive, number, &is_alive), LX_STORE_OK);
    CHECK(is_alive);
    CHECK_EQ(CALL(rig, is_alive, rig->api->owner(rig->store), &is_alive),
             LX_STORE_OK);
    CHECK(is_alive);
    CHECK_EQ(CALL(rig, is_alive, 0, &is_alive), LX_STORE_OK);
    CHECK(!is_alive);
    CHECK_EQ(CALL(rig, is_alive, 12345, &is_alive), LX_STORE_OK);
    CHECK(!is_alive);
    CHECK(!rig->api->is_copy(rig->store));

    check_row = "changes of others";
    CHECK_EQ(CALL(rig, has_changed, &has_changed), LX_STORE_OK);
    rig_insert(rig, "mine");
    CHECK_EQ(CALL(rig, has_changed, &has_changed), LX_STORE_OK);
    CHECK(!has_changed);
    rig_insert(&other, "theirs");
    rig_await_change(rig);
    CHECK_EQ(CALL(rig, has_changed, &has_changed), LX_STORE_OK);
    CHECK(!has_changed);
    CHECK_EQ(rig_find_key(rig, "theirs").count, 1);

    check_row = "owners: closed";
    rig_close(&other);
    CHECK_EQ(CALL(rig, is_alive, number, &is_alive), LX_STORE_OK);
    CHECK(!is_alive);
    rig_open(&other);
    CHECK(other.api->owner(other.store) != number);
    rig_close(&other);
}

static void use_account(struct rig *rig, const char *account)
{
    rig_begin(rig);
    CHECK_EQ(CALL(rig, use_account, account), LX_STORE_OK);
    rig_commit(rig);
}

static void pause_account(struct rig *rig, int64_t now_ms, int64_t pause_ms)
{
    rig_begin(rig);
    CHECK_EQ(CALL(rig, pause_account, "a", now_ms, pause_ms), LX_STORE_OK);
    rig_commit(rig);
}

static struct lx_store_fleet fleet_of(struct rig *rig, int64_t now_ms)
{
    struct lx_store_fleet fleet = {-1, -1, -1};

    CHECK_EQ(CALL(rig, look_at_account, "a", now_ms, &fleet), LX_STORE_OK);
    return fleet;
}

/* Longer than a test takes: a server has a clock of its own. */
#define LONG_MS INT64_C(600000)

static void test_accounts(struct rig *rig)
{
    struct rig other = *rig, third = *rig;

    check_row = "accounts: who counts";
    rig_open(&other);
    rig_open(&third);
    use_account(rig, "a");
    CHECK_EQ(fleet_of(rig, NOW_MS).others, 0);
    use_account(&other, "a");
    use_account(&third, "b");
    CHECK_EQ(fleet_of(rig, NOW_MS).others, 1);
    use_account(&third, "a");
    CHECK_EQ(fleet_of(rig, NOW_MS).others, 2);
    use_account(&third, NULL);
    CHECK_EQ(fleet_of(&other, NOW_MS).others, 1);
    check_row = "accounts: a pause";
    CHECK_EQ(fleet_of(rig, NOW_MS).pause_ms, 0);
    pause_account(&other, NOW_MS, LONG_MS);
    struct lx_store_fleet first = fleet_of(rig, NOW_MS);
    CHECK(first.pause_ms > LONG_MS / 2 && first.pause_ms <= LONG_MS);
    CHECK_EQ(fleet_of(&other, NOW_MS).pause_ms, 0);
    pause_account(&third, NOW_MS, 1000);
    CHECK_EQ(fleet_of(rig, NOW_MS).pause_id, first.pause_id);
    pause_account(&third, NOW_MS, 2 * LONG_MS);
    CHECK(fleet_of(rig, NOW_MS).pause_ms > LONG_MS);
    CHECK(fleet_of(rig, NOW_MS).pause_id != first.pause_id);
    check_row = "accounts: who has left";
    rig_close(&other);
    CHECK_EQ(fleet_of(rig, NOW_MS).others, 0);
    rig_close(&third);
}

/* Each on a fresh place, which `fresh` writes into rig->place. */
static inline void run_conformance(const struct lx_store_api *api,
                                   void (*fresh)(struct rig *rig))
{
    void (*const tests[])(struct rig *) = {
        test_entries,       test_changes,         test_attempts,
        test_lost_attempts, test_files_and_hints, test_named,
        test_groups,        test_budgets,         test_upkeep,
        test_owners,        test_callbacks,       test_accounts,
        test_free};
    struct rig rig = {.api = api};

    CHECK_EQ(api->version, LX_STORE_VERSION);
    CHECK_EQ(api->bytes, sizeof *api);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        fresh(&rig);
        rig_open(&rig);
        tests[i](&rig);
        rig_close(&rig);
    }
}
