/* address.c: the tables of special networks (IANA's registries for IPv4 and
 * IPv6). Pure; any thread. */
#include "os/address.h"

#include "base/text.h"
#include "os/socket.h"

#include <string.h>

#define NUMERIC_BYTES_MAX 46 /* of the longest IPv6 address, with its NUL */

/* The first row that fits counts; no row: public.
 * 198.18/15 (benchmarks) is left out on purpose: proxies that work with fake
 * addresses (Clash, sing-box) answer every name of the internet from it. */
static const struct {
    uint8_t network[4];
    unsigned bits;
    enum lx_address address;
} IPV4[] = {
    {{0, 0, 0, 0}, 8, LX_ADDRESS_UNSPECIFIED},
    {{127, 0, 0, 0}, 8, LX_ADDRESS_LOOPBACK},
    {{10, 0, 0, 0}, 8, LX_ADDRESS_PRIVATE},
    {{172, 16, 0, 0}, 12, LX_ADDRESS_PRIVATE},
    {{192, 168, 0, 0}, 16, LX_ADDRESS_PRIVATE},
    {{100, 64, 0, 0}, 10, LX_ADDRESS_SHARED},
    {{169, 254, 0, 0}, 16, LX_ADDRESS_LINK_LOCAL},
    {{192, 0, 0, 0}, 24, LX_ADDRESS_RESERVED},
    {{192, 0, 2, 0}, 24, LX_ADDRESS_RESERVED},
    {{198, 51, 100, 0}, 24, LX_ADDRESS_RESERVED},
    {{203, 0, 113, 0}, 24, LX_ADDRESS_RESERVED},
    {{224, 0, 0, 0}, 4, LX_ADDRESS_MULTICAST},
    {{240, 0, 0, 0}, 4, LX_ADDRESS_RESERVED},
};

/* embeds: the IPv4 address at this byte is what counts; 0: none (no network
 * has one at its first byte). No row: reserved, for what is public lies in
 * 2000::/3. */
static const struct {
    uint8_t network[16];
    unsigned bits;
    enum lx_address address;
    unsigned embeds;
} IPV6[] = {
    {{0}, 128, LX_ADDRESS_UNSPECIFIED, 0},
    {{[15] = 1}, 128, LX_ADDRESS_LOOPBACK, 0},
    {{[10] = 0xff, 0xff}, 96, LX_ADDRESS_PUBLIC, 12},   /* mapped */
    {{[8] = 0xff, 0xff}, 96, LX_ADDRESS_PUBLIC, 12},    /* translated */
    {{0}, 96, LX_ADDRESS_PUBLIC, 12},                   /* compatible */
    {{0, 0x64, 0xff, 0x9b}, 96, LX_ADDRESS_PUBLIC, 12}, /* NAT64 */
    {{0x20, 0x02}, 16, LX_ADDRESS_PUBLIC, 2},           /* 6to4 */
    {{0x20, 0x01, 0, 0}, 32, LX_ADDRESS_RESERVED, 0},   /* Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32, LX_ADDRESS_RESERVED, 0},
    {{0xfc}, 7, LX_ADDRESS_PRIVATE, 0},
    {{0xfe, 0x80}, 10, LX_ADDRESS_LINK_LOCAL, 0},
    {{0xfe, 0xc0}, 10, LX_ADDRESS_PRIVATE, 0},
    {{0xff}, 8, LX_ADDRESS_MULTICAST, 0},
    {{0x20}, 3, LX_ADDRESS_PUBLIC, 0},
};

static bool is_in_network(const uint8_t *address, const uint8_t *network,
                          unsigned bits)
{
    unsigned whole = bits / 8;
    uint8_t mask = (uint8_t)(0xff00u >> (bits % 8));

    if (memcmp(address, network, whole) != 0)
        return false;
    return bits % 8 == 0 || (address[whole] & mask) == (network[whole] & mask);
}

static enum lx_address of_ipv4(const uint8_t *address)
{
    for (size_t i = 0; i < sizeof IPV4 / sizeof *IPV4; i++)
        if (is_in_network(address, IPV4[i].network, IPV4[i].bits))
            return IPV4[i].address;
    return LX_ADDRESS_PUBLIC;
}

static enum lx_address of_ipv6(const uint8_t *address)
{
    for (size_t i = 0; i < sizeof IPV6 / sizeof *IPV6; i++)
        if (is_in_network(address, IPV6[i].network, IPV6[i].bits))
            return IPV6[i].embeds > 0 ? of_ipv4(address + IPV6[i].embeds)
                                      : IPV6[i].address;
    return LX_ADDRESS_RESERVED;
}

enum lx_address lx_address_of_ip(const uint8_t *ip, size_t length)
{
    if (length == 4)
        return of_ipv4(ip);
    return length == 16 ? of_ipv6(ip) : LX_ADDRESS_FOREIGN;
}

static bool is_localhost(const char *host, size_t length)
{
    static const char name[] = "localhost";
    size_t wanted = sizeof name - 1;

    if (length > 0 && host[length - 1] == '.')
        length--;
    if (length < wanted ||
        !lx_text_starts(host + length - wanted, wanted, name))
        return false;
    return length == wanted || host[length - wanted - 1] == '.';
}

enum lx_address lx_address_of_host(const char *host)
{
    size_t length = strlen(host);
    char text[NUMERIC_BYTES_MAX];
    uint8_t ip[LX_IP_BYTES_MAX];

    if (is_localhost(host, length))
        return LX_ADDRESS_LOOPBACK;
    if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    }
    length = strcspn(host, "%]") < length ? strcspn(host, "%]") : length;
    if (length >= sizeof text)
        return LX_ADDRESS_PUBLIC;
    memcpy(text, host, length);
    text[length] = '\0';
    size_t ip_length = lx_socket_parse(text, ip);
    return ip_length > 0 ? lx_address_of_ip(ip, ip_length) : LX_ADDRESS_PUBLIC;
}

const char *lx_address_words(enum lx_address address)
{
    static const char *const words[LX_ADDRESS_COUNT] = {
#define LX_ADDRESS_WORDS(suffix, text) text,
        LX_ADDRESS_MAP(LX_ADDRESS_WORDS)
#undef LX_ADDRESS_WORDS
    };

    return words[address];
}
