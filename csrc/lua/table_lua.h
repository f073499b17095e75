/* table_lua.h: what a Lua table is in JSON: array or object, and what it holds
 * beside its own elements. Called on the host's thread. Calls no metamethod and
 * changes no table; `index` and `loaded` are absolute or pseudo-indices.
 * `loaded` is package.loaded, where the marks of lua-cjson are looked for,
 * should the program use that. */
#pragma once

#include "compat.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* The metatable of what liangxin.array marks, in the registry. */
#define LX_LUA_ARRAY_TYPE "liangxin.array"

/* Push a field of the table at `index`. */
void lx_lua_raw_field(lua_State *L, int index, const char *name);

/* Whether fields may come through the table's metatable. */
bool lx_lua_table_may_inherit(lua_State *L, int index);

/* Whether the value is that field of lua-cjson. */
bool lx_lua_is_of_cjson(lua_State *L, int index, int loaded, const char *field);

/* Whether liangxin.array or a lua-cjson with marks says that it is an array. */
bool lx_lua_table_is_marked(lua_State *L, int index, int loaded);

/* How many keys of a table are what. */
struct lx_lua_keys {
    size_t elements; /* 1..n of an array of n */
    size_t strings;
    size_t others;
};

struct lx_lua_keys lx_lua_table_keys(lua_State *L, int index, size_t n);

/* Lua's next, for a compiler that must not see it: liangxin/walk.lua.
 * core.next(table, key). */
int lx_lua_next(lua_State *L);

#pragma GCC visibility pop
