/* download_lua.c: see download_lua.h. Nothing is allocated before every field
 * has been read, since reading may raise. */
#include "download_lua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 9.0e15

static const char *spec_text(lua_State *L, int index, const char *name,
                             bool is_needed)
{
    lua_getfield(L, index, name);
    if (!is_needed && lua_isnil(L, -1))
        return NULL;
    if (lua_type(L, -1) != LUA_TSTRING ||
        strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1))
        luaL_error(L, "download.%s: a string without NUL is needed", name);
    return lua_tostring(L, -1);
}

static double spec_number(lua_State *L, int index, const char *name)
{
    lua_getfield(L, index, name);
    double number = (double)luaL_checknumber(L, -1);
    lua_pop(L, 1);
    if (!(number >= 0.0 && number <= NUMBER_MAX))
        luaL_error(L, "download.%s: out of range", name);
    return number;
}

static bool spec_flag(lua_State *L, int index, const char *name)
{
    lua_getfield(L, index, name);
    bool flag = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

static char *part_path_of(const char *path)
{
    static const char suffix[] = ".part";
    size_t room = strlen(path) + sizeof suffix;
    char *part = malloc(room);

    if (part)
        snprintf(part, room, "%s%s", path, suffix);
    return part;
}

/* A heap copy of `plain`, its texts copied from url and path; NULL when memory
 * is out. */
static struct lx_download_spec *make_spec(const struct lx_download_spec *plain,
                                          const char *url, const char *path)
{
    struct lx_download_spec *spec = malloc(sizeof *spec);

    if (!spec)
        return NULL;
    *spec = *plain;
    spec->url = lx_text_duplicate(url, strlen(url));
    spec->path = path ? lx_text_duplicate(path, strlen(path)) : NULL;
    spec->part_path = path ? part_path_of(path) : NULL;
    if (spec->url && (!path || (spec->path && spec->part_path)))
        return spec;
    lx_download_spec_free(spec);
    return NULL;
}

struct lx_download_spec *lx_lua_read_download(lua_State *L, int index)
{
    struct lx_download_spec plain = {0};

    luaL_checktype(L, index, LUA_TTABLE);
    plain.max_bytes = (uint64_t)spec_number(L, index, "max_bytes");
    plain.stall_ms = (int64_t)(spec_number(L, index, "stall") * 1000.0);
    plain.overwrite = spec_flag(L, index, "overwrite");
    plain.allow_http = spec_flag(L, index, "allow_http");
    plain.allow_private = spec_flag(L, index, "allow_private");
    plain.want_progress = spec_flag(L, index, "progress");
    const char *url = spec_text(L, index, "url", true);
    const char *path = spec_text(L, index, "path", false);
    struct lx_download_spec *spec = make_spec(&plain, url, path);
    if (!spec)
        luaL_error(L, "not enough memory");
    return spec;
}
