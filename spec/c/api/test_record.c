/* What of a recordInfo answer reaches the binding. */
#include "api/record.h"

#include <stdlib.h>

#include "../check.h"

static struct lx_record *record_of(const char *data)
{
    char body[4096];
    struct lx_envelope envelope;
    struct lx_record *record;

    check_row = data;
    snprintf(body, sizeof body,
             "{\"code\":200,\"msg\":\"success\",\"data\":%s}", data);
    lx_envelope_parse(body, strlen(body), &envelope);
    record = lx_record_new(envelope.data, body, strlen(body), false);
    CHECK(record != NULL);
    CHECK_BYTES(record->body, record->body_length, body, strlen(body));
    CHECK_EQ(record->body[record->body_length], '\0');
    /* The record must stand on its own. */
    memset(body, 'X', sizeof body);
    return record;
}

static void test_rich(void)
{
    struct lx_record *record = record_of(
        "{\"taskId\":\"t4\",\"model\":\"seedream-v4-5\",\"state\":\"success\","
        "\"resultJson\":\"{\\\"resultUrls\\\":[\\\"https:\\\\/\\\\/"
        "cdn.example.com\\\\/a.png?token=exp=1789394468~hmac=ab%2Fcd&size="
        "stable\\\",\\\"https://cdn.example.com/\\\\u4f60.png\\\"]}\","
        "\"failCode\":\"\",\"failMsg\":\"\",\"costTime\":15000,"
        "\"completeTime\":1777600015000,\"createTime\":1777600000000,"
        "\"updateTime\":1777600015000,\"creditsConsumed\":812.5,\"progress\":"
        "100,\"futureField\":{\"a\":[1,null,true]}}");

    CHECK_TEXT(record->task_id, "t4");
    CHECK_TEXT(record->model, "seedream-v4-5");
    CHECK_TEXT(record->state, "success");
    CHECK_EQ(record->state_class, LX_STATE_SUCCESS);
    CHECK_TEXT(record->fail_code, NULL);
    CHECK_TEXT(record->fail_msg, NULL);
    CHECK_TEXT(record->result_text, NULL);
    CHECK_EQ(record->url_count, 2);
    CHECK_TEXT(record->urls[0], "https://cdn.example.com/a.png?token=exp="
                                "1789394468~hmac=ab%2Fcd&size=stable");
    CHECK_TEXT(record->urls[1], "https://cdn.example.com/你.png");
    CHECK_EQ(record->url_lengths[0], strlen(record->urls[0]));
    CHECK_EQ(record->url_lengths[1], strlen(record->urls[1]));
    CHECK_EQ(record->created_ms, 1777600000000);
    CHECK_EQ(record->updated_ms, 1777600015000);
    CHECK_EQ(record->completed_ms, 1777600015000);
    CHECK(record->credits == 812.5 && record->progress == 100);
    CHECK(!record->result_is_malformed && !record->has_result_object);
    lx_record_free(record);
}

static void test_results(void)
{
    static const struct {
        const char *data;
        size_t urls;
        const char *first, *result_text;
        bool is_malformed, has_object;
    } rows[] = {
        /* T05, T06 */
        {"{\"state\":\"success\",\"resultJson\":{\"resultUrls\":[\"u\"]}}", 1,
         "u", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":null}", 0, NULL, NULL, false,
         false},
        {"{\"state\":\"success\",\"resultJson\":\"\"}", 0, NULL, NULL, false,
         false},
        {"{\"state\":\"success\"}", 0, NULL, NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":\"{\\\"resultUrls\\\":[]}\"}",
         0, NULL, "{\"resultUrls\":[]}", false, false},
        {"{\"state\":\"success\",\"resultJson\":{}}", 0, NULL, "{}", false,
         false},
        /* T07 */
        {"{\"state\":\"success\",\"resultJson\":\"{\\\"resultUrls\\\":"
         "[\\\"https://cdn.example.com/a.png\\\"\"}",
         1, "https://cdn.example.com/a.png", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":\"oops\"}", 0, NULL, "oops",
         true, false},
        /* mended */
        {"{\"state\":\"success\",\"resultJson\":\"{\\\"resultUrls\\\":"
         "[\\\"u\\\",]}x\"}",
         1, "u", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":\"\\ufeff{\\\"resultUrls\\\""
         ":[\\\"u\\\"]\"}",
         1, "u", NULL, false, false},
        /* Other shapes. */
        {"{\"state\":\"success\",\"resultJson\":\"[\\\"https://a/1\\\",null,"
         "{\\\"url\\\":\\\"https://a/2\\\"}]\"}",
         2, "https://a/1", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":{\"resultUrls\":["
         "{\"name\":\"x\",\"url\":\"https://a/1\"}]}}",
         1, "https://a/1", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":\"\\\"{\\\\\\\"resultUrls"
         "\\\\\\\":[\\\\\\\"u\\\\\\\"]}\\\"\"}",
         1, "u", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":{\"resultUrls\":"
         "\"[\\\"u\\\",\\\"v\\\"]\"}}",
         2, "u", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":{\"resultUrls\":[],"
         "\"video_url\":\"https:\\/\\/a\\/v\"}}",
         1, "https://a/v", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":{\"url\":\"see below\"}}", 0,
         NULL, "{\"url\":\"see below\"}", false, false},
        {"{\"state\":\"success\",\"resultJson\":\"https://a/b?c=d\"}", 1,
         "https://a/b?c=d", NULL, false, false},
        {"{\"state\":\"success\",\"resultUrls\":[\"https://a/b\"]}", 1,
         "https://a/b", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":\"\",\"url\":\"https://a\"}", 0,
         NULL, NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":{\"resultUrls\":"
         "[\"data:image/png;base64,AAAA\"]}}",
         1, "data:image/png;base64,AAAA", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":\"[\\\"u\\\"]\"}", 0, NULL,
         "[\"u\"]", false, false},
        {"{\"state\":\"success\",\"resultJson\":\"null\"}", 0, NULL, "null",
         false, false},
        {"{\"state\":\"success\",\"resultJson\":17}", 0, NULL, "17", false,
         false},
        {"{\"state\":\"success\",\"resultJson\":[[]]}", 0, NULL, "[[]]", false,
         false},
        /* T08 */
        {"{\"state\":\"success\",\"resultJson\":\"{\\\"resultUrls\\\":"
         "[\\\"v\\\"],\\\"firstFrameUrl\\\":[\\\"f\\\"],\\\"lastFrameUrl\\\":"
         "[]}\"}",
         1, "v", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":\"{\\\"resultObject\\\":"
         "{\\\"text\\\":\\\"ok\\\"}}\"}",
         0, NULL, "{\"resultObject\":{\"text\":\"ok\"}}", false, true},
        {"{\"state\":\"success\",\"resultJson\":{\"resultObject\":null}}", 0,
         NULL, "{\"resultObject\":null}", false, false},
        /* Only texts that can be URLs count. */
        {"{\"state\":\"success\",\"resultJson\":{\"resultUrls\":[1,null,\"\","
         "[\"x\"],\"a\\u0000b\",\"a\\fb\",\" \\n\",\"ok\",\"\x7F\"]}}",
         1, "ok", NULL, false, false},
        /* White space that came into them by accident goes. */
        {"{\"state\":\"success\",\"resultJson\":\"[\\\" http://a/b "
         "c\\\\r\\\\n\\\"]\"}",
         1, "http://a/b c", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":{\"resultUrls\":[\"data:a;"
         "base64,\\nQQ==\\n\"]}}",
         1, "data:a;base64,QQ==", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":{\"resultUrls\":\"u\"}}", 1,
         "u", NULL, false, false},
        {"{\"state\":\"success\",\"resultJson\":{\"resultUrls\":{\"a\":\"u\"}}"
         "}",
         0, NULL, "{\"resultUrls\":{\"a\":\"u\"}}", false, false},
        /* T11: not before the end, not for a failure */
        {"{\"state\":\"waiting\",\"resultJson\":{\"resultUrls\":[\"u\"]}}", 0,
         NULL, NULL, false, false},
        {"{\"state\":\"fail\",\"resultJson\":\"oops\"}", 0, NULL, NULL, false,
         false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_record *record = record_of(rows[i].data);

        CHECK_EQ(record->url_count, rows[i].urls);
        if (rows[i].first)
            CHECK_TEXT(record->urls[0], rows[i].first);
        CHECK_TEXT(record->result_text, rows[i].result_text);
        CHECK_EQ(record->result_is_malformed, rows[i].is_malformed);
        CHECK_EQ(record->has_result_object, rows[i].has_object);
        lx_record_free(record);
    }
}

static void test_failures(void)
{
    static const struct {
        const char *data, *fail_code, *fail_msg;
    } rows[] = {
        {"{\"state\":\"fail\",\"failCode\":\"501\",\"failMsg\":\"Generation "
         "failed\"}",
         "501", "Generation failed"},
        {"{\"state\":\"fail\",\"failCode\":500,\"failMsg\":\"e\"}", "500", "e"},
        {"{\"state\":\"fail\",\"failCode\":null,\"failMsg\":null}", NULL, NULL},
        {"{\"state\":\"fail\",\"failCode\":\"\",\"failMsg\":\"\"}", NULL, NULL},
        {"{\"state\":\"fail\",\"failCode\":false,\"failMsg\":{}}", NULL, NULL},
        {"{\"state\":\"fail\"}", NULL, NULL},
        {"{\"state\":\"fail\",\"failMsg\":{\"reason\":\"nsfw\",\"n\":[1]}}",
         NULL, "{\"reason\":\"nsfw\",\"n\":[1]}"},
        {"{\"state\":\"fail\",\"failMsg\":[\"a\",2]}", NULL, "[\"a\",2]"},
        {"{\"state\":\"fail\",\"failMsg\":7}", NULL, "7"},
        {"{\"state\":\"fail\",\"failCode\":\"SENSITIVE_WORD_ERROR\","
         "\"failMsg\":\"\\u654f\\u611f\"}",
         "SENSITIVE_WORD_ERROR", "敏感"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_record *record = record_of(rows[i].data);

        CHECK_EQ(record->state_class, LX_STATE_FAILED);
        CHECK_TEXT(record->state, "fail");
        CHECK_TEXT(record->fail_code, rows[i].fail_code);
        CHECK_TEXT(record->fail_msg, rows[i].fail_msg);
        CHECK_TEXT(record->task_id, NULL);
        lx_record_free(record);
    }
}

static void test_numbers(void)
{
    static const struct {
        const char *data;
        long long created_ms;
        double credits, progress;
    } rows[] = {
        {"{}", -1, -1, -1},
        {"{\"createTime\":1777600000,\"consumeCredits\":100,\"progress\":"
         "\"45%\"}",
         1777600000000, 100, 45},
        {"{\"createTime\":null,\"creditsConsumed\":null,\"creditsCharged\":120"
         ",\"progress\":\"7\"}",
         -1, 120, 7},
        {"{\"createTime\":0,\"creditsConsumed\":0,\"consumeCredits\":5}", -1, 0,
         -1},
        {"{\"createTime\":-5,\"creditsConsumed\":-3,\"progress\":-1}", -1, -1,
         -1},
        {"{\"createTime\":\"1777600000000\",\"creditsConsumed\":\"12.5\","
         "\"progress\":101}",
         1777600000000, 12.5, -1},
        {"{\"createTime\":\"2026-05-01\",\"creditsConsumed\":\"12 credits\"}",
         -1, -1, -1},
        {"{\"createTime\":99999999999,\"progress\":\"%\"}", 99999999999000, -1,
         -1},
        {"{\"createTime\":100000000000,\"progress\":\"\"}", 100000000000, -1,
         -1},
        {"{\"createTime\":1.5,\"progress\":\"100.0 %\"}", -1, -1, 100},
        {"{\"createTime\":1e400,\"creditsConsumed\":1e400,\"progress\":"
         "\"12345678901234567890\"}",
         -1, -1, -1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_record *record = record_of(rows[i].data);

        CHECK_EQ(record->created_ms, rows[i].created_ms);
        CHECK(record->credits == rows[i].credits);
        CHECK(record->progress == rows[i].progress);
        CHECK_EQ(record->updated_ms, -1);
        CHECK_EQ(record->completed_ms, -1);
        CHECK_EQ(record->state_class, LX_STATE_UNRECOGNISED);
        CHECK_TEXT(record->state, NULL);
        lx_record_free(record);
    }
}

static void test_ids(void)
{
    struct lx_record *record = record_of("{\"task_id\":\"old\"}");

    CHECK_TEXT(record->task_id, "old");
    lx_record_free(record);
    record = record_of("{\"task_id\":\"old\",\"taskId\":\"new\"}");
    CHECK_TEXT(record->task_id, "new");
    lx_record_free(record);
    record = record_of("{\"taskId\":77,\"model\":8,\"state\":9}");
    CHECK_TEXT(record->task_id, "77");
    CHECK_TEXT(record->model, "8");
    CHECK_TEXT(record->state, "9");
    lx_record_free(record);
    record = record_of("{\"taskId\":null,\"task_id\":\"old\"}");
    CHECK_TEXT(record->task_id, "old");
    lx_record_free(record);
    lx_record_free(NULL);
}

/* Of an answer that could not be used, its text alone. */
static void test_body_alone(void)
{
    struct lx_record *record =
        lx_record_new((struct lx_json){.type = LX_JSON_NONE}, "oops", 4, true);

    CHECK_BYTES(record->body, record->body_length, "oops", 4);
    CHECK(record->is_mended && record->state == NULL);
    CHECK_EQ(record->url_count, 0);
    CHECK_EQ(record->created_ms, -1);
    lx_record_free(record);
}

/* Exactly as many URLs as fit, from the tightest text that holds them. */
static void test_many_urls(void)
{
    for (int count = LX_RESULT_URLS_MAX - 1; count <= LX_RESULT_URLS_MAX + 2;
         count++) {
        char data[4096] = "{\"state\":\"success\",\"resultJson\":{"
                          "\"resultUrls\":[";
        struct lx_record *record;
        size_t want =
            count < LX_RESULT_URLS_MAX ? (size_t)count : LX_RESULT_URLS_MAX;

        for (int i = 0; i < count; i++)
            strcat(data, i ? ",\"u\"" : "\"u\"");
        strcat(data, "]}}");
        record = record_of(data);
        check_row = "many URLs";
        CHECK_EQ(record->url_count, want);
        for (size_t i = 0; i < record->url_count; i++)
            CHECK_TEXT(record->urls[i], "u");
        lx_record_free(record);
    }
}

int main(void)
{
    test_rich();
    test_results();
    test_failures();
    test_numbers();
    test_ids();
    test_body_alone();
    test_many_urls();
    return check_report("record");
}
