/* wake.c: see wake.h. A UDP socket of the loopback interface, connected to
 * itself: a loop of Windows can watch sockets only, and nobody else can send to
 * a connected one. Both descriptors are that socket. */
#include "os/wake.h"

#ifdef _WIN32

#include <winsock2.h>
#include <ws2tcpip.h>

#include "os/socket.h"

#include <string.h>

/* Ctrl-C ends no wait on Windows: the host has to come back to its interpreter
 * by itself, for its handler sets a flag that is looked at there. */
#define LONGEST_WAIT_MS 100

static bool connect_to_itself(SOCKET socket)
{
    struct sockaddr_in address;
    int length = sizeof address;
    u_long is_nonblocking = 1;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bind(socket, (struct sockaddr *)&address, length) == 0 &&
           getsockname(socket, (struct sockaddr *)&address, &length) == 0 &&
           connect(socket, (struct sockaddr *)&address, length) == 0 &&
           ioctlsocket(socket, (long)FIONBIO, &is_nonblocking) == 0;
}

/* Sockets may be used between this and deinit, whatever else the process does
 * with Winsock, which counts. */
bool lx_wake_init(struct lx_wake *wake)
{
    WSADATA data;

    wake->read_fd = wake->write_fd = -1;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return false;
    lx_descriptor fd = lx_socket_open(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    if (fd == -1) {
        WSACleanup();
        return false;
    }
    wake->read_fd = wake->write_fd = fd;
    if (connect_to_itself((SOCKET)fd))
        return true;
    lx_wake_deinit(wake);
    return false;
}

void lx_wake_deinit(struct lx_wake *wake)
{
    if (wake->read_fd != -1) {
        closesocket((SOCKET)wake->read_fd);
        WSACleanup();
    }
    wake->read_fd = wake->write_fd = -1;
}

void lx_wake_signal(const struct lx_wake *wake)
{
    /* a full buffer is readable already: nothing is lost */
    (void)send((SOCKET)wake->write_fd, "", 1, 0);
}

void lx_wake_clear(const struct lx_wake *wake)
{
    char byte[4];

    while (recv((SOCKET)wake->read_fd, byte, sizeof byte, 0) > 0)
        ;
}

bool lx_wake_wait(const struct lx_wake *wake, int timeout_ms)
{
    struct timeval timeout = {0, LONGEST_WAIT_MS * 1000};
    fd_set readable;

    if (timeout_ms >= 0 && timeout_ms < LONGEST_WAIT_MS)
        timeout.tv_usec = timeout_ms * 1000;
    FD_ZERO(&readable);
    FD_SET((SOCKET)wake->read_fd, &readable);
    return select(0, &readable, NULL, NULL, &timeout) > 0;
}

#endif
