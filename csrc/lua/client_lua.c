/* client_lua.c: see client_lua.h. The userdata is a box: it exists, with its
 * metatable, before the client in it does, and holds NULL after close. */
#include "client_lua.h"

#include "argument_lua.h"
#include "engine/client.h"
#include "command_lua.h"
#include "config_lua.h"
#include "handle_lua.h"
#include "mailbox_lua.h"
#include "rows_lua.h"

#include <stdlib.h>
#include <string.h>

#define BOX_TYPE "liangxin.core.box"

/* ---- new ---- */

int lx_lua_client_new(lua_State *L)
{
    struct lx_config config;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    struct lx_lua_handle *handle = lua_newuserdata(L, sizeof *handle);
    memset(handle, 0, sizeof *handle);
    luaL_getmetatable(L, LX_LUA_CLIENT_TYPE);
    lua_setmetatable(L, -2);
    lx_lua_read_config(L, &config);
    handle->client = lx_client_new(&config);
    if (!handle->client)
        return luaL_error(L, "the client could not be opened: out of memory or "
                             "file descriptors");
    lua_pushvalue(L, 2);
    return 1;
}

/* ---- events ---- */

static void close_handle(struct lx_lua_handle *handle)
{
    struct lx_client *client = handle->client;
    struct lx_lua_inbox inbox = handle->inbox;

    memset(handle, 0, sizeof *handle);
    lx_client_free(client);
    lx_lua_inbox_free(&inbox);
}

/* next(): the next event, or nothing; see lx_lua_inbox_next. The teller is the
 * first upvalue. */
static int client_next(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);

    int count = lx_lua_inbox_next(L, lua_upvalueindex(1), &handle->inbox,
                                  handle->client);
    if (!handle->is_closing || handle->inbox.is_telling)
        return count;
    close_handle(handle);
    return 0;
}

/* Whether no event waits; takes none. False, too, of a client that is closed or
 * forked. */
static int client_is_quiet(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_handle(L);

    bool is_usable = handle->client && !handle->is_closing &&
                     !lx_client_is_forked(handle->client);
    lua_pushboolean(
        L, is_usable && lx_lua_inbox_is_quiet(&handle->inbox, handle->client));
    return 1;
}

static int client_poll(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    int timeout_ms = -1;

    if (!lua_isnoneornil(L, 2)) {
        int64_t ms = lx_lua_check_ms(L, 2);
        timeout_ms = ms > 86400000 ? 86400000 : (int)ms;
    }
    bool is_ready = lx_lua_inbox_has(&handle->inbox, handle->client);
    bool may_wait = /* a finalizer in the middle of an event may not */
        !handle->inbox.is_telling && !lx_client_is_forked(handle->client);
    if (!is_ready && may_wait)
        is_ready = lx_client_wait(handle->client, timeout_ms);
    lua_pushboolean(L, is_ready);
    return 1;
}

static int client_fd(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    bool is_ours = !lx_client_is_forked(handle->client);

    lua_pushinteger(L, is_ours ? lx_client_fd(handle->client) : -1);
    return 1;
}

static int client_signal(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);

    if (!lx_client_is_forked(handle->client))
        lx_client_signal(handle->client);
    return 0;
}

/* ---- the rest ---- */

static int client_stats(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    struct lx_stats stats = {0};

    if (!lx_client_is_forked(handle->client))
        lx_client_stats(handle->client, &stats);
    lua_createtable(L, 0, 16);
#define SET_FIELD(name)                                                        \
    compat_push_int64(L, (int64_t)stats.name);                                 \
    lua_setfield(L, -2, #name);
    LX_STATS_MAP(SET_FIELD)
#undef SET_FIELD
    return 1;
}

/* Push a userdata that frees the pointer in it, also when Lua raises; NULL at
 * first. Before lx_lua_check_open: a finalizer that closes the client may run.
 */
static void *push_box(lua_State *L)
{
    void **box = lua_newuserdata(L, sizeof *box);

    *box = NULL;
    luaL_getmetatable(L, BOX_TYPE);
    lua_setmetatable(L, -2);
    return box;
}

/* A list of {model, count, p50, p90}; seconds. */
static int client_durations(lua_State *L)
{
    size_t count = 0;
    struct lx_duration **box = push_box(L);
    struct lx_lua_handle *handle = lx_lua_check_open(L);

    if (!lx_client_is_forked(handle->client))
        *box = lx_client_durations(handle->client, &count);
    lua_newtable(L);
    for (size_t i = 0; *box && i < count; i++) {
        const struct lx_duration *duration = &(*box)[i];
        lua_createtable(L, 0, 4);
        lua_pushstring(L, duration->model);
        lua_setfield(L, -2, "model");
        compat_push_int64(L, (int64_t)duration->count);
        lua_setfield(L, -2, "count");
        lua_pushnumber(L, duration->p50_s);
        lua_setfield(L, -2, "p50");
        lua_pushnumber(L, duration->p90_s);
        lua_setfield(L, -2, "p90");
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* After stop: the text for config.durations_text, or nil. */
static int client_saved_durations(lua_State *L)
{
    char **box = push_box(L);
    struct lx_lua_handle *handle = lx_lua_check_open(L);

    *box = lx_client_save_durations(handle->client);
    lua_pushstring(L, *box);
    return 1;
}

static int client_is_forked(lua_State *L)
{
    lua_pushboolean(L, lx_client_is_forked(lx_lua_check_open(L)->client));
    return 1;
}

/* Stop the thread and keep its events: next() still gives them. */
static int client_stop(lua_State *L)
{
    lx_client_stop(lx_lua_check_open(L)->client);
    return 0;
}

/* close, __gc and __close: the pointers go before what they point to. */
static int client_close(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_handle(L);

    if (handle->inbox.is_telling) /* by a finalizer: next will do it */
        handle->is_closing = true;
    else
        close_handle(handle);
    return 0;
}

static int box_gc(lua_State *L)
{
    void **box = lua_touserdata(L, 1);

    free(*box);
    *box = NULL;
    return 0;
}

void lx_lua_client_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"is_quiet", client_is_quiet},
        {"poll", client_poll},
        {"fd", client_fd},
        {"signal", client_signal},
        {"stats", client_stats},
        {"durations", client_durations},
        {"saved_durations", client_saved_durations},
        {"is_forked", client_is_forked},
        {"mailbox", lx_lua_client_mailbox},
        {"stop", client_stop},
        {"close", client_close},
        {NULL, NULL}};

    /* filled also when it exists: an earlier call may have run out of memory
     * half way */
    lx_lua_rows_open(L);
    luaL_newmetatable(L, BOX_TYPE);
    lua_pushcfunction(L, box_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_newmetatable(L, LX_LUA_CLIENT_TYPE);
    lua_newtable(L);
    lx_lua_set_commands(L);
    compat_set_functions(L, methods);
    lx_lua_push_teller(L);
    lua_pushcclosure(L, client_next, 1);
    lua_setfield(L, -2, "next");
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, client_close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, client_close);
    lua_setfield(L, -2, "__close");
    lua_pushliteral(L, LX_LUA_CLIENT_TYPE);
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
}
