/* socket.c: see socket.h. */
#include "os/socket.h"

#ifndef _WIN32

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

lx_descriptor lx_socket_open(int family, int type, int protocol)
{
#ifdef SOCK_CLOEXEC
    return socket(family, type | SOCK_CLOEXEC, protocol);
#else
    int fd = socket(family, type, protocol);

    if (fd >= 0)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
#endif
}

bool lx_socket_wait(lx_descriptor socket, bool for_writing, int timeout_ms)
{
    struct pollfd entry = {.fd = (int)socket,
                           .events = for_writing ? POLLOUT | POLLIN : POLLIN};

    return poll(&entry, 1, timeout_ms) > 0;
}

int64_t lx_socket_room_wait_ms(void)
{
    return INT64_MAX;
}

#endif
