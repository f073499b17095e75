/* scene.c: puts the parts of a landscape together. */
#include "scene.h"

static const float horizons[LX_PLACE_COUNT] = {
    [LX_PLACE_MOUNTAIN] = 0.74f, [LX_PLACE_SEA] = 0.62f,
    [LX_PLACE_FOREST] = 0.80f,   [LX_PLACE_CITY] = 0.74f,
    [LX_PLACE_TEA] = 0.76f,      [LX_PLACE_DESERT] = 0.76f,
};

/* How high sun or moon stands: share of the horizon's height. */
static const float heights[LX_HOUR_COUNT] = {0.66f, 0.24f, 0.76f, 0.82f, 0.3f};

void lx_scene_init(struct lx_scene *scene, gdImagePtr image, const char *prompt,
                   uint32_t seed, float phase, const struct lx_cancel *cancel)
{
    uint32_t text = 5381;
    for (const char *letter = prompt; *letter; letter++)
        text = text * 33U + (unsigned char)*letter;
    scene->image = image;
    scene->seed = lx_hash(seed ^ lx_hash(text));
    scene->phase = phase;
    scene->cancel = cancel;
    lx_mood_read(&scene->mood, prompt, scene->seed);
    float height = (float)image->sy;
    scene->horizon = horizons[scene->mood.place] * height;
    float aside = lx_chance(lx_hash(scene->seed + 1));
    /* Off the middle, on either side. */
    aside =
        aside < 0.5f ? 0.18f + aside * 0.44f : 0.6f + (aside - 0.5f) * 0.44f;
    scene->light_x = aside * (float)image->sx;
    scene->light_y =
        scene->horizon * (heights[scene->mood.hour] +
                          0.08f * lx_chance(lx_hash(scene->seed + 2)) - 0.04f);
    scene->light_radius = height * (scene->mood.has_stars ? 0.050f : 0.042f);
}

/* Darker corners draw the eye inwards. */
static void vignette(gdImagePtr image)
{
    float cx = (float)image->sx / 2, cy = (float)image->sy / 2;
    for (int y = 0; y < image->sy; y++)
        for (int x = 0; x < image->sx; x++) {
            float dx = ((float)x - cx) / cx, dy = ((float)y - cy) / cy;
            float far = dx * dx + dy * dy;
            if (far > 0.8f)
                lx_put(
                    image, x, y,
                    lx_scale(lx_get(image, x, y), 1.0f - 0.16f * (far - 0.8f)));
        }
}

bool lx_scene_paint(const struct lx_scene *scene)
{
    if (!lx_sky_paint(scene))
        return false;
    lx_birds_paint(scene);
    if (!lx_land_paint(scene))
        return false;
    lx_weather_paint(scene);
    vignette(scene->image);
    return true;
}
