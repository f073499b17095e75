/* clip.h: a short animated GIF that loops, for the models that make video. */
#pragma once

#include "cancel.h"
#include "order.h"

#pragma GCC visibility push(hidden)

/* As lx_picture_paint(). */
char *lx_clip_paint(const struct lx_order *order,
                    const struct lx_cancel *cancel, size_t *length);

#pragma GCC visibility pop
