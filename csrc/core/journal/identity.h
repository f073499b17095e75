/* identity.h: whether two requests ask for the same, however they are written.
 */
#pragma once

#include "base/sha256.h"
#include "journal/entry.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* The identity of a request's body text[0..length), the SHA-256 of a canonical
 * form: the order of keys, white space, escapes and the spelling of numbers
 * (1, 1.0, 10e-1) do not matter, nor does a callBackUrl beside the input. The
 * last of two members of one name counts. Numbers are compared exactly,
 * whatever their size. False for what is no JSON and when out of memory.
 *
 * What stands for a picture or for another task's result is for the caller to
 * write into the text before: lx_identity_name_content, the task and number. A
 * data URL in base64 counts as the former of its bytes. */
bool lx_identity_of(const char *text, size_t length,
                    unsigned char out[LX_IDENTITY_BYTES]);

/* Of what lx_identity_name_content writes, with its NUL. */
#define LX_IDENTITY_CONTENT_ROOM 72

/* What a picture with bytes of this hash is called. */
void lx_identity_name_content(const unsigned char sha256[LX_SHA256_BYTES],
                              char out[LX_IDENTITY_CONTENT_ROOM]);

#pragma GCC visibility pop
