/* http_header.h: the few header lines of an answer that matter here. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The value of the header line line[0..length) when its name is `name` (small
 * letters here, any case there), without surrounding white space; else NULL. */
const char *lx_http_header_value(const char *line, size_t length,
                                 const char *name, size_t *value_length);

/* Milliseconds that a Retry-After asks for: a number of seconds, rounded up, or
 * an HTTP date against `now_s`, the time of day in Unix seconds (a past date is
 * 0). -1 for anything else and for more than LX_RETRY_AFTER_MAX_MS. */
int64_t lx_http_retry_after_ms(const char *value, size_t length, int64_t now_s);

/* The Unix seconds of an HTTP date; 0 for anything else. */
int64_t lx_http_date_s(const char *value, size_t length);

#pragma GCC visibility pop
