/* saving.c: see saving.h. */
#include "engine/saving.h"

#include <stdlib.h>

struct lx_saving *lx_saving_new(struct lx_io *io, int64_t entry, int number,
                                int count)
{
    struct lx_saving *saving = calloc(1, sizeof *saving);

    if (saving)
        *saving = (struct lx_saving){
            .io = io, .entry = entry, .number = number, .count = count};
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
