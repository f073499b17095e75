/* reading.c: see reading.h. */
#include "api/reading.h"

#include "base/text.h"
#include "json/mend.h"

#include <stdlib.h>
#include <string.h>

/* The id in a create's answer, in a place of its own or else anywhere; where
 * that refuses, `data` alone says something else. `rest` is what came behind
 * the mended part. */
static void read_task_id(const struct lx_answer *answer,
                         struct lx_reading *reading, const char *rest,
                         size_t length)
{
    bool accepts = lx_answer_is_good(answer) && !reading->envelope.is_error;

    lx_task_id_find(reading->envelope.root, accepts, reading->task_id);
    if (!*reading->task_id && accepts &&
        lx_task_id_search(reading->envelope.root, reading->task_id) > 0)
        reading->is_provisional = true;
    if (*reading->task_id &&
        lx_task_id_differs(rest, length, reading->task_id)) {
        reading->task_id[0] = '\0';
        reading->is_provisional = false;
    }
}

/* Read what was made of the answer from byte `start` on. False, with nothing
 * changed, when it says nothing: of a create's answer that is cut off or broken
 * only an id counts, and JSON behind other text must be the API's. */
static bool read_mended(const struct lx_answer *answer, bool is_create,
                        size_t start, const struct lx_mended *mended,
                        struct lx_reading *reading)
{
    struct lx_reading strict = *reading;
    size_t used = start + mended->used;

    reading->body = reading->mended = mended->text;
    reading->body_length = mended->length;
    lx_envelope_parse(mended->text, mended->length, &reading->envelope);
    if (is_create)
        read_task_id(answer, reading, answer->body + used,
                     answer->body_length - used);
    if (*reading->task_id)
        return true;
    if (!(mended->is_cut && is_create) &&
        (start == 0 || reading->envelope.shape == LX_SHAPE_API))
        return true;
    *reading = strict;
    free(mended->text);
    return false;
}

static bool mend(const struct lx_answer *answer, bool is_create, size_t start,
                 struct lx_reading *reading)
{
    struct lx_mended mended;

    return lx_json_mend(answer->body + start, answer->body_length - start,
                        is_create ? LX_MEND_START : LX_MEND_WHOLE, &mended) &&
           read_mended(answer, is_create, start, &mended, reading);
}

/* A service that packs its answer twice sends one string. */
static bool unpack_string(const struct lx_answer *answer, bool is_create,
                          struct lx_reading *reading)
{
    struct lx_json root = reading->envelope.root;
    struct lx_mended text = {.used = answer->body_length};

    text.text = root.type == LX_JSON_STRING ? malloc(root.length) : NULL;
    if (!text.text)
        return false;
    text.length = lx_json_string_decode(root, text.text, root.length);
    if (lx_envelope_is_data(text.text, text.length))
        return read_mended(answer, is_create, 0, &text, reading);
    free(text.text);
    return false;
}

/* Where an object begins behind warnings and guards that a server put before
 * it; 0: nowhere, or the text is data from its first byte on. */
static size_t find_object(const char *body, size_t length)
{
    if (lx_envelope_is_data(body, length))
        return 0;
    for (size_t start = 1; start < length; start++) {
        if (body[start] != '{')
            continue;
        for (size_t at = start + 1; at < length; at++)
            if (body[at] == '"')
                return start;
            else if (!lx_text_is_white(body[at]))
                break;
    }
    return 0;
}

/* Strict, or else mended, or from where an object begins. The last resort for a
 * create is an id in a text that is otherwise lost. */
static void read_body(enum lx_operation operation,
                      const struct lx_answer *answer,
                      struct lx_reading *reading)
{
    bool is_create = operation == LX_OPERATION_CREATE;
    enum lx_shape shape;
    size_t start;

    lx_envelope_parse(reading->body, reading->body_length, &reading->envelope);
    shape = reading->envelope.shape;
    if (shape != LX_SHAPE_NOT_JSON && shape != LX_SHAPE_HTML) {
        if (!unpack_string(answer, is_create, reading) && is_create)
            read_task_id(answer, reading, "", 0);
        return;
    }
    if (shape == LX_SHAPE_NOT_JSON && mend(answer, is_create, 0, reading))
        return;
    start = find_object(answer->body, answer->body_length);
    if (start > 0 && mend(answer, is_create, start, reading))
        return;
    if (is_create && lx_answer_is_good(answer) &&
        lx_task_id_scan(answer->body, answer->body_length, reading->task_id))
        reading->is_provisional = true;
}

/* ---- a record in another place ---- */

enum { WRAPS_MAX = 4 };

/* Whether it is one for sure: other services' answers have a state, too. */
static bool is_record(struct lx_json value)
{
    return lx_json_get(value, "state").type == LX_JSON_STRING &&
           (lx_json_get(value, "taskId").type != LX_JSON_NONE ||
            lx_json_get(value, "task_id").type != LX_JSON_NONE);
}

/* The only element of an array; NONE for anything else. */
static struct lx_json only_element(struct lx_json array)
{
    struct lx_json_iter iter = lx_json_iterate(array);
    struct lx_json none = {0}, first;

    if (array.type != LX_JSON_ARRAY || !lx_json_next(&iter))
        return none;
    first = iter.value;
    return lx_json_next(&iter) ? none : first;
}

/* Where the record stands in `value`: itself, the only element of a list, or
 * `data` in an envelope of its own. NONE: nowhere. */
static struct lx_json find_record(struct lx_json value)
{
    struct lx_json none = {0};

    for (int i = 0; i < WRAPS_MAX && !is_record(value); i++)
        value = value.type == LX_JSON_ARRAY ? only_element(value)
                                            : lx_json_get(value, "data");
    return is_record(value) ? value : none;
}

/* The JSON text in the string `data`, strict; NULL for anything else. */
static char *open_data(struct lx_json data, struct lx_json *root)
{
    char *text = data.type == LX_JSON_STRING ? malloc(data.length) : NULL;
    size_t length = text ? lx_json_string_decode(data, text, data.length) : 0;

    if (text && lx_json_parse(text, length, root, NULL))
        return text;
    free(text);
    return NULL;
}

/* An answer as the service gives it, with `record` as its data. */
static char *wrap_record(struct lx_json record, size_t *length)
{
    static const char start[] = "{\"code\":200,\"data\":";
    char *text = malloc(sizeof start + record.length + 1);

    if (!text)
        return NULL;
    memcpy(text, start, sizeof start - 1);
    memcpy(text + sizeof start - 1, record.text, record.length);
    *length = sizeof start - 1 + record.length;
    text[(*length)++] = '}';
    return text;
}

/* A good answer whose record is not where it should be becomes one where it is.
 */
static void move_record(const struct lx_answer *answer,
                        struct lx_reading *reading)
{
    const struct lx_envelope *envelope = &reading->envelope;
    struct lx_json root = envelope->root, record = {0};
    char *opened = NULL, *text = NULL;
    size_t length = 0;

    if (!lx_answer_is_good(answer) || envelope->is_error ||
        envelope->state.type != LX_JSON_NONE || root.type == LX_JSON_NONE)
        return;
    record = find_record(root);
    if (record.type == LX_JSON_NONE) {
        opened = open_data(lx_json_get(root, "data"), &root);
        record = opened ? find_record(root) : record;
    }
    if (record.type != LX_JSON_NONE)
        text = wrap_record(record, &length);
    free(opened);
    if (!text)
        return;
    free(reading->mended);
    reading->body = reading->mended = text;
    reading->body_length = length;
    lx_envelope_parse(text, length, &reading->envelope);
}

void lx_reading_make(enum lx_operation operation,
                     const struct lx_answer *answer, struct lx_reading *reading)
{
    *reading = (struct lx_reading){.body = answer->body,
                                   .body_length = answer->body_length};
    read_body(operation, answer, reading);
    if (operation == LX_OPERATION_QUERY)
        move_record(answer, reading);
}
