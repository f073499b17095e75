/* base64.h: bytes as base64 (RFC 4648) with padding. Pure; any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The number of characters that `bytes` bytes become. */
uint64_t lx_base64_length(uint64_t bytes);

/* Write them for bytes[0..length), no NUL. Pieces of a text fit together where
 * the length of all but the last is a multiple of 3. */
void lx_base64_encode(char *out, const char *bytes, size_t length);

#pragma GCC visibility pop
