/* clip.h: a short animated GIF that loops, for the models that make video. */
#pragma once

#include "canvas.h"
#include "cancel.h"
#include "order.h"

#pragma GCC visibility push(hidden)

/* As lx_picture_paint(). */
char *lx_clip_paint(const struct lx_order *order,
                    const struct lx_cancel *cancel, size_t *length);

/* One moment (0 to 1) of an order with its caption; picture.c has it. */
gdImagePtr lx_picture_draw(const struct lx_order *order, float phase,
                           const struct lx_cancel *cancel);

#pragma GCC visibility pop
