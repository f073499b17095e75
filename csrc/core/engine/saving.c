/* saving.c: see saving.h. */
#include "engine/saving.h"

#include <stdlib.h>

struct lx_saving *lx_saving_new(struct lx_io *io,
                                const struct lx_download_order *order)
{
    struct lx_saving *saving = calloc(1, sizeof *saving);

    if (saving)
        *saving = (struct lx_saving){.io = io,
                                     .entry = order->entry,
                                     .number = order->number,
                                     .count = order->count,
                                     .is_by_hand = order->is_by_hand};
    return saving;
}

void lx_saving_free(struct lx_saving *saving)
{
    if (!saving)
        return;
    if (saving->check)
        lx_disk_drop(saving->check->job.disk, &saving->check->job);
    free(saving);
}
