/* edit.c: see edit.h. */
#include "edit.h"
#include "scene.h"

#define TURN 6.2831853f

/* The colour between pixels; coordinates are clamped into the image. */
static struct lx_color sample(gdImagePtr image, float x, float y)
{
    x = lx_clamp(x - 0.5f, 0, (float)image->sx - 1.001f);
    y = lx_clamp(y - 0.5f, 0, (float)image->sy - 1.001f);
    int i = (int)x, j = (int)y;
    int right = i + 1 < image->sx ? i + 1 : i;
    int below = j + 1 < image->sy ? j + 1 : j;
    float u = x - (float)i, v = y - (float)j;
    return lx_mix(
        lx_mix(lx_get(image, i, j), lx_get(image, right, j), u),
        lx_mix(lx_get(image, i, below), lx_get(image, right, below), u), v);
}

/* The new mood's colours by brightness, mixed with what was there. */
static struct lx_color tone(const struct lx_mood *mood, struct lx_color color)
{
    float bright = 0.3f * color.r + 0.59f * color.g + 0.11f * color.b;
    struct lx_color dark = lx_scale(mood->near, 0.6f);
    struct lx_color middle = lx_mix(mood->middle, mood->far, 0.4f);
    struct lx_color light = lx_mix(mood->horizon, mood->light, bright);
    struct lx_color graded =
        bright < 0.5f ? lx_mix(dark, middle, lx_step(0.0f, 0.5f, bright))
                      : lx_mix(middle, light, lx_step(0.45f, 1.0f, bright));
    if (mood->weather == LX_WEATHER_SNOW)
        graded =
            lx_mix(graded, lx_rgb(0xf4f7fb), mood->has_stars ? 0.06f : 0.3f);
    if (mood->has_stars) {
        /* Night falls on the colours that were there, too. */
        color = lx_mix(lx_scale(color, 0.4f), mood->zenith, 0.4f);
        graded = lx_mix(lx_scale(graded, 0.75f), mood->middle, 0.3f);
    }
    return lx_mix(color, graded, 0.62f);
}

static bool fill_toned(const struct lx_scene *scene, gdImagePtr reference)
{
    gdImagePtr image = scene->image;
    float zoom = 1.0f / (1.06f + 0.05f * sinf(TURN * scene->phase));
    float across = (float)reference->sx / (float)image->sx;
    float down = (float)reference->sy / (float)image->sy;
    float scale = (across < down ? across : down) * zoom;
    for (int y = 0; y < image->sy; y++) {
        if (lx_is_cancelled(scene->cancel))
            return false;
        for (int x = 0; x < image->sx; x++) {
            float dx = ((float)x + 0.5f - (float)image->sx / 2) * scale;
            float dy = ((float)y + 0.5f - (float)image->sy / 2) * scale;
            struct lx_color color =
                sample(reference, (float)reference->sx / 2 + dx,
                       (float)reference->sy / 2 + dy);
            lx_put(image, x, y, tone(&scene->mood, color));
        }
    }
    return true;
}

/* A print on white paper, a little turned, with a shadow under it. */
static void lay_print(gdImagePtr image, gdImagePtr print, float cx, float cy,
                      float wide, float angle)
{
    float tall = wide * (float)print->sy / (float)print->sx;
    float edge = 0.05f * (wide < tall ? wide : tall);
    float half_x = wide / 2 + edge, half_y = tall / 2 + edge;
    float reach = hypotf(half_x, half_y) + edge * 2;
    float c = cosf(angle), s = sinf(angle);
    for (int y = (int)(cy - reach); y <= (int)(cy + reach); y++)
        for (int x = (int)(cx - reach); x <= (int)(cx + reach); x++) {
            float dx = (float)x + 0.5f - cx, dy = (float)y + 0.5f - cy;
            float u = dx * c + dy * s, v = dy * c - dx * s;
            float outside = fmaxf(fabsf(u) - half_x, fabsf(v) - half_y);
            float shadow = fmaxf(fabsf(u - edge * 0.5f) - half_x,
                                 fabsf(v - edge * 0.8f) - half_y);
            lx_blend(image, x, y, lx_rgb(0),
                     0.4f * lx_step(edge * 1.4f, 0, shadow));
            struct lx_color color = lx_rgb(0xf7f4ec);
            if (fabsf(u) < wide / 2 && fabsf(v) < tall / 2)
                color = sample(print, (u / wide + 0.5f) * (float)print->sx,
                               (v / tall + 0.5f) * (float)print->sy);
            lx_blend(image, x, y, color, lx_clamp(0.5f - outside, 0, 1));
        }
}

bool lx_edit_paint(gdImagePtr image, const struct lx_order *order,
                   gdImagePtr const *references, int count, float phase,
                   const struct lx_cancel *cancel)
{
    struct lx_scene scene;
    lx_scene_init(&scene, image, order->prompt, order->seed, phase, cancel);
    if (!fill_toned(&scene, references[0]))
        return false;
    if (scene.mood.has_stars) {
        scene.horizon = (float)image->sy * 0.6f;
        lx_stars_paint(&scene, 0.8f);
    }
    lx_weather_paint(&scene);
    float width = (float)image->sx, height = (float)image->sy;
    float room = 0.27f * (width < height ? width : height);
    for (int i = count - 1; i >= 0; i--) {
        float shape = (float)references[i]->sx / (float)references[i]->sy;
        float wide = shape > 1 ? room * 1.15f : room * 1.15f * shape;
        float tall = wide / shape;
        float turn =
            (lx_chance(lx_hash(order->seed + (uint32_t)i)) - 0.5f) * 0.12f;
        lay_print(image, references[i],
                  width - wide * 0.5f - room * (0.18f + 0.3f * (float)i),
                  tall * 0.5f + room * (0.18f + 0.42f * (float)i), wide,
                  turn + (turn < 0 ? -0.03f : 0.03f));
    }
    return true;
}
