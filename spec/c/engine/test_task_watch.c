/* A task that is watched: what faults do and do not do to it, the grace for
 * one that is not visible yet, the deadline and its words, nudges, learning. */
#include "task_rig.h"

/* Faults of every passing kind, a thousand times: watched all the same. */
static void test_passing_faults(void)
{
    const struct lx_outcome faults[] = {
        outcome_of(LX_VERDICT_AGAIN, LX_KIND_NETWORK, 0),
        outcome_of(LX_VERDICT_AGAIN, LX_KIND_SERVER, 502),
        outcome_of(LX_VERDICT_SLOWER, LX_KIND_RATE_LIMITED, 429),
        outcome_of(LX_VERDICT_AGAIN, LX_KIND_TIMEOUT, 0),
        outcome_of(LX_VERDICT_AGAIN, LX_KIND_BAD_RESPONSE, 200),
    };
    struct rig rig;

    check_row = "passing faults";
    open_rig(&rig, false);
    enter(&rig, LX_PHASE_WATCHING);
    rig.task.deadline_ms = INT64_MAX / 2;
    for (int i = 0; i < 1000; i++) {
        CHECK_EQ(take(&rig, &faults[i % 5]), LX_ACTION_WAIT);
        CHECK(rig.task.due_ms <= rig.now_ms + 300000);
        CHECK_EQ(wake(&rig), LX_ACTION_SEND);
    }
    CHECK_EQ(rig.task.failures, 1000);
    /* One answer, and all is forgotten. */
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
    CHECK_EQ(rig.task.failures, 0);
    CHECK_EQ(rig.task.last_kind, LX_KIND_NONE);
    CHECK_EQ(rig.task.due_ms, rig.now_ms + FIRST_MS);
    wake(&rig);
    CHECK_EQ(take_record(&rig, SUCCESS), LX_ACTION_END);
    CHECK_EQ(rig.error.kind, LX_KIND_NONE);
    CHECK_EQ(rig.error.attempts, 1002);
    close_rig(&rig);
}

/* How long after each fault, at least and at most. */
static void test_fault_waits(void)
{
    static const struct {
        const char *name;
        enum lx_verdict verdict;
        int failures;
        int64_t retry_after_ms, least_ms, most_ms;
    } rows[] = {
        {"first", LX_VERDICT_AGAIN, 1, -1, 0, 500},
        {"fourth", LX_VERDICT_AGAIN, 4, -1, 0, 4000},
        {"told to wait", LX_VERDICT_AGAIN, 1, 9000, 9000, 9000},
        {"refused", LX_VERDICT_SLOWER, 1, -1, 5000, 7500},
        {"refused again", LX_VERDICT_SLOWER, 2, -1, 10000, 15000},
        {"told when", LX_VERDICT_SLOWER, 1, 60000, 60000, 60000},
        {"beyond the end", LX_VERDICT_SLOWER, 1, 3600000, WATCH_MS, WATCH_MS},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome fault =
            outcome_of(rows[i].verdict, LX_KIND_SERVER, 502);
        struct rig rig;

        check_row = rows[i].name;
        open_rig(&rig, false);
        enter(&rig, LX_PHASE_WATCHING);
        fault.error.retry_after_ms = rows[i].retry_after_ms;
        rig.task.failures = rows[i].failures - 1;
        CHECK_EQ(take(&rig, &fault), LX_ACTION_WAIT);
        CHECK(rig.task.due_ms >= rig.now_ms + rows[i].least_ms);
        CHECK(rig.task.due_ms <= rig.now_ms + rows[i].most_ms);
        close_rig(&rig);
    }
}

/* Not visible for so long; then it is, or never. */
static void test_grace(void)
{
    static const struct {
        const char *name;
        int64_t watch_ms, grace_ms;
    } rows[] = {
        {"15 min", 900000, 60000}, {"2 min", 120000, 60000},
        {"1 min", 60000, 30000},   {"10 s", 10000, 5000},
        {"2 s", 2000, 1000},       {"1 s", 1000, 500},
        {"20 ms", 20, 10},
    };
    struct lx_outcome invisible =
        outcome_of(LX_VERDICT_NOT_VISIBLE, LX_KIND_NOT_FOUND, 422);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum lx_action action;
        struct rig rig;

        check_row = rows[i].name;
        open_rig(&rig, false);
        lx_task_init_create(&rig.task, 0, false, rows[i].watch_ms, START_MS);
        take_record(&rig, WAITING);
        while ((action = take(&rig, &invisible)) == LX_ACTION_WAIT) {
            CHECK(rig.task.due_ms > rig.now_ms);
            CHECK(rig.task.due_ms - rig.now_ms <= 5000);
            CHECK(rig.now_ms < START_MS + rows[i].grace_ms);
            CHECK_EQ(wake(&rig), LX_ACTION_SEND);
        }
        /* NOT_FOUND, not the deadline, and not before the grace is over. */
        CHECK_EQ(action, LX_ACTION_END);
        CHECK_EQ(rig.error.kind, LX_KIND_NOT_FOUND);
        CHECK_EQ(rig.now_ms, START_MS + rows[i].grace_ms);
        close_rig(&rig);
    }

    struct rig rig;
    check_row = "seen at last";
    open_rig(&rig, false);
    lx_task_init_watch(&rig.task, 0);
    CHECK_EQ(watch(&rig, WATCH_MS, true), LX_ACTION_SEND);
    for (int j = 0; j < 3; j++) {
        CHECK_EQ(take(&rig, &invisible), LX_ACTION_WAIT);
        CHECK_EQ(wake(&rig), LX_ACTION_SEND);
    }
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
    close_rig(&rig);
}

/* ---- the deadline ---- */

static void test_deadline_words(void)
{
    static const struct {
        const char *record, *want_state;
        enum lx_kind fault;
        int status;
        const char *want_fault;
    } rows[] = {
        {"{\"state\":\"moderating\"}", "(last state: moderating)", LX_KIND_NONE,
         0, "the task goes on at the service"},
        {"{\"state\":\"PROCESSING\"}", "(last state: PROCESSING)", LX_KIND_NONE,
         0, "after 900 s"},
        {"{\"state\":\"waiting\"}", "last state: waiting; last fault: network)",
         LX_KIND_NETWORK, 0, "last fault: network"},
        {"{}", "last state: none seen", LX_KIND_SERVER, 502,
         "last fault: server, HTTP 502"},
        {"{\"state\":7}", "last state: none seen", LX_KIND_NONE, 0, "900 s"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome fault =
            outcome_of(LX_VERDICT_AGAIN, rows[i].fault, rows[i].status);
        struct rig rig;

        check_row = rows[i].record;
        open_rig(&rig, false);
        enter(&rig, LX_PHASE_WATCHING);
        CHECK_EQ(take_record(&rig, rows[i].record), LX_ACTION_WAIT);
        if (rows[i].fault != LX_KIND_NONE)
            CHECK_EQ(take(&rig, &fault), LX_ACTION_WAIT);
        rig.now_ms = rig.task.deadline_ms;
        CHECK_EQ(step(&rig, (struct lx_input){.type = LX_INPUT_TIME}),
                 LX_ACTION_END);
        CHECK_EQ(rig.error.kind, LX_KIND_DEADLINE);
        CHECK_EQ(rig.error.charged, LX_CHARGED_MAYBE);
        CHECK(!rig.error.retryable); /* the same call would pay twice */
        CHECK(rig.error.attempts > 0);
        CHECK_CONTAINS(rig.error.message, rows[i].want_state);
        CHECK_CONTAINS(rig.error.message, rows[i].want_fault);
        close_rig(&rig);
    }
}

/* Waits are cut at the deadline; an answer that comes after it still counts
 * when it is an end. */
static void test_deadline(void)
{
    struct lx_outcome fault = outcome_of(LX_VERDICT_AGAIN, LX_KIND_NETWORK, 0);
    struct rig rig;

    check_row = "deadline";
    open_rig(&rig, false);
    enter(&rig, LX_PHASE_WATCHING);
    rig.now_ms = rig.task.deadline_ms - 100;
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
    CHECK_EQ(rig.task.due_ms, rig.task.deadline_ms);
    rig.task.failures = 5; /* a wait of seconds, were there no deadline */
    CHECK_EQ(take(&rig, &fault), LX_ACTION_WAIT);
    CHECK_EQ(rig.task.due_ms, rig.task.deadline_ms);
    CHECK_EQ(wake(&rig), LX_ACTION_END);
    CHECK_EQ(rig.error.kind, LX_KIND_DEADLINE);
    close_rig(&rig);

    static const struct {
        const char *record;
        enum lx_kind want;
    } late[] = {{SUCCESS, LX_KIND_NONE},
                {FAIL, LX_KIND_NONE}, /* the record says how */
                {WAITING, LX_KIND_DEADLINE}};
    for (size_t i = 0; i < 3; i++) {
        check_row = late[i].record;
        open_rig(&rig, false);
        enter(&rig, LX_PHASE_WATCHING);
        rig.now_ms = rig.task.deadline_ms + 5000;
        CHECK_EQ(take_record(&rig, late[i].record), LX_ACTION_END);
        CHECK_EQ(rig.error.kind, late[i].want);
        close_rig(&rig);
    }
    check_row = "late fault";
    open_rig(&rig, false);
    enter(&rig, LX_PHASE_WATCHING);
    rig.now_ms = rig.task.deadline_ms;
    CHECK_EQ(take(&rig, &fault), LX_ACTION_END);
    CHECK_EQ(rig.error.kind, LX_KIND_DEADLINE);
    close_rig(&rig);
}

/* Another wait for a task that is watched: its deadline counts, be it later or
 * earlier. */
static void test_fresh_deadline(void)
{
    struct rig rig;

    check_row = "fresh deadline";
    open_rig(&rig, false);
    enter(&rig, LX_PHASE_WATCHING);
    rig.now_ms += 1000;
    CHECK_EQ(watch(&rig, 2 * WATCH_MS, false), LX_ACTION_NOTHING);
    CHECK_EQ(rig.task.deadline_ms, rig.now_ms + 2 * WATCH_MS);
    CHECK_EQ(rig.task.due_ms, START_MS + FIRST_MS);
    CHECK_EQ(watch(&rig, 1500, false), LX_ACTION_WAIT);
    CHECK_EQ(rig.task.due_ms, rig.now_ms + 1500);
    CHECK_EQ(wake(&rig), LX_ACTION_END);
    CHECK_CONTAINS(rig.error.message, "after 1.5 s");
    close_rig(&rig);

    check_row = "fresh deadline, asked";
    open_rig(&rig, false);
    enter(&rig, LX_PHASE_WATCHING);
    CHECK_EQ(wake(&rig), LX_ACTION_SEND);
    CHECK_EQ(step(&rig, (struct lx_input){.type = LX_INPUT_WATCH,
                                          .watch_for_ms = 1000,
                                          .request = LX_REQUEST_IN_FLIGHT}),
             LX_ACTION_NOTHING);
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
    CHECK_EQ(rig.task.due_ms, rig.now_ms + 1000);
    close_rig(&rig);
}

/* One that was taken up is asked at once, and then as seldom as its age has
 * it; its end teaches something once it was seen running. */
static void test_taken_up(void)
{
    static const struct {
        const char *name;
        int64_t age_ms, least_ms, most_ms;
        bool teaches;
    } rows[] = {
        {"age not known", 0, 1, 5000, false},
        {"accepted hours ago", 7200000, 25000, 100000, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_input input = {.type = LX_INPUT_WATCH,
                                 .watch_for_ms = WATCH_MS,
                                 .age_ms = rows[i].age_ms,
                                 .random = 0.5};
        const char *name;
        uint64_t count = 0;
        double p50, p90;
        struct rig rig;

        check_row = rows[i].name;
        for (int seen = 0; seen < 2; seen++) {
            open_rig(&rig, true);
            lx_task_init_watch(&rig.task, 0);
            CHECK_EQ(step(&rig, input), LX_ACTION_SEND);
            rig.now_ms += 100;
            if (seen) {
                CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
                CHECK(rig.task.due_ms - rig.now_ms >= rows[i].least_ms);
                CHECK(rig.task.due_ms - rig.now_ms <= rows[i].most_ms);
                CHECK_EQ(wake(&rig), LX_ACTION_SEND);
            }
            CHECK_EQ(take_record(&rig, SUCCESS), LX_ACTION_END);
            CHECK_EQ(lx_schedule_summary(rig.policy.schedule, 0, &name, &count,
                                         &p50, &p90),
                     seen && rows[i].teaches);
            close_rig(&rig);
        }
    }
}

/* ---- a page instead of an answer ---- */

static void test_pages(void)
{
    static const struct {
        const char *name;
        enum lx_shape shape;
        enum lx_kind kind;
        bool is_proven;
        enum lx_action want;
    } rows[] = {
        {"wrong base URL", LX_SHAPE_HTML, LX_KIND_BAD_RESPONSE, false,
         LX_ACTION_END},
        {"captive portal", LX_SHAPE_HTML, LX_KIND_BAD_RESPONSE, true,
         LX_ACTION_WAIT},
        {"a proxy's 502", LX_SHAPE_HTML, LX_KIND_SERVER, false, LX_ACTION_WAIT},
        {"garbage", LX_SHAPE_NOT_JSON, LX_KIND_BAD_RESPONSE, false,
         LX_ACTION_WAIT},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome outcome =
            outcome_of(LX_VERDICT_AGAIN, rows[i].kind, 200);
        struct rig rig;

        check_row = rows[i].name;
        open_rig(&rig, false);
        enter(&rig, LX_PHASE_WATCHING);
        outcome.envelope.shape = rows[i].shape;
        CHECK_EQ(step(&rig, (struct lx_input){.type = LX_INPUT_OUTCOME,
                                              .outcome = &outcome,
                                              .is_proven = rows[i].is_proven}),
                 rows[i].want);
        if (rows[i].want == LX_ACTION_END)
            CHECK_EQ(rig.error.kind, LX_KIND_BAD_RESPONSE);
        close_rig(&rig);
    }
}

/* ---- nudges and learning ---- */

static void test_nudges(void)
{
    struct lx_input nudge = {.type = LX_INPUT_NUDGE};
    struct rig rig;

    check_row = "nudge";
    open_rig(&rig, false);
    enter(&rig, LX_PHASE_WATCHING);
    CHECK_EQ(step(&rig, nudge), LX_ACTION_SEND); /* at once */
    nudge.request = LX_REQUEST_IN_FLIGHT;
    CHECK_EQ(step(&rig, nudge), LX_ACTION_NOTHING);
    CHECK_EQ(step(&rig, nudge), LX_ACTION_NOTHING);
    /* Its answer may be older than the news: once more, and once only. */
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_SEND);
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
    CHECK_EQ(step(&rig, nudge), LX_ACTION_NOTHING);
    CHECK_EQ(take_record(&rig, SUCCESS), LX_ACTION_END);
    close_rig(&rig);
}

/* After many nudges a cadence without a real maximum overflows: the
 * wait is the deadline, not the past. */
static void test_endless_cadence(void)
{
    struct lx_cadence cadence = {.first = 1.0, .factor = 10.0, .max = 1e300};
    struct rig rig;

    check_row = "endless cadence";
    open_rig(&rig, false);
    lx_schedule_free(rig.policy.schedule);
    rig.policy.schedule = lx_schedule_new(&cadence);
    enter(&rig, LX_PHASE_WATCHING);
    for (int i = 0; i < 400; i++) {
        CHECK_EQ(step(&rig, (struct lx_input){.type = LX_INPUT_NUDGE}),
                 LX_ACTION_SEND);
        CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
        CHECK(rig.task.due_ms > rig.now_ms);
        CHECK(rig.task.due_ms <= rig.task.deadline_ms);
    }
    CHECK_EQ(rig.task.due_ms, rig.task.deadline_ms);
    close_rig(&rig);
}

/* Only what began here teaches how long a model takes. */
static void test_teaching(void)
{
    static const struct {
        const char *name, *record;
        bool is_foreign;
        uint64_t want;
    } rows[] = {
        {"our success", SUCCESS, false, 1},
        {"our failure", FAIL, false, 0},
        {"a foreign success", SUCCESS, true, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *name;
        uint64_t count = 0;
        double p50, p90;
        struct rig rig;

        check_row = rows[i].name;
        open_rig(&rig, true);
        if (rows[i].is_foreign) {
            lx_task_init_watch(&rig.task, 0);
            watch(&rig, WATCH_MS, false);
        } else {
            enter(&rig, LX_PHASE_WATCHING);
        }
        rig.now_ms += 20000;
        CHECK_EQ(take_record(&rig, rows[i].record), LX_ACTION_END);
        lx_schedule_summary(rig.policy.schedule, 0, &name, &count, &p50, &p90);
        CHECK_EQ(count, rows[i].want);
        lx_schedule_leave(rig.policy.schedule, &rig.task.entry);
        close_rig(&rig);
    }
}

/* An end moves the plans of the others, but not a pause after a fault, nor a
 * task that is being asked about. */
static void test_learned(void)
{
    struct lx_outcome fault = outcome_of(LX_VERDICT_AGAIN, LX_KIND_SERVER, 502);
    struct lx_input learned = {.type = LX_INPUT_LEARNED, .random = 0.5};
    struct rig rig;
    struct lx_task other;

    check_row = "learned";
    open_rig(&rig, true);
    enter(&rig, LX_PHASE_WATCHING);
    other = rig.task;
    lx_schedule_join(rig.policy.schedule, &other.entry, 0);
    CHECK_EQ(step(&rig, learned), LX_ACTION_NOTHING); /* nothing new */
    lx_schedule_ended(rig.policy.schedule, &other.entry, 20.0, 20.0);
    learned.request = LX_REQUEST_IN_FLIGHT;
    CHECK_EQ(step(&rig, learned), LX_ACTION_NOTHING);
    learned.request = LX_REQUEST_NONE;
    CHECK_EQ(step(&rig, learned), LX_ACTION_WAIT);
    CHECK_EQ(step(&rig, learned), LX_ACTION_NOTHING); /* known by now */
    take(&rig, &fault);
    lx_schedule_join(rig.policy.schedule, &other.entry, 0);
    lx_schedule_ended(rig.policy.schedule, &other.entry, 20.0, 20.0);
    CHECK_EQ(step(&rig, learned), LX_ACTION_NOTHING);
    close_rig(&rig);
}

int main(void)
{
    test_passing_faults();
    test_fault_waits();
    test_grace();
    test_deadline_words();
    test_deadline();
    test_fresh_deadline();
    test_taken_up();
    test_pages();
    test_nudges();
    test_endless_cadence();
    test_teaching();
    test_learned();
    return check_report("task_watch");
}
