/* blocks.c: see blocks.h. */
#include "download/blocks.h"

#include <stdlib.h>

void lx_blocks_init(struct lx_blocks *blocks)
{
    lx_mutex_init(&blocks->lock);
    blocks->count = 0;
}

void lx_blocks_deinit(struct lx_blocks *blocks)
{
    while (blocks->count > 0)
        free(blocks->spare[--blocks->count]);
    lx_mutex_deinit(&blocks->lock);
}

void *lx_blocks_take(struct lx_blocks *blocks)
{
    void *block = NULL;

    lx_mutex_lock(&blocks->lock);
    if (blocks->count > 0)
        block = blocks->spare[--blocks->count];
    lx_mutex_unlock(&blocks->lock);
    return block != NULL ? block : malloc(LX_BLOCK_BYTES);
}

void lx_blocks_give(struct lx_blocks *blocks, void *block)
{
    if (block == NULL)
        return;
    lx_mutex_lock(&blocks->lock);
    bool is_kept = blocks->count < LX_BLOCKS_SPARE;
    if (is_kept)
        blocks->spare[blocks->count++] = block;
    lx_mutex_unlock(&blocks->lock);
    if (!is_kept)
        free(block);
}
