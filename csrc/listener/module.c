/* module.c: the Lua module liangxin.listener: a box around a listener, and
 * waiting for the end of a program. Runs on the caller's thread; the listener's
 * own Lua states are out of reach from here. */
#include "compat.h"
#include "listener.h"
#include "mailbox_lua.h"
#include "os/process.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define LISTENER_TYPE "liangxin.listener"
#define TICKET_MAX    9007199254740991.0

struct box {
    struct lx_listener *listener; /* NULL before start and after stop */
    char *result; /* owned; of a call, until it is a Lua value */
};

/* The fields stay on the stack, alive until the function returns. */
static const char *string_field(lua_State *L, const char *name)
{
    lua_getfield(L, 1, name);
    return luaL_checkstring(L, -1);
}

static const char *optional_field(lua_State *L, const char *name)
{
    lua_getfield(L, 1, name);
    return luaL_optstring(L, -1, NULL);
}

static double number_field(lua_State *L, const char *name, double fallback,
                           double max)
{
    lua_getfield(L, 1, name);
    double value = luaL_optnumber(L, -1, fallback);
    if (!(value >= 0 && value <= max))
        luaL_error(L, "liangxin.listener: %s must be from 0 to %f", name, max);
    return value;
}

enum {
    BODY_MAX_DEFAULT = 1024 * 1024,
    BODY_MAX_MAX = 1024 * 1024 * 1024,
    SILENCE_DEFAULT_S = 60,
    SILENCE_MAX_S = 86400
};

/* The box at the top, or NULL when the value is none, or one of a client's
 * module that was built for another version. */
static const struct lx_mailbox_box *mailbox_at_top(lua_State *L)
{
    const struct lx_mailbox_box *box = lua_touserdata(L, -1);
    bool is_one;

    if (!box || !lua_getmetatable(L, -1))
        return NULL;
    luaL_getmetatable(L, LX_MAILBOX_TYPE);
    is_one = lua_rawequal(L, -1, -2) && box->version == LX_MAILBOX_VERSION &&
             box->bytes == sizeof *box && box->mailbox;
    lua_pop(L, 2);
    return is_one ? box : NULL;
}

/* The field stays on the stack, too. */
static const struct lx_mailbox_box *mailbox_field(lua_State *L)
{
    lua_getfield(L, 1, "mailbox");
    if (lua_isnil(L, -1))
        return NULL;
    const struct lx_mailbox_box *box = mailbox_at_top(L);
    if (!box)
        luaL_error(L, "liangxin.listener: the client is of another version "
                      "than the listener: install both anew");
    return box;
}

/* listener.start{address=, port=, max_body=, silence=, handler=, worker=,
 * config=, path=, cpath=, mailbox=} -> listener | nil, err */
static int module_start(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    struct lx_listener_setup setup = {
        .address = optional_field(L, "address"),
        .port = (int)number_field(L, "port", 0, 65535),
        .silence_seconds = (unsigned)number_field(
            L, "silence", SILENCE_DEFAULT_S, SILENCE_MAX_S),
        .body_max_bytes =
            (size_t)number_field(L, "max_body", BODY_MAX_DEFAULT, BODY_MAX_MAX),
        .path = string_field(L, "path"),
        .cpath = string_field(L, "cpath"),
        .handler = string_field(L, "handler"),
        .worker = optional_field(L, "worker"),
        .config = string_field(L, "config"),
        .mailbox = mailbox_field(L),
    };
    struct box *box = lua_newuserdata(L, sizeof *box);
    *box = (struct box){NULL, NULL};
    luaL_getmetatable(L, LISTENER_TYPE);
    lua_setmetatable(L, -2);
    char error[1024];
    box->listener = lx_listener_start(&setup, error, sizeof error);
    if (box->listener)
        return 1;
    lua_pushnil(L);
    lua_pushstring(L, error);
    return 2;
}

static struct box *check_box(lua_State *L)
{
    return luaL_checkudata(L, 1, LISTENER_TYPE);
}

/* listener:port() -> integer, or nil when stopped */
static int listener_port(lua_State *L)
{
    struct box *box = check_box(L);
    if (!box->listener)
        return 0;
    lua_pushinteger(L, lx_listener_port(box->listener));
    return 1;
}

/* listener:call(name, text) -> text | nil, err */
static int listener_call(lua_State *L)
{
    struct box *box = check_box(L);
    const char *name = luaL_checkstring(L, 2);
    size_t text_bytes = 0, length = 0;
    const char *text = luaL_optlstring(L, 3, "", &text_bytes);
    char error[1024] = "the listener was stopped";
    free(box->result);
    box->result = NULL;
    if (box->listener)
        box->result = lx_listener_call(box->listener, name, text, text_bytes,
                                       &length, error, sizeof error);
    if (!box->result) {
        lua_pushnil(L);
        lua_pushstring(L, error);
        return 2;
    }
    lua_pushlstring(L, box->result, length);
    free(box->result);
    box->result = NULL;
    return 1;
}

/* listener:settle(ticket, text) -> whether somebody still waits for it: what
 * the host makes of work that it was posted, see desk.h */
static int listener_settle(lua_State *L)
{
    struct box *box = check_box(L);
    double ticket = (double)luaL_checknumber(L, 2);
    size_t length;
    const char *text = luaL_checklstring(L, 3, &length);

    luaL_argcheck(L, ticket >= 1 && ticket <= TICKET_MAX, 2, "out of range");
    lua_pushboolean(L, box->listener &&
                           lx_listener_settle(box->listener, (uint64_t)ticket,
                                              text, length));
    return 1;
}

/* stop, __gc and __close in one: twice is fine. */
static int listener_stop(lua_State *L)
{
    struct box *box = check_box(L);
    struct lx_listener *listener = box->listener;
    box->listener = NULL;
    lx_listener_stop(listener);
    free(box->result);
    box->result = NULL;
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

/* listener.hold(): from now on INT, TERM and HUP wait for listener.wait(), so
 * that none is lost, and none kills, between a program's start and its wait. */
static int module_hold(lua_State *L)
{
    (void)L;
    sigset_t ends, before;
    hold_ends(&ends, &before);
    return 0;
}

/* listener.wait() -> "INT" | "TERM" | "HUP": sleep until one of them comes. The
 * signals are taken here by sigwait(), not by handlers: no static flag, no
 * race between a check and the sleep, and a Ctrl-C that a shell has set to be
 * ignored for background jobs still arrives. */
static int module_wait(lua_State *L)
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

__attribute__((visibility("default"))) int
luaopen_liangxin_listener(lua_State *L);

int luaopen_liangxin_listener(lua_State *L)
{
    static const luaL_Reg methods[] = {{"port", listener_port},
                                       {"call", listener_call},
                                       {"settle", listener_settle},
                                       {"stop", listener_stop},
                                       {"__gc", listener_stop},
                                       {"__close", listener_stop},
                                       {NULL, NULL}};
    static const luaL_Reg functions[] = {{"start", module_start},
                                         {"hold", module_hold},
                                         {"wait", module_wait},
                                         {NULL, NULL}};
    compat_check_version(L);
    lx_process_pin(functions); /* its threads run in here */
    luaL_newmetatable(L, LISTENER_TYPE);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    compat_set_functions(L, methods);
    lua_pop(L, 1);
    lua_newtable(L);
    compat_set_functions(L, functions);
    return 1;
}
