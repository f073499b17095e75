/* clip.c: frames of one loop, each with its own palette. */
#include "clip.h"
#include "drawing.h"

#include <stdlib.h>
#include <string.h>

enum { FRAMES = 12, FRAME_HUNDREDTHS = 12 };

struct growing {
    char *bytes;
    size_t length;
};

/* Append what gd has made and release it; false when out of memory. */
static bool append(struct growing *clip, void *piece, int size)
{
    if (!piece)
        return false;
    char *grown = realloc(clip->bytes, clip->length + (size_t)size);
    if (grown) {
        clip->bytes = grown;
        memcpy(grown + clip->length, piece, (size_t)size);
        clip->length += (size_t)size;
    }
    gdFree(piece);
    return grown != NULL;
}

static bool append_frame(struct growing *clip, const struct lx_order *order,
                         int index, const struct lx_cancel *cancel)
{
    gdImagePtr frame =
        lx_drawing_make(order, (float)index / (float)FRAMES, cancel);
    if (!frame)
        return false;
    bool is_done = gdImageTrueColorToPalette(frame, 1, 256) != 0;
    int size = 0;
    if (is_done && index == 0) {
        void *head = gdImageGifAnimBeginPtr(frame, &size, 0, 0);
        is_done = append(clip, head, size);
    }
    if (is_done) {
        void *piece = gdImageGifAnimAddPtr(
            frame, &size, 1, 0, 0, FRAME_HUNDREDTHS, gdDisposalNone, NULL);
        is_done = append(clip, piece, size);
    }
    gdImageDestroy(frame);
    return is_done;
}

char *lx_clip_paint(const struct lx_order *order,
                    const struct lx_cancel *cancel, size_t *length)
{
    struct growing clip = {NULL, 0};
    bool is_done = true;
    for (int i = 0; is_done && i < FRAMES; i++)
        is_done = append_frame(&clip, order, i, cancel);
    int size = 0;
    if (is_done) {
        void *end = gdImageGifAnimEndPtr(&size);
        is_done = append(&clip, end, size);
    }
    if (!is_done) {
        free(clip.bytes);
        return NULL;
    }
    *length = clip.length;
    return clip.bytes;
}
