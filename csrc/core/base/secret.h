/* secret.h: the API key taken out of texts that came from outside: services
 * quote it, whole or in part, when they refuse it. Pure; any thread. */
#pragma once

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Put "***" in the place of every piece of `key` in `text` (NUL-terminated,
 * changed in place, may be NULL): of six bytes and more, and of three and more
 * next to an asterisk or an ellipsis, which a service puts between the ends. */
void lx_secret_mask(char *text, const char *key);

/* The same in text[0..length), behind which stands a NUL, whatever is in it;
 * returns its new length. */
size_t lx_secret_mask_bytes(char *text, size_t length, const char *key);

/* The same where the whole of `key` stands, and nowhere else. */
void lx_secret_mask_whole(char *text, const char *key);

#pragma GCC visibility pop
