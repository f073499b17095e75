/* weather.c: rain, snow, mist in front of everything. Also laid over a
 * reference picture, for an edit that asks for it. */
#include "scene.h"

#define TURN 6.2831853f

static void rain(const struct lx_scene *scene)
{
    gdImagePtr image = scene->image;
    float height = (float)image->sy;
    int count = 900 * image->sx / image->sy;
    struct lx_color color = lx_mix(scene->mood.horizon, lx_rgb(0xffffff), 0.4f);
    for (int i = 0; i < count; i++) {
        uint32_t hash = lx_hash(scene->seed * 3U + (uint32_t)i);
        float near = lx_chance(lx_hash(hash + 1));
        float x = lx_chance(hash) * ((float)image->sx + height * 0.1f);
        float fall = lx_chance(lx_hash(hash + 2)) +
                     scene->phase * (1.0f + floorf(near * 2.0f));
        float y = (fall - floorf(fall)) * height * 1.1f - height * 0.05f;
        float length = height * (0.02f + 0.04f * near);
        float share = 0.08f + 0.22f * near;
        for (int step = 0; (float)step < length; step++) {
            float t = (float)step;
            float px = x - t * 0.16f;
            float part = px - floorf(px);
            lx_blend(image, (int)floorf(px), (int)(y + t), color,
                     share * (1.0f - part));
            lx_blend(image, (int)floorf(px) + 1, (int)(y + t), color,
                     share * part);
        }
    }
}

static void snow(const struct lx_scene *scene)
{
    gdImagePtr image = scene->image;
    float height = (float)image->sy;
    int count = 520 * image->sx / image->sy;
    for (int i = 0; i < count; i++) {
        uint32_t hash = lx_hash(scene->seed * 5U + (uint32_t)i);
        float near = lx_chance(lx_hash(hash + 1));
        near *= near;
        float fall = lx_chance(lx_hash(hash + 2)) + scene->phase;
        float swing =
            0.012f * sinf(TURN * (scene->phase + lx_chance(hash + 9)));
        float x = lx_chance(hash) * (float)image->sx + swing * height;
        float y = (fall - floorf(fall)) * height;
        lx_disc(image, x, y, height * (0.0012f + 0.0045f * near),
                lx_rgb(0xffffff), 0.85f - 0.45f * near);
    }
}

static void mist(const struct lx_scene *scene)
{
    gdImagePtr image = scene->image;
    float height = (float)image->sy;
    float drift_x = 0.2f * cosf(TURN * scene->phase);
    float drift_y = 0.1f * sinf(TURN * scene->phase);
    for (int y = (int)(height * 0.35f); y < image->sy; y++) {
        float down = (float)y / height;
        float band = lx_step(0.35f, 0.62f, down) * lx_step(1.05f, 0.72f, down);
        for (int x = 0; x < image->sx; x++) {
            float thick = lx_fractal((float)x / height * 1.8f + drift_x,
                                     down * 6.0f + drift_y, 3, scene->seed + 7);
            lx_blend(image, x, y, scene->mood.horizon,
                     band * lx_step(0.25f, 0.75f, thick) * 0.62f);
        }
    }
}

void lx_weather_paint(const struct lx_scene *scene)
{
    if (scene->mood.weather == LX_WEATHER_RAIN)
        rain(scene);
    else if (scene->mood.weather == LX_WEATHER_SNOW)
        snow(scene);
    else if (scene->mood.weather == LX_WEATHER_MIST)
        mist(scene);
}
