/* The Nth allocation fails, N = 1, 2, 3, ...: records and buffers say so, lose
 * nothing and leak nothing (ASAN looks for leaks at the end).
 * LDFLAGS: -Wl,--wrap=malloc,--wrap=realloc,--wrap=calloc */
#include "api/outcome.h"
#include "api/record.h"
#include "base/buffer.h"

#include <stdlib.h>

#include "../check.h"

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_calloc(size_t count, size_t size);

static int allocations_left = -1; /* -1: no limit */

static bool may_allocate(void)
{
    if (allocations_left < 0)
        return true;
    return allocations_left-- > 0 || (allocations_left = 0);
}

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
    return may_allocate() ? __real_realloc(old, size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return may_allocate() ? __real_calloc(count, size) : NULL;
}

static bool make_record(void)
{
    static const char body[] =
        "{\"code\":200,\"data\":{\"taskId\":\"t\",\"state\":\"success\","
        "\"resultJson\":\"{\\\"resultUrls\\\":[\\\"https://a.b/c\\\"]}\"}}";
    struct lx_envelope envelope;
    struct lx_record *record;
    bool is_made;

    lx_envelope_parse(body, sizeof body - 1, &envelope);
    record = lx_record_new(envelope.data, body, sizeof body - 1, false);
    is_made = record != NULL;
    lx_record_free(record);
    return is_made;
}

/* Its result has to be mended, and decoded twice. */
static bool make_mended_record(void)
{
    static const char body[] =
        "{\"code\":200,\"data\":{\"taskId\":\"t\",\"state\":\"success\","
        "\"resultJson\":\"{\\\"resultUrls\\\":\\\"[\\\\\\\"https://a.b/c"
        "\\\\\\\"]\\\",}\"}}";
    struct lx_envelope envelope;
    struct lx_record *record;
    bool is_made;

    lx_envelope_parse(body, sizeof body - 1, &envelope);
    record = lx_record_new(envelope.data, body, sizeof body - 1, false);
    /* Mending that fails for want of memory is as if it could not be done. */
    is_made = record && record->url_count == 1;
    lx_record_free(record);
    return is_made;
}

/* Where there is no memory to mend, a create's answer is one without an id. */
static bool judge_damaged(void)
{
    static const char body[] = "{\"code\":200,\"data\":{\"taskId\":\"t\",}}";
    struct lx_answer answer = {.transport = LX_TRANSPORT_ANSWERED,
                               .http_status = 200,
                               .retry_after_ms = -1,
                               .body = body,
                               .body_length = sizeof body - 1};
    struct lx_outcome outcome;
    bool is_done;

    lx_outcome_judge(LX_OPERATION_CREATE, &answer, &outcome);
    is_done = outcome.verdict == LX_VERDICT_DONE;
    CHECK(is_done || outcome.error.charged == LX_CHARGED_MAYBE);
    lx_outcome_deinit(&outcome);
    return is_done;
}

static bool fill_buffer(void)
{
    struct lx_buffer buffer;
    bool is_filled = true;
    size_t length = 0, changed = 0;

    lx_buffer_init(&buffer, 5000);
    for (int i = 0; i < 500 && is_filled; i++) {
        is_filled = lx_buffer_append(&buffer, "0123456789", 10);
        length += is_filled ? 10 : 0;
    }
    /* What was there before the failure is still there. */
    CHECK_EQ(buffer.length, length);
    for (size_t i = 0; i < length; i++)
        changed += buffer.bytes[i] != (char)('0' + i % 10);
    CHECK_EQ(changed, 0);
    if (is_filled)
        free(lx_buffer_release(&buffer, NULL));
    lx_buffer_deinit(&buffer);
    return is_filled;
}

/* Fails one allocation later each time; returns how many there are. */
static int fail_each_allocation(bool (*use)(void))
{
    for (int count = 0; count < 100; count++) {
        bool is_good;

        allocations_left = count;
        is_good = use();
        allocations_left = -1;
        if (is_good)
            return count;
    }
    return -1;
}

int main(void)
{
    CHECK_EQ(fail_each_allocation(make_record), 2);
    CHECK(fail_each_allocation(make_mended_record) > 3);
    /* The id is found without memory, too. */
    CHECK_EQ(fail_each_allocation(judge_damaged), 0);
    CHECK(fail_each_allocation(fill_buffer) > 2);
    return check_report("record_alloc");
}
