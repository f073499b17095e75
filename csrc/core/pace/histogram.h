/* histogram.h: how long something takes, learned while it is being watched.
 * A decaying histogram over the logarithm of time. Every query says something:
 * "not yet" that the task outlived an interval, "ended" that the end lay in
 * one. Pure: no clock, no I/O, no threads; times are seconds since the start.
 * One thread at a time. */
#pragma once

#include <stddef.h>

#pragma GCC visibility push(hidden)

#define LX_HISTOGRAM_PER_OCTAVE 24
#define LX_HISTOGRAM_OCTAVES    17
#define LX_HISTOGRAM_BINS       (LX_HISTOGRAM_PER_OCTAVE * LX_HISTOGRAM_OCTAVES)

/* Bin j is the time from edge[j] to edge[j + 1]; edge[0] is 0, the first bin
 * ends near 0.1 s, the last after three and a half hours. Whatever is longer
 * counts as outliving them all. Immutable after lx_timescale_init. */
struct lx_timescale {
    double edge[LX_HISTOGRAM_BINS + 1];
};

void lx_timescale_init(struct lx_timescale *scale);

/* The bin that holds `age` (any double; a NaN is 0). */
size_t lx_timescale_bin(double age);

/* An end between two ages. */
struct lx_sighting {
    float from;
    float to;
    float weight;
};

#define LX_HISTOGRAM_RECENT 32

/* What was seen. A bin's ended / asked estimates the chance to end within the
 * bin for a task that has reached it. The latest ends are kept as they were
 * seen, because each sharper belief knows better where in their intervals they
 * lay; older ones have been shared out over the bins for good. */
struct lx_histogram {
    float ended[LX_HISTOGRAM_BINS]; /* ends */
    float asked[LX_HISTOGRAM_BINS]; /* tasks that were watched in the bin */
    struct lx_sighting recent[LX_HISTOGRAM_RECENT]; /* a ring */
    unsigned oldest;                                /* of the ring */
    unsigned recent_count;
    double weight; /* of the next observation: it grows, so older ones fade */
    double count;  /* completions remembered, faded ones less */
};

/* What is believed: survival[j] is the chance to last beyond edge[j]. */
struct lx_survival {
    double at[LX_HISTOGRAM_BINS + 1];
};

void lx_histogram_init(struct lx_histogram *histogram);

/* A task was found unfinished at `to`, after it had been at `from`. */
void lx_histogram_pending(struct lx_histogram *histogram,
                          const struct lx_timescale *scale, double from,
                          double to);

/* A task ended between `from` and `to` (equal: exactly then). `belief` is the
 * latest estimate. */
void lx_histogram_ended(struct lx_histogram *histogram,
                        const struct lx_timescale *scale,
                        const struct lx_survival *belief, double from,
                        double to);

/* Fade everything but the `latest` ends until it weighs no more than `keep`
 * completions. */
void lx_histogram_fade(struct lx_histogram *histogram, double keep,
                       unsigned latest);

/* The belief from all that was seen and a cautious prior. `belief` holds the
 * one before, to improve on, or is all zero. About 25 us,
 * three times that for the first completions. */
void lx_histogram_estimate(const struct lx_histogram *histogram,
                           const struct lx_timescale *scale,
                           struct lx_survival *belief);

/* Completions per bin, as far as they can be told from what was seen alone:
 * all that a later process needs to start from. */
void lx_histogram_export(const struct lx_histogram *histogram,
                         const struct lx_timescale *scale,
                         const struct lx_survival *belief,
                         double ends[LX_HISTOGRAM_BINS]);

/* Start from such an export (no negative number, no NaN; a sum above 0). */
void lx_histogram_import(struct lx_histogram *histogram,
                         const double ends[LX_HISTOGRAM_BINS]);

/* The chance to last beyond `age`. */
double lx_survival_beyond(const struct lx_survival *belief,
                          const struct lx_timescale *scale, double age);

/* The age by which the share `part` (0 to 1) has ended; the last edge when
 * more than 1 - part outlive that. */
double lx_survival_quantile(const struct lx_survival *belief,
                            const struct lx_timescale *scale, double part);

#pragma GCC visibility pop
