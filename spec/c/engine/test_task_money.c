/* The money rules from the wire to the step: for every way in which a create
 * can end, whether it is ever sent again. The oracle is written out here and
 * knows nothing of the tables in the core. */
#include "task_rig.h"

#define PLATFORM_BODY                                                          \
    "{\"error\":{\"message\":\"words\",\"type\":\"new_api_error\","            \
    "\"code\":\"\"}}"

static const char *const bodies[] = {
    "",
    "{\"code\":%d,\"msg\":\"words\",\"data\":null}",
    "{\"code\":200,\"msg\":\"words\",\"data\":null}",
    "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"\"}}",
    PLATFORM_BODY,
    "{\"code\":\"invalid_request\",\"message\":\"words\",\"data\":null}",
    "{\"success\":false,\"message\":\"words\"}",
    "<html><head><title>words</title></head></html>",
    "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"task_z",
    "[]",
};

/* Sends of one create whose every request ends like this. */
static int count_sends(const struct lx_answer *answer)
{
    struct lx_outcome outcome;
    struct rig rig;

    open_rig(&rig, false);
    enter(&rig, LX_PHASE_CREATING);
    rig.sends = 1;
    lx_outcome_judge(LX_OPERATION_CREATE, answer, &outcome);
    while (rig.sends < 20 && take(&rig, &outcome) == LX_ACTION_WAIT) {
        if (rig.task.phase != LX_PHASE_CREATING)
            break;
        CHECK_EQ(wake(&rig), LX_ACTION_SEND);
        CHECK_EQ(rig.task.phase, LX_PHASE_CREATING);
    }
    /* Who may have paid is told so, and is not invited to repeat it. */
    if (rig.task.phase == LX_PHASE_OVER && rig.error.charged != LX_CHARGED_NO)
        CHECK(rig.sends == 1 && !rig.error.retryable);
    lx_outcome_deinit(&outcome);
    close_rig(&rig);
    return rig.sends;
}

/* Every HTTP status with every shape of body. The number that counts is the
 * status, or with a good one the body's code. */
static void test_answers(void)
{
    for (int status = 200; status <= 599; status++)
        for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
            for (int hidden = 0; hidden < 2; hidden++) {
                int http_status = hidden ? 200 : status;
                bool is_platform = strstr(bodies[i], "new_api_error") != NULL;
                bool speaks = !hidden || i == 1;
                bool is_safe =
                    speaks && (status == 425 || status == 429 ||
                               status == 433 || (status == 503 && is_platform));
                char body[200], row[300];
                struct lx_answer answer = {.http_status = http_status,
                                           .retry_after_ms = -1};

                snprintf(body, sizeof body, bodies[i], status);
                snprintf(row, sizeof row, "HTTP %d: %s", http_status, body);
                check_row = row;
                answer.body = *body ? body : NULL;
                answer.body_length = strlen(body);
                CHECK_EQ(count_sends(&answer), is_safe ? 4 : 1);
            }
    check_row = "";
}

static void test_transports(void)
{
    static const struct {
        const char *name;
        enum lx_transport transport;
        enum lx_stage stage;
        bool timed_out;
        int http_status, want_sends;
    } rows[] = {
        {"resolve", LX_TRANSPORT_NOT_SENT, LX_STAGE_RESOLVE, false, 0, 4},
        {"connect", LX_TRANSPORT_NOT_SENT, LX_STAGE_CONNECT, false, 0, 4},
        {"connect late", LX_TRANSPORT_NOT_SENT, LX_STAGE_CONNECT, true, 0, 4},
        {"tls", LX_TRANSPORT_NOT_SENT, LX_STAGE_TLS, false, 0, 4},
        {"sending", LX_TRANSPORT_LOST, LX_STAGE_SEND, false, 0, 1},
        {"no answer", LX_TRANSPORT_LOST, LX_STAGE_RECEIVE, false, 0, 1},
        {"too late", LX_TRANSPORT_LOST, LX_STAGE_RECEIVE, true, 0, 1},
        {"cut off", LX_TRANSPORT_LOST, LX_STAGE_RECEIVE, false, 200, 1},
        {"500 cut off", LX_TRANSPORT_LOST, LX_STAGE_RECEIVE, false, 500, 1},
        {"503 cut off", LX_TRANSPORT_LOST, LX_STAGE_RECEIVE, false, 503, 1},
        {"413 cut off", LX_TRANSPORT_LOST, LX_STAGE_SEND, false, 413, 1},
        {"429 cut off", LX_TRANSPORT_LOST, LX_STAGE_SEND, false, 429, 4},
        {"oversized", LX_TRANSPORT_OVERSIZED, LX_STAGE_RECEIVE, false, 200, 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_answer answer = {.transport = rows[i].transport,
                                   .stage = rows[i].stage,
                                   .timed_out = rows[i].timed_out,
                                   .http_status = rows[i].http_status,
                                   .retry_after_ms = -1};

        check_row = rows[i].name;
        CHECK_EQ(count_sends(&answer), rows[i].want_sends);
    }
}

/* Refused twice, then taken: three requests, and never a fourth create. */
static void test_saturated(void)
{
    struct lx_outcome refused =
        outcome_of(LX_VERDICT_SLOWER, LX_KIND_RATE_LIMITED, 429);
    struct rig rig;

    check_row = "saturated";
    open_rig(&rig, false);
    enter(&rig, LX_PHASE_CREATING);
    rig.sends = 1;
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(take(&rig, &refused), LX_ACTION_WAIT);
        CHECK_EQ(wake(&rig), LX_ACTION_SEND);
    }
    CHECK_EQ(take_record(&rig, WAITING), LX_ACTION_WAIT);
    CHECK_EQ(rig.sends, 3);
    /* From here on SEND means recordInfo, whatever comes. */
    for (int i = 0; i < 50; i++) {
        CHECK_EQ(wake(&rig), LX_ACTION_SEND);
        CHECK_EQ(rig.task.phase, LX_PHASE_WATCHING);
        CHECK_EQ(take(&rig, &refused), LX_ACTION_WAIT);
        if (rig.task.due_ms == rig.task.deadline_ms)
            break;
    }
    CHECK_EQ(wake(&rig), LX_ACTION_END);
    close_rig(&rig);
}

int main(void)
{
    test_answers();
    test_transports();
    test_saturated();
    return check_report("task_money");
}
