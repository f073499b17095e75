/* liangxin.h: for programs that hold the library themselves (engines, games).
 * `make amalgamation` writes this header with two sources beside it:
 *
 *   cc -I<Lua> game.c liangxin.c liangxin_lua.c -lcurl -llua5.4
 *
 *   luaL_openlibs(L);
 *   liangxin_preload(L);   -- from here on require "liangxin" works
 *
 * C11, and one Lua (5.1 to 5.5 or LuaJIT) for everything in the program. Each
 * state belongs to one thread; several states may run at once. */
#pragma once

#include "base/version.h"

#include <lua.h>

#define LIANGXIN_VERSION LX_VERSION /* "major.minor.patch" */

#ifdef __cplusplus
extern "C" {
#endif

/* The module liangxin.core, as `require` opens it. Raises when this file was
 * compiled with the headers of another Lua than L is, or when libcurl cannot be
 * initialised. */
int luaopen_liangxin_core(lua_State *L);

/* Fill package.preload with all modules of the library, so that no file is
 * looked for; entries that are there already stay. In liangxin_lua.c. Needs
 * the libraries of luaL_openlibs, and raises when out of memory. lua-cjson, for
 * record.data, is not among the modules. */
void liangxin_preload(lua_State *L);

#ifdef __cplusplus
}
#endif
