/* polling.c: what the learned schedule costs and gains, in simulated time.
 * For each distribution of durations: queries per task, lag (told minus done),
 * and their product over the theoretical least; then the same against fixed
 * cadences and backoff, and a cold herd. Deterministic: it has its own random
 * numbers and reads no clock.
 *     polling [plot.svg] [runs] */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedule.h"

/* ---- random numbers and distributions ---- */

static uint64_t next_bits(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double uniform(uint64_t *state)
{
    return (double)(next_bits(state) >> 11) * 0x1p-53;
}

static double normal_cdf(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

enum shape { LOG_NORMAL, UNIFORM, TWO_HUMPED };

struct durations {
    const char *name;
    enum shape shape;
    double a; /* log-normal: median; uniform: from */
    double b; /* log-normal: sigma; uniform: to */
    double factor_50;   /* of the least product, allowed after 50 */
    double factor_2000; /* and after 2,000 completions; 0: no target */
};

static const struct durations families[] = {
    {"log-normal 0.1", LOG_NORMAL, 20, 0.1, 1.5, 1.35},
    {"log-normal 0.25", LOG_NORMAL, 20, 0.25, 1.5, 1.35},
    {"log-normal 0.5", LOG_NORMAL, 20, 0.5, 1.5, 1.35},
    {"uniform 20-40 s", UNIFORM, 20, 40, 1.5, 1.35},
    {"two-humped", TWO_HUMPED, 0, 0, 2.3, 1.6},
    {"uniform 0-40 s", UNIFORM, 0, 40, 0, 0},
};
enum { FAMILIES = sizeof families / sizeof families[0] };

static double cdf(const struct durations *d, double t)
{
    if (t <= 0) {
        return 0;
    }
    switch (d->shape) {
    case LOG_NORMAL:
        return normal_cdf(log(t / d->a) / d->b);
    case UNIFORM:
        return fmin(1, fmax(0, (t - d->a) / (d->b - d->a)));
    default:
        return 0.7 * normal_cdf(t - 8) + 0.3 * normal_cdf((t - 60) / 5);
    }
}

static double draw(const struct durations *d, uint64_t *rng)
{
    double goal = uniform(rng);
    double low = 0;
    double high = 1000;
    for (int i = 0; i < 50; i++) {
        double middle = (low + high) / 2;
        *(cdf(d, middle) < goal ? &low : &high) = middle;
    }
    return high;
}

/* least product, and mean duration */
static double least_product(const struct durations *d, double *mean)
{
    double root = 0;
    double step = 0.002;
    *mean = 0;
    for (double t = 0; t < 400; t += step) {
        double f = (cdf(d, t + step) - cdf(d, t)) / step;
        double s = 1 - cdf(d, t + step / 2);
        root += sqrt(f * s) * step;
        *mean += s * step;
    }
    return root * root / 2;
}

struct tally {
    double queries;
    double lag;
    double tasks;
};

static double product(struct tally t)
{
    return t.queries / t.tasks * (t.lag / t.tasks);
}

static void add(struct tally *t, double queries, double lag)
{
    t->queries += queries;
    t->lag += lag;
    t->tasks += 1;
}

static void watch_one(struct lx_schedule *s, uint16_t model, double duration,
                      bool exact, uint64_t *rng, struct tally *tally)
{
    struct lx_watch w;
    lx_schedule_join(s, &w, model);
    double age = 0;
    for (;;) {
        age += lx_schedule_next(s, &w, age, uniform(rng));
        if (age >= duration) {
            break;
        }
        lx_schedule_pending(s, &w, age);
    }
    lx_schedule_ended(s, &w, age, exact ? duration : -1);
    add(tally, w.queries, age - duration);
}

static void watch_batch(struct lx_schedule *s, uint16_t model,
                        const struct durations *d, int n, uint64_t *rng,
                        struct tally *tally)
{
    struct lx_watch *w = calloc((size_t)n, sizeof *w);
    double *dur = calloc((size_t)n, sizeof *dur);
    double *due = calloc((size_t)n, sizeof *due);
    for (int i = 0; i < n; i++) {
        lx_schedule_join(s, &w[i], model);
        dur[i] = draw(d, rng);
    }
    for (int i = 0; i < n; i++) {
        due[i] = lx_schedule_next(s, &w[i], 0, uniform(rng));
    }
    for (int left = n; left > 0;) {
        int k = 0;
        for (int i = 1; i < n; i++) {
            if (due[i] < due[k]) {
                k = i;
            }
        }
        double now = due[k];
        if (now < dur[k]) {
            lx_schedule_pending(s, &w[k], now);
            due[k] = now + lx_schedule_next(s, &w[k], now, uniform(rng));
            continue;
        }
        lx_schedule_ended(s, &w[k], now, -1);
        add(tally, w[k].queries, now - dur[k]);
        due[k] = INFINITY;
        left--;
        for (int i = 0; i < n; i++) {
            if (isfinite(due[i]) && lx_schedule_is_stale(s, &w[i])) {
                due[i] = now + lx_schedule_next(s, &w[i], now, uniform(rng));
            }
        }
    }
    free(w);
    free(dur);
    free(due);
}

#define SEQ 2100
static void sequential(const struct durations *d, int runs, bool exact,
                       struct tally *t)
{
    for (int run = 0; run < runs; run++) {
        uint64_t rng = (uint64_t)run * 7919 + 17;
        struct lx_schedule *s = lx_schedule_new(NULL);
        uint16_t m = lx_schedule_model(s, "m");
        for (int i = 0; i < SEQ; i++) {
            watch_one(s, m, draw(d, &rng), exact, &rng, &t[i]);
        }
        lx_schedule_free(s);
    }
}
static struct tally window(struct tally *t, int a, int b)
{
    struct tally r = {0};
    for (; a < b; a++) {
        r.queries += t[a].queries; r.lag += t[a].lag; r.tasks += t[a].tasks;
    }
    return r;
}
static void show(const char *label, struct tally t, double least)
{
    printf("  %s q %.2f lag %.2f x%.2f", label, t.queries / t.tasks, t.lag / t.tasks, product(t) / least);
}

static void backoff_ten(const struct durations *d, double q)
{
    /* scale of backoff with equal queries */
    double lo = .05, hi = 20; struct tally t;
    for (int it = 0; it < 30; it++) {
        double sc = sqrt(lo * hi); t = (struct tally){0};
        for (int i = 0; i < 4000; i++) {
            uint64_t r = (uint64_t)i; double D = draw(d, &r);
            double x = 0, iv = sc; int n = 0;
            while (x < D) { x += iv * (.85 + .3 * uniform(&r)); iv = fmin(iv * 1.5, 10 * sc); n++; }
            add(&t, n, x - D);
        }
        if (t.queries / t.tasks > q) lo = sc; else hi = sc;
    }
    printf("  backoff@q lag %.2f", t.lag / t.tasks);
}

enum { SOCKETS = 8 };

struct flight {
    double at; /* when the answer arrives; INFINITY: the socket is free */
    double read; /* when the service looked */
    int task;
    bool is_create;
};

static void replan_all(struct lx_schedule *s, struct lx_watch *w, double *start, double *due, int n, double now, uint64_t *rng)
{
    for (int i = 0; i < n; i++) {
        if (isfinite(due[i]) && lx_schedule_is_stale(s, &w[i])) {
            due[i] = now + lx_schedule_next(s, &w[i], now - start[i], uniform(rng));
        }
    }
}

static void herd(int n, const struct durations *d, double fixed, int seed)
{
    struct lx_schedule *s = lx_schedule_new(NULL);
    uint16_t m = lx_schedule_model(s, "m");
    uint64_t rng = (uint64_t)seed;
    struct lx_watch *w = calloc((size_t)n, sizeof *w);
    double *start = calloc((size_t)n, sizeof *start);
    double *dur = calloc((size_t)n, sizeof *dur);
    double *due = calloc((size_t)n, sizeof *due);
    double *lags = calloc((size_t)n, sizeof *lags);
    struct flight sock[SOCKETS];
    for (int i = 0; i < SOCKETS; i++) sock[i].at = INFINITY;
    int done = 0, requests = 0, created = 0;
    double now = 0;
    for (int i = 0; i < n; i++) { due[i] = INFINITY; dur[i] = d ? draw(d, &rng) : fixed; }
    while (done < n) {
        int first = 0, idle = -1, k = -1;
        for (int i = 0; i < SOCKETS; i++) {
            if (sock[i].at < sock[first].at) first = i;
            if (isinf(sock[i].at)) idle = i;
        }
        for (int i = 0; i < created; i++) if (isfinite(due[i]) && (k < 0 || due[i] < due[k])) k = i;
        double next = k >= 0 ? fmax(now, due[k]) : INFINITY;
        if (created < n && !(next <= now && requests % 2)) { next = now; k = -1; }
        if (idle >= 0 && next <= sock[first].at) {
            now = next;
            double took = .004 + .002 * uniform(&rng);
            sock[idle] = (struct flight){now + took, now + took / 2, k, k < 0};
            if (k < 0) sock[idle].task = created++; else due[k] = INFINITY;
            requests++;
            continue;
        }
        struct flight f = sock[first];
        sock[first].at = INFINITY;
        now = f.at; k = f.task;
        if (f.is_create) {
            start[k] = f.read;
            lx_schedule_join(s, &w[k], m);
        } else if (f.read - start[k] >= dur[k]) {
            lx_schedule_ended(s, &w[k], f.read - start[k], -1);
            lags[done++] = now - start[k] - dur[k];
            replan_all(s, w, start, due, created, now, &rng);
            continue;
        } else {
            lx_schedule_pending(s, &w[k], f.read - start[k]);
        }
        due[k] = now + lx_schedule_next(s, &w[k], now - start[k], uniform(&rng));
    }
    double mean = 0;
    for (int i = 0; i < n; i++) mean += lags[i] / n;
    for (int i = 1; i < n; i++) for (int j = i; j > 0 && lags[j] < lags[j-1]; j--) { double x = lags[j]; lags[j] = lags[j-1]; lags[j-1] = x; }
    printf("herd %d x %s %.2f: requests %d p50 %.3f p99 %.3f max %.3f end %.2f mean lag %.2f\n", n, d ? d->name : "", fixed, requests, lags[n/2], lags[n*99/100], lags[n-1], now, mean);
    lx_schedule_free(s); free(w); free(start); free(due); free(lags); free(dur);
}

int main(int argc, char **argv)
{
    int runs = argc > 2 ? atoi(argv[2]) : 100;
    (void)argv;
    for (int f = 0; f < FAMILIES; f++) {
        const struct durations *d = &families[f];
        double mean;
        double least = least_product(d, &mean);
        double fixed = mean / 2;
        static struct tally t[SEQ];
        memset(t, 0, sizeof t);
        sequential(d, runs, false, t);
        printf("%-16s fixed x%.2f", d->name, fixed / least);
        struct tally ten = window(t, 0, 10);
        show("ten", ten, least);
        backoff_ten(d, ten.queries / ten.tasks);
        show("@50", window(t, 50, 60), least);
        show("@2000", window(t, 2000, 2100), least);
        double worst = 0;
        for (int i = 0; i + 10 <= SEQ; i += 10) worst = fmax(worst, product(window(t, i, i + 10)) / fixed);
        printf("  worst/fixed %.2f\n", worst);
        struct tally b[42]; memset(b, 0, sizeof b);
        for (int run = 0; run < runs / 4; run++) {
            uint64_t rng = (uint64_t)run + 99;
            struct lx_schedule *s = lx_schedule_new(NULL);
            uint16_t m = lx_schedule_model(s, "m");
            for (int i = 0; i < 42; i++) watch_batch(s, m, d, 50, &rng, &b[i]);
            lx_schedule_free(s);
        }
        printf("     batches of 50 ");
        show("first", b[0], least); show("second", b[1], least); show("last", b[41], least);
        printf("\n");
    }
    for (int f = 0; f < FAMILIES; f++) {
        const struct durations *d = &families[f];
        double mean; double least = least_product(d, &mean); (void)least;
        static struct tally t[600]; memset(t, 0, sizeof t);
        for (int run = 0; run < runs; run++) {
            uint64_t rng = (uint64_t)run + 5;
            struct lx_schedule *s = lx_schedule_new(NULL);
            uint16_t m = lx_schedule_model(s, "m");
            for (int i = 0; i < 600; i++) watch_one(s, m, draw(d, &rng) * (i < 300 ? 1 : 2), false, &rng, &t[i]);
            lx_schedule_free(s);
        }
        printf("drift %-16s", d->name);
        int marks[] = {0, 10, 50, 290, 300, 310, 320, 350, 400, 590};
        for (int k = 0; k < 10; k++) printf(" %d:%.2f(%.1f)", marks[k], product(window(t, marks[k], marks[k] + 10)) / (mean / 2 * (marks[k] < 300 ? 1 : 2)), window(t, marks[k], marks[k] + 10).queries/runs/10);
        struct tally all = window(t, 0, 600), h2 = window(t, 300, 600);
        printf(" all %.2f half2 %.2f\n", product(all) / (mean * .75), product(h2) / mean);
    }
    for (int i = 0; i < 5; i++) herd(1000, NULL, 3.25, i);
    herd(100, NULL, 3.25, 1);
    herd(10, NULL, 3.25, 1);
    herd(1000, NULL, 20, 1); herd(10, NULL, 20, 1);
    for (int f = 0; f < FAMILIES; f++) herd(1000, &families[f], 0, 1);
    return 0;
}
