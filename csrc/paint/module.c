/* module.c: the Lua module liangxin.paint: an order, as a table, becomes the
 * bytes of a picture. Runs, and blocks, on the caller's thread. */
#include "compat.h"
#include "decode.h"
#include "order_lua.h"
#include "picture.h"

#include <stdlib.h>

#define PAINTING_TYPE "liangxin.paint.painting"

/* What a raised error must not leak. */
struct painting {
    struct lx_order *order; /* owned */
    char *bytes;            /* owned, from malloc */
};

/* Stack slots of paint(): the order, is_cancelled, the painting. */
enum { SLOT_ORDER = 1, SLOT_CANCEL, SLOT_PAINTING };

static int painting_free(lua_State *L)
{
    struct painting *painting = luaL_checkudata(L, -1, PAINTING_TYPE);
    lx_order_free(painting->order);
    free(painting->bytes);
    *painting = (struct painting){NULL, NULL};
    return 0;
}

/* Asks the caller's function; where that raises, painting ends, too. */
static bool asks_lua(void *context)
{
    lua_State *L = context;
    lua_pushvalue(L, SLOT_CANCEL);
    bool is_cancelled = lua_pcall(L, 0, 1, 0) != 0 || lua_toboolean(L, -1);
    lua_pop(L, 1);
    return is_cancelled;
}

/* paint(order, is_cancelled?) -> bytes | nil when cancelled or out of memory */
static int module_paint(lua_State *L)
{
    luaL_checktype(L, SLOT_ORDER, LUA_TTABLE);
    lua_settop(L, SLOT_CANCEL);
    struct painting *painting = lua_newuserdata(L, sizeof *painting);
    *painting = (struct painting){NULL, NULL};
    luaL_getmetatable(L, PAINTING_TYPE);
    lua_setmetatable(L, SLOT_PAINTING);
    luaL_checkstack(L, LUA_MINSTACK, "a painting");
    struct lx_cancel cancel = {lua_isnil(L, SLOT_CANCEL) ? NULL : asks_lua, L};
    size_t length = 0;
    painting->order = lx_order_from_lua(L, SLOT_ORDER, 0);
    if (painting->order)
        painting->bytes = lx_picture_paint(painting->order, &cancel, &length);
    if (painting->bytes)
        lua_pushlstring(L, painting->bytes, length);
    else
        lua_pushnil(L);
    lua_pushvalue(L, SLOT_PAINTING);
    painting_free(L);
    lua_pop(L, 1);
    return 1;
}

__attribute__((visibility("default"))) int luaopen_liangxin_paint(lua_State *L);

int luaopen_liangxin_paint(lua_State *L)
{
    static const luaL_Reg functions[] = {{"paint", module_paint}, {NULL, NULL}};
    compat_check_version(L);
    lx_decode_silence();
    luaL_newmetatable(L, PAINTING_TYPE);
    lua_pushcfunction(L, painting_free);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_newtable(L);
    compat_set_functions(L, functions);
    return 1;
}
