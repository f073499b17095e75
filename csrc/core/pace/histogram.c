/* histogram.c: durations learned from intervals. Bayesian life table
 * (Susarla and Van Ryzin 1976) over log time: raw hazards from ends and
 * exposures, the prior as pseudo-observations, then a kernel whose width is
 * the distance to the k-th nearest observation. Pure. */
#include "pace/histogram.h"

#include <math.h>
#include <string.h>

#define FIRST_EDGE 0.1   /* s */
#define MEMORY     400.0 /* completions that the histogram averages over */
#define WEIGHT_MAX 1e4   /* then all is scaled down: floats stay exact enough */

/* The prior: log-logistic with the median PRIOR_MEDIAN and a heavy tail, worth
 * PRIOR_WEIGHT + PRIOR_FIRST completions at first; the second part fades as
 * 1 / (1 + n / PRIOR_FADE). */
#define PRIOR_WEIGHT 0.3
#define PRIOR_FIRST  0.7
#define PRIOR_FADE   5.0
#define PRIOR_MEDIAN 12.0 /* s */
#define PRIOR_SHAPE  1.2

/* Improvements of the belief on itself, each sharing out anew. With more than
 * ROUNDS_FEW completions one is enough: the belief before is close already. */
#define ROUNDS     3
#define ROUNDS_FEW 50

/* The kernel, in bins: a triangle that reaches REACH times the distance to
 * the k-th neighbour, k = NEIGHBOURS * n ^ NEIGHBOURS_POWER; and a share of
 * WIDE_SHARE that reaches WIDE_REACH times further, for what comes a little
 * earlier or later than anything seen. The distance to the k-th neighbour is
 * taken as RADIUS_FIRST / sqrt(1 + n) bins at least, as RADIUS_MAX at most. */
#define NEIGHBOURS       0.9
#define NEIGHBOURS_POWER 0.7
#define REACH            1.5
#define WIDE_SHARE       0.06
#define WIDE_REACH       3.0
#define RADIUS_FIRST     12.0
#define RADIUS_MAX       48 /* two octaves */

enum { BINS = LX_HISTOGRAM_BINS };

void lx_timescale_init(struct lx_timescale *scale)
{
    scale->edge[0] = 0;
    for (size_t i = 1; i <= BINS; i++) {
        scale->edge[i] =
            FIRST_EDGE * exp2((double)(i - 1) / LX_HISTOGRAM_PER_OCTAVE);
    }
}

size_t lx_timescale_bin(double age)
{
    if (!(age > FIRST_EDGE))
        return 0;
    double bin = 1 + log2(age / FIRST_EDGE) * LX_HISTOGRAM_PER_OCTAVE;
    return bin < BINS - 1 ? (size_t)bin : BINS - 1;
}

void lx_histogram_init(struct lx_histogram *histogram)
{
    memset(histogram, 0, sizeof *histogram);
    histogram->weight = 1;
}

/* The part of bin `i` that lies between `from` and `to`. */
static double overlap(const struct lx_timescale *scale, size_t i, double from,
                      double to)
{
    double low = fmax(scale->edge[i], from);
    double high = fmin(scale->edge[i + 1], to);
    double width = scale->edge[i + 1] - scale->edge[i];
    return high > low ? (high - low) / width : 0;
}

void lx_histogram_pending(struct lx_histogram *histogram,
                          const struct lx_timescale *scale, double from,
                          double to)
{
    size_t last = lx_timescale_bin(to);
    for (size_t i = lx_timescale_bin(from); i <= last; i++) {
        histogram->asked[i] +=
            (float)(histogram->weight * overlap(scale, i, from, to));
    }
}

static void scale_all(struct lx_histogram *histogram, double factor)
{
    for (size_t i = 0; i < BINS; i++) {
        histogram->ended[i] = (float)(histogram->ended[i] * factor);
        histogram->asked[i] = (float)(histogram->asked[i] * factor);
    }
    for (unsigned i = 0; i < LX_HISTOGRAM_RECENT; i++) {
        histogram->recent[i].weight =
            (float)(histogram->recent[i].weight * factor);
    }
}

static void grow_weight(struct lx_histogram *histogram)
{
    if (histogram->count < MEMORY - 1) {
        histogram->count += 1;
        return;
    }
    double fade = (MEMORY - 1) / MEMORY;
    histogram->count = histogram->count * fade + 1;
    histogram->weight /= fade;
    if (histogram->weight > WEIGHT_MAX) {
        scale_all(histogram, 1 / histogram->weight);
        histogram->weight = 1;
    }
}

/* Share one end out over the bins of its interval, as `belief` has it; until
 * then the task was watched. */
static void share_out(float ended[BINS], float asked[BINS],
                      const struct lx_timescale *scale,
                      const struct lx_survival *belief,
                      const struct lx_sighting *seen)
{
    double from = (double)seen->from;
    double to = (double)seen->to;
    double weight = (double)seen->weight;
    size_t last = lx_timescale_bin(to);
    double at_from = lx_survival_beyond(belief, scale, from);
    double total = at_from - lx_survival_beyond(belief, scale, to);
    double left = 1;
    for (size_t i = lx_timescale_bin(from); i <= last; i++) {
        double part = left;
        if (i < last && total > 1e-9) {
            double high = belief->at[i + 1];
            part = fmin(left, (at_from - high) / total);
            at_from = high;
        } else if (i < last) {
            double low = fmax(scale->edge[i], from);
            part = (scale->edge[i + 1] - low) / (to - from);
        }
        ended[i] += (float)(weight * part);
        asked[i] += (float)(weight * left *
                            overlap(scale, i, from, scale->edge[i + 1]));
        left -= part;
    }
}

void lx_histogram_ended(struct lx_histogram *histogram,
                        const struct lx_timescale *scale,
                        const struct lx_survival *belief, double from,
                        double to)
{
    struct lx_sighting *seen = &histogram->recent[histogram->oldest];
    if (histogram->recent_count == LX_HISTOGRAM_RECENT) {
        share_out(histogram->ended, histogram->asked, scale, belief, seen);
        histogram->oldest = (histogram->oldest + 1) % LX_HISTOGRAM_RECENT;
    } else {
        seen = &histogram->recent[histogram->recent_count++];
    }
    seen->from = (float)from;
    seen->to = (float)to;
    seen->weight = (float)histogram->weight;
    grow_weight(histogram);
}

void lx_histogram_fade(struct lx_histogram *histogram, double keep,
                       unsigned latest)
{
    latest =
        latest < histogram->recent_count ? latest : histogram->recent_count;
    double past = histogram->count - latest;
    if (past <= keep)
        return;
    scale_all(histogram, keep / past / histogram->weight);
    histogram->weight = 1;
    histogram->count = keep + latest;
    for (unsigned i = 1; i <= latest; i++) {
        unsigned end = histogram->oldest + histogram->recent_count;
        histogram->recent[(end - i) % LX_HISTOGRAM_RECENT].weight = 1;
    }
}

static double prior_weight(double count)
{
    return PRIOR_WEIGHT + PRIOR_FIRST / (1 + count / PRIOR_FADE);
}

static double prior_beyond(double age)
{
    return 1 / (1 + pow(age / PRIOR_MEDIAN, PRIOR_SHAPE));
}

/* The life table: density per bin, summing to less than 1 by what outlives
 * the last bin. */
static void estimate_density(const struct lx_histogram *histogram,
                             const struct lx_timescale *scale,
                             const struct lx_survival *belief,
                             double prior_count, double density[BINS])
{
    float ended[BINS];
    float asked[BINS];
    memcpy(ended, histogram->ended, sizeof ended);
    memcpy(asked, histogram->asked, sizeof asked);
    for (unsigned i = 0; i < histogram->recent_count; i++)
        share_out(ended, asked, scale, belief, &histogram->recent[i]);
    double prior = prior_count * histogram->weight;
    double beyond = 1;
    double prior_here = 1;
    for (size_t i = 0; i < BINS; i++) {
        double prior_next = prior_beyond(scale->edge[i + 1]);
        double ends = (double)ended[i] + prior * (prior_here - prior_next);
        double tasks = (double)asked[i] + prior * prior_here;
        density[i] = tasks > 0 ? beyond * fmin(1, ends / tasks) : 0;
        beyond -= density[i];
        prior_here = prior_next;
    }
}

/* The least radius in bins around `i` that holds `mass`. */
static int find_radius(const double sum[BINS + 1], int i, double mass)
{
    int low = 0;
    int high = RADIUS_MAX;
    while (low < high) {
        int middle = (low + high) / 2;
        int from = i - middle < 0 ? 0 : i - middle;
        int to = i + middle + 1 > BINS ? BINS : i + middle + 1;
        if (sum[to] - sum[from] >= mass)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Add a triangle of the area `mass`, centred on bin `i`, as second
 * differences: O(1) whatever its width. `bend` has RADIUS_PAD cells of margin
 * on each side. */
enum { RADIUS_PAD = 4 * RADIUS_MAX };

static void add_triangle(double bend[], int i, int half, double mass)
{
    double slope = mass / ((double)half * half);
    bend[RADIUS_PAD + i - half + 1] += slope;
    bend[RADIUS_PAD + i + 1] -= 2 * slope;
    bend[RADIUS_PAD + i + half + 1] += slope;
}

static int clamp_half(double half)
{
    return half < 1 ? 1 : half > RADIUS_PAD - 2 ? RADIUS_PAD - 2 : (int)half;
}

static void smooth(double density[BINS], double count)
{
    double bend[BINS + 2 * RADIUS_PAD] = {0};
    double sum[BINS + 1];
    sum[0] = 0;
    for (size_t i = 0; i < BINS; i++)
        sum[i + 1] = sum[i] + density[i];
    double neighbours = NEIGHBOURS * pow(count, NEIGHBOURS_POWER);
    double mass = neighbours / (count + prior_weight(count));
    double least = RADIUS_FIRST / sqrt(1 + count);
    for (int i = 0; i < BINS; i++) {
        if (density[i] < 1e-12)
            continue;
        double radius = fmax(find_radius(sum, i, mass), least) * REACH;
        add_triangle(bend, i, clamp_half(radius + 0.5),
                     density[i] * (1 - WIDE_SHARE));
        add_triangle(bend, i, clamp_half(radius * WIDE_REACH + 0.5),
                     density[i] * WIDE_SHARE);
    }
    double slope = 0;
    double height = 0;
    memset(density, 0, BINS * sizeof density[0]);
    for (int i = 0; i < BINS + 2 * RADIUS_PAD; i++) {
        slope += bend[i];
        height += slope;
        int bin = i - RADIUS_PAD;
        if (bin < BINS)
            density[bin < 0 ? 0 : bin] += fmax(0, height);
    }
}

void lx_histogram_estimate(const struct lx_histogram *histogram,
                           const struct lx_timescale *scale,
                           struct lx_survival *belief)
{
    double density[BINS];
    int rounds = histogram->count < ROUNDS_FEW ? ROUNDS : 1;
    for (int round = 0; round < rounds; round++) {
        estimate_density(histogram, scale, belief,
                         prior_weight(histogram->count), density);
        smooth(density, histogram->count);
        belief->at[0] = 1;
        for (size_t i = 0; i < BINS; i++)
            belief->at[i + 1] = fmax(0, belief->at[i] - density[i]);
    }
}

void lx_histogram_export(const struct lx_histogram *histogram,
                         const struct lx_timescale *scale,
                         const struct lx_survival *belief, double ends[BINS])
{
    estimate_density(histogram, scale, belief, 0, ends);
    for (size_t i = 0; i < BINS; i++)
        ends[i] *= histogram->count;
}

void lx_histogram_import(struct lx_histogram *histogram,
                         const double ends[BINS])
{
    lx_histogram_init(histogram);
    for (size_t i = BINS; i-- > 0;) {
        histogram->count += ends[i];
        histogram->ended[i] = (float)ends[i];
        histogram->asked[i] = (float)histogram->count;
    }
}

double lx_survival_beyond(const struct lx_survival *belief,
                          const struct lx_timescale *scale, double age)
{
    size_t i = lx_timescale_bin(age);
    double part = overlap(scale, i, 0, age);
    return belief->at[i] + (belief->at[i + 1] - belief->at[i]) * part;
}

double lx_survival_quantile(const struct lx_survival *belief,
                            const struct lx_timescale *scale, double part)
{
    for (size_t i = 0; i < BINS; i++) {
        double low = belief->at[i + 1];
        if (low <= 1 - part) {
            double mass = belief->at[i] - low;
            double share = mass > 0 ? (belief->at[i] - (1 - part)) / mass : 1;
            return scale->edge[i] +
                   share * (scale->edge[i + 1] - scale->edge[i]);
        }
    }
    return scale->edge[BINS];
}
