/* wake.c: see wake.h. A non-blocking pipe. */
#include "os/wake.h"

#ifndef _WIN32

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

static bool make_private(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

bool lx_wake_init(struct lx_wake *wake)
{
    int fds[2];

    wake->read_fd = wake->write_fd = -1;
    if (pipe(fds) != 0)
        return false;
    wake->read_fd = fds[0];
    wake->write_fd = fds[1];
    if (make_private(fds[0]) && make_private(fds[1]))
        return true;
    lx_wake_deinit(wake);
    return false;
}

void lx_wake_deinit(struct lx_wake *wake)
{
    if (wake->read_fd >= 0)
        close((int)wake->read_fd);
    if (wake->write_fd >= 0)
        close((int)wake->write_fd);
    wake->read_fd = wake->write_fd = -1;
}

void lx_wake_signal(const struct lx_wake *wake)
{
    /* a full pipe is readable already: nothing is lost */
    ssize_t written = write((int)wake->write_fd, "", 1);
    (void)written;
}

void lx_wake_clear(const struct lx_wake *wake)
{
    char bytes[16];

    while (read((int)wake->read_fd, bytes, sizeof bytes) ==
           (ssize_t)sizeof bytes)
        ;
}

bool lx_wake_wait(const struct lx_wake *wake, int timeout_ms)
{
    struct pollfd entry = {.fd = (int)wake->read_fd, .events = POLLIN};

    return poll(&entry, 1, timeout_ms) > 0;
}

#endif
