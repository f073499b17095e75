/* The limiter against the platform's stock limit, in simulated time: 180
 * requests in any 180 s, a hundred tasks of 200 to 800 s, each asked about
 * every 5 s, eight requests in flight. */
#include "limiter.h"

#include "platform.h"

#include "check.h"

#define BASE_MS 1000

#define TASKS     100
#define IN_FLIGHT 8
#define ROUND_MS  120
#define WINDOW    180
#define WINDOW_MS 180000

struct flight {
    int task; /* -1: free */
    int64_t back_ms;
    bool is_refused;
};

struct world {
    struct lx_limiter limiter;
    struct lx_random random;
    int64_t accepted_ms[20000]; /* of the service, in order */
    int accepted;
    int64_t ends_ms[TASKS], due_ms[TASKS];
    bool is_flying[TASKS], is_found[TASKS];
    struct flight flights[IN_FLIGHT];
    int found, late, late_refused; /* late: sent after the first minute */
};

static bool serve(struct world *world, int64_t now_ms)
{
    int count = world->accepted;

    if (count >= WINDOW &&
        world->accepted_ms[count - WINDOW] > now_ms - WINDOW_MS)
        return false;
    world->accepted_ms[world->accepted++] = now_ms;
    return true;
}

static void land(struct world *world, struct flight *flight, int64_t now_ms)
{
    int task = flight->task;

    flight->task = -1;
    world->is_flying[task] = false;
    world->due_ms[task] = now_ms + 5000;
    if (flight->is_refused) {
        lx_limiter_refused(&world->limiter, now_ms, -1);
        return;
    }
    lx_limiter_accepted(&world->limiter, now_ms);
    if (now_ms >= world->ends_ms[task]) {
        world->is_found[task] = true;
        world->found++;
    }
}

/* The task that has been due for the longest; -1 when none is. */
static int next_due(const struct world *world, int64_t now_ms)
{
    int first = -1;

    for (int i = 0; i < TASKS; i++)
        if (!world->is_found[i] && !world->is_flying[i] &&
            world->due_ms[i] <= now_ms &&
            (first < 0 || world->due_ms[i] < world->due_ms[first]))
            first = i;
    return first;
}

static void launch(struct world *world, struct flight *flight, int64_t now_ms)
{
    int64_t wait_ms;
    int task = next_due(world, now_ms);

    if (task < 0 || !lx_limiter_take(&world->limiter, now_ms, &wait_ms))
        return;
    *flight = (struct flight){.task = task,
                              .back_ms = now_ms + ROUND_MS,
                              .is_refused = !serve(world, now_ms)};
    world->is_flying[task] = true;
    if (now_ms < 60000)
        return;
    world->late++;
    world->late_refused += flight->is_refused;
}

static void test_platform(uint64_t seed)
{
    static struct world world;
    int64_t now_ms = 0;

    check_row = "platform";
    world = (struct world){.random = {seed}};
    lx_limiter_init(&world.limiter, 0.0, BASE_MS, 0);
    for (int i = 0; i < TASKS; i++)
        world.ends_ms[i] =
            200000 + (int64_t)(lx_random_unit(&world.random) * 600000);
    for (int i = 0; i < IN_FLIGHT; i++)
        world.flights[i].task = -1;
    for (; world.found < TASKS && now_ms < 3600000; now_ms += 10)
        for (int i = 0; i < IN_FLIGHT; i++) {
            if (world.flights[i].task >= 0 &&
                world.flights[i].back_ms <= now_ms)
                land(&world, &world.flights[i], now_ms);
            if (world.flights[i].task < 0)
                launch(&world, &world.flights[i], now_ms);
        }
    CHECK_EQ(world.found, TASKS);
    CHECK(world.late_refused * 50 < world.late);
    /* And what the service allows is used: no crawl either. */
    CHECK(world.accepted > 0.6 * (double)now_ms / 1000.0);
    CHECK(now_ms < 1200000);
}

int main(void)
{
    for (uint64_t seed = 1; seed <= 5; seed++)
        test_platform(seed);
    return check_report("limiter_platform");
}
