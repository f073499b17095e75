/* What the judge's errors say to people, and what goes beside the words. */
#include "judge_rig.h"

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
        {C, 429, "",
         "HTTP 429 without an explanation; too many requests or tasks at a "
         "time: try again later, or send fewer",
         "", ""},
        {Q, 200, "{\"code\":\"who_knows\"}",
         "code who_knows without an explanation", "who_knows", ""},
        {Q, 200, "{\"success\":false}", "a refusal without an explanation", "",
         ""},
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
         "the answer names no task: {\"code\":200,\"msg\":\"success\",\"data\":"
         "{}}; a task may exist and be billed: do not create it again blindly",
         "200", ""},
        {C, 200, "{\"code\":200,\"data\":{\"id\":\"task_no2\"}}",
         "the answer names no task: {\"code\":200,\"data\":{\"id\":"
         "\"task_no2\"}}; a task may exist and be billed: do not create it "
         "again blindly",
         "200", ""},
        {C, 429, "{\"code\":429,\"msg\":\"busy\",\"data\":{\"taskId\":\"t9\"}}",
         "busy (it names the task t9); a task may exist and be billed: do not "
         "create it again blindly",
         "429", ""},
        {Q, 200, "", "the answer is empty", "", ""},
        {Q, 200, "{\"code\":200,\"data\":{\"param\":\"my prompt",
         "the answer is cut off or not JSON: {\"code\":200,\"data\":{\"param\":"
         "<9 bytes>",
         "", ""},
        {Q, 200, "try later", "the answer is cut off or not JSON: try later",
         "", ""},
        {Q, 200, "{\"a\":1}",
         "the answer is JSON, but not the API's: {\"a\":1}", "", ""},
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
    static const struct {
        int http_status;
        const char *end;
    } rows[] = {
        {301, "; redirects are not followed: set base_url to the final "
              "address; a task may exist and be billed: do not create it "
              "again blindly"},
        {401, "; the API key is invalid, expired or exhausted"},
        {404, "; the path of base_url is probably wrong"},
        {413, "; make the request smaller: give pictures as URLs, not base64"},
        {422, ""},
        {500, "; a task may exist and be billed: do not create it again "
              "blindly"},
    };
    char body[4000], *at = body + sprintf(body, "{\"code\":1,\"msg\":\"");

    for (int n = 0; n < 400; n++, at += 3)
        memcpy(at, "额", 3);
    memcpy(at, "\"}", 3);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_outcome outcome;
        const char *message = outcome.error.message;
        size_t length;

        check_row = rows[i].end;
        judge(C, rows[i].http_status, body, &outcome);
        length = strlen(message);
        CHECK(length > sizeof outcome.error.message - 8);
        CHECK_TEXT(message + length - strlen(rows[i].end), rows[i].end);
        CHECK_EQ(strcspn(message, ";") % 3, 0); /* cut between characters */
    }
}

int main(void)
{
    test_words();
    test_details();
    test_long_text_keeps_the_advice();
    return check_report("outcome_words");
}
