/* The judge: every cell of the retry matrix, the bodies of the wire cases, and
 * what people are told. */
#include "outcome.h"

#include "check.h"

#define API_BODY "{\"code\":599,\"msg\":\"service words\",\"data\":null}"
#define PLATFORM_BODY                                                          \
    "{\"error\":{\"message\":\"service words\",\"type\":\"new_api_error\","    \
    "\"code\":\"\"}}"
#define HTML_BODY                                                              \
    "<html><head><title>502 Bad Gateway</title></head><body>nginx</body>"      \
    "</html>"
#define CODE_BODY(code)                                                        \
    "{\"code\":" code ",\"msg\":\"service words\",\"data\":null}"

#define C LX_OPERATION_CREATE
#define Q LX_OPERATION_QUERY

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

static void judge(enum lx_operation operation, int http_status,
                  const char *body, struct lx_outcome *outcome)
{
    struct lx_answer answer = {
        .transport = LX_TRANSPORT_ANSWERED,
        .http_status = http_status,
        .retry_after_ms = -1,
        .body = *body ? body : NULL,
        .body_length = strlen(body),
    };

    lx_outcome_judge(operation, &answer, outcome);
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

/* A create that may have cost something says so, others do not. */
static void check_money_words(const struct lx_error *error)
{
    if (error->charged == LX_CHARGED_MAYBE) {
        CHECK_CONTAINS(error->message, "a task may exist and be billed");
        CHECK_CONTAINS(error->message, "do not create it again");
        CHECK(!error->retryable);
    } else {
        CHECK(!strstr(error->message, "may exist"));
    }
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
    BOTH_WAYS(status, body, (OVER, kind, NO, false), (OVER, kind, MAYBE, false))
    REFUSED(400, API_BODY, INVALID_REQUEST)
    REFUSED(401, API_BODY, AUTH)
    REFUSED(401, PLATFORM_BODY, AUTH)
    REFUSED(402, API_BODY, QUOTA)
    REFUSED(403, API_BODY, FORBIDDEN)
    REFUSED(403, HTML_BODY, FORBIDDEN)
    REFUSED(403, "", FORBIDDEN)
    REFUSED(405, API_BODY, INVALID_REQUEST)
    REFUSED(413, HTML_BODY, TOO_LARGE)
    REFUSED(422, API_BODY, REJECTED)
    REFUSED(451, API_BODY, INVALID_REQUEST)
    REFUSED(499, "", INVALID_REQUEST)
    REFUSED(200, CODE_BODY("400"), INVALID_REQUEST)
    REFUSED(200, CODE_BODY("401"), AUTH)
    REFUSED(200, CODE_BODY("402"), QUOTA)
    REFUSED(200, CODE_BODY("\"402\""), QUOTA)
    REFUSED(200, CODE_BODY("402.0"), QUOTA)
    REFUSED(201, CODE_BODY("402"), QUOTA)
    REFUSED(200, CODE_BODY("403"), FORBIDDEN)
    REFUSED(200, CODE_BODY("413"), TOO_LARGE)
    REFUSED(200, CODE_BODY("422"), REJECTED)
    REFUSED(200, CODE_BODY("451"), INVALID_REQUEST)
    REFUSED(200, CODE_BODY("\"invalid_request\""), INVALID_REQUEST)
    REFUSED(200, CODE_BODY("\"model_not_found\""), INVALID_REQUEST)
    REFUSED(200, CODE_BODY("\"insufficient_user_quota\""), QUOTA)
    REFUSED(200, CODE_BODY("\"access_denied\""), FORBIDDEN)
    REFUSED(200, CODE_BODY("\"prompt_blocked\""), REJECTED)
    REFUSED(400, CODE_BODY("\"insufficient_user_quota\""), QUOTA)

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
              (OVER, BAD_RESPONSE, MAYBE, false))
    BOTH_WAYS(308, "", (OVER, BAD_RESPONSE, MAYBE, false),
              (OVER, BAD_RESPONSE, MAYBE, false))

#define STRANGE(status, body)                                                  \
    BOTH_WAYS(status, body, (OVER, BAD_RESPONSE, MAYBE, false),                \
              (AGAIN, BAD_RESPONSE, MAYBE, true))
    STRANGE(200, HTML_BODY)
    STRANGE(200, "")
    STRANGE(204, "")
    STRANGE(200, "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"ta")
    STRANGE(200, "{\"hello\":1}")
    STRANGE(200, "[]")
    STRANGE(200, "{\"taskId\":\"flat\",\"state\":\"success\"}")
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
    REFUSED(200, "{\"success\":false,\"message\":\"用户额度不足\"}", QUOTA)
    REFUSED(200, "{\"error\":{\"message\":\"Insufficient Balance\"}}", QUOTA)
    REFUSED(200, "{\"code\":\"x\",\"msg\":\"out of CREDITS\"}", QUOTA)
    REFUSED(403, "{\"code\":403,\"msg\":\"余额不足\"}", QUOTA)
    REFUSED(403, "{\"code\":\"quota_not_enough\",\"msg\":\"m\"}", QUOTA)
    REFUSED(403, "<html>no credit for you</html>", FORBIDDEN)
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
        memcpy(row, "query ", 6);
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
         LX_VERDICT_OVER},
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
            CHECK_EQ(outcome.envelope.data.type, LX_JSON_OBJECT);
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
        lx_outcome_judge(rows[i].operation, &answer, &outcome);
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
        {Q, 413, WANT(OVER, TOO_LARGE, MAYBE, false)},
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

        lx_outcome_judge(rows[i].operation, &answer, &outcome);
        check_want(&outcome, &rows[i].want);
        CHECK(!strchr(outcome.error.message, '<'));
    }
}

/* What people read, and what goes beside it. */
static void test_words(void)
{
    static const struct {
        enum lx_operation operation;
        int http_status;
        const char *body, *message, *api_code, *request_id;
    } rows[] = {
        {C, 400, /* T16 */
         "{\"code\":400,\"msg\":\"input.prompt is required\",\"data\":null}",
         "input.prompt is required", "400", ""},
        {C, 401, /* T17 */
         "{\"error\":{\"message\":\"This token quota is exhausted "
         "TokenStatusExhausted[sk-abc***xyz] (request id: "
         "2026050106344712345678abcdEFGH)\",\"type\":\"new_api_error\","
         "\"param\":\"\",\"code\":null}}",
         "This token quota is exhausted TokenStatusExhausted[sk-***] (request "
         "id: 2026050106344712345678abcdEFGH); the API key is invalid, expired "
         "or exhausted",
         "", "2026050106344712345678abcdEFGH"},
        {C, 403, /* T18 */
         "{\"error\":{\"message\":\"用户额度不足, 剩余额度: ＄0.000000 "
         "(request id: 20260501063447)\",\"type\":\"new_api_error\",\"param\""
         ":\"\",\"code\":\"insufficient_user_quota\"}}",
         "用户额度不足, 剩余额度: ＄0.000000 (request id: 20260501063447); the "
         "account or the key is out of credits",
         "insufficient_user_quota", "20260501063447"},
        {C, 403,
         "{\"error\":{\"message\":\"您的 IP 不在令牌允许访问的列表中 (request "
         "id: 20260501063447)\",\"type\":\"new_api_error\",\"code\":"
         "\"access_denied\"}}",
         "您的 IP 不在令牌允许访问的列表中 (request id: 20260501063447)",
         "access_denied", "20260501063447"},
        {C, 404,
         "{\"error\":{\"message\":\"Invalid URL (POST /x)\",\"type\":"
         "\"invalid_request_error\",\"param\":\"\",\"code\":\"\"}}",
         "Invalid URL (POST /x); the path of base_url is probably wrong", "",
         ""},
        {Q, 404, "{\"code\":404,\"msg\":\"Task not found\"}",
         "Task not found; the service does not know this task", "404", ""},
        {Q, 404, "",
         "HTTP 404 without an explanation; the path of base_url is probably "
         "wrong",
         "", ""},
        {Q, 200, "{\"code\":501,\"msg\":\"Generation failed\",\"data\":null}",
         "Generation failed", "501", ""},
        {C, 429, "", "HTTP 429 without an explanation", "", ""},
        {Q, 200, "{\"code\":\"who_knows\"}",
         "code who_knows without an explanation", "who_knows", ""},
        {C, 301, "",
         "HTTP 301 without an explanation; redirects are not followed: set "
         "base_url to the final address; a task may exist and be billed: do "
         "not create it again blindly",
         "", ""},
        {Q, 200, /* T25 */
         "<!doctype html><html><head><title>New API</title></head><body><div "
         "id=\"root\"></div></body></html>",
         "the answer is a web page: New API; base_url is probably wrong: the "
         "API is not there",
         "", ""},
        {C, 200, "{\"code\":200,\"msg\":\"success\",\"data\":{}}",
         "the answer names no task; a task may exist and be billed: do not "
         "create it again blindly",
         "200", ""},
        {Q, 200, "", "the answer is empty", "", ""},
        {Q, 200, "{\"code\":200,\"data\":{\"param\":\"my prompt",
         "the answer is cut off or not JSON", "", ""},
        {Q, 200, "try later", "the answer is cut off or not JSON: try later",
         "", ""},
        {Q, 200, "{\"a\":1}", "the answer is JSON, but not the API's", "", ""},
        {C, 413,
         "<html>\r\n<head><title>413 Request Entity Too Large</title></head>",
         "413 Request Entity Too Large; make the request smaller: give "
         "pictures as URLs, not base64",
         "", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome outcome;

        check_row = rows[i].body;
        judge(rows[i].operation, rows[i].http_status, rows[i].body, &outcome);
        CHECK_TEXT(outcome.error.message, rows[i].message);
        CHECK_TEXT(outcome.error.api_code, rows[i].api_code);
        CHECK_TEXT(outcome.error.request_id, rows[i].request_id);
    }
}

static void test_details(void)
{
    static const char body[] =
        "{\"code\":\"0123456789012345678901234567890123456789012345678901234"
        "56789\xE4\xBD\xA0\xE4\xBD\xA0\",\"msg\":\"m (request id: body)\"}";
    struct lx_answer answer = {
        .http_status = 429,
        .retry_after_ms = 7000,
        .body = body,
        .body_length = sizeof body - 1,
        .request_id = "header",
    };
    struct lx_outcome outcome;

    check_row = "details";
    lx_outcome_judge(C, &answer, &outcome);
    CHECK_EQ(outcome.error.retry_after_ms, 7000);
    CHECK_TEXT(outcome.error.request_id, "header");
    CHECK_TEXT(outcome.error.api_code,
               "012345678901234567890123456789012345678901234567890123456789"
               "\xE4\xBD\xA0");
    CHECK_EQ(outcome.error.attempts, 0);
}

/* However long the service's text is, the advice stays whole. */
static void test_long_text_keeps_the_advice(void)
{
    static const int statuses[] = {301, 401, 404, 413, 500, 502};
    char body[4000];

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct lx_outcome outcome;
        char *at = body + sprintf(body, "{\"code\":1,\"msg\":\"");
        size_t length;

        for (int n = 0; n < 400; n++, at += 3)
            memcpy(at, "额", 3);
        memcpy(at, "\"}", 3);
        check_row = body;
        judge(C, statuses[i], body, &outcome);
        check_money_words(&outcome.error);
        length = strlen(outcome.error.message);
        CHECK(length > sizeof outcome.error.message - 8);
        CHECK_EQ((strcspn(outcome.error.message, ";")) % 3, 0);
    }
}

int main(void)
{
    test_matrix();
    test_done();
    test_transport();
    test_refused_early();
    test_words();
    test_details();
    test_long_text_keeps_the_advice();
    return check_report("outcome");
}
