/* edit.h: a picture made from other pictures. The first reference fills the
 * canvas, toned to the new prompt's hour and under its weather; the originals
 * lie on it as small prints, so that anyone sees where it came from. */
#pragma once

#include "cancel.h"
#include "canvas.h"
#include "order.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* False when cancelled. `references` are true-colour and stay the caller's. */
bool lx_edit_paint(gdImagePtr image, const struct lx_order *order,
                   gdImagePtr const *references, int count, float phase,
                   const struct lx_cancel *cancel);

#pragma GCC visibility pop
