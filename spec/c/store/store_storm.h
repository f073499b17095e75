/* store_storm.h: eight processes on one journal, killed at random moments: what
 * was acknowledged is there, no budget is passed by a thousandth, and the dead
 * are known to be dead. STORM_KILLS, STORM_ENTRIES: how many kills and creates,
 * 50 and 3,000 by default. Behind the header of a world. */
#pragma once

#include "storm_rig.h"

#define GROUP    8
#define PRICE_MC 7

static long long limit_mc;

/* ---- the worker: this program again ---- */

/* One entry with a reservation; false when the budget is used up. */
static bool add_entry(struct rig *rig, const char *key, int64_t limit)
{
    struct lx_store_budget budget = {"storm", 0, limit};
    struct lx_entry entry = new_entry(key);
    struct lx_attempt attempt = {
        .number = 1, .reserved_mc = PRICE_MC, .charged_mc = LX_MONEY_UNKNOWN};
    int64_t id = 0;

    CHECK_EQ(rig->api->mark(rig->store), LX_STORE_OK);
    entry.owner = rig->api->owner(rig->store);
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    attempt.entry_id = id;
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
    enum lx_store_status status = CALL(rig, reserve, &attempt, &budget);
    CHECK(status == LX_STORE_OK || status == LX_STORE_OVER);
    if (status == LX_STORE_OK)
        CHECK_EQ(rig->api->keep(rig->store), LX_STORE_OK);
    else
        CHECK_EQ(rig->api->undo(rig->store), LX_STORE_OK);
    return status == LX_STORE_OK;
}

static int work(const char *place, int64_t limit)
{
    struct rig rig = {.api = &WORLD_API};
    bool has_money = true;
    char key[100];

    snprintf(rig.place, sizeof rig.place, "%s", place);
    rig_open(&rig);
    long long owner = (long long)rig.api->owner(rig.store);
    for (int group = 0; has_money; group++) {
        rig_begin(&rig);
        for (int i = 0; i < GROUP && has_money; i++) {
            snprintf(key, sizeof key, "%lld/%d/%d", owner, group, i);
            has_money = add_entry(&rig, key, limit);
        }
        rig_commit(&rig);
        if (!has_money)
            break;
        printf("%lld/%d\n", owner, group);
        fflush(stdout);
    }
    rig_close(&rig);
    return check_failed ? 1 : 0;
}

/* ---- the storm ---- */

/* Every whole line is an acknowledged group of which all is there. */
static int check_acknowledged(struct rig *rig, struct worker *worker)
{
    char line[100], key[120];
    int groups = 0;

    while (fgets(line, sizeof line, worker->lines)) {
        if (!strchr(line, '\n'))
            break;
        line[strcspn(line, "\n")] = '\0';
        for (int i = 0; i < GROUP; i++) {
            snprintf(key, sizeof key, "%s/%d", line, i);
            if (rig_find_key(rig, key).count != 1)
                CHECK_TEXT(key, "in the journal");
        }
        groups++;
    }
    fclose(worker->lines);
    return groups;
}

static const char *limit_text(void)
{
    static char text[30];

    snprintf(text, sizeof text, "%lld", limit_mc);
    return text;
}

static int kill_some(struct rig *rig, struct worker *workers,
                     const char *program, int kills)
{
    int groups = 0;

    for (int i = 0; i < kills; i++) {
        struct worker *worker = &workers[rand() % WORKERS];
        sleep_us(rand() % 40000);
        end_by_force(worker);
        world_bury(rig->place, worker->pid);
        groups += check_acknowledged(rig, worker);
        start(worker, program, rig->place, limit_text());
    }
    return groups;
}

static void check_owner_dead(struct rig *rig, int64_t owner)
{
    bool is_alive = true;

    CHECK_EQ(CALL(rig, is_alive, owner, &is_alive), LX_STORE_OK);
    CHECK(!is_alive);
}

struct seen {
    int64_t entries, last_owner;
};

static bool see_entry(void *argument, const struct lx_entry *entry)
{
    struct seen *seen = argument;

    seen->entries++;
    seen->last_owner = entry->owner;
    return true;
}

static void check_journal(struct rig *rig)
{
    struct lx_store_query all = {0};
    struct seen seen = {0, 0};
    int64_t used_mc = 0;

    check_row = "the journal after the storm";
    CHECK_EQ(CALL(rig, find, &all, see_entry, &seen), LX_STORE_OK);
    CHECK_EQ(CALL(rig, used, "storm", 0, &used_mc), LX_STORE_OK);
    printf("%lld entries, %lld of %lld mc used\n", (long long)seen.entries,
           (long long)used_mc, limit_mc);
    CHECK_EQ(used_mc, seen.entries * PRICE_MC); /* nothing leaked */
    CHECK(used_mc <= limit_mc);
    CHECK(limit_mc - used_mc < PRICE_MC); /* all of it could be used */
    check_owner_dead(rig, seen.last_owner);
}

static void storm(const char *program, int kills)
{
    struct rig rig = {.api = &WORLD_API};
    struct worker workers[WORKERS];
    int groups;

    check_row = "storm";
    world_place(rig.place, sizeof rig.place, "storm");
    rig_open(&rig);
    for (int i = 0; i < WORKERS; i++)
        start(&workers[i], program, rig.place, limit_text());
    groups = kill_some(&rig, workers, program, kills);
    for (int i = 0; i < WORKERS; i++) {
        groups += check_acknowledged(&rig, &workers[i]);
        CHECK_EQ(wait_for_end(&workers[i]), 0);
    }
    printf("%d kills, %d groups acknowledged, 0 lost\n", kills, groups);
    check_journal(&rig);
    rig_close(&rig);
    rig_open(&rig); /* forgets the dead */
    world_check(rig.place);
    rig_close(&rig);
}

static inline int run_store_storm(const char *name, int argc, char **argv)
{
    char program[500] = "";
    const char *kills = getenv("STORM_KILLS");
    const char *entries = getenv("STORM_ENTRIES");

    if (argc == 4 && strcmp(argv[1], "work") == 0)
        return work(argv[2], atoll(argv[3]));
    if (!find_program(program, sizeof program))
        return 1;
    limit_mc = (entries ? atoll(entries) : 3000) * PRICE_MC + 3;
    if (!world_begin())
        return check_report(name);
    storm(program, kills ? atoi(kills) : 50);
    world_end();
    return check_report(name);
}
