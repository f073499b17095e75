/* Where answers and callbacks name a task, and what is none or ambiguous. */
#include "api/task_id.h"

#include "../check.h"

static struct lx_json parse(const char *text)
{
    struct lx_json root = {0};

    check_row = text;
    CHECK(lx_json_parse(text, strlen(text), &root, NULL));
    return root;
}

static void test_find(void)
{
    static const struct {
        const char *root, *want;
    } rows[] = {
        {"{\"data\":{\"taskId\":\"task_imagen4-ultra_1777600000000\"}}",
         "task_imagen4-ultra_1777600000000"},
        {"{\"data\":{\"task_id\":\"old\"}}", "old"},
        {"{\"data\":{\"taskId\":\"\",\"task_id\":\"old\"}}", "old"},
        {"{\"data\":{\"taskId\":\"\\u4f60 a\"}}", "\xE4\xBD\xA0 a"},
        {"{\"taskId\":\"top\"}", "top"},
        {"{\"code\":200,\"task_id\":\"top\",\"data\":null}", "top"},
        {"{\"taskId\":\"one\",\"data\":{\"taskId\":\"one\",\"task_id\":"
         "\"one\"}}",
         "one"},
        /* numbers */
        {"{\"data\":{\"taskId\":123}}", "123"},
        {"{\"data\":{\"taskId\":1618065507111835497}}", "1618065507111835497"},
        {"{\"data\":{\"taskId\":12,\"task_id\":\"12\"}}", "12"},
        {"{\"data\":{\"taskId\":0}}", ""},
        {"{\"data\":{\"taskId\":-5}}", ""},
        {"{\"data\":{\"taskId\":1.5}}", ""},
        {"{\"data\":{\"taskId\":1e5}}", ""},
        /* the data itself */
        {"{\"data\":\"task_no1\"}", "task_no1"},
        {"{\"data\":\"12345678\"}", "12345678"},
        {"{\"data\":\"task_n1\"}", ""},
        {"{\"data\":\"task_none\"}", ""},
        {"{\"data\":\"queued at place 12\"}", ""},
        {"{\"data\":12345678}", ""},
        {"{\"data\":[\"task_no1\"]}", ""},
        {"{\"taskId\":\"top\",\"data\":\"task_no1\"}", "top"},
        {"{\"data\":\"[\\\"task_no1\\\"]\"}", ""},
        {"{\"data\":\"{\\\"taskId\\\":\\\"inner\\\"}\"}", "inner"},
        {"{\"data\":{\"taskId\":\"a\"},\"data\":null}", "a"},
        /* two that differ */
        {"{\"data\":{\"taskId\":\"a\"},\"data\":{\"taskId\":\"b\"}}", ""},
        {"{\"taskId\":\"a\",\"data\":\"{\\\"taskId\\\":\\\"b\\\"}\"}", ""},
        {"{\"data\":{\"taskId\":\"new\",\"task_id\":\"old\"}}", ""},
        {"{\"data\":{\"taskId\":\"a\",\"taskId\":\"b\"}}", ""},
        {"{\"taskId\":\"a\",\"data\":{\"taskId\":\"b\"}}", ""},
        {"{\"taskId\":\"a\",\"data\":{\"taskId\":\"a\\n\"}}", ""},
        {"{\"data\":{\"taskId\":12,\"task_id\":\"123\"}}", ""},
        /* none */
        {"{}", ""},
        {"[{\"taskId\":\"a\"}]", ""},
        {"{\"data\":{\"id\":\"task_no2\"}}", ""},
        {"{\"data\":{\"x\":{\"taskId\":\"deep\"}}}", ""},
        {"{\"data\":{\"taskId\":null}}", ""},
        {"{\"data\":{\"taskId\":true}}", ""},
        {"{\"data\":{\"taskId\":\"a\\u0000b\"}}", ""},
        {"{\"data\":{\"taskId\":\"a\\r\\nb\"}}", ""},
        {"{\"data\":{\"taskId\":\"a\x7F\"}}", ""},
        {"{\"data\":{\"taskId\":\"a\\ufffd\"}}", ""},
        {"{\"data\":{\"taskId\":\"a\xEF\xBF\xBD\"}}", ""},
        {"{\"data\":\"task_no1\\ufffd\"}", ""},
    };
    char out[LX_TASK_ID_MAX + 1];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_EQ(lx_task_id_find(parse(rows[i].root), true, out),
                 strlen(rows[i].want));
        CHECK_TEXT(out, rows[i].want);
    }
    CHECK_EQ(lx_task_id_find(parse("{\"data\":\"task_no1\"}"), false, out), 0);
    CHECK_EQ(lx_task_id_find((struct lx_json){0}, true, out), 0);
}

static void test_scan(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {"{\"x\":undefined,\"taskId\":\"a1\"}", "a1"},
        {"{'data': {'task_id': 'a1', 'x': None}}", "a1"},
        {"\"taskId\" : 17 }", "17"},
        {"\"taskId\":17", ""},
        {"\"taskId\":\"a1", ""},
        {"\"taskId\":\"a1\", \"taskId\":\"a1\"", "a1"},
        {"\"taskId\":\"a1\", \"task_id\":\"a2\"", ""},
        {"\"taskId\":\"a1\", \"taskId\":\"a", ""},
        {"\"taskId\":\"a\\u0031\"", ""},
        {"\"taskId\":\"a\xB3\xC9\"", ""},
        {"\"taskId\":\"\"", ""},
        {"\"taskId\":null", ""},
        {"\\\"taskId\\\":\\\"echo\\\"", ""},
        {"taskId: a1", ""},
        {"\"taskId\":\"a\"b\"", ""},
        {"\"taskId\":17 \"b\"", ""},
        {"\"taskId\"", ""},
    };
    char out[LX_TASK_ID_MAX + 1];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].text;
        CHECK_EQ(lx_task_id_scan(rows[i].text, strlen(rows[i].text), out),
                 strlen(rows[i].want));
        CHECK_TEXT(out, rows[i].want);
    }
}

static void test_length(void)
{
    static const char *const forms[] = {
        "{\"taskId\":\"%0*d\"}", "{\"taskId\":1%0*d}", "{\"data\":\"%0*d\"}"};
    char out[LX_TASK_ID_MAX + 1], text[LX_TASK_ID_MAX + 32];

    for (int form = 0; form < 3; form++)
        for (int length = LX_TASK_ID_MAX; length <= LX_TASK_ID_MAX + 1;
             length++) {
            snprintf(text, sizeof text, forms[form],
                     form == 1 ? length - 1 : length, 1);
            CHECK_EQ(lx_task_id_find(parse(text), true, out),
                     length <= LX_TASK_ID_MAX ? length : 0);
        }
}

static void test_differs(void)
{
    static const struct {
        const char *text;
        bool want;
    } rows[] = {
        {"", false},
        {"<html>502</html>", false},
        {"{\"data\":{\"taskId\":\"t1\"}}", false},
        {"{\"data\":{\"task_id\" : \"t1\" }}", false},
        {"{'taskId':'t1'}", false},
        {"{\"data\":{\"taskId\":\"t2\"}}", true},
        {"{\"data\":{\"taskId\":\"t1\"},\"taskId\":\"t12\"}", true},
        {"{\"data\":{\"taskId\":\"t", true},
        {"{\"data\":{\"taskId\":\"t1", true},
        {"taskId=t1&x", true},
        {"{\"data\":\"other_99\"}", true},
        {"{\"data\":\"t1\"}", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].text;
        CHECK_EQ(lx_task_id_differs(rows[i].text, strlen(rows[i].text), "t1"),
                 rows[i].want);
    }
}

static void test_search(void)
{
    static const struct {
        const char *root, *want;
    } rows[] = {
        {"[{\"taskId\":\"a\"}]", "a"},
        {"{\"data\":[{\"taskId\":\"a\"}]}", "a"},
        {"{\"data\":{\"code\":200,\"data\":{\"task_id\":17}}}", "17"},
        {"{\"result\":{\"task\":{\"taskId\":\"a\"}}}", "a"},
        {"{\"data\":{\"task\":{\"taskId\":\"a\"},\"n\":[{\"taskId\":\"a\"}]}}",
         "a"},
        {"{\"data\":{\"input\":{\"taskId\":\"a\"}}}", ""},
        {"{\"data\":{\"param\":{\"x\":{\"taskId\":\"a\"}},"
         "\"job\":{\"taskId\":\"b\"}}}",
         "b"},
        {"{\"data\":[{\"taskId\":\"a\"},{\"taskId\":\"b\"}]}", ""},
        {"{\"data\":{\"id\":\"a\",\"note\":\"taskId\"}}", ""},
        {"\"taskId\"", ""},
    };
    char out[LX_TASK_ID_MAX + 1];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = lx_task_id_search(parse(rows[i].root), out);

        CHECK_EQ(length, strlen(rows[i].want));
        CHECK_TEXT(out, rows[i].want);
    }
}

int main(void)
{
    test_find();
    test_search();
    test_scan();
    test_length();
    test_differs();
    return check_report("task_id");
}
