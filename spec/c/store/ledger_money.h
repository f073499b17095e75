/* ledger_money.h: prices and ceilings through journal/ledger.h, on any store.
 */
#pragma once

#include "ledger_desk.h"

static int64_t used(struct desk *desk)
{
    int64_t used_mc = -1;

    CHECK_EQ(
        desk->rig.api->used(desk->rig.store, DAY.name, DAY.period, &used_mc),
        LX_STORE_OK);
    return used_mc;
}

struct wanted_attempt {
    int64_t number, reserved_mc;
};

static bool see_attempt(void *argument, const struct lx_attempt *attempt)
{
    struct wanted_attempt *wanted = argument;

    if (attempt->number == wanted->number)
        wanted->reserved_mc = attempt->reserved_mc;
    return true;
}

/* By that attempt of the entry; -1: there is none. */
static int64_t reserved(struct desk *desk, int64_t number)
{
    struct wanted_attempt wanted = {number, -1};

    CHECK_EQ(desk->rig.api->find_attempts(desk->rig.store, desk->copy->entry.id,
                                          see_attempt, &wanted),
             LX_STORE_OK);
    return wanted.reserved_mc;
}

static unsigned char next_token[32];

static enum lx_store_status plan_priced(struct desk *desk, const char *key,
                                        int64_t price_mc)
{
    struct lx_plan plan = plan_for(key);

    next_token[0]++;
    plan.token_hash = next_token;
    plan.price_mc = price_mc;
    plan.budgets = &DAY;
    plan.budget_count = 1;
    plan.sends_now = true;
    plan.retry_failed = true;
    return run_plan(desk, plan);
}

static void test_settling(struct desk *desk)
{
    check_row = "settled by the record";
    CHECK_EQ(plan_priced(desk, "a", 4200), LX_STORE_OK);
    CHECK_EQ(desk->copy->entry.state, LX_ENTRY_SENDING);
    CHECK_EQ(used(desk), 4200);
    STEP(desk, ID, 0, .task_id = "t1");
    CHECK_EQ(step(desk, LX_ENTRY_EVENT_SUCCEED, 1,
                  (struct lx_entry_news){.charged_mc = 4000}),
             LX_STORE_OK);
    CHECK_EQ(used(desk), 4000);

    check_row = "settled by the price";
    CHECK_EQ(plan_priced(desk, "b", 100), LX_STORE_OK);
    STEP(desk, ID, 0, .task_id = "t2");
    STEP(desk, FAIL, 1, .error = "{}");
    CHECK_EQ(used(desk), 4100);

    check_row = "another attempt after it failed";
    CHECK_EQ(plan_priced(desk, "b", 100), LX_STORE_OK);
    CHECK_EQ(desk->copy->entry.attempt, 2);
    CHECK_EQ(used(desk), 4200);

    check_row = "refused, and sent for the rate again";
    STEP(desk, NOT_SENT, desk->copy->entry.fence, .attempt = 2);
    STEP(desk, SEND, desk->copy->entry.fence, .token_hash = NULL);
    CHECK_EQ(desk->copy->entry.attempt, 2);
    CHECK_EQ(used(desk), 4200);
    STEP(desk, REFUSE, 2, .error = "{}");
    CHECK_EQ(used(desk), 4100);
}

static void test_unknown_money(struct desk *desk)
{
    check_row = "an unknown keeps its reservation";
    CHECK_EQ(plan_priced(desk, "c", 500), LX_STORE_OK);
    STEP(desk, LOSE, 1, .error = "{}");
    CHECK_EQ(used(desk), 4600);
    STEP(desk, NOTHING, desk->copy->entry.fence, .detail = "a person");
    CHECK_EQ(desk->copy->entry.state, LX_ENTRY_REFUSED);
    CHECK_EQ(used(desk), 4100);

    check_row = "it was made after all";
    STEP(desk, ID, 0, .task_id = "t3");
    CHECK_EQ(step(desk, LX_ENTRY_EVENT_SUCCEED, 1,
                  (struct lx_entry_news){.charged_mc = 500}),
             LX_STORE_OK);
    CHECK_EQ(used(desk), 4600);

    check_row = "charged, a person says";
    CHECK_EQ(plan_priced(desk, "d", 400), LX_STORE_OK);
    STEP(desk, LOSE, 1, .error = "{}");
    STEP(desk, CHARGED, desk->copy->entry.fence, .detail = "a person");
    CHECK_EQ(desk->copy->entry.state, LX_ENTRY_ABANDONED);
    CHECK_EQ(used(desk), 5000);
}

static void test_ceiling(struct desk *desk)
{
    check_row = "the ceiling";
    CHECK_EQ(plan_priced(desk, "e", 5001), LX_STORE_OVER);
    CHECK_EQ(desk->end, LX_PLAN_OVER);
    CHECK(!desk->copy);
    CHECK_EQ(rig_find_key(&desk->rig, "e").count, 0);
    CHECK_EQ(used(desk), 5000);
    CHECK_EQ(plan_priced(desk, "e", LX_MONEY_UNKNOWN), LX_STORE_OK);
    CHECK_EQ(desk->end, LX_PLAN_NO_PRICE);
    CHECK_EQ(rig_find_key(&desk->rig, "e").count, 0);
    CHECK_EQ(plan_priced(desk, "e", 5000), LX_STORE_OK);
    CHECK_EQ(used(desk), 10000);

    check_row = "a charge above its price counts in full";
    STEP(desk, ID, 0, .task_id = "t5");
    CHECK_EQ(step(desk, LX_ENTRY_EVENT_SUCCEED, 1,
                  (struct lx_entry_news){.charged_mc = 6000}),
             LX_STORE_OK);
    CHECK_EQ(used(desk), 11000);
    CHECK_EQ(plan_priced(desk, "f", 1), LX_STORE_OVER);

    check_row = "cancelled before it is sent";
    CHECK_EQ(plan(desk, "g"), LX_PLAN_SEND);
    STEP(desk, CANCEL, desk->copy->entry.fence, .detail = "user");
    CHECK_EQ(desk->copy->entry.state, LX_ENTRY_REFUSED);
}

/* What an attempt has reserved that is not sent any more. */
static void test_given_back(struct desk *desk)
{
    int64_t used_mc = used(desk);

    check_row = "planned again, and the first attempt was made after all";
    struct lx_plan again = plan_for("h");
    again.price_mc = 10;
    again.sends_now = true;
    CHECK_EQ(run_plan(desk, again), LX_STORE_OK);
    STEP(desk, REFUSE, 1, .error = "{}");
    again.token_hash = token_of("h2");
    again.sends_now = false;
    CHECK_EQ(run_plan(desk, again), LX_STORE_OK);
    CHECK_EQ(desk->copy->entry.attempt, 2);
    STEP(desk, ID, 0, .task_id = "t8");
    CHECK_EQ(desk->copy->entry.attempt, 1);
    CHECK_EQ(reserved(desk, 2), 0);

    check_row = "the second attempt is refused after that";
    again = plan_for("i");
    again.price_mc = 10;
    again.sends_now = true;
    CHECK_EQ(run_plan(desk, again), LX_STORE_OK);
    STEP(desk, REFUSE, 1, .error = "{}");
    again.token_hash = token_of("i2");
    CHECK_EQ(run_plan(desk, again), LX_STORE_OK);
    STEP(desk, ID, 0, .task_id = "t9");
    CHECK_EQ(reserved(desk, 2), 10);
    CHECK_EQ(step(desk, LX_ENTRY_EVENT_REFUSE, 2, NEWS(.error = "{}")),
             LX_STORE_OK);
    CHECK_EQ(reserved(desk, 2), 0);
    CHECK_EQ(desk->copy->entry.attempt, 1);
    CHECK_EQ(used(desk), used_mc);
}

/* A ceiling that comes later holds for what is not sent yet. */
static void test_later_ceiling(struct desk *desk)
{
    check_row = "without a price";
    CHECK_EQ(plan(desk, "a"), LX_PLAN_SEND);
    STEP(desk, LEAVE, desk->copy->entry.fence, .detail = NULL);
    CHECK_EQ(plan_priced(desk, "a", LX_MONEY_UNKNOWN), LX_STORE_OK);
    CHECK_EQ(desk->end, LX_PLAN_NO_PRICE);
    CHECK(!desk->copy);

    check_row = "with one";
    CHECK_EQ(plan_priced(desk, "a", 10001), LX_STORE_OVER);
    CHECK_EQ(used(desk), 0);
    CHECK_EQ(plan_priced(desk, "a", 4200), LX_STORE_OK);
    CHECK_EQ(desk->end, LX_PLAN_SEND);
    CHECK_EQ(desk->copy->entry.state, LX_ENTRY_SENDING);
    CHECK_EQ(used(desk), 4200);

    check_row = "once";
    STEP(desk, NOT_SENT, desk->copy->entry.fence, .attempt = 1);
    STEP(desk, LEAVE, desk->copy->entry.fence, .detail = NULL);
    CHECK_EQ(plan_priced(desk, "a", 4200), LX_STORE_OK);
    CHECK_EQ(used(desk), 4200);

    check_row = "what was refused";
    STEP(desk, REFUSE, 1, .error = "{}");
    CHECK_EQ(used(desk), 0);
    CHECK_EQ(plan_priced(desk, "a", LX_MONEY_UNKNOWN), LX_STORE_OK);
    CHECK_EQ(desk->end, LX_PLAN_NO_PRICE);

    check_row = "what failed while it was waited for";
    CHECK_EQ(plan_priced(desk, "a", 1), LX_STORE_OK);
    STEP(desk, ID, 0, .task_id = "t1", .attempt = 2);
    STEP(desk, FAIL, 2, .error = "{}");
    struct lx_plan again = plan_for("a");
    again.retry_failed = again.is_known = true;
    CHECK_EQ(run_plan(desk, again), LX_STORE_OK);
    CHECK_EQ(desk->end, LX_PLAN_FAILED);
}

static void test_money(void)
{
    struct desk desk;

    desk_open(&desk, "money");
    test_settling(&desk);
    test_unknown_money(&desk);
    test_ceiling(&desk);
    test_given_back(&desk);
    desk_close(&desk);
    desk_open(&desk, "later");
    test_later_ceiling(&desk);
    desk_close(&desk);
}
