/* caption.c: see caption.h. */
#include "caption.h"

#include <gdfontg.h>
#include <stdio.h>
#include <string.h>

enum { LINES_MAX = 3, LINE_BYTES = 256, MISSING = 1 };

struct style {
    float cell_height; /* pixels */
    struct lx_color color;
    float share;
};

/* Ink at a place of a glyph, 0 or 1; outside of the cell 0. */
static float ink(const gdFont *font, int letter, int x, int y)
{
    if (x < 0 || y < 0 || x >= font->w || y >= font->h)
        return 0;
    if (letter == MISSING) {
        bool is_side = (x == 1 || x == 7) && y >= 3 && y <= 11;
        bool is_end = (y == 3 || y == 11) && x >= 1 && x <= 7;
        return is_side || is_end ? 1.0f : 0.0f;
    }
    if (letter < font->offset || letter >= font->offset + font->nchars)
        return 0;
    int cell = (letter - font->offset) * font->w * font->h;
    return font->data[cell + y * font->w + x] ? 1.0f : 0.0f;
}

/* The same between the dots: blurred, then cut at one half, which turns the
 * stairs of an enlarged bitmap into curves. `softness` is a pixel in dots. */
static float smooth_ink(const gdFont *font, int letter, float x, float y,
                        float softness)
{
    float left = floorf(x - 0.5f), top = floorf(y - 0.5f);
    float u = x - 0.5f - left, v = y - 0.5f - top;
    int i = (int)left, j = (int)top;
    float above =
        ink(font, letter, i, j) * (1 - u) + ink(font, letter, i + 1, j) * u;
    float below = ink(font, letter, i, j + 1) * (1 - u) +
                  ink(font, letter, i + 1, j + 1) * u;
    float value = above * (1 - v) + below * v;
    float edge = lx_clamp(softness * 0.5f, 0.08f, 0.5f);
    return lx_step(0.42f - edge, 0.42f + edge, value);
}

static void draw_letter(gdImagePtr image, int letter, float left, float top,
                        const struct style *style)
{
    const gdFont *font = gdFontGetGiant();
    float scale = style->cell_height / (float)font->h;
    float width = scale * (float)font->w;
    for (int y = (int)top; y <= (int)(top + style->cell_height); y++)
        for (int x = (int)left; x <= (int)(left + width); x++) {
            float value =
                smooth_ink(font, letter, ((float)x + 0.5f - left) / scale,
                           ((float)y + 0.5f - top) / scale, 1.0f / scale);
            lx_blend(image, x, y, style->color, value * style->share);
        }
}

static float advance(const struct style *style)
{
    const gdFont *font = gdFontGetGiant();
    return style->cell_height * (float)font->w / (float)font->h;
}

static void draw_line(gdImagePtr image, const char *line, float left, float top,
                      const struct style *style)
{
    struct style shadow = {style->cell_height, {0, 0, 0}, 0.5f};
    float drop = style->cell_height * 0.06f;
    for (; *line; line++, left += advance(style)) {
        draw_letter(image, (unsigned char)*line, left + drop, top + drop,
                    &shadow);
        draw_letter(image, (unsigned char)*line, left, top, style);
    }
}

/* UTF-8 -> one byte per character; what is not printable ASCII is MISSING,
 * white space is one blank. */
static void flatten(const char *text, char *flat, size_t flat_bytes)
{
    size_t used = 0;
    for (; *text && used < flat_bytes - 1; text++) {
        unsigned char byte = (unsigned char)*text;
        if ((byte & 0xc0) == 0x80)
            continue; /* the rest of a character counted already */
        if (byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r') {
            if (used && flat[used - 1] != ' ')
                flat[used++] = ' ';
        } else {
            flat[used++] = byte > 32 && byte < 127 ? (char)byte : MISSING;
        }
    }
    flat[used] = '\0';
}

/* Break into lines of at most `columns`; the last ends in dots when there is
 * more. Returns the number of lines. */
static int wrap(const char *text, int columns, int lines_max,
                char lines[LINES_MAX][LINE_BYTES])
{
    int count = 0;
    size_t limit =
        (size_t)columns < LINE_BYTES - 4 ? (size_t)columns : LINE_BYTES - 4;
    while (*text && count < lines_max) {
        size_t length = strlen(text);
        if (length > limit) {
            length = limit;
            for (size_t cut = limit; cut > limit / 2; cut--)
                if (text[cut] == ' ') {
                    length = cut;
                    break;
                }
        }
        memcpy(lines[count], text, length);
        lines[count][length] = '\0';
        text += length;
        while (*text == ' ')
            text++;
        if (*text && count == lines_max - 1) {
            size_t keep =
                length + 3 > limit && length > 3 ? length - 3 : length;
            memcpy(lines[count] + keep, "...", 4);
        }
        count++;
    }
    return count;
}

static void darken_foot(gdImagePtr image, float from)
{
    for (int y = (int)from < 0 ? 0 : (int)from; y < image->sy; y++) {
        float down = ((float)y - from) / ((float)image->sy - from);
        float share = 0.74f * lx_step(0.0f, 0.55f, down);
        for (int x = 0; x < image->sx; x++)
            lx_blend(image, x, y, lx_rgb(0x05070d), share);
    }
}

void lx_caption_paint(gdImagePtr image, const struct lx_order *order)
{
    float width = (float)image->sx, height = (float)image->sy;
    float cell = fminf(height * 0.042f, width * 0.046f);
    struct style large = {fmaxf(cell, 13.0f), lx_rgb(0xffffff), 1.0f};
    struct style small = {fmaxf(cell * 0.72f, 11.0f), lx_rgb(0xe6dcc8), 0.92f};
    float margin = large.cell_height * 0.75f;
    char flat[1024] = {0}, lines[LINES_MAX][LINE_BYTES], about[LINE_BYTES];
    flatten(order->prompt, flat, sizeof flat);
    int columns = (int)((width - 2 * margin) / advance(&large));
    int count = wrap(flat, columns < 4 ? 4 : columns,
                     width < height ? LINES_MAX : 2, lines);
    char model[128];
    flatten(order->model, model, sizeof model);
    snprintf(about, sizeof about, "%s  seed %u  %dx%d", model,
             (unsigned)order->seed, order->width, order->height);
    float about_width = advance(&small) * (float)strlen(about);
    if (about_width > width - 2 * margin)
        small.cell_height *= (width - 2 * margin) / about_width;

    float block = (float)count * large.cell_height * 1.12f +
                  small.cell_height * 1.25f + margin * 0.8f;
    if (block > height)
        return; /* a picture too small for words */
    darken_foot(image, height - block - margin * 2.2f);
    float top = height - block;
    for (int i = 0; i < count; i++, top += large.cell_height * 1.12f)
        draw_line(image, lines[i], margin, top, &large);
    draw_line(image, about, margin, top + small.cell_height * 0.12f, &small);
}
