/* end_words.c: see end_words.h. */
#include "engine/end_words.h"

#include <stdio.h>
#include <string.h>

void lx_end_judge(const struct lx_record *record, struct lx_error *error)
{
    if (record->state_class == LX_STATE_FAILED) {
        lx_error_set(error, LX_KIND_TASK_FAILED, "the task failed: %s%s%s%s",
                     record->fail_msg ? record->fail_msg
                                      : "the service gave no reason",
                     record->fail_code ? " (failCode " : "",
                     record->fail_code ? record->fail_code : "",
                     record->fail_code ? ")" : "");
        error->charged = LX_CHARGED_MAYBE;
        if (record->fail_code)
            lx_text_copy(error->fail_code, sizeof error->fail_code,
                         record->fail_code, strlen(record->fail_code));
    } else if (record->state_class == LX_STATE_SUCCESS &&
               !lx_record_has_result(record)) {
        lx_error_set(error, LX_KIND_RESULT_MISSING,
                     "the task succeeded, but its resultJson %s; the raw text "
                     "is in err.record: keep the task id and ask support",
                     record->result_is_malformed ? "is not JSON"
                                                 : "holds no URL");
        error->charged = LX_CHARGED_YES;
    }
}

void lx_end_name_service(const char *base_url, struct lx_error *error)
{
    size_t length = strlen(error->message);

    snprintf(error->message + length, sizeof error->message - length,
             " (base_url %.200s)", base_url);
}

void lx_end_name_wait(int64_t waited_ms, struct lx_error *error)
{
    if (error->kind != LX_KIND_DEADLINE)
        return;
    lx_error_set(error, LX_KIND_DEADLINE,
                 "another client is at this key, and has come to no end within "
                 "%.3g s: run it again to go on waiting",
                 (double)waited_ms / 1000.0);
    error->charged = LX_CHARGED_MAYBE;
    error->retryable = true;
}

void lx_end_name_journal(int64_t waited_ms, struct lx_error *error)
{
    if (error->kind != LX_KIND_DEADLINE)
        return;
    lx_error_set(error, LX_KIND_JOURNAL,
                 "the journal has not answered within %.3g s, for others hold "
                 "it locked or its server is slow: nothing was sent, it may be "
                 "sent again",
                 (double)waited_ms / 1000.0);
    error->charged = LX_CHARGED_NO;
    error->retryable = true;
}
