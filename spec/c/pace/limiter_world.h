/* limiter_world.h: the limiter in simulated time. A client as io_send.c and
 * task.c make it (creates first, every fourth turn a query, refused ones wait
 * by themselves, the real schedule and backoff) asks a service that counts in
 * one of several ways. */
#pragma once

#include <stdlib.h>

#include "pace/backoff.h"
#include "pace/limiter.h"
#include "base/random.h"
#include "pace/schedule.h"

#define WORLD_TASKS_MAX 1000
#define WORLD_QUOTA_MAX 2000
#define IN_FLIGHT       8
#define FIRST_MINUTE_MS 60000
#define WORLD_END_MS    (4 * 3600 * 1000)

enum counting {
    UNCOUNTED,
    SLIDING, /* accepted ones in any window */
    FIXED,   /* in each window, the first of which began before */
    BUCKET   /* at once, and as many a window in the long run */
};

struct service {
    enum counting counting;
    int quota;
    int window_ms;
    int later_quota; /* from later_ms on; 0: the same */
    int64_t later_ms;
    int stray;           /* this request is refused; 0: none */
    double unlucky;      /* share of the requests that are refused anyway */
    int retry_after_ms;  /* of a refusal; 0: does not say */
    bool counts_refused; /* sliding: too */
};

struct workload {
    int tasks;
    int apart_ms;          /* between one task's beginning and the next's */
    int least_ms, most_ms; /* a task's duration */
    double limit;          /* max_requests_per_second */
};

enum stage { WAITING, QUEUED, FLYING, FOUND };

struct world_task {
    struct lx_schedule_entry entry;
    enum stage stage;
    bool exists;
    int failures;
    int64_t born_ms, ends_ms, due_ms;
    int64_t turn; /* order in the queue */
};

struct flight {
    struct world_task *task; /* NULL: free */
    int64_t back_ms;
    bool is_refused;
};

struct world {
    struct service service;
    struct workload load;
    struct lx_limiter limiter;
    struct lx_schedule *schedule;
    struct lx_random random;
    struct world_task tasks[WORLD_TASKS_MAX];
    struct flight flights[IN_FLIGHT];
    int64_t accepted_ms[WORLD_QUOTA_MAX]; /* a ring */
    int64_t accepted, window;
    double tokens;
    int64_t tokens_ms, phase_ms;
    int64_t now_ms, turns, limiter_wait_ms, round_ms;
    int64_t found_ms; /* when the last was found */
    int found, sent, refused;
    int late, late_refused; /* sent after the first minute */
};

/* ---- the service ---- */

static inline int quota_at(const struct world *world, int64_t now_ms)
{
    const struct service *service = &world->service;

    return service->later_quota > 0 && now_ms >= service->later_ms
               ? service->later_quota
               : service->quota;
}

static inline bool serve_sliding(struct world *world, int quota, int64_t now_ms)
{
    int64_t count = world->accepted;
    bool is_refused = count >= quota &&
                      world->accepted_ms[(count - quota) % WORLD_QUOTA_MAX] >
                          now_ms - world->service.window_ms;

    if (!is_refused || world->service.counts_refused)
        world->accepted_ms[world->accepted++ % WORLD_QUOTA_MAX] = now_ms;
    return !is_refused;
}

static inline bool serve_fixed(struct world *world, int quota, int64_t now_ms)
{
    int64_t window = (now_ms + world->phase_ms) / world->service.window_ms;

    if (window != world->window) {
        world->window = window;
        world->accepted = 0;
    }
    if (world->accepted >= quota)
        return false;
    world->accepted++;
    return true;
}

static inline bool serve_bucket(struct world *world, int quota, int64_t now_ms)
{
    double passed_ms = (double)(now_ms - world->tokens_ms);

    world->tokens_ms = now_ms;
    world->tokens += passed_ms * quota / world->service.window_ms;
    if (world->tokens > quota)
        world->tokens = quota;
    if (world->tokens < 1.0)
        return false;
    world->tokens -= 1.0;
    return true;
}

static inline bool serve(struct world *world, int64_t now_ms)
{
    int quota = quota_at(world, now_ms);

    if (world->sent == world->service.stray ||
        lx_random_unit(&world->random) < world->service.unlucky)
        return false;
    switch (world->service.counting) {
    case SLIDING:
        return serve_sliding(world, quota, now_ms);
    case FIXED:
        return serve_fixed(world, quota, now_ms);
    case BUCKET:
        return serve_bucket(world, quota, now_ms);
    case UNCOUNTED:
        break;
    }
    return true;
}

/* ---- the client ---- */

static const struct lx_backoff_policy world_retry = {5, 500, 30000};

static inline int64_t retry_after_ms(const struct world *world)
{
    return world->service.retry_after_ms > 0 ? world->service.retry_after_ms
                                             : -1;
}

static inline double age_of(const struct world *world,
                            const struct world_task *task)
{
    return (double)(world->now_ms - task->born_ms) / 1000.0;
}

static inline void plan_task(struct world *world, struct world_task *task)
{
    double delay =
        lx_schedule_next(world->schedule, &task->entry, age_of(world, task),
                         lx_random_unit(&world->random));

    task->stage = WAITING;
    task->due_ms = world->now_ms + (int64_t)(delay * 1000.0);
}

static inline void refuse_task(struct world *world, struct world_task *task)
{
    double random = lx_random_unit(&world->random);

    task->failures++;
    task->stage = WAITING;
    task->due_ms =
        world->now_ms +
        (task->exists ? lx_backoff_refused_query_ms
                      : lx_backoff_refused_create_ms)(
            &world_retry, task->failures, random, retry_after_ms(world));
}

static inline void create_task(struct world *world, struct world_task *task)
{
    int spread_ms = world->load.most_ms - world->load.least_ms;
    double random = lx_random_unit(&world->random);

    task->exists = true;
    task->born_ms = world->now_ms;
    task->ends_ms =
        world->now_ms + world->load.least_ms + (int64_t)(random * spread_ms);
    lx_schedule_join(world->schedule, &task->entry,
                     lx_schedule_model(world->schedule, "model"));
    plan_task(world, task);
}

static inline void ask_task(struct world *world, struct world_task *task)
{
    if (world->now_ms < task->ends_ms) {
        lx_schedule_pending(world->schedule, &task->entry, age_of(world, task));
        plan_task(world, task);
        return;
    }
    task->stage = FOUND;
    world->found++;
    world->found_ms = world->now_ms;
    lx_schedule_ended(world->schedule, &task->entry, age_of(world, task),
                      (double)(task->ends_ms - task->born_ms) / 1000.0);
    for (int i = 0; i < world->load.tasks; i++) {
        struct world_task *other = &world->tasks[i];
        if (other->exists && other->stage == WAITING && other->failures == 0 &&
            lx_schedule_is_stale(world->schedule, &other->entry))
            plan_task(world, other);
    }
}

static inline void land(struct world *world, struct flight *flight)
{
    struct world_task *task = flight->task;

    flight->task = NULL;
    if (flight->is_refused) {
        lx_limiter_refused(&world->limiter, world->now_ms,
                           retry_after_ms(world));
        refuse_task(world, task);
        return;
    }
    lx_limiter_accepted(&world->limiter, world->now_ms);
    task->failures = 0;
    if (task->exists)
        ask_task(world, task);
    else
        create_task(world, task);
}

static inline struct world_task *first_queued(struct world *world, bool exists)
{
    struct world_task *first = NULL;

    for (int i = 0; i < world->load.tasks; i++) {
        struct world_task *task = &world->tasks[i];
        if (task->stage == QUEUED && task->exists == exists &&
            (!first || task->turn < first->turn))
            first = task;
    }
    return first;
}

static inline struct world_task *choose_task(struct world *world)
{
    struct world_task *create = first_queued(world, false);

    if (create && world->sent % 4 != 3)
        return create;
    struct world_task *query = first_queued(world, true);
    return query ? query : create;
}

static inline void launch(struct world *world, struct flight *flight,
                          struct world_task *task)
{
    double round_ms =
        (double)world->round_ms * (0.7 + 0.6 * lx_random_unit(&world->random));

    task->stage = FLYING;
    world->sent++;
    *flight = (struct flight){.task = task,
                              .back_ms = world->now_ms + (int64_t)round_ms,
                              .is_refused = !serve(world, world->now_ms)};
    world->refused += flight->is_refused;
    if (world->now_ms < FIRST_MINUTE_MS)
        return;
    world->late++;
    world->late_refused += flight->is_refused;
}

static inline void send_what_may(struct world *world)
{
    world->limiter_wait_ms = -1;
    for (int i = 0; i < IN_FLIGHT; i++) {
        struct world_task *task;

        if (world->flights[i].task)
            continue;
        if (!(task = choose_task(world)))
            return;
        if (!lx_limiter_take(&world->limiter, world->now_ms,
                             &world->limiter_wait_ms))
            return;
        world->limiter_wait_ms = -1;
        launch(world, &world->flights[i], task);
    }
}

static inline void queue_due(struct world *world)
{
    for (int i = 0; i < world->load.tasks; i++) {
        struct world_task *task = &world->tasks[i];
        if (task->stage != WAITING || task->due_ms > world->now_ms)
            continue;
        task->stage = QUEUED;
        task->turn = world->turns++;
    }
}

static inline int64_t next_event_ms(const struct world *world)
{
    int64_t next_ms = WORLD_END_MS;

    for (int i = 0; i < world->load.tasks; i++)
        if (world->tasks[i].stage == WAITING &&
            world->tasks[i].due_ms < next_ms)
            next_ms = world->tasks[i].due_ms;
    for (int i = 0; i < IN_FLIGHT; i++)
        if (world->flights[i].task && world->flights[i].back_ms < next_ms)
            next_ms = world->flights[i].back_ms;
    if (world->limiter_wait_ms >= 0 &&
        world->now_ms + world->limiter_wait_ms < next_ms)
        next_ms = world->now_ms + world->limiter_wait_ms;
    return next_ms > world->now_ms ? next_ms : world->now_ms + 1;
}

/* Until every task is found. The round trip and the phase of the service's
 * windows are drawn from `seed`. */
static inline void world_run(struct world *world, const struct service *service,
                             const struct workload *load, uint64_t seed)
{
    *world =
        (struct world){.service = *service, .load = *load, .random = {seed}};
    world->schedule = lx_schedule_new(NULL);
    if (!world->schedule)
        abort();
    for (int i = 0; i < 10; i++)
        lx_random_unit(&world->random);
    world->round_ms = 20 + (int64_t)(lx_random_unit(&world->random) * 780);
    world->phase_ms =
        (int64_t)(lx_random_unit(&world->random) * service->window_ms);
    world->tokens = service->quota;
    lx_limiter_init(&world->limiter, load->limit, 2 * world_retry.base_ms, 0);
    for (int i = 0; i < load->tasks; i++)
        world->tasks[i].due_ms = (int64_t)i * load->apart_ms;
    while (world->found < load->tasks && world->now_ms < WORLD_END_MS) {
        for (int i = 0; i < IN_FLIGHT; i++)
            if (world->flights[i].task &&
                world->flights[i].back_ms <= world->now_ms)
                land(world, &world->flights[i]);
        queue_due(world);
        send_what_may(world);
        world->now_ms = next_event_ms(world);
    }
    lx_schedule_free(world->schedule);
}

static inline double late_share(const struct world *world)
{
    return world->late > 0 ? 100.0 * world->late_refused / world->late : 0.0;
}
