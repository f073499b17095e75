/* envelope.c: which shape an answer has, and where its code, message, data, id
 * and state stand in it. Knows nothing of HTTP. Pure; any thread; runs on every
 * poll. */
#include "api/envelope.h"

#include "base/text.h"

#include <limits.h>
#include <string.h>

enum member {
    MEMBER_CODE,
    MEMBER_MSG,
    MEMBER_MESSAGE,
    MEMBER_DATA,
    MEMBER_ERROR,
    MEMBER_SUCCESS,
    MEMBER_COUNT
};

static const char *const member_names[MEMBER_COUNT] = {
    [MEMBER_CODE] = "code",       [MEMBER_MSG] = "msg",
    [MEMBER_MESSAGE] = "message", [MEMBER_DATA] = "data",
    [MEMBER_ERROR] = "error",     [MEMBER_SUCCESS] = "success",
};

enum detail { DETAIL_MESSAGE, DETAIL_TYPE, DETAIL_CODE, DETAIL_COUNT };

static const char *const detail_names[DETAIL_COUNT] = {
    [DETAIL_MESSAGE] = "message",
    [DETAIL_TYPE] = "type",
    [DETAIL_CODE] = "code",
};

/* Neither absent, null, false, 0 nor empty. */
static bool is_set(struct lx_json value)
{
    struct lx_json_iter iter = lx_json_iterate(value);
    int64_t number;

    switch (value.type) {
    case LX_JSON_NONE:
    case LX_JSON_NULL:
    case LX_JSON_FALSE:
        return false;
    case LX_JSON_STRING:
        return value.length > 2;
    case LX_JSON_NUMBER:
        return !lx_json_int64(value, &number) || number != 0;
    case LX_JSON_ARRAY:
    case LX_JSON_OBJECT:
        return lx_json_next(&iter);
    case LX_JSON_TRUE:
        break;
    }
    return true;
}

/* The number in a number or in a string, 0 when there is none. */
static int code_number(struct lx_json value)
{
    char text[LX_JSON_NUMBER_MAX];
    int64_t number;

    if (!lx_json_int64(lx_json_number_in(value, text), &number) ||
        number < INT_MIN || number > INT_MAX)
        return 0;
    return (int)number;
}

/* "success" and its like, in any case of letters. */
static bool is_good_word(struct lx_json value)
{
    char word[8 + 1];
    size_t length = lx_json_string_decode(value, word, sizeof word);

    return lx_text_equals(word, length, "success") ||
           lx_text_equals(word, length, "ok");
}

/* `has_data`: the envelope has a data member, be it null. */
static void read_code(struct lx_json value, bool has_data,
                      struct lx_envelope *envelope)
{
    bool is_zero = (value.type == LX_JSON_NUMBER && !is_set(value)) ||
                   lx_json_string_equals(value, "0");

    if (!is_set(value) && !is_zero)
        return;
    envelope->code_value = value;
    envelope->code = code_number(value);
    /* `true` is the gateway's, about the account. */
    if (envelope->code / 100 == 2 || (is_zero && has_data) ||
        (value.type == LX_JSON_TRUE && has_data) || is_good_word(value))
        return;
    envelope->is_error = true;
}

struct members {
    struct lx_json root[MEMBER_COUNT];
    struct lx_json state; /* of the last `data` that had one */
};

/* Of two that are named alike the last one counts. */
static void take_member(void *owner, const struct lx_json_member *member)
{
    struct members *members = owner;

    if (member->parent.type != LX_JSON_NONE) {
        if (lx_json_string_equals(member->key, "state") &&
            lx_json_string_equals(member->parent, "data"))
            members->state = member->value;
        return;
    }
    for (int i = 0; i < MEMBER_COUNT; i++)
        if (lx_json_string_equals(member->key, member_names[i]))
            members->root[i] = member->value;
}

static bool lies_inside(struct lx_json value, struct lx_json object)
{
    return value.type != LX_JSON_NONE && value.text > object.text &&
           value.text < object.text + object.length;
}

static void read_api(const struct lx_json *members,
                     struct lx_envelope *envelope)
{
    struct lx_json data = members[MEMBER_DATA];
    struct lx_json error = members[MEMBER_ERROR];
    bool has_data = data.type != LX_JSON_NONE;

    read_code(members[MEMBER_CODE], has_data, envelope);
    envelope->is_error |=
        is_set(error) || members[MEMBER_SUCCESS].type == LX_JSON_FALSE;
    if (error.type == LX_JSON_STRING && is_set(error) &&
        envelope->message.type != LX_JSON_STRING)
        envelope->message = error;
    /* Data of another type in a good answer is not what this API sends. */
    if (has_data && data.type != LX_JSON_NULL && data.type != LX_JSON_OBJECT &&
        !envelope->is_error)
        return;
    if (envelope->code_value.type != LX_JSON_NONE || has_data ||
        members[MEMBER_MSG].type == LX_JSON_STRING ||
        members[MEMBER_MESSAGE].type == LX_JSON_STRING)
        envelope->shape = LX_SHAPE_API;
}

static void read_platform(const struct lx_json *members,
                          struct lx_envelope *envelope)
{
    struct lx_json details[DETAIL_COUNT];

    lx_json_pick(members[MEMBER_ERROR], detail_names, DETAIL_COUNT, details);
    read_code(is_set(details[DETAIL_CODE]) ? details[DETAIL_CODE]
                                           : members[MEMBER_CODE],
              false, envelope);
    envelope->is_error = true;
    if (details[DETAIL_MESSAGE].type == LX_JSON_STRING) {
        envelope->message = details[DETAIL_MESSAGE];
        envelope->shape = LX_SHAPE_PLATFORM;
    }
}

static void read_object(const struct members *found,
                        struct lx_envelope *envelope)
{
    const struct lx_json *members = found->root;

    if (members[MEMBER_DATA].type == LX_JSON_OBJECT) {
        envelope->data = members[MEMBER_DATA];
        if (lies_inside(found->state, envelope->data))
            envelope->state = found->state;
    }
    if (members[MEMBER_MSG].type == LX_JSON_STRING &&
        is_set(members[MEMBER_MSG]))
        envelope->message = members[MEMBER_MSG];
    else if (members[MEMBER_MESSAGE].type == LX_JSON_STRING)
        envelope->message = members[MEMBER_MESSAGE];
    if (members[MEMBER_ERROR].type == LX_JSON_OBJECT &&
        is_set(members[MEMBER_ERROR]))
        read_platform(members, envelope);
    else
        read_api(members, envelope);
}

void lx_envelope_parse(const char *body, size_t length,
                       struct lx_envelope *envelope)
{
    struct members members = {.state = {0}};
    size_t error_at;

    *envelope = (struct lx_envelope){.shape = LX_SHAPE_JSON};
    if (lx_json_parse_members(body, length, &envelope->root, &error_at,
                              take_member, &members)) {
        if (envelope->root.type == LX_JSON_OBJECT)
            read_object(&members, envelope);
        return;
    }
    switch (lx_text_first(body, length)) {
    case '<':
        envelope->shape = LX_SHAPE_HTML;
        break;
    case '\0':
        envelope->shape =
            error_at == length ? LX_SHAPE_EMPTY : LX_SHAPE_NOT_JSON;
        break;
    default:
        envelope->shape = LX_SHAPE_NOT_JSON;
    }
}

enum lx_state_class lx_envelope_state(struct lx_json state, char *word)
{
    char text[4 * LX_STATE_WORD_MAX];
    size_t length = lx_json_string_decode(state, text, sizeof text);
    bool is_cut = length >= sizeof text;
    char *start = text;

    if (is_cut)
        length = strlen(text);
    while (length > 0 && lx_text_is_white(*start)) {
        start++;
        length--;
    }
    while (length > 0 && lx_text_is_white(start[length - 1]))
        length--;
    lx_text_copy(word, LX_STATE_WORD_MAX, start, length);
    return is_cut ? LX_STATE_UNRECOGNISED : lx_state_classify(start, length);
}
