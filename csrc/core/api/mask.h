/* mask.h: what looks like a secret, taken out of words for people. Pure; any
 * thread. */
#pragma once

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Copy text[0..length), which is UTF-8, to out[0..capacity), NUL-terminated:
 * what looks like an API key ("sk-...", "Bearer ...") and the queries of URLs
 * become "***". What does not fit is left out. */
void lx_mask_copy(char *out, size_t capacity, const char *text, size_t length);

#pragma GCC visibility pop
