/* ledger_taking.h: what dead clients have left, and copies of a journal,
 * through journal/ledger.h, on any store. */
#pragma once

#include "ledger_desk.h"

struct taken {
    int count;
    char text[300];
};

static void list_taken(struct taken *taken, const struct lx_entry_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct lx_entry_row *row = &rows->list[i];
        const char *task_id = lx_entry_rows_text(rows, row->task_id);
        size_t length = strlen(taken->text);
        taken->count++;
        snprintf(taken->text + length, sizeof taken->text - length, "%s:%s:%s ",
                 lx_entry_rows_text(rows, row->key),
                 lx_entry_state_name(row->state), task_id ? task_id : "");
    }
}

static struct taken take_all(struct desk *desk, int limit)
{
    struct taken taken = {0};
    struct lx_store_query query = {.origin = "https://api.example",
                                   .limit = limit};
    struct lx_entry_rows *rows = lx_entry_rows_new();
    bool more = rows != NULL;

    while (more) {
        lx_entry_rows_clear(rows);
        rig_begin(&desk->rig);
        CHECK_EQ(lx_ledger_take(&desk->ledger, &query, NOW_MS, rows, &more),
                 LX_STORE_OK);
        rig_commit(&desk->rig);
        list_taken(&taken, rows);
    }
    lx_entry_rows_free(rows);
    return taken;
}

static void test_taking(void)
{
    struct desk dead, living, heir;

    check_row = "what nobody watches";
    desk_open(&dead, "take");
    desk_open(&living, "take");
    CHECK_EQ(plan(&living, "living"), LX_PLAN_SEND);
    plan(&dead, "sending");
    send_it(&dead);
    CHECK_EQ(plan_priced(&dead, "accepted", 10), LX_STORE_OK);
    STEP(&dead, ID, 0, .task_id = "t1");
    CHECK_EQ(plan_priced(&dead, "planned", 10), LX_STORE_OK);
    STEP(&dead, NOT_SENT, dead.copy->entry.fence, .attempt = 1);
    desk_close(&dead);
    desk_open(&heir, "take");
    CHECK_TEXT(take_all(&heir, 2).text,
               "sending:unknown: accepted:accepted:t1 planned:planned: ");
    CHECK_EQ(take_all(&heir, 100).count, 0);
    CHECK_EQ(take_all(&living, 100).count, 0);
    desk_close(&living);
    CHECK_TEXT(take_all(&heir, 100).text, "living:planned: ");
    desk_close(&heir);
}

static void tidy(struct desk *desk, int64_t owner, int expected)
{
    int64_t found = -2;
    int refused = -1;

    CHECK_EQ(lx_ledger_stray_owner(&desk->ledger, 0, &found), LX_STORE_OK);
    CHECK_EQ(found, expected ? owner : -1);
    begin_part(desk);
    CHECK_EQ(lx_ledger_tidy(&desk->ledger, owner, NOW_MS, &refused),
             LX_STORE_OK);
    CHECK_EQ(refused, expected);
    end_part(desk, LX_STORE_OK);
}

static enum lx_store_status run_nothing(struct lx_journal_request *request,
                                        struct lx_ledger *ledger)
{
    (void)request;
    (void)ledger;
    return LX_STORE_OK;
}

static void end_nothing(struct lx_journal_request *request)
{
    CHECK_EQ(request->error.status, LX_STORE_OK);
}

static void wake_nobody(void *argument)
{
    (void)argument;
}

/* As the journal thread of one client more does. */
static void open_another(struct desk *desk)
{
    struct lx_committer committer = {desk->rig.place, {desk->rig.api, NULL}, 0};
    struct lx_journal_request look = {.run = run_nothing};

    lx_commit_run(&committer, NULL, &look);
    CHECK_EQ(look.error.status, LX_STORE_OK);
    lx_commit_close(&committer);
}

static enum lx_entry_state state_of(struct desk *desk, int64_t id)
{
    struct lx_store_query query = {.id = id};
    enum lx_entry_state state = LX_ENTRY_UNKNOWN;
    struct lx_entry_copy *copy;

    CHECK_EQ(lx_ledger_read(&desk->ledger, &query, &copy), LX_STORE_OK);
    CHECK(copy != NULL);
    if (copy)
        state = copy->entry.state;
    free(copy);
    return state;
}

/* Without a key, under a ceiling. */
static int64_t plan_stray(struct desk *desk)
{
    struct lx_plan stray = plan_for("stray");

    stray.wanted.key = NULL;
    stray.token_hash = NULL;
    stray.price_mc = 10;
    stray.budgets = &DAY;
    stray.budget_count = 1;
    CHECK_EQ(run_plan(desk, stray), LX_STORE_OK);
    return desk->copy->entry.id;
}

/* What a kill leaves that no call can ask for again. */
static void test_tidying(void)
{
    struct desk first, second;

    check_row = "a living owner's stays";
    desk_open(&first, "tidy");
    desk_open(&second, "tidy");
    CHECK_EQ(plan(&first, "keyed"), LX_PLAN_SEND);
    int64_t keyed = first.copy->entry.id, id = plan_stray(&first);
    int64_t dead = first.rig.api->owner(first.rig.store);
    tidy(&first, dead, 0);
    tidy(&second, dead, 0);
    CHECK_EQ(state_of(&second, id), LX_ENTRY_PLANNED);
    CHECK_EQ(used(&second), 10);

    check_row = "a dead one's is refused, unless it has a key";
    desk_close(&first);
    tidy(&second, dead, 1);
    tidy(&second, dead, 0);
    CHECK_EQ(state_of(&second, id), LX_ENTRY_REFUSED);
    CHECK_EQ(state_of(&second, keyed), LX_ENTRY_PLANNED);
    CHECK_EQ(used(&second), 0);

    check_row = "by who opens, all";
    desk_open(&first, "tidy");
    for (int i = 0; i < 300; i++)
        id = plan_stray(&first);
    CHECK_EQ(used(&second), 3000);
    desk_close(&first);
    open_another(&second);
    CHECK_EQ(state_of(&second, id), LX_ENTRY_REFUSED);
    CHECK_EQ(used(&second), 0);
    desk_close(&second);
}

/* By the journal thread of a client that does nothing else. */
static void test_tidying_on(void)
{
    struct lx_store_api api = WORLD_API;
    struct lx_journal_request look = {
        .rank = LX_JOURNAL_READ, .run = run_nothing, .on_end = end_nothing};
    struct desk dead, living;

    check_row = "as long as a client lives";
    desk_open(&dead, "tidy_on");
    desk_open(&living, "tidy_on");
    api.tidy_ms = 10;
    struct lx_journal *journal =
        lx_journal_new(&api, dead.rig.place, wake_nobody, NULL);
    lx_journal_add(journal, &look);
    while (!lx_journal_deliver(journal))
        lx_sleep_ms(1);
    int64_t id = plan_stray(&dead);
    desk_close(&dead);
    for (int tries = 0;
         tries < 60000 && state_of(&living, id) != LX_ENTRY_REFUSED; tries++)
        lx_sleep_ms(1);
    CHECK_EQ(state_of(&living, id), LX_ENTRY_REFUSED);
    CHECK_EQ(used(&living), 0);
    lx_journal_free(journal);
    desk_close(&living);
}

static void test_copies(void)
{
    struct desk desk;

    check_row = "a copy sends nothing until it is adopted";
    desk_open(&desk, "original");
    plan(&desk, "a");
    desk_close(&desk);
    world_copy("original", "copy");
    desk_open(&desk, "copy");
    CHECK_EQ(run_plan(&desk, plan_for("b")), LX_STORE_STALE);
    rig_begin(&desk.rig);
    CHECK_EQ(CALL(&desk.rig, adopt, NOW_MS), LX_STORE_OK);
    rig_commit(&desk.rig);
    CHECK_EQ(plan(&desk, "a"), LX_PLAN_SEND);
    desk_close(&desk);
}
