/* inspection.c: the best sequence of instants by dynamic programming, last
 * instant first, over a grid that is dense where Keller's rule (checks in
 * proportion to the root of the hazard) would ask often. Unlike the rule it
 * is exact for few queries, for gaps and for ends of the distribution. Pure.
 */
#include "pace/inspection.h"

#include <math.h>

/* The share of grid points spread evenly over log time, so that every age has
 * some near it; the others follow the checking density. */
#define GRID_LOG_SHARE 0.3
#define PRICE_MAX      30.0
#define PRICE_ROUNDS   3

enum { POINT_COUNT = LX_INSPECTION_POINTS };

struct grid {
    double at[POINT_COUNT];     /* s */
    double beyond[POINT_COUNT]; /* chance to last beyond */
    double lived[POINT_COUNT];  /* integral of `beyond` up to here: mean time */
};

/* Work per bin: what share of the grid's points lies in it. */
static double measure_bins(const struct lx_survival *belief,
                           const struct lx_timescale *scale,
                           double work[LX_HISTOGRAM_BINS])
{
    double total = 0;
    for (size_t i = 0; i < LX_HISTOGRAM_BINS; i++) {
        double ends = belief->at[i] - belief->at[i + 1];
        double beyond = (belief->at[i] + belief->at[i + 1]) / 2;
        double width = scale->edge[i + 1] - scale->edge[i];
        work[i] = sqrt(fmax(0, ends) * beyond * width);
        total += work[i];
    }
    double even = GRID_LOG_SHARE / LX_HISTOGRAM_BINS;
    for (size_t i = 0; i < LX_HISTOGRAM_BINS; i++) {
        work[i] = total > 0 ? work[i] / total * (1 - GRID_LOG_SHARE) : 0;
        work[i] += even;
    }
    return total > 0 ? 1 : GRID_LOG_SHARE;
}

static void lay_grid(struct grid *grid, const struct lx_survival *belief,
                     const struct lx_timescale *scale)
{
    double work[LX_HISTOGRAM_BINS];
    double step = measure_bins(belief, scale, work) / (POINT_COUNT - 1);
    double done = 0;  /* work up to edge[bin] */
    double lived = 0; /* integral of the survival up to edge[bin] */
    size_t bin = 0;
    for (size_t k = 0; k < POINT_COUNT; k++) {
        double goal = step * (double)k;
        while (bin < LX_HISTOGRAM_BINS - 1 && done + work[bin] < goal) {
            done += work[bin];
            lived += (belief->at[bin] + belief->at[bin + 1]) / 2 *
                     (scale->edge[bin + 1] - scale->edge[bin]);
            bin++;
        }
        double part = fmin(1, fmax(0, (goal - done) / work[bin]));
        double width = scale->edge[bin + 1] - scale->edge[bin];
        double fall = belief->at[bin] - belief->at[bin + 1];
        grid->at[k] = scale->edge[bin] + part * width;
        grid->beyond[k] = belief->at[bin] - part * fall;
        grid->lived[k] =
            lived + (belief->at[bin] - part * fall / 2) * part * width;
    }
}

/* For each point the next one that costs least. Costs are weighted with the
 * chance to get so far; asking at j after i costs one query and, for whoever
 * ends in between, the time from the end to j. */
static double choose_next(struct lx_inspection *plan, const struct grid *grid,
                          const struct lx_inspection_limits *limits)
{
    double cost[POINT_COUNT];
    double queries[POINT_COUNT];
    cost[POINT_COUNT - 1] = grid->beyond[POINT_COUNT - 1] * plan->price;
    queries[POINT_COUNT - 1] = grid->beyond[POINT_COUNT - 1];
    plan->next[POINT_COUNT - 1] = POINT_COUNT - 1;
    for (int i = POINT_COUNT - 2; i >= 0; i--) {
        double beyond = grid->beyond[i];
        double base =
            plan->price * beyond - beyond * grid->at[i] + grid->lived[i];
        double latest = grid->at[i] + limits->ceiling;
        double earliest = grid->at[i] + limits->floor;
        double best = INFINITY;
        int choice = i + 1;
        for (int j = i + 1; j < POINT_COUNT; j++) {
            if (j < POINT_COUNT - 1 && grid->at[j] < earliest)
                continue;
            if (best < INFINITY && grid->at[j] > latest)
                break;
            double all = beyond * grid->at[j] - grid->lived[j] + cost[j];
            if (all < best) {
                best = all;
                choice = j;
            }
        }
        plan->next[i] = (uint8_t)choice;
        cost[i] = base + best;
        queries[i] = beyond + queries[choice];
    }
    return queries[0];
}

void lx_inspection_make(struct lx_inspection *plan,
                        const struct lx_survival *belief,
                        const struct lx_timescale *scale,
                        const struct lx_inspection_limits *limits)
{
    struct grid grid;
    lay_grid(&grid, belief, scale);
    for (size_t i = 0; i < POINT_COUNT; i++)
        plan->at[i] = (float)grid.at[i];
    if (!(plan->price >= limits->price_min))
        plan->price = 0.3;
    /* Queries go with the inverse root of the price. */
    for (int round = 0;; round++) {
        plan->queries = choose_next(plan, &grid, limits);
        double ratio = plan->queries / limits->queries;
        if (round == PRICE_ROUNDS || fabs(ratio - 1) < 0.03)
            break;
        double price = plan->price * fmin(9, fmax(1.0 / 9, ratio * ratio));
        price = fmin(PRICE_MAX, fmax(limits->price_min, price));
        if (price == plan->price)
            break;
        plan->price = price;
    }
}

static int nearest_point(const struct lx_inspection *plan, double age)
{
    int low = 0;
    int high = POINT_COUNT - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (plan->at[middle] <= age)
            low = middle;
        else
            high = middle - 1;
    }
    if (low < POINT_COUNT - 1 && plan->at[low + 1] - age < age - plan->at[low])
        low++;
    return low;
}

double lx_inspection_next(const struct lx_inspection *plan,
                          const struct lx_inspection_limits *limits, double age,
                          double *next_interval)
{
    int i = nearest_point(plan, age);
    int j = plan->next[i];
    int k = plan->next[j];
    *next_interval =
        k > j ? (double)plan->at[k] - (double)plan->at[j] : limits->ceiling;
    double due = j > i ? (double)plan->at[j] : age + limits->ceiling;
    return fmin(age + limits->ceiling, fmax(age + limits->floor, due));
}
