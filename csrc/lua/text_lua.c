/* text_lua.c: see text_lua.h. What the core allocates is freed before Lua can
 * raise: pushing a copy is the one call that may, so a userdata holds it. */
#include "text_lua.h"

#include "base/sha256.h"
#include "base/text.h"
#include "compat.h"
#include "json/mend.h"

#include <stdio.h>
#include <stdlib.h>

#define MENDED_TYPE "liangxin.mended"

static int mended_gc(lua_State *L)
{
    struct lx_mended *mended = lua_touserdata(L, 1);

    free(mended->text);
    mended->text = NULL;
    return 0;
}

static struct lx_mended *push_holder(lua_State *L)
{
    struct lx_mended *mended = lua_newuserdata(L, sizeof *mended);

    *mended = (struct lx_mended){.text = NULL};
    if (luaL_newmetatable(L, MENDED_TYPE)) {
        lua_pushcfunction(L, mended_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return mended;
}

int lx_lua_mend(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    struct lx_mended *mended = push_holder(L);

    if (!lx_json_mend(text, length, LX_MEND_WHOLE, mended)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushlstring(L, mended->text, mended->length);
    free(mended->text);
    mended->text = NULL;
    return 1;
}

int lx_lua_has_control(lua_State *L)
{
    size_t length, at = 0;
    const char *text = luaL_checklstring(L, 1, &length);

    while (at < length && (unsigned char)text[at] >= 0x20 && text[at] != 0x7F)
        at++;
    lua_pushboolean(L, at < length);
    return 1;
}

int lx_lua_is_utf8(lua_State *L)
{
    size_t length, at = 0, step = 1;
    const char *text = luaL_checklstring(L, 1, &length);

    for (; at < length && step > 0; at += step)
        step = lx_text_character(text + at, length - at);
    lua_pushboolean(L, step > 0);
    return 1;
}

int lx_lua_digest(lua_State *L)
{
    enum { SHOWN_BYTES = 16 };
    unsigned char digest[LX_SHA256_BYTES];
    char text[2 * SHOWN_BYTES + 1];
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);

    lx_sha256_of(bytes, length, digest);
    for (size_t i = 0; i < SHOWN_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    lua_pushstring(L, text);
    return 1;
}
