/* module.c: the Lua module liangxin.sandbox.core: a box around a server, and
 * waiting for the end. Runs on the caller's thread; the server's own Lua state
 * is out of reach from here. */
#include "compat.h"
#include "server.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define SERVER_TYPE "liangxin.sandbox.server"

struct box {
    struct lx_server *server; /* NULL before start and after stop */
};

static const char *string_field(lua_State *L, const char *name)
{
    lua_getfield(L, 1, name);
    return luaL_checkstring(L, -1); /* stays on the stack, alive */
}

static double number_field(lua_State *L, const char *name)
{
    lua_getfield(L, 1, name);
    return luaL_checknumber(L, -1);
}

/* core.start{port=, max_body=, path=, cpath=, config=} -> server | nil, err */
static int core_start(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    struct lx_server_setup setup = {
        .port = (int)number_field(L, "port"),
        .body_max_bytes = (size_t)number_field(L, "max_body"),
        .path = string_field(L, "path"),
        .cpath = string_field(L, "cpath"),
        .config = string_field(L, "config"),
    };
    struct box *box = lua_newuserdata(L, sizeof(*box));
    box->server = NULL;
    luaL_getmetatable(L, SERVER_TYPE);
    lua_setmetatable(L, -2);
    char error[1024];
    box->server = lx_server_start(&setup, error, sizeof(error));
    if (!box->server) {
        lua_pushnil(L);
        lua_pushstring(L, error);
        return 2;
    }
    return 1;
}

static struct box *check_box(lua_State *L)
{
    return luaL_checkudata(L, 1, SERVER_TYPE);
}

static int server_port(lua_State *L)
{
    struct box *box = check_box(L);
    if (!box->server)
        return 0;
    lua_pushinteger(L, lx_server_port(box->server));
    return 1;
}

/* server:report() -> JSON, or nil when stopped */
static int server_report(lua_State *L)
{
    struct box *box = check_box(L);
    size_t length = 0;
    char *report = box->server ? lx_server_report(box->server, &length) : NULL;
    if (!report)
        return 0;
    lua_pushlstring(L, report, length);
    free(report);
    return 1;
}

/* stop, __gc and __close in one: twice is fine. */
static int server_stop(lua_State *L)
{
    struct box *box = check_box(L);
    struct lx_server *server = box->server;
    box->server = NULL;
    lx_server_stop(server);
    return 0;
}

/* Block the signals that end a program; the former mask goes to `before`. */
static void hold_ends(sigset_t *ends, sigset_t *before)
{
    sigemptyset(ends);
    sigaddset(ends, SIGINT);
    sigaddset(ends, SIGTERM);
    sigaddset(ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, ends, before);
}

/* core.hold(): from now on INT, TERM and HUP wait for core.wait(), so that none
 * is lost, and none kills, between a program's start and its wait. */
static int core_hold(lua_State *L)
{
    (void)L;
    sigset_t ends, before;
    hold_ends(&ends, &before);
    return 0;
}

/* core.wait() -> "INT" | "TERM" | "HUP": sleep until one of them comes. The
 * signals are taken here by sigwait(), not by handlers: no static flag, no
 * race between a check and the sleep, and a Ctrl-C that a shell has set to be
 * ignored for background jobs still arrives. */
static int core_wait(lua_State *L)
{
    sigset_t ends, before;
    hold_ends(&ends, &before);
    int which = 0;
    while (sigwait(&ends, &which) != 0)
        ;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    lua_pushstring(L, which == SIGINT    ? "INT"
                      : which == SIGTERM ? "TERM"
                                         : "HUP");
    return 1;
}

static void set_functions(lua_State *L, const luaL_Reg *row)
{
    for (; row->name; row++) {
        lua_pushcfunction(L, row->func);
        lua_setfield(L, -2, row->name);
    }
}

__attribute__((visibility("default"))) int
luaopen_liangxin_sandbox_core(lua_State *L);

int luaopen_liangxin_sandbox_core(lua_State *L)
{
    static const luaL_Reg methods[] = {{"port", server_port},
                                       {"report", server_report},
                                       {"stop", server_stop},
                                       {NULL, NULL}};
    static const luaL_Reg functions[] = {{"start", core_start},
                                         {"hold", core_hold},
                                         {"wait", core_wait},
                                         {NULL, NULL}};
    lx_check_lua(L);
    lx_server_prepare();
    luaL_newmetatable(L, SERVER_TYPE);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    set_functions(L, methods);
    lua_pushcfunction(L, server_stop);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, server_stop);
    lua_setfield(L, -2, "__close");
    lua_pop(L, 1);
    lua_newtable(L);
    set_functions(L, functions);
    return 1;
}
