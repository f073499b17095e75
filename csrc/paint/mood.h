/* mood.h: what a prompt's words mean for a picture: the hour, the place, the
 * weather, and the colours that follow from them. Pure. */
#pragma once

#include "canvas.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

enum lx_hour {
    LX_HOUR_DAWN,
    LX_HOUR_DAY,
    LX_HOUR_SUNSET,
    LX_HOUR_DUSK,
    LX_HOUR_NIGHT,
    LX_HOUR_COUNT
};

enum lx_place {
    LX_PLACE_MOUNTAIN,
    LX_PLACE_SEA,
    LX_PLACE_FOREST,
    LX_PLACE_CITY,
    LX_PLACE_TEA,
    LX_PLACE_DESERT,
    LX_PLACE_COUNT
};

enum lx_weather {
    LX_WEATHER_CLEAR,
    LX_WEATHER_MIST,
    LX_WEATHER_RAIN,
    LX_WEATHER_SNOW
};

struct lx_mood {
    enum lx_hour hour;
    enum lx_place place;
    enum lx_weather weather;
    struct lx_color zenith, middle, horizon; /* the sky, from above */
    struct lx_color light;                   /* sun or moon */
    struct lx_color far, near;               /* land, hazy to close */
    struct lx_color accent;                  /* windows, lanterns, sails */
    bool has_stars;
    bool has_lighthouse;
};

/* The mood of `prompt`; what it leaves open is chosen by `seed`. */
void lx_mood_read(struct lx_mood *mood, const char *prompt, uint32_t seed);

#pragma GCC visibility pop
