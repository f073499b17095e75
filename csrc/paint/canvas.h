/* canvas.h: colours, and pixels of a gd true-colour image. Inline: these run
 * for every pixel. */
#pragma once

#if !__has_include(<gd.h>)
#error "gd.h is missing: install libgd-dev (brew: gd, Fedora: gd-devel)"
#endif

#include <gd.h>

#include "noise.h"

struct lx_color {
    float r, g, b; /* 0 to 1 */
};

static inline struct lx_color lx_rgb(int hex)
{
    return (struct lx_color){(float)(hex >> 16 & 255) / 255.0f,
                             (float)(hex >> 8 & 255) / 255.0f,
                             (float)(hex & 255) / 255.0f};
}

static inline struct lx_color lx_mix(struct lx_color a, struct lx_color b,
                                     float share)
{
    return (struct lx_color){a.r + (b.r - a.r) * share,
                             a.g + (b.g - a.g) * share,
                             a.b + (b.b - a.b) * share};
}

static inline struct lx_color lx_scale(struct lx_color a, float factor)
{
    return (struct lx_color){a.r * factor, a.g * factor, a.b * factor};
}

static inline struct lx_color lx_add(struct lx_color a, struct lx_color b,
                                     float share)
{
    return (struct lx_color){a.r + b.r * share, a.g + b.g * share,
                             a.b + b.b * share};
}

static inline int lx_byte(float value)
{
    return (int)(lx_clamp(value, 0.0f, 1.0f) * 255.0f + 0.5f);
}

static inline int lx_pack(struct lx_color color)
{
    return lx_byte(color.r) << 16 | lx_byte(color.g) << 8 | lx_byte(color.b);
}

/* x and y must be inside. */
static inline struct lx_color lx_get(gdImagePtr image, int x, int y)
{
    return lx_rgb(image->tpixels[y][x]);
}

static inline void lx_put(gdImagePtr image, int x, int y, struct lx_color color)
{
    image->tpixels[y][x] = lx_pack(color);
}

/* Cover by `share` (0 to 1); outside of the image nothing happens. */
static inline void lx_blend(gdImagePtr image, int x, int y,
                            struct lx_color color, float share)
{
    if (x < 0 || y < 0 || x >= image->sx || y >= image->sy || share <= 0.0f)
        return;
    if (share >= 1.0f)
        lx_put(image, x, y, color);
    else
        lx_put(image, x, y, lx_mix(lx_get(image, x, y), color, share));
}

/* A disc with a soft edge; all in pixels. */
static inline void lx_disc(gdImagePtr image, float cx, float cy, float radius,
                           struct lx_color color, float share)
{
    for (int y = (int)(cy - radius - 1); y <= (int)(cy + radius + 1); y++)
        for (int x = (int)(cx - radius - 1); x <= (int)(cx + radius + 1); x++) {
            float distance = hypotf((float)x + 0.5f - cx, (float)y + 0.5f - cy);
            lx_blend(image, x, y, color,
                     share * lx_clamp(radius - distance + 0.5f, 0, 1));
        }
}
