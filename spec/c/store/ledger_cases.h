/* ledger_cases.h: what a client writes into its journal, on any store: keys,
 * owners that die, lost answers, callbacks, and money to the thousandth. Behind
 * the header of a world. */
#pragma once

#include "ledger_money.h"
#include "ledger_taking.h"

static void test_flow(void)
{
    struct desk desk;
    struct lx_entry_file file = {.number = 1, .path = "/p/a.png", .bytes = 9};

    check_row = "from the wish to the file";
    desk_open(&desk, "flow");
    CHECK_EQ(plan(&desk, "hero"), LX_PLAN_SEND);
    CHECK_EQ(desk.copy->entry.state, LX_ENTRY_PLANNED);
    send_it(&desk);
    STEP(&desk, ID, 0, .task_id = "task_1");
    CHECK_EQ(desk.copy->entry.state, LX_ENTRY_ACCEPTED);
    CHECK_EQ(plan(&desk, "hero"), LX_PLAN_WATCH);
    CHECK_TEXT(desk.copy->task_id, "task_1");
    STEP(&desk, SUCCEED, 1, .urls = "[\"u\"]",
         .leave_fence = desk.copy->entry.fence + 1);
    CHECK_EQ(plan(&desk, "hero"), LX_PLAN_RESULT);
    CHECK_TEXT(desk.copy->entry.urls, "[\"u\"]");
    CHECK(desk.copy->entry.owner > 0);
    STEP(&desk, SUCCEED, 1, .leave_fence = desk.copy->entry.fence);
    CHECK_EQ(plan(&desk, "hero"), LX_PLAN_RESULT);
    CHECK_TEXT(desk.copy->entry.urls, "[\"u\"]");
    CHECK_EQ(desk.copy->entry.owner, 0);
    STEP(&desk, SAVE, 1, .files = &file, .file_count = 1);
    CHECK_EQ(plan(&desk, "hero"), LX_PLAN_RESULT);
    CHECK_EQ(desk.copy->entry.state, LX_ENTRY_SAVED);

    check_row = "another request under that key";
    struct lx_plan other = plan_for("hero");
    other.wanted.identity = OTHER;
    CHECK_EQ(run_plan(&desk, other), LX_STORE_OK);
    CHECK_EQ(desk.end, LX_PLAN_DIFFERS);
    CHECK_TEXT(desk.copy->entry.body, "{}");

    check_row = "reuse";
    other = plan_for("hero again");
    other.may_reuse = true;
    CHECK_EQ(run_plan(&desk, other), LX_STORE_OK);
    CHECK_EQ(desk.end, LX_PLAN_RESULT);
    CHECK_TEXT(desk.copy->task_id, "task_1");
    desk_close(&desk);
}

/* Two clients: what a second one does while the first lives, and after. */
static void test_owners(void)
{
    struct desk first, second;

    check_row = "planned";
    desk_open(&first, "owners");
    desk_open(&second, "owners");
    CHECK_EQ(plan(&first, "a"), LX_PLAN_SEND);
    CHECK_EQ(plan(&first, "a"), LX_PLAN_WAIT);
    CHECK_EQ(plan(&second, "a"), LX_PLAN_WAIT);
    desk_close(&first);
    CHECK_EQ(plan(&second, "a"), LX_PLAN_SEND);

    check_row = "sending";
    send_it(&second);
    CHECK_EQ(confirm(&second, second.copy->entry.fence), LX_STORE_OK);
    CHECK_EQ(confirm(&second, second.copy->entry.fence - 1), LX_STORE_STALE);
    desk_open(&first, "owners");
    CHECK_EQ(plan(&first, "a"), LX_PLAN_WAIT);
    desk_close(&second);
    CHECK_EQ(plan(&first, "a"), LX_PLAN_UNKNOWN);
    CHECK_EQ(first.copy->entry.state, LX_ENTRY_UNKNOWN);
    CHECK_EQ(confirm(&first, first.copy->entry.fence), LX_STORE_STALE);
    CHECK_EQ(plan(&first, "a"), LX_PLAN_UNKNOWN);
    CHECK_EQ(step(&first, LX_ENTRY_EVENT_SEND, first.copy->entry.fence, NEWS()),
             LX_STORE_STALE);

    check_row = "a decision on an old fence";
    CHECK_EQ(plan(&first, "b"), LX_PLAN_SEND);
    int64_t seen = first.copy->entry.fence;
    STEP(&first, LEAVE, seen, .detail = "closed");
    CHECK_EQ(step(&first, LX_ENTRY_EVENT_SEND, seen, NEWS()), LX_STORE_STALE);
    CHECK_EQ(plan(&first, "b"), LX_PLAN_SEND);
    desk_close(&first);
}

/* A fact whose commit nobody has answered is written again, when another client
 * has taken the entry and its request is on its way. */
static void test_sent_again(void)
{
    struct desk first, second, third;

    check_row = "nothing was made of it: told twice";
    desk_open(&first, "sent_again");
    desk_open(&second, "sent_again");
    plan(&first, "a");
    send_it(&first);
    int64_t seen = first.copy->entry.fence;
    STEP(&first, NOT_SENT, seen, .attempt = 1);
    STEP(&first, LEAVE, seen, .detail = NULL);
    CHECK_EQ(plan(&second, "a"), LX_PLAN_SEND);
    send_it(&second);
    CHECK_EQ(second.copy->entry.attempt, 1);
    CHECK_EQ(step(&first, LX_ENTRY_EVENT_NOT_SENT, seen, NEWS(.attempt = 1)),
             LX_STORE_STALE);
    desk_close(&second);
    desk_open(&third, "sent_again");
    CHECK_EQ(plan(&third, "a"), LX_PLAN_UNKNOWN);
    CHECK_EQ(step(&first, LX_ENTRY_EVENT_NOT_SENT, seen, NEWS(.attempt = 1)),
             LX_STORE_STALE);
    CHECK_EQ(plan(&third, "a"), LX_PLAN_UNKNOWN);

    check_row = "by an owner that was taken for dead";
    plan(&third, "b");
    send_it(&third);
    seen = third.copy->entry.fence;
    STEP(&third, ORPHAN, seen, .detail = NULL);
    STEP(&third, NOT_SENT, seen, .attempt = 1);
    CHECK_EQ(third.copy->entry.state, LX_ENTRY_PLANNED);

    check_row = "only where that owner has sent it";
    plan(&third, "c");
    send_it(&third);
    seen = third.copy->entry.fence;
    int64_t owner = third.copy->entry.owner;
    CHECK_EQ(step(&third, LX_ENTRY_EVENT_NOT_SENT, seen,
                  NEWS(.attempt = 1, .owner = owner + 1)),
             LX_STORE_STALE);
    STEP(&third, NOT_SENT, seen, .attempt = 1, .owner = owner);
    CHECK_EQ(third.copy->entry.state, LX_ENTRY_PLANNED);
    send_it(&third);
    seen = third.copy->entry.fence;
    STEP(&third, ORPHAN, seen, .detail = NULL);
    CHECK_EQ(step(&third, LX_ENTRY_EVENT_NOT_SENT, seen,
                  NEWS(.attempt = 1, .owner = owner)),
             LX_STORE_STALE);
    desk_close(&third);
    desk_close(&first);
}

static bool see_line(void *argument, const char *line)
{
    (void)line;
    *(bool *)argument = true;
    return false;
}

static bool has_hint(struct desk *desk, const char *task_id)
{
    const struct lx_ledger *ledger = &desk->ledger;
    bool has = false;

    CHECK_EQ(
        ledger->api->find_hint(ledger->store, NULL, task_id, see_line, &has),
        LX_STORE_OK);
    return has;
}

static void test_lost_answers(void)
{
    struct desk desk;
    struct lx_entry_copy *copy = NULL;
    int64_t attempt = 0;

    check_row = "a stranger's callback leaves nothing";
    desk_open(&desk, "lost");
    plan(&desk, "a");
    send_it(&desk);
    STEP(&desk, LOSE, 1, .error = "{}");
    rig_begin(&desk.rig);
    CHECK_EQ(lx_ledger_hint(&desk.ledger, "https://api.example", "task_x",
                            token_of("stranger"), NOW_MS, &copy, &attempt),
             LX_STORE_OK);
    CHECK(!copy && attempt == 0);
    CHECK(!has_hint(&desk, "task_x"));
    check_row = "a callback heals";
    CHECK_EQ(lx_ledger_hint(&desk.ledger, "https://api.example", "task_7",
                            token_of("a"), NOW_MS, &copy, &attempt),
             LX_STORE_OK);
    CHECK(has_hint(&desk, "task_7"));
    rig_commit(&desk.rig);
    CHECK(copy && copy->entry.id == desk.copy->entry.id);
    CHECK_EQ(attempt, 1);
    free(copy);
    STEP(&desk, ID, 0, .task_id = "task_7", .attempt = attempt);
    CHECK_EQ(desk.copy->entry.state, LX_ENTRY_ACCEPTED);
    STEP(&desk, ID, 0, .task_id = "task_7"); /* once more: known */

    check_row = "a second task is a second attempt";
    STEP(&desk, ID, 0, .task_id = "task_8");
    CHECK_EQ(desk.copy->entry.attempt, 1);

    check_row = "without a token, the task of an entry is kept, no other";
    rig_begin(&desk.rig);
    CHECK_EQ(lx_ledger_hint(&desk.ledger, "https://api.example", "task_8", NULL,
                            NOW_MS, &copy, &attempt),
             LX_STORE_OK);
    CHECK(copy && copy->entry.id == desk.copy->entry.id && attempt == 0);
    free(copy);
    CHECK(has_hint(&desk, "task_8"));
    CHECK_EQ(lx_ledger_hint(&desk.ledger, "https://api.example", "task_y", NULL,
                            NOW_MS, &copy, &attempt),
             LX_STORE_OK);
    CHECK(!copy && !has_hint(&desk, "task_y"));
    rig_commit(&desk.rig);
    CHECK_EQ(step(&desk, LX_ENTRY_EVENT_SUCCEED, 2,
                  (struct lx_entry_news){.charged_mc = 70}),
             LX_STORE_OK); /* its cost counts */
    CHECK_EQ(plan(&desk, "a"), LX_PLAN_WATCH);
    CHECK_TEXT(desk.copy->task_id, "task_7");
    int64_t fence = desk.copy->entry.fence;
    STEP(&desk, SUCCEED, 2, .leave_fence = fence);
    CHECK_EQ(desk.copy->entry.state, LX_ENTRY_ACCEPTED);
    CHECK_EQ(desk.copy->entry.fence, fence + 1);

    check_row = "another entry's task";
    CHECK_EQ(plan(&desk, "b"), LX_PLAN_SEND);
    send_it(&desk);
    CHECK_EQ(step(&desk, LX_ENTRY_EVENT_ID, 0, NEWS(.task_id = "task_7")),
             LX_STORE_EXISTS);
    CHECK_EQ(plan(&desk, "b"), LX_PLAN_WAIT);

    check_row = "a late answer of one that was taken for dead";
    STEP(&desk, ORPHAN, desk.copy->entry.fence, .detail = NULL);
    STEP(&desk, REFUSE, 1, .error = "{\"kind\":\"rejected\"}");
    CHECK_EQ(desk.copy->entry.state, LX_ENTRY_REFUSED);
    struct lx_plan again = plan_for("b");
    again.token_hash = OTHER; /* each attempt has a token of its own */
    CHECK_EQ(run_plan(&desk, again), LX_STORE_OK);
    CHECK_EQ(desk.end, LX_PLAN_SEND);
    CHECK_EQ(desk.copy->entry.attempt, 2);
    desk_close(&desk);
}

static inline int run_ledger(const char *name)
{
    if (!world_begin())
        return check_report(name);
    test_flow();
    test_owners();
    test_sent_again();
    test_lost_answers();
    test_money();
    test_taking();
    test_tidying();
    test_tidying_on();
    test_copies();
    world_end();
    return check_report(name);
}
