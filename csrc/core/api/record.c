/* record.c: a recordInfo answer taken out of its JSON into one block of memory
 * that can cross to the host's thread. Knows nothing of HTTP or Lua. Any
 * thread. */
#include "api/record.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum field {
    FIELD_TASK_ID,
    FIELD_TASK_ID_OLD,
    FIELD_MODEL,
    FIELD_STATE,
    FIELD_FAIL_CODE,
    FIELD_FAIL_MSG,
    FIELD_RESULT,
    FIELD_CREATED,
    FIELD_UPDATED,
    FIELD_COMPLETED,
    FIELD_CREDITS_CONSUMED,
    FIELD_CONSUME_CREDITS,
    FIELD_CREDITS_CHARGED,
    FIELD_PROGRESS,
    FIELD_COUNT
};

/* The names of the service, then those seen at its sister gateways. */
static const char *const field_names[FIELD_COUNT] = {
    [FIELD_TASK_ID] = "taskId",
    [FIELD_TASK_ID_OLD] = "task_id",
    [FIELD_MODEL] = "model",
    [FIELD_STATE] = "state",
    [FIELD_FAIL_CODE] = "failCode",
    [FIELD_FAIL_MSG] = "failMsg",
    [FIELD_RESULT] = "resultJson",
    [FIELD_CREATED] = "createTime",
    [FIELD_UPDATED] = "updateTime",
    [FIELD_COMPLETED] = "completeTime",
    [FIELD_CREDITS_CONSUMED] = "creditsConsumed",
    [FIELD_CONSUME_CREDITS] = "consumeCredits",
    [FIELD_CREDITS_CHARGED] = "creditsCharged",
    [FIELD_PROGRESS] = "progress",
};

/* Below this a time is in seconds: as milliseconds it would be in 1973. */
#define SECONDS_BELOW INT64_C(100000000000)

/* The part of the block that is not used yet. lx_record_new sizes it so that
 * nothing that is stored can pass its end. */
struct space {
    char *at;
};

static char *store(struct space *space, const char *bytes, size_t length)
{
    char *text = space->at;

    memcpy(text, bytes, length);
    text[length] = '\0';
    space->at += length + 1;
    return text;
}

/* Words for people, which a NUL must not cut short. */
static char *store_string(struct space *space, struct lx_json value)
{
    char *text = space->at;
    size_t length = lx_json_string_decode(value, text, value.length);

    for (size_t i = 0; i < length; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    space->at += length + 1;
    return text;
}

/* Without white space around it, tabs and line breaks, as browsers read one. */
static size_t store_url(struct space *space, struct lx_json value, char **url)
{
    char *text = space->at;
    size_t length = lx_json_string_decode(value, text, value.length);
    size_t kept = 0;

    for (size_t i = 0; i < length; i++)
        if (text[i] == ' ' ? kept > 0 : !lx_text_is_white(text[i]))
            text[kept++] = text[i];
    while (kept > 0 && text[kept - 1] == ' ')
        kept--;
    text[kept] = '\0';
    space->at += kept + 1;
    *url = text;
    return kept;
}

/* As it stands, but 501.0 is 501. */
static char *store_number(struct space *space, struct lx_json value)
{
    char digits[LX_JSON_NUMBER_MAX];
    int64_t integer;
    int length;

    if (!lx_json_int64(value, &integer))
        return store(space, value.text, value.length);
    length = snprintf(digits, sizeof digits, "%" PRId64, integer);
    if ((size_t)length > value.length)
        return store(space, value.text, value.length);
    return store(space, digits, (size_t)length);
}

/* NULL for what is absent, null, empty, or neither text nor number. */
static char *store_word(struct space *space, struct lx_json value)
{
    if (value.type == LX_JSON_NUMBER)
        return store_number(space, value);
    if (value.type != LX_JSON_STRING || value.length <= 2)
        return NULL;
    return store_string(space, value);
}

/* The same, and arrays and objects that are not empty. */
static char *store_words(struct space *space, struct lx_json value)
{
    struct lx_json_iter iter = lx_json_iterate(value);

    if (lx_json_next(&iter))
        return store(space, value.text, value.length);
    return store_word(space, value);
}

static void store_result(struct lx_record *record, struct space *space,
                         const struct lx_result *result)
{
    for (size_t i = 0; i < result->url_count; i++)
        record->url_lengths[i] =
            store_url(space, result->urls[i], &record->urls[i]);
    record->url_count = result->url_count;
    if (result->url_count == 0 && result->text)
        record->result_text = store(space, result->text, result->text_length);
    record->is_mended |= result->is_mended;
    record->result_is_malformed = result->is_malformed;
    record->has_result_object = result->has_object;
}

static int64_t read_time_ms(struct lx_json value)
{
    char text[LX_JSON_NUMBER_MAX];
    int64_t time;

    if (!lx_json_int64(lx_json_number_in(value, text), &time) || time <= 0)
        return -1;
    return time < SECONDS_BELOW ? time * 1000 : time;
}

static double read_amount(struct lx_json value)
{
    char text[LX_JSON_NUMBER_MAX];
    double amount;

    value = lx_json_number_in(value, text);
    return lx_json_double(value, &amount) && amount >= 0 ? amount : -1;
}

static double read_credits(const struct lx_json *fields)
{
    double credits = -1;

    for (int i = FIELD_CREDITS_CONSUMED;
         i <= FIELD_CREDITS_CHARGED && credits < 0; i++)
        credits = read_amount(fields[i]);
    return credits;
}

/* A number, in a string also with a percent sign. */
static double read_progress(struct lx_json value)
{
    char text[16];
    double progress;

    if (value.type == LX_JSON_STRING) {
        size_t length = lx_json_string_decode(value, text, sizeof text);

        if (length > 0 && length < sizeof text && text[length - 1] == '%')
            length--;
        if (length >= sizeof text || !lx_json_parse(text, length, &value, NULL))
            return -1;
    }
    progress = read_amount(value);
    return progress <= 100 ? progress : -1;
}

/* A stored string takes less than its span, a stored span one byte more. */
static size_t measure_texts(const struct lx_json *fields,
                            const struct lx_result *result)
{
    size_t bytes = result->text_length + 1;

    for (int i = FIELD_TASK_ID; i < FIELD_RESULT; i++)
        bytes += fields[i].length + 1;
    for (size_t i = 0; i < result->url_count; i++)
        bytes += result->urls[i].length;
    return bytes;
}

static void fill(struct lx_record *record, struct space *space,
                 const struct lx_json *fields)
{
    struct lx_json id = fields[FIELD_TASK_ID];

    record->task_id = store_word(space, id);
    if (!record->task_id)
        record->task_id = store_word(space, fields[FIELD_TASK_ID_OLD]);
    record->model = store_word(space, fields[FIELD_MODEL]);
    record->state = store_word(space, fields[FIELD_STATE]);
    record->fail_code = store_word(space, fields[FIELD_FAIL_CODE]);
    record->fail_msg = store_words(space, fields[FIELD_FAIL_MSG]);
    record->created_ms = read_time_ms(fields[FIELD_CREATED]);
    record->updated_ms = read_time_ms(fields[FIELD_UPDATED]);
    record->completed_ms = read_time_ms(fields[FIELD_COMPLETED]);
    record->credits = read_credits(fields);
    record->progress = read_progress(fields[FIELD_PROGRESS]);
}

/* In one block; NULL when out of memory. */
static struct lx_record *build(const struct lx_json *fields,
                               const struct lx_result *result, const char *body,
                               size_t length)
{
    struct lx_record *record;
    struct space space;

    record = malloc(sizeof *record +
                    result->url_count *
                        (sizeof *record->urls + sizeof *record->url_lengths) +
                    length + 1 + measure_texts(fields, result));
    if (!record)
        return NULL;
    *record = (struct lx_record){.body_length = length};
    record->urls = (char **)(record + 1);
    record->url_lengths = (size_t *)(record->urls + result->url_count);
    space.at = (char *)(record->url_lengths + result->url_count);
    record->body = store(&space, body, length);
    fill(record, &space, fields);
    store_result(record, &space, result);
    return record;
}

struct lx_record *lx_record_new(struct lx_json data, const char *body,
                                size_t length, bool is_mended)
{
    struct lx_json fields[FIELD_COUNT];
    char word[LX_STATE_WORD_MAX];
    struct lx_record *record = NULL;
    struct lx_result result = {.url_count = 0};
    enum lx_state_class state_class;
    bool is_read = true;

    lx_json_pick(data, field_names, FIELD_COUNT, fields);
    state_class = lx_envelope_state(fields[FIELD_STATE], word);
    /* A result that is there before the end is not the task's result. */
    if (state_class == LX_STATE_SUCCESS)
        is_read = lx_result_read(fields[FIELD_RESULT], data, &result);
    if (is_read)
        record = build(fields, &result, body, length);
    lx_result_deinit(&result);
    if (!record)
        return NULL;
    record->state_class = state_class;
    record->is_mended |= is_mended;
    return record;
}

void lx_record_free(struct lx_record *record)
{
    free(record);
}

bool lx_record_has_result(const struct lx_record *record)
{
    return record->url_count > 0 || record->has_result_object;
}
