/* Waits between attempts: their bounds, growth and what the server asks for. */
#include "pace/backoff.h"

#include "../check.h"

#define ALMOST_1 0.999999

static const struct lx_backoff_policy policy = {
    .attempts = 4, .base_ms = 500, .max_ms = 30000};

typedef int64_t wait_function(const struct lx_backoff_policy *, int, double,
                              int64_t);

/* The least and the most that jitter makes of each wait. */
static void test_bounds(void)
{
    static const struct {
        const char *name;
        wait_function *wait_ms;
        int failures;
        int64_t least_ms, most_ms;
    } rows[] = {
        {"fault 1", lx_backoff_fault_ms, 1, 0, 499},
        {"fault 2", lx_backoff_fault_ms, 2, 0, 999},
        {"fault 6", lx_backoff_fault_ms, 6, 0, 15999},
        {"fault 7", lx_backoff_fault_ms, 7, 0, 29999},
        {"fault 1000000", lx_backoff_fault_ms, 1000000, 0, 29999},
        {"create 1", lx_backoff_refused_create_ms, 1, 1000, 1499},
        {"create 2", lx_backoff_refused_create_ms, 2, 2000, 2999},
        {"create 5", lx_backoff_refused_create_ms, 5, 16000, 23999},
        {"create 6", lx_backoff_refused_create_ms, 6, 30000, 30000},
        {"create 1000000", lx_backoff_refused_create_ms, 1000000, 30000, 30000},
        {"query 1", lx_backoff_refused_query_ms, 1, 5000, 7499},
        {"query 2", lx_backoff_refused_query_ms, 2, 10000, 14999},
        {"query 6", lx_backoff_refused_query_ms, 6, 160000, 239999},
        {"query 7", lx_backoff_refused_query_ms, 7, 300000, 300000},
        {"query 1000000", lx_backoff_refused_query_ms, 1000000, 300000, 300000},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wait_function *wait_ms = rows[i].wait_ms;

        check_row = rows[i].name;
        CHECK_EQ(wait_ms(&policy, rows[i].failures, 0.0, -1), rows[i].least_ms);
        CHECK_EQ(wait_ms(&policy, rows[i].failures, ALMOST_1, -1),
                 rows[i].most_ms);
        /* Retry-After is the least, and no limit. */
        CHECK_EQ(wait_ms(&policy, rows[i].failures, 0.5, 3600000), 3600000);
        CHECK(wait_ms(&policy, rows[i].failures, 0.5, 0) >= rows[i].least_ms);
        CHECK(wait_ms(&policy, rows[i].failures, 0.0, 700) >= 700);
    }
}

/* A refusal waits longer than the one before, whatever the jitter. */
static void test_growth(void)
{
    check_row = "growth";
    for (int failures = 1; failures < 5; failures++) {
        CHECK(lx_backoff_refused_create_ms(&policy, failures, ALMOST_1, -1) <
              lx_backoff_refused_create_ms(&policy, failures + 1, 0.0, -1));
        CHECK(lx_backoff_refused_query_ms(&policy, failures, ALMOST_1, -1) <
              lx_backoff_refused_query_ms(&policy, failures + 1, 0.0, -1));
    }
}

/* "No wait is longer, Retry-After aside" holds for any policy. */
static void test_maximum(void)
{
    static const struct lx_backoff_policy policies[] = {
        {1, 0, 0},
        {1, 1, 1},
        {3, 5000, 1000},
        {3, 1000, 1001},
        {3, 1, INT64_C(86400000)},
        {9, 700, 86400000},
    };

    check_row = "maximum";
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        for (int failures = 1; failures < 70; failures++)
            for (double random = 0.0; random < 1.0; random += 0.249) {
                const struct lx_backoff_policy *any = &policies[i];
                int64_t fault = lx_backoff_fault_ms(any, failures, random, -1);
                int64_t create =
                    lx_backoff_refused_create_ms(any, failures, random, -1);
                int64_t query =
                    lx_backoff_refused_query_ms(any, failures, random, -1);

                CHECK(fault >= 0 && fault <= any->max_ms);
                CHECK(create >= 0 && create <= any->max_ms);
                CHECK(query >= create && query <= 10 * any->max_ms);
            }
}

int main(void)
{
    test_bounds();
    test_growth();
    test_maximum();
    return check_report("backoff");
}
