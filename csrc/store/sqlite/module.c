/* module.c: the Lua module liangxin.store.sqlite: { name =, version =, store =
 * the functions of journal/store.h, for the core }. */
#include "os/process.h"
#include "sqlite_store.h"
#include "sql/push_lua.h"

__attribute__((visibility("default"))) int
luaopen_liangxin_store_sqlite(lua_State *L);

int luaopen_liangxin_store_sqlite(lua_State *L)
{
    compat_check_version(L);
    if (!sqlite3_threadsafe())
        return luaL_error(L, "this SQLite is built without threads");
    lx_process_pin((const void *)&lx_sqlite_api);
    lua_newtable(L);
    lua_pushstring(L, lx_sqlite_api.name);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, sqlite3_libversion());
    lua_setfield(L, -2, "version");
    lx_store_push(L, &lx_sqlite_api);
    lua_setfield(L, -2, "store");
    return 1;
}
