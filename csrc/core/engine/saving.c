/* saving.c: see saving.h. */
#include "engine/saving.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a; a folder's name may end with slashes. */
static uint64_t number_of(const char *target)
{
    uint64_t number = UINT64_C(14695981039346656037);
    size_t length = target ? strlen(target) : 0;

    while (length > 0 && target[length - 1] == '/')
        length--;
    for (size_t i = 0; i < length; i++)
        number = (number ^ (unsigned char)target[i]) * UINT64_C(1099511628211);
    return number ? number : 1;
}

struct lx_saving *lx_saving_new(struct lx_io *io,
                                const struct lx_download_order *order)
{
    struct lx_saving *saving = calloc(1, sizeof *saving);

    if (saving)
        *saving = (struct lx_saving){.io = io,
                                     .entry = order->entry,
                                     .place = number_of(order->target),
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
