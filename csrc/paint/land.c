/* land.c: ridges behind ridges with mist between them, and water that mirrors
 * what stands above it. Which ridges a place has is a table. */
#include "scene.h"

#include <stdlib.h>

#define TURN 6.2831853f

enum shape { PEAKS, HILLS, DUNES };
enum cover { BARE, TREES, ROWS, SNOWCAPS, WAVES };

/* One ridge: where its base line is and how high it rises (shares of the
 * picture's height), how many bumps per height, how near (0 far, 1 near). */
struct ridge {
    float base, rise, bumps, nearness;
    enum shape shape;
    enum cover cover;
};

enum { RIDGES_MAX = 5 };

static const struct place {
    float water; /* water line, share of the height; 0: no water */
    int ridge_count;
    struct ridge ridges[RIDGES_MAX];
} places[LX_PLACE_COUNT] = {
    [LX_PLACE_MOUNTAIN] = {0.74f,
                           4,
                           {{0.66f, 0.30f, 1.7f, 0.10f, PEAKS, SNOWCAPS},
                            {0.70f, 0.24f, 2.3f, 0.35f, PEAKS, SNOWCAPS},
                            {0.73f, 0.11f, 2.6f, 0.62f, HILLS, BARE},
                            {0.74f, 0.05f, 3.4f, 0.86f, HILLS, TREES}}},
    [LX_PLACE_SEA] = {0.62f,
                      3,
                      {{0.62f, 0.10f, 1.3f, 0.12f, PEAKS, BARE},
                       {0.62f, 0.055f, 2.1f, 0.30f, HILLS, BARE},
                       {0.97f, 0.10f, 1.1f, 0.98f, HILLS, WAVES}}},
    [LX_PLACE_FOREST] = {0.0f,
                         5,
                         {{0.62f, 0.20f, 1.5f, 0.08f, PEAKS, BARE},
                          {0.70f, 0.14f, 1.9f, 0.30f, HILLS, TREES},
                          {0.79f, 0.12f, 1.6f, 0.52f, HILLS, TREES},
                          {0.90f, 0.11f, 1.3f, 0.76f, HILLS, TREES},
                          {1.03f, 0.10f, 1.1f, 1.00f, HILLS, TREES}}},
    [LX_PLACE_CITY] = {0.74f,
                       2,
                       {{0.66f, 0.16f, 1.5f, 0.08f, PEAKS, BARE},
                        {0.74f, 0.03f, 1.2f, 0.55f, HILLS, BARE}}},
    [LX_PLACE_TEA] = {0.0f,
                      5,
                      {{0.60f, 0.20f, 1.7f, 0.08f, PEAKS, BARE},
                       {0.68f, 0.11f, 1.5f, 0.26f, HILLS, TREES},
                       {0.76f, 0.10f, 1.2f, 0.58f, HILLS, ROWS},
                       {0.86f, 0.11f, 0.9f, 0.80f, HILLS, ROWS},
                       {0.97f, 0.12f, 0.8f, 1.00f, HILLS, ROWS}}},
    [LX_PLACE_DESERT] = {0.0f,
                         4,
                         {{0.64f, 0.12f, 1.6f, 0.10f, PEAKS, BARE},
                          {0.72f, 0.11f, 1.0f, 0.34f, DUNES, WAVES},
                          {0.84f, 0.14f, 0.8f, 0.62f, DUNES, WAVES},
                          {1.00f, 0.16f, 0.6f, 0.95f, DUNES, WAVES}}},
};

/* How high the ridge is at x, 0 to 1. */
static float profile(enum shape shape, float x, uint32_t seed)
{
    float rough = lx_fractal(x, 0.5f, 6, seed);
    if (shape == PEAKS) {
        float fold =
            1.0f - fabsf(2.0f * lx_fractal(x * 0.8f, 3.5f, 5, seed + 3) - 1.0f);
        float peak = fold * fold * 0.86f + rough * 0.58f - 0.1f;
        /* Bend over instead of cutting off: no table mountains. */
        return peak < 0 ? 0 : peak / sqrtf(1.0f + 0.45f * peak * peak);
    }
    if (shape == DUNES) {
        float at = x + 0.7f * lx_noise(x * 0.7f, 1.5f, seed);
        float saw = at - floorf(at);
        float slope = saw < 0.66f ? saw / 0.66f : (1.0f - saw) / 0.34f;
        return 0.25f + 0.75f * slope * slope * (3.0f - 2.0f * slope);
    }
    return lx_fractal(x, 0.5f, 3, seed);
}

static void measure(const struct lx_scene *scene, const struct ridge *ridge,
                    uint32_t seed, float *line)
{
    float height = (float)scene->image->sy;
    /* In a clip the near ridges sway more than the far ones. */
    float sway = 0.05f * ridge->nearness * sinf(TURN * scene->phase);
    float start = lx_chance(lx_hash(seed)) * 64.0f;
    for (int x = 0; x < scene->image->sx; x++) {
        float at = ((float)x / height + sway) * ridge->bumps + start;
        line[x] = height *
                  (ridge->base - ridge->rise * profile(ridge->shape, at, seed));
    }
}

/* Rows of bushes that follow the slope and widen towards us. */
static float row_shade(float down, float along, float nearness, uint32_t seed)
{
    float bend = 0.012f * lx_noise(along * 9.0f, down * 4.0f, seed);
    /* A row's first pixel starts above the ridge, far above in a small picture.
     */
    float depth = fmaxf(down * 2.2f + bend + 0.02f, 0);
    float rows = (30.0f - 16.0f * nearness) * sqrtf(depth);
    float bush = lx_noise(along * 130.0f, rows * 1.3f, seed + 9);
    float wave = 0.5f + 0.5f * sinf(rows * TURN);
    return 0.25f + 0.75f * wave * (0.65f + 0.5f * bush);
}

struct ground {
    struct lx_color body, lit, mist;
    float depth; /* pixels until the mist has it */
};

static struct lx_color ground_color(const struct lx_scene *scene,
                                    const struct ridge *ridge,
                                    const struct ground *ground, int x, int y,
                                    const float *line, uint32_t seed)
{
    float height = (float)scene->image->sy;
    float down = ((float)y - line[x]) / height;
    float along = (float)x / height;
    /* Slopes that face the light are brighter. */
    int next = x + 2 < scene->image->sx ? x + 2 : x - 2;
    float slope =
        (line[next < 0 ? 0 : next] - line[x]) / (float)(next - x + (next == x));
    float side = (float)x < scene->light_x ? -1.0f : 1.0f;
    float light = lx_clamp(0.42f + slope * side * 0.55f, 0, 1);
    struct lx_color color = lx_mix(ground->body, ground->lit, light * 0.38f);
    if (ridge->cover == SNOWCAPS) {
        float rough = lx_fractal(along * 22.0f, down * 30.0f, 3, seed + 21);
        float cap = lx_step(0.10f, 0.02f, down + 0.10f * rough - 0.02f);
        float steep = lx_step(0.35f, 0.6f, rough + slope * side * 0.25f);
        struct lx_color snow = lx_mix(lx_rgb(0xf5f8ff), scene->mood.middle,
                                      scene->mood.has_stars ? 0.55f : 0.22f);
        color = lx_mix(color, lx_mix(snow, ground->body, 0.35f * (1 - light)),
                       cap * (0.45f + 0.55f * steep) *
                           (0.9f - 0.3f * ridge->nearness));
    } else if (ridge->cover == ROWS) {
        float shade = row_shade(down, along, ridge->nearness, seed);
        color = lx_mix(lx_scale(color, 0.62f), lx_mix(color, ground->lit, 0.5f),
                       shade);
    } else if (ridge->cover == WAVES) {
        float wave =
            sinf((down * 70.0f + 2.5f * lx_noise(along * 5, down * 9, seed)) *
                 TURN * 0.9f);
        color = lx_mix(color, ground->lit, 0.05f + 0.05f * wave);
    } else {
        float grain = lx_fractal(along * 34.0f + down * 11.0f,
                                 down * 60.0f - along * 9.0f, 3, seed + 31);
        color = lx_scale(color, 0.94f + 0.12f * grain);
    }
    float fog = lx_step(0.0f, ground->depth, (float)y - line[x]);
    return lx_mix(color, ground->mist, fog * (1.0f - ridge->nearness) * 0.8f);
}

static void fill_ridge(const struct lx_scene *scene, const struct ridge *ridge,
                       const struct ground *ground, const float *line,
                       int bottom, uint32_t seed)
{
    gdImagePtr image = scene->image;
    for (int x = 0; x < image->sx; x++) {
        int top = (int)floorf(line[x]);
        for (int y = top < 0 ? 0 : top; y < bottom; y++) {
            float share = lx_clamp((float)y + 1.0f - line[x], 0, 1);
            lx_blend(image, x, y,
                     ground_color(scene, ridge, ground, x, y, line, seed),
                     share);
        }
    }
}

static void paint_cover(const struct lx_scene *scene, const struct ridge *ridge,
                        const float *line, uint32_t seed)
{
    const struct lx_mood *mood = &scene->mood;
    float height = (float)scene->image->sy;
    struct lx_color dark = lx_scale(
        lx_mix(mood->far, mood->near, lx_clamp(ridge->nearness + 0.12f, 0, 1)),
        0.82f - 0.2f * ridge->nearness);
    if (ridge->cover == TREES)
        lx_trees_paint(scene, line, dark,
                       height *
                           (0.03f + 0.13f * ridge->nearness * ridge->nearness),
                       mood->place == LX_PLACE_FOREST ? 1.0f : 0.55f, seed);
}

static void paint_ridge(const struct lx_scene *scene, int index, int bottom,
                        float *line)
{
    const struct lx_mood *mood = &scene->mood;
    const struct ridge *ridge = &places[mood->place].ridges[index];
    uint32_t seed = scene->seed * 13U + (uint32_t)index * 977U;
    struct ground ground = {
        .body = lx_mix(mood->far, mood->near, ridge->nearness),
        .mist = lx_mix(mood->horizon, mood->far, 0.25f),
        .depth = (float)scene->image->sy *
                 (mood->weather == LX_WEATHER_MIST ? 0.10f : 0.2f),
    };
    ground.lit =
        lx_mix(ground.body, mood->light, mood->has_stars ? 0.18f : 0.55f);
    measure(scene, ridge, seed, line);
    paint_cover(scene, ridge, line, seed);
    fill_ridge(scene, ridge, &ground, line, bottom, seed);
}

/* Mirror the upper part below the water line, rippled more towards us. */
static void paint_water_row(const struct lx_scene *scene, int y, int line)
{
    gdImagePtr image = scene->image;
    const struct lx_mood *mood = &scene->mood;
    float height = (float)image->sy;
    float below = (float)(y - line) / height;
    float near = below / (1.0f - (float)line / height + 0.001f);
    float move_x = 0.7f * cosf(TURN * scene->phase);
    float move_y = 0.7f * sinf(TURN * scene->phase);
    float stretch = 200.0f / (0.35f + 3.0f * near);
    struct lx_color deep = lx_mix(mood->zenith, mood->near, 0.35f);
    for (int x = 0; x < image->sx; x++) {
        float along = (float)x / height;
        float ripple =
            lx_fractal(along * 9.0f / (0.3f + near) + move_x,
                       below * stretch + move_y, 3, scene->seed + 61) -
            0.5f;
        int from_x = x + (int)(ripple * height * 0.10f * (0.2f + near));
        int from_y = line - 1 -
                     (int)((below + fabsf(ripple) * 0.07f * (0.3f + near)) *
                           height * 0.92f);
        from_x = from_x < 0 ? 0 : from_x >= image->sx ? image->sx - 1 : from_x;
        from_y = from_y < 0 ? 0 : from_y;
        struct lx_color color = lx_get(image, from_x, from_y);
        color = lx_mix(color, deep, 0.16f + 0.38f * near);
        float away = fabsf((float)x - scene->light_x) / height;
        float path = expf(-away * (9.0f - 5.0f * near));
        float glint = lx_step(0.10f, 0.26f, ripple) * path;
        if (mood->weather != LX_WEATHER_RAIN)
            color = lx_mix(color, mood->light, lx_clamp(glint, 0, 0.85f));
        color = lx_add(color, mood->horizon, 0.10f * lx_clamp(ripple, 0, 1));
        lx_put(image, x, y, color);
    }
}

static bool paint_water(const struct lx_scene *scene, int line)
{
    for (int y = line; y < scene->image->sy; y++) {
        if (lx_is_cancelled(scene->cancel))
            return false;
        paint_water_row(scene, y, line);
    }
    return true;
}

static void paint_city(const struct lx_scene *scene, float base)
{
    const struct lx_mood *mood = &scene->mood;
    float height = (float)scene->image->sy;
    static const float nearness[] = {0.25f, 0.5f, 0.8f};
    static const float size[] = {0.42f, 0.34f, 0.22f};
    for (int i = 0; i < 3; i++)
        lx_houses_paint(
            scene, base,
            lx_mix(lx_mix(mood->far, mood->horizon, 0.3f - 0.1f * (float)i),
                   mood->near, nearness[i]),
            size[i] * height, (uint32_t)i * 17U);
}

/* What a place has besides ridges, before the water mirrors it. */
static void paint_landmarks(const struct lx_scene *scene, float water)
{
    float height = (float)scene->image->sy, width = (float)scene->image->sx;
    float x = width * (0.2f + 0.25f * lx_chance(lx_hash(scene->seed + 71)));
    if (scene->light_x < width / 2)
        x = width - x;
    struct lx_color dark = lx_scale(scene->mood.near, 0.7f);
    if (scene->mood.place == LX_PLACE_CITY)
        paint_city(scene, water);
    else if (scene->mood.place == LX_PLACE_TEA)
        lx_pavilion_paint(scene, x, height * 0.735f, height * 0.11f,
                          lx_mix(dark, lx_rgb(0x3a2620), 0.7f));
}

bool lx_land_paint(const struct lx_scene *scene)
{
    const struct place *place = &places[scene->mood.place];
    float height = (float)scene->image->sy;
    float *line = malloc((size_t)scene->image->sx * sizeof *line);
    if (!line)
        return false;
    float water = place->water > 0 ? place->water * height : height;
    bool is_done = true;
    bool is_wet = false;
    for (int i = 0; is_done && i < place->ridge_count; i++) {
        /* Ridges that start below the water line stand in front of it. */
        bool is_shore = place->ridges[i].base > place->water + 0.001f;
        if (place->water > 0 && is_shore && !is_wet) {
            is_wet = true;
            is_done = paint_water(scene, (int)water);
        }
        paint_ridge(scene, i, is_shore ? (int)height : (int)water, line);
        if (i == 2 && place->water <= 0)
            paint_landmarks(scene, water);
        is_done = is_done && !lx_is_cancelled(scene->cancel);
    }
    if (place->water > 0 && !is_wet) {
        paint_landmarks(scene, water);
        is_done = is_done && paint_water(scene, (int)water);
    }
    free(line);
    if (is_done && scene->mood.place == LX_PLACE_SEA) {
        float house =
            scene->light_x < (float)scene->image->sx / 2 ? 0.86f : 0.13f;
        if (scene->mood.has_lighthouse)
            lx_lighthouse_paint(
                scene, house * (float)scene->image->sx, 0.665f * height,
                0.27f * height,
                lx_scale(lx_mix(scene->mood.near, scene->mood.far, 0.3f),
                         0.8f));
        float bob = 0.004f * sinf(TURN * scene->phase);
        float x = scene->light_x < (float)scene->image->sx / 2 ? 0.62f : 0.36f;
        lx_boat_paint(scene, x * (float)scene->image->sx,
                      (0.735f + bob) * height, 0.13f * height,
                      lx_scale(scene->mood.near, 0.6f));
    }
    return is_done;
}
