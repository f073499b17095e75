/* json_write.h: JSON into a buffer. Pure but for memory; any thread. */
#pragma once

#include "base/buffer.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

/* text[0..length) as a string, quotes included; what is no UTF-8 as '?'. Like
 * the rest false when the buffer is full or out of memory. */
bool lx_json_write_text(struct lx_buffer *buffer, const char *text,
                        size_t length);

/* A NUL-terminated text as a string; null for NULL. */
bool lx_json_write_word(struct lx_buffer *buffer, const char *text);

bool lx_json_write_int64(struct lx_buffer *buffer, int64_t number);

/* Thousandths as a number of units: 4200 is 4.2. */
bool lx_json_write_thousandths(struct lx_buffer *buffer, int64_t number);

#pragma GCC visibility pop
