/* sky.c: gradient, glow, clouds, stars, sun and moon. */
#include "scene.h"

#define TURN 6.2831853f

static struct lx_color sky_color(const struct lx_mood *mood, float height)
{
    if (height < 0.55f)
        return lx_mix(mood->zenith, mood->middle, lx_step(0, 0.55f, height));
    return lx_mix(mood->middle, mood->horizon, lx_step(0.5f, 1.0f, height));
}

/* How thick the cloud is at a place, 0 to 1. Clouds flatten with distance:
 * the nearer the horizon, the more they are squeezed. */
static float cloud_at(const struct lx_scene *scene, float x, float height)
{
    float drift_x = 0.12f * cosf(TURN * scene->phase);
    float drift_y = 0.05f * sinf(TURN * scene->phase);
    float squeeze = 2.2f + 5.5f * height;
    float wide = lx_fractal(x * 1.6f + drift_x, height * squeeze + drift_y, 5,
                            scene->seed + 11);
    float cover = scene->mood.weather == LX_WEATHER_RAIN ? 0.36f : 0.52f;
    cover += 0.10f * lx_chance(lx_hash(scene->seed + 5)) - 0.03f;
    return lx_step(cover, cover + 0.26f, wide);
}

static void paint_row(const struct lx_scene *scene, int y)
{
    gdImagePtr image = scene->image;
    const struct lx_mood *mood = &scene->mood;
    float unit = 1.0f / (float)image->sy;
    float height = (float)y / scene->horizon;
    struct lx_color base = sky_color(mood, height);
    struct lx_color lit = lx_mix(mood->horizon, mood->light, 0.55f);
    struct lx_color shade = lx_mix(base, mood->zenith, 0.25f);
    float strength = mood->has_stars ? 0.35f : 0.8f;
    for (int x = 0; x < image->sx; x++) {
        float dx = ((float)x - scene->light_x) * unit;
        float dy = ((float)y - scene->light_y) * unit;
        float distance = sqrtf(dx * dx + dy * dy);
        float glow =
            expf(-distance * 5.0f) * 0.55f + expf(-distance * 22.0f) * 0.5f;
        if (mood->has_stars)
            glow *= 0.55f;
        struct lx_color color = lx_mix(base, mood->light, lx_clamp(glow, 0, 1));
        float cloud = cloud_at(scene, (float)x * unit, height);
        if (cloud > 0.0f) {
            /* Lit from the side of the light: compare with a step to it. */
            float ahead = cloud_at(scene, (float)x * unit - dx * 0.12f,
                                   height - dy * 0.12f);
            float light = lx_clamp(0.55f + (cloud - ahead) * 1.4f + glow, 0, 1);
            color = lx_mix(color, lx_mix(shade, lit, light),
                           cloud * strength * (1.0f - 0.3f * height));
        }
        lx_put(image, x, y, color);
    }
}

void lx_stars_paint(const struct lx_scene *scene, float share)
{
    gdImagePtr image = scene->image;
    float unit = (float)image->sy / 1000.0f;
    int count = 260 * image->sx / image->sy;
    for (int i = 0; i < count; i++) {
        uint32_t hash = lx_hash(scene->seed * 31U + (uint32_t)i);
        float x = lx_chance(hash) * (float)image->sx;
        float y = lx_chance(lx_hash(hash + 1));
        float bright = lx_chance(lx_hash(hash + 2));
        bright = 0.15f + 0.85f * bright * bright * bright;
        float twinkle = sinf(TURN * (scene->phase + lx_chance(hash + 77)));
        bright *= 1.0f + 0.25f * twinkle;
        lx_disc(image, x, y * y * scene->horizon * 0.95f,
                unit * (0.5f + 1.3f * bright), lx_rgb(0xfdf8ec),
                lx_clamp(bright * (1.0f - y * y) * share, 0, 1));
    }
}

static void paint_light(const struct lx_scene *scene)
{
    const struct lx_mood *mood = &scene->mood;
    if (mood->weather == LX_WEATHER_RAIN)
        return;
    float radius = scene->light_radius;
    struct lx_color disc = lx_mix(mood->light, lx_rgb(0xffffff), 0.35f);
    lx_disc(scene->image, scene->light_x, scene->light_y, radius, disc, 0.96f);
    if (!mood->has_stars)
        return;
    /* The moon's seas: a few soft spots inside the disc. */
    for (uint32_t i = 0; i < 7; i++) {
        uint32_t hash = lx_hash(scene->seed * 7U + i);
        float angle = TURN * lx_chance(hash);
        float away = radius * 0.62f * lx_chance(lx_hash(hash + 1));
        lx_disc(scene->image, scene->light_x + away * cosf(angle),
                scene->light_y + away * sinf(angle),
                radius * (0.08f + 0.2f * lx_chance(lx_hash(hash + 2))),
                lx_mix(mood->light, mood->middle, 0.5f), 0.28f);
    }
}

bool lx_sky_paint(const struct lx_scene *scene)
{
    int last = (int)scene->horizon + 2;
    if (last > scene->image->sy)
        last = scene->image->sy;
    for (int y = 0; y < last; y++) {
        if (lx_is_cancelled(scene->cancel))
            return false;
        paint_row(scene, y);
    }
    if (scene->mood.has_stars)
        lx_stars_paint(scene, 1.0f);
    paint_light(scene);
    return true;
}
