/* svg_guard.h: looks through an SVG, piece by piece, for what a browser would
 * run: script elements, event attributes (onload="..."), "javascript:", pages
 * inside (iframe, embed, object) and entity declarations, with which the others
 * can be hidden. Errs on the side
 * of refusing: it does not know markup from text. Pure; one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* All zeros at the start. */
struct lx_svg_guard {
    char word[12]; /* the end of what was seen, in small letters */
    int event;     /* how much of an event attribute was seen last */
};

/* Whether the next bytes are harmless so far. */
bool lx_svg_guard_pass(struct lx_svg_guard *guard, const char *bytes,
                       size_t length);

#pragma GCC visibility pop
