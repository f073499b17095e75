/* How many requests may go out: the bucket, what a 429 does to its rate, and
 * how that recovers. */
#include "pace/limiter.h"

#include <math.h>

#include "limiter_rig.h"

static bool is_near(double got, double want, double share)
{
    return fabs(got - want) <= share * want;
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

/* Clients that come and go, and what a 429 has left of a rate. */
static void test_share(void)
{
    struct lx_limiter limiter;
    int64_t now_ms = 0;

    check_row = "share";
    lx_limiter_init(&limiter, 20.0, BASE_MS, 0);
    lx_limiter_share(&limiter, now_ms, 4.0);
    CHECK(take_for(&limiter, &now_ms, 60000) <= 5 + 300);
    lx_limiter_share(&limiter, now_ms, 1.0);
    int whole = take_for(&limiter, &now_ms, 60000);
    CHECK(whole >= 1195 && whole <= 1220);
    check_row = "share: none of no limit";
    lx_limiter_init(&limiter, 0.0, BASE_MS, now_ms);
    lx_limiter_share(&limiter, now_ms, 4.0);
    CHECK_EQ(take_for(&limiter, &now_ms, 1000), 1000);
    check_row = "share: after a 429";
    lx_limiter_init(&limiter, 20.0, BASE_MS, now_ms);
    lx_limiter_refused(&limiter, now_ms, 10000);
    double rate = limiter.rate;
    lx_limiter_share(&limiter, now_ms + 1, 1.5);
    CHECK(is_near(limiter.rate, rate, 0.001));
    lx_limiter_share(&limiter, now_ms + 1, 100.0);
    CHECK(is_near(limiter.rate, 0.2, 0.001));
    CHECK_EQ(take_for(&limiter, &now_ms, 9999), 0);
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

/* Half of what was accepted per second, of the user's limit, or of the rate
 * that was refused before. */
static void test_halving(void)
{
    static const struct {
        const char *name;
        double limit;
        int rate; /* accepted before, for five minutes */
        double want;
    } rows[] = {
        {"fast", 0.0, 100, 50.0},        {"not so fast", 0.0, 20, 10.0},
        {"slow: a stray", 0.0, 1, 8.0},  {"with a limit", 50.0, 40, 20.0},
        {"at its limit", 10.0, 10, 5.0}, {"below its limit", 6.0, 1, 3.0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_limiter limiter;
        int64_t now_ms = 0, wait_ms;
        double rate;

        check_row = rows[i].name;
        lx_limiter_init(&limiter, rows[i].limit, BASE_MS, 0);
        accept_for(&limiter, &now_ms, 300000, rows[i].rate);
        refuse_and_wait(&limiter, &now_ms);
        CHECK(is_near(limiter.rate, rows[i].want, 0.01));
        CHECK(lx_limiter_take(&limiter, now_ms, &wait_ms));
        lx_limiter_accepted(&limiter, now_ms);
        CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
        rate = limiter.rate;
        refuse_and_wait(&limiter, &now_ms);
        CHECK(limiter.rate == rate / 2.0);
    }
}

/* Refused again after each pause: the service counts. Then the rate is a share
 * of what it has accepted lately, the pauses included, but it never rises; and
 * it recovers slowly. */
static void test_counted(void)
{
    static const struct {
        int rate, refusals; /* accepted before, for 100 s */
        double want;        /* in all, the pauses take 1, 3, 10, 30, ... s */
    } rows[] = {
        {10, 1, 8.0},
        {10, 2, 8.0},
        {10, 3, 0.8 * 1000 / 110},
        {10, 4, 0.8 * 1000 / 130},
        {10, 6, 0.8 * 1000 / 280},
        {100, 2, 50.0},
        {100, 5, 50.0}, /* no more than half */
        {100, 6, 0.8 * 10000 / 280},
        {1, 6, 0.8 * 100 / 280},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_limiter limiter;
        int64_t now_ms = 0;
        double before;

        check_row = "counted";
        lx_limiter_init(&limiter, 0.0, BASE_MS, 0);
        accept_for(&limiter, &now_ms, 100000, rows[i].rate);
        for (int j = 0; j < rows[i].refusals; j++)
            refuse_and_wait(&limiter, &now_ms);
        CHECK(is_near(limiter.rate, rows[i].want, 0.01));
        if (rows[i].refusals < 3)
            continue;
        before = limiter.rate;
        for (int j = 0; j < 160; j++)
            lx_limiter_accepted(&limiter, now_ms);
        CHECK(is_near(limiter.rate, 1.5 * before, 0.01));
    }
}

/* 429s that come at a rate of the service's own, not of ours: the same number
 * of answers between them each time. The rate must not fall for ever. */
static void test_chance(void)
{
    static const int answers[] = {10, 30, 200};

    check_row = "chance";
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct lx_limiter limiter;
        int64_t now_ms = 0;
        double least = 1e9;

        lx_limiter_init(&limiter, 0.0, BASE_MS, 0);
        for (int j = 0; j < 20; j++) {
            for (int k = 0; k < answers[i] * (j % 2 ? 3 : 1) / 2; k++)
                lx_limiter_accepted(&limiter, now_ms += 20);
            refuse_and_wait(&limiter, &now_ms);
            least = fmin(least, limiter.rate);
        }
        CHECK(least >= 2.0);
    }
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
        CHECK(fabs(answers + 1 - before / added) < 1.5);
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
            refuse(&limiter, now_ms, -1);
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
    test_share();
    test_wait();
    test_halving();
    test_counted();
    test_chance();
    test_recovery();
    test_little_known();
    return check_report("limiter");
}
