/* mood.c: two tables, words and colours. To teach the sandbox a word, add a
 * row. Words match where a word of the prompt begins, up to four letters only
 * whole (or with an s), so that "team" grows no tea; Chinese ones anywhere, as
 * UTF-8. The first row of a kind that matches wins. */
#include "mood.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum kind { HOUR, PLACE, WEATHER, KIND_COUNT };

static const struct {
    const char *word;
    enum kind kind;
    int value;
} words[] = {
    {"midnight", HOUR, LX_HOUR_NIGHT},
    {"night", HOUR, LX_HOUR_NIGHT},
    {"moon", HOUR, LX_HOUR_NIGHT},
    {"moonlit", HOUR, LX_HOUR_NIGHT},
    {"moonlight", HOUR, LX_HOUR_NIGHT},
    {"star", HOUR, LX_HOUR_NIGHT},
    {"starry", HOUR, LX_HOUR_NIGHT},
    {"aurora", HOUR, LX_HOUR_NIGHT},
    {"夜", HOUR, LX_HOUR_NIGHT},
    {"sunset", HOUR, LX_HOUR_SUNSET},
    {"golden", HOUR, LX_HOUR_SUNSET},
    {"autumn", HOUR, LX_HOUR_SUNSET},
    {"夕阳", HOUR, LX_HOUR_SUNSET},
    {"日落", HOUR, LX_HOUR_SUNSET},
    {"evening", HOUR, LX_HOUR_DUSK},
    {"dusk", HOUR, LX_HOUR_DUSK},
    {"twilight", HOUR, LX_HOUR_DUSK},
    {"neon", HOUR, LX_HOUR_DUSK},
    {"lantern", HOUR, LX_HOUR_DUSK},
    {"黄昏", HOUR, LX_HOUR_DUSK},
    {"dawn", HOUR, LX_HOUR_DAWN},
    {"sunrise", HOUR, LX_HOUR_DAWN},
    {"morning", HOUR, LX_HOUR_DAWN},
    {"spring", HOUR, LX_HOUR_DAWN},
    {"清晨", HOUR, LX_HOUR_DAWN},
    {"noon", HOUR, LX_HOUR_DAY},
    {"summer", HOUR, LX_HOUR_DAY},
    {"sun", HOUR, LX_HOUR_DAY},
    {"sunny", HOUR, LX_HOUR_DAY},
    {"day", HOUR, LX_HOUR_DAY},
    {"白天", HOUR, LX_HOUR_DAY},

    {"tea", PLACE, LX_PLACE_TEA},
    {"teahouse", PLACE, LX_PLACE_TEA},
    {"teapot", PLACE, LX_PLACE_TEA},
    {"茶", PLACE, LX_PLACE_TEA},
    {"cafe", PLACE, LX_PLACE_CITY},
    {"city", PLACE, LX_PLACE_CITY},
    {"cities", PLACE, LX_PLACE_CITY},
    {"street", PLACE, LX_PLACE_CITY},
    {"town", PLACE, LX_PLACE_CITY},
    {"skyline", PLACE, LX_PLACE_CITY},
    {"城", PLACE, LX_PLACE_CITY},
    {"terrace", PLACE, LX_PLACE_TEA},
    {"garden", PLACE, LX_PLACE_TEA},
    {"field", PLACE, LX_PLACE_TEA},
    {"harbour", PLACE, LX_PLACE_SEA},
    {"harbor", PLACE, LX_PLACE_SEA},
    {"lighthouse", PLACE, LX_PLACE_SEA},
    {"sea", PLACE, LX_PLACE_SEA},
    {"seaside", PLACE, LX_PLACE_SEA},
    {"ocean", PLACE, LX_PLACE_SEA},
    {"beach", PLACE, LX_PLACE_SEA},
    {"boat", PLACE, LX_PLACE_SEA},
    {"ship", PLACE, LX_PLACE_SEA},
    {"海", PLACE, LX_PLACE_SEA},
    {"desert", PLACE, LX_PLACE_DESERT},
    {"dune", PLACE, LX_PLACE_DESERT},
    {"camel", PLACE, LX_PLACE_DESERT},
    {"沙", PLACE, LX_PLACE_DESERT},
    {"forest", PLACE, LX_PLACE_FOREST},
    {"wood", PLACE, LX_PLACE_FOREST},
    {"woodland", PLACE, LX_PLACE_FOREST},
    {"tree", PLACE, LX_PLACE_FOREST},
    {"fox", PLACE, LX_PLACE_FOREST},
    {"bamboo", PLACE, LX_PLACE_FOREST},
    {"林", PLACE, LX_PLACE_FOREST},
    {"mountain", PLACE, LX_PLACE_MOUNTAIN},
    {"lake", PLACE, LX_PLACE_MOUNTAIN},
    {"river", PLACE, LX_PLACE_MOUNTAIN},
    {"alps", PLACE, LX_PLACE_MOUNTAIN},
    {"alpine", PLACE, LX_PLACE_MOUNTAIN},
    {"山", PLACE, LX_PLACE_MOUNTAIN},

    {"snow", WEATHER, LX_WEATHER_SNOW},
    {"snowy", WEATHER, LX_WEATHER_SNOW},
    {"snowfall", WEATHER, LX_WEATHER_SNOW},
    {"winter", WEATHER, LX_WEATHER_SNOW},
    {"雪", WEATHER, LX_WEATHER_SNOW},
    {"rain", WEATHER, LX_WEATHER_RAIN},
    {"rainy", WEATHER, LX_WEATHER_RAIN},
    {"storm", WEATHER, LX_WEATHER_RAIN},
    {"雨", WEATHER, LX_WEATHER_RAIN},
    {"mist", WEATHER, LX_WEATHER_MIST},
    {"misty", WEATHER, LX_WEATHER_MIST},
    {"fog", WEATHER, LX_WEATHER_MIST},
    {"foggy", WEATHER, LX_WEATHER_MIST},
    {"雾", WEATHER, LX_WEATHER_MIST},
};

/* Per hour: zenith, middle, horizon, light, far land, near land, accent. */
static const int colors[LX_HOUR_COUNT][7] = {
    [LX_HOUR_DAWN] = {0x6f9bd1, 0xd9b9cf, 0xffe0bd, 0xfff3d6, 0xa9a3c4,
                      0x3c5a57, 0xf28f79},
    [LX_HOUR_DAY] = {0x3d86cf, 0x8cc3ea, 0xe3f1f4, 0xfffbe6, 0x9dbdd0, 0x2f6b4a,
                     0xf6d55c},
    [LX_HOUR_SUNSET] = {0x3a3c7c, 0xd8657a, 0xffc36b, 0xfff0bd, 0xa8697f,
                        0x33233f, 0xffb347},
    [LX_HOUR_DUSK] = {0x1d2350, 0x6a4c8c, 0xf09a8a, 0xffe3c7, 0x665684,
                      0x1a1c38, 0xffc46b},
    [LX_HOUR_NIGHT] = {0x060c24, 0x142a57, 0x3c5f8c, 0xf4f3e3, 0x2f4a73,
                       0x070d1e, 0xffd98a},
};

/* What a place does to the land's colours by daylight. */
static const int place_near[LX_PLACE_COUNT] = {
    [LX_PLACE_MOUNTAIN] = 0x2c4a55, [LX_PLACE_SEA] = 0x2a4858,
    [LX_PLACE_FOREST] = 0x1d4433,   [LX_PLACE_CITY] = 0x39415a,
    [LX_PLACE_TEA] = 0x4c8f2f,      [LX_PLACE_DESERT] = 0xb8703a,
};

/* How much of the place's colour is left at an hour. */
static const float hour_keeps[LX_HOUR_COUNT] = {0.7f, 0.95f, 0.4f, 0.32f, 0.2f};

static bool is_letter(char letter)
{
    return letter >= 'a' && letter <= 'z';
}

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    bool is_ascii = is_letter(word[0]);
    for (const char *at = text; (at = strstr(at, word)); at++) {
        const char *end = at + length;
        if (*end == 's')
            end++;
        bool is_start = at == text || !is_letter(at[-1]);
        bool is_end = length > 4 || !is_letter(*end);
        if (!is_ascii || (is_start && is_end))
            return true;
    }
    return false;
}

static void find_words(const char *prompt, int found[KIND_COUNT])
{
    char lower[1024];
    size_t length = 0;
    for (; length < sizeof lower - 1 && prompt[length]; length++)
        lower[length] = (char)tolower((unsigned char)prompt[length]);
    lower[length] = '\0';
    for (int kind = 0; kind < KIND_COUNT; kind++)
        found[kind] = -1;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (found[words[i].kind] < 0 && has_word(lower, words[i].word))
            found[words[i].kind] = words[i].value;
}

static void mix_weather(struct lx_mood *mood)
{
    struct lx_color grey =
        lx_scale(lx_rgb(0xaab4c2), mood->has_stars ? 0.35f : 0.9f);
    if (mood->weather == LX_WEATHER_RAIN) {
        mood->zenith = lx_mix(mood->zenith, grey, 0.45f);
        mood->middle = lx_mix(mood->middle, grey, 0.5f);
        mood->horizon = lx_mix(mood->horizon, grey, 0.4f);
    } else if (mood->weather == LX_WEATHER_SNOW) {
        struct lx_color white = lx_mix(lx_rgb(0xf2f6fb), mood->zenith,
                                       mood->has_stars ? 0.6f : 0.15f);
        mood->far = lx_mix(mood->far, white, 0.45f);
        mood->near = lx_mix(mood->near, white, 0.35f);
    } else if (mood->weather == LX_WEATHER_MIST) {
        mood->middle = lx_mix(mood->middle, mood->horizon, 0.5f);
        mood->far = lx_mix(mood->far, mood->horizon, 0.5f);
    }
}

void lx_mood_read(struct lx_mood *mood, const char *prompt, uint32_t seed)
{
    int found[KIND_COUNT];
    find_words(prompt, found);
    uint32_t chance = lx_hash(seed ^ 0x51a7e5U);
    mood->hour = found[HOUR] >= 0 ? (enum lx_hour)found[HOUR]
                                  : (enum lx_hour)(chance % LX_HOUR_COUNT);
    mood->place = found[PLACE] >= 0
                      ? (enum lx_place)found[PLACE]
                      : (enum lx_place)(chance / 8 % LX_PLACE_COUNT);
    mood->weather = found[WEATHER] >= 0 ? (enum lx_weather)found[WEATHER]
                                        : LX_WEATHER_CLEAR;
    const int *row = colors[mood->hour];
    mood->zenith = lx_rgb(row[0]);
    mood->middle = lx_rgb(row[1]);
    mood->horizon = lx_rgb(row[2]);
    mood->light = lx_rgb(row[3]);
    mood->far = lx_rgb(row[4]);
    mood->near = lx_mix(lx_rgb(row[5]), lx_rgb(place_near[mood->place]),
                        hour_keeps[mood->hour]);
    if (mood->place == LX_PLACE_DESERT)
        mood->far =
            lx_mix(mood->far, lx_rgb(0xd9a05f), hour_keeps[mood->hour] * 0.6f);
    mood->accent = lx_rgb(row[6]);
    mood->has_stars = mood->hour == LX_HOUR_NIGHT;
    mood->has_lighthouse = mood->place == LX_PLACE_SEA &&
                           (strstr(prompt, "ighthouse") || seed % 3 == 0);
    mix_weather(mood);
}
