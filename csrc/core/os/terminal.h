/* terminal.h: what a program of a shell asks of its terminal, and how its user
 * stops it. Any thread, but for what says otherwise. Descriptors are 0, 1, 2.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Whether somebody may look at it: no file, pipe or device of another kind. */
bool lx_terminal_is(int descriptor);

/* Its size in characters; false when it is no terminal or does not say. */
bool lx_terminal_size(int descriptor, int *columns, int *rows);

/* What lx_terminal_begin changed; opaque. */
struct lx_terminal_mode {
    uint32_t output, encoding;
};

/* Have the terminal obey control codes and take UTF-8, where it has to be told
 * so; false when it is none or cannot. lx_terminal_end undoes it. */
bool lx_terminal_begin(int descriptor, struct lx_terminal_mode *mode);
void lx_terminal_end(int descriptor, const struct lx_terminal_mode *mode);

/* Have the wishes of the user to end the program counted instead of obeyed:
 * Ctrl-C, and the system's polite request (SIGTERM). They end system calls of
 * the thread that gets them. False when the system refuses. Of the process:
 * for its main program only. */
bool lx_stops_catch(void);

/* How often Ctrl-C and the system have asked since lx_stops_catch. */
struct lx_stops {
    unsigned interrupts, terminations;
};
struct lx_stops lx_stops_count(void);

/* As a program starts: they end it. */
void lx_stops_release(void);

#pragma GCC visibility pop
