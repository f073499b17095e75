/* clock.h: a clock that never jumps, and the time of day. Any thread. */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Milliseconds; unrelated to the time of day. Stands still while the machine
 * sleeps on Linux and macOS; on Windows it goes on. */
int64_t lx_now_ms(void);

/* The same clock in microseconds. */
int64_t lx_now_us(void);

/* Milliseconds of a clock that goes on while the machine sleeps. */
int64_t lx_boot_ms(void);

/* Block that long, or until a signal comes. */
void lx_sleep_ms(int ms);

/* The time of day, which jumps when it is set: milliseconds since 1970, UTC. */
int64_t lx_unix_ms(void);

#pragma GCC visibility pop
