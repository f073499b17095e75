/* config_lua.c: see config_lua.h. Nothing is allocated before every field has
 * been read, since reading may raise. */
#include "config_lua.h"

#include "base/text.h"
#include "store_lua.h"

#include <string.h>

#define MS_MAX 9.0e15

static double number_field(lua_State *L, const char *name)
{
    lua_getfield(L, 1, name);
    if (lua_type(L, -1) != LUA_TNUMBER)
        luaL_error(L, "config.%s: a number is needed", name);
    double number = (double)lua_tonumber(L, -1);
    lua_pop(L, 1);
    return number;
}

static int64_t seconds_field(lua_State *L, const char *name)
{
    double ms = number_field(L, name) * 1000.0;

    if (!(ms >= 0.0 && ms <= MS_MAX))
        luaL_error(L, "config.%s: not a time in seconds", name);
    return (int64_t)ms;
}

static int count_field(lua_State *L, const char *name, int most)
{
    double number = number_field(L, name);

    if (!(number >= 1.0 && number <= (double)most))
        luaL_error(L, "config.%s: not in 1 .. %d", name, most);
    return (int)number;
}

/* The text stays on the stack, so that it stays alive. */
static const char *text_field(lua_State *L, const char *name, bool is_needed)
{
    lua_getfield(L, 1, name);
    if (!is_needed && lua_isnil(L, -1))
        return NULL;
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "config.%s: a string is needed", name);
    const char *text = lua_tostring(L, -1);
    if (strlen(text) != lua_rawlen(L, -1))
        luaL_error(L, "config.%s: NUL inside", name);
    return text;
}

static void read_numbers(lua_State *L, struct lx_config *config)
{
    config->http.timeout_ms = seconds_field(L, "timeout");
    config->http.connect_timeout_ms = seconds_field(L, "connect_timeout");
    config->http.max_connections = count_field(L, "max_connections", 256);
    config->http.max_downloads = count_field(L, "max_downloads", 64);
    config->max_requests_per_second =
        number_field(L, "max_requests_per_second");
    config->http.max_body_bytes = (size_t)number_field(L, "max_body");
    config->retry.attempts = count_field(L, "retry_attempts", 1000);
    config->retry.base_ms = seconds_field(L, "retry_base");
    config->retry.max_ms = seconds_field(L, "retry_max");
    config->cadence.first = number_field(L, "poll_first");
    config->cadence.factor = number_field(L, "poll_factor");
    config->cadence.max = number_field(L, "poll_max");
    config->cadence.jitter = number_field(L, "poll_jitter");
    lua_getfield(L, 1, "log");
    config->wants_log = lua_toboolean(L, -1);
    lua_pop(L, 1);
}

/* The functions of the journal's store; NULL without a journal. */
static const struct lx_store_api *store_field(lua_State *L)
{
    const struct lx_store_api *api = NULL;

    lua_getfield(L, 1, "journal_store");
    if (!lua_isnil(L, -1)) {
        api = lx_store_from(L, lua_gettop(L));
        if (!api)
            luaL_error(L, "config.journal_store: a store of another version");
    }
    lua_pop(L, 1);
    return api;
}

static char *copy_option(const char *text)
{
    return text ? lx_text_duplicate(text, strlen(text)) : NULL;
}

void lx_lua_read_config(lua_State *L, struct lx_config *config)
{
    struct lx_config plain = {0};

    memset(config, 0, sizeof *config);
    read_numbers(L, &plain);
    const char *base_url = text_field(L, "base_url", true);
    const char *api_key = text_field(L, "api_key", true);
    const char *user_agent = text_field(L, "user_agent", true);
    const char *http_proxy = text_field(L, "http_proxy", false);
    const char *https_proxy = text_field(L, "https_proxy", false);
    const char *no_proxy = text_field(L, "no_proxy", false);
    const char *ca_file = text_field(L, "ca_file", false);
    const char *durations = text_field(L, "durations_text", false);
    const char *place = text_field(L, "journal_place", false);
    const char *origin = text_field(L, "journal_origin", place != NULL);

    plain.store = place ? store_field(L) : NULL;
    *config = plain;
    config->http.base_url = copy_option(base_url);
    config->http.api_key = copy_option(api_key);
    config->http.user_agent = copy_option(user_agent);
    config->http.http_proxy = copy_option(http_proxy);
    config->http.https_proxy = copy_option(https_proxy);
    config->http.no_proxy = copy_option(no_proxy);
    config->http.ca_file = copy_option(ca_file);
    config->durations = copy_option(durations);
    config->place = copy_option(place);
    config->origin = copy_option(origin);
    if (config->http.base_url && config->http.api_key &&
        config->http.user_agent && !config->http.http_proxy == !http_proxy &&
        !config->http.https_proxy == !https_proxy &&
        !config->http.no_proxy == !no_proxy &&
        !config->http.ca_file == !ca_file && !config->durations == !durations &&
        !config->place == !place && !config->origin == !origin)
        return;
    lx_config_deinit(config);
    luaL_error(L, "not enough memory");
}
