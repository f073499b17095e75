/* knowledge.c: observations in, plan out. Rebuilds the plan at geometric
 * distances, so that the cost per completion falls as more is known, and
 * forgets when tasks no longer behave as predicted. Pure. */
#include "pace/knowledge.h"

#include <math.h>
#include <string.h>

/* Two running tests (Page's CUSUM) hold the belief against "the hazard is
 * SURPRISE_LATE / SURPRISE_EARLY times as high": logs of likelihood ratios.
 * Beyond SURPRISE_MAX it is hardly chance (one false alarm in hundreds of
 * completions, which costs little); tasks that overlap share the belief's
 * errors, so each counts 1 / (1 + tasks / SURPRISE_SHARED). All but the
 * SURPRISE_LATEST ends then weigh only SURPRISE_KEEP completions. */
#define SURPRISE_LATE   0.2
#define SURPRISE_EARLY  10.0
#define SURPRISE_MAX    5.8
#define SURPRISE_SHARED 8.0
#define SURPRISE_KEEP   3.0
#define SURPRISE_LATEST 2
#define SURPRISE_FIRST  40 /* completions before the question makes sense */

/* What an earlier process knew weighs no more than this many completions. */
#define RESTORED_MAX 100.0

/* A plan is remade when news pass NEWS_FIRST + count / NEWS_PART. */
#define NEWS_FIRST 0.5
#define NEWS_PART  16.0

const struct lx_inspection_limits lx_knowledge_limits = {
    .queries = LX_KNOWLEDGE_QUERIES,
    .floor = 0.25,
    .ceiling = 60,
    .price_min = 0.03,
};

static void make_plan(struct lx_knowledge *known,
                      const struct lx_timescale *scale)
{
    lx_histogram_estimate(&known->histogram, scale, &known->belief);
    lx_inspection_make(&known->plan, &known->belief, scale,
                       &lx_knowledge_limits);
    known->news = 0;
}

void lx_knowledge_init(struct lx_knowledge *known,
                       const struct lx_timescale *scale)
{
    memset(known, 0, sizeof *known);
    lx_histogram_init(&known->histogram);
    make_plan(known, scale);
}

void lx_knowledge_restore(struct lx_knowledge *known,
                          const struct lx_timescale *scale,
                          const double ends[LX_HISTOGRAM_BINS],
                          uint64_t completions)
{
    lx_histogram_import(&known->histogram, ends);
    lx_histogram_fade(&known->histogram, RESTORED_MAX, 0);
    known->completions = completions;
    known->generation++;
    make_plan(known, scale);
}

static double news_limit(const struct lx_knowledge *known)
{
    return NEWS_FIRST + known->histogram.count / NEWS_PART;
}

void lx_knowledge_refresh(struct lx_knowledge *known,
                          const struct lx_timescale *scale)
{
    if (known->news >= news_limit(known))
        make_plan(known, scale);
}

/* The hazard that lies between two ages, as the belief has it. */
static double hazard_between(const struct lx_knowledge *known,
                             const struct lx_timescale *scale, double from,
                             double to)
{
    double at_from = lx_survival_beyond(&known->belief, scale, from);
    double at_to = lx_survival_beyond(&known->belief, scale, to);
    return at_to > 1e-9 ? log(at_from / at_to) : at_from > 1e-9 ? 20 : 0;
}

/* What one query adds to the log of the ratio of likelihoods, of a hazard
 * `ratio` times as high to the hazard believed. */
static double weigh_evidence(double ratio, double hazard, bool ended)
{
    if (!ended)
        return (1 - ratio) * hazard;
    return hazard > 1e-6 ? log(expm1(-ratio * hazard) / expm1(-hazard))
                         : log(ratio);
}

/* Each query is a bet with known odds whatever the other tasks do, so the
 * tests hold for tasks that overlap, start late or are cancelled. */
static void watch_for_surprise(struct lx_knowledge *known, double hazard,
                               bool ended)
{
    double share = 1 / (1 + (double)known->watched / SURPRISE_SHARED);
    double late = share * weigh_evidence(SURPRISE_LATE, hazard, ended);
    double early = share * weigh_evidence(SURPRISE_EARLY, hazard, ended);
    known->late = fmax(0, known->late + late);
    known->early = fmax(0, known->early + early);
    if (known->histogram.count < SURPRISE_FIRST) {
        known->late = 0;
        known->early = 0;
    } else if (fmax(known->late, known->early) > SURPRISE_MAX) {
        lx_histogram_fade(&known->histogram, SURPRISE_KEEP, SURPRISE_LATEST);
        known->late = 0;
        known->early = 0;
        known->news = INFINITY;
    }
}

void lx_knowledge_pending(struct lx_knowledge *known,
                          const struct lx_timescale *scale, double from,
                          double to)
{
    if (!(to > from))
        return;
    double hazard = hazard_between(known, scale, from, to);
    known->news += fmin(1, hazard);
    lx_histogram_pending(&known->histogram, scale, from, to);
    watch_for_surprise(known, hazard, false);
}

void lx_knowledge_ended(struct lx_knowledge *known,
                        const struct lx_timescale *scale, double from,
                        double to, double exact)
{
    double hazard = hazard_between(known, scale, from, to);
    known->news += 1;
    known->completions++;
    if (exact >= 0) {
        /* Clocks may differ a little: trust it within what was seen. */
        exact = fmin(fmax(exact, from), to);
        lx_histogram_pending(&known->histogram, scale, from, exact);
        from = exact;
        to = exact;
    }
    lx_histogram_ended(&known->histogram, scale, &known->belief, from, to);
    watch_for_surprise(known, hazard, true);
    if (known->news >= news_limit(known))
        known->generation++; /* the plan is remade when somebody asks for it */
}
