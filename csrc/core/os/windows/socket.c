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

#endif
