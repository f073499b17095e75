/* test_schedule_store.c: what a schedule knows, saved and loaded; the text is
 * not trusted. */
#include "../check.h"
#include "pace/schedule.h"
#include "pace/schedule_model.h"
#include "schedule_rig.h"

#include <stdlib.h>

static void test_round_trip(void)
{
    check_row = "round trip";
    struct lx_schedule *old = lx_schedule_new(NULL);
    struct lx_schedule *fresh = lx_schedule_new(NULL);
    struct lx_buffer text;
    lx_buffer_init(&text, LX_SCHEDULE_TEXT_MAX);
    run_tasks(old, "z-image/1k", 9, 12, 500);
    run_tasks(old, "a \"quoted\\\" name", 50, 80, 3);
    run_tasks(old, "n\xc3\xa4me", 5, 6, 3);
    lx_schedule_model(old, "never used");
    CHECK(lx_schedule_save(old, &text));
    CHECK(text.length < 2500);
    CHECK(lx_schedule_load(fresh, text.bytes, text.length));
    CHECK_EQ(lx_schedule_count(fresh), 3);
    for (size_t i = 1; i < 3; i++) {
        const char *names[2];
        uint64_t counts[2];
        double p50[2];
        double p90[2];
        CHECK(lx_schedule_summary(old, i, &names[0], &counts[0], &p50[0],
                                  &p90[0]));
        CHECK(lx_schedule_summary(fresh, i, &names[1], &counts[1], &p50[1],
                                  &p90[1]));
        CHECK_TEXT(names[1], names[0]);
        CHECK_EQ(counts[1], counts[0]);
        CHECK(near(p50[1], p50[0], p50[0] * 0.05));
        CHECK(near(p90[1], p90[0], p90[0] * 0.1));
    }
    /* What was seen here counts more than what is loaded. */
    run_tasks(fresh, "z-image/1k", 9, 12, 1);
    CHECK(lx_schedule_load(fresh, text.bytes, text.length));
    CHECK_EQ(fresh->models[1]->known.completions, 501);

    text.maximum = text.length + 20;
    CHECK(!lx_schedule_save(old, &text));
    lx_buffer_deinit(&text);
    lx_schedule_free(old);
    lx_schedule_free(fresh);
}

#define HEAD  "{\"liangxin_durations\":1,\"models\":["
#define MODEL "{\"name\":\"m\",\"count\":5,\"first\":100,\"ends\":[1000,4000]}"

static const struct {
    const char *text;
    bool is_good;
} TEXTS[] = {
    {HEAD "]}", true},
    {HEAD MODEL "]}", true},
    {HEAD MODEL "," MODEL "]}", true},
    {"", false},
    {"[]", false},
    {"null", false},
    {HEAD MODEL, false},
    {"{\"liangxin_durations\":2,\"models\":[]}", false},
    {"{\"models\":[]}", false},
    {"{\"liangxin_durations\":1}", false},
    {"{\"liangxin_durations\":1,\"models\":{}}", false},
    {HEAD "7]}", false},
    {HEAD MODEL ",{}]}", false},
    {HEAD "{\"name\":\"\",\"count\":5,\"first\":1,\"ends\":[1]}]}", false},
    {HEAD "{\"name\":5,\"count\":5,\"first\":1,\"ends\":[1]}]}", false},
    {HEAD "{\"name\":\"a\\u0000\",\"count\":5,\"first\":1,\"ends\":[1]}]}",
     false},
    {HEAD "{\"name\":\"m\",\"count\":0,\"first\":1,\"ends\":[1]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":-1,\"first\":1,\"ends\":[1]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":1e99,\"first\":1,\"ends\":[1]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":408,\"ends\":[1]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":-1,\"ends\":[1]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":407,\"ends\":[1]}]}", true},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":407,\"ends\":[1,1]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":1,\"ends\":[]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":1,\"ends\":[0]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":1,\"ends\":[-1,9]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":1,\"ends\":[0.5]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":1,\"ends\":[1e7]}]}", false},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":1,"
          "\"ends\":[600000,600000]}]}",
     false},
    {HEAD "{\"name\":\"m\",\"count\":5,\"first\":1,\"ends\":\"1\"}]}", false},
};

static void test_bad_texts(void)
{
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        check_row = TEXTS[i].text;
        struct lx_schedule *schedule = lx_schedule_new(NULL);
        bool loaded =
            lx_schedule_load(schedule, TEXTS[i].text, strlen(TEXTS[i].text));
        CHECK_EQ(loaded, TEXTS[i].is_good);
        if (!TEXTS[i].is_good)
            CHECK_EQ(lx_schedule_count(schedule), 1);
        struct lx_schedule_entry entry;
        lx_schedule_join(schedule, &entry, lx_schedule_model(schedule, "m"));
        double delay = lx_schedule_next(schedule, &entry, 0, 0.5);
        CHECK(delay > 0.2 && delay < 61);
        lx_schedule_free(schedule);
    }
}

/* Every prefix and every changed byte of a good text loads or not, harmlessly.
 */
static void test_damaged_texts(void)
{
    check_row = "damaged";
    const char *good = HEAD MODEL "]}";
    size_t length = strlen(good);
    char text[256];
    for (size_t i = 0; i < length; i++) {
        struct lx_schedule *schedule = lx_schedule_new(NULL);
        CHECK(!lx_schedule_load(schedule, good, i));
        for (int byte = 0; byte < 256; byte += 5) {
            memcpy(text, good, length);
            text[i] = (char)byte;
            lx_schedule_load(schedule, text, length);
        }
        lx_schedule_free(schedule);
    }
    char *huge = calloc(1, LX_SCHEDULE_TEXT_MAX + 1);
    struct lx_schedule *schedule = lx_schedule_new(NULL);
    memset(huge, ' ', LX_SCHEDULE_TEXT_MAX + 1);
    memcpy(huge, good, length);
    CHECK(lx_schedule_load(schedule, huge, LX_SCHEDULE_TEXT_MAX));
    CHECK(!lx_schedule_load(schedule, huge, LX_SCHEDULE_TEXT_MAX + 1));
    lx_schedule_free(schedule);
    free(huge);
}

int main(void)
{
    test_round_trip();
    test_bad_texts();
    test_damaged_texts();
    return check_report("schedule_store");
}
