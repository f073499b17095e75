/* table_lua.c: see table_lua.h. */
#include "table_lua.h"

#include <math.h>

void lx_lua_raw_field(lua_State *L, int index, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, index);
}

bool lx_lua_table_may_inherit(lua_State *L, int index)
{
    if (!lua_getmetatable(L, index))
        return false;
    lx_lua_raw_field(L, lua_gettop(L), "__index");
    bool may = !lua_isnil(L, -1);
    lua_pop(L, 2);
    return may;
}

bool lx_lua_is_of_cjson(lua_State *L, int index, int loaded, const char *field)
{
    static const char *const modules[] = {"cjson", "cjson.safe"};

    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        lx_lua_raw_field(L, loaded, modules[i]);
        bool same = false;
        if (lua_istable(L, -1)) {
            lx_lua_raw_field(L, lua_gettop(L), field);
            same = lua_rawequal(L, -1, index);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
        if (same)
            return true;
    }
    return false;
}

bool lx_lua_table_is_marked(lua_State *L, int index, int loaded)
{
    if (!lua_getmetatable(L, index))
        return false;
    int mark = lua_gettop(L);
    lx_lua_raw_field(L, LUA_REGISTRYINDEX, LX_LUA_ARRAY_TYPE);
    bool is_marked = lua_rawequal(L, -1, mark) ||
                     lx_lua_is_of_cjson(L, mark, loaded, "array_mt") ||
                     lx_lua_is_of_cjson(L, mark, loaded, "empty_array_mt");
    lua_pop(L, 2);
    return is_marked;
}

static bool is_element(lua_State *L, int index, size_t n)
{
    if (lua_type(L, index) != LUA_TNUMBER)
        return false;
    lua_Number key = lua_tonumber(L, index);
    return key >= 1 && key <= (lua_Number)n && floor(key) == key;
}

struct lx_lua_keys lx_lua_table_keys(lua_State *L, int index, size_t n)
{
    struct lx_lua_keys keys = {0, 0, 0};

    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING)
            keys.strings++;
        else if (is_element(L, -1, n))
            keys.elements++;
        else
            keys.others++;
    }
    return keys;
}

int lx_lua_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (lua_next(L, 1))
        return 2;
    lua_pushnil(L);
    return 1;
}
