/* record.c: a recordInfo answer taken out of its JSON into one block of memory
 * that can cross to the host's thread. Knows nothing of HTTP or Lua. Any
 * thread. */
#include "api/record.h"

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

/* Decoded, at most value.length - 1 bytes with the NUL. */
static char *store_string(struct space *space, struct lx_json value,
                          size_t *length)
{
    char *text = space->at;

    *length = lx_json_string_decode(value, text, value.length);
    space->at += *length + 1;
    return text;
}

/* NULL for what is absent, null, empty, or neither text nor number. */
static char *store_word(struct space *space, struct lx_json value)
{
    size_t length;

    if (value.type == LX_JSON_NUMBER)
        return store(space, value.text, value.length);
    if (value.type != LX_JSON_STRING || value.length <= 2)
        return NULL;
    return store_string(space, value, &length);
}

/* No URL holds a control character, least of all a NUL. */
static bool is_url(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return false;
    return length > 0;
}

static void read_urls(struct lx_record *record, struct space *space,
                      struct lx_json list)
{
    struct lx_json_iter iter = lx_json_iterate(list);

    if (list.type != LX_JSON_ARRAY)
        return;
    while (record->url_count < LX_RESULT_URLS_MAX && lx_json_next(&iter)) {
        size_t length;
        char *url;

        if (iter.value.type != LX_JSON_STRING)
            continue;
        url = store_string(space, iter.value, &length);
        if (!is_url(url, length))
            continue;
        record->urls[record->url_count] = url;
        record->url_lengths[record->url_count++] = length;
    }
}

/* resultJson is a string that holds JSON; sister gateways send the object. */
static void read_result(struct lx_record *record, struct space *space,
                        struct lx_json result)
{
    struct lx_json root = result;
    size_t length;
    char *text;

    switch (result.type) {
    case LX_JSON_NONE:
    case LX_JSON_NULL:
        return;
    case LX_JSON_STRING:
        text = store_string(space, result, &length);
        if (length == 0)
            return;
        record->result_is_malformed = !lx_json_parse(text, length, &root, NULL);
        if (record->result_is_malformed)
            root = result; /* a string, which has no members */
        break;
    default:
        text = store(space, result.text, result.length);
    }
    read_urls(record, space, lx_json_get(root, "resultUrls"));
    if (record->url_count > 0)
        return;
    record->result_text = text;
    root = lx_json_get(root, "resultObject");
    record->has_result_object =
        root.type != LX_JSON_NONE && root.type != LX_JSON_NULL;
}

static int64_t read_time_ms(struct lx_json value)
{
    int64_t time;

    if (!lx_json_int64(value, &time) || time <= 0)
        return -1;
    return time < SECONDS_BELOW ? time * 1000 : time;
}

static double read_amount(struct lx_json value)
{
    double amount;

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

/* Enough for whatever these fields hold: a stored string takes less than its
 * span, a stored number one byte more. The result is stored as its text and,
 * at most, once more as its URLs. */
static size_t measure_texts(const struct lx_json *fields)
{
    size_t bytes = 2 * (fields[FIELD_RESULT].length + 1);

    for (int i = FIELD_TASK_ID; i < FIELD_RESULT; i++)
        bytes += fields[i].length + 1;
    return bytes;
}

/* A URL takes four bytes of a list at the least: its quotes, a letter, and a
 * comma or bracket. */
static size_t measure_urls(const struct lx_json *fields)
{
    size_t count = fields[FIELD_RESULT].length / 4;

    return count < LX_RESULT_URLS_MAX ? count : LX_RESULT_URLS_MAX;
}

static void fill(struct lx_record *record, struct space *space,
                 const struct lx_json *fields)
{
    char word[LX_STATE_WORD_MAX];
    struct lx_json id = fields[FIELD_TASK_ID];

    if (id.type != LX_JSON_STRING)
        id = fields[FIELD_TASK_ID_OLD];
    record->task_id = store_word(space, id);
    record->model = store_word(space, fields[FIELD_MODEL]);
    record->state = store_word(space, fields[FIELD_STATE]);
    record->fail_code = store_word(space, fields[FIELD_FAIL_CODE]);
    record->fail_msg = store_word(space, fields[FIELD_FAIL_MSG]);
    record->created_ms = read_time_ms(fields[FIELD_CREATED]);
    record->updated_ms = read_time_ms(fields[FIELD_UPDATED]);
    record->completed_ms = read_time_ms(fields[FIELD_COMPLETED]);
    record->credits = read_credits(fields);
    record->progress = read_progress(fields[FIELD_PROGRESS]);
    record->state_class = lx_envelope_state(fields[FIELD_STATE], word);
    /* A result that is there before the end is not the task's result. */
    if (record->state_class == LX_STATE_SUCCESS)
        read_result(record, space, fields[FIELD_RESULT]);
}

struct lx_record *lx_record_new(struct lx_json data, const char *body,
                                size_t length)
{
    struct lx_json fields[FIELD_COUNT];
    struct lx_record *record;
    struct space space;
    size_t url_slots;

    lx_json_pick(data, field_names, FIELD_COUNT, fields);
    url_slots = measure_urls(fields);
    record = malloc(sizeof *record +
                    url_slots *
                        (sizeof *record->urls + sizeof *record->url_lengths) +
                    length + 1 + measure_texts(fields));
    if (!record)
        return NULL;
    *record = (struct lx_record){.body_length = length};
    record->urls = (char **)(record + 1);
    record->url_lengths = (size_t *)(record->urls + url_slots);
    space.at = (char *)(record->url_lengths + url_slots);
    record->body = store(&space, body, length);
    fill(record, &space, fields);
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
