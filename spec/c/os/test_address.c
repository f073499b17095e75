/* test_address.c: edges of every special network, both families. */
#include "os/address.h"

#include "os/socket.h"
#include "../check.h"

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

#define PORT 8443

static const struct {
    const char *text;
    enum lx_address address;
} ROWS[] = {
    {"0.0.0.0", LX_ADDRESS_UNSPECIFIED},
    {"0.255.255.255", LX_ADDRESS_UNSPECIFIED},
    {"1.0.0.0", LX_ADDRESS_PUBLIC},
    {"9.255.255.255", LX_ADDRESS_PUBLIC},
    {"10.0.0.0", LX_ADDRESS_PRIVATE},
    {"10.255.255.255", LX_ADDRESS_PRIVATE},
    {"11.0.0.0", LX_ADDRESS_PUBLIC},
    {"100.63.255.255", LX_ADDRESS_PUBLIC},
    {"100.64.0.0", LX_ADDRESS_SHARED},
    {"100.100.100.200", LX_ADDRESS_SHARED},
    {"100.127.255.255", LX_ADDRESS_SHARED},
    {"100.128.0.0", LX_ADDRESS_PUBLIC},
    {"126.255.255.255", LX_ADDRESS_PUBLIC},
    {"127.0.0.1", LX_ADDRESS_LOOPBACK},
    {"127.255.255.255", LX_ADDRESS_LOOPBACK},
    {"128.0.0.0", LX_ADDRESS_PUBLIC},
    {"169.253.255.255", LX_ADDRESS_PUBLIC},
    {"169.254.169.254", LX_ADDRESS_LINK_LOCAL},
    {"169.255.0.0", LX_ADDRESS_PUBLIC},
    {"172.15.255.255", LX_ADDRESS_PUBLIC},
    {"172.16.0.0", LX_ADDRESS_PRIVATE},
    {"172.31.255.255", LX_ADDRESS_PRIVATE},
    {"172.32.0.0", LX_ADDRESS_PUBLIC},
    {"192.0.0.1", LX_ADDRESS_RESERVED},
    {"192.0.1.0", LX_ADDRESS_PUBLIC},
    {"192.0.2.1", LX_ADDRESS_RESERVED},
    {"192.167.255.255", LX_ADDRESS_PUBLIC},
    {"192.168.0.0", LX_ADDRESS_PRIVATE},
    {"192.168.255.255", LX_ADDRESS_PRIVATE},
    {"192.169.0.0", LX_ADDRESS_PUBLIC},
    {"198.18.0.1", LX_ADDRESS_PUBLIC}, /* fake addresses of proxies */
    {"198.51.100.1", LX_ADDRESS_RESERVED},
    {"203.0.113.1", LX_ADDRESS_RESERVED},
    {"223.255.255.255", LX_ADDRESS_PUBLIC},
    {"224.0.0.1", LX_ADDRESS_MULTICAST},
    {"239.255.255.255", LX_ADDRESS_MULTICAST},
    {"240.0.0.0", LX_ADDRESS_RESERVED},
    {"255.255.255.255", LX_ADDRESS_RESERVED},
    {"::", LX_ADDRESS_UNSPECIFIED},
    {"::1", LX_ADDRESS_LOOPBACK},
    {"::2", LX_ADDRESS_UNSPECIFIED}, /* 0.0.0.2 */
    {"::127.0.0.1", LX_ADDRESS_LOOPBACK},
    {"::ffff:127.0.0.1", LX_ADDRESS_LOOPBACK},
    {"::ffff:10.1.2.3", LX_ADDRESS_PRIVATE},
    {"::ffff:169.254.169.254", LX_ADDRESS_LINK_LOCAL},
    {"::ffff:8.8.8.8", LX_ADDRESS_PUBLIC},
    {"::ffff:0:192.168.1.1", LX_ADDRESS_PRIVATE},
    {"64:ff9b::10.0.0.1", LX_ADDRESS_PRIVATE},
    {"64:ff9b::8.8.8.8", LX_ADDRESS_PUBLIC},
    {"64:ff9b:1::1", LX_ADDRESS_RESERVED},
    {"2002:7f00:1::", LX_ADDRESS_LOOPBACK},
    {"2002:c0a8:101::1", LX_ADDRESS_PRIVATE},
    {"2002:808:808::1", LX_ADDRESS_PUBLIC},
    {"2001::1", LX_ADDRESS_RESERVED},
    {"2001:db8::1", LX_ADDRESS_RESERVED},
    {"2001:4860:4860::8888", LX_ADDRESS_PUBLIC},
    {"2606:4700::1111", LX_ADDRESS_PUBLIC},
    {"1fff::1", LX_ADDRESS_RESERVED},
    {"3fff::1", LX_ADDRESS_PUBLIC},
    {"4000::1", LX_ADDRESS_RESERVED},
    {"fbff::1", LX_ADDRESS_RESERVED},
    {"fc00::1", LX_ADDRESS_PRIVATE},
    {"fdff::1", LX_ADDRESS_PRIVATE},
    {"fe7f::1", LX_ADDRESS_RESERVED},
    {"fe80::1", LX_ADDRESS_LINK_LOCAL},
    {"febf::1", LX_ADDRESS_LINK_LOCAL},
    {"fec0::1", LX_ADDRESS_PRIVATE},
    {"ff02::1", LX_ADDRESS_MULTICAST},
};

static enum lx_address of_socket(const void *address, size_t length)
{
    uint8_t ip[LX_IP_BYTES_MAX];
    unsigned port = 0;
    size_t ip_length = lx_socket_address(address, length, ip, &port);

    CHECK(ip_length == 0 || port == PORT);
    return lx_address_of_ip(ip, ip_length);
}

static enum lx_address of_text(const char *text)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6,
                                .sin6_port = htons(PORT)};

    if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1)
        return of_socket(&ipv4, sizeof ipv4);
    CHECK_EQ(inet_pton(AF_INET6, text, &ipv6.sin6_addr), 1);
    return of_socket(&ipv6, sizeof ipv6);
}

static void test_networks(void)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char brackets[64];

        check_row = ROWS[i].text;
        CHECK_EQ(of_text(ROWS[i].text), ROWS[i].address);
        CHECK_EQ(lx_address_of_host(ROWS[i].text), ROWS[i].address);
        snprintf(brackets, sizeof brackets, "[%s]", ROWS[i].text);
        CHECK_EQ(lx_address_of_host(brackets), ROWS[i].address);
    }
}

static void test_hosts(void)
{
    static const struct {
        const char *host;
        enum lx_address address;
    } rows[] = {
        {"", LX_ADDRESS_PUBLIC},
        {"localhost", LX_ADDRESS_LOOPBACK},
        {"LocalHost.", LX_ADDRESS_LOOPBACK},
        {"a.localhost", LX_ADDRESS_LOOPBACK},
        {"notlocalhost", LX_ADDRESS_PUBLIC},
        {"localhost.example.com", LX_ADDRESS_PUBLIC},
        {"cdn.example.com", LX_ADDRESS_PUBLIC},
        {"[fe80::1%25eth0]", LX_ADDRESS_LINK_LOCAL},
        {"fe80::1%eth0", LX_ADDRESS_LINK_LOCAL},
        {"[", LX_ADDRESS_PUBLIC},
        {"[]", LX_ADDRESS_PUBLIC},
        {"a-name-that-is-longer-than-any-address-could-ever-be-written",
         LX_ADDRESS_PUBLIC},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].host;
        CHECK_EQ(lx_address_of_host(rows[i].host), rows[i].address);
    }
}

static void test_other_sockets(void)
{
    struct sockaddr other = {.sa_family = AF_UNIX};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};

    check_row = "other sockets";
    CHECK_EQ(of_socket(&other, sizeof other), LX_ADDRESS_FOREIGN);
    CHECK_EQ(of_socket(&other, 0), LX_ADDRESS_FOREIGN);
    CHECK_EQ(of_socket(&ipv6, sizeof(struct sockaddr_in)), LX_ADDRESS_FOREIGN);
}

static void test_words(void)
{
    check_row = "words";
    for (int i = 0; i < LX_ADDRESS_COUNT; i++)
        CHECK(lx_address_words((enum lx_address)i)[0] != '\0');
    CHECK_CONTAINS(lx_address_words(LX_ADDRESS_LOOPBACK), "loopback");
}

int main(void)
{
    test_networks();
    test_hosts();
    test_other_sockets();
    test_words();
    return check_report("address");
}
