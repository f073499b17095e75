/* module.c: the Lua module liangxin.store.postgres: { name =, version =, store
 * = the functions of journal/store.h, for the core }. */
#include "os/process.h"
#include "postgres_store.h"
#include "sql/push_lua.h"

__attribute__((visibility("default"))) int
luaopen_liangxin_store_postgres(lua_State *L);

int luaopen_liangxin_store_postgres(lua_State *L)
{
    int version = PQlibVersion();

    compat_check_version(L);
    if (!PQisthreadsafe())
        return luaL_error(L, "this libpq is built without threads");
    lx_process_pin((const void *)&lx_postgres_api);
    lua_newtable(L);
    lua_pushstring(L, lx_postgres_api.name);
    lua_setfield(L, -2, "name");
    lua_pushfstring(L, "%d.%d", version / 10000, version % 10000);
    lua_setfield(L, -2, "version");
    lx_store_push(L, &lx_postgres_api);
    lua_setfield(L, -2, "store");
    return 1;
}
