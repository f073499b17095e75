/* The judge: every cell of the retry matrix and the bodies of the wire cases.
 * Damaged answers are in test_outcome_damaged.c, the words for people in
 * test_outcome_words.c. */
#include "judge_rig.h"

#define API_BODY "{\"code\":599,\"msg\":\"service words\",\"data\":null}"
#define PLATFORM_BODY                                                          \
    "{\"error\":{\"message\":\"service words\",\"type\":\"new_api_error\","    \
    "\"code\":\"\"}}"
#define HTML_BODY                                                              \
    "<html><head><title>502 Bad Gateway</title></head><body>nginx</body>"      \
    "</html>"
#define CODE_BODY(code)                                                        \
    "{\"code\":" code ",\"msg\":\"service words\",\"data\":null}"

/* v: verdict, k: kind, m: charged. */
struct want {
    enum lx_verdict v;
    enum lx_kind k;
    enum lx_charged m;
    bool retryable;
};

#define WANT(verdict, kind, charged, retryable)                                \
    {                                                                          \
        LX_VERDICT_##verdict, LX_KIND_##kind, LX_CHARGED_##charged, retryable  \
    }

static void check_want(const struct lx_outcome *outcome,
                       const struct want *want)
{
    CHECK_EQ(outcome->verdict, want->v);
    CHECK_EQ(outcome->error.kind, want->k);
    CHECK_EQ(outcome->error.charged, want->m);
    CHECK_EQ(outcome->error.retryable, want->retryable);
    CHECK_EQ(outcome->error.stage, LX_STAGE_NONE);
    CHECK(*outcome->error.message != '\0');
}

#define BOTH_WAYS(status, body, create, query)                                 \
    {status, body, WANT create, WANT query},

static void test_matrix(void)
{
    static const struct {
        int http_status;
        const char *body;
        struct want create, query;
    } rows[] = {
    // clang-format off
#define REFUSED(status, body, kind)                                            \
    BOTH_WAYS(status, body, (OVER, kind, NO, false),                           \
              (REFUSED, kind, MAYBE, false))
#define BAD_KEY(status, body, kind)                                            \
    BOTH_WAYS(status, body, (OVER, kind, NO, false),                           \
              (BAD_KEY, kind, MAYBE, false))
    REFUSED(400, API_BODY, INVALID_REQUEST)
    BAD_KEY(401, API_BODY, AUTH)
    BAD_KEY(401, PLATFORM_BODY, AUTH)
    BAD_KEY(402, API_BODY, QUOTA)
    BAD_KEY(403, API_BODY, FORBIDDEN)
    BAD_KEY(403, HTML_BODY, FORBIDDEN)
    BAD_KEY(403, "", FORBIDDEN)
    REFUSED(405, API_BODY, INVALID_REQUEST)
    REFUSED(413, HTML_BODY, TOO_LARGE)
    REFUSED(422, API_BODY, REJECTED)
    REFUSED(451, API_BODY, INVALID_REQUEST)
    REFUSED(499, "", INVALID_REQUEST)
    REFUSED(200, CODE_BODY("400"), INVALID_REQUEST)
    BAD_KEY(200, CODE_BODY("401"), AUTH)
    BAD_KEY(200, CODE_BODY("402"), QUOTA)
    BAD_KEY(200, CODE_BODY("\"402\""), QUOTA)
    BAD_KEY(200, CODE_BODY("402.0"), QUOTA)
    BAD_KEY(201, CODE_BODY("402"), QUOTA)
    BAD_KEY(200, CODE_BODY("403"), FORBIDDEN)
    REFUSED(200, CODE_BODY("413"), TOO_LARGE)
    REFUSED(200, CODE_BODY("422"), REJECTED)
    REFUSED(200, CODE_BODY("451"), INVALID_REQUEST)
    REFUSED(200, CODE_BODY("\"invalid_request\""), INVALID_REQUEST)
    REFUSED(200, CODE_BODY("\"model_not_found\""), INVALID_REQUEST)
    BAD_KEY(200, CODE_BODY("\"insufficient_user_quota\""), QUOTA)
    BAD_KEY(200, CODE_BODY("\"access_denied\""), FORBIDDEN)
    REFUSED(200, CODE_BODY("\"prompt_blocked\""), REJECTED)
    BAD_KEY(400, CODE_BODY("\"insufficient_user_quota\""), QUOTA)

#define MISSING(status, body)                                                  \
    BOTH_WAYS(status, body, (OVER, INVALID_REQUEST, NO, false),                \
              (NOT_VISIBLE, NOT_FOUND, MAYBE, false))
    MISSING(404, API_BODY)
    MISSING(404, PLATFORM_BODY)
    MISSING(404, HTML_BODY)
    MISSING(404, "")
    MISSING(200, CODE_BODY("404"))
    MISSING(200, CODE_BODY("\"task_not_exist\""))
    MISSING(400, CODE_BODY("\"task_not_exist\""))

#define SLOWER(status, body)                                                   \
    BOTH_WAYS(status, body, (SLOWER, RATE_LIMITED, NO, true),                  \
              (SLOWER, RATE_LIMITED, MAYBE, true))
    SLOWER(429, "")
    SLOWER(429, API_BODY)
    SLOWER(429, PLATFORM_BODY)
    SLOWER(429, HTML_BODY)
    SLOWER(433, API_BODY)
    SLOWER(200, CODE_BODY("429"))
    SLOWER(200, CODE_BODY("433"))

    BOTH_WAYS(425, "", (AGAIN, SERVER, NO, true), (AGAIN, SERVER, MAYBE, true))
    BOTH_WAYS(408, "", (OVER, OUTCOME_UNKNOWN, MAYBE, false),
              (AGAIN, TIMEOUT, MAYBE, true))
    BOTH_WAYS(200, CODE_BODY("408"), (OVER, OUTCOME_UNKNOWN, MAYBE, false),
              (OVER, TASK_FAILED, MAYBE, false))
    BOTH_WAYS(455, API_BODY, (OVER, SERVER, NO, true),
              (SLOWER, SERVER, MAYBE, true))
    BOTH_WAYS(200, CODE_BODY("455"), (OVER, SERVER, NO, true),
              (SLOWER, SERVER, MAYBE, true))

    BOTH_WAYS(501, API_BODY, (OVER, SERVER, MAYBE, false),
              (OVER, TASK_FAILED, MAYBE, false))
    BOTH_WAYS(200, CODE_BODY("501"), (OVER, SERVER, MAYBE, false),
              (OVER, TASK_FAILED, MAYBE, false))

#define UNKNOWN(status, body)                                                  \
    BOTH_WAYS(status, body, (OVER, OUTCOME_UNKNOWN, MAYBE, false),             \
              (AGAIN, SERVER, MAYBE, true))
    UNKNOWN(502, HTML_BODY)
    UNKNOWN(502, API_BODY)
    UNKNOWN(502, PLATFORM_BODY)
    UNKNOWN(504, HTML_BODY)
    UNKNOWN(504, PLATFORM_BODY)
    UNKNOWN(520, HTML_BODY)
    UNKNOWN(524, "")
    UNKNOWN(530, HTML_BODY)

#define BROKEN(status, body)                                                   \
    BOTH_WAYS(status, body, (OVER, SERVER, MAYBE, false),                      \
              (AGAIN, SERVER, MAYBE, true))
    BROKEN(500, API_BODY)
    BROKEN(500, PLATFORM_BODY)
    BROKEN(500, "")
    BROKEN(500, HTML_BODY)
    BROKEN(200, CODE_BODY("500"))
    BROKEN(200, CODE_BODY("503"))
    BROKEN(200, CODE_BODY("505"))
    BROKEN(501, HTML_BODY)
    BROKEN(503, API_BODY)
    BROKEN(503, HTML_BODY)
    BROKEN(503, "")
    BROKEN(503, "{\"error\":{}}")
    BROKEN(505, "")
    BROKEN(519, "")
    BROKEN(531, "")
    BROKEN(599, API_BODY)
    BROKEN(200, "{\"error\":{\"message\":\"m\",\"code\":503}}")
    BOTH_WAYS(503, PLATFORM_BODY, (AGAIN, SERVER, NO, true),
              (AGAIN, SERVER, MAYBE, true))

    BOTH_WAYS(301, HTML_BODY, (OVER, BAD_RESPONSE, MAYBE, false),
              (REFUSED, BAD_RESPONSE, MAYBE, false))
    BOTH_WAYS(308, "", (OVER, BAD_RESPONSE, MAYBE, false),
              (REFUSED, BAD_RESPONSE, MAYBE, false))

#define STRANGE(status, body)                                                  \
    BOTH_WAYS(status, body, (OVER, BAD_RESPONSE, MAYBE, false),                \
              (AGAIN, BAD_RESPONSE, MAYBE, true))
    STRANGE(200, HTML_BODY)
    STRANGE(200, "")
    STRANGE(204, "")
    STRANGE(200, "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"ta")
    STRANGE(200, "{\"hello\":1}")
    STRANGE(200, "[]")
    STRANGE(200, "{\"id\":\"flat\",\"state\":\"success\"}")
    STRANGE(200, "{\"code\":200,\"data\":[]}")
    STRANGE(200, "{\"message\":\"hello\"}")
    STRANGE(200, CODE_BODY("1"))
    STRANGE(200, CODE_BODY("-1"))
    STRANGE(200, CODE_BODY("302"))
    STRANGE(200, CODE_BODY("1001"))
    STRANGE(200, CODE_BODY("200.5"))
    STRANGE(200, CODE_BODY("\"who_knows\""))
    STRANGE(200, PLATFORM_BODY)
    STRANGE(100, "")
    STRANGE(0, "")
    STRANGE(700, API_BODY)

    /* {success:false} of the dashboard, which makes no tasks. */
    BOTH_WAYS(200, "{\"success\":false,\"message\":\"m\"}",
              (OVER, BAD_RESPONSE, NO, false),
              (AGAIN, BAD_RESPONSE, MAYBE, true))
    BAD_KEY(200, "{\"success\":false,\"message\":\"用户额度不足\"}", QUOTA)
    BAD_KEY(200, "{\"error\":{\"message\":\"Insufficient Balance\"}}", QUOTA)
    BAD_KEY(200, "{\"code\":\"x\",\"msg\":\"out of CREDITS\"}", QUOTA)
    BAD_KEY(403, "{\"code\":403,\"msg\":\"余额不足\"}", QUOTA)
    BAD_KEY(403, "{\"code\":\"quota_not_enough\",\"msg\":\"m\"}", QUOTA)
    BAD_KEY(403, "<html>no credit for you</html>", FORBIDDEN)
    BROKEN(500, "{\"code\":500,\"msg\":\"quota service failed\"}")
        // clang-format on
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome outcome;
        char row[200];

        snprintf(row, sizeof row, "create %d %.120s", rows[i].http_status,
                 rows[i].body);
        check_row = row;
        judge(C, rows[i].http_status, rows[i].body, &outcome);
        check_want(&outcome, &rows[i].create);
        check_money_words(&outcome.error);
        CHECK_EQ(outcome.error.http_status, rows[i].http_status);
        snprintf(row, sizeof row, "query %d %.120s", rows[i].http_status,
                 rows[i].body);
        judge(Q, rows[i].http_status, rows[i].body, &outcome);
        check_want(&outcome, &rows[i].query);
        CHECK(!strstr(outcome.error.message, "may exist"));
    }
}

/* What is done, and what only looks like it. T01 to T03, T09, T12, T26, T29. */
static void test_done(void)
{
    static const struct {
        enum lx_operation operation;
        int http_status;
        const char *body;
        enum lx_verdict verdict;
    } rows[] = {
        {C, 200,
         "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":"
         "\"task_z_image_1765166238716\"}}",
         LX_VERDICT_DONE},
        {C, 201, "{\"data\":{\"task_id\":\"t\"}}", LX_VERDICT_DONE},
        {C, 200,
         "{\"code\":\"200\",\"message\":\"success\",\"data\":{\"taskId\":"
         "\"abc\",\"recordId\":\"abc\"}}",
         LX_VERDICT_DONE},
        {C, 200, "{\"taskId\":\"flat\",\"state\":\"success\"}",
         LX_VERDICT_DONE},
        {C, 200, "{\"code\":200,\"data\":{}}", LX_VERDICT_OVER},
        {C, 200, "{\"code\":200,\"data\":{\"taskId\":\"\"}}", LX_VERDICT_OVER},
        {C, 200, "{\"code\":200,\"data\":null}", LX_VERDICT_OVER},
        {C, 200, "{\"code\":500,\"data\":{\"taskId\":\"t\"}}", LX_VERDICT_OVER},
        {C, 500, "{\"code\":200,\"data\":{\"taskId\":\"t\"}}", LX_VERDICT_OVER},
        {Q, 200,
         "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"t\","
         "\"state\":\"waiting\",\"resultJson\":\"\",\"failCode\":\"\"}}",
         LX_VERDICT_DONE},
        {Q, 200, "{\"code\":200,\"data\":{\"state\":\"moderating\"}}",
         LX_VERDICT_DONE},
        {Q, 200, "{\"code\":200,\"data\":{\"taskId\":\"t12\"}}",
         LX_VERDICT_DONE},
        {Q, 200, "{\"code\":0,\"data\":{\"state\":\"fail\"}}", LX_VERDICT_DONE},
        {Q, 500, "{\"code\":200,\"data\":{\"state\":\"fail\"}}",
         LX_VERDICT_AGAIN},
        /* A record that has ended says more than its envelope's code. */
        {Q, 200, "{\"code\":501,\"data\":{\"state\":\"fail\"}}",
         LX_VERDICT_DONE},
        {Q, 200, "{\"code\":408,\"data\":{\"state\":\"fail\"}}",
         LX_VERDICT_DONE},
        {Q, 200, "{\"code\":501,\"data\":{\"state\":\"success\"}}",
         LX_VERDICT_DONE},
        {Q, 501, "{\"code\":501,\"data\":{\"state\":\"fail\"}}",
         LX_VERDICT_DONE},
        {Q, 200, "{\"code\":501,\"data\":{\"state\":\"waiting\"}}",
         LX_VERDICT_OVER},
        {Q, 200, "{\"code\":501,\"data\":{}}", LX_VERDICT_OVER},
        {Q, 502, "{\"code\":501,\"data\":{\"state\":\"fail\"}}",
         LX_VERDICT_AGAIN},
        {Q, 200, "{\"code\":500,\"data\":{\"state\":\"waiting\"}}",
         LX_VERDICT_AGAIN},
        /* T13, T14: not there (yet). */
        {Q, 200, "{\"code\":422,\"msg\":\"recordInfo is null\",\"data\":null}",
         LX_VERDICT_NOT_VISIBLE},
        {Q, 422, "{\"code\":422,\"msg\":\"recordInfo is null\",\"data\":null}",
         LX_VERDICT_NOT_VISIBLE},
        {Q, 400, "{\"code\":400,\"msg\":\"RecordInfo Is Null\"}",
         LX_VERDICT_NOT_VISIBLE},
        {Q, 200, "{\"code\":200,\"msg\":\"success\",\"data\":null}",
         LX_VERDICT_NOT_VISIBLE},
        {Q, 200, "{\"code\":\"success\",\"data\":null}",
         LX_VERDICT_NOT_VISIBLE},
        {Q, 200, "{\"code\":200,\"msg\":\"success\"}", LX_VERDICT_NOT_VISIBLE},
        {Q, 400, "{\"code\":400,\"msg\":\"taskId parameter is required\"}",
         LX_VERDICT_REFUSED},
        {Q, 500, "{\"code\":500,\"msg\":\"recordInfo is null\"}",
         LX_VERDICT_AGAIN},
        {C, 422, "{\"code\":422,\"msg\":\"recordInfo is null\"}",
         LX_VERDICT_OVER},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome outcome;

        check_row = rows[i].body;
        judge(rows[i].operation, rows[i].http_status, rows[i].body, &outcome);
        CHECK_EQ(outcome.verdict, rows[i].verdict);
        CHECK_EQ(outcome.error.kind == LX_KIND_NONE,
                 rows[i].verdict == LX_VERDICT_DONE);
        if (rows[i].verdict == LX_VERDICT_NOT_VISIBLE)
            CHECK_EQ(outcome.error.kind, LX_KIND_NOT_FOUND);
        if (rows[i].verdict == LX_VERDICT_DONE) {
            CHECK_TEXT(outcome.error.message, "");
            CHECK_EQ(outcome.error.http_status, rows[i].http_status);
            CHECK(!outcome.is_provisional && !outcome.mended);
        } else if (rows[i].operation == C && rows[i].http_status != 422) {
            check_money_words(&outcome.error);
            CHECK_EQ(outcome.error.charged, LX_CHARGED_MAYBE);
        }
    }
}

/* No whole answer. T23, T27. */
static void test_transport(void)
{
    static const char cut[] = "{\"code\":200,\"data\":{\"taskId\":\"task_z_im";
    static const struct {
        enum lx_operation operation;
        enum lx_transport transport;
        enum lx_stage stage;
        bool timed_out;
        int http_status;
        struct want want;
    } rows[] = {
    // clang-format off
#define ROW(operation, transport, stage, timed_out, status, want)              \
    {operation, LX_TRANSPORT_##transport, LX_STAGE_##stage, timed_out, status, \
     WANT want},
    ROW(C, NOT_SENT, RESOLVE, false, 0, (AGAIN, NETWORK, NO, true))
    ROW(Q, NOT_SENT, RESOLVE, false, 0, (AGAIN, NETWORK, NO, true))
    ROW(C, NOT_SENT, CONNECT, true, 0, (AGAIN, TIMEOUT, NO, true))
    ROW(Q, NOT_SENT, TLS, true, 0, (AGAIN, TIMEOUT, NO, true))
    ROW(C, NOT_SENT, TLS, false, 0, (AGAIN, NETWORK, NO, true))
    ROW(C, LOST, SEND, false, 0, (OVER, OUTCOME_UNKNOWN, MAYBE, false))
    ROW(C, LOST, RECEIVE, true, 0, (OVER, OUTCOME_UNKNOWN, MAYBE, false))
    ROW(C, LOST, RECEIVE, false, 200, (OVER, OUTCOME_UNKNOWN, MAYBE, false))
    ROW(C, LOST, RECEIVE, false, 500, (OVER, OUTCOME_UNKNOWN, MAYBE, false))
    ROW(C, LOST, RECEIVE, false, 408, (OVER, OUTCOME_UNKNOWN, MAYBE, false))
    ROW(Q, LOST, RECEIVE, false, 0, (AGAIN, NETWORK, MAYBE, true))
    ROW(Q, LOST, RECEIVE, true, 200, (AGAIN, TIMEOUT, MAYBE, true))
    ROW(Q, LOST, RECEIVE, false, 422, (AGAIN, NETWORK, MAYBE, true))
    ROW(Q, LOST, RECEIVE, false, 404, (AGAIN, NETWORK, MAYBE, true))
    ROW(C, OVERSIZED, RECEIVE, false, 200, (OVER, BAD_RESPONSE, MAYBE, false))
    ROW(Q, OVERSIZED, RECEIVE, false, 200, (OVER, BAD_RESPONSE, MAYBE, false))
        // clang-format on
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_answer answer = {
            .transport = rows[i].transport,
            .stage = rows[i].stage,
            .timed_out = rows[i].timed_out,
            .http_status = rows[i].http_status,
            .retry_after_ms = 4000,
            .body = cut,
            .body_length = sizeof cut - 1,
            .request_id = "rid",
            .detail = "libcurl's words",
        };
        struct lx_outcome outcome;
        char row[80];

        snprintf(row, sizeof row, "transport row %zu", i);
        check_row = row;
        judge_answer(rows[i].operation, &answer, &outcome);
        CHECK_EQ(outcome.error.stage, rows[i].stage);
        outcome.error.stage = LX_STAGE_NONE;
        check_want(&outcome, &rows[i].want);
        CHECK_CONTAINS(outcome.error.message, lx_stage_name(rows[i].stage));
        CHECK_CONTAINS(outcome.error.message, "libcurl's words");
        CHECK_EQ(outcome.error.http_status, rows[i].http_status);
        CHECK_EQ(outcome.error.retry_after_ms, 4000);
        CHECK_TEXT(outcome.error.request_id, "rid");
        CHECK_EQ(outcome.envelope.shape, LX_SHAPE_EMPTY);
        if (rows[i].operation == C)
            check_money_words(&outcome.error);
        if (rows[i].transport == LX_TRANSPORT_OVERSIZED)
            CHECK_CONTAINS(outcome.error.message, "max_body");
    }
}

/* A status line that refuses counts, though the connection broke. */
static void test_refused_early(void)
{
    static const char cut[] = "<html>\r\n<head><title>41";
    static const struct {
        enum lx_operation operation;
        int http_status;
        struct want want;
    } rows[] = {
        {C, 413, WANT(OVER, TOO_LARGE, NO, false)},
        {Q, 413, WANT(REFUSED, TOO_LARGE, MAYBE, false)},
        {C, 401, WANT(OVER, AUTH, NO, false)},
        {C, 429, WANT(SLOWER, RATE_LIMITED, NO, true)},
    };

    check_row = "refused early";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_answer answer = {
            .transport = LX_TRANSPORT_LOST,
            .stage = LX_STAGE_SEND,
            .http_status = rows[i].http_status,
            .retry_after_ms = -1,
            .body = cut,
            .body_length = sizeof cut - 1,
        };
        struct lx_outcome outcome;

        judge_answer(rows[i].operation, &answer, &outcome);
        check_want(&outcome, &rows[i].want);
        CHECK(!strchr(outcome.error.message, '<'));
    }
}

int main(void)
{
    test_matrix();
    test_done();
    test_transport();
    test_refused_early();
    return check_report("outcome");
}
