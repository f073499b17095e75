/* address.h: what kind of network an IP address belongs to. A result URL must
 * not lead into the user's own machine or network, whatever its name resolves
 * to at the moment of connecting. Pure; any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* X(enum suffix, words for people) */
#define LX_ADDRESS_MAP(X)                                                      \
    X(PUBLIC, "a public address")                                              \
    X(UNSPECIFIED, "the unspecified address")                                  \
    X(LOOPBACK, "a loopback address")                                          \
    X(PRIVATE, "an address of a private network")                              \
    X(SHARED, "a carrier's or overlay network's address (100.64/10)")          \
    X(LINK_LOCAL, "a link-local address")                                      \
    X(MULTICAST, "a multicast address")                                        \
    X(RESERVED, "a reserved address")                                          \
    X(FOREIGN, "no IP address")

#define LX_ADDRESS_ENUM(suffix, words) LX_ADDRESS_##suffix,
enum lx_address { LX_ADDRESS_MAP(LX_ADDRESS_ENUM) LX_ADDRESS_COUNT };
#undef LX_ADDRESS_ENUM

/* The kind of an address of 4 or 16 bytes; FOREIGN for any other length.
 * IPv4 inside IPv6 (mapped, NAT64, 6to4) counts as what it stands for. */
enum lx_address lx_address_of_ip(const uint8_t *ip, size_t length);

/* The same for a host of a URL: an IP literal, in brackets or not, or a name.
 * `localhost` and names under it are LOOPBACK, every other name is PUBLIC as
 * far as can be told without asking. */
enum lx_address lx_address_of_host(const char *host);

/* Static storage. */
const char *lx_address_words(enum lx_address address);

#pragma GCC visibility pop
