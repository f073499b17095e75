/* Names of kinds, stages and charges; how an error is set. */
#include "base/status.h"

#include "../check.h"

static void test_names(void)
{
    CHECK_TEXT(lx_kind_name(LX_KIND_NONE), "none");
    CHECK_TEXT(lx_kind_name(LX_KIND_OUTCOME_UNKNOWN), "outcome_unknown");
    CHECK_TEXT(lx_kind_name(LX_KIND_FILE), "file");
    CHECK_TEXT(lx_kind_name(LX_KIND_COUNT), "unknown");
    CHECK_TEXT(lx_stage_name(LX_STAGE_NONE), "none");
    CHECK_TEXT(lx_stage_name(LX_STAGE_RECEIVE), "receive");
    CHECK_TEXT(lx_stage_name(LX_STAGE_COUNT), "unknown");
    CHECK_TEXT(lx_charged_name(LX_CHARGED_NO), "no");
    CHECK_TEXT(lx_charged_name(LX_CHARGED_MAYBE), "maybe");
    CHECK_TEXT(lx_charged_name(LX_CHARGED_YES), "yes");
    CHECK_TEXT(lx_charged_name((enum lx_charged)7), "unknown");
    for (int kind = 0; kind < LX_KIND_COUNT; kind++)
        CHECK(lx_kind_name((enum lx_kind)kind)[0] != '\0');
}

static void test_error_set_clears(void)
{
    struct lx_error error;

    memset(&error, 0x5A, sizeof error);
    lx_error_set(&error, LX_KIND_AUTH, "status %d: %s", 401, "no");
    CHECK_EQ(error.kind, LX_KIND_AUTH);
    CHECK_EQ(error.stage, LX_STAGE_NONE);
    CHECK_EQ(error.charged, LX_CHARGED_NO);
    CHECK_EQ(error.retryable, 0);
    CHECK_EQ(error.http_status, 0);
    CHECK_EQ(error.attempts, 0);
    CHECK_EQ(error.retry_after_ms, -1);
    CHECK_TEXT(error.api_code, "");
    CHECK_TEXT(error.request_id, "");
    CHECK_TEXT(error.fail_code, "");
    CHECK_TEXT(error.message, "status 401: no");

    lx_error_set(&error, LX_KIND_SERVER, "again: %s", error.message);
    CHECK_TEXT(error.message, "again: status 401: no");
    lx_error_set(NULL, LX_KIND_AUTH, "%d", 1);
}

/* Whatever the length, the cut falls between characters and fits. */
static void test_error_message_is_cut_at_a_character(void)
{
    struct lx_error error;
    char text[1200];

    for (size_t length = 380; length < 420; length++) {
        size_t at = 0;

        memset(text, 'a', length % 3);
        for (at = length % 3; at < length; at += 3)
            memcpy(text + at, "额", 3);
        text[at] = '\0';
        lx_error_set(&error, LX_KIND_QUOTA, "%s", text);
        at = strlen(error.message);
        CHECK(at <= sizeof error.message - 1);
        CHECK(at >= strlen(text) || at >= sizeof error.message - 3);
        CHECK_EQ((at - length % 3) % 3, 0);
        CHECK(strncmp(text, error.message, at) == 0);
    }
}

int main(void)
{
    test_names();
    test_error_set_clears();
    test_error_message_is_cut_at_a_character();
    return check_report("status");
}
