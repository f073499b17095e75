/* The shapes of answers, their words, ids and states. */
#include "api/envelope.h"

#include <stdlib.h>

#include "../check.h"

static void test_shapes(void)
{
    static const struct {
        const char *body;
        enum lx_shape shape;
        int code;
        bool is_error, has_data;
        const char *message; /* NULL: none */
    } rows[] = {
        {"", LX_SHAPE_EMPTY, 0, false, false, NULL},
        {" \r\n", LX_SHAPE_EMPTY, 0, false, false, NULL},
        {"{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"t\"}}",
         LX_SHAPE_API, 200, false, true, "success"},
        {"{\"code\":200.0,\"data\":{}}", LX_SHAPE_API, 200, false, true, NULL},
        {"{\"code\":\"200\",\"message\":\"success\",\"data\":{}}", LX_SHAPE_API,
         200, false, true, "success"},
        {"{\"code\":\"success\",\"data\":null}", LX_SHAPE_API, 0, false, false,
         NULL},
        {"{\"code\":0,\"data\":{}}", LX_SHAPE_API, 0, false, true, NULL},
        {"{\"code\":\"0\",\"data\":null}", LX_SHAPE_API, 0, false, false, NULL},
        {"{\"code\":0,\"msg\":\"x\"}", LX_SHAPE_API, 0, true, false, "x"},
        {"{\"code\":201,\"data\":{}}", LX_SHAPE_API, 201, false, true, NULL},
        {"{\"data\":{}}", LX_SHAPE_API, 0, false, true, NULL},
        {"{\"code\":null,\"data\":{}}", LX_SHAPE_API, 0, false, true, NULL},
        {"{\"code\":\"\",\"data\":{}}", LX_SHAPE_API, 0, false, true, NULL},
        {"{\"code\":402,\"msg\":\"no\",\"data\":null}", LX_SHAPE_API, 402, true,
         false, "no"},
        {"{\"code\":\"402\"}", LX_SHAPE_API, 402, true, false, NULL},
        {"{\"code\":-1,\"msg\":\"\",\"message\":\"m\"}", LX_SHAPE_API, -1, true,
         false, "m"},
        {"{\"code\":200.5,\"data\":{}}", LX_SHAPE_API, 0, true, true, NULL},
        {"{\"code\":99999999999,\"data\":{}}", LX_SHAPE_API, 0, true, true,
         NULL},
        {"{\"code\":true,\"data\":{}}", LX_SHAPE_API, 0, false, true, NULL},
        {"{\"code\":true,\"msg\":\"m\"}", LX_SHAPE_API, 0, true, false, "m"},
        {"{\"code\":false,\"message\":\"m\"}", LX_SHAPE_API, 0, false, false,
         "m"},
        {"{\"code\":[200],\"data\":{}}", LX_SHAPE_API, 0, true, true, NULL},
        {"{\"code\":\"task_not_exist\",\"message\":\"m\",\"data\":null}",
         LX_SHAPE_API, 0, true, false, "m"},
        {"{\"code\":\"12345678901234567890\",\"msg\":1}", LX_SHAPE_API, 0, true,
         false, NULL},
        {"{\"code\":501,\"data\":{\"state\":\"fail\"},\"msg\":\"f\"}",
         LX_SHAPE_API, 501, true, true, "f"},
        {"{\"code\":200,\"data\":[]}", LX_SHAPE_JSON, 200, false, false, NULL},
        {"{\"code\":200,\"data\":7}", LX_SHAPE_JSON, 200, false, false, NULL},
        {"{\"code\":400,\"msg\":\"m\",\"data\":[]}", LX_SHAPE_API, 400, true,
         false, "m"},
        {"{\"message\":\"hello\"}", LX_SHAPE_API, 0, false, false, "hello"},
        {"{\"success\":false,\"message\":\"m\"}", LX_SHAPE_API, 0, true, false,
         "m"},
        {"{\"success\":false}", LX_SHAPE_JSON, 0, true, false, NULL},
        {"{\"success\":true,\"message\":\"\"}", LX_SHAPE_API, 0, false, false,
         ""},
        {"{\"error\":{\"message\":\"invalid token\",\"type\":"
         "\"new_api_error\",\"code\":\"\"}}",
         LX_SHAPE_PLATFORM, 0, true, false, "invalid token"},
        {"{\"error\":{\"message\":\"m\",\"type\":\"t\"},\"code\":401}",
         LX_SHAPE_PLATFORM, 401, true, false, "m"},
        {"{\"error\":{\"message\":\"m\",\"code\":402},\"msg\":\"other\"}",
         LX_SHAPE_PLATFORM, 402, true, false, "m"},
        {"{\"error\":{\"type\":\"t\"}}", LX_SHAPE_JSON, 0, true, false, NULL},
        {"{\"error\":{},\"code\":200,\"data\":{}}", LX_SHAPE_API, 200, false,
         true, NULL},
        {"{\"error\":null,\"code\":200,\"data\":{}}", LX_SHAPE_API, 200, false,
         true, NULL},
        {"{\"error\":\"\",\"code\":200,\"data\":{}}", LX_SHAPE_API, 200, false,
         true, NULL},
        {"{\"error\":0,\"code\":200,\"data\":{}}", LX_SHAPE_API, 200, false,
         true, NULL},
        {"{\"error\":\"denied\"}", LX_SHAPE_JSON, 0, true, false, "denied"},
        {"{\"error\":[1]}", LX_SHAPE_JSON, 0, true, false, NULL},
        {"{\"error\":true,\"msg\":\"m\"}", LX_SHAPE_API, 0, true, false, "m"},
        {"{\"taskId\":\"t\",\"state\":\"success\"}", LX_SHAPE_JSON, 0, false,
         false, NULL},
        {"[]", LX_SHAPE_JSON, 0, false, false, NULL},
        {"42", LX_SHAPE_JSON, 0, false, false, NULL},
        {"<html></html>", LX_SHAPE_HTML, 0, false, false, NULL},
        {"\xEF\xBB\xBF\n<!doctype html>", LX_SHAPE_HTML, 0, false, false, NULL},
        {"{\"code\":200", LX_SHAPE_NOT_JSON, 0, false, false, NULL},
        {"upstream timeout", LX_SHAPE_NOT_JSON, 0, false, false, NULL},
        {"\x1F\x8B\x08", LX_SHAPE_NOT_JSON, 0, false, false, NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_envelope envelope;

        check_row = rows[i].body;
        lx_envelope_parse(rows[i].body, strlen(rows[i].body), &envelope);
        CHECK_EQ(envelope.shape, rows[i].shape);
        CHECK_EQ(envelope.code, rows[i].code);
        CHECK_EQ(envelope.is_error, rows[i].is_error);
        CHECK_EQ(envelope.data.type,
                 rows[i].has_data ? LX_JSON_OBJECT : LX_JSON_NONE);
        if (rows[i].message)
            CHECK(lx_json_string_equals(envelope.message, rows[i].message));
        else
            CHECK_EQ(envelope.message.type, LX_JSON_NONE);
    }
    check_row = "NULs";
    {
        struct lx_envelope envelope;

        lx_envelope_parse("\0\0", 2, &envelope);
        CHECK_EQ(envelope.shape, LX_SHAPE_NOT_JSON);
        lx_envelope_parse(NULL, 0, &envelope);
        CHECK_EQ(envelope.shape, LX_SHAPE_EMPTY);
    }
}

static const char *text_of(const char *body, char *out, size_t capacity)
{
    struct lx_envelope envelope;

    check_row = body;
    lx_envelope_parse(body, strlen(body), &envelope);
    lx_envelope_text(&envelope, body, strlen(body), out, capacity);
    return out;
}

static void test_text(void)
{
    static const struct {
        const char *body, *want;
    } rows[] = {
        {"", ""},
        {"{\"code\":400,\"msg\":\"input.prompt is required\"}",
         "input.prompt is required"},
        {"{\"msg\":\"a\\nb\\u0000c\\u009b\"}", "a b c "},
        {"{\"code\":429,\"msg\":\"当前分组上游负载已饱和\"}",
         "当前分组上游负载已饱和"},
        /* JSON without a message may hold prompts and callback URLs. */
        {"{\"code\":200,\"data\":{\"param\":\"secret\"}}", ""},
        {"{\"code\":200,\"data\":{\"param\":\"secr", ""},
        {"\xEF\xBB\xBF [\"secret\"", ""},
        {"\"secret\"", ""},
        {"upstream  timeout\r\n", "upstream timeout"},
        {"a < b > c", "a < b > c"},
        {"<html>\r\n<head><title>413 Request Entity Too Large</title></head>"
         "\r\n<body>\r\n<center><h1>413 Request Entity Too Large</h1></center>"
         "\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
         "413 Request Entity Too Large nginx"},
        {"<title>a b</title><h1>a b</h1>", "a b"},
        {"<title>a</title><h1>ab</h1>", "a ab"},
        {"<title>a b</title><p>b</p>", "a b b"},
        {"a a", "a a"},
        {"<!doctype html><html><head><STYLE>p{}</style><script x='1'>if(a<b)"
         "</script><title>New API</title></head><body><div id=\"root\"></div>",
         "New API"},
        {"<html><script>never closed", ""},
        {"<html>cut <b", "cut"},
        {"<p>a\x01"
         "b\xFF\x80</p>",
         "a b??"},
        /* Keys. */
        {"{\"msg\":\"TokenStatusExhausted[sk-abc***xyz] (request id: 7)\"}",
         "TokenStatusExhausted[sk-***] (request id: 7)"},
        {"{\"msg\":\"SK-abc\xE2\x80\xA6xyz, sk-1\"}", "SK-***, sk-***"},
        {"{\"msg\":\"Authorization: bearer abc.DEF-1=/+ no\"}",
         "Authorization: bearer *** no"},
        {"{\"msg\":\"用sk-abc\"}", "用sk-***"},
        {"{\"msg\":\"task-1 disk-full sk- Bearer\"}",
         "task-1 disk-full sk- Bearer"},
        /* URLs. */
        {"{\"msg\":\"fetch https://a.b/c.png?token=exp=1~hmac=2&x, then\"}",
         "fetch https://a.b/c.png?*** then"},
        {"{\"msg\":\"(https://a.b/c#frag) why? \\\"http://x?y\\\"\"}",
         "(https://a.b/c?***) why? \"http://x?***\""},
        {"{\"msg\":\"https://a.b/sk-abc?d\"}", "https://a.b/sk-***?***"},
        {"what? https://a.b", "what? https://a.b"},
    };
    char out[1100];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_TEXT(text_of(rows[i].body, out, sizeof out), rows[i].want);
}

static void test_text_is_cut(void)
{
    char out[1100], body[9000] = "{\"msg\":\"", *at = body + strlen(body);

    out[0] = 'X';
    text_of("{\"msg\":\"abc\"}", out, 0);
    CHECK_EQ(out[0], 'X');
    CHECK_TEXT(text_of("{\"msg\":\"abc\"}", out, 1), "");
    CHECK_TEXT(text_of("{\"msg\":\"额度不足\"}", out, 9), "额度");
    CHECK_TEXT(text_of("{\"msg\":\"sk-abcdef\"}", out, 6), "sk-");
    for (int i = 0; i < 2000; i++, at += 3)
        memcpy(at, "额", 4);
    memcpy(at, "\"}", 3);
    text_of(body, out, sizeof out);
    CHECK_EQ(strlen(out), 1023);
    text_of(body + 8, out, sizeof out); /* no JSON: 200 characters */
    CHECK_EQ(strlen(out), 600);
}

static void test_request_id(void)
{
    static const struct {
        const char *body, *want;
    } rows[] = {
        {"{\"error\":{\"message\":\"Invalid token (request id: "
         "2026050106344712345678abcdEFGH)\"}}",
         "2026050106344712345678abcdEFGH"},
        {"{\"msg\":\"a (request id: up-1) (request id: own_2)\"}", "own_2"},
        {"{\"msg\":\"a (Request ID: x)\"}", "x"},
        {"{\"msg\":\"a (request id: x\"}", ""},
        {"{\"msg\":\"a (request id: \"}", ""},
        {"{\"msg\":\"a (request id: x y)\"}", ""},
        {"{\"msg\":\"(request id: 0123456789abcdefX)\"}", ""},
        {"{\"msg\":\"none\"}", ""},
        {"", ""},
    };
    char out[17];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char wide[64];
        struct lx_envelope envelope;

        check_row = rows[i].body;
        lx_envelope_parse(rows[i].body, strlen(rows[i].body), &envelope);
        lx_envelope_request_id(&envelope, wide, i == 6 ? 17 : sizeof wide);
        CHECK_TEXT(wide, rows[i].want);
    }
    out[0] = 'X';
    lx_envelope_request_id(&(struct lx_envelope){0}, out, 0);
    CHECK_EQ(out[0], 'X');
}

/* Of an answer with these data. */
static enum lx_state_class state_of(const char *data, char *word)
{
    struct lx_envelope envelope;
    char body[400];
    int length = snprintf(body, sizeof body,
                          "{\"state\":\"queued\",\"data\":[{\"state\":1}],"
                          "\"code\":200,\"data\":%s,\"msg\":{\"state\":2}}",
                          data);

    lx_envelope_parse(body, (size_t)length, &envelope);
    return lx_envelope_state(envelope.state, word);
}

static void test_state(void)
{
    static const struct {
        const char *data;
        enum lx_state_class class;
        const char *word;
    } rows[] = {
        {"{\"state\":\"waiting\"}", LX_STATE_PENDING, "waiting"},
        {"{\"state\":\" Success\\n\"}", LX_STATE_SUCCESS, "Success"},
        {"{\"state\":\"f\\u0061il\"}", LX_STATE_FAILED, "fail"},
        {"{\"state\":\"fail\",\"state\":\"success\"}", LX_STATE_SUCCESS,
         "success"},
        {"{\"state\":\"moderating\"}", LX_STATE_UNRECOGNISED, "moderating"},
        {"{\"state\":\"\"}", LX_STATE_UNRECOGNISED, ""},
        {"{\"state\":\"   \"}", LX_STATE_UNRECOGNISED, ""},
        {"{\"state\":null}", LX_STATE_UNRECOGNISED, ""},
        {"{\"state\":3}", LX_STATE_UNRECOGNISED, ""},
        {"{}", LX_STATE_UNRECOGNISED, ""},
        {"{\"state\":\"fail\\u0000\"}", LX_STATE_UNRECOGNISED, "fail "},
        {"{\"state\":\"0123456789012345678901234567890123456789\"}",
         LX_STATE_UNRECOGNISED, "0123456789012345678901234567890"},
        {"{\"state\":\"012345678901234567890123456789\xE4\xBD\xA0\"}",
         LX_STATE_UNRECOGNISED, "012345678901234567890123456789"},
    };
    char word[LX_STATE_WORD_MAX], text[300];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_EQ(state_of(rows[i].data, word), rows[i].class);
        CHECK_TEXT(word, rows[i].word);
    }
    CHECK_EQ(lx_envelope_state((struct lx_json){0}, word),
             LX_STATE_UNRECOGNISED);
    CHECK_TEXT(word, "");
    snprintf(text, sizeof text, "{\"state\":\"fail%250s\"}", "x");
    CHECK_EQ(state_of(text, word), LX_STATE_UNRECOGNISED);
}

/* Of members that are named alike the last one counts, with what is in it. */
static void test_state_member(void)
{
    static const struct {
        const char *body, *state;
    } rows[] = {
        {"{\"code\":200,\"data\":{\"state\":\"a\"}}", "\"a\""},
        {"{\"data\":{\"state\":\"a\",\"st\\u0061te\":\"b\"}}", "\"b\""},
        {"{\"data\":{\"state\":\"a\"},\"d\\u0061ta\":{\"state\":1}}", "1"},
        {"{\"data\":{\"state\":\"a\"},\"data\":{}}", NULL},
        {"{\"data\":{\"state\":\"a\"},\"data\":null}", NULL},
        {"{\"other\":{\"state\":\"a\"},\"data\":{}}", NULL},
        {"{\"data\":{\"data\":{\"state\":\"a\"}}}", NULL},
        {"{\"data\":[{\"state\":\"a\"}],\"state\":\"b\"}", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_envelope envelope;

        lx_envelope_parse(rows[i].body, strlen(rows[i].body), &envelope);
        CHECK_EQ(envelope.state.type != LX_JSON_NONE, rows[i].state != NULL);
        if (rows[i].state)
            CHECK_BYTES(envelope.state.text, envelope.state.length,
                        rows[i].state, strlen(rows[i].state));
    }
}

int main(void)
{
    test_shapes();
    test_text();
    test_text_is_cut();
    test_request_id();
    test_state();
    test_state_member();
    return check_report("envelope");
}
