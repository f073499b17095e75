/* How long requests wait for others, in simulated time. */
#include "journal/gather.h"

#include "../check.h"

#include <stdbool.h>

static bool waits(const struct lx_gather *gather, int64_t now_ms)
{
    return lx_gather_until(gather, now_ms) > now_ms;
}

static void add(struct lx_gather *gather, int count, int64_t now_ms)
{
    for (int i = 0; i < count; i++)
        lx_gather_add(gather, now_ms, LX_GATHER_MS);
}

/* As many are added, and go together. */
static void take(struct lx_gather *gather, int count, int64_t now_ms)
{
    add(gather, count, now_ms);
    lx_gather_take(gather, count, now_ms);
}

static void test_alone(void)
{
    struct lx_gather gather = {0};

    check_row = "who has one request at a time never waits";
    for (int64_t now_ms = 1000; now_ms < 1100; now_ms++) {
        add(&gather, 1, now_ms);
        CHECK(!waits(&gather, now_ms));
        lx_gather_take(&gather, 1, now_ms);
    }

    check_row = "after several at a time it waits once, soon after them only";
    take(&gather, 64, 2000);
    take(&gather, 64, 2010);
    add(&gather, 1, 2050);
    CHECK_EQ(lx_gather_until(&gather, 2050), 2050 + LX_GATHER_MS);
    lx_gather_take(&gather, 1, 2070);
    add(&gather, 1, 2071);
    CHECK(!waits(&gather, 2071));
    lx_gather_take(&gather, 1, 2071);
    take(&gather, 64, 3000);
    take(&gather, 64, 3010);
    add(&gather, 1, 3200);
    CHECK(!waits(&gather, 3200));
}

static void test_several(void)
{
    struct lx_gather gather = {0};

    check_row = "as many gather as went together the last two times";
    take(&gather, 64, 1000);
    add(&gather, 1, 1001);
    CHECK(!waits(&gather, 1001));
    lx_gather_take(&gather, 1, 1001);
    take(&gather, 64, 1002);
    take(&gather, 70, 1003);
    add(&gather, 63, 1010);
    CHECK_EQ(lx_gather_until(&gather, 1010), 1010 + LX_GATHER_MS);
    add(&gather, 1, 1015);
    CHECK(!waits(&gather, 1015));
    lx_gather_take(&gather, 64, 1015);

    check_row = "the wait counts from the first, whatever comes later";
    add(&gather, 5, 1020);
    add(&gather, 5, 1039);
    CHECK_EQ(lx_gather_until(&gather, 1039), 1020 + LX_GATHER_MS);
    CHECK(!waits(&gather, 1020 + LX_GATHER_MS));

    check_row = "the id of a paid task waits less, and so do those before it";
    lx_gather_take(&gather, 10, 1040);
    take(&gather, 64, 1040);
    take(&gather, 64, 1040);
    add(&gather, 1, 1041);
    lx_gather_add(&gather, 1043, LX_GATHER_FACT_MS);
    add(&gather, 1, 1044);
    CHECK_EQ(lx_gather_until(&gather, 1044), 1043 + LX_GATHER_FACT_MS);
    lx_gather_take(&gather, 3, 1048);
    add(&gather, 1, 1049);
    CHECK_EQ(lx_gather_until(&gather, 1049), 1049 + LX_GATHER_MS);
    lx_gather_take(&gather, 1, 1069);

    check_row = "then as few are enough";
    take(&gather, 10, 1039);
    take(&gather, 10, 1039);
    add(&gather, 10, 1040);
    lx_gather_take(&gather, 10, 1040);
    add(&gather, 9, 1045);
    CHECK(waits(&gather, 1045));
    add(&gather, 1, 1045);
    CHECK(!waits(&gather, 1045));
}

static void test_late(void)
{
    struct lx_gather gather = {0};

    check_row = "what nobody waits for neither waits nor counts";
    take(&gather, 8, 1000);
    take(&gather, 8, 1010);
    CHECK(!waits(&gather, 1050));
    lx_gather_take(&gather, 0, 1050);
    add(&gather, 7, 1060);
    CHECK(waits(&gather, 1060));
    add(&gather, 1, 1060);
    CHECK(!waits(&gather, 1060));
}

int main(void)
{
    test_alone();
    test_several();
    test_late();
    return check_report("gather");
}
