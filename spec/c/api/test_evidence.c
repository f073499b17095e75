/* What people see of an answer that could not be used. */
#include "api/evidence.h"

#include <stdlib.h>

#include "../check.h"

static void test_rows(void)
{
    static const struct {
        const char *body, *want;
    } rows[] = {
        {"", ""},
        {"{\"code\":200,\"data\":{\"id\":\"task_no2\"}}",
         "{\"code\":200,\"data\":{\"id\":\"task_no2\"}}"},
        {"{\"data\":{\"taskId\":\"task_z_im",
         "{\"data\":{\"taskId\":\"task_z_im"},
        {"{\"a\":1,\n \"b\" : \"x\"}", "{\"a\":1,  \"b\" : \"x\"}"},
        /* what may be the caller's own */
        {"{\"param\":\"{\\\"a\\\":1}\",\"id\":\"x\"}",
         "{\"param\":<9 bytes>,\"id\":\"x\"}"},
        {"{\"prompts\":[\"red\",\"kite\"],\"n\":2}",
         "{\"prompts\":[<3 bytes>,<4 bytes>],\"n\":2}"},
        {"{\"callBackUrl\":\"https://u:p@h/x", "{\"callBackUrl\":<15 bytes>"},
        {"{\"x\":\"0123456789012345678901234567890123456789012345678901234567"
         "890123\"}",
         "{\"x\":<64 bytes>}"},
        /* secrets */
        {"{\"k\":\"sk-abcdef\",\"u\":\"https://a/b?c=d\"}",
         "{\"k\":\"sk-***\",\"u\":\"https://a/b?***\"}"},
        {"{\"a\":\"\xB3\x1B[31m\"}", "{\"a\":\"? [31m\"}"},
    };
    char out[LX_EVIDENCE_MAX];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].body;
        lx_evidence_write(rows[i].body, strlen(rows[i].body), out);
        CHECK_TEXT(out, rows[i].want);
    }
    lx_evidence_write(NULL, 0, out);
    CHECK_TEXT(out, "");
}

static void test_is_cut(void)
{
    char body[1000], out[LX_EVIDENCE_MAX];

    check_row = "long";
    memset(body, '7', sizeof body);
    lx_evidence_write(body, sizeof body, out);
    CHECK(strlen(out) < LX_EVIDENCE_MAX && strlen(out) > 200);
    CHECK_CONTAINS(out, "777 ...");
}

int main(void)
{
    test_rows();
    test_is_cut();
    return check_report("evidence");
}
