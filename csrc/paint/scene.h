/* scene.h: a landscape on a canvas, from a mood and a seed. Positions are
 * relative to the picture's height, so that the same scene looks the same in
 * every size. One thread at a time. */
#pragma once

#include "cancel.h"
#include "mood.h"

#pragma GCC visibility push(hidden)

struct lx_scene {
    gdImagePtr image;
    struct lx_mood mood;
    uint32_t seed;
    float phase; /* 0 to 1: the moment of a clip that loops; 0 for a still */
    float light_x, light_y, light_radius; /* sun or moon, pixels */
    float horizon;                        /* pixels from above */
    const struct lx_cancel *cancel;       /* checked between the layers */
};

/* Decide what the seed decides. */
void lx_scene_init(struct lx_scene *scene, gdImagePtr image, const char *prompt,
                   uint32_t seed, float phase, const struct lx_cancel *cancel);

/* Paint all of it. False when cancelled or out of memory. */
bool lx_scene_paint(const struct lx_scene *scene);

/* The parts, from behind to the front (sky.c, land.c, things.c, weather.c). */
bool lx_sky_paint(const struct lx_scene *scene);
bool lx_land_paint(const struct lx_scene *scene);
void lx_stars_paint(const struct lx_scene *scene, float share);
void lx_weather_paint(const struct lx_scene *scene);

/* Things that stand on a ridge; `ridge` holds one y per column. `color` is
 * the silhouette's, `size` the height of the largest in pixels. */
void lx_trees_paint(const struct lx_scene *scene, const float *ridge,
                    struct lx_color color, float size, float density,
                    uint32_t salt);
void lx_houses_paint(const struct lx_scene *scene, float base,
                     struct lx_color color, float size, uint32_t salt);
void lx_boat_paint(const struct lx_scene *scene, float x, float y, float size,
                   struct lx_color color);
void lx_pavilion_paint(const struct lx_scene *scene, float x, float y,
                       float size, struct lx_color color);
void lx_lighthouse_paint(const struct lx_scene *scene, float x, float y,
                         float size, struct lx_color color);
void lx_birds_paint(const struct lx_scene *scene);

#pragma GCC visibility pop
