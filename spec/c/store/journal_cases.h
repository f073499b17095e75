/* journal_cases.h: the thread that commits: what waits goes together, facts
 * first; who is refused does not undo the others; nothing that was reported is
 * lost when it stops. Behind the header of a hall. Runs under TSAN, too. */
#pragma once

#include "journal/gather.h"
#include "journal/journal.h"
#include "journal/ledger.h"
#include "os/clock.h"
#include "os/thread.h"

#include "store_rig.h"

/* ---- a store that counts commits, and waits where it is told to ---- */

static struct {
    struct lx_mutex lock;
    struct lx_condition change;
    int begins, commits; /* guarded by lock, as all of it */
    bool is_shut;        /* begin waits */
    int ended, wakes, ticks;
} hall;

static enum lx_store_status begin(struct lx_store *store)
{
    lx_mutex_lock(&hall.lock);
    hall.begins++;
    lx_condition_signal(&hall.change);
    while (hall.is_shut)
        lx_condition_wait(&hall.change, &hall.lock);
    lx_mutex_unlock(&hall.lock);
    return WORLD_API.begin(store);
}

static enum lx_store_status commit(struct lx_store *store)
{
    lx_mutex_lock(&hall.lock);
    hall.commits++;
    lx_mutex_unlock(&hall.lock);
    return WORLD_API.commit(store);
}

static void wake(void *argument)
{
    (void)argument;
    lx_mutex_lock(&hall.lock);
    hall.wakes++;
    lx_condition_signal(&hall.change);
    lx_mutex_unlock(&hall.lock);
}

static void set_shut(bool is_shut)
{
    lx_mutex_lock(&hall.lock);
    hall.is_shut = is_shut;
    lx_condition_signal(&hall.change);
    lx_mutex_unlock(&hall.lock);
}

static void wait_for_begins(int count)
{
    lx_mutex_lock(&hall.lock);
    while (hall.begins < count)
        lx_condition_wait(&hall.change, &hall.lock);
    lx_mutex_unlock(&hall.lock);
}

/* ---- requests ---- */

struct wish {
    struct lx_journal_request base;
    char key[40];
    const char *body;
    enum lx_store_status status; /* after on_end */
    int order;                   /* in which it ended, from 1 */
    char text[300];
};

static enum lx_store_status run_wish(struct lx_journal_request *request,
                                     struct lx_ledger *ledger)
{
    struct wish *wish = (struct wish *)request;
    struct lx_entry entry = new_entry(wish->key);
    int64_t id;

    entry.body = wish->body;
    return ledger->api->insert(ledger->store, &entry, &id);
}

static enum lx_store_status run_read(struct lx_journal_request *request,
                                     struct lx_ledger *ledger)
{
    struct wish *wish = (struct wish *)request;
    struct lx_store_query all = {0};
    struct found found = {0};
    enum lx_store_status status =
        ledger->api->find(ledger->store, &all, take_entry, &found);

    snprintf(wish->key, sizeof wish->key, "%d found", found.count);
    return status;
}

static void end_wish(struct lx_journal_request *request)
{
    struct wish *wish = (struct wish *)request;

    wish->status = request->error.status;
    snprintf(wish->text, sizeof wish->text, "%s", request->error.text);
    wish->order = ++hall.ended;
}

static void fill(struct wish *wish, enum lx_journal_rank rank, const char *key)
{
    memset(wish, 0, sizeof *wish);
    wish->base.rank = rank;
    wish->base.run = rank == LX_JOURNAL_READ ? run_read : run_wish;
    wish->base.on_end = end_wish;
    snprintf(wish->key, sizeof wish->key, "%s", key);
}

static void add(struct lx_journal *journal, struct wish *wish,
                enum lx_journal_rank rank, const char *key)
{
    fill(wish, rank, key);
    lx_journal_add(journal, &wish->base);
}

/* Deliver until `count` more have ended. */
static void await(struct lx_journal *journal, int count)
{
    int seen = -1;

    for (count += hall.ended; hall.ended < count;) {
        lx_mutex_lock(&hall.lock);
        while (hall.wakes == seen)
            lx_condition_wait(&hall.change, &hall.lock);
        seen = hall.wakes;
        lx_mutex_unlock(&hall.lock);
        lx_journal_deliver(journal);
    }
}

static struct lx_store_api api;

static struct lx_journal *journal_at(const char *place)
{
    lx_mutex_lock(&hall.lock);
    hall.begins = hall.commits = 0;
    lx_mutex_unlock(&hall.lock);
    hall.ended = 0;
    struct lx_journal *journal = lx_journal_new(&api, place, wake, NULL);
    CHECK(journal != NULL);
    if (!journal)
        exit(1);
    return journal;
}

static struct lx_journal *fresh_journal(const char *name)
{
    char place[300];

    world_place(place, sizeof place, name);
    return journal_at(place);
}

/* ---- tests ---- */

static void test_groups(void)
{
    static struct wish first, wishes[300], fact, reader;
    struct lx_journal *journal = fresh_journal("groups");
    char key[40];

    check_row = "whatever waits is committed together";
    set_shut(true);
    add(journal, &first, LX_JOURNAL_INTENT, "first");
    wait_for_begins(1);
    add(journal, &reader, LX_JOURNAL_READ, "");
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof key, "key %d", i);
        add(journal, &wishes[i], LX_JOURNAL_INTENT, key);
    }
    add(journal, &fact, LX_JOURNAL_FACT, "fact");
    set_shut(false);
    await(journal, 303);
    CHECK_EQ(hall.commits, 3); /* 1, 256 and what is left */
    CHECK_EQ(first.order, 1);
    CHECK_EQ(fact.order, 2);
    CHECK_EQ(wishes[0].order, 3);
    CHECK_EQ(wishes[299].status, LX_STORE_OK);
    CHECK_EQ(wishes[299].order, 303);
    CHECK_TEXT(reader.key, "257 found"); /* after the group that it came with */
    lx_journal_free(journal);
}

static struct lx_journal *chained_journal;

/* Each that ends adds another one. */
static void chain(struct lx_journal_request *request)
{
    static struct wish next[20];
    struct wish *wish = &next[hall.ended - 1];

    fill(wish, LX_JOURNAL_INTENT, "");
    snprintf(wish->key, sizeof wish->key, "next %d", hall.ended);
    end_wish(request);
    lx_journal_add(chained_journal, &wish->base);
}

static void test_deliveries(void)
{
    static struct wish first, wishes[20];
    char key[40];

    check_row = "what a delivery adds is committed together";
    chained_journal = fresh_journal("chain");
    set_shut(true);
    add(chained_journal, &first, LX_JOURNAL_INTENT, "first");
    wait_for_begins(1);
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "key %d", i);
        fill(&wishes[i], LX_JOURNAL_INTENT, key);
        wishes[i].base.on_end = chain;
        lx_journal_add(chained_journal, &wishes[i].base);
    }
    set_shut(false);
    await(chained_journal, 41);
    CHECK_EQ(hall.ended, 41);
    CHECK_EQ(hall.commits, 3);
    lx_journal_free(chained_journal);
}

static void test_refusals(void)
{
    static struct wish wishes[5];
    static const char *const KEYS[] = {"a", "b", "a", "c", "b"};
    struct lx_journal *journal = fresh_journal("refusals");

    check_row = "one that is refused does not undo the others";
    set_shut(true);
    add(journal, &wishes[0], LX_JOURNAL_INTENT, KEYS[0]);
    wait_for_begins(1);
    for (int i = 1; i < 5; i++)
        add(journal, &wishes[i], LX_JOURNAL_INTENT, KEYS[i]);
    set_shut(false);
    await(journal, 5);
    CHECK_EQ(hall.commits, 2);
    CHECK_EQ(wishes[1].status, LX_STORE_OK);
    CHECK_EQ(wishes[2].status, LX_STORE_EXISTS);
    CHECK_CONTAINS(wishes[2].text, "refusals");
    CHECK_EQ(wishes[3].status, LX_STORE_OK);
    CHECK_EQ(wishes[4].status, LX_STORE_EXISTS);
    add(journal, &wishes[0], LX_JOURNAL_READ, "");
    await(journal, 1);
    CHECK_TEXT(wishes[0].key, "3 found");
    lx_journal_free(journal);
}

#ifndef _WIN32
/* As many together, twice: from then on as many are waited for. */
static void make_busy(struct lx_journal *journal, int round)
{
    static struct wish wishes[8];
    char key[40];

    for (int i = 0; i < 8; i++) {
        if (i % 4 == 0)
            lx_journal_begin(journal);
        snprintf(key, sizeof key, "busy %d %d", round, i);
        add(journal, &wishes[i], LX_JOURNAL_INTENT, key);
        if (i % 4 != 3)
            continue;
        lx_journal_end(journal);
        await(journal, 4);
    }
}

/* Milliseconds until both are begun, of which 3 are between them. */
static int64_t time_fact_behind_intent(struct lx_journal *journal, int round)
{
    static struct wish intent, fact;
    char key[40];
    int64_t began_ms = lx_now_ms();

    lx_mutex_lock(&hall.lock);
    int begins = hall.begins;
    lx_mutex_unlock(&hall.lock);
    snprintf(key, sizeof key, "intent %d", round);
    add(journal, &intent, LX_JOURNAL_INTENT, key);
    lx_mutex_lock(&hall.lock);
    while (lx_now_ms() < began_ms + 3) /* the thread falls asleep */
        lx_condition_wait_until(&hall.change, &hall.lock, began_ms + 3);
    lx_mutex_unlock(&hall.lock);
    snprintf(key, sizeof key, "fact %d", round);
    add(journal, &fact, LX_JOURNAL_FACT, key);
    wait_for_begins(begins + 1);
    int64_t spent_ms = lx_now_ms() - began_ms;
    await(journal, 2);
    return spent_ms;
}

/* The best of many, so that a slow machine does no harm. */
static void test_haste(void)
{
    struct lx_journal *journal = fresh_journal("haste");
    int64_t best_ms = LX_GATHER_MS;

    check_row = "a fact ends the longer wait of an intent before it";
    for (int round = 0; round < 50 && best_ms > LX_GATHER_MS - 5; round++) {
        make_busy(journal, round);
        int64_t spent_ms = time_fact_behind_intent(journal, round);
        best_ms = spent_ms < best_ms ? spent_ms : best_ms;
    }
    CHECK(best_ms <= LX_GATHER_MS - 5);
    lx_journal_free(journal);
}

#else
static void test_haste(void)
{
} /* its clock may tick every 16 ms */
#endif

static void test_stop(void)
{
    static struct wish wishes[50];
    struct lx_journal *journal = fresh_journal("stop");
    struct rig rig = {.api = &WORLD_API};
    char key[40];

    check_row = "stop works off what waits";
    for (int i = 0; i < 50; i++) {
        snprintf(key, sizeof key, "key %d", i);
        add(journal, &wishes[i], i % 2 ? LX_JOURNAL_FACT : LX_JOURNAL_INTENT,
            key);
    }
    lx_journal_stop(journal);
    lx_journal_stop(journal);
    CHECK(lx_journal_deliver(journal));
    CHECK(!lx_journal_deliver(journal));
    CHECK_EQ(hall.ended, 50);
    lx_journal_free(journal);
    world_place(rig.place, sizeof rig.place, "stop");
    rig_open(&rig);
    CHECK_EQ(rig_find(&rig, (struct lx_store_query){0}).count, 50);
    rig_close(&rig);

    check_row = "stopped before it began";
    lx_journal_free(fresh_journal("never"));
}

/* ---- what a store with a server asks for ---- */

static int64_t tick(struct lx_store *store)
{
    lx_mutex_lock(&hall.lock);
    hall.ticks += store != NULL;
    lx_condition_signal(&hall.change);
    lx_mutex_unlock(&hall.lock);
    return 1;
}

static enum lx_store_status run_twice(struct lx_journal_request *request,
                                      struct lx_ledger *ledger)
{
    struct wish *wish = (struct wish *)request;
    enum lx_store_status status = run_wish(request, ledger);

    return status == LX_STORE_OK && ++wish->order < 3 ? LX_STORE_BUSY : status;
}

static enum lx_store_status run_busy(struct lx_journal_request *request,
                                     struct lx_ledger *ledger)
{
    (void)ledger;
    ((struct wish *)request)->order++;
    return LX_STORE_BUSY;
}

static void test_leases(void)
{
    static struct wish wishes[2];

    api.tick = tick;
    api.fresh_ms = 1000000;
    struct lx_journal *journal = fresh_journal("leases");
    check_row = "a part that is held up is run again";
    fill(&wishes[0], LX_JOURNAL_INTENT, "a");
    wishes[0].base.run = run_twice;
    fill(&wishes[1], LX_JOURNAL_INTENT, "b");
    wishes[1].base.run = run_busy;
    lx_journal_add(journal, &wishes[0].base);
    lx_journal_add(journal, &wishes[1].base);
    await(journal, 2);
    CHECK_EQ(wishes[0].status, LX_STORE_OK);
    CHECK_EQ(wishes[1].status, LX_STORE_BUSY);

    check_row = "how old a commit is";
    int64_t committed_ms = wishes[0].base.committed_ms;
    CHECK(lx_journal_is_fresh(journal, committed_ms));
    CHECK(!lx_journal_is_fresh(journal, committed_ms - api.fresh_ms - 1));
    api.fresh_ms = 0;
    CHECK(lx_journal_is_fresh(journal, 0));

    check_row = "ticks come while nothing else happens";
    lx_mutex_lock(&hall.lock);
    for (int seen = hall.ticks; hall.ticks < seen + 3;)
        lx_condition_wait(&hall.change, &hall.lock);
    lx_mutex_unlock(&hall.lock);
    lx_journal_free(journal);
    api.tick = NULL;
}

static void test_watching(void)
{
    static struct wish wish;
    struct lx_journal *journal = fresh_journal("watch");
    struct rig rig = {.api = &WORLD_API};

    check_row = "others' changes";
    add(journal, &wish, LX_JOURNAL_INTENT, "mine");
    await(journal, 1);
    world_place(rig.place, sizeof rig.place, "watch");
    rig_open(&rig);
    lx_journal_watch(journal);
    rig_insert(&rig, "theirs");
    lx_mutex_lock(&hall.lock);
    int seen = hall.wakes;
    lx_mutex_unlock(&hall.lock);
    while (!lx_journal_has_changed(journal)) {
        lx_mutex_lock(&hall.lock);
        if (hall.wakes == seen)
            lx_condition_wait_until(&hall.change, &hall.lock,
                                    lx_now_ms() + 30000);
        seen = hall.wakes;
        lx_mutex_unlock(&hall.lock);
    }
    lx_journal_unwatch(journal);
    rig_close(&rig);
    lx_journal_free(journal);
}

/* `more`: what only that store has; may be NULL. */
static inline int run_journal(const char *name, void (*more)(void))
{
    if (!world_begin())
        return check_report(name);
    lx_mutex_init(&hall.lock);
    lx_condition_init(&hall.change);
    api = WORLD_API;
    api.begin = begin;
    api.commit = commit;
    test_groups();
    test_deliveries();
    test_refusals();
    test_haste();
    test_stop();
    test_watching();
    test_leases();
    if (more)
        more();
    world_end();
    lx_condition_deinit(&hall.change);
    lx_mutex_deinit(&hall.lock);
    return check_report(name);
}
