/* The limiter against services that count in several ways, in simulated time.
 * First of all the platform's stock limit, 180 requests in any 180 s and then
 * an empty 429, with a hundred tasks. Prints what it finds for each row. */
#include "limiter_world.h"

#include "../check.h"

/* Tasks, ms between two creations, a task's min and max ms, the user's limit.
 */
#define HUNDRED       100, 0, 5000, 30000, 0.0
#define ONE_BY_ONE    100, 1000, 5000, 30000, 0.0
#define LONG_ONES     100, 0, 200000, 800000, 0.0
#define WITH_LIMIT    100, 0, 5000, 30000, 0.9
#define THREE_HUNDRED 300, 0, 5000, 30000, 0.0

#define SLIDE(n, ms)  .counting = SLIDING, .quota = (n), .window_ms = (ms)
#define FIX(n, ms)    .counting = FIXED, .quota = (n), .window_ms = (ms)
#define REFILL(n, ms) .counting = BUCKET, .quota = (n), .window_ms = (ms)
#define STOCK         SLIDE(180, 180000)

struct row {
    const char *name;
    struct service service;
    struct workload load;
    int runs;
    double worst, share; /* per cent refused after the first minute, at most:
                            of a run, and of all runs together */
    int seconds;         /* until all are found, at most */
};

static const struct row rows[] = {
    {"the stock limit", {STOCK}, {HUNDRED}, 30, 1.4, 1.2, 330},
    {"stock, refused ones count too",
     {STOCK, .counts_refused = true},
     {HUNDRED},
     5,
     1.4,
     1.2,
     330},
    {"stock, one by one", {STOCK}, {ONE_BY_ONE}, 10, 1.6, 1.4, 420},
    {"stock, long ones", {STOCK}, {LONG_ONES}, 5, 0.8, 0.6, 900},
    {"stock, three hundred", {STOCK}, {THREE_HUNDRED}, 5, 0.8, 0.6, 760},
    {"stock, limit given", {STOCK}, {WITH_LIMIT}, 5, 0.0, 0.0, 300},
    {"stock, 20 s told each time",
     {STOCK, .retry_after_ms = 20000},
     {HUNDRED},
     5,
     4.0,
     3.5,
     410},
    /* A window that ends in the first minute leaves hardly any for later. */
    {"180 a fixed 180 s", {FIX(180, 180000)}, {HUNDRED}, 30, 10.0, 1.4, 330},
    {"fixed, long ones", {FIX(180, 180000)}, {LONG_ONES}, 5, 3.0, 1.8, 900},
    {"fixed, three hundred",
     {FIX(180, 180000)},
     {THREE_HUNDRED},
     5,
     3.5,
     1.9,
     760},
    {"60 in any 60 s", {SLIDE(60, 60000)}, {THREE_HUNDRED}, 3, 0.8, 0.6, 820},
    {"60 a fixed 60 s", {FIX(60, 60000)}, {THREE_HUNDRED}, 3, 2.5, 1.9, 800},
    {"20 in any 10 s", {SLIDE(20, 10000)}, {THREE_HUNDRED}, 3, 0.8, 0.6, 450},
    {"10 in any second", {SLIDE(10, 1000)}, {THREE_HUNDRED}, 3, 2.5, 1.9, 130},
    {"ten a second", {REFILL(10, 1000)}, {THREE_HUNDRED}, 3, 4.0, 2.5, 100},
    {"one a second, 180 saved",
     {REFILL(180, 180000)},
     {THREE_HUNDRED},
     3,
     3.0,
     2.0,
     520},
    {"60 in any 60 s, then 600",
     {SLIDE(60, 60000), .later_quota = 600, .later_ms = 120000},
     {THREE_HUNDRED},
     3,
     0.8,
     0.6,
     580},
    {"one stray 429", {.stray = 50}, {HUNDRED}, 5, 0.0, 0.0, 50},
    {"3 % by chance", {.unlucky = 0.03}, {THREE_HUNDRED}, 5, 10.0, 6.0, 120},
};

static void test_row(const struct row *row)
{
    static struct world world;
    double worst = 0.0, seconds = 0.0;
    int late = 0, refused = 0, missed = 0;

    for (int seed = 1; seed <= row->runs; seed++) {
        world_run(&world, &row->service, &row->load, (uint64_t)seed);
        missed += row->load.tasks - world.found;
        late += world.late;
        refused += world.late_refused;
        if (late_share(&world) > worst)
            worst = late_share(&world);
        if ((double)world.found_ms / 1000.0 > seconds)
            seconds = (double)world.found_ms / 1000.0;
    }
    double share = late > 0 ? 100.0 * refused / late : 0.0;
    printf("%-30s %5.2f %% refused, at worst %5.2f %%; %4.0f s\n", row->name,
           share, worst, seconds);
    check_row = row->name;
    CHECK_EQ(missed, 0);
    CHECK(worst <= row->worst);
    CHECK(share <= row->share);
    CHECK(seconds <= row->seconds);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        test_row(&rows[i]);
    return check_report("limiter_platform");
}
