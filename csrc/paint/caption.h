/* caption.h: words on a picture. gd's own bitmap font, enlarged with smooth
 * outlines: it is there everywhere, so the same picture comes out everywhere,
 * with no font package. */
#pragma once

#include "canvas.h"
#include "order.h"

#pragma GCC visibility push(hidden)

/* Write the order's prompt, model, seed and size on a dark band at the foot of
 * the image. Letters that the font lacks become hollow boxes. */
void lx_caption_paint(gdImagePtr image, const struct lx_order *order);

#pragma GCC visibility pop
