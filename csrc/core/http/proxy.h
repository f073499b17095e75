/* proxy.h: which way a request goes. The choice is made here, not by libcurl,
 * which reads the environment at a time of its own and does not report what
 * it found. Pure; any thread. */
#pragma once

#include "http/http_config.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

struct lx_url;

/* The proxy that requests to `url` take; NULL: they go straight. Borrowed from
 * `config`. */
const char *lx_proxy_for(const struct lx_http_config *config,
                         const struct lx_url *url);

/* Whether libcurl can read it: a host and perhaps a scheme (http, https,
 * socks4, socks4a, socks5, socks5h), user, password and port. */
bool lx_proxy_is_valid(const char *text);

#pragma GCC visibility pop
