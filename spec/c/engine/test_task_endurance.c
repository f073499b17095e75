/* What does not end a task that exists: refusals, a replica that lags, success
 * before its result. */
#include "task_rig.h"

/* Known once, then unknown to a replica that lags: as long as a new task. */
static void test_lagging_replica(void)
{
    struct lx_outcome invisible =
        outcome_of(LX_VERDICT_NOT_VISIBLE, LX_KIND_NOT_FOUND, 404);
    enum lx_action action;
    struct rig rig;

    check_row = "lagging replica";
    open_rig(&rig, false);
    lx_task_init_watch(&rig.task, 0); /* not ours */
    watch(&rig, WATCH_MS, false);
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
    CHECK_EQ(wake(&rig), LX_ACTION_SEND);
    int64_t seen_ms = rig.now_ms;
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
    while ((action = take(&rig, &invisible)) == LX_ACTION_WAIT)
        CHECK_EQ(wake(&rig), LX_ACTION_SEND);
    CHECK_EQ(action, LX_ACTION_END);
    CHECK_EQ(rig.error.kind, LX_KIND_NOT_FOUND);
    CHECK_EQ(rig.now_ms, seen_ms + 60000);
    close_rig(&rig);
}

/* What the service knows of is waited for to the deadline; what it has never
 * shown, for a few attempts; and nothing where it has never answered. */
static void test_refusals(void)
{
    static const struct {
        const char *name;
        bool is_ours, is_seen, is_proven;
        int want_attempts; /* 0: until the deadline */
        enum lx_kind want;
    } rows[] = {
        {"ours", true, false, true, 0, LX_KIND_DEADLINE},
        {"seen", false, true, true, 0, LX_KIND_DEADLINE},
        {"unheard of", false, false, true, 4, LX_KIND_INVALID_REQUEST},
        {"wrong base_url", false, false, false, 1, LX_KIND_INVALID_REQUEST},
    };
    struct lx_outcome refusal =
        outcome_of(LX_VERDICT_REFUSED, LX_KIND_INVALID_REQUEST, 400);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum lx_action action = LX_ACTION_SEND;
        struct rig rig;

        check_row = rows[i].name;
        open_rig(&rig, false);
        rig.is_proven = rows[i].is_proven;
        lx_task_init_watch(&rig.task, 0);
        watch(&rig, WATCH_MS, rows[i].is_ours);
        if (rows[i].is_seen)
            take_record(&rig, WAITING);
        while (action == LX_ACTION_SEND) {
            action = take(&rig, &refusal);
            if (action == LX_ACTION_WAIT)
                action = wake(&rig);
        }
        CHECK_EQ(action, LX_ACTION_END);
        CHECK_EQ(rig.error.kind, rows[i].want);
        if (rows[i].want_attempts > 0)
            CHECK_EQ(rig.error.attempts, rows[i].want_attempts);
        else
            CHECK_CONTAINS(rig.error.message, "invalid_request, HTTP 400");
        close_rig(&rig);
    }
}

static enum lx_action take_empty(struct rig *rig)
{
    struct lx_outcome outcome = record_of(SUCCESS);

    step(rig, (struct lx_input){.type = LX_INPUT_SENT});
    return step(rig, (struct lx_input){.type = LX_INPUT_OUTCOME,
                                       .outcome = &outcome,
                                       .is_empty = true,
                                       .exact_s = -1});
}

/* Success before its result: asked again three times, each time later; another
 * replica's "not visible" is one of them. The record says what is missing. */
static void test_empty_success(void)
{
    /* e: success without a result, n: not visible, s: with one */
    static const char *const rows[] = {"eee", "nnn", "ene", "s", "ees", "ns"};
    struct lx_outcome invisible =
        outcome_of(LX_VERDICT_NOT_VISIBLE, LX_KIND_NOT_FOUND, 404);
    struct rig rig;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t last_ms = 0;

        check_row = rows[i];
        open_rig(&rig, false);
        enter(&rig, LX_PHASE_WATCHING);
        enum lx_action action = take_empty(&rig);
        for (const char *at = rows[i]; *at; at++) {
            CHECK_EQ(action, LX_ACTION_WAIT);
            CHECK(rig.task.due_ms - rig.now_ms > last_ms);
            last_ms = rig.task.due_ms - rig.now_ms;
            CHECK_EQ(wake(&rig), LX_ACTION_SEND);
            action = *at == 'n'   ? take(&rig, &invisible)
                     : *at == 's' ? take_record(&rig, SUCCESS)
                                  : take_empty(&rig);
        }
        CHECK_EQ(action, LX_ACTION_END);
        CHECK_EQ(rig.error.kind, LX_KIND_NONE);
        close_rig(&rig);
    }

    check_row = "no time for another question";
    open_rig(&rig, false);
    enter(&rig, LX_PHASE_WATCHING);
    rig.now_ms = rig.task.deadline_ms - 1000;
    CHECK_EQ(take_empty(&rig), LX_ACTION_END);
    CHECK_EQ(rig.error.kind, LX_KIND_NONE);
    close_rig(&rig);
}

int main(void)
{
    test_lagging_replica();
    test_refusals();
    test_empty_success();
    return check_report("task_endurance");
}
