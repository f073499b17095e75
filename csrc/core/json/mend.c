/* mend.c: see mend.h. One pass that copies, without recursion: the open
 * containers are bits of one word. */
#include "json/mend.h"

#include "base/buffer.h"
#include "base/text.h"
#include "json/json_bytes.h"
#include "json/utf16.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Output per byte of input, at most: a control character as an escape. */
#define GROWTH_MAX 6

/* What may come next in the innermost container. */
enum mend_want {
    MEND_FIRST, /* an item, or the end of the container */
    MEND_ITEM,  /* the same behind a comma */
    MEND_NEXT   /* a comma, or the end of the container */
};

struct mender {
    const char *at;
    const char *end;
    struct lx_buffer out;
    size_t sound; /* of `out`: ends with a whole item or an opening bracket */
    enum mend_want want;
    int depth;
    uint64_t objects; /* of the open containers, the innermost in bit 0 */
    bool joins;       /* a backslash may be half of a character in GBK */
    bool is_full;     /* out of memory */
};

static void emit(struct mender *mender, const char *bytes, size_t length)
{
    if (!lx_buffer_append(&mender->out, bytes, length))
        mender->is_full = true;
}

static void emit_text(struct mender *mender, const char *text)
{
    emit(mender, text, strlen(text));
}

static void emit_next_byte(struct mender *mender)
{
    emit(mender, mender->at, 1);
    mender->at++;
}

static bool stands_at(const struct mender *mender, char byte)
{
    return mender->at < mender->end && *mender->at == byte;
}

/* Behind a comment, or `at` when there is none. One that is not closed goes on
 * to the end. */
static const char *pass_comment(const char *at, const char *end)
{
    const char *close;

    if (end - at < 2 || *at != '/' || (at[1] != '/' && at[1] != '*'))
        return at;
    if (at[1] == '/') {
        close = memchr(at, '\n', (size_t)(end - at));
        return close ? close : end;
    }
    for (at += 2; end - at >= 2; at++)
        if (at[0] == '*' && at[1] == '/')
            return at + 2;
    return end;
}

/* White space is kept, so that what is strict stays as it is. */
static void pass_gap(struct mender *mender)
{
    const char *start;

    do {
        start = mender->at;
        while (mender->at < mender->end && is_space(*mender->at))
            mender->at++;
        emit(mender, start, (size_t)(mender->at - start));
        start = mender->at;
        mender->at = pass_comment(start, mender->end);
    } while (mender->at > start);
}

/* ---- strings ---- */

/* `at` stands on the backslash. */
static void mend_escape(struct mender *mender)
{
    struct lx_json_reader reader = {mender->at, mender->end};
    const char *start = mender->at;

    if (lx_json_check_escape(&reader)) {
        emit(mender, start, (size_t)(reader.at - start));
        mender->at = reader.at;
    } else if (reader.at - start >= 6) { /* \uXXXX, but half of a pair */
        emit_text(mender, "\\ufffd");
        mender->at += 6;
    } else {
        emit_text(mender, "\\\\");
        mender->at++;
    }
}

/* Whether a quote at `at` ends its string, by what follows. */
static bool seems_last(const char *at, const char *end)
{
    if (at == end || *at != '"')
        return false;
    do
        at++;
    while (at < end && is_space(*at));
    return at < end && *at && strchr(",:]}", *at);
}

/* How many bytes that are no UTF-8 may be one character in GBK, whose second
 * byte can be a backslash: seen where the quote behind it ends the string. */
static size_t count_joined(const struct mender *mender)
{
    const char *at = mender->at;
    ptrdiff_t left = mender->end - at;

    if (left < 2 || !mender->joins)
        return 1;
    if ((unsigned char)at[1] >= 0x80)
        return lx_text_character(at + 1, (size_t)left - 1) == 0 ? 2 : 1;
    return at[1] == '\\' && seems_last(at + 2, mender->end) ? 2 : 1;
}

/* `at` stands on a byte that is neither plain, nor a quote or backslash. */
static void mend_character(struct mender *mender)
{
    static const char digits[] = "0123456789abcdef";
    size_t left = (size_t)(mender->end - mender->at);
    unsigned char byte = (unsigned char)*mender->at;
    size_t character;

    if (byte < 0x20) {
        emit_text(mender, "\\u00");
        emit(mender, &digits[byte >> 4], 1);
        emit(mender, &digits[byte & 15], 1);
        mender->at++;
        return;
    }
    character = lx_text_character(mender->at, left);
    if (character > 0) {
        emit(mender, mender->at, character);
        mender->at += character;
        return;
    }
    for (size_t count = count_joined(mender); count > 0; count--) {
        if (*mender->at != '\\')
            emit_text(mender, "\xEF\xBF\xBD");
        mender->at++;
    }
}

/* `at` stands on the opening quote. False when there is no closing one. */
static bool mend_string(struct mender *mender)
{
    emit_next_byte(mender);
    while (mender->at < mender->end) {
        const char *start = mender->at;

        mender->at = pass_plain(start, mender->end);
        emit(mender, start, (size_t)(mender->at - start));
        if (stands_at(mender, '"')) {
            emit_next_byte(mender);
            return true;
        }
        if (stands_at(mender, '\\'))
            mend_escape(mender);
        else if (mender->at < mender->end)
            mend_character(mender);
    }
    return false;
}

/* ---- other values ---- */

static bool mend_word(struct mender *mender)
{
    static const char *const words[][2] = {
        {"true", "true"},     {"false", "false"}, {"null", "null"},
        {"NaN", "null"},      {"-NaN", "null"},   {"Infinity", "null"},
        {"-Infinity", "null"}};
    size_t left = (size_t)(mender->end - mender->at);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i][0]);

        if (length > left || memcmp(mender->at, words[i][0], length) != 0)
            continue;
        emit_text(mender, words[i][1]);
        mender->at += length;
        return true;
    }
    return false;
}

/* Digits at the end of a text that is not whole may not be all of them. */
static bool mend_number(struct mender *mender)
{
    struct lx_json_reader reader = {mender->at, mender->end};

    if (!lx_json_check_number(&reader) ||
        (reader.at == reader.end && mender->depth > 0))
        return false;
    emit(mender, mender->at, (size_t)(reader.at - mender->at));
    mender->at = reader.at;
    return true;
}

static bool begin_container(struct mender *mender)
{
    if (mender->depth == LX_JSON_DEPTH_MAX)
        return false;
    mender->depth++;
    mender->objects = mender->objects << 1 | (*mender->at == '{');
    emit_next_byte(mender);
    mender->sound = mender->out.length;
    mender->want = MEND_FIRST;
    return true;
}

/* A whole value ends where something else begins: `"ab"c"` is no "ab", and 12x
 * no 12. */
static bool is_over(struct mender *mender)
{
    pass_gap(mender);
    return mender->at == mender->end || strchr(",]}", *mender->at);
}

static bool mend_value(struct mender *mender)
{
    if (mender->at == mender->end)
        return false;
    if (*mender->at == '{' || *mender->at == '[')
        return begin_container(mender);
    if (!(*mender->at == '"' ? mend_string(mender)
                             : mend_word(mender) || mend_number(mender)) ||
        !is_over(mender))
        return false;
    mender->sound = mender->out.length;
    mender->want = MEND_NEXT;
    return true;
}

/* ---- containers ---- */

static bool mend_item(struct mender *mender)
{
    if (mender->objects & 1) {
        if (*mender->at != '"' || !mend_string(mender))
            return false;
        pass_gap(mender);
        if (!stands_at(mender, ':'))
            return false;
        emit_next_byte(mender);
        pass_gap(mender);
    }
    return mend_value(mender);
}

static bool end_container(struct mender *mender)
{
    if (mender->want == MEND_ITEM) /* the comma was one too many */
        mender->out.length = mender->sound;
    emit_next_byte(mender);
    mender->depth--;
    mender->objects >>= 1;
    mender->sound = mender->out.length;
    mender->want = MEND_NEXT;
    return true;
}

/* The next item, comma or closing bracket; `at` stands on it. */
static bool mend_step(struct mender *mender)
{
    if (*mender->at == (mender->objects & 1 ? '}' : ']'))
        return end_container(mender);
    if (*mender->at != ',')
        return mender->want != MEND_NEXT && mend_item(mender);
    if (mender->want == MEND_NEXT) {
        emit(mender, ",", 1);
        mender->want = MEND_ITEM;
    }
    mender->at++;
    return true;
}

/* From an array's or object's first byte to its last. */
static bool mend_container(struct mender *mender)
{
    if (!begin_container(mender))
        return false;
    while (mender->depth > 0) {
        pass_gap(mender);
        if (mender->at == mender->end || !mend_step(mender))
            return false;
    }
    return true;
}

/* Go back to what is whole, and close it. */
static void close_all(struct mender *mender)
{
    mender->out.length = mender->sound;
    for (; mender->depth > 0; mender->depth--, mender->objects >>= 1)
        emit(mender, mender->objects & 1 ? "}" : "]", 1);
}

/* True when something came out; *is_cut tells that its end was missing. */
static bool mend_document(struct mender *mender, enum lx_mend_extent extent,
                          bool *is_cut)
{
    static const char mark[] = "\xEF\xBB\xBF";

    *is_cut = false;
    if (lx_text_starts(mender->at, (size_t)(mender->end - mender->at), mark))
        mender->at += sizeof mark - 1;
    pass_gap(mender);
    if (!stands_at(mender, '{') && !stands_at(mender, '['))
        return mend_value(mender) && mender->at == mender->end;
    if (mend_container(mender)) {
        pass_gap(mender);
        return true;
    }
    *is_cut = true;
    if (extent == LX_MEND_WHOLE &&
        (mender->at < mender->end || mender->want != MEND_NEXT))
        return false;
    if (mender->depth == 0)
        return false;
    close_all(mender);
    return true;
}

/* One way to read it. */
static bool mend_as(const char *text, size_t length, enum lx_mend_extent extent,
                    bool joins, struct lx_mended *mended)
{
    struct mender mender = {
        .at = text, .end = length > 0 ? text + length : text, .joins = joins};

    *mended = (struct lx_mended){0};
    lx_buffer_init(&mender.out, length * GROWTH_MAX + LX_JSON_DEPTH_MAX);
    if (!mend_document(&mender, extent, &mended->is_cut) || mender.is_full) {
        lx_buffer_deinit(&mender.out);
        return false;
    }
    mended->used = (size_t)(mender.at - text);
    mended->text = lx_buffer_release(&mender.out, &mended->length);
    return true;
}

/* In the way that gives more of it. */
static bool mend_text(const char *text, size_t length,
                      enum lx_mend_extent extent, struct lx_mended *mended)
{
    struct lx_mended other;

    if (mend_as(text, length, LX_MEND_WHOLE, true, mended) && !mended->is_cut)
        return true;
    if (mend_as(text, length, LX_MEND_WHOLE, false, &other) &&
        (!mended->text || !other.is_cut)) {
        free(mended->text);
        *mended = other;
        return true;
    }
    free(other.text);
    return mended->text || (extent == LX_MEND_START &&
                            mend_as(text, length, extent, true, mended));
}

/* What follows in this encoding nobody can read: then it is refused. */
static bool mend_utf16(const char *text, size_t length,
                       enum lx_mend_extent extent, struct lx_mended *mended)
{
    size_t utf8_length;
    char *utf8 = lx_utf16_read(text, length, &utf8_length);
    bool is_mended = utf8 && mend_text(utf8, utf8_length, extent, mended);

    if (is_mended && !mended->is_cut && mended->used < utf8_length) {
        free(mended->text);
        *mended = (struct lx_mended){0};
        is_mended = false;
    }
    free(utf8);
    if (is_mended)
        mended->used = length;
    return is_mended;
}

bool lx_json_mend(const char *text, size_t length, enum lx_mend_extent extent,
                  struct lx_mended *mended)
{
    *mended = (struct lx_mended){0};
    if (length > SIZE_MAX / GROWTH_MAX - LX_JSON_DEPTH_MAX)
        return false;
    return lx_utf16_is(text, length) ? mend_utf16(text, length, extent, mended)
                                     : mend_text(text, length, extent, mended);
}
