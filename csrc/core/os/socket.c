/* socket.c: what is the same on every system, but for the headers; see
 * socket.h.
 */
#include "os/socket.h"

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#endif
#include <string.h>

size_t lx_socket_address(const void *address, size_t length,
                         uint8_t ip[LX_IP_BYTES_MAX], unsigned *port)
{
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;

    if (length >= sizeof ipv4) {
        memcpy(&ipv4, address, sizeof ipv4);
        if (ipv4.sin_family == AF_INET) {
            memcpy(ip, &ipv4.sin_addr, 4);
            *port = ntohs(ipv4.sin_port);
            return 4;
        }
    }
    if (length >= sizeof ipv6) {
        memcpy(&ipv6, address, sizeof ipv6);
        if (ipv6.sin6_family == AF_INET6) {
            memcpy(ip, &ipv6.sin6_addr, 16);
            *port = ntohs(ipv6.sin6_port);
            return 16;
        }
    }
    return 0;
}

size_t lx_socket_parse(const char *text, uint8_t ip[LX_IP_BYTES_MAX])
{
    if (inet_pton(AF_INET, text, ip) == 1)
        return 4;
    return inet_pton(AF_INET6, text, ip) == 1 ? 16 : 0;
}
