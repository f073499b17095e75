/* hmac.h: HMAC-SHA256 (RFC 2104). Pure; any thread. */
#pragma once

#include "base/sha256.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* The code of text[0..length) under a key of any length. */
void lx_hmac_sha256(const void *key, size_t key_length, const void *text,
                    size_t length, unsigned char out[LX_SHA256_BYTES]);

/* Whether both are the same bytes, in a time that depends on their lengths
 * alone: for what a stranger sends to be compared with a secret. */
bool lx_is_same_secret(const void *one, size_t one_length, const void *other,
                       size_t other_length);

#pragma GCC visibility pop
