/* One query asks for all after the key was refused: who may go out when, what
 * ends the pause, and when the key is bad. */
#include "../check.h"
#include "pace/probe.h"

#define UNIT_MS 500

static void check_waits(const struct lx_probe *probe, int64_t now_ms,
                        int64_t want_ms)
{
    int64_t wait_ms = 0;

    CHECK(!lx_probe_allows(probe, now_ms, &wait_ms));
    CHECK_EQ(wait_ms, want_ms);
}

static void check_allows(const struct lx_probe *probe, int64_t now_ms)
{
    int64_t wait_ms = -7;

    CHECK(lx_probe_allows(probe, now_ms, &wait_ms));
    CHECK_EQ(wait_ms, -7);
}

/* Asked again after 2, 5 and 10 s, by one at a time, then bad. */
static void test_bad_key(void)
{
    static const int64_t pauses[] = {2000, 5000, 10000};
    struct lx_probe probe;
    int64_t now_ms = 1000;

    check_row = "bad key";
    lx_probe_init(&probe, UNIT_MS);
    check_allows(&probe, now_ms);
    for (uint64_t id = 1; id <= 8; id++)
        lx_probe_sent(&probe, id);
    CHECK(!lx_probe_refused(&probe, 1, now_ms));
    for (uint64_t id = 2; id <= 8; id++) /* sent before: they do not count */
        CHECK(!lx_probe_refused(&probe, id, now_ms + 3));
    for (uint64_t i = 0; i < 3; i++) {
        check_waits(&probe, now_ms, pauses[i]);
        now_ms += pauses[i];
        check_waits(&probe, now_ms - 1, 1);
        check_allows(&probe, now_ms);
        lx_probe_sent(&probe, 10 + i);
        check_waits(&probe, now_ms + 100, -1);
        CHECK_EQ(lx_probe_refused(&probe, 10 + i, now_ms), i == 2);
    }
    check_allows(&probe, now_ms); /* who waits again asks again */
    CHECK(!lx_probe_refused(&probe, 20, now_ms));
    check_waits(&probe, now_ms, 2000);
}

static void test_good_key(void)
{
    struct lx_probe probe;

    check_row = "good key";
    lx_probe_init(&probe, UNIT_MS);
    CHECK(!lx_probe_refused(&probe, 1, 0));
    lx_probe_sent(&probe, 2);
    lx_probe_accepted(&probe);
    check_allows(&probe, 0);
    lx_probe_sent(&probe, 3);
    CHECK(!lx_probe_refused(&probe, 3, 0)); /* counted from the start */
    check_waits(&probe, 0, 2000);
}

/* A query that brings no answer, or another one, is made up for after the same
 * pause; that of somebody else changes nothing. */
static void test_lost(void)
{
    struct lx_probe probe;

    check_row = "lost";
    lx_probe_init(&probe, UNIT_MS);
    lx_probe_lost(&probe, 1, 0);
    check_allows(&probe, 0);
    CHECK(!lx_probe_refused(&probe, 1, 0));
    check_allows(&probe, 2000);
    lx_probe_sent(&probe, 2);
    lx_probe_lost(&probe, 1, 2000);
    check_waits(&probe, 2000, -1);
    lx_probe_lost(&probe, 2, 2100);
    check_waits(&probe, 2100, 2000);
    CHECK(!lx_probe_refused(&probe, 2, 2200)); /* on its way no more */
    check_waits(&probe, 2200, 1900);
}

int main(void)
{
    test_bad_key();
    test_good_key();
    test_lost();
    return check_report("probe");
}
