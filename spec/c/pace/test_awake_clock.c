/* The clock that stands still while the machine sleeps: alone, and with two
 * hundred watched tasks on a heap of timers. */
#include "pace/awake_clock.h"

#include "base/random.h"
#include "../engine/task_rig.h"
#include "base/timer_heap.h"

static void test_alone(void)
{
    static const struct {
        const char *name;
        int64_t until_ms, real_ms, want_behind_ms;
    } rows[] = {
        {"on time", 1000, 1000, 0},
        {"early", 1000, 400, 0},
        {"busy", 1000, 1000 + LX_AWAKE_CLOCK_SLEEP_MS, 0},
        {"asleep", 1000, 1001 + LX_AWAKE_CLOCK_SLEEP_MS,
         1 + LX_AWAKE_CLOCK_SLEEP_MS},
        {"a night", 1000, 36001000, 36000000},
    };
    struct lx_awake_clock clock = {0};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_awake_clock one = {0};

        check_row = rows[i].name;
        CHECK_EQ(lx_awake_clock_now(&one, rows[i].real_ms), rows[i].real_ms);
        lx_awake_clock_waited(&one, rows[i].until_ms, rows[i].real_ms);
        CHECK_EQ(one.behind_ms, rows[i].want_behind_ms);
        /* The wait ended when it should have, by this clock. */
        if (rows[i].want_behind_ms > 0)
            CHECK_EQ(lx_awake_clock_now(&one, rows[i].real_ms),
                     rows[i].until_ms);
    }
    check_row = "two nights";
    lx_awake_clock_waited(&clock, 1000, 36001000);
    lx_awake_clock_waited(&clock, 36001000 + 50, 72001050);
    CHECK_EQ(clock.behind_ms, 72000000);
    CHECK_EQ(lx_awake_clock_now(&clock, 72001050), 1050);
}

/* ---- a loop of the I/O thread, in simulated time ---- */

#define TASKS    200
#define SLICES   100 /* of 100 ms, counted before and after the sleep */
#define NIGHT_MS INT64_C(28800000)

struct sleeper {
    struct lx_timer timer; /* first: the heap's entries are these */
    struct lx_task task;
    int polls;
};

struct world {
    struct lx_awake_clock clock;
    struct lx_task_policy policy;
    struct lx_timer_heap heap;
    struct lx_random random;
    struct sleeper sleepers[TASKS];
    int64_t real_ms;
    int ends;
    int polls[SLICES]; /* in each slice since count_from_ms, by the real time */
    int64_t count_from_ms;
};

static enum lx_action tell(struct world *world, struct sleeper *sleeper,
                           enum lx_input_type type,
                           const struct lx_outcome *outcome)
{
    struct lx_input input = {.type = type,
                             .outcome = outcome,
                             .exact_s = -1,
                             .random = lx_random_unit(&world->random)};
    struct lx_error error;
    enum lx_action action =
        lx_task_step(&sleeper->task, &world->policy, &input,
                     lx_awake_clock_now(&world->clock, world->real_ms), &error);

    if (action == LX_ACTION_WAIT)
        lx_timer_set(&world->heap, &sleeper->timer, sleeper->task.due_ms);
    world->ends += action == LX_ACTION_END;
    return action;
}

/* Asked and answered in the same ms: still waiting. */
static void fire(struct world *world, struct sleeper *sleeper)
{
    struct lx_outcome waiting = record_of(WAITING);
    int64_t slice = (world->real_ms - world->count_from_ms) / 100;

    lx_timer_unset(&world->heap, &sleeper->timer);
    if (tell(world, sleeper, LX_INPUT_TIME, NULL) != LX_ACTION_SEND)
        return;
    sleeper->polls++;
    if (slice >= 0 && slice < SLICES)
        world->polls[slice]++;
    tell(world, sleeper, LX_INPUT_OUTCOME, &waiting);
}

/* Turns of the loop until the clock shows until_ms. */
static void run(struct world *world, int64_t until_ms)
{
    struct lx_timer *first;

    while ((first = lx_timer_heap_first(&world->heap)) &&
           first->due_ms <= until_ms) {
        int64_t now_ms = lx_awake_clock_now(&world->clock, world->real_ms);

        if (first->due_ms > now_ms) { /* wait: that is exact here */
            int64_t end_ms = world->real_ms + first->due_ms - now_ms;

            world->real_ms = end_ms;
            lx_awake_clock_waited(&world->clock, end_ms, end_ms);
        }
        fire(world, (struct sleeper *)first);
    }
}

/* The machine sleeps within the wait for the next timer. */
static void sleep_for(struct world *world, int64_t sleep_ms)
{
    struct lx_timer *first = lx_timer_heap_first(&world->heap);
    int64_t now_ms = lx_awake_clock_now(&world->clock, world->real_ms);
    int64_t until_ms = world->real_ms + first->due_ms - now_ms;

    world->real_ms = until_ms + sleep_ms;
    lx_awake_clock_waited(&world->clock, until_ms, world->real_ms);
}

static void count_anew(struct world *world)
{
    memset(world->polls, 0, sizeof world->polls);
    world->count_from_ms = world->real_ms;
    for (int i = 0; i < TASKS; i++)
        world->sleepers[i].polls = 0;
}

static int most_in_a_slice(const struct world *world)
{
    int most = 0;

    for (int i = 0; i < SLICES; i++)
        most = world->polls[i] > most ? world->polls[i] : most;
    return most;
}

static void open_world(struct world *world, const struct lx_cadence *cadence)
{
    struct lx_outcome created = record_of(WAITING);

    *world = (struct world){.random = {7}, .real_ms = START_MS};
    world->policy.retry = (struct lx_backoff_policy){4, 500, 30000};
    world->policy.schedule = lx_schedule_new(cadence);
    lx_timer_heap_init(&world->heap);
    CHECK(lx_timer_heap_reserve(&world->heap, TASKS));
    for (int i = 0; i < TASKS; i++) {
        struct sleeper *sleeper = &world->sleepers[i];

        world->real_ms = START_MS + i * 50;
        lx_task_init_create(&sleeper->task, 0, false, WATCH_MS, world->real_ms);
        CHECK_EQ(tell(world, sleeper, LX_INPUT_OUTCOME, &created),
                 LX_ACTION_WAIT);
    }
}

static void test_night(const char *name, const struct lx_cadence *cadence,
                       int64_t interval_ms)
{
    static struct world world;
    int before, least = 1000, most = 0;

    check_row = name;
    open_world(&world, cadence);
    run(&world, START_MS + 60000);
    count_anew(&world);
    run(&world, START_MS + 70000);
    before = most_in_a_slice(&world);
    CHECK(before > 0);

    sleep_for(&world, NIGHT_MS); /* 32 times the deadline */
    count_anew(&world);
    run(&world, lx_awake_clock_now(&world.clock, world.real_ms) + interval_ms);
    CHECK_EQ(world.ends, 0);
    CHECK_EQ(world.clock.behind_ms, NIGHT_MS);
    for (int i = 0; i < TASKS; i++) {
        least =
            world.sleepers[i].polls < least ? world.sleepers[i].polls : least;
        most = world.sleepers[i].polls > most ? world.sleepers[i].polls : most;
    }
    if (cadence) { /* one each, as if the night had not been */
        CHECK_EQ(least, 1);
        CHECK(most <= 2);
    }
    CHECK(most_in_a_slice(&world) <= before + before / 2 + 1);

    /* The deadline comes after 15 min that the machine was awake. */
    run(&world, START_MS + WATCH_MS - 1);
    CHECK_EQ(world.ends, 0);
    run(&world, START_MS + WATCH_MS + TASKS * 50);
    CHECK_EQ(world.ends, TASKS);
    lx_timer_heap_deinit(&world.heap);
    lx_schedule_free(world.policy.schedule);
}

int main(void)
{
    static const struct lx_cadence fixed = {
        .first = 10.0, .max = 10.0, .jitter = 0.15};

    test_alone();
    test_night("fixed cadence", &fixed, 11600);
    test_night("learned cadence", NULL, 10000);
    return check_report("clock");
}
