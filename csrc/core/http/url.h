/* url.h: the one reader of URLs. Pure; any thread. */
#pragma once

#include <stdbool.h>

#pragma GCC visibility push(hidden)

#define LX_HOST_ROOM 256

struct lx_url {
    bool is_https;           /* else http: */
    unsigned port;           /* 1-65535, also where the URL names none */
    char host[LX_HOST_ROOM]; /* small letters; IPv6 in brackets; numeric IPv4,
                                however it was written, with four parts */
};

/* False for what is no absolute http: or https: URL of a host, for one with a
 * user name, a control character or a space, for a host of more than 255
 * bytes, and when out of memory. */
bool lx_url_parse(const char *text, struct lx_url *url);

/* A copy with each space behind the host as %20, which the caller frees; NULL
 * when out of memory. */
char *lx_url_clean(const char *text);

#pragma GCC visibility pop
