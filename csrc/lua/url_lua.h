/* url_lua.h: what the core knows of URLs and hosts, as functions that need no
 * client. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* parse_url(url) -> "http" or "https", host, port; nil for any other text.
 * Spaces behind the host are fine. */
int lx_lua_parse_url(lua_State *L);

/* is_private(host), is_loopback(host): by the numbers of the address, or as a
 * name of this machine. Other names are neither. */
int lx_lua_is_private(lua_State *L);
int lx_lua_is_loopback(lua_State *L);

/* is_proxy(text): whether libcurl can read it. */
int lx_lua_is_proxy(lua_State *L);

/* proxy_for(url, http_proxy, https_proxy, no_proxy): the proxy that requests to
 * the URL take; nil: they go straight. */
int lx_lua_proxy_for(lua_State *L);

#pragma GCC visibility pop
