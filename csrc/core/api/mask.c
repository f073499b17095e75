/* mask.c: see mask.h. */
#include "api/mask.h"

#include "base/ascii.h"
#include "base/text.h"

#include <string.h>

struct writer {
    char *out;
    size_t capacity;
    size_t length;
    bool is_full;
};

static void put_bytes(struct writer *writer, const char *bytes, size_t length)
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
        if (lx_is_alphanumeric(at[count]) || strchr("-_*.~+/=", at[count]))
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

void lx_mask_copy(char *out, size_t capacity, const char *text, size_t length)
{
    struct writer writer = {.out = out, .capacity = capacity};
    bool is_in_url = false;
    char before = ' ';

    for (size_t at = 0; at < length;) {
        size_t left = length - at, key = 0;
        size_t taken =
            lx_is_alphanumeric(before) ? 0 : find_secret(text + at, left, &key);

        if (taken > 0) {
            put_bytes(&writer, text + at, taken);
            put_bytes(&writer, "***", 3);
        } else if (lx_text_starts(text + at, left, "://")) {
            taken = 3;
            is_in_url = true;
            put_bytes(&writer, text + at, taken);
        } else if (is_in_url && (text[at] == '?' || text[at] == '#')) {
            taken = rest_of_url(text + at, left);
            put_bytes(&writer, "?***", 4);
        } else {
            taken = lx_text_character(text + at, left);
            put_bytes(&writer, text + at, taken);
            is_in_url = is_in_url && !is_url_end(text[at]);
        }
        at += taken + key;
        before = text[at - 1];
    }
    if (capacity > 0)
        out[writer.length] = '\0';
}
