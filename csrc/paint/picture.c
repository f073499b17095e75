/* picture.c: see picture.h. PNG and JPEG; clips are clip.c's. */
#include "picture.h"
#include "clip.h"
#include "drawing.h"

#include <stdlib.h>
#include <string.h>

/* Fast and still small: these pictures are noise to a compressor. */
enum { PNG_LEVEL = 4 };

static char *encode(gdImagePtr image, const struct lx_order *order,
                    size_t *length)
{
    int size = 0;
    void *encoded = order->format == LX_FORMAT_JPEG
                        ? gdImageJpegPtr(image, &size, order->quality)
                        : gdImagePngPtrEx(image, &size, PNG_LEVEL);
    char *bytes = encoded ? malloc((size_t)size) : NULL;
    if (bytes) {
        /* gd may have an allocator of its own; ours is free()d by others. */
        memcpy(bytes, encoded, (size_t)size);
        *length = (size_t)size;
    }
    if (encoded)
        gdFree(encoded);
    return bytes;
}

char *lx_picture_paint(const struct lx_order *order,
                       const struct lx_cancel *cancel, size_t *length)
{
    if (order->format == LX_FORMAT_GIF)
        return lx_clip_paint(order, cancel, length);
    gdImagePtr image = lx_drawing_make(order, 0, cancel);
    if (!image)
        return NULL;
    char *bytes = encode(image, order, length);
    gdImageDestroy(image);
    return bytes;
}
