/* decode.h: pictures that a client sent, which may be anything. */
#pragma once

#include "canvas.h"

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* The PNG, JPEG or GIF in `bytes` as a true-colour image, or NULL when it is
 * none, is damaged, or is larger than LX_ORDER_SIDE_MAX or
 * LX_DECODE_PIXELS_MAX: the size is read before anything is allocated for it.
 */
gdImagePtr lx_decode(const char *bytes, size_t length);

/* Keep libgd from writing to standard error about damaged pictures: they are
 * ordinary input here. Process-wide, as libgd has it; once, at load time. */
void lx_decode_silence(void);

enum { LX_DECODE_PIXELS_MAX = 24 * 1024 * 1024 };

#pragma GCC visibility pop
