/* lua_rig.h: states of Lua 5.4 with the binding, which the Makefile links into
 * test_lua_*, that know a little API: `url` is its address, `require
 * "liangxin"` finds the tree's. Run from the root of the tree. */
#pragma once

#include "../../../csrc/lua/compat.h"
#include "../../../csrc/lua/liangxin.h"
#include "../engine/api_rig.h"

#include <lualib.h>

/* Creates give t1, a success at its first query; "lost" is not known; f.png is
 * a file; a create whose body says "hold" gets no answer. */
static enum after_answer answer_call(const struct request *call)
{
    if (call->is_post && strstr(call->text, "hold"))
        return HOLD;
    if (call->is_post) {
        api_say_created(call->fd, "t1");
    } else if (strstr(call->text, "/f.png")) {
        api_say_file(call->fd);
    } else if (strstr(call->text, "taskId=lost")) {
        api_say(call->fd, 404, "{\"code\":404,\"msg\":\"Task not found\"}");
    } else {
        api_say(call->fd, 200,
                "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"t1\","
                "\"model\":\"m\",\"state\":\"success\",\"resultJson\":"
                "\"{\\\"resultUrls\\\":[\\\"http://127.0.0.1:%d/f.png\\\"]}\"}"
                "}",
                api.port);
    }
    return KEEP;
}

#if LUA_VERSION_NUM == 504

static inline bool run_text(lua_State *L, const char *text)
{
    if (luaL_loadstring(L, text) == LUA_OK && lua_pcall(L, 0, 0, 0) == LUA_OK)
        return true;
    return false;
}

static inline void run_well(lua_State *L, const char *text, const char *what)
{
    bool ran = run_text(L, text);

    check_note(ran, __FILE__, __LINE__, what);
    if (!ran) {
        printf("    %s\n", lua_tostring(L, -1));
        lua_pop(L, 1);
    }
}

static inline int say_nothing(lua_State *L)
{
    (void)L;
    return 0;
}

static inline lua_State *open_state(lua_Alloc allocate, void *userdata)
{
    lua_State *L = lua_newstate(allocate, userdata);
    char text[128];

    luaL_openlibs(L);
    snprintf(text, sizeof text, "url = 'http://127.0.0.1:%d'", api.port);
    run_text(L, text);
    run_text(L, "package.path = 'lua/?.lua;lua/?/init.lua;' .. package.path");
    lua_register(L, "print", say_nothing);
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "preload");
    lua_pushcfunction(L, luaopen_liangxin_core);
    lua_setfield(L, -2, "liangxin.core");
    lua_pop(L, 2);
    return L;
}

#endif
