/* ledger_cases.h: what a client writes into its journal, on any store: keys,
 * owners that die, lost answers, callbacks, and money to the thousandth. Behind
 * the header of a world. */
#pragma once

#include "journal/journal.h"
#include "journal/ledger.h"
#include "os/clock.h"

#include "store_rig.h"

static const unsigned char IDENTITY[32] = "identity", OTHER[32] = "another";
static const struct lx_store_budget DAY = {"studio", 20000, 10000};

struct desk {
    struct rig rig;
    struct lx_ledger ledger;
    struct lx_entry_copy *copy; /* of the last plan */
    enum lx_plan_end end;
};

static void desk_open(struct desk *desk, const char *name)
{
    memset(desk, 0, sizeof *desk);
    desk->rig.api = &WORLD_API;
    world_place(desk->rig.place, sizeof desk->rig.place, name);
    rig_open(&desk->rig);
    desk->ledger = (struct lx_ledger){desk->rig.api, desk->rig.store};
}

static void desk_close(struct desk *desk)
{
    free(desk->copy);
    desk->copy = NULL;
    rig_close(&desk->rig);
}

/* Of the callback of that key's attempt. */
static const unsigned char *token_of(const char *key)
{
    static unsigned char token[32];

    memset(token, 0, sizeof token);
    memcpy(token, key, strlen(key));
    return token;
}

static struct lx_plan plan_for(const char *key)
{
    return (struct lx_plan){.wanted = {.origin = "https://api.example",
                                       .key = key,
                                       .model = "z-image",
                                       .identity = IDENTITY,
                                       .body = "{}"},
                            .token_hash = token_of(key),
                            .price_mc = LX_MONEY_UNKNOWN,
                            .now_ms = NOW_MS};
}

/* As the journal thread does: what is not OK is undone. */
static void end_part(struct desk *desk, enum lx_store_status status)
{
    struct rig *rig = &desk->rig;

    CHECK_EQ(status == LX_STORE_OK ? rig->api->keep(rig->store)
                                   : rig->api->undo(rig->store),
             LX_STORE_OK);
    rig_commit(rig);
}

static void begin_part(struct desk *desk)
{
    rig_begin(&desk->rig);
    CHECK_EQ(desk->rig.api->mark(desk->rig.store), LX_STORE_OK);
}

static enum lx_store_status run_plan(struct desk *desk, struct lx_plan plan)
{
    free(desk->copy);
    begin_part(desk);
    enum lx_store_status status =
        lx_ledger_plan(&desk->ledger, &plan, &desk->end, &desk->copy);
    end_part(desk, status);
    return status;
}

static enum lx_plan_end plan(struct desk *desk, const char *key)
{
    CHECK_EQ(run_plan(desk, plan_for(key)), LX_STORE_OK);
    return desk->end;
}

static enum lx_store_status step(struct desk *desk, enum lx_entry_event event,
                                 int64_t seen, struct lx_entry_news news)
{
    struct lx_entry after = {0};

    news.now_ms = NOW_MS + 1000;
    if (event == LX_ENTRY_EVENT_ID && !news.attempt)
        news.attempt = 1;
    begin_part(desk);
    enum lx_store_status status = lx_ledger_step(
        &desk->ledger, desk->copy->entry.id, event, seen, &news, &after);
    end_part(desk, status);
    if (status == LX_STORE_OK) {
        desk->copy->entry.state = after.state;
        desk->copy->entry.fence = after.fence;
        desk->copy->entry.attempt = after.attempt;
    }
    return status;
}

#define NEWS(...)                                                              \
    ((struct lx_entry_news){.charged_mc = LX_MONEY_UNKNOWN, __VA_ARGS__})
#define STEP(desk, event, seen, ...)                                           \
    CHECK_EQ(step(desk, LX_ENTRY_EVENT_##event, seen, NEWS(__VA_ARGS__)),      \
             LX_STORE_OK)

static void send_it(struct desk *desk)
{
    STEP(desk, SEND, desk->copy->entry.fence, .detail = "sent");
    CHECK_EQ(desk->copy->entry.state, LX_ENTRY_SENDING);
}

static enum lx_store_status confirm(struct desk *desk, int64_t fence)
{
    begin_part(desk);
    enum lx_store_status status =
        lx_ledger_confirm(&desk->ledger, desk->copy->entry.id, fence);
    end_part(desk, status);
    return status;
}

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
    STEP(&desk, SUCCEED, 1, .urls = "[\"u\"]");
    CHECK_EQ(plan(&desk, "hero"), LX_PLAN_RESULT);
    CHECK_TEXT(desk.copy->entry.urls, "[\"u\"]");
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

/* ---- money ---- */

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

/* ---- taking over ---- */

struct taken {
    int count;
    char text[300];
};

static void take(void *argument, struct lx_entry_copy *copy)
{
    struct taken *taken = argument;
    size_t length = strlen(taken->text);

    taken->count++;
    snprintf(taken->text + length, sizeof taken->text - length, "%s:%s:%s ",
             copy->entry.key, lx_entry_state_name(copy->entry.state),
             copy->task_id);
    free(copy);
}

static struct taken take_all(struct desk *desk, int limit)
{
    struct taken taken = {0};
    struct lx_store_query query = {.origin = "https://api.example",
                                   .limit = limit};
    bool more = true;

    while (more) {
        rig_begin(&desk->rig);
        CHECK_EQ(
            lx_ledger_take(&desk->ledger, &query, NOW_MS, &more, take, &taken),
            LX_STORE_OK);
        rig_commit(&desk->rig);
    }
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
