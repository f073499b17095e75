/* test_inspection.c: what is learned of durations, and the plan made of it. */
#include "../check.h"
#include "pace/histogram.h"
#include "pace/inspection.h"
#include "schedule_rig.h"

#include <math.h>

static const struct {
    const char *name;
    double age;
    size_t bin;
} BINS[] = {
    {"zero", 0, 0},
    {"negative", -5, 0},
    {"not a number", NAN, 0},
    {"first edge", 0.1, 0},
    {"past the first edge", 0.1001, 1},
    {"an octave up", 0.2001, 25},
    {"beyond all", 1e9, LX_HISTOGRAM_BINS - 1},
    {"infinite", INFINITY, LX_HISTOGRAM_BINS - 1},
};

static void test_bins(void)
{
    struct lx_timescale scale;
    lx_timescale_init(&scale);
    for (size_t i = 0; i < sizeof BINS / sizeof BINS[0]; i++) {
        check_row = BINS[i].name;
        CHECK_EQ(lx_timescale_bin(BINS[i].age), BINS[i].bin);
    }
    check_row = "edges";
    for (size_t i = 0; i < LX_HISTOGRAM_BINS; i++) {
        double middle = (scale.edge[i] + scale.edge[i + 1]) / 2;
        CHECK_EQ(lx_timescale_bin(middle), i);
    }
}

static void test_survival(void)
{
    check_row = "survival";
    struct lx_timescale scale;
    struct lx_histogram seen;
    struct lx_survival belief = {{0}};
    lx_timescale_init(&scale);
    lx_histogram_init(&seen);
    lx_histogram_estimate(&seen, &scale, &belief);
    CHECK(near(lx_survival_beyond(&belief, &scale, 12), 0.5, 0.05));

    /* Ends at exactly 10, 11, .. 29 s, three times over. */
    for (int i = 0; i < 60; i++) {
        double end = 10 + i % 20;
        lx_histogram_pending(&seen, &scale, 0, end);
        lx_histogram_ended(&seen, &scale, &belief, end, end);
    }
    lx_histogram_estimate(&seen, &scale, &belief);
    CHECK(near(lx_survival_beyond(&belief, &scale, 20), 0.5, 0.06));
    CHECK(near(lx_survival_quantile(&belief, &scale, 0.9), 28, 2));
    CHECK(lx_survival_beyond(&belief, &scale, 5) > 0.97);
    CHECK(lx_survival_beyond(&belief, &scale, 60) < 0.03);
    for (size_t i = 0; i < LX_HISTOGRAM_BINS; i++)
        CHECK(belief.at[i + 1] <= belief.at[i] && belief.at[i + 1] >= 0);
}

/* "Not yet" alone must move the belief: 40 tasks that outlive 30 s. */
static void test_censored(void)
{
    check_row = "censored";
    struct lx_timescale scale;
    struct lx_histogram seen;
    struct lx_survival belief = {{0}};
    lx_timescale_init(&scale);
    lx_histogram_init(&seen);
    for (int i = 0; i < 40; i++) {
        lx_histogram_pending(&seen, &scale, 0, 15);
        lx_histogram_pending(&seen, &scale, 15, 30);
    }
    lx_histogram_estimate(&seen, &scale, &belief);
    CHECK(lx_survival_beyond(&belief, &scale, 25) > 0.9);
}

/* Wide intervals that overlap in (19, 20] only: the estimate must find it,
 * which sharing them out evenly would not. */
static void test_deconvolution(void)
{
    check_row = "deconvolution";
    struct lx_timescale scale;
    struct lx_histogram seen;
    struct lx_survival belief = {{0}};
    lx_timescale_init(&scale);
    lx_histogram_init(&seen);
    for (int i = 0; i < 30; i++) {
        double from = i % 2 ? 19 : 12;
        double to = i % 2 ? 30 : 20;
        lx_histogram_pending(&seen, &scale, 0, from);
        lx_histogram_ended(&seen, &scale, &belief, from, to);
        lx_histogram_estimate(&seen, &scale, &belief);
    }
    double inside = lx_survival_beyond(&belief, &scale, 18) -
                    lx_survival_beyond(&belief, &scale, 21);
    CHECK(inside > 0.6);
}

static void test_decay(void)
{
    check_row = "decay";
    struct lx_timescale scale;
    struct lx_histogram seen;
    struct lx_survival belief = {{0}};
    lx_timescale_init(&scale);
    lx_histogram_init(&seen);
    for (int i = 0; i < 6000; i++) {
        double end = i < 2000 ? 5 : 50;
        lx_histogram_pending(&seen, &scale, 0, end);
        lx_histogram_ended(&seen, &scale, &belief, end, end);
    }
    lx_histogram_estimate(&seen, &scale, &belief);
    CHECK(lx_survival_beyond(&belief, &scale, 10) > 0.99);
    CHECK(isfinite(seen.weight) && seen.count <= 400);
}

/* Uniform from 20 to 40 s: nothing is asked in vain before, all is asked
 * within, and the floor and ceiling hold. */
static void test_plan(void)
{
    check_row = "plan";
    struct lx_timescale scale;
    struct lx_survival belief;
    struct lx_inspection plan = {.price = 0};
    const struct lx_inspection_limits limits = {6, 0.25, 60, 0.03};
    lx_timescale_init(&scale);
    for (size_t i = 0; i <= LX_HISTOGRAM_BINS; i++)
        belief.at[i] = fmin(1, fmax(0, (40 - scale.edge[i]) / 20));
    lx_inspection_make(&plan, &belief, &scale, &limits);
    CHECK(near(plan.queries, 6, 0.4));
    double after;
    double age = lx_inspection_next(&plan, &limits, 0, &after);
    CHECK(age > 20 && age < 26);
    int queries = 1;
    double interval = age;
    while (age < 39 && queries < 30) {
        double due = lx_inspection_next(&plan, &limits, age, &after);
        CHECK(due - age <= interval * 1.2 + 0.5); /* hazard rises */
        CHECK(due - age >= limits.floor && due - age <= limits.ceiling);
        interval = due - age;
        age = due;
        queries++;
    }
    CHECK(queries > 6 && queries < 16);
    CHECK(near(lx_inspection_next(&plan, &limits, 1e6, &after), 1e6 + 60, 1));
}

int main(void)
{
    test_bins();
    test_survival();
    test_censored();
    test_deconvolution();
    test_decay();
    test_plan();
    return check_report("inspection");
}
