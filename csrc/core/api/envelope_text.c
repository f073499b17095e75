/* envelope_text.c: an answer's words for people: without tags, control
 * characters and secrets. Pure; any thread. */
#include "api/envelope.h"

#include "base/text.h"

#include <string.h>

enum { TEXT_MAX_BYTES = 1024, SNIPPET_MAX_CHARACTERS = 200 };

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_alphanumeric(char byte)
{
    return is_letter(byte) || (byte >= '0' && byte <= '9');
}

/* What stands at `at` as a tag, 0 when it is none ("a < b"). The content of
 * scripts and styles goes with their tags; what is not closed goes to the end.
 */
static size_t tag_length(const char *at, size_t length)
{
    static const char *const silent[][2] = {{"<script", "</script"},
                                            {"<style", "</style"}};
    const char *close = at;

    if (length < 2 || *at != '<' ||
        !(is_letter(at[1]) || at[1] == '/' || at[1] == '!' || at[1] == '?'))
        return 0;
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (lx_text_starts(at, length, silent[i][0]))
            close = lx_text_find(at, length, silent[i][1]);
    if (close)
        close = memchr(close, '>', length - (size_t)(close - at));
    return close ? (size_t)(close - at) + 1 : length;
}

/* The first characters of a page or a plain text into out[0..TEXT_MAX_BYTES),
 * with single spaces. Returns their bytes. */
static size_t copy_snippet(const char *body, size_t length, char *out)
{
    size_t written = 0;
    bool wants_space = false;

    for (int count = 0; length > 0 && count < SNIPPET_MAX_CHARACTERS;) {
        size_t taken = tag_length(body, length);

        if (taken > 0 || lx_text_is_white(*body)) {
            wants_space = written > 0;
            taken = taken > 0 ? taken : 1;
        } else {
            size_t character = lx_text_character(body, length);

            taken = character > 0 ? character : 1;
            if (wants_space)
                out[written++] = ' ';
            memcpy(out + written, body, taken);
            written += taken;
            count += 1 + wants_space;
            wants_space = false;
        }
        body += taken;
        length -= taken;
    }
    return written;
}

/* Pages say their title again as the first heading: once is enough. Returns
 * what is left of text[0..count). */
static size_t drop_repeated_title(char *text, size_t count)
{
    for (size_t title = count / 2; title > 0; title--) {
        size_t end = 2 * title + 1; /* of the second one */
        if (end > count || (end < count && text[end] != ' ') ||
            text[title] != ' ' || memcmp(text, text + title + 1, title) != 0)
            continue;
        memmove(text, text + title + 1, count - title - 1);
        return count - title - 1;
    }
    return count;
}

/* Masking. */
struct writer {
    char *out;
    size_t capacity;
    size_t length;
    bool is_full;
};

static void put(struct writer *writer, const char *bytes, size_t length)
{
    if (writer->is_full || length >= writer->capacity - writer->length) {
        writer->is_full = true;
        return;
    }
    memcpy(writer->out + writer->length, bytes, length);
    writer->length += length;
}

/* What services write between the shown ends of a key. */
static const char ellipsis[] = "\xE2\x80\xA6";

static size_t key_length(const char *at, size_t length)
{
    size_t count = 0;

    while (count < length)
        if (is_alphanumeric(at[count]) || strchr("-_*.~+/=", at[count]))
            count++;
        else if (lx_text_starts(at + count, length - count, ellipsis))
            count += sizeof ellipsis - 1;
        else
            break;
    return count;
}

static bool is_url_end(char byte)
{
    return lx_text_is_white(byte) || strchr("\"'<>()[]{}|\\^`", byte);
}

static size_t rest_of_url(const char *at, size_t length)
{
    size_t count = 0;

    while (count < length && !is_url_end(at[count]))
        count++;
    return count;
}

/* The text that precedes a secret, in any case of letters. */
static const char *const secret_marks[] = {"sk-", "bearer "};

/* The bytes of a mark with a key behind it, 0 when there is none at `at`. */
static size_t find_secret(const char *at, size_t length, size_t *key)
{
    for (size_t i = 0; i < sizeof secret_marks / sizeof *secret_marks; i++) {
        size_t mark = strlen(secret_marks[i]);

        if (!lx_text_starts(at, length, secret_marks[i]))
            continue;
        *key = key_length(at + mark, length - mark);
        if (*key > 0)
            return mark;
    }
    return 0;
}

static void copy_masked(const char *text, size_t length, struct writer *writer)
{
    bool is_in_url = false;
    char before = ' ';

    for (size_t at = 0; at < length;) {
        size_t left = length - at, key = 0;
        size_t taken =
            is_alphanumeric(before) ? 0 : find_secret(text + at, left, &key);

        if (taken > 0) {
            put(writer, text + at, taken);
            put(writer, "***", 3);
        } else if (lx_text_starts(text + at, left, "://")) {
            taken = 3;
            is_in_url = true;
            put(writer, text + at, taken);
        } else if (is_in_url && (text[at] == '?' || text[at] == '#')) {
            taken = rest_of_url(text + at, left);
            put(writer, "?***", 4);
        } else {
            taken = lx_text_character(text + at, left);
            put(writer, text + at, taken);
            is_in_url = is_in_url && !is_url_end(text[at]);
        }
        at += taken + key;
        before = text[at - 1];
    }
    writer->out[writer->length] = '\0';
}

/* A body that is JSON, or was meant to be, has its words in its message. */
static bool is_json_start(char first)
{
    return first == '{' || first == '[' || first == '"';
}

void lx_envelope_text(const struct lx_envelope *envelope, const char *body,
                      size_t length, char *out, size_t capacity)
{
    struct writer writer = {.out = out, .capacity = capacity};
    char text[TEXT_MAX_BYTES] = "";
    size_t count = 0;

    if (capacity == 0)
        return;
    if (envelope->message.type == LX_JSON_STRING) {
        count = lx_json_string_decode(envelope->message, text, sizeof text);
        if (count >= sizeof text)
            count = strlen(text);
    } else if (!is_json_start(lx_text_first(body, length))) {
        count = copy_snippet(body, length, text);
        if (envelope->shape == LX_SHAPE_HTML)
            count = drop_repeated_title(text, count);
    }
    count = lx_text_copy(text, sizeof text, text, count);
    copy_masked(text, count, &writer);
}

void lx_envelope_request_id(const struct lx_envelope *envelope, char *out,
                            size_t capacity)
{
    static const char mark[] = "(request id: ";
    struct lx_json message = envelope->message;
    const char *start = NULL, *at = message.text;
    size_t count = 0, left = message.length;

    if (capacity == 0)
        return;
    out[0] = '\0';
    /* Searched in the raw text: a long message is never decoded whole, and the
     * id stands at its end. The last one is the gateway's own, those before it
     * came with the text of a service behind it. */
    while (left > 0 && (at = lx_text_find(at, left, mark))) {
        at += sizeof mark - 1;
        left = (size_t)(message.text + message.length - at);
        start = at;
    }
    if (!start)
        return;
    left = (size_t)(message.text + message.length - start);
    while (count < left && (is_alphanumeric(start[count]) ||
                            start[count] == '-' || start[count] == '_'))
        count++;
    if (count < left && start[count] == ')' && count < capacity) {
        memcpy(out, start, count);
        out[count] = '\0';
    }
}
