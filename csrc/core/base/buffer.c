/* buffer.c: growable bytes with a stated maximum. Knows nothing of what they
 * mean. One thread at a time. */
#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY_MIN_BYTES = 256 };

void lx_buffer_init(struct lx_buffer *buffer, size_t maximum)
{
    *buffer = (struct lx_buffer){.maximum = maximum};
}

void lx_buffer_deinit(struct lx_buffer *buffer)
{
    free(buffer->bytes);
    lx_buffer_init(buffer, buffer->maximum);
}

void lx_buffer_clear(struct lx_buffer *buffer)
{
    buffer->length = 0;
}

bool lx_buffer_reserve(struct lx_buffer *buffer, size_t extra)
{
    size_t needed, capacity;
    char *bytes;

    if (buffer->length > buffer->maximum ||
        extra > buffer->maximum - buffer->length)
        return false;
    needed = buffer->length + extra;
    if (needed <= buffer->capacity)
        return true;
    /* Doubling, but never past the maximum: it bounds memory, not only the
     * content. */
    capacity = buffer->capacity > buffer->maximum / 2 ? buffer->maximum
                                                      : buffer->capacity * 2;
    if (capacity < CAPACITY_MIN_BYTES && CAPACITY_MIN_BYTES <= buffer->maximum)
        capacity = CAPACITY_MIN_BYTES;
    if (capacity < needed)
        capacity = needed;
    bytes = realloc(buffer->bytes, capacity);
    if (!bytes)
        return false;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

bool lx_buffer_append(struct lx_buffer *buffer, const void *bytes,
                      size_t length)
{
    if (length == 0)
        return true;
    if (!lx_buffer_reserve(buffer, length))
        return false;
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return true;
}

bool lx_buffer_append_text(struct lx_buffer *buffer, const char *text)
{
    return lx_buffer_append(buffer, text, strlen(text));
}

char *lx_buffer_release(struct lx_buffer *buffer, size_t *length)
{
    char *bytes = buffer->bytes;

    if (length)
        *length = buffer->length;
    if (buffer->length == 0) {
        free(bytes);
        bytes = NULL;
    }
    lx_buffer_init(buffer, buffer->maximum);
    return bytes;
}
