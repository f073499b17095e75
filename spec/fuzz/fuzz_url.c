/* Any bytes as a URL, as a task id in one, as a host, as a list of no_proxy, as
 * an IP address, and around a key in an answer's message: the URL decodes back,
 * the address is of one kind however it is written, and no key comes out. */
#include "api/api_url.h"
#include "api/envelope.h"
#include "http/proxy.h"
#include "http/url.h"
#include "os/address.h"
#include "os/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key[] = "sk-Qz7XfuzzKEYfuzzKEYfuzzKEY";

static void require(bool holds)
{
    if (!holds)
        abort();
}

static enum lx_address of_socket(const void *address, size_t length)
{
    uint8_t ip[LX_IP_BYTES_MAX];
    unsigned port;

    return lx_address_of_ip(ip, lx_socket_address(address, length, ip, &port));
}

static bool is_letter_or_digit(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

static void check_query(const char *task_id)
{
    static const char name[] = "taskId=";
    char *query = malloc(LX_API_QUERY_ROOM);
    const char *at = query + sizeof name - 1;
    size_t count = 0, length = strnlen(task_id, LX_TASK_ID_MAX);

    lx_api_query(task_id, query);
    require(strncmp(query, name, sizeof name - 1) == 0);
    for (; *at; count++) {
        char byte = *at++;

        if (byte == '%') {
            char digits[3] = {at[0], at[0] ? at[1] : '\0'};

            require(strspn(digits, "0123456789ABCDEF") == 2);
            byte = (char)strtoul(digits, NULL, 16);
            at += 2;
        } else {
            require(is_letter_or_digit(byte) || strchr("-_.~", byte));
        }
        require(count < length && byte == task_id[count]);
    }
    require(count == length);
    free(query);
}

static void check_host(const char *host)
{
    enum lx_address address = lx_address_of_host(host);
    char *bracketed = malloc(strlen(host) + 3);

    require(address >= 0 && address < LX_ADDRESS_COUNT);
    require(address != LX_ADDRESS_FOREIGN);
    require(lx_address_words(address)[0] != '\0');
    sprintf(bracketed, "[%s]", host);
    if (strchr(host, ':') && host[0] != '[' && !strcasestr(host, "localhost"))
        require(lx_address_of_host(bracketed) == address);
    free(bracketed);
}

/* The same four bytes as text, as a socket's address and inside IPv6. */
static void check_ipv4(const uint8_t *bytes)
{
    static const char *const forms[] = {"::ffff:%s", "[::FFFF:%s]",
                                        "::ffff:0:%s", "64:ff9b::%s",
                                        "[::ffff:%s%%eth0]"};
    struct sockaddr_in socket_address = {.sin_family = AF_INET};
    enum lx_address address;
    char text[INET_ADDRSTRLEN], host[64];

    memcpy(&socket_address.sin_addr, bytes, 4);
    inet_ntop(AF_INET, bytes, text, sizeof text);
    address = lx_address_of_host(text);
    require(address == of_socket(&socket_address, sizeof socket_address));
    if (bytes[0] == 127)
        require(address == LX_ADDRESS_LOOPBACK);
    if (bytes[0] == 10 || (bytes[0] == 192 && bytes[1] == 168))
        require(address == LX_ADDRESS_PRIVATE);
    if (bytes[0] == 169 && bytes[1] == 254)
        require(address == LX_ADDRESS_LINK_LOCAL);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        snprintf(host, sizeof host, forms[i], text);
        require(lx_address_of_host(host) == address);
    }
    snprintf(host, sizeof host, "2002:%02x%02x:%02x%02x::1", bytes[0], bytes[1],
             bytes[2], bytes[3]);
    require(lx_address_of_host(host) == address);
}

static void check_ipv6(const uint8_t *bytes)
{
    struct sockaddr_in6 socket_address = {.sin6_family = AF_INET6};
    enum lx_address address;
    char text[INET6_ADDRSTRLEN];

    memcpy(&socket_address.sin6_addr, bytes, 16);
    inet_ntop(AF_INET6, bytes, text, sizeof text);
    address = lx_address_of_host(text);
    require(address == of_socket(&socket_address, sizeof socket_address));
    if ((bytes[0] & 0xFE) == 0xFC)
        require(address == LX_ADDRESS_PRIVATE);
    if (address == LX_ADDRESS_PUBLIC && bytes[0] >> 5 != 1)
        require(bytes[0] == 0); /* one of those that hold an IPv4 address */
}

/* Whether a key mark stands there with something of a key behind it. */
static bool has_key(const char *text)
{
    for (const char *at = text; (at = strcasestr(at, "sk-")); at++)
        if ((at == text || !is_letter_or_digit(at[-1])) &&
            strncmp(at + 3, "***", 3) != 0 && at[3] &&
            (is_letter_or_digit(at[3]) || strchr("-_.~+/=", at[3])))
            return true;
    return false;
}

static void check_masked(const char *body, size_t length, size_t capacity)
{
    struct lx_envelope envelope;
    char *text = malloc(capacity);

    lx_envelope_parse(body, length, &envelope);
    lx_envelope_text(&envelope, body, length, text, capacity);
    require(strlen(text) < capacity);
    require(!has_key(text));
    require(!strstr(text, key + 3));
    free(text);
}

/* The key between two halves of the data: as they stand, and as a message. */
static void check_key(const uint8_t *data, size_t size)
{
    static const char head[] = "{\"code\":500,\"msg\":\"";
    size_t half = size / 2, capacity = 1 + (size * 37) % 1100;
    char *body = malloc(6 * size + sizeof head + sizeof key + 8);
    char *out = body;

    if (half == 0 || !is_letter_or_digit((char)data[half - 1])) {
        memcpy(out, data, half);
        memcpy(out + half, key, sizeof key - 1);
        memcpy(out + half + sizeof key - 1, data + half, size - half);
        check_masked(body, size + sizeof key - 1, capacity);
        out += sprintf(out, "%s", head);
        for (size_t i = 0; i < size; i++) {
            if (i == half)
                out += sprintf(out, "%s", key);
            out += sprintf(out, "\\u%04x", data[i]);
        }
        out += sprintf(out, "\"}");
        check_masked(body, (size_t)(out - body), capacity);
    }
    free(body);
}

/* What is read in a URL, with its spaces made fit to be sent. */
static void check_url(const char *text)
{
    char *clean = lx_url_clean(text), *again = lx_url_clean(clean);
    struct lx_url url;

    require(strcmp(clean, again) == 0);
    if (lx_url_parse(clean, &url)) {
        require(url.port >= 1 && url.port <= 65535);
        require(strlen(url.host) > 0 && !strpbrk(url.host, " @/?#\\"));
        require(!strpbrk(clean, " \r\n\t"));
    }
    free(again);
    free(clean);
}

/* Only * and what ends like the host keep a name from its proxy. */
static void check_no_proxy(char *list)
{
    char proxy[] = "http://p";
    struct lx_http_config config = {.http_proxy = proxy, .no_proxy = list};
    struct lx_url name = {.host = "far.example"}, ip = {.host = "10.2.3.4"};

    require(lx_proxy_for(&config, &name) || strchr(list, '*') ||
            strcasestr(list, "example"));
    require(lx_proxy_for(&config, &ip) || strpbrk(list, "*1/"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    check_query(text);
    check_host(text);
    check_url(text);
    check_no_proxy(text);
    (void)lx_proxy_is_valid(text);
    if (size >= 4)
        check_ipv4(data);
    if (size >= 16)
        check_ipv6(data);
    if (size > 0 && !memmem(data, size, key + 3, sizeof key - 4))
        check_key(data, size);
    free(text);
    return 0;
}
