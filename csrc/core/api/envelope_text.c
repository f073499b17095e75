/* envelope_text.c: an answer's words for people: without tags, control
 * characters and secrets. Pure; any thread. */
#include "api/envelope.h"

#include "base/ascii.h"
#include "api/mask.h"
#include "base/text.h"

#include <string.h>

enum { TEXT_MAX_BYTES = 1024, SNIPPET_MAX_CHARACTERS = 200 };

/* What stands at `at` as a tag, 0 when it is none ("a < b"). The content of
 * scripts and styles goes with their tags; what is not closed goes to the end.
 */
static size_t tag_length(const char *at, size_t length)
{
    static const char *const silent[][2] = {{"<script", "</script"},
                                            {"<style", "</style"}};
    const char *close = at;

    if (length < 2 || *at != '<' ||
        !(lx_is_letter(at[1]) || at[1] == '/' || at[1] == '!' || at[1] == '?'))
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

bool lx_envelope_is_data(const char *body, size_t length)
{
    char first = lx_text_first(body, length);

    return first == '{' || first == '[' || first == '"';
}

void lx_envelope_text(const struct lx_envelope *envelope, const char *body,
                      size_t length, char *out, size_t capacity)
{
    char text[TEXT_MAX_BYTES] = "";
    size_t count = 0;

    if (capacity == 0)
        return;
    if (envelope->message.type == LX_JSON_STRING) {
        count = lx_json_string_decode(envelope->message, text, sizeof text);
        if (count >= sizeof text)
            count = strlen(text);
    } else if (!lx_envelope_is_data(body, length)) {
        count = copy_snippet(body, length, text);
        if (envelope->shape == LX_SHAPE_HTML)
            count = drop_repeated_title(text, count);
    }
    count = lx_text_copy(text, sizeof text, text, count);
    lx_mask_copy(out, capacity, text, count);
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
    while (count < left && (lx_is_alphanumeric(start[count]) ||
                            start[count] == '-' || start[count] == '_'))
        count++;
    if (count < left && start[count] == ')' && count < capacity) {
        memcpy(out, start, count);
        out[count] = '\0';
    }
}
