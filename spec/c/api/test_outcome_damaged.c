/* The judge on answers that are damaged or cut, or that contradict themselves:
 * what they prove about a task, and about money. */
#include "judge_rig.h"

/* An accepting answer is evidence of money, however damaged it is; and one that
 * refuses and names a task is never sent again. */
static void test_damaged(void)
{
    static const struct {
        enum lx_transport transport;
        int http_status;
        const char *body, *task_id; /* "": none is taken */
        bool is_provisional;
    } rows[] = {
    // clang-format off
#define GOOD(body, task_id, is_provisional)                                    \
    {LX_TRANSPORT_ANSWERED, 200, body, task_id, is_provisional},
#define CUT(body, task_id)                                                     \
    {LX_TRANSPORT_LOST, 200, body, task_id, true},
    GOOD("{\"data\":{\"taskId\":123}}", "123", false)
    GOOD("{\"code\":200,\"data\":\"task_no1\"}", "task_no1", false)
    GOOD("{\"code\":200,\"taskId\":\"t\",\"data\":null}", "t", false)
    GOOD("\xEF\xBB\xBF{\"data\":{\"taskId\":\"t\"}}", "t", true)
    GOOD("{\"n\":NaN,\"data\":{\"taskId\":\"t\"}}", "t", true)
    GOOD("{\"msg\":\"a\nb\",\"data\":{\"taskId\":\"t\"}}", "t", true)
    GOOD("{\"msg\":\"\xB3\xC9\",\"data\":{\"taskId\":\"t\"}}", "t", true)
    GOOD("{\"msg\":\"\x95\\\",\"data\":{\"taskId\":\"t\"}}", "t", true)
    GOOD("{\"code\":200,\"data\":{\"taskId\":\"t\"}", "t", true)
    GOOD("{\"code\":200,\"data\":{\"taskId\":\"t\"", "t", true)
    GOOD("{\"code\":200,\"data\":{\"taskId\":\"t\",},}", "t", true)
    GOOD("{\"data\":{\"taskId\":\"t\"/* new */}}", "t", true)
    GOOD("{\"data\":{\"taskId\":\"t\"}}<html>", "t", true)
    GOOD("{\"data\":{\"taskId\":\"t\"}}{\"data\":{\"taskId\":\"t\"}}", "t", true)
    GOOD("{\"data\":{\"taskId\":\"t\",\"x\":\"<h1>\"oops\"}}", "t", true)
    GOOD("{\"data\":{\"taskId\":17 ,\"x", "17", true)
    GOOD("{\"code\":200,\"data\":[{\"taskId\":\"t\"}]}", "t", true)
    GOOD("{\"code\":200,\"data\":{\"data\":{\"taskId\":17}}}", "17", true)
    GOOD("[{\"task_id\":\"t\"}]", "t", true)
    GOOD("{\"data\":[{\"taskId\":\"t\"}]}{\"taskId\":\"u\"}", "", false)
    GOOD("{\"code\":200,\"data\":{\"input\":{\"taskId\":\"t\"}}}", "", false)
    /* half an id, one of two, one that could not be read */
    GOOD("{\"code\":200,\"data\":{\"taskId\":\"task_z_im", "", false)
    GOOD("{\"code\":200,\"data\":{\"taskId\":17", "", false)
    GOOD("{\"code\":200,\"data\":{\"taskId\":17x}}", "", false)
    GOOD("{\"code\":200,\"data\":{\"taskId\":\"a\"b\"}}", "", false)
    GOOD("{\"code\":200,\"data\":\"task_no1", "", false)
    GOOD("{\"data\":{\"taskId\":\"t\"}}{\"data\":{\"taskId\":\"u\"}}", "", false)
    GOOD("{\"data\":{\"taskId\":\"t\"} \"taskId\":\"u\"}", "", false)
    GOOD("{\"taskId\":\"t\",\"data\":{\"taskId\":\"u\"}}", "", false)
    GOOD("{\"data\":{\"taskId\":\"t\xB3\"}}", "", false)
    /* what came before the connection broke */
    CUT("{\"code\":200,\"data\":{\"taskId\":\"t\"}}", "t")
    CUT("{\"code\":200,\"data\":{\"taskId\":\"t\"", "t")
    CUT("{\"code\":200,\"data\":{\"taskId\":\"t\",\"recordId\":\"x", "t")
    CUT("{\"code\":200,\"data\":{\"taskId\":\"t", "")
    CUT("{\"code\":500,\"data\":{\"taskId\":\"t\"}}", "")
    CUT("", "")
    {LX_TRANSPORT_LOST, 502, "{\"data\":{\"taskId\":\"t\"}}", "", false},
    {LX_TRANSPORT_OVERSIZED, 200, "{\"data\":{\"taskId\":\"t\",\"x\":[", "t",
     true},
        // clang-format on
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_answer answer = {
            .transport = rows[i].transport,
            .stage = rows[i].transport == LX_TRANSPORT_ANSWERED
                         ? LX_STAGE_NONE
                         : LX_STAGE_RECEIVE,
            .http_status = rows[i].http_status,
            .retry_after_ms = -1,
            .body = rows[i].body,
            .body_length = strlen(rows[i].body),
        };
        struct lx_outcome outcome;
        bool is_done = *rows[i].task_id != '\0';

        check_row = rows[i].body;
        judge_answer(C, &answer, &outcome);
        CHECK_EQ(outcome.verdict, is_done ? LX_VERDICT_DONE : LX_VERDICT_OVER);
        if (is_done) {
            CHECK_TEXT(outcome.task_id, rows[i].task_id);
            CHECK_EQ(outcome.is_provisional, rows[i].is_provisional);
        } else {
            CHECK_EQ(outcome.error.charged, LX_CHARGED_MAYBE);
            CHECK(!outcome.error.retryable && !outcome.is_provisional);
            check_money_words(&outcome.error);
        }
    }
}

static void test_refusals_that_name_a_task(void)
{
    static const struct {
        int http_status;
        const char *body;
        enum lx_kind kind;
    } rows[] = {
        {429, "{\"code\":429,\"data\":{\"taskId\":\"t\"}}",
         LX_KIND_OUTCOME_UNKNOWN},
        {200, "{\"code\":433,\"msg\":\"m\",\"data\":{\"taskId\":7}}",
         LX_KIND_OUTCOME_UNKNOWN},
        {503, "{\"error\":{\"message\":\"m\"},\"data\":{\"taskId\":\"t\"}}",
         LX_KIND_OUTCOME_UNKNOWN},
        {400, "{\"code\":400,\"msg\":\"m\",\"taskId\":\"t\"}",
         LX_KIND_INVALID_REQUEST},
        {429, "{\"code\":429,\"data\":{\"taskId\":\"t\"},",
         LX_KIND_OUTCOME_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome outcome;

        check_row = rows[i].body;
        judge(C, rows[i].http_status, rows[i].body, &outcome);
        CHECK_EQ(outcome.verdict, LX_VERDICT_OVER);
        CHECK_EQ(outcome.error.kind, rows[i].kind);
        CHECK_EQ(outcome.error.charged, LX_CHARGED_MAYBE);
        CHECK(!outcome.error.retryable);
        check_money_words(&outcome.error);
        CHECK_CONTAINS(outcome.error.message, "it names the task");
    }
}

/* A text in `data` is no id where the answer refuses. */
static void test_refusals_with_a_text(void)
{
    struct lx_outcome outcome;

    judge(C, 429, "{\"code\":429,\"msg\":\"m\",\"data\":\"retry_10s\"}",
          &outcome);
    CHECK_EQ(outcome.verdict, LX_VERDICT_SLOWER);
    judge(C, 200, "{\"code\":400,\"msg\":\"m\",\"data\":\"ERR_40012\"}",
          &outcome);
    CHECK_EQ(outcome.error.charged, LX_CHARGED_NO);
}

/* A query's answer counts when it is whole, mended or not. */
static void test_mended_query(void)
{
    struct lx_outcome outcome;

    judge(Q, 200,
          "\xEF\xBB\xBF{\"code\":200,\"msg\":\"\xB3\xC9\",\"data\":{\"state\":"
          "\"fail\",}} x",
          &outcome);
    check_row = "mended query";
    CHECK_EQ(outcome.verdict, LX_VERDICT_DONE);
    CHECK_EQ(outcome.state_class, LX_STATE_FAILED);
    CHECK(outcome.mended && outcome.body == outcome.mended);
    CHECK_BYTES(outcome.body, outcome.body_length,
                "{\"code\":200,\"msg\":\"\xEF\xBF\xBD\xEF\xBF\xBD\",\"data\":{"
                "\"state\":\"fail\"}} ",
                52);
    judge(Q, 200, "{\"code\":200,\"data\":{\"state\":\"success\",\"resu",
          &outcome);
    CHECK_EQ(outcome.verdict, LX_VERDICT_AGAIN);
}

/* A record is found wherever it stands alone. */
static void test_moved_record(void)
{
#define RECORD "{\"taskId\":\"t\",\"state\":\"fail\"}"
    static const struct {
        const char *body;
        bool is_found;
    } rows[] = {
        {RECORD, true},
        {"[" RECORD "]", true},
        {"{\"data\":[" RECORD "]}", true},
        {"{\"data\":{\"code\":200,\"data\":" RECORD "}}", true},
        {"{\"data\":\"{\\\"taskId\\\":1,\\\"state\\\":\\\"fail\\\"}\"}", true},
        {"\xEF\xBB\xBF[" RECORD "]", true},
        {"{\"data\":[" RECORD "," RECORD "]}", false},
        {"{\"data\":[]}", false},
        {"{\"data\":\"{\"}", false},
        {"{\"data\":{\"data\":{\"data\":{\"data\":{\"data\":" RECORD "}}}}}",
         false},
        {"{\"code\":500,\"data\":[" RECORD "]}", false},
        {"{\"state\":\"fail\"}", false},
    };
#undef RECORD
    static const char start[] = "{\"code\":200,\"data\":{\"taskId\":";

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome outcome;

        check_row = rows[i].body;
        judge(Q, 200, rows[i].body, &outcome);
        CHECK_EQ(outcome.verdict == LX_VERDICT_DONE &&
                     outcome.state_class == LX_STATE_FAILED,
                 rows[i].is_found);
        if (!rows[i].is_found)
            continue;
        CHECK(outcome.mended && outcome.body == outcome.mended);
        CHECK(memcmp(outcome.body, start, sizeof start - 1) == 0);
    }
}

int main(void)
{
    test_damaged();
    test_refusals_that_name_a_task();
    test_refusals_with_a_text();
    test_mended_query();
    test_moved_record();
    return check_report("outcome_damaged");
}
