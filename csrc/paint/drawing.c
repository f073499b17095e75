/* drawing.c: see drawing.h. A scene, or an edit of the picture that the order
 * brings. */
#include "drawing.h"
#include "caption.h"
#include "decode.h"
#include "edit.h"
#include "scene.h"

static gdImagePtr draw(const struct lx_order *order, int width, int height,
                       float phase, const struct lx_cancel *cancel);

/* A reference as large as the picture made from it needs it, no larger. */
static gdImagePtr draw_reference(const struct lx_order *order, int width,
                                 int height, const struct lx_cancel *cancel)
{
    gdImagePtr given = lx_decode(order->image, order->image_bytes);
    if (given)
        return given;
    float across = (float)width / (float)order->width;
    float down = (float)height / (float)order->height;
    float scale = across > down ? across : down;
    if (scale > 1.0f)
        scale = 1.0f;
    int wide = (int)((float)order->width * scale + 0.5f);
    int tall = (int)((float)order->height * scale + 0.5f);
    return draw(order, wide > 0 ? wide : 1, tall > 0 ? tall : 1, 0, cancel);
}

static bool draw_edit(gdImagePtr image, const struct lx_order *order,
                      float phase, const struct lx_cancel *cancel)
{
    gdImagePtr references[LX_ORDER_REFERENCES_MAX];
    int count = 0;
    for (int i = 0; i < order->reference_count; i++) {
        gdImagePtr reference =
            draw_reference(order->references[i], image->sx, image->sy, cancel);
        if (reference)
            references[count++] = reference;
    }
    bool is_done = count > 0 && lx_edit_paint(image, order, references, count,
                                              phase, cancel);
    for (int i = 0; i < count; i++)
        gdImageDestroy(references[i]);
    return is_done;
}

/* Without the caption. NULL when cancelled or out of memory. */
static gdImagePtr draw(const struct lx_order *order, int width, int height,
                       float phase, const struct lx_cancel *cancel)
{
    gdImagePtr image = gdImageCreateTrueColor(width, height);
    if (!image)
        return NULL;
    bool is_done;
    if (order->reference_count > 0) {
        is_done = draw_edit(image, order, phase, cancel);
    } else {
        struct lx_scene scene;
        lx_scene_init(&scene, image, order->prompt, order->seed, phase, cancel);
        is_done = lx_scene_paint(&scene);
    }
    if (!is_done) {
        gdImageDestroy(image);
        return NULL;
    }
    return image;
}

gdImagePtr lx_drawing_make(const struct lx_order *order, float phase,
                           const struct lx_cancel *cancel)
{
    gdImagePtr image = draw(order, order->width, order->height, phase, cancel);
    if (image)
        lx_caption_paint(image, order);
    return image;
}
