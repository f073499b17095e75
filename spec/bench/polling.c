/* polling.c: what the learned schedule costs and gains, in simulated time.
 * Queries per task, lag (told minus done) and their product, against the
 * theoretical least, fixed cadences and x1.5 backoff; after a drift; and for a
 * cold herd. Deterministic: own random numbers, no clock.
 *     polling [plot.svg [runs]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "polling_plot.h"
#include "polling_world.h"
#include "pace/schedule.h"

enum { TASKS = 2100, DRIFT_TASKS = 600, BATCH = 50, BATCHES = 42 };

static int failures;

static const char *judge(double value, double limit)
{
    failures += value > limit;
    return value > limit ? "FAIL" : "PASS";
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory) {
        fputs("polling: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static struct lx_schedule *open_schedule(uint16_t *model)
{
    struct lx_schedule *schedule = lx_schedule_new(NULL);
    if (!schedule) {
        fputs("polling: out of memory\n", stderr);
        exit(1);
    }
    *model = lx_schedule_model(schedule, "simulated");
    return schedule;
}

/* ---- one task after the other ---- */

static void watch_one(struct lx_schedule *schedule, uint16_t model,
                      double duration, bool exact, uint64_t *rng,
                      struct tally *tally)
{
    struct lx_schedule_entry entry;
    double age = 0;
    lx_schedule_join(schedule, &entry, model);
    for (;;) {
        age += lx_schedule_next(schedule, &entry, age, random_uniform(rng));
        if (age >= duration)
            break;
        lx_schedule_pending(schedule, &entry, age);
    }
    lx_schedule_ended(schedule, &entry, age, exact ? duration : -1);
    tally_add(tally, entry.queries, age - duration);
}

/* Each tally is over `runs` independent schedules. From `drift` on, tasks take
 * twice as long. */
static void watch_sequence(const struct durations *d, int runs, bool exact,
                           int tasks, int drift, struct tally *tallies)
{
    for (int run = 0; run < runs; run++) {
        uint64_t rng = (uint64_t)run * 7919 + 17;
        uint16_t model;
        struct lx_schedule *schedule = open_schedule(&model);
        for (int i = 0; i < tasks; i++) {
            double duration = draw_duration(d, &rng) * (i < drift ? 1 : 2);
            watch_one(schedule, model, duration, exact, &rng, &tallies[i]);
        }
        lx_schedule_free(schedule);
    }
}

/* ---- many at once, over sockets ---- */

enum { SOCKETS = 8 };

struct task {
    struct lx_schedule_entry entry;
    double start;
    double duration;
    double due; /* INFINITY while asked about and when ended */
};

struct flight {
    double answer; /* when it is read; INFINITY: the socket is free */
    double asked;  /* when the service looked */
    int task;
    bool is_create;
};

struct herd {
    struct lx_schedule *schedule;
    struct task *tasks;
    int count;
    int created;
    int ended;
    int requests;
    double now;
    double trip; /* s, of a request, +- 20 %; 0: all is instantaneous */
    struct flight flights[SOCKETS];
    uint64_t rng;
    struct tally tally;
    double *lags;
};

static void plan_task(struct herd *herd, struct task *task)
{
    task->due = herd->now + lx_schedule_next(herd->schedule, &task->entry,
                                             herd->now - task->start,
                                             random_uniform(&herd->rng));
}

static void finish_task(struct herd *herd, struct task *task, double age)
{
    double lag = herd->now - task->start - task->duration;
    lx_schedule_ended(herd->schedule, &task->entry, age, -1);
    herd->lags[herd->ended++] = lag;
    tally_add(&herd->tally, task->entry.queries, lag);
    for (int i = 0; i < herd->created; i++) {
        struct task *other = &herd->tasks[i];
        if (isfinite(other->due) &&
            lx_schedule_is_stale(herd->schedule, &other->entry))
            plan_task(herd, other);
    }
}

static void read_answer(struct herd *herd, struct flight *flight,
                        uint16_t model)
{
    struct task *task = &herd->tasks[flight->task];
    double age = flight->asked - task->start;
    herd->now = flight->answer;
    flight->answer = INFINITY;
    if (flight->is_create) {
        task->start = flight->asked;
        lx_schedule_join(herd->schedule, &task->entry, model);
    } else if (age >= task->duration) {
        finish_task(herd, task, age);
        return;
    } else {
        lx_schedule_pending(herd->schedule, &task->entry, age);
    }
    plan_task(herd, task);
}

static void send_request(struct herd *herd, struct flight *flight, int task)
{
    double trip = herd->trip * (0.8 + 0.4 * random_uniform(&herd->rng));
    flight->answer = herd->now + trip;
    flight->asked = herd->now + trip / 2;
    flight->is_create = task < 0;
    flight->task = task < 0 ? herd->created++ : task;
    herd->tasks[flight->task].due = INFINITY;
    herd->requests++;
}

/* The earliest answer or, when a socket is free, the earliest request: creates
 * at once, taking turns with queries that are due. */
static void step_herd(struct herd *herd, uint16_t model)
{
    struct flight *first = &herd->flights[0];
    struct flight *idle = NULL;
    int query = -1;
    for (int i = 0; i < SOCKETS; i++) {
        struct flight *flight = &herd->flights[i];
        first = flight->answer < first->answer ? flight : first;
        idle = isinf(flight->answer) ? flight : idle;
    }
    for (int i = 0; i < herd->created; i++)
        if (isfinite(herd->tasks[i].due) &&
            (query < 0 || herd->tasks[i].due < herd->tasks[query].due))
            query = i;
    double next = INFINITY;
    if (query >= 0)
        next = fmax(herd->now, herd->tasks[query].due);
    bool is_turn = next <= herd->now && herd->requests % 2 == 1;
    if (herd->created < herd->count && !is_turn) {
        next = herd->now;
        query = -1;
    }
    if (idle && next <= first->answer) {
        herd->now = next;
        send_request(herd, idle, query);
    } else {
        read_answer(herd, first, model);
    }
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Create `count` tasks and watch them to the end; herd->lags is sorted. */
static void run_herd(struct herd *herd, struct lx_schedule *schedule,
                     uint16_t model, const struct durations *d, int count,
                     double trip, uint64_t seed)
{
    memset(herd, 0, sizeof *herd);
    herd->schedule = schedule;
    herd->count = count;
    herd->trip = trip;
    herd->rng = seed;
    herd->tasks = allocate((size_t)count, sizeof *herd->tasks);
    herd->lags = allocate((size_t)count, sizeof *herd->lags);
    for (int i = 0; i < SOCKETS; i++)
        herd->flights[i].answer = INFINITY;
    for (int i = 0; i < count; i++)
        herd->tasks[i].duration = draw_duration(d, &herd->rng);
    while (herd->ended < count)
        step_herd(herd, model);
    qsort(herd->lags, (size_t)count, sizeof *herd->lags, compare_doubles);
}

static void free_herd(struct herd *herd)
{
    free(herd->tasks);
    free(herd->lags);
}

static void watch_batches(const struct durations *d, int runs,
                          struct tally *tallies)
{
    for (int run = 0; run < runs; run++) {
        uint16_t model;
        struct lx_schedule *schedule = open_schedule(&model);
        for (int i = 0; i < BATCHES; i++) {
            struct herd herd;
            run_herd(&herd, schedule, model, d, BATCH, 0,
                     (uint64_t)run * 101 + (uint64_t)i * 7907);
            tallies[i].queries += herd.tally.queries;
            tallies[i].lag += herd.tally.lag;
            tallies[i].tasks += herd.tally.tasks;
            free_herd(&herd);
        }
        lx_schedule_free(schedule);
    }
}

/* ---- the tables ---- */

static void print_row(const char *name, const char *what, struct tally t,
                      double least, double limit)
{
    double ratio = tally_product(t) / least;
    printf("%-20s %-22s %7.2f %7.2f %8.2f", name, what, tally_queries(t),
           tally_lag(t), ratio);
    if (limit > 0)
        printf(" %6.2f  %s", limit, judge(ratio, limit));
    printf("\n");
}

static void print_learning(const struct durations *d, int runs,
                           struct panel *panel)
{
    static struct tally one[TASKS];
    static struct tally exact[TASKS];
    struct tally batch[BATCHES] = {{0, 0, 0}};
    double mean;
    double least = least_product(d, &mean);
    memset(one, 0, sizeof one);
    memset(exact, 0, sizeof exact);
    watch_sequence(d, runs, false, TASKS, TASKS, one);
    watch_sequence(d, (runs + 3) / 4, true, TASKS, TASKS, exact);
    watch_batches(d, (runs + 3) / 4, batch);

    struct tally ten = tally_sum(one, 0, 10);
    struct tally backoff = run_backoff_at(d, tally_queries(ten));
    *panel = (struct panel){
        d, least, {ten, tally_sum(one, 50, 70), tally_sum(one, 2000, 2100)}};
    print_row(d->name, "fixed cadence", run_cadence(d, mean / 5.5, 1, 1e9),
              least, 0);
    print_row("", "x1.5 backoff", backoff, least, 0);
    print_row("", "first ten", ten, least, tally_product(backoff) / least);
    print_row("", "after 50", panel->learned[1], least, d->limit_early);
    print_row("", "after 2,000", panel->learned[2], least, d->limit_late);
    print_row("", "after 50, exact", tally_sum(exact, 50, 70), least,
              d->limit_early);
    print_row("", "after 2,000, exact", tally_sum(exact, 2000, 2100), least,
              d->limit_late);
    print_row("", "50 at once, cold", batch[0], least, 0);
    print_row("", "50 at once, 2nd", batch[1], least, d->limit_early);
    print_row("", "50 at once, 42nd", tally_sum(batch, 40, 42), least,
              d->limit_late);
}

/* Products over that of a fixed cadence, E[D] / 2. */
static void print_drift(const struct durations *d, int runs)
{
    static struct tally t[DRIFT_TASKS];
    const int half = DRIFT_TASKS / 2;
    double mean;
    least_product(d, &mean);
    memset(t, 0, sizeof t);
    watch_sequence(d, runs, false, DRIFT_TASKS, half, t);
    double whole = tally_product(tally_sum(t, 0, DRIFT_TASKS)) / (mean * 0.75);
    double after = tally_product(tally_sum(t, half, DRIFT_TASKS)) / mean;
    printf("%-20s %9.2f %9.2f %9.2f %9.2f  %s\n", d->name, whole, after,
           tally_product(tally_sum(t, half, half + 10)) / mean,
           tally_product(tally_sum(t, half + 10, half + 20)) / mean,
           judge(fmax(whole, after), 1.3));
}

static void print_herd(const char *name, const struct durations *d, int count,
                       int requests_max, double p50_max, uint64_t seed)
{
    struct herd herd;
    uint16_t model;
    struct lx_schedule *schedule = open_schedule(&model);
    run_herd(&herd, schedule, model, d, count, 0.005, seed);
    printf("%-20s %6d %9d %8.3f %8.3f %8.3f", name, count, herd.requests,
           herd.lags[count / 2], herd.lags[count * 99 / 100],
           herd.lags[count - 1]);
    if (requests_max > 0) {
        double worst = fmax((double)herd.requests / requests_max,
                            herd.lags[count / 2] / p50_max);
        printf("  %s", judge(worst, 1));
    }
    printf("\n");
    free_herd(&herd);
    lx_schedule_free(schedule);
}

static void print_herds(void)
{
    static const struct durations sharp = {"", CONSTANT, 3.25, 0, 0, 0};
    static const struct durations slow = {"", CONSTANT, 20, 0, 0, 0};
    printf("\nStarted together, cold: 8 sockets, 5 ms a request (at most 3 "
           "requests a task, p50 under 0.25 s)\n%-20s %6s %9s %8s %8s %8s\n",
           "durations", "tasks", "requests", "lag p50", "p99", "worst");
    for (uint64_t seed = 1; seed <= 5; seed++)
        print_herd("3.25 s", &sharp, 1000, 3000, 0.25, seed);
    print_herd("3.25 s", &sharp, 100, 300, 0.25, 1);
    print_herd("20 s", &slow, 1000, 0, 0, 1);
    for (int i = 0; i < FAMILIES; i++)
        print_herd(families[i].name, &families[i], 1000, 0, 0, 1);
}

int main(int argc, char **argv)
{
    struct panel panels[FAMILIES];
    int runs = argc > 2 ? atoi(argv[2]) : 100;
    if (runs < 1 || runs > 10000) {
        fputs("polling: runs must be 1 to 10000\n", stderr);
        return 1;
    }
    printf("Mean over %d runs; product = queries x lag, over the least that "
           "theory allows\n%-20s %-22s %7s %7s %8s %6s\n",
           runs, "durations", "", "queries", "lag s", "product", "limit");
    for (int i = 0; i < FAMILIES; i++)
        print_learning(&families[i], runs, &panels[i]);
    printf("\nThe mean doubles half way: product over a fixed cadence's (at "
           "most 1.3, whole and after)\n%-20s %9s %9s %9s %9s\n",
           "durations", "whole", "after", "1st ten", "2nd ten");
    for (int i = 0; i < FAMILIES; i++)
        print_drift(&families[i], runs);
    print_herds();
    printf("\n%d target%s missed\n", failures, failures == 1 ? "" : "s");
    if (argc > 1 && !plot_write(argv[1], panels, FAMILIES)) {
        fprintf(stderr, "polling: cannot write %s\n", argv[1]);
        return 1;
    }
    return 0;
}
