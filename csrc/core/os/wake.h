/* wake.h: a pollable descriptor that says "something waits for you". A pipe,
 * non-blocking and closed on exec. Carries no data. */
#pragma once

#include <stdbool.h>

struct lx_wake {
    int read_fd;
    int write_fd;
};

/* False when no descriptors were to be had. */
bool lx_wake_init(struct lx_wake *wake);
void lx_wake_deinit(struct lx_wake *wake);

/* Make read_fd readable; any thread. */
void lx_wake_signal(const struct lx_wake *wake);

/* Make read_fd silent again. */
void lx_wake_clear(const struct lx_wake *wake);

/* Block until read_fd is readable or timeout_ms passed (-1: for ever). False
 * on a time-out and when a signal came, so that the host can handle it. */
bool lx_wake_wait(const struct lx_wake *wake, int timeout_ms);
