/* port.c: see port.h. */
#include "port.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_on(const struct addrinfo *where)
{
    int yes = 1;
    int fd =
        socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, where->ai_addr, where->ai_addrlen) != 0 ||
        listen(fd, 1024) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

/* The port that the system chose. */
static int port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.v6 = {0}};
    socklen_t size = sizeof address;

    if (getsockname(fd, &address.any, &size) != 0)
        return 0;
    if (address.any.sa_family == AF_INET6)
        return ntohs(address.v6.sin6_port);
    return ntohs(address.v4.sin_port);
}

int lx_port_listen(const char *address, int *port, char *error,
                   size_t error_bytes)
{
    struct addrinfo hints = {.ai_flags =
                                 AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *where = NULL;
    char number[8];
    int fd = -1;

    if (!address)
        address = "127.0.0.1";
    snprintf(number, sizeof number, "%d", *port);
    if (getaddrinfo(address, number, &hints, &where) != 0) {
        snprintf(error, error_bytes, "%s is no IP address to listen on",
                 address);
        return -1;
    }
    fd = listen_on(where);
    freeaddrinfo(where);
    if (fd < 0) {
        snprintf(error, error_bytes,
                 "cannot listen on %s:%d: %s (port = 0 takes a free one)",
                 address, *port,
                 strerror(errno)); /* NOLINT: a known number's text */
        return -1;
    }
    *port = port_of(fd);
    return fd;
}
