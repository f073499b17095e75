/* socket.c: see socket.h. */
#include "os/socket.h"

#ifdef _WIN32

#include <winsock2.h>

lx_descriptor lx_socket_open(int family, int type, int protocol)
{
    SOCKET socket =
        WSASocketW(family, type, protocol, NULL, 0,
                   WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);

    return socket == INVALID_SOCKET ? -1 : (lx_descriptor)socket;
}

bool lx_socket_wait(lx_descriptor socket, bool for_writing, int timeout_ms)
{
    struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    fd_set readable, writable;

    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET((SOCKET)socket, &readable);
    if (for_writing)
        FD_SET((SOCKET)socket, &writable);
    return select(0, &readable, &writable, NULL, &timeout) > 0;
}

/* libcurl sleeps until FD_WRITE, also after a send that took a part of its
 * bytes. Its send of no bytes that follows has Windows report the room; wine's
 * reports nothing, and uploads stood still until a timer ended the sleep. */
int64_t lx_socket_room_wait_ms(void)
{
    return 20;
}

#endif
