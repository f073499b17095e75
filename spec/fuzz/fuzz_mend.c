/* Any bytes to the mender. What it gives is strict JSON, for our reader and for
 * jansson; mending that again changes nothing, nor does mending what was strict
 * before; and both ways of mending agree where both can.
 * LDFLAGS: -ljansson */
#include "json/mend.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Of JSON, jansson refuses numbers that it cannot hold and a NUL in a key. */
static void check_strict(const struct lx_mended *mended)
{
    struct lx_json root;
    json_error_t error;
    json_t *other;

    require(lx_json_parse(mended->text, mended->length, &root, NULL));
    other = json_loadb(mended->text, mended->length,
                       JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    require(other || json_error_code(&error) == json_error_numeric_overflow ||
            json_error_code(&error) == json_error_null_byte_in_key);
    json_decref(other);
}

static void check_unchanged(const char *text, size_t length)
{
    struct lx_mended again;

    require(lx_json_mend(text, length, LX_MEND_WHOLE, &again));
    require(!again.is_cut && again.used == length && again.length == length);
    require(memcmp(again.text, text, length) == 0);
    free(again.text);
}

static void check_mended(const struct lx_mended *mended, size_t size)
{
    require(mended->used <= size);
    require(mended->length <= 6 * size + LX_JSON_DEPTH_MAX);
    check_strict(mended);
    check_unchanged(mended->text, mended->length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    struct lx_mended whole, start;
    bool is_whole, has_start;
    struct lx_json root;

    if (size > 0)
        memcpy(text, data, size);
    is_whole = lx_json_mend(text, size, LX_MEND_WHOLE, &whole);
    has_start = lx_json_mend(text, size, LX_MEND_START, &start);
    if (lx_json_parse(text, size, &root, NULL))
        check_unchanged(text, size);
    if (is_whole) {
        check_mended(&whole, size);
        require(has_start && start.is_cut == whole.is_cut);
        require(start.length == whole.length);
        require(memcmp(start.text, whole.text, whole.length) == 0);
    }
    if (has_start)
        check_mended(&start, size);
    free(whole.text);
    free(start.text);
    free(text);
    return 0;
}
