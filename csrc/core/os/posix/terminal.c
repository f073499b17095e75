/* terminal.c: see terminal.h. */
#include "os/terminal.h"

#ifndef _WIN32

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool lx_terminal_is(int descriptor)
{
    return isatty(descriptor) == 1;
}

bool lx_terminal_size(int descriptor, int *columns, int *rows)
{
    struct winsize size = {0};

    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 ||
        size.ws_row == 0)
        return false;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return true;
}

bool lx_terminal_begin(int descriptor, struct lx_terminal_mode *mode)
{
    *mode = (struct lx_terminal_mode){0};
    return lx_terminal_is(descriptor);
}

void lx_terminal_end(int descriptor, const struct lx_terminal_mode *mode)
{
    (void)descriptor;
    (void)mode;
}

/* A handler finds no other storage. */
static volatile sig_atomic_t *stops(void)
{
    static volatile sig_atomic_t global[2];

    return global;
}

static void count_stop(int number)
{
    volatile sig_atomic_t *count = &stops()[number == SIGTERM];

    *count = *count + 1;
}

/* Without SA_RESTART: what waits returns. */
static bool handle_stops(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    sigemptyset(&action.sa_mask);
    return sigaction(SIGINT, &action, NULL) == 0 &&
           sigaction(SIGTERM, &action, NULL) == 0;
}

bool lx_stops_catch(void)
{
    stops()[0] = stops()[1] = 0;
    return handle_stops(count_stop);
}

struct lx_stops lx_stops_count(void)
{
    return (struct lx_stops){(unsigned)stops()[0], (unsigned)stops()[1]};
}

void lx_stops_release(void)
{
    handle_stops(SIG_DFL);
}

#endif
