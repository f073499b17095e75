/* socket.h: what the system knows about sockets and their addresses. Any
 * thread. */
#pragma once

#include "os/descriptor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

#define LX_IP_BYTES_MAX 16

/* A new socket, closed on exec; -1 when the system has none to give. The
 * numbers are those of socket(). */
lx_descriptor lx_socket_open(int family, int type, int protocol);

/* Block until the socket can be read, or written where `for_writing`, or has
 * failed; at most timeout_ms. False on a timeout and when a signal came. */
bool lx_socket_wait(lx_descriptor socket, bool for_writing, int timeout_ms);

/* The longest sleep, in ms, while bytes wait for room in a socket; INT64_MAX
 * where the system reports that room whatever happened before. Windows promises
 * that only after a send that took no byte. */
int64_t lx_socket_room_wait_ms(void);

/* The IP address and the port in `address`, `length` bytes of a sockaddr at any
 * alignment. Returns the bytes of `ip`: 4 or 16; 0 for another family and for a
 * length too short. */
size_t lx_socket_address(const void *address, size_t length,
                         uint8_t ip[LX_IP_BYTES_MAX], unsigned *port);

/* The bytes of a numeric IPv4 (dotted, four parts) or IPv6 address: 4 or 16; 0
 * for any other text. No zone, no brackets. */
size_t lx_socket_parse(const char *text, uint8_t ip[LX_IP_BYTES_MAX]);

#pragma GCC visibility pop
