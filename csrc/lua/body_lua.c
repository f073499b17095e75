/* body_lua.c: see body_lua.h. Nothing is allocated before every field has been
 * read, since reading may raise. */
#include "body_lua.h"

#include <stdlib.h>
#include <string.h>

#define PIECES_MAX (2 * LX_BODY_PICTURES_MAX + 1)

/* A piece before it is copied: its content is Lua's. */
struct given {
    struct lx_piece piece;
    const char *content;
};

/* The text of field `name`, or NULL. It stays on the stack, so that it stays
 * alive. */
static const char *piece_text(lua_State *L, int index, const char *name,
                              size_t *length)
{
    lua_pushstring(L, name);
    lua_rawget(L, index);
    if (lua_type(L, -1) != LUA_TSTRING)
        return NULL;
    return lua_tolstring(L, -1, length);
}

/* The piece at the top of the stack. */
static void read_piece(lua_State *L, struct given *given)
{
    struct lx_piece *piece = &given->piece;
    int index = lua_gettop(L);

    memset(given, 0, sizeof *given);
    if (lua_type(L, index) == LUA_TSTRING) {
        piece->type = LX_PIECE_TEXT;
        given->content = lua_tolstring(L, index, &piece->length);
        return;
    }
    luaL_checktype(L, index, LUA_TTABLE);
    piece->type = LX_PIECE_FILE;
    given->content = piece_text(L, index, "path", &piece->length);
    if (!given->content) {
        piece->type = LX_PIECE_BYTES;
        given->content = piece_text(L, index, "bytes", &piece->length);
    }
    lua_pushstring(L, "max_bytes");
    lua_rawget(L, index);
    double most = (double)lua_tonumber(L, -1);
    if (!given->content || !(most >= 0.0 && most <= LX_BODY_BYTES_MAX))
        luaL_error(L, "a picture needs a path or bytes, and max_bytes");
    piece->max_bytes = (uint64_t)most;
}

/* With copies of the contents; NULL when out of memory. */
static struct lx_body *copy_body(const struct given *given, size_t count)
{
    struct lx_body *body = lx_body_new(count);

    for (size_t i = 0; body && i < count; i++) {
        struct lx_piece *piece = &body->pieces[i];
        *piece = given[i].piece;
        piece->content = malloc(piece->length + 1);
        if (piece->content) {
            memcpy(piece->content, given[i].content, piece->length);
            piece->content[piece->length] = '\0';
            continue;
        }
        lx_body_free(body);
        body = NULL;
    }
    return body;
}

struct lx_body *lx_lua_read_body(lua_State *L, int index)
{
    struct given given[PIECES_MAX];
    size_t count = lua_rawlen(L, index);

    if (count < 1 || count > PIECES_MAX)
        luaL_error(L, "a request has 1 to %d pieces", PIECES_MAX);
    luaL_checkstack(L, 4 * PIECES_MAX, "to read a request");
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, index, (int)i + 1);
        read_piece(L, &given[i]);
    }
    struct lx_body *body = copy_body(given, count);
    if (!body)
        luaL_error(L, "not enough memory");
    return body;
}

void lx_lua_push_sizes(lua_State *L, const struct lx_body *body)
{
    bool is_known = true;
    int count = 0;

    if (!body) {
        lua_pushnil(L);
        return;
    }
    lua_newtable(L);
    for (size_t i = 0; i < body->count; i++) {
        const struct lx_piece *piece = &body->pieces[i];
        if (piece->type == LX_PIECE_TEXT)
            continue;
        is_known = is_known && piece->media_type;
        uint64_t bytes = lx_piece_picture_bytes(piece);
        if (bytes > 0)
            compat_push_int64(L, (int64_t)bytes);
        else
            lua_pushboolean(L, false);
        lua_rawseti(L, -2, ++count);
    }
    if (is_known) {
        compat_push_int64(L, (int64_t)lx_body_length(body));
        lua_setfield(L, -2, "total");
    }
}
