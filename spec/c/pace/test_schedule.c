/* test_schedule.c: when the schedule asks, alone, in herds, after a drift and
 * after a sleep. All random numbers are the test's own: every run is the same.
 */
#include "../check.h"
#include "pace/schedule.h"
#include "pace/schedule_model.h"
#include "schedule_rig.h"

#include <math.h>

_Static_assert(sizeof(struct lx_schedule_entry) <= 24,
               "an entry is embedded in a task");

static void test_cadence(void)
{
    check_row = "cadence";
    const struct lx_cadence fixed = {1, 1.5, 10, 0};
    const double wants[] = {1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 10, 10};
    struct lx_schedule *schedule = lx_schedule_new(&fixed);
    struct lx_schedule_entry entry;
    lx_schedule_join(schedule, &entry, lx_schedule_model(schedule, "m"));
    double age = 0;
    for (size_t i = 0; i < sizeof wants / sizeof wants[0]; i++) {
        double delay = lx_schedule_next(schedule, &entry, age, 0.9);
        CHECK(near(delay, wants[i], 1e-5));
        CHECK(near(lx_schedule_next(schedule, &entry, age, 0.1), delay, 1e-5));
        age += delay;
        lx_schedule_pending(schedule, &entry, age);
    }
    CHECK(!lx_schedule_is_stale(schedule, &entry));
    lx_schedule_free(schedule);
}

static void test_jitter(void)
{
    check_row = "jitter";
    const struct lx_cadence fixed = {10, 1, 10, 0.15};
    struct lx_schedule *schedule = lx_schedule_new(&fixed);
    struct lx_schedule_entry entry;
    for (int i = 0; i <= 10; i++) {
        lx_schedule_join(schedule, &entry, 0);
        double delay = lx_schedule_next(schedule, &entry, 0, i / 10.0);
        CHECK(near(delay, 8.5 + 0.3 * i, 0.01));
        lx_schedule_leave(schedule, &entry);
    }
    lx_schedule_free(schedule);
}

static void test_models(void)
{
    check_row = "models";
    struct lx_schedule *schedule = lx_schedule_new(NULL);
    char name[LX_SCHEDULE_NAME_MAX + 2];
    uint16_t first = lx_schedule_model(schedule, "z-image/1k");
    CHECK_EQ(lx_schedule_model(schedule, "z-image/1k"), first);
    CHECK(lx_schedule_model(schedule, "z-image/2k") != first);
    memset(name, 'x', sizeof name);
    name[LX_SCHEDULE_NAME_MAX + 1] = '\0';
    uint16_t shared = lx_schedule_model(schedule, name);
    for (int i = 0; i < LX_SCHEDULE_MODELS_MAX + 50; i++) {
        snprintf(name, sizeof name, "model %d", i);
        uint16_t index = lx_schedule_model(schedule, name);
        CHECK(index < LX_SCHEDULE_MODELS_MAX);
        CHECK_EQ(lx_schedule_model(schedule, name), index);
        if (i > LX_SCHEDULE_MODELS_MAX)
            CHECK_EQ(index, shared);
    }
    CHECK_EQ(lx_schedule_count(schedule), LX_SCHEDULE_MODELS_MAX);
    CHECK_EQ(lx_schedule_model(schedule, "z-image/1k"), first);
    lx_schedule_free(schedule);
    lx_schedule_free(NULL);
}

/* About six queries a task, and far less lag than a fixed cadence of six would
 * have (26 s / 6 / 2 = 2.2 s). */
static void test_learning(void)
{
    check_row = "learning";
    struct lx_schedule *schedule = lx_schedule_new(NULL);
    uint16_t model = lx_schedule_model(schedule, "m");
    uint64_t rng = 9;
    int queries = 0;
    double lag = 0;
    run_tasks(schedule, "m", 24, 28, 100);
    for (int i = 0; i < 100; i++) {
        double duration = 24 + 4 * next_random(&rng);
        lag += run_task(schedule, model, duration, &rng, &queries);
    }
    CHECK(lag / 100 < 0.5);
    CHECK(queries > 300 && queries < 800);

    const char *name;
    uint64_t count;
    double p50;
    double p90;
    CHECK(lx_schedule_summary(schedule, model, &name, &count, &p50, &p90));
    CHECK_TEXT(name, "m");
    CHECK_EQ(count, 200);
    CHECK(near(p50, 26, 0.7));
    CHECK(near(p90, 27.6, 0.7));
    CHECK(!lx_schedule_summary(schedule, 0, &name, &count, &p50, &p90));
    CHECK(!lx_schedule_summary(schedule, 99, &name, &count, &p50, &p90));
    lx_schedule_free(schedule);
}

/* The mean doubles: after ten tasks the queries are at the new place. */
static void test_drift(void)
{
    check_row = "drift";
    struct lx_schedule *schedule = lx_schedule_new(NULL);
    run_tasks(schedule, "m", 18, 22, 300);
    run_tasks(schedule, "m", 36, 44, 10);
    uint64_t rng = 4;
    int queries = 0;
    uint16_t model = lx_schedule_model(schedule, "m");
    for (int i = 0; i < 20; i++)
        run_task(schedule, model, 36 + 8 * next_random(&rng), &rng, &queries);
    CHECK(queries < 200);
    const char *name;
    uint64_t count;
    double p50;
    double p90;
    CHECK(lx_schedule_summary(schedule, model, &name, &count, &p50, &p90));
    CHECK(p50 > 33);
    lx_schedule_free(schedule);
}

/* What one task's end teaches moves the next query of all the others. */
static void test_stale(void)
{
    check_row = "stale";
    enum { TASKS = 200 };
    static struct lx_schedule_entry entries[TASKS];
    struct lx_schedule *schedule = lx_schedule_new(NULL);
    uint16_t model = lx_schedule_model(schedule, "m");
    uint64_t rng = 2;
    int early = 0;
    for (int i = 0; i < TASKS; i++)
        lx_schedule_join(schedule, &entries[i], model);
    for (int i = 0; i < TASKS; i++) {
        double due =
            lx_schedule_next(schedule, &entries[i], 0, next_random(&rng));
        early += due < 5;
        CHECK(!lx_schedule_is_stale(schedule, &entries[i]));
    }
    CHECK(early >= 20 && early <= 60); /* scouts, the others wait */

    double age = 5;
    int due = 0;
    for (int i = 0; i < 40; i++)
        lx_schedule_ended(schedule, &entries[i], age, 5);
    CHECK(lx_schedule_is_stale(schedule, &entries[TASKS - 1]));
    for (int i = 40; i < TASKS; i++) {
        due += age + lx_schedule_next(schedule, &entries[i], age,
                                      next_random(&rng)) <
               6;
    }
    CHECK(due > 150);
    CHECK(!lx_schedule_is_stale(schedule, &entries[TASKS - 1]));
    CHECK_EQ(schedule->models[model]->known.watched, TASKS - 40);
    for (int i = 0; i < TASKS; i++) {
        lx_schedule_leave(schedule, &entries[i]);
        lx_schedule_leave(schedule, &entries[i]);
    }
    CHECK_EQ(schedule->models[model]->known.watched, 0);
    CHECK_EQ(schedule->models[model]->scouts, 0);
    lx_schedule_free(schedule);
}

/* A machine slept for hours with 1,000 tasks: one query each, spread out. */
static void test_sleep(const struct lx_cadence *cadence)
{
    enum { TASKS = 1000, SLICES = 10 };
    static struct lx_schedule_entry entries[TASKS];
    struct lx_schedule *schedule = lx_schedule_new(cadence);
    int slices[SLICES] = {0};
    uint64_t rng = 8;
    check_row = cadence ? "sleep, fixed" : "sleep, learned";
    run_tasks(schedule, "m", 18, 22, 60);
    uint16_t model = lx_schedule_model(schedule, "m");
    for (int i = 0; i < TASKS; i++)
        lx_schedule_join(schedule, &entries[i], model);
    for (int i = 0; i < TASKS; i++) {
        lx_schedule_next(schedule, &entries[i], 0, next_random(&rng));
        double delay =
            lx_schedule_next(schedule, &entries[i], 7200, next_random(&rng));
        CHECK(delay >= 0 && delay <= 1.001); /* 1 ms for each task */
        int slice = (int)(delay * SLICES);
        slices[slice < SLICES ? slice : SLICES - 1]++;
        /* Its timer fires in time now: it asks, and is not put off again. */
        lx_schedule_pending(schedule, &entries[i], 7200 + delay);
        CHECK(lx_schedule_next(schedule, &entries[i], 7200 + delay, 0.5) > 0.2);
    }
    for (int i = 0; i < SLICES; i++)
        CHECK(slices[i] > 50 && slices[i] < 170);
    lx_schedule_free(schedule);
}

static void test_bad_ages(void)
{
    check_row = "bad ages";
    const double ages[] = {-1, 0, NAN, 1e12, INFINITY, 1e-300};
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        struct lx_schedule *schedule = lx_schedule_new(NULL);
        struct lx_schedule_entry entry;
        lx_schedule_join(schedule, &entry, 40000);
        double delay = lx_schedule_next(schedule, &entry, ages[i], 2);
        CHECK(delay >= 0 && delay <= 61);
        lx_schedule_pending(schedule, &entry, ages[i]);
        CHECK(entry.asked_age >= 0 && entry.asked_age <= 1e9f);
        delay = lx_schedule_next(schedule, &entry, ages[i], NAN);
        CHECK(delay >= 0 && delay <= 61);
        lx_schedule_ended(schedule, &entry, ages[i], ages[i]);
        lx_schedule_join(schedule, &entry, 0);
        delay = lx_schedule_next(schedule, &entry, 0, 0.5);
        CHECK(delay >= 0.2 && delay <= 61);
        lx_schedule_free(schedule);
    }
}

/* How many times as late a new task is asked about for its callback. */
static double patience(struct lx_schedule *schedule,
                       struct lx_schedule_entry *entry, uint16_t model)
{
    lx_schedule_join(schedule, entry, model);
    double plain = lx_schedule_next(schedule, entry, 0, 0.5);
    entry->has_callback = true;
    return lx_schedule_next(schedule, entry, 0, 0.5) / plain;
}

static void test_callbacks(void)
{
    check_row = "callbacks";
    struct lx_schedule *schedule = lx_schedule_new(NULL);
    uint16_t model = lx_schedule_model(schedule, "m");
    struct lx_schedule_entry called, silent;

    for (int i = 0; i < 200; i++) {
        lx_schedule_join(schedule, &called, model);
        lx_schedule_ended(schedule, &called, 20, 20);
    }
    CHECK(near(patience(schedule, &called, model), 1, 1e-3));
    called.is_called = true;
    lx_schedule_ended(schedule, &called, 20, 20);
    check_row = "callbacks: alive after one";
    CHECK(near(patience(schedule, &called, model), 4, 1e-3));
    CHECK(near(patience(schedule, &silent, model), 4, 1e-3));
    check_row = "callbacks: one that comes too early proves nothing";
    silent.is_called = true;
    lx_schedule_pending(schedule, &silent, 10);
    CHECK(!silent.is_called);
    check_row = "callbacks: one is missed";
    lx_schedule_next(schedule, &called, 0, 0.5);
    lx_schedule_ended(schedule, &silent, 20, 20);
    CHECK(lx_schedule_is_stale(schedule, &called));
    lx_schedule_leave(schedule, &called);
    CHECK(near(patience(schedule, &called, model), 1, 1e-3));
    lx_schedule_leave(schedule, &called);
    lx_schedule_free(schedule);
}

int main(void)
{
    const struct lx_cadence fixed = {1, 1.5, 10, 0.15};
    test_cadence();
    test_jitter();
    test_models();
    test_callbacks();
    test_learning();
    test_drift();
    test_stale();
    test_sleep(NULL);
    test_sleep(&fixed);
    test_bad_ages();
    return check_report("schedule");
}
