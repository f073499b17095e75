/* picture.h: an order -> an encoded picture. Knows gd and nothing of threads
 * beyond the flag that ends it early. */
#pragma once

#include "order.h"

/* Paint and encode. The caller frees the bytes. NULL when cancelled or out of
 * memory. Takes about a second per 8 million pixels. */
char *lx_picture_paint(const struct lx_order *order,
                       const atomic_bool *is_cancelled, size_t *length);
