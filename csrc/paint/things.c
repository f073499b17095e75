/* things.c: what stands on the land: trees, houses, a boat, a pavilion,
 * birds. Silhouettes, drawn with soft edges. */
#include "scene.h"

#define TURN 6.2831853f

/* A horizontal span with fractional ends. */
static void span(gdImagePtr image, float left, float right, int y,
                 struct lx_color color, float share)
{
    int first = (int)floorf(left), last = (int)floorf(right);
    for (int x = first; x <= last; x++) {
        float cover = 1.0f;
        if (x == first)
            cover -= left - (float)first;
        if (x == last)
            cover -= (float)last + 1.0f - right;
        lx_blend(image, x, y, color, share * lx_clamp(cover, 0, 1));
    }
}

/* A conifer: tiers that widen downwards. */
static void conifer(gdImagePtr image, float x, float foot, float tall,
                    struct lx_color color, uint32_t hash)
{
    float tiers = 4.0f + 3.0f * lx_chance(hash);
    float width = tall * (0.17f + 0.06f * lx_chance(hash + 3));
    float lean = (lx_chance(lx_hash(hash + 5)) - 0.5f) * tall * 0.04f;
    for (int y = (int)(foot - tall); y <= (int)foot; y++) {
        float down = ((float)y - (foot - tall)) / tall;
        if (down < 0)
            continue;
        float tier = down * tiers;
        float inside = tier - floorf(tier);
        float half = width * (0.06f + 0.94f * down) * (0.55f + 0.45f * inside);
        float ragged = 0.8f + 0.4f * lx_chance(lx_hash2(y, (int)x, hash));
        float centre = x + lean * (1.0f - down);
        span(image, centre - half * ragged, centre + half * ragged, y,
             lx_scale(color, 0.9f + 0.2f * down), 1.0f);
    }
}

/* A broad-leaved tree: a trunk and overlapping crowns. */
static void round_tree(gdImagePtr image, float x, float foot, float tall,
                       struct lx_color color, uint32_t hash)
{
    for (int y = (int)(foot - tall * 0.6f); y <= (int)foot; y++)
        span(image, x - tall * 0.025f, x + tall * 0.025f, y,
             lx_scale(color, 0.7f), 1.0f);
    for (uint32_t i = 0; i < 7; i++) {
        float away = (lx_chance(lx_hash(hash + i)) - 0.5f) * tall * 0.38f;
        float up = (0.5f + 0.4f * lx_chance(lx_hash(hash + i + 40))) * tall;
        lx_disc(image, x + away, foot - up, tall * 0.16f,
                lx_scale(color, 0.9f + 0.04f * (float)i), 1.0f);
    }
}

void lx_trees_paint(const struct lx_scene *scene, const float *ridge,
                    struct lx_color color, float size, float density,
                    uint32_t salt)
{
    gdImagePtr image = scene->image;
    float gap = size * 0.15f / density;
    if (gap < 1.0f)
        gap = 1.0f;
    float sway = 0.05f * (float)image->sy * sinf(TURN * scene->phase) *
                 lx_clamp(size / (float)image->sy * 6.0f, 0, 1);
    int count = (int)((float)image->sx / gap) + 2;
    for (int i = -1; i < count; i++) {
        uint32_t hash = lx_hash2(i, (int)salt, scene->seed + 91);
        float x = ((float)i + lx_chance(hash)) * gap - sway;
        int column = (int)lx_clamp(x, 0, (float)image->sx - 1);
        float clump =
            lx_noise(((float)i * gap + 1.0f) / (size * 1.8f), 2.5f, salt + 7);
        if (lx_chance(lx_hash(hash + 9)) >
            0.12f + density * 1.5f * clump * clump)
            continue;
        float tall = size * (0.45f + 0.55f * lx_chance(lx_hash(hash + 2)));
        float foot = ridge[column] + size * 0.12f;
        if (scene->mood.place == LX_PLACE_TEA)
            round_tree(image, x, foot, tall * 0.9f, color, hash);
        else
            conifer(image, x, foot, tall, color, hash);
    }
}

static void windows(const struct lx_scene *scene, float left, float right,
                    float top, float base, uint32_t hash)
{
    float height = (float)scene->image->sy;
    float step = height * 0.0125f;
    bool is_dark = scene->mood.hour >= LX_HOUR_SUNSET;
    struct lx_color color =
        is_dark ? scene->mood.accent
                : lx_mix(scene->mood.horizon, scene->mood.light, 0.5f);
    int columns = (int)((right - left) / step - 0.6f);
    float margin = ((right - left) - (float)columns * step) / 2;
    for (int row = 0; top + ((float)row + 1.6f) * step < base; row++)
        for (int column = 0; column < columns; column++) {
            float lit = lx_chance(lx_hash2(row, column, hash));
            if (lit > (is_dark ? 0.48f : 0.8f))
                continue;
            float x = left + margin + ((float)column + 0.22f) * step;
            float y = top + ((float)row + 0.9f) * step;
            for (int py = (int)y; py < (int)(y + step * 0.5f) + 1; py++)
                span(scene->image, x, x + step * 0.5f, py, color,
                     (is_dark ? 0.35f : 0.2f) + lit * 0.9f);
        }
}

void lx_houses_paint(const struct lx_scene *scene, float base,
                     struct lx_color color, float size, uint32_t salt)
{
    gdImagePtr image = scene->image;
    float height = (float)image->sy;
    float sway = -0.02f * height * sinf(TURN * scene->phase) *
                 (0.4f + 0.02f * (float)salt);
    float x = sway - height * 0.1f;
    for (int i = 0; x < (float)image->sx; i++) {
        uint32_t hash = lx_hash2(i, (int)salt, scene->seed + 131);
        float wide = height * (0.045f + 0.06f * lx_chance(hash));
        float bell = lx_noise((float)i * 0.21f, 0.5f, scene->seed + salt);
        float tall =
            size * (0.25f + 0.75f * bell *
                                (0.5f + 0.5f * lx_chance(lx_hash(hash + 1))));
        float top = base - tall;
        int roof = (int)(lx_hash(hash + 4) % 4);
        for (int y = (int)(top - wide * 0.5f); y < (int)base; y++) {
            float over = top - (float)y; /* above the walls: the roof */
            float inset = 0;
            if (over > 0) {
                if (roof == 0)
                    inset = over * 1.2f; /* gable */
                else if (roof == 1 && over < wide * 0.35f)
                    inset = wide * 0.485f; /* mast */
                else if (roof == 2 && over < wide * 0.18f)
                    inset = wide * 0.22f; /* step */
                else
                    continue;
            }
            if (inset >= wide * 0.5f)
                continue;
            float shade = 0.9f + 0.22f * ((float)y - top) / (tall + 1.0f);
            span(image, x + inset, x + wide - inset, y, lx_scale(color, shade),
                 1.0f);
        }
        windows(scene, x, x + wide, top, base, hash);
        x += wide * (0.86f + 0.35f * lx_chance(lx_hash(hash + 2)));
    }
}

void lx_boat_paint(const struct lx_scene *scene, float x, float y, float size,
                   struct lx_color color)
{
    gdImagePtr image = scene->image;
    struct lx_color sail = lx_mix(scene->mood.accent, scene->mood.light, 0.55f);
    if (scene->mood.has_stars)
        sail = lx_scale(sail, 0.7f);
    for (int py = (int)(y - size); py < (int)(y - size * 0.12f); py++) {
        float down = ((float)py - (y - size)) / (size * 0.88f);
        float belly = 0.36f * sinf(down * TURN * 0.25f) * size;
        span(image, x + size * 0.02f, x + size * 0.02f + belly, py,
             lx_scale(sail, 0.86f + 0.14f * down), 1.0f);
        if (down > 0.15f)
            span(image, x - size * 0.02f - belly * 0.62f, x - size * 0.02f, py,
                 lx_scale(sail, 0.8f), 1.0f);
        span(image, x - size * 0.012f, x + size * 0.012f, py, color, 1.0f);
    }
    for (int py = (int)(y - size * 0.12f); py < (int)y; py++) {
        float down = ((float)py - (y - size * 0.12f)) / (size * 0.12f);
        float half = size * (0.46f - 0.16f * down * down);
        span(image, x - half, x + half * 1.06f, py, color, 1.0f);
    }
    for (int py = (int)y; py < (int)(y + size * 0.35f); py++) {
        float down = ((float)py - y) / (size * 0.35f);
        float wave = 0.1f * sinf(down * 40.0f + TURN * scene->phase);
        float half = size * (0.42f - 0.25f * down + wave * down);
        span(image, x - half, x + half, py, color, 0.38f * (1.0f - down));
    }
}

/* Light in the air around a lamp. */
static void paint_glow(gdImagePtr image, float cx, float cy, float radius,
                       struct lx_color color)
{
    for (int y = (int)(cy - radius); y <= (int)(cy + radius); y++)
        for (int x = (int)(cx - radius); x <= (int)(cx + radius); x++) {
            float away = hypotf((float)x - cx, (float)y - cy) / radius;
            float near = lx_clamp(1.0f - away, 0, 1);
            lx_blend(image, x, y, color, 0.55f * near * near * near);
        }
}

void lx_lighthouse_paint(const struct lx_scene *scene, float x, float y,
                         float size, struct lx_color color)
{
    gdImagePtr image = scene->image;
    const struct lx_mood *mood = &scene->mood;
    struct lx_color white = lx_mix(lx_rgb(0xfaf5ea), mood->middle, 0.25f);
    if (mood->has_stars)
        white = lx_scale(white, 0.55f);
    struct lx_color red = lx_mix(lx_rgb(0xb5382f), mood->near, 0.35f);
    /* The rock it stands on. */
    for (int py = (int)(y - size * 0.16f); py < (int)y; py++) {
        float down = ((float)py - (y - size * 0.16f)) / (size * 0.16f);
        float rough = 0.8f + 0.4f * lx_noise(down * 5.0f, x, scene->seed);
        float half = size * (0.16f + 0.5f * sqrtf(down)) * rough;
        span(image, x - half, x + half * 1.2f, py, color, 1.0f);
    }
    for (int py = (int)(y - size * 0.84f); py < (int)(y - size * 0.14f); py++) {
        float down = ((float)py - (y - size * 0.84f)) / (size * 0.7f);
        float half = size * (0.05f + 0.035f * down);
        struct lx_color band = (int)(down * 5.0f) % 2 ? red : white;
        span(image, x - half, x, py, band, 1.0f);
        span(image, x, x + half, py, lx_scale(band, 0.82f), 1.0f);
    }
    for (int py = (int)(y - size * 0.92f); py < (int)(y - size * 0.84f); py++)
        span(image, x - size * 0.038f, x + size * 0.038f, py, mood->accent,
             1.0f);
    for (int py = (int)(y - size); py < (int)(y - size * 0.92f); py++) {
        float half = size * 0.06f * ((float)py - (y - size)) / (size * 0.08f);
        span(image, x - half, x + half, py, red, 1.0f);
    }
    if (mood->hour >= LX_HOUR_SUNSET)
        paint_glow(image, x, y - size * 0.88f, size * 0.9f, mood->accent);
}

void lx_pavilion_paint(const struct lx_scene *scene, float x, float y,
                       float size, struct lx_color color)
{
    gdImagePtr image = scene->image;
    for (int floor_index = 0; floor_index < 2; floor_index++) {
        float wide = size * (floor_index ? 0.36f : 0.55f);
        float roof = y - size * (floor_index ? 0.62f : 0.26f);
        float rise = size * 0.2f;
        for (int py = (int)(roof - rise); py <= (int)roof; py++) {
            float down = ((float)py - (roof - rise)) / rise;
            float half = wide * (0.12f + 1.05f * down * down);
            span(image, x - half, x + half, py, color, 1.0f);
        }
        for (int py = (int)roof; py < (int)(roof + size * 0.28f); py++) {
            span(image, x - wide * 0.68f, x + wide * 0.68f, py,
                 scene->mood.accent,
                 scene->mood.hour >= LX_HOUR_SUNSET ? 0.9f : 0.35f);
            for (int post = -3; post <= 3; post += 2)
                span(image, x + wide * 0.22f * (float)post - size * 0.02f,
                     x + wide * 0.22f * (float)post + size * 0.02f, py, color,
                     1.0f);
        }
    }
    lx_disc(image, x, y - size * 0.86f, size * 0.035f, color, 1.0f);
}

void lx_birds_paint(const struct lx_scene *scene)
{
    if (scene->mood.has_stars || scene->mood.weather == LX_WEATHER_RAIN)
        return;
    gdImagePtr image = scene->image;
    float height = (float)image->sy;
    uint32_t seed = lx_hash(scene->seed + 151);
    float cx = (float)image->sx * (0.25f + 0.5f * lx_chance(seed));
    float cy = height * (0.16f + 0.2f * lx_chance(lx_hash(seed)));
    cx += 0.05f * height * sinf(TURN * scene->phase);
    int count = 4 + (int)(seed % 5);
    struct lx_color color = lx_mix(lx_rgb(0x1c2433), scene->mood.zenith, 0.3f);
    for (int i = 0; i < count; i++) {
        uint32_t hash = lx_hash(seed + (uint32_t)i);
        float x = cx + (lx_chance(hash) - 0.5f) * height * 0.3f;
        float y = cy + (lx_chance(lx_hash(hash)) - 0.5f) * height * 0.12f;
        float wing = height * (0.008f + 0.009f * lx_chance(lx_hash(hash + 1)));
        float flap =
            0.45f + 0.35f * sinf(TURN * (2 * scene->phase + lx_chance(hash)));
        for (int step = -25; step <= 25; step++) {
            float t = (float)step * 0.04f;
            float lift = (fabsf(t) - t * t * 0.75f) * 2.2f * flap;
            lx_disc(image, x + t * wing, y - lift * wing, height * 0.0013f,
                    color, 0.8f);
        }
    }
}
