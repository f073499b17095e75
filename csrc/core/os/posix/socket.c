/* socket.c: see socket.h. */
#include "os/socket.h"

#ifndef _WIN32

#include <fcntl.h>
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

#endif
