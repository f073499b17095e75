/* evidence.h: an answer that could not be used, as words for people: it may be
 * all that is left of what was paid for. Pure; any thread. */
#pragma once

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Room for any evidence. */
#define LX_EVIDENCE_MAX 256

/* Write the beginning of body[0..length), JSON or nearly, to
 * out[0..LX_EVIDENCE_MAX) as one line, NUL-terminated. Long strings and those
 * that may quote the request (prompt, param, input, ...) stand there by their
 * length, keys and the queries of URLs are masked. "" for an empty body. */
void lx_evidence_write(const char *body, size_t length, char *out);

#pragma GCC visibility pop
