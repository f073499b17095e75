/* url_lua.c: see url_lua.h. */
#include "url_lua.h"

#include "http/proxy.h"
#include "http/url.h"
#include "os/address.h"

#include <stdlib.h>
#include <string.h>

/* NULL when there is a NUL inside. */
static const char *check_text(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);

    return strlen(text) == length ? text : NULL;
}

int lx_lua_parse_url(lua_State *L)
{
    const char *text = check_text(L);
    struct lx_url url;

    if (!text)
        return 0;
    char *clean = lx_url_clean(text);
    if (!clean)
        return luaL_error(L, "not enough memory");
    bool is_read = lx_url_parse(clean, &url);
    free(clean);
    if (!is_read)
        return 0;
    lua_pushstring(L, url.is_https ? "https" : "http");
    lua_pushstring(L, url.host);
    lua_pushinteger(L, (lua_Integer)url.port);
    return 3;
}

int lx_lua_is_private(lua_State *L)
{
    const char *host = check_text(L);

    lua_pushboolean(L, host && lx_address_of_host(host) != LX_ADDRESS_PUBLIC);
    return 1;
}

int lx_lua_is_loopback(lua_State *L)
{
    const char *host = check_text(L);

    lua_pushboolean(L, host && lx_address_of_host(host) == LX_ADDRESS_LOOPBACK);
    return 1;
}

int lx_lua_is_proxy(lua_State *L)
{
    const char *text = check_text(L);

    lua_pushboolean(L, text && lx_proxy_is_valid(text));
    return 1;
}

int lx_lua_proxy_for(lua_State *L)
{
    const char *text = check_text(L);
    struct lx_http_config config = {
        .http_proxy = (char *)luaL_optstring(L, 2, NULL),
        .https_proxy = (char *)luaL_optstring(L, 3, NULL),
        .no_proxy = (char *)luaL_optstring(L, 4, NULL)};
    struct lx_url url;

    lua_pushstring(L, text && lx_url_parse(text, &url)
                          ? lx_proxy_for(&config, &url)
                          : NULL);
    return 1;
}
