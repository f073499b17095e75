/* decode.c: see decode.h. */
#include "decode.h"
#include "order.h"

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

/* libgd's severity and printf-like text, for nobody. */
static void say_nothing(int severity, const char *format, va_list arguments)
{
    (void)severity;
    (void)format;
    (void)arguments;
}

void lx_decode_silence(void)
{
    gdSetErrorMethod(say_nothing);
}

struct size {
    unsigned width, height;
};

static unsigned two(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static unsigned two_little(const unsigned char *at)
{
    return (unsigned)at[1] << 8 | at[0];
}

static unsigned four(const unsigned char *at)
{
    return two(at) << 16 | two(at + 2);
}

/* Walk the segments to the frame header, which has the size. */
static bool measure_jpeg(const unsigned char *bytes, size_t length,
                         struct size *size)
{
    size_t at = 2;
    while (at + 9 < length && bytes[at] == 0xff) {
        unsigned mark = bytes[at + 1];
        bool is_frame = mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 &&
                        mark != 0xc8 && mark != 0xcc;
        if (is_frame) {
            size->height = two(bytes + at + 5);
            size->width = two(bytes + at + 7);
            return true;
        }
        at += mark == 0xff ? 1 : 2 + two(bytes + at + 2);
    }
    return false;
}

enum kind { NONE, PNG, JPEG, GIF };

static enum kind measure(const unsigned char *bytes, size_t length,
                         struct size *size)
{
    if (length > 24 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0) {
        size->width = four(bytes + 16);
        size->height = four(bytes + 20);
        return PNG;
    }
    if (length > 10 && memcmp(bytes, "GIF8", 4) == 0) {
        size->width = two_little(bytes + 6);
        size->height = two_little(bytes + 8);
        return GIF;
    }
    if (length > 4 && bytes[0] == 0xff && bytes[1] == 0xd8 &&
        measure_jpeg(bytes, length, size))
        return JPEG;
    return NONE;
}

gdImagePtr lx_decode(const char *bytes, size_t length)
{
    struct size size = {0, 0};
    if (!bytes || length > INT_MAX)
        return NULL;
    enum kind kind = measure((const unsigned char *)bytes, length, &size);
    if (kind == NONE || size.width == 0 || size.height == 0 ||
        size.width > LX_ORDER_SIDE_MAX || size.height > LX_ORDER_SIDE_MAX ||
        size.width * size.height > LX_DECODE_PIXELS_MAX)
        return NULL;
    void *input = (void *)bytes; /* gd reads it only */
    gdImagePtr image = kind == PNG ? gdImageCreateFromPngPtr((int)length, input)
                       : kind == GIF
                           ? gdImageCreateFromGifPtr((int)length, input)
                           : gdImageCreateFromJpegPtr((int)length, input);
    if (image && !image->trueColor && !gdImagePaletteToTrueColor(image)) {
        gdImageDestroy(image);
        return NULL;
    }
    return image;
}
