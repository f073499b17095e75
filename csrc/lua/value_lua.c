/* value_lua.c: see value_lua.h. Strict where lua-cjson is not: invalid UTF-8,
 * NaN and mixed tables are errors with a path, integers stay exact, an empty
 * table is {} unless it is marked, and the locale does not matter. */
#include "value_lua.h"

#include "api/body.h"
#include "base/buffer.h"
#include "engine/wish.h"
#include "json_text_lua.h"
#include "table_lua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64
/* The service's own limit after decompression. */
#define BODY_MAX_BYTES (128u << 20)
/* Memory up to this is kept from one call to the next. */
#define KEEP_BYTES (64u << 10)

#define BUFFER_TYPE "liangxin.encoder"
#define IMAGE_TYPE  "liangxin.image"
#define RESULT_TYPE "liangxin.result"

/* On encode_request's stack: its second argument, its buffer, and the list of
 * pieces once there is a picture. */
#define NAMES_INDEX  2
#define BUFFER_INDEX 3
#define PIECES_INDEX 4

/* Its upvalues: the buffer that is kept, and package.loaded. */
#define KEPT_INDEX   lua_upvalueindex(1)
#define LOADED_INDEX lua_upvalueindex(2)

/* Where the encoder is: a key (a string on the Lua stack, which stays there
 * after a problem) or an index. */
struct step {
    const char *key;
    size_t index;
};

struct encoder {
    lua_State *L; /* for the time of one call only */
    struct lx_buffer *out;
    const char *problem; /* NULL: none */
    bool has_names;      /* results and pictures by what they are */
    int piece_count;     /* in the list of pieces */
    size_t cut;          /* of `out`, what is in that list already */
    int depth;
    struct step path[DEPTH_MAX];
};

static void encode_value(struct encoder *encoder, int index);

static void complain(struct encoder *encoder, const char *problem)
{
    if (!encoder->problem)
        encoder->problem = problem;
}

static void put(struct encoder *encoder, const char *bytes, size_t length)
{
    if (!lx_buffer_append(encoder->out, bytes, length))
        complain(encoder, LX_LUA_TOO_MUCH);
}

static void encode_string(struct encoder *encoder, const char *text,
                          size_t length)
{
    const char *problem = lx_lua_put_text(encoder->out, text, length);

    if (problem)
        complain(encoder, problem);
}

/* ---- tables ---- */

static void encode_array(struct encoder *encoder, int index, size_t n)
{
    struct step *place = &encoder->path[encoder->depth - 1];

    put(encoder, "[", 1);
    for (size_t i = 1; i <= n; i++) {
        place->index = i;
        if (i > 1)
            put(encoder, ",", 1);
        lua_rawgeti(encoder->L, index, (int)i);
        encode_value(encoder, lua_gettop(encoder->L));
        if (encoder->problem)
            return;
        lua_pop(encoder->L, 1);
    }
    put(encoder, "]", 1);
}

static void encode_object(struct encoder *encoder, int index)
{
    lua_State *L = encoder->L;
    struct step *place = &encoder->path[encoder->depth - 1];
    const char *separator = "";

    put(encoder, "{", 1);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        size_t length;
        /* only strings get here: tolstring must not change a key */
        const char *key = lua_tolstring(L, -2, &length);
        place->key = key;
        put(encoder, separator, strlen(separator));
        encode_string(encoder, key, length);
        put(encoder, ":", 1);
        encode_value(encoder, lua_gettop(L));
        if (encoder->problem)
            return;
        lua_pop(L, 1);
        separator = ",";
    }
    put(encoder, "}", 1);
}

/* ---- what stands for a URL ---- */

/* A text of the request; one that is the URL of a result that has a name goes
 * by that. */
static void encode_text(struct encoder *encoder, int index)
{
    lua_State *L = encoder->L;
    int top = lua_gettop(L);
    size_t length;

    if (encoder->has_names) {
        lua_pushvalue(L, index);
        lua_rawget(L, NAMES_INDEX);
        if (lua_type(L, -1) == LUA_TSTRING)
            index = lua_gettop(L);
    }
    const char *text = lua_tolstring(L, index, &length);
    encode_string(encoder, text, length);
    lua_settop(L, top);
}

static void add_piece(struct encoder *encoder)
{
    lua_rawseti(encoder->L, PIECES_INDEX, ++encoder->piece_count);
}

/* The text since the last picture. */
static void cut_text(struct encoder *encoder)
{
    struct lx_buffer *out = encoder->out;

    lua_pushlstring(encoder->L, out->bytes + encoder->cut,
                    out->length - encoder->cut);
    add_piece(encoder);
    encoder->cut = out->length;
}

static void encode_picture(struct encoder *encoder, int index)
{
    static const char mark = LX_WISH_PICTURE;
    lua_State *L = encoder->L;

    put(encoder, "\"", 1);
    if (encoder->has_names) {
        put(encoder, &mark, 1);
        put(encoder, "\"", 1);
        return;
    }
    if (encoder->piece_count >= 2 * LX_BODY_PICTURES_MAX)
        complain(encoder, "is one picture too many: a request may have 64");
    if (encoder->problem)
        return;
    if (encoder->piece_count == 0) {
        lua_newtable(L);
        lua_replace(L, PIECES_INDEX);
    }
    cut_text(encoder);
    lua_pushvalue(L, index);
    add_piece(encoder);
    put(encoder, "\"", 1);
}

static void encode_result(struct encoder *encoder, int index)
{
    lua_State *L = encoder->L;
    int top = lua_gettop(L);
    size_t length;

    lx_lua_raw_field(L, index, encoder->has_names ? "task_id" : "urls");
    if (lua_istable(L, -1))
        lua_rawgeti(L, -1, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
        if (encoder->has_names)
            lua_pushfstring(L, "%s#1", lua_tostring(L, -1));
        const char *text = lua_tolstring(L, -1, &length);
        encode_string(encoder, text, length);
    } else {
        complain(encoder, "is a result without a URL");
    }
    lua_settop(L, top);
}

/* Whether the metatable at the top is the one that the registry has under this
 * name. */
static bool is_class(lua_State *L, const char *name)
{
    lx_lua_raw_field(L, LUA_REGISTRYINDEX, name);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 1);
    return same;
}

static bool encode_reference(struct encoder *encoder, int index)
{
    lua_State *L = encoder->L;

    if (!lua_getmetatable(L, index))
        return false;
    bool is_picture = is_class(L, IMAGE_TYPE);
    bool is_result = !is_picture && is_class(L, RESULT_TYPE);
    lua_pop(L, 1);
    if (is_picture)
        encode_picture(encoder, index);
    else if (is_result)
        encode_result(encoder, index);
    return is_picture || is_result;
}

static void encode_table(struct encoder *encoder, int index)
{
    lua_State *L = encoder->L;
    size_t n = lua_rawlen(L, index);
    size_t others;

    if (encoder->depth == DEPTH_MAX || !lua_checkstack(L, 8)) {
        complain(encoder, "is nested too deep (64 levels) or holds itself");
        return;
    }
    if (encode_reference(encoder, index))
        return;
    size_t count = lx_lua_table_count(L, index, n, &others);
    encoder->path[encoder->depth++] = (struct step){NULL, 0};
    if (lx_lua_table_may_inherit(L, index)) {
        complain(encoder,
                 "has a metatable with __index, but only a table's own "
                 "fields are sent");
    } else if (n > 0 || lx_lua_table_is_marked(L, index, LOADED_INDEX)) {
        if (others > 0)
            complain(encoder, "mixes an array with other keys");
        else if (count != n)
            complain(encoder, "is an array with holes (use liangxin.null)");
        else
            encode_array(encoder, index, n);
    } else if (lx_lua_table_has_only_strings(L, index)) {
        encode_object(encoder, index);
    } else {
        complain(encoder, "has a key that is no string");
    }
    if (!encoder->problem)
        encoder->depth--;
}

/* ---- all types ---- */

static void encode_value(struct encoder *encoder, int index)
{
    lua_State *L = encoder->L;
    const char *text;

    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        encode_text(encoder, index);
        return;
    case LUA_TNUMBER:
        text = lx_lua_put_number(encoder->out, L, index);
        if (text)
            complain(encoder, text);
        return;
    case LUA_TBOOLEAN:
        text = lua_toboolean(L, index) ? "true" : "false";
        put(encoder, text, strlen(text));
        return;
    case LUA_TTABLE:
        encode_table(encoder, index);
        return;
    case LUA_TLIGHTUSERDATA:
        if (!lua_touserdata(L, index)) {
            put(encoder, "null", 4);
            return;
        }
        if (lx_lua_is_of_cjson(L, index, LOADED_INDEX, "empty_array")) {
            put(encoder, "[]", 2);
            return;
        }
        break;
    default:
        break;
    }
    complain(encoder, "has a type that JSON does not know");
}

/* Push "input.reference_images[2]"; "" for the value itself. */
static void push_path(const struct encoder *encoder)
{
    luaL_Buffer path;

    luaL_checkstack(encoder->L, LUA_MINSTACK, "to name a place");
    luaL_buffinit(encoder->L, &path);
    for (int i = 0; i < encoder->depth; i++) {
        const struct step *place = &encoder->path[i];
        if (place->key) {
            if (i > 0)
                luaL_addchar(&path, '.');
            luaL_addstring(&path, place->key);
        } else if (place->index) {
            char text[32];
            snprintf(text, sizeof text, "[%zu]", place->index);
            luaL_addstring(&path, text);
        }
    }
    luaL_pushresult(&path);
}

static struct lx_buffer *push_new_buffer(lua_State *L)
{
    struct lx_buffer *buffer = lua_newuserdata(L, sizeof *buffer);

    lx_buffer_init(buffer, BODY_MAX_BYTES);
    luaL_getmetatable(L, BUFFER_TYPE);
    lua_setmetatable(L, -2);
    return buffer;
}

/* Push the buffer that is kept between calls, and hide it until release_buffer:
 * Lua may run a finalizer whenever it allocates, and one that encodes must not
 * touch the bytes of this call. */
static struct lx_buffer *push_buffer(lua_State *L)
{
    lua_pushvalue(L, KEPT_INDEX);
    struct lx_buffer *buffer = lua_touserdata(L, -1);
    if (!buffer) {
        lua_pop(L, 1);
        return push_new_buffer(L);
    }
    lua_pushnil(L);
    lua_replace(L, KEPT_INDEX);
    lx_buffer_clear(buffer);
    return buffer;
}

static void release_buffer(lua_State *L, int index, struct lx_buffer *buffer)
{
    if (buffer->capacity > KEEP_BYTES)
        lx_buffer_deinit(buffer);
    lua_pushvalue(L, index);
    lua_replace(L, KEPT_INDEX);
}

static int encode_request(lua_State *L)
{
    struct encoder encoder = {.L = L};

    luaL_checkany(L, 1);
    lua_settop(L, 2);
    encoder.has_names = !lua_isnil(L, NAMES_INDEX);
    if (encoder.has_names)
        luaL_checktype(L, NAMES_INDEX, LUA_TTABLE);
    luaL_checkstack(L, 16, "to encode a request");
    encoder.out = push_buffer(L);
    lua_pushnil(L); /* at PIECES_INDEX */
    encode_value(&encoder, 1);
    if (encoder.problem) {
        lua_pushnil(L);
        lua_pushstring(L, encoder.problem);
        push_path(&encoder);
        release_buffer(L, BUFFER_INDEX, encoder.out);
        return 3;
    }
    if (encoder.piece_count > 0) {
        cut_text(&encoder);
        lua_pushvalue(L, PIECES_INDEX);
    } else {
        lua_pushlstring(L, encoder.out->bytes, encoder.out->length);
    }
    release_buffer(L, BUFFER_INDEX, encoder.out);
    return 1;
}

static int buffer_gc(lua_State *L)
{
    lx_buffer_deinit(lua_touserdata(L, 1));
    return 0;
}

void lx_lua_push_encoder(lua_State *L)
{
    luaL_newmetatable(L, BUFFER_TYPE);
    lua_pushcfunction(L, buffer_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    push_new_buffer(L);
    lx_lua_raw_field(L, LUA_REGISTRYINDEX, "_LOADED"); /* package.loaded */
    lua_pushcclosure(L, encode_request, 2);
}

void lx_lua_push_array_mark(lua_State *L)
{
    luaL_newmetatable(L, LX_LUA_ARRAY_TYPE);
}

void lx_lua_push_image_class(lua_State *L)
{
    luaL_newmetatable(L, IMAGE_TYPE);
}

void lx_lua_push_result_class(lua_State *L)
{
    luaL_newmetatable(L, RESULT_TYPE);
}
