/* blocks.h: memory of one size that is used over and over, for fresh memory
 * costs a fault for each of its pages. Any thread. Knows nothing of what is in
 * it. */
#pragma once

#include "os/thread.h"

#define LX_BLOCK_BYTES  (128 * 1024)
#define LX_BLOCKS_SPARE 8 /* kept when nobody uses them */

struct lx_blocks {
    struct lx_mutex lock;
    void *spare[LX_BLOCKS_SPARE]; /* guarded by lock */
    int count;                    /* guarded by lock */
};

void lx_blocks_init(struct lx_blocks *blocks);

/* Frees the spare ones; nobody takes or gives any more. */
void lx_blocks_deinit(struct lx_blocks *blocks);

/* LX_BLOCK_BYTES, with anything in them; the last given first, for it may still
 * be in a cache of the processor. NULL when memory is out. */
void *lx_blocks_take(struct lx_blocks *blocks);

/* One that was taken here. NULL is fine. */
void lx_blocks_give(struct lx_blocks *blocks, void *block);
