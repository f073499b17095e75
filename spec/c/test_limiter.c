/* How many requests may go out: the bucket, what a 429 does to it, and how it
 * recovers. */
#include "limiter.h"

#include <math.h>

#include "check.h"

#define BASE_MS 1000

static bool is_near(double got, double want, double share)
{
    return fabs(got - want) <= share * want;
}

/* Ask every ms from *now_ms on; how many went out. */
static int take_for(struct lx_limiter *limiter, int64_t *now_ms, int64_t for_ms)
{
    int64_t wait_ms;
    int count = 0;

    for (int64_t end_ms = *now_ms + for_ms; *now_ms < end_ms; ++*now_ms)
        count += lx_limiter_take(limiter, *now_ms, &wait_ms);
    return count;
}

/* `rate` answers a second for a while, evenly. */
static void accept_for(struct lx_limiter *limiter, int64_t *now_ms,
                       int64_t for_ms, int rate)
{
    for (int64_t end_ms = *now_ms + for_ms; *now_ms < end_ms;
         *now_ms += 1000 / rate)
        lx_limiter_accepted(limiter, *now_ms);
}

static void test_unlimited(void)
{
    struct lx_limiter limiter;
    int64_t now_ms = 0;

    check_row = "unlimited";
    lx_limiter_init(&limiter, 0.0, BASE_MS, 0);
    CHECK_EQ(take_for(&limiter, &now_ms, 5000), 5000);
    accept_for(&limiter, &now_ms, 5000, 1000);
    CHECK_EQ(take_for(&limiter, &now_ms, 1000), 1000);
}

/* Each limit, over a minute of asking every ms: what it allows and one second's
 * worth more, and never two in the same instant beyond the bucket. */
static void test_bucket(void)
{
    static const struct {
        double limit;
        int burst, least, most; /* in a minute */
    } rows[] = {
        {0.1, 1, 6, 7},     {0.5, 1, 30, 31},           {1.0, 1, 60, 61},
        {5.0, 5, 300, 305}, {200.0, 200, 11990, 12200},
    };

    check_row = "bucket";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_limiter limiter;
        int64_t now_ms = 1000000, wait_ms = 0;
        int count;

        lx_limiter_init(&limiter, rows[i].limit, BASE_MS, now_ms);
        CHECK(lx_limiter_take(&limiter, now_ms, &wait_ms));
        CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
        /* The wait is true: not before, but then. */
        CHECK(wait_ms >= 1);
        CHECK(!lx_limiter_take(&limiter, now_ms + wait_ms - 2, &wait_ms));
        now_ms += (int64_t)(1000.0 / rows[i].limit) + 2;
        count = take_for(&limiter, &now_ms, 60000);
        CHECK(count >= rows[i].least && count <= rows[i].most);
        /* After a long rest the bucket is full, and no fuller. */
        now_ms += 3600000;
        count = 0;
        while (lx_limiter_take(&limiter, now_ms, &wait_ms))
            count++;
        CHECK_EQ(count, rows[i].burst);
    }
}

static void test_wait(void)
{
    static const double limits[] = {0.1, 0.7, 3.0, 50.0};

    check_row = "wait";
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct lx_limiter limiter;
        int64_t now_ms = 0, wait_ms = 0;
        int failed = 0, taken = 0;

        lx_limiter_init(&limiter, limits[i], BASE_MS, now_ms);
        while (taken < 100) {
            if (lx_limiter_take(&limiter, now_ms, &wait_ms)) {
                taken++;
                continue;
            }
            now_ms += wait_ms;
            failed += !lx_limiter_take(&limiter, now_ms, &wait_ms);
            taken++;
        }
        CHECK_EQ(failed, 0); /* asking again once is enough */
    }
}

/* The rate becomes half of what was accepted per second: with the first 429 of
 * a fast client, after some
 * in a row of any. */
static void test_halving(void)
{
    static const struct {
        int rate, refusals;
    } rows[] = {{100, 1}, {20, 1}, {1, 5}, {10, 3}, {100, 3}, {10, 5}};

    check_row = "halving";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_limiter limiter;
        int64_t now_ms = 0, wait_ms = 0;
        int rate = rows[i].rate;

        lx_limiter_init(&limiter, 0.0, BASE_MS, 0);
        accept_for(&limiter, &now_ms, 300000, rate);
        for (int j = 0; j < rows[i].refusals; j++) {
            now_ms += wait_ms;
            lx_limiter_refused(&limiter, now_ms, -1);
            CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
            CHECK_EQ(wait_ms, BASE_MS << j);
        }
        CHECK(is_near(limiter.rate, rate / 2.0, 0.15));
        rate = (int)(2.0 * limiter.rate + 0.5);
        /* Held for the pause, and then not all at once. */
        CHECK_EQ(take_for(&limiter, &now_ms, wait_ms), 0);
        CHECK(lx_limiter_take(&limiter, now_ms, &wait_ms));
        CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
        CHECK(is_near(take_for(&limiter, &now_ms, 120000), rate * 60, 0.05));
    }
}

/* 429s of requests that were on their way when the pause began. */
static void test_stragglers(void)
{
    struct lx_limiter limiter;
    int64_t now_ms = 0, wait_ms;
    double rate;

    check_row = "stragglers";
    lx_limiter_init(&limiter, 0.0, BASE_MS, 0);
    accept_for(&limiter, &now_ms, 100000, 10);
    lx_limiter_refused(&limiter, now_ms, -1);
    rate = limiter.rate;
    for (int i = 1; i < 8; i++)
        lx_limiter_refused(&limiter, now_ms + 50 * i, -1);
    CHECK(limiter.rate == rate); /* halved once */
    CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
    CHECK_EQ(wait_ms, BASE_MS);
    /* What one of them asks for holds everybody. */
    lx_limiter_refused(&limiter, now_ms + 500, 20000);
    CHECK(!lx_limiter_take(&limiter, now_ms + 500, &wait_ms));
    CHECK_EQ(wait_ms, 20000);
    lx_limiter_refused(&limiter, now_ms + 600, 3000); /* but not for less */
    lx_limiter_refused(&limiter, now_ms + 600, 0);
    CHECK(!lx_limiter_take(&limiter, now_ms + 20499, &wait_ms));
    CHECK_EQ(wait_ms, 1);
    CHECK(lx_limiter_take(&limiter, now_ms + 20500, &wait_ms));
    CHECK(limiter.rate == rate);
}

static void test_retry_after(void)
{
    static const struct {
        const char *name;
        int64_t retry_after_ms, want_ms;
    } rows[] = {
        {"none", -1, BASE_MS},
        {"at once", 0, 0},
        {"7 s", 7000, 7000},
        {"an hour", 3600000, 3600000},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_limiter limiter;
        int64_t now_ms = 5000, wait_ms = 0;

        check_row = rows[i].name;
        lx_limiter_init(&limiter, 0.0, BASE_MS, now_ms);
        lx_limiter_refused(&limiter, now_ms, rows[i].retry_after_ms);
        if (rows[i].want_ms > 0) {
            CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
            CHECK_EQ(wait_ms, rows[i].want_ms);
        }
        CHECK(lx_limiter_take(&limiter, now_ms + rows[i].want_ms, &wait_ms));
    }
}

/* Refused again after each pause: twice as long, up to a maximum; one accepted
 * answer after a pause ends that. */
static void test_pauses(void)
{
    struct lx_limiter limiter;
    int64_t now_ms = 0, wait_ms = 0, want_ms = BASE_MS;

    check_row = "pauses";
    lx_limiter_init(&limiter, 0.0, BASE_MS, 0);
    for (int i = 0; i < 12; i++) {
        lx_limiter_refused(&limiter, now_ms, -1);
        CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
        CHECK_EQ(wait_ms, want_ms);
        lx_limiter_accepted(&limiter, now_ms + 1); /* a straggler: no news */
        now_ms += wait_ms;
        if (want_ms < (int64_t)BASE_MS * LX_LIMITER_PAUSE_MAX)
            want_ms *= 2;
    }
    CHECK_EQ(want_ms, BASE_MS * LX_LIMITER_PAUSE_MAX);
    lx_limiter_accepted(&limiter, now_ms);
    lx_limiter_refused(&limiter, now_ms + 1, -1);
    CHECK(!lx_limiter_take(&limiter, now_ms + 1, &wait_ms));
    CHECK_EQ(wait_ms, BASE_MS);
}

/* Each accepted answer adds the same; back to what was, then beyond, then there
 * is no limit but the user's. */
static void test_recovery(void)
{
    static const double limits[] = {0.0, 12.0};

    check_row = "recovery";
    for (size_t i = 0; i < 2; i++) {
        struct lx_limiter limiter;
        int64_t now_ms = 0;
        double before, added;
        int answers = 0;

        lx_limiter_init(&limiter, limits[i], BASE_MS, 0);
        accept_for(&limiter, &now_ms, 300000, 10);
        lx_limiter_refused(&limiter, now_ms, -1);
        before = limiter.rate;
        now_ms += BASE_MS;
        lx_limiter_accepted(&limiter, now_ms);
        added = limiter.rate - before;
        CHECK(added > 0.0);
        for (; limiter.rate < 2.0 * before && answers < 10000; answers++)
            lx_limiter_accepted(&limiter, now_ms += 100);
        CHECK(fabs(answers + 1 - before / added) <= 1.0);
        CHECK(limiter.rate <= 2.0 * before + 2.0 * added);
        for (int j = 0; j < 5000; j++) {
            lx_limiter_accepted(&limiter, now_ms += 100);
            CHECK(limits[i] == 0.0 || limiter.rate <= limits[i]);
        }
        CHECK(limiter.rate == limits[i]);
    }
}

/* A 429 before anything, or hardly anything, was accepted says little about
 * what the service bears: it must not slow a small client to a crawl. */
static void test_little_known(void)
{
    static const struct {
        const char *name;
        int accepted, refusals;
        double limit;
    } rows[] = {
        {"the first answer", 0, 1, 0.0},
        {"the first answers", 0, 3, 0.0},
        {"minutes of them", 0, 10, 0.0},
        {"after a few", 5, 2, 0.0},
        {"after a few, minutes of them", 5, 10, 0.0},
        {"with a limit", 0, 5, 0.5},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_limiter limiter;
        int64_t now_ms = 0, wait_ms = 0;
        int sent = 0;

        check_row = rows[i].name;
        lx_limiter_init(&limiter, rows[i].limit, BASE_MS, 0);
        for (int j = 0; j < rows[i].accepted; j++)
            lx_limiter_accepted(&limiter, now_ms += 60000);
        for (int j = 0; j < rows[i].refusals; j++) {
            lx_limiter_refused(&limiter, now_ms, -1);
            CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
            now_ms += wait_ms;
        }
        CHECK(rows[i].limit == 0.0 || limiter.rate <= rows[i].limit);
        /* One task asked about every five seconds notices nothing. */
        for (int j = 0; j < 12; j++, now_ms += 5000)
            if (lx_limiter_take(&limiter, now_ms, &wait_ms)) {
                lx_limiter_accepted(&limiter, now_ms);
                sent++;
            }
        CHECK_EQ(sent, 12);
        for (int j = 0; j < 2000; j++)
            lx_limiter_accepted(&limiter, now_ms += 500);
        CHECK(limiter.rate == rows[i].limit); /* forgotten */
    }
}

int main(void)
{
    test_unlimited();
    test_bucket();
    test_wait();
    test_halving();
    test_stragglers();
    test_retry_after();
    test_pauses();
    test_recovery();
    test_little_known();
    return check_report("limiter");
}
