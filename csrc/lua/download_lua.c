/* download_lua.c: see download_lua.h. Nothing is allocated before every field
 * has been read, since reading may raise. */
#include "download_lua.h"

#include "base/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 9.0e15
#define FILES_MAX  256

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

static double spec_number(lua_State *L, int index, const char *name,
                          double most)
{
    lua_getfield(L, index, name);
    double number = (double)luaL_checknumber(L, -1);
    lua_pop(L, 1);
    if (!(number >= 0.0 && number <= most))
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

/* A copy of `text`, NULL of NULL; clears *is_whole when out of memory. */
static char *copy_order_text(const char *text, bool *is_whole)
{
    char *copy = text ? lx_text_duplicate(text, strlen(text)) : NULL;

    *is_whole = *is_whole && !text == !copy;
    return copy;
}

struct lx_download_order *lx_lua_read_download(lua_State *L, int index)
{
    struct lx_download_order plain = {0};

    luaL_checktype(L, index, LUA_TTABLE);
    plain.max_bytes = (uint64_t)spec_number(L, index, "max_bytes", NUMBER_MAX);
    plain.stall_ms =
        (int64_t)(spec_number(L, index, "stall", NUMBER_MAX) * 1000.0);
    plain.overwrite = spec_flag(L, index, "overwrite");
    plain.allow_http = spec_flag(L, index, "allow_http");
    plain.allow_private = spec_flag(L, index, "allow_private");
    plain.want_progress = spec_flag(L, index, "progress");
    const char *url = spec_text(L, index, "url", true);
    const char *target = spec_text(L, index, "target", false);
    const char *task_id = spec_text(L, index, "task_id", false);
    const char *first_url = spec_text(L, index, "first_url", false);
    if (target)
        plain.number = (int)spec_number(L, index, "number", INT_MAX);
    lua_getfield(L, index, "entry");
    bool has_entry = !lua_isnil(L, -1);
    lua_pop(L, 1);
    if (has_entry && target && task_id) {
        plain.entry = (int64_t)spec_number(L, index, "entry", NUMBER_MAX);
        plain.count = (int)spec_number(L, index, "count", FILES_MAX);
        plain.is_by_hand = spec_flag(L, index, "by_hand");
    }
    struct lx_download_order *spec = malloc(sizeof *spec);
    bool is_whole = spec != NULL;
    if (spec) {
        *spec = plain;
        spec->url = copy_order_text(url, &is_whole);
        spec->target = copy_order_text(target, &is_whole);
        spec->task_id = copy_order_text(task_id, &is_whole);
        spec->first_url = copy_order_text(first_url, &is_whole);
    }
    if (is_whole)
        return spec;
    lx_download_order_free(spec);
    luaL_error(L, "not enough memory");
    return NULL;
}
