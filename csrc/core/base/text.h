/* text.h: UTF-8 texts from outside, made safe to show and searched without the
 * host's locale. Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Copy at most capacity-1 bytes of text[0..length) and NUL-terminate, without
 * cutting a UTF-8 character; control characters become spaces, bytes that are
 * no UTF-8 become '?'. `out` may be `text` itself. Returns the bytes written
 * before the NUL. A capacity of 0 writes nothing. */
size_t lx_text_copy(char *out, size_t capacity, const char *text,
                    size_t length);

/* The bytes of the UTF-8 character at text[0..length), 1 to 4; 0 when what
 * stands there is none: cut off, overlong, a surrogate, beyond U+10FFFF. */
size_t lx_text_character(const char *text, size_t length);

/* `byte` as a small letter, whatever the locale says. */
char lx_text_lower(char byte);

/* Whether text[0..length) begins with `part`, whose ASCII letters are small and
 * match either case. */
bool lx_text_starts(const char *text, size_t length, const char *part);

/* Where text[0..length) first holds `part` in that sense; NULL when nowhere. */
const char *lx_text_find(const char *text, size_t length, const char *part);

/* Whether text[0..length) is `part` in that sense. */
bool lx_text_equals(const char *text, size_t length, const char *part);

/* White space of ASCII. */
bool lx_text_is_white(char byte);

/* The first byte of text[0..length) behind a byte order mark and white space;
 * NUL when there is none. */
char lx_text_first(const char *text, size_t length);

/* A NUL-terminated copy of text[0..length), which the caller frees; NULL when
 * out of memory. */
char *lx_text_duplicate(const char *text, size_t length);

#pragma GCC visibility pop
