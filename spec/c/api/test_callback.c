/* Callbacks: the task that a body names, and the token that comes back in it.
 */
#include "api/callback.h"

#include "../check.h"

#define TOKEN "0123456789abcdefABCDEF0123456789"
#define URL   "https:\\/\\/h.example\\/cb?x=1&liangxin_token=" TOKEN "#top"

static void test_read(void)
{
    static const struct {
        const char *body;
        enum lx_callback_shape shape;
        const char *task_id, *token;
    } rows[] = {
        {"{\"code\":501,\"data\":{\"state\":\"fail\",\"taskId\":\"t29\"},"
         "\"msg\":\"Playground task failed.\"}",
         LX_CALLBACK_GOOD, "t29", ""},
        {"{\"taskId\":\"t29\",\"model\":\"z-image\",\"state\":\"success\"}",
         LX_CALLBACK_GOOD, "t29", ""},
        {"{\"event\":\"task.completed\",\"taskId\":\"t29\",\"result\":{}}",
         LX_CALLBACK_GOOD, "t29", ""},
        {"{\"code\":200,\"data\":{\"task_id\":\"t29\"}}", LX_CALLBACK_GOOD,
         "t29", ""},
        {"{\"taskId\":\"t\",\"data\":{\"state\":\"in\"}}", LX_CALLBACK_GOOD,
         "t", ""},
        {"{\"data\":{\"taskId\":29}}", LX_CALLBACK_GOOD, "29", ""},
        /* mended */
        {"\xEF\xBB\xBF{\"taskId\":\"t\",\"m\":\"\xB3\xC9\",} x",
         LX_CALLBACK_GOOD, "t", ""},
        /* tokens */
        {"{\"data\":{\"taskId\":\"t\",\"param\":{\"callBackUrl\":\"" URL
         "\"}}}",
         LX_CALLBACK_GOOD, "t", TOKEN},
        {"{\"data\":{\"taskId\":\"t\",\"param\":\"{\\\"input\\\":{\\\"prompt"
         "\\\":\\\"liangxin_token=bad\\\"},\\\"callBackUrl\\\":\\\"h?"
         "liangxin_token=" TOKEN "\\\"}\"}}",
         LX_CALLBACK_GOOD, "t", TOKEN},
        {"{\"taskId\":\"t\",\"param\":\"a=b&liangxin_token=" TOKEN "&c\"}",
         LX_CALLBACK_GOOD, "t", TOKEN},
        {"{\"taskId\":\"t\",\"param\":\"liangxin_token=\"}", LX_CALLBACK_GOOD,
         "t", ""},
        {"{\"taskId\":\"t\",\"param\":{\"callBackUrl\":7}}", LX_CALLBACK_GOOD,
         "t", ""},
        {"{\"taskId\":\"t\",\"param\":[\"liangxin_token=" TOKEN "\"]}",
         LX_CALLBACK_GOOD, "t", ""},
        {"{\"taskId\":\"t\",\"param\":\"liangxin_token=" TOKEN TOKEN TOKEN
         "\"}",
         LX_CALLBACK_GOOD, "t", TOKEN TOKEN},
        /* useless */
        {"{\"code\":200,\"data\":{}}", LX_CALLBACK_NO_TASK, "", ""},
        {"{\"taskId\":\"\"}", LX_CALLBACK_NO_TASK, "", ""},
        {"{\"taskId\":\"a\",\"data\":{\"taskId\":\"b\"}}", LX_CALLBACK_NO_TASK,
         "", ""},
        {"[{\"taskId\":\"t\"}]", LX_CALLBACK_NOT_JSON, "", ""},
        {"", LX_CALLBACK_NOT_JSON, "", ""},
        {"{\"taskId\":\"t", LX_CALLBACK_NOT_JSON, "", ""},
        {"<html>", LX_CALLBACK_NOT_JSON, "", ""},
        {"taskId=t29", LX_CALLBACK_NOT_JSON, "", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_callback callback;

        check_row = rows[i].body;
        CHECK_EQ(
            lx_callback_read(rows[i].body, strlen(rows[i].body), &callback),
            rows[i].shape);
        CHECK_TEXT(callback.task_id, rows[i].task_id);
        CHECK_TEXT(callback.token, rows[i].token);
    }
}

int main(void)
{
    test_read();
    return check_report("callback");
}
