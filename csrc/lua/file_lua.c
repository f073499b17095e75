/* file_lua.c: see file_lua.h. */
#include "file_lua.h"

#include "compat.h"
#include "os/file.h"

/* 0 when there is no such file. */
static uint64_t length_of(const char *path)
{
    struct lx_file file;
    struct lx_file_identity identity = {.length = 0};

    if (lx_file_open(&file, path) != LX_FILE_OK)
        return 0;
    (void)lx_file_identify(&file, &identity);
    lx_file_close(&file);
    return identity.length;
}

static bool read_start(const char *path, char *room, size_t *length)
{
    struct lx_file file;

    if (lx_file_open(&file, path) != LX_FILE_OK)
        return false;
    enum lx_file_reason reason = lx_file_read(&file, 0, room, length);
    lx_file_close(&file);
    return reason == LX_FILE_OK;
}

int lx_lua_read_file(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    lua_Integer longest = luaL_checkinteger(L, 2);
    uint64_t expected = length_of(path);
    size_t length = (size_t)expected;

    lua_settop(L, 2);
    lua_pushnil(L);
    if (expected > 0 && expected <= (uint64_t)longest) {
        /* no file is open while Lua may raise */
        char *room = lua_newuserdata(L, length);
        if (read_start(path, room, &length))
            lua_pushlstring(L, room, length);
        else
            lua_pushnil(L);
    }
    return 1;
}

static int push_reason(lua_State *L, enum lx_file_reason reason)
{
    if (reason == LX_FILE_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, lx_file_words(reason));
    return 2;
}

int lx_lua_absolute(lua_State *L)
{
    char path[8192];

    if (lx_path_absolute(luaL_checkstring(L, 1), path, sizeof path))
        lua_pushstring(L, path);
    else
        lua_pushnil(L);
    return 1;
}

int lx_lua_replace_file(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    const char *temporary = luaL_checkstring(L, 2);
    size_t length;
    const char *bytes = luaL_checklstring(L, 3, &length);
    struct lx_file file;

    enum lx_file_reason reason = lx_file_create(&file, temporary);
    if (reason == LX_FILE_OK) {
        reason = lx_file_write(&file, 0, bytes, length);
        lx_file_close(&file);
        if (reason == LX_FILE_OK)
            reason = lx_file_rename(temporary, path, true);
        if (reason != LX_FILE_OK)
            lx_file_remove(temporary);
    }
    return push_reason(L, reason);
}

int lx_lua_kind_of_file(lua_State *L)
{
    switch (lx_file_kind_at(luaL_checkstring(L, 1))) {
    case LX_FILE_KIND_NONE:
        lua_pushnil(L);
        break;
    case LX_FILE_KIND_REGULAR:
        lua_pushliteral(L, "file");
        break;
    case LX_FILE_KIND_FOLDER:
        lua_pushliteral(L, "folder");
        break;
    default:
        lua_pushliteral(L, "other");
    }
    return 1;
}

int lx_lua_is_private_file(lua_State *L)
{
    lua_pushboolean(L, lx_file_is_private(luaL_checkstring(L, 1)));
    return 1;
}

int lx_lua_make_folder(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    enum lx_file_reason reason = lx_folder_make(path);

    if (lx_file_kind_at(path) == LX_FILE_KIND_FOLDER)
        reason = LX_FILE_OK;
    return push_reason(L, reason);
}
