/* clock.h: a clock that never jumps. Any thread. */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Milliseconds; unrelated to the time of day. Stands still while the machine
 * sleeps, where the system offers that. */
int64_t lx_now_ms(void);

/* The same clock in microseconds. */
int64_t lx_now_us(void);

#pragma GCC visibility pop
