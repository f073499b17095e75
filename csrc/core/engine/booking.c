/* booking.c: see booking.h. */
#include "engine/booking.h"

#include "engine/fact.h"
#include "os/clock.h"

#include <stdlib.h>

struct lx_booking *lx_booking_new(struct lx_wish *wish)
{
    struct lx_booking *booking = calloc(1, sizeof *booking);

    if (!booking) {
        lx_wish_free(wish);
        return NULL;
    }
    booking->wish = wish;
    booking->has_key = wish->key || wish->claimed;
    booking->state = LX_ENTRY_PLANNED;
    return booking;
}

struct lx_booking *lx_booking_of(int64_t entry, int64_t attempt,
                                 int64_t accepted_ms)
{
    struct lx_booking *booking = calloc(1, sizeof *booking);

    if (booking) {
        booking->entry = entry;
        booking->attempt = attempt;
        booking->state = LX_ENTRY_ACCEPTED;
        booking->accepted_ms = accepted_ms;
    }
    return booking;
}

int64_t lx_booking_age_ms(const struct lx_booking *booking)
{
    int64_t age_ms = booking && booking->accepted_ms > 0
                         ? lx_unix_ms() - booking->accepted_ms
                         : 0;

    return age_ms > 0 ? age_ms : 0;
}

void lx_booking_free(struct lx_booking *booking)
{
    if (!booking)
        return;
    lx_wish_free(booking->wish);
    lx_fact_free(booking->outcome);
    if (booking->check)
        lx_disk_drop(booking->check->job.disk, &booking->check->job);
    lx_entry_files_deinit(&booking->files);
    free(booking->result);
    free(booking);
}
