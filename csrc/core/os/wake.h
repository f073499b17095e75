/* wake.h: a pollable descriptor that says "something waits for you". It
 * carries no data and is closed on exec. */
#pragma once

#include "os/descriptor.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

struct lx_wake {
    lx_descriptor read_fd; /* -1 after deinit, as write_fd */
    lx_descriptor write_fd;
};

/* False when the system has no descriptors to give; deinit is right in both
 * cases. */
bool lx_wake_init(struct lx_wake *wake);
void lx_wake_deinit(struct lx_wake *wake);

/* Make read_fd readable; any thread; never blocks. */
void lx_wake_signal(const struct lx_wake *wake);

/* Make read_fd silent again; never blocks. */
void lx_wake_clear(const struct lx_wake *wake);

/* Block until read_fd is readable or timeout_ms passed (-1: for ever). False
 * on a timeout and when a signal came, so that the host can handle it. */
bool lx_wake_wait(const struct lx_wake *wake, int timeout_ms);

#pragma GCC visibility pop
