/* terminal_lua.c: see terminal_lua.h. */
#include "terminal_lua.h"

#include "compat.h"
#include "os/terminal.h"

static int check_descriptor(lua_State *L)
{
    lua_Integer descriptor = luaL_checkinteger(L, 1);

    luaL_argcheck(L, descriptor >= 0 && descriptor <= 2, 1, "from 0 to 2");
    return (int)descriptor;
}

/* is_terminal(descriptor) */
static int terminal_is(lua_State *L)
{
    lua_pushboolean(L, lx_terminal_is(check_descriptor(L)));
    return 1;
}

/* size(descriptor): columns, rows; or nil */
static int terminal_size(lua_State *L)
{
    int columns, rows;

    if (!lx_terminal_size(check_descriptor(L), &columns, &rows)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, columns);
    lua_pushinteger(L, rows);
    return 2;
}

/* begin(descriptor): two numbers for finish; or nil where control codes are
 * not for it */
static int terminal_begin(lua_State *L)
{
    struct lx_terminal_mode mode;

    if (!lx_terminal_begin(check_descriptor(L), &mode)) {
        lua_pushnil(L);
        return 1;
    }
    compat_push_int64(L, mode.output);
    compat_push_int64(L, mode.encoding);
    return 2;
}

/* finish(descriptor, number, number) */
static int terminal_finish(lua_State *L)
{
    int descriptor = check_descriptor(L);
    struct lx_terminal_mode mode = {
        .output = (uint32_t)luaL_checknumber(L, 2),
        .encoding = (uint32_t)luaL_checknumber(L, 3),
    };

    lx_terminal_end(descriptor, &mode);
    return 0;
}

/* catch_stops(): whether Ctrl-C and SIGTERM are counted from now on */
static int catch_stops(lua_State *L)
{
    lua_pushboolean(L, lx_stops_catch());
    return 1;
}

/* stops(): how often Ctrl-C, how often SIGTERM */
static int count_stops(lua_State *L)
{
    struct lx_stops stops = lx_stops_count();

    lua_pushinteger(L, (lua_Integer)stops.interrupts);
    lua_pushinteger(L, (lua_Integer)stops.terminations);
    return 2;
}

/* release_stops(): they end the program again */
static int release_stops(lua_State *L)
{
    (void)L;
    lx_stops_release();
    return 0;
}

void lx_lua_push_terminal(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"is_terminal", terminal_is},     {"size", terminal_size},
        {"begin", terminal_begin},        {"finish", terminal_finish},
        {"catch_stops", catch_stops},     {"stops", count_stops},
        {"release_stops", release_stops}, {NULL, NULL}};

    lua_newtable(L);
    compat_set_functions(L, functions);
}
