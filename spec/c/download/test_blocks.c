/* test_blocks.c: which memory comes again, and how much of it is kept. */
#include "download/blocks.h"

#include "../check.h"

#include <string.h>

#define BLOCKS (LX_BLOCKS_SPARE + 3)

static void test_reuse(void)
{
    struct lx_blocks blocks;
    void *taken[BLOCKS];

    check_row = "reuse";
    lx_blocks_init(&blocks);
    lx_blocks_give(&blocks, NULL);
    CHECK_EQ(blocks.count, 0);
    for (int i = 0; i < BLOCKS; i++) {
        taken[i] = lx_blocks_take(&blocks);
        CHECK(taken[i] != NULL);
        memset(taken[i], i, LX_BLOCK_BYTES);
        for (int k = 0; k < i; k++)
            CHECK(taken[k] != taken[i]);
    }
    for (int i = 0; i < BLOCKS; i++) /* the last ones are too many */
        lx_blocks_give(&blocks, taken[i]);
    CHECK_EQ(blocks.count, LX_BLOCKS_SPARE);
    for (int i = LX_BLOCKS_SPARE - 1; i >= 0; i--)
        CHECK(lx_blocks_take(&blocks) == taken[i]);
    CHECK_EQ(blocks.count, 0);
    for (int i = 0; i < LX_BLOCKS_SPARE; i++)
        lx_blocks_give(&blocks, taken[i]);
    lx_blocks_deinit(&blocks);
}

struct user {
    struct lx_blocks *blocks;
    unsigned char mark;
    int mistakes;
};

/* What one writes into a block nobody else changes before it is given back. */
static void use(void *argument)
{
    struct user *user = argument;

    for (int i = 0; i < 2000; i++) {
        unsigned char *block = lx_blocks_take(user->blocks);
        block[0] = user->mark;
        block[LX_BLOCK_BYTES - 1] = user->mark;
        user->mistakes += block[0] != user->mark;
        user->mistakes += block[LX_BLOCK_BYTES - 1] != user->mark;
        lx_blocks_give(user->blocks, block);
    }
}

static void test_threads(void)
{
    struct lx_blocks blocks;
    struct user here = {&blocks, 1, 0}, there = {&blocks, 2, 0};
    struct lx_thread thread;

    check_row = "two threads";
    lx_blocks_init(&blocks);
    CHECK(lx_thread_start(&thread, use, &there));
    use(&here);
    lx_thread_join(&thread);
    CHECK_EQ(here.mistakes + there.mistakes, 0);
    CHECK(blocks.count == 1 || blocks.count == 2);
    lx_blocks_deinit(&blocks);
}

int main(void)
{
    test_reuse();
    test_threads();
    return check_report("blocks");
}
