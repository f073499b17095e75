/* The step function of a task: every phase and input, the money policy, what
 * ends a watch and what does not. */
#include "task_rig.h"

#include <math.h>

/* ---- every phase, every input ---- */

#define INPUTS 20

/* One letter an action: . NOTHING, S SEND, W WAIT, R REST, F FORGET, E END.
 * Columns: watch, time, sent, nudge, nudge in flight, learned, cancel, cancel
 * in flight, withdraw, withdraw in flight, bad key, then the outcomes DONE with
 * a record that waits, has succeeded, has failed; AGAIN, SLOWER, NOT_VISIBLE,
 * REFUSED, BAD_KEY, OVER. */
static const struct {
    const char *name, *actions;
    enum lx_phase phase;
} phase_rows[] = {
    {"creating", ".S....E.E..WWWWWEEEE", LX_PHASE_CREATING},
    {"given up", "...........FFFEEEEEE", LX_PHASE_GIVEN_UP},
    {"held", "W.....FF............", LX_PHASE_HELD},
    {"watching", ".S.S..FF..EWEEWWWWSE", LX_PHASE_WATCHING},
    {"asking", ".S....FF...EEEWWEEEE", LX_PHASE_ASKING},
    {"over", "....................", LX_PHASE_OVER},
};

static struct lx_input input_of(int column, const struct lx_outcome *outcomes)
{
    static const enum lx_input_type types[] = {
        LX_INPUT_WATCH,    LX_INPUT_TIME,     LX_INPUT_SENT,   LX_INPUT_NUDGE,
        LX_INPUT_NUDGE,    LX_INPUT_LEARNED,  LX_INPUT_CANCEL, LX_INPUT_CANCEL,
        LX_INPUT_WITHDRAW, LX_INPUT_WITHDRAW, LX_INPUT_BAD_KEY};
    bool is_in_flight = column == 4 || column == 7 || column == 9;
    struct lx_input input = {.type = LX_INPUT_OUTCOME,
                             .exact_s = -1,
                             .random = 0.5,
                             .watch_for_ms = WATCH_MS,
                             .outcome = outcomes,
                             .is_proven = true,
                             .request = is_in_flight ? LX_REQUEST_IN_FLIGHT
                                                     : LX_REQUEST_NONE};

    if (column < 11)
        input.type = types[column];
    else
        input.outcome = &outcomes[column - 11];
    return input;
}

static void test_every_input(void)
{
    static const char letters[] = {
        [LX_ACTION_NOTHING] = '.', [LX_ACTION_SEND] = 'S',
        [LX_ACTION_WAIT] = 'W',    [LX_ACTION_REST] = 'R',
        [LX_ACTION_FORGET] = 'F',  [LX_ACTION_END] = 'E',
    };
    struct lx_outcome outcomes[] = {
        record_of(WAITING),
        record_of(SUCCESS),
        record_of(FAIL),
        outcome_of(LX_VERDICT_AGAIN, LX_KIND_NETWORK, 0),
        outcome_of(LX_VERDICT_SLOWER, LX_KIND_RATE_LIMITED, 429),
        outcome_of(LX_VERDICT_NOT_VISIBLE, LX_KIND_NOT_FOUND, 404),
        outcome_of(LX_VERDICT_REFUSED, LX_KIND_INVALID_REQUEST, 400),
        outcome_of(LX_VERDICT_BAD_KEY, LX_KIND_AUTH, 401),
        outcome_of(LX_VERDICT_OVER, LX_KIND_BAD_RESPONSE, 200),
    };

    for (size_t i = 0; i < sizeof phase_rows / sizeof *phase_rows; i++) {
        char got[INPUTS + 1] = "";

        check_row = phase_rows[i].name;
        for (int column = 0; column < INPUTS; column++) {
            struct rig rig;
            enum lx_action action;

            open_rig(&rig, false);
            enter(&rig, phase_rows[i].phase);
            action = step(&rig, input_of(column, outcomes));
            got[column] = letters[action];
            CHECK_EQ(rig.task.phase == LX_PHASE_OVER,
                     action == LX_ACTION_END || action == LX_ACTION_FORGET ||
                         phase_rows[i].phase == LX_PHASE_OVER);
            if (action == LX_ACTION_WAIT)
                CHECK(rig.task.due_ms >= rig.now_ms);
            close_rig(&rig);
        }
        CHECK_TEXT(got, phase_rows[i].actions);
    }
}

/* A foreign task: asked about at once, and not forgiven when not visible. */
static void test_foreign(void)
{
    struct lx_outcome invisible =
        outcome_of(LX_VERDICT_NOT_VISIBLE, LX_KIND_NOT_FOUND, 404);
    struct rig rig;

    check_row = "foreign";
    open_rig(&rig, false);
    lx_task_init_watch(&rig.task, 0);
    CHECK_EQ(rig.task.phase, LX_PHASE_HELD);
    CHECK_EQ(watch(&rig, WATCH_MS, false), LX_ACTION_SEND);
    CHECK_EQ(rig.task.phase, LX_PHASE_WATCHING);
    CHECK_EQ(rig.task.deadline_ms, rig.now_ms + WATCH_MS);
    CHECK_EQ(take(&rig, &invisible), LX_ACTION_END);
    CHECK_EQ(rig.error.kind, LX_KIND_NOT_FOUND);
    CHECK_EQ(rig.error.attempts, 1);
    close_rig(&rig);
}

/* ---- creating ---- */

static void test_create_attempts(void)
{
    static const struct {
        const char *name;
        enum lx_verdict verdict;
        enum lx_kind kind;
        int attempts, want_sends;
    } rows[] = {
        {"unreachable", LX_VERDICT_AGAIN, LX_KIND_NETWORK, 4, 4},
        {"refused", LX_VERDICT_SLOWER, LX_KIND_RATE_LIMITED, 4, 4},
        {"no retries", LX_VERDICT_SLOWER, LX_KIND_RATE_LIMITED, 1, 1},
        {"lost", LX_VERDICT_OVER, LX_KIND_OUTCOME_UNKNOWN, 4, 1},
        {"invalid", LX_VERDICT_OVER, LX_KIND_INVALID_REQUEST, 4, 1},
        {"odd", LX_VERDICT_NOT_VISIBLE, LX_KIND_NOT_FOUND, 4, 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome outcome =
            outcome_of(rows[i].verdict, rows[i].kind, 0);
        struct rig rig;
        int64_t last_ms = 0;

        check_row = rows[i].name;
        open_rig(&rig, false);
        rig.policy.retry.attempts = rows[i].attempts;
        enter(&rig, LX_PHASE_CREATING);
        rig.sends = 1; /* init says: send it */
        while (take(&rig, &outcome) == LX_ACTION_WAIT && rig.sends < 20) {
            int64_t wait_ms = rig.task.due_ms - rig.now_ms;

            CHECK(rows[i].verdict != LX_VERDICT_SLOWER || wait_ms > last_ms);
            CHECK(rows[i].verdict != LX_VERDICT_SLOWER || wait_ms >= 1000);
            last_ms = wait_ms;
            CHECK_EQ(wake(&rig), LX_ACTION_SEND);
        }
        CHECK_EQ(rig.sends, rows[i].want_sends);
        CHECK_EQ(rig.task.phase, LX_PHASE_OVER);
        CHECK_EQ(rig.error.kind, rows[i].kind);
        CHECK_EQ(rig.error.attempts, rows[i].want_sends);
        CHECK_TEXT(rig.error.message, "words of the outcome");
        close_rig(&rig);
    }
}

/* Withdrawn on its way: what it made is kept, what was refused is not sent
 * again. */
static void test_create_withdrawn(void)
{
    struct lx_input withdrawal = {.type = LX_INPUT_WITHDRAW,
                                  .request = LX_REQUEST_IN_FLIGHT};
    struct lx_outcome made = outcome_of(LX_VERDICT_DONE, LX_KIND_NONE, 200);
    struct lx_outcome refused =
        outcome_of(LX_VERDICT_SLOWER, LX_KIND_RATE_LIMITED, 429);
    struct rig rig;

    check_row = "withdrawn";
    open_rig(&rig, false);
    enter(&rig, LX_PHASE_CREATING);
    CHECK_EQ(step(&rig, withdrawal), LX_ACTION_NOTHING);
    CHECK_EQ(take(&rig, &made), LX_ACTION_WAIT);
    CHECK_EQ(rig.task.phase, LX_PHASE_WATCHING);
    close_rig(&rig);

    open_rig(&rig, false);
    enter(&rig, LX_PHASE_CREATING);
    CHECK_EQ(step(&rig, withdrawal), LX_ACTION_NOTHING);
    CHECK_EQ(take(&rig, &refused), LX_ACTION_END);
    CHECK_EQ(rig.error.kind, LX_KIND_CANCELLED);
    CHECK_EQ(rig.error.charged, LX_CHARGED_NO);
    CHECK_EQ(rig.error.http_status, 429);
    close_rig(&rig);
}

/* A wait that would end at or after the deadline is not begun. */
static void test_create_deadline(void)
{
    static const struct {
        int64_t watch_ms, retry_after_ms;
        enum lx_action want;
    } rows[] = {
        {8000, 7000, LX_ACTION_WAIT},     {7001, 7000, LX_ACTION_WAIT},
        {7000, 7000, LX_ACTION_END},      {1000, -1, LX_ACTION_END},
        {900000, 3600000, LX_ACTION_END},
    };

    check_row = "create's deadline";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome outcome =
            outcome_of(LX_VERDICT_SLOWER, LX_KIND_RATE_LIMITED, 429);
        struct rig rig;

        open_rig(&rig, false);
        lx_task_init_create(&rig.task, 0, false, rows[i].watch_ms, rig.now_ms);
        outcome.error.retry_after_ms = rows[i].retry_after_ms;
        CHECK_EQ(take(&rig, &outcome), rows[i].want);
        if (rows[i].want == LX_ACTION_WAIT)
            CHECK_EQ(rig.task.due_ms, rig.now_ms + rows[i].retry_after_ms);
        else
            CHECK_EQ(rig.error.kind, LX_KIND_RATE_LIMITED);
        close_rig(&rig);
    }
}

/* Not sent by its deadline, or not again: it ends, and nothing was charged. */
static void test_unsent(void)
{
    struct lx_outcome refused =
        outcome_of(LX_VERDICT_SLOWER, LX_KIND_RATE_LIMITED, 429);
    struct rig rig;

    check_row = "unsent";
    for (int refusals = 0; refusals < 2; refusals++) {
        open_rig(&rig, false);
        enter(&rig, LX_PHASE_CREATING);
        for (int i = 0; i < refusals; i++) {
            CHECK_EQ(take(&rig, &refused), LX_ACTION_WAIT);
            CHECK_EQ(wake(&rig), LX_ACTION_SEND); /* but it does not go out */
        }
        rig.now_ms = rig.task.deadline_ms;
        CHECK_EQ(step(&rig, (struct lx_input){.type = LX_INPUT_TIME}),
                 LX_ACTION_END);
        CHECK_EQ(rig.task.phase, LX_PHASE_OVER);
        CHECK_EQ(rig.error.kind,
                 refusals ? LX_KIND_RATE_LIMITED : LX_KIND_DEADLINE);
        CHECK_EQ(rig.error.charged, LX_CHARGED_NO);
        CHECK_EQ(rig.error.attempts, refusals);
        CHECK(rig.error.retryable);
        close_rig(&rig);
    }
}

static void test_held(void)
{
    struct rig rig;

    check_row = "held";
    open_rig(&rig, false);
    lx_task_init_create(&rig.task, 0, true, WATCH_MS, rig.now_ms);
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_REST);
    CHECK_EQ(rig.task.phase, LX_PHASE_HELD);
    /* Watched half an hour later: a fresh deadline, and the age is true. */
    rig.now_ms += 1800000;
    CHECK_EQ(watch(&rig, 60000, false), LX_ACTION_WAIT);
    CHECK_EQ(rig.task.phase, LX_PHASE_WATCHING);
    CHECK_EQ(rig.task.born_ms, START_MS);
    CHECK_EQ(rig.task.deadline_ms, rig.now_ms + 60000);
    close_rig(&rig);

    check_row = "held, watched before it exists";
    open_rig(&rig, false);
    lx_task_init_create(&rig.task, 0, true, WATCH_MS, rig.now_ms);
    CHECK_EQ(watch(&rig, 60000, true), LX_ACTION_NOTHING);
    CHECK_EQ(rig.task.phase, LX_PHASE_CREATING);
    rig.now_ms += 3000;
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
    CHECK_EQ(rig.task.phase, LX_PHASE_WATCHING);
    CHECK_EQ(rig.task.born_ms, rig.now_ms);
    CHECK_EQ(rig.task.deadline_ms, rig.now_ms + 60000);
    close_rig(&rig);
}

/* What faults a create had does not count for the watch that follows. */
static void test_birth(void)
{
    struct lx_outcome refused =
        outcome_of(LX_VERDICT_SLOWER, LX_KIND_RATE_LIMITED, 429);
    struct rig rig;

    check_row = "birth";
    open_rig(&rig, false);
    enter(&rig, LX_PHASE_CREATING);
    take(&rig, &refused);
    wake(&rig);
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
    CHECK_EQ(rig.task.attempts, 0);
    CHECK_EQ(rig.task.failures, 0);
    CHECK_EQ(rig.task.last_kind, LX_KIND_NONE);
    CHECK_EQ(rig.task.due_ms, rig.now_ms + FIRST_MS);
    CHECK(rig.task.knows_birth);
    CHECK_EQ(wake(&rig), LX_ACTION_SEND);
    CHECK_EQ(take_record(&rig, SUCCESS), LX_ACTION_END);
    CHECK_EQ(rig.error.kind, LX_KIND_NONE);
    CHECK_EQ(rig.error.attempts, 1);
    CHECK_EQ(rig.error.retry_after_ms, -1);
    close_rig(&rig);
}

/* ---- asking once ---- */

static void test_asking(void)
{
    static const struct {
        const char *name;
        enum lx_verdict verdict;
        enum lx_kind kind;
        int want_sends;
    } rows[] = {
        {"unreachable", LX_VERDICT_AGAIN, LX_KIND_NETWORK, 4},
        {"server", LX_VERDICT_AGAIN, LX_KIND_SERVER, 4},
        {"refused", LX_VERDICT_SLOWER, LX_KIND_RATE_LIMITED, 4},
        {"a page", LX_VERDICT_AGAIN, LX_KIND_BAD_RESPONSE, 1},
        {"not visible", LX_VERDICT_NOT_VISIBLE, LX_KIND_NOT_FOUND, 1},
        {"no key", LX_VERDICT_OVER, LX_KIND_AUTH, 1},
        {"answered", LX_VERDICT_DONE, LX_KIND_NONE, 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome outcome =
            outcome_of(rows[i].verdict, rows[i].kind, 0);
        struct rig rig;

        check_row = rows[i].name;
        open_rig(&rig, false);
        enter(&rig, LX_PHASE_ASKING);
        rig.sends = 1;
        outcome.error.retry_after_ms = 2000;
        while (take(&rig, &outcome) == LX_ACTION_WAIT && rig.sends < 20) {
            CHECK(rig.task.due_ms >= rig.now_ms + 2000);
            CHECK_EQ(wake(&rig), LX_ACTION_SEND);
        }
        CHECK_EQ(rig.sends, rows[i].want_sends);
        CHECK_EQ(rig.error.kind, rows[i].kind);
        CHECK_EQ(rig.error.attempts, rows[i].want_sends);
        close_rig(&rig);
    }
}

int main(void)
{
    test_every_input();
    test_foreign();
    test_create_attempts();
    test_create_withdrawn();
    test_create_deadline();
    test_unsent();
    test_held();
    test_birth();
    test_asking();
    return check_report("task");
}
