/* engine.c: a program that holds the library itself: engine GAME.lua FOLDER. No
 * file of the library is in its reach. */
#include "liangxin.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>

/* Twice: entries that are there already stay. */
static int run_game(lua_State *L)
{
    luaL_openlibs(L);
    liangxin_preload(L);
    liangxin_preload(L);
    lua_getglobal(L, "package");
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "path");
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "cpath");
    const char *const *words = lua_touserdata(L, 1);
    if (luaL_loadfile(L, words[1]) != 0)
        return lua_error(L);
    lua_pushstring(L, words[2]);
    lua_pushliteral(L, LIANGXIN_VERSION);
    lua_call(L, 2, 0);
    return 0;
}

int main(int count, char **words)
{
    lua_State *L = luaL_newstate();

    if (!L || count != 3)
        return 2;
    lua_pushcfunction(L, run_game);
    lua_pushlightuserdata(L, words);
    int status = lua_pcall(L, 1, 0, 0);
    if (status != 0)
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return status != 0;
}
