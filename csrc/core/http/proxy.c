/* proxy.c: see proxy.h. */
#include "http/proxy.h"

#include "base/text.h"
#include "http/url.h"
#include "os/socket.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS    ", \t"
#define ENTRY_ROOM    LX_HOST_ROOM
#define BITS_PER_BYTE 8

/* text[0..length) without brackets and the dot at its end; "" when there is no
 * room. */
static void copy_host(char out[ENTRY_ROOM], const char *text, size_t length)
{
    if (length > 1 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    if (length > 1 && text[length - 1] == '.')
        length--;
    if (length >= ENTRY_ROOM)
        length = 0;
    memcpy(out, text, length);
    out[length] = '\0';
}

/* "10.0.0.0/8" or a single address. */
static bool holds_ip(char *entry, const uint8_t *ip, size_t ip_length)
{
    uint8_t network[LX_IP_BYTES_MAX];
    char *slash = strchr(entry, '/');
    size_t bits = ip_length * BITS_PER_BYTE;

    if (slash) {
        *slash = '\0';
        bits = strtoul(slash + 1, NULL, 10);
    }
    if (lx_socket_parse(entry, network) != ip_length ||
        bits > ip_length * BITS_PER_BYTE)
        return false;
    size_t whole = bits / BITS_PER_BYTE, rest = bits % BITS_PER_BYTE;
    uint8_t mask = (uint8_t)(0xff00u >> rest);
    return memcmp(ip, network, whole) == 0 &&
           (rest == 0 || (ip[whole] & mask) == (network[whole] & mask));
}

/* "example.com" and ".example.com" stand for it and every name below it. */
static bool holds_name(char *entry, const char *host)
{
    size_t length = strlen(host);

    entry += *entry == '.';
    for (char *at = entry; *at; at++)
        *at = lx_text_lower(*at);
    size_t wanted = strlen(entry);
    if (wanted == 0 || wanted > length ||
        !lx_text_equals(host + length - wanted, wanted, entry))
        return false;
    return wanted == length || host[length - wanted - 1] == '.';
}

/* Whether the list of no_proxy holds the host. */
static bool is_excluded(const char *list, const char *url_host)
{
    char host[ENTRY_ROOM], entry[ENTRY_ROOM];
    uint8_t ip[LX_IP_BYTES_MAX];

    copy_host(host, url_host, strlen(url_host));
    size_t ip_length = lx_socket_parse(host, ip);
    for (const char *at = list; *at;) {
        at += strspn(at, SEPARATORS);
        size_t length = strcspn(at, SEPARATORS);
        if (length == 1 && *at == '*')
            return true;
        copy_host(entry, at, length);
        if (ip_length > 0 ? holds_ip(entry, ip, ip_length)
                          : holds_name(entry, host))
            return true;
        at += length;
    }
    return false;
}

const char *lx_proxy_for(const struct lx_http_config *config,
                         const struct lx_url *url)
{
    const char *proxy =
        url->is_https ? config->https_proxy : config->http_proxy;

    if (!proxy || !*proxy ||
        (config->no_proxy && is_excluded(config->no_proxy, url->host)))
        return NULL;
    return proxy;
}

bool lx_proxy_is_valid(const char *text)
{
    static const char *const schemes[] = {"http",    "https",   "socks",
                                          "socks4",  "socks4a", "socks5",
                                          "socks5h", NULL};
    CURLU *parsed = curl_url();
    char *scheme = NULL;
    bool is_valid = false;

    if (parsed &&
        curl_url_set(parsed, CURLUPART_URL, text,
                     CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) ==
            CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK) {
        /* without one, libcurl guesses by the host's name */
        is_valid = !strstr(text, "://");
        for (size_t i = 0; schemes[i] && !is_valid; i++)
            is_valid = lx_text_equals(scheme, strlen(scheme), schemes[i]);
    }
    curl_free(scheme);
    curl_url_cleanup(parsed);
    return is_valid;
}
