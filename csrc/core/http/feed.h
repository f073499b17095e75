/* feed.h: a request's body that is made while it is sent, for the exchange that
 * sends it. It is read from its first byte to its last, once. I/O thread only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

enum lx_feed_state {
    LX_FEED_READY, /* *length bytes were put; 0 at the end */
    LX_FEED_WAIT,  /* none are there yet; lx_http_resume when they are */
    LX_FEED_FAILED /* none will come: the request is broken off */
};

/* Embedded in what knows how. */
struct lx_feed {
    uint64_t length; /* all that it gives, unless it fails */
    /* *length: room on the way in, bytes put on the way out. */
    enum lx_feed_state (*read)(struct lx_feed *feed, char *out, size_t *length);
};

#pragma GCC visibility pop
