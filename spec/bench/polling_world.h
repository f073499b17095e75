/* polling_world.h: what polling.c measures in: random numbers of its own, the
 * distributions of durations, and the least that theory allows. */
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* splitmix64 */
static inline double random_uniform(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

enum shape { LOG_NORMAL, UNIFORM, TWO_HUMPED, CONSTANT };

struct durations {
    const char *name;
    enum shape shape;
    double a;           /* log-normal: median; uniform: from; constant */
    double b;           /* log-normal: sigma; uniform: to */
    double limit_early; /* product over the least, allowed after 50 ends */
    double limit_late;  /* and after 2,000 */
};

/* Uniform from 0 is held against a fixed cadence (1.15 times E[D] / 2, which
 * is 1.125 times the least), the others against the least. */
static const struct durations families[] = {
    {"log-normal 0.1", LOG_NORMAL, 20, 0.1, 1.5, 1.35},
    {"log-normal 0.25", LOG_NORMAL, 20, 0.25, 1.5, 1.35},
    {"log-normal 0.5", LOG_NORMAL, 20, 0.5, 1.5, 1.35},
    {"uniform 20-40 s", UNIFORM, 20, 40, 1.5, 1.35},
    {"70% 8+-1, 30% 60+-5", TWO_HUMPED, 0, 0, 2.3, 1.6},
    {"uniform 0-40 s", UNIFORM, 0, 40, 1.15 * 1.125, 1.15 * 1.125},
};
enum { FAMILIES = sizeof families / sizeof families[0] };

static inline double normal_cdf(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

static inline double cdf(const struct durations *d, double t)
{
    switch (d->shape) {
    case LOG_NORMAL:
        return t > 0 ? normal_cdf(log(t / d->a) / d->b) : 0;
    case UNIFORM:
        return fmin(1, fmax(0, (t - d->a) / (d->b - d->a)));
    case TWO_HUMPED:
        return 0.7 * normal_cdf(t - 8) + 0.3 * normal_cdf((t - 60) / 5);
    default:
        return t >= d->a;
    }
}

static inline double draw_duration(const struct durations *d, uint64_t *rng)
{
    double goal = random_uniform(rng);
    double low = 0;
    double high = 1000;
    for (int i = 0; i < 45; i++) {
        double middle = (low + high) / 2;
        *(cdf(d, middle) < goal ? &low : &high) = middle;
    }
    return high;
}

/* (integral of sqrt(f S))^2 / 2, and the mean duration. */
static inline double least_product(const struct durations *d, double *mean)
{
    const double step = 0.002;
    double root = 0;
    *mean = 0;
    for (double t = 0; t < 400; t += step) {
        double ends = cdf(d, t + step) - cdf(d, t);
        double beyond = 1 - cdf(d, t + step / 2);
        root += sqrt(ends / step * beyond) * step;
        *mean += beyond * step;
    }
    return root * root / 2;
}

struct tally {
    double queries;
    double lag;
    double tasks;
};

static inline void tally_add(struct tally *t, double queries, double lag)
{
    t->queries += queries;
    t->lag += lag;
    t->tasks += 1;
}

static inline struct tally tally_sum(const struct tally *t, int from, int to)
{
    struct tally sum = {0, 0, 0};
    for (int i = from; i < to; i++) {
        sum.queries += t[i].queries;
        sum.lag += t[i].lag;
        sum.tasks += t[i].tasks;
    }
    return sum;
}

static inline double tally_queries(struct tally t)
{
    return t.queries / t.tasks;
}

static inline double tally_lag(struct tally t)
{
    return t.lag / t.tasks;
}

static inline double tally_product(struct tally t)
{
    return tally_queries(t) * tally_lag(t);
}

/* A cadence that learns nothing: first, times factor, up to max. */
static inline struct tally run_cadence(const struct durations *d, double first,
                                       double factor, double max)
{
    struct tally t = {0, 0, 0};
    uint64_t rng = 3;
    for (int i = 0; i < 4000; i++) {
        double duration = draw_duration(d, &rng);
        double age = 0;
        double interval = first;
        int queries = 0;
        while (age < duration) {
            age += interval * (0.85 + 0.3 * random_uniform(&rng));
            interval = fmin(interval * factor, max);
            queries++;
        }
        tally_add(&t, queries, age - duration);
    }
    return t;
}

/* x1.5 backoff (first 1 s, cap 10 s), all scaled so that it takes as many
 * queries. */
static inline struct tally run_backoff_at(const struct durations *d,
                                          double queries)
{
    double low = 0.05;
    double high = 20;
    struct tally t = {0, 0, 0};
    for (int i = 0; i < 20; i++) {
        double scale = sqrt(low * high);
        t = run_cadence(d, scale, 1.5, 10 * scale);
        *(tally_queries(t) > queries ? &low : &high) = scale;
    }
    return t;
}
