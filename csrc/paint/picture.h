/* picture.h: an order -> an encoded picture. Knows gd; knows no Lua. */
#pragma once

#include "cancel.h"
#include "order.h"

#pragma GCC visibility push(hidden)

/* Paint and encode. The caller frees the bytes. NULL when cancelled or out of
 * memory. Takes about a second per 8 million pixels. */
char *lx_picture_paint(const struct lx_order *order,
                       const struct lx_cancel *cancel, size_t *length);

#pragma GCC visibility pop
