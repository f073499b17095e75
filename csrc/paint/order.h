/* order.h: what is to be painted. Plain data: no Lua, no gd. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

enum lx_format { LX_FORMAT_PNG, LX_FORMAT_JPEG, LX_FORMAT_GIF };

enum {
    LX_ORDER_REFERENCES_MAX = 4, /* pictures shown in one edit */
    LX_ORDER_DEPTH_MAX = 4,      /* edits of edits of edits */
    LX_ORDER_SIDE_MAX = 8192,    /* pixels */
    LX_ORDER_TEXT_MAX = 4096     /* bytes of a prompt that are looked at */
};

struct lx_order {
    int width, height; /* pixels, 1 to LX_ORDER_SIDE_MAX */
    enum lx_format format;
    int quality; /* JPEG, 1 to 100 */
    uint32_t seed;
    char *prompt, *model; /* owned, NUL-terminated, never NULL */
    char *image;          /* owned; the bytes of a picture given to us, or
                             NULL: paint a scene */
    size_t image_bytes;
    struct lx_order *references[LX_ORDER_REFERENCES_MAX]; /* owned */
    int reference_count;
};

/* An empty order with a scene of 1024 x 1024, or NULL when out of memory. */
struct lx_order *lx_order_new(void);

/* Release the order with everything that it owns; NULL is fine. */
void lx_order_free(struct lx_order *order);

/* Take a picture out of "data:image/png;base64,....": sets order->image, or
 * leaves it NULL when `uri` is no such thing (a stand-in is painted then). */
void lx_order_take_data_uri(struct lx_order *order, const char *uri,
                            size_t length);

#pragma GCC visibility pop
