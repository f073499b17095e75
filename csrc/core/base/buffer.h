/* buffer.h: growable bytes with a stated maximum. One thread at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

struct lx_buffer {
    char *bytes; /* owned; NULL while empty */
    size_t length;
    size_t capacity;
    size_t maximum; /* an append beyond this is refused */
};

/* An empty buffer; allocates nothing. */
void lx_buffer_init(struct lx_buffer *buffer, size_t maximum);

/* Release the bytes. The buffer is empty again and may be reused. */
void lx_buffer_deinit(struct lx_buffer *buffer);

/* Forget the content, keep the memory. */
void lx_buffer_clear(struct lx_buffer *buffer);

/* Append; false, with nothing changed, when the maximum would be passed or
 * out of memory. */
bool lx_buffer_append(struct lx_buffer *buffer, const void *bytes,
                      size_t length);

/* Same for a NUL-terminated string (the NUL is not appended). */
bool lx_buffer_append_text(struct lx_buffer *buffer, const char *text);

/* Make room for `extra` more bytes: appends of that many in all cannot fail.
 * False as lx_buffer_append. */
bool lx_buffer_reserve(struct lx_buffer *buffer, size_t extra);

/* Give the bytes away: the caller frees them, the buffer is empty again.
 * NULL when it was empty. `length` may be NULL. */
char *lx_buffer_release(struct lx_buffer *buffer, size_t *length);

#pragma GCC visibility pop
