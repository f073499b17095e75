/* utf16.h: texts in UTF-16, in which some gateways answer. Pure but for one
 * allocation; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Whether text[0..length) begins like JSON in UTF-16: with its byte order mark,
 * or with two characters of ASCII. No JSON in UTF-8 does. */
bool lx_utf16_is(const char *text, size_t length);

/* Such a text in UTF-8, without a byte order mark; half a character becomes
 * U+FFFD. The caller's to free(); NULL when out of memory. At most one and a
 * half times as long, and *out_length says how long. */
char *lx_utf16_read(const char *text, size_t length, size_t *out_length);

#pragma GCC visibility pop
