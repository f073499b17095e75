/* What a 429 holds back, and for how long. */
#include "pace/limiter.h"

#include "limiter_rig.h"

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
    CHECK(limiter.rate == rate);
    /* Nor is one that comes after the pause, when nothing was sent since. */
    lx_limiter_refused(&limiter, now_ms + 20600, -1);
    CHECK(limiter.rate == rate);
    CHECK_EQ(limiter.refusals, 1);
    CHECK(lx_limiter_take(&limiter, now_ms + 20600, &wait_ms));
}

/* Many accepted answers that were on their way are no sign that a limit is
 * gone: one request asks after the pause all the same. */
static void test_late_answers(void)
{
    struct lx_limiter limiter;
    int64_t now_ms = 0;

    check_row = "late answers";
    lx_limiter_init(&limiter, 0.0, BASE_MS, 0);
    accept_for(&limiter, &now_ms, 10000, 10);
    lx_limiter_refused(&limiter, now_ms, -1);
    for (int i = 0; i < 500; i++)
        lx_limiter_accepted(&limiter, now_ms + 1);
    now_ms += BASE_MS;
    CHECK_EQ(take_for(&limiter, &now_ms, 1000), 1);
    lx_limiter_refused(&limiter, now_ms, -1);
    now_ms += 2 * BASE_MS;
    CHECK_EQ(take_for(&limiter, &now_ms, 1000), 1);
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

/* A Retry-After that was not enough is not trusted to be the next time. */
static void test_retry_after_again(void)
{
    static const struct {
        const char *name;
        int64_t retry_after_ms, want_ms[4];
    } rows[] = {
        {"at once", 0, {0, 2000, 7000, 20000}},
        {"3 s", 3000, {3000, 3000, 7000, 20000}},
        {"a minute", 60000, {60000, 60000, 60000, 60000}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_limiter limiter;
        int64_t now_ms = 5000;

        check_row = rows[i].name;
        lx_limiter_init(&limiter, 0.0, BASE_MS, now_ms);
        for (int j = 0; j < 4; j++) {
            int64_t wait_ms = 0;
            refuse(&limiter, now_ms, rows[i].retry_after_ms);
            if (rows[i].want_ms[j] > 0)
                CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
            CHECK_EQ(wait_ms, rows[i].want_ms[j]);
            now_ms += wait_ms;
        }
    }
}

/* Refused again after each pause: ever longer, to where the windows end that
 * services count over; one accepted answer after a pause ends that. */
static void test_pauses(void)
{
    static const int want_s[] = {1, 2, 7, 20, 30, 120, 120, 120};
    struct lx_limiter limiter;
    int64_t now_ms = 0, wait_ms = 0;

    check_row = "pauses";
    lx_limiter_init(&limiter, 0.0, BASE_MS, 0);
    for (size_t i = 0; i < sizeof want_s / sizeof *want_s; i++) {
        refuse(&limiter, now_ms, -1);
        CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
        CHECK_EQ(wait_ms, want_s[i] * BASE_MS);
        lx_limiter_accepted(&limiter, now_ms + 1); /* a straggler: no news */
        now_ms += wait_ms;
    }
    CHECK_EQ(wait_ms, BASE_MS * LX_LIMITER_PAUSE_MAX);
    lx_limiter_accepted(&limiter, now_ms);
    lx_limiter_refused(&limiter, now_ms + 1, -1);
    CHECK(!lx_limiter_take(&limiter, now_ms + 1, &wait_ms));
    CHECK_EQ(wait_ms, BASE_MS);
}

/* One request asks whether the pause was long enough; the others wait for its
 * answer, but not for ever. */
static void test_asking(void)
{
    struct lx_limiter limiter;
    int64_t now_ms = 0, wait_ms;

    check_row = "asking";
    lx_limiter_init(&limiter, 0.0, BASE_MS, 0);
    accept_for(&limiter, &now_ms, 60000, 100);
    refuse_and_wait(&limiter, &now_ms);
    CHECK_EQ(take_for(&limiter, &now_ms, 5L * BASE_MS), 1);
    CHECK_EQ(take_for(&limiter, &now_ms, 2000), 1); /* no answer to that */
    CHECK(!lx_limiter_take(&limiter, now_ms, &wait_ms));
    CHECK_EQ(wait_ms, 5 * BASE_MS - 2000);
    lx_limiter_accepted(&limiter, now_ms);
    CHECK(take_for(&limiter, &now_ms, 2000) > 50);
    refuse_and_wait(&limiter, &now_ms);
    CHECK_EQ(take_for(&limiter, &now_ms, 100), 1);
    lx_limiter_refused(&limiter, now_ms, -1);
    CHECK_EQ(take_for(&limiter, &now_ms, 2L * BASE_MS), 0);
    CHECK(lx_limiter_take(&limiter, now_ms, &wait_ms));
}

/* A user may choose no pause at all; the rate is kept all the same. */
static void test_no_pause(void)
{
    struct lx_limiter limiter;
    int64_t now_ms = 0;

    check_row = "no pause";
    lx_limiter_init(&limiter, 0.0, 0, 0);
    for (int i = 0; i < 10; i++)
        refuse(&limiter, now_ms, -1);
    CHECK_EQ(take_for(&limiter, &now_ms, 10000), 10);
}

int main(void)
{
    test_stragglers();
    test_late_answers();
    test_retry_after();
    test_retry_after_again();
    test_pauses();
    test_asking();
    test_no_pause();
    return check_report("limiter_pause");
}
