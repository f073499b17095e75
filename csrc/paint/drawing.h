/* drawing.h: what an order shows, as pixels. Knows gd; knows no Lua. */
#pragma once

#include "canvas.h"
#include "cancel.h"
#include "order.h"

#pragma GCC visibility push(hidden)

/* One moment (0 to 1) of an order with its caption; the caller destroys the
 * image. NULL when cancelled or out of memory. */
gdImagePtr lx_drawing_make(const struct lx_order *order, float phase,
                           const struct lx_cancel *cancel);

#pragma GCC visibility pop
