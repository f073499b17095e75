/* value_lua.c: see value_lua.h. Strict where lua-cjson is not: invalid UTF-8,
 * NaN and mixed tables are errors with a path, integers stay exact, an empty
 * table is {} unless it is marked, and the locale does not matter. */
#include "value_lua.h"

#include "encoder_lua.h"
#include "table_lua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The service's own limit after decompression. */
#define BODY_MAX_BYTES (128u << 20)
/* Memory up to this is kept from one call to the next. */
#define KEEP_BYTES (64u << 10)

#define BUFFER_TYPE "liangxin.encoder"

/* Its upvalues: the buffer that is kept, and package.loaded. */
#define KEPT_INDEX   lua_upvalueindex(1)
#define LOADED_INDEX lua_upvalueindex(2)

static void encode_value(struct lx_encoder *encoder, int index);

/* ---- tables ---- */

static void encode_array(struct lx_encoder *encoder, int index, size_t n)
{
    struct lx_encoder_step *place = &encoder->path[encoder->depth - 1];

    lx_encoder_put(encoder, "[", 1);
    for (size_t i = 1; i <= n; i++) {
        place->index = i;
        if (i > 1)
            lx_encoder_put(encoder, ",", 1);
        lua_rawgeti(encoder->L, index, (int)i);
        encode_value(encoder, lua_gettop(encoder->L));
        if (encoder->problem)
            return;
        lua_pop(encoder->L, 1);
    }
    lx_encoder_put(encoder, "]", 1);
}

static void encode_object(struct lx_encoder *encoder, int index)
{
    lua_State *L = encoder->L;
    struct lx_encoder_step *place = &encoder->path[encoder->depth - 1];
    const char *separator = "";

    lx_encoder_put(encoder, "{", 1);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        size_t length;
        /* only strings get here: tolstring must not change a key */
        const char *key = lua_tolstring(L, -2, &length);
        place->key = key;
        lx_encoder_put(encoder, separator, strlen(separator));
        lx_encoder_text(encoder, key, length);
        lx_encoder_put(encoder, ":", 1);
        encode_value(encoder, lua_gettop(L));
        if (encoder->problem)
            return;
        lua_pop(L, 1);
        separator = ",";
    }
    lx_encoder_put(encoder, "}", 1);
}

/* ---- all types ---- */

/* A text of the request; one that is the URL of a result that has a name is
 * kept as that. */
static void encode_text(struct lx_encoder *encoder, int index)
{
    lua_State *L = encoder->L;
    int top = lua_gettop(L);
    size_t length;

    if (encoder->has_names) {
        lua_pushvalue(L, index);
        lua_rawget(L, LX_ENCODER_NAMES);
        if (lua_type(L, -1) == LUA_TSTRING && lx_encoder_is_named(encoder))
            index = lua_gettop(L);
    }
    const char *text = lua_tolstring(L, index, &length);
    lx_encoder_text(encoder, text, length);
    lua_settop(L, top);
}

static void encode_table(struct lx_encoder *encoder, int index)
{
    lua_State *L = encoder->L;
    size_t n = lua_rawlen(L, index);

    if (encoder->depth == LX_ENCODER_DEPTH || !lua_checkstack(L, 8)) {
        lx_encoder_complain(encoder,
                            "is nested too deep (64 levels) or holds itself");
        return;
    }
    if (lx_encoder_reference(encoder, index))
        return;
    struct lx_lua_keys keys = lx_lua_table_keys(L, index, n);
    encoder->path[encoder->depth++] = (struct lx_encoder_step){NULL, 0};
    if (lx_lua_table_may_inherit(L, index)) {
        lx_encoder_complain(
            encoder, "has a metatable with __index, but only a table's own "
                     "fields are sent");
    } else if (n > 0 || lx_lua_table_is_marked(L, index, LOADED_INDEX)) {
        if (keys.strings + keys.others > 0)
            lx_encoder_complain(encoder, "mixes an array with other keys");
        else if (keys.elements != n)
            lx_encoder_complain(encoder,
                                "is an array with holes (use liangxin.null)");
        else
            encode_array(encoder, index, n);
    } else if (keys.elements + keys.others == 0) {
        encode_object(encoder, index);
    } else {
        lx_encoder_complain(encoder, "has a key that is no string");
    }
    if (!encoder->problem)
        encoder->depth--;
}

static void encode_value(struct lx_encoder *encoder, int index)
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
            lx_encoder_complain(encoder, text);
        return;
    case LUA_TBOOLEAN:
        text = lua_toboolean(L, index) ? "true" : "false";
        lx_encoder_put(encoder, text, strlen(text));
        return;
    case LUA_TTABLE:
        encode_table(encoder, index);
        return;
    case LUA_TLIGHTUSERDATA:
        if (!lua_touserdata(L, index)) {
            lx_encoder_put(encoder, "null", 4);
            return;
        }
        if (lx_lua_is_of_cjson(L, index, LOADED_INDEX, "empty_array")) {
            lx_encoder_put(encoder, "[]", 2);
            return;
        }
        break;
    default:
        break;
    }
    lx_encoder_complain(encoder, "has a type that JSON does not know");
}

/* Push "input.reference_images[2]"; "" for the value itself. */
static void push_path(const struct lx_encoder *encoder)
{
    luaL_Buffer path;

    luaL_checkstack(encoder->L, LUA_MINSTACK, "to name a place");
    luaL_buffinit(encoder->L, &path);
    for (int i = 0; i < encoder->depth; i++) {
        const struct lx_encoder_step *place = &encoder->path[i];
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

/* Push what is sent: the text, or the list of pieces. */
static void push_sent(struct lx_encoder *encoder)
{
    lua_State *L = encoder->L;

    if (encoder->piece_count == 0) {
        lua_pushlstring(L, encoder->out->bytes, encoder->out->length);
        return;
    }
    lx_encoder_cut_text(encoder);
    lua_pushvalue(L, LX_ENCODER_PIECES);
}

/* Push what is kept: the same as what is sent, which is at the top, or written
 * in a run of its own. */
static void push_kept(struct lx_encoder *encoder)
{
    lua_State *L = encoder->L;

    if (!encoder->differs) {
        lua_pushvalue(L, -1);
        return;
    }
    lx_buffer_clear(encoder->out);
    encoder->is_kept = true;
    encode_value(encoder, 1);
    if (!encoder->problem)
        lua_pushlstring(L, encoder->out->bytes, encoder->out->length);
}

static int push_problem(struct lx_encoder *encoder)
{
    lua_pushnil(encoder->L);
    lua_pushstring(encoder->L, encoder->problem);
    push_path(encoder);
    return 3;
}

static int encode_request(lua_State *L)
{
    struct lx_encoder encoder = {.L = L};

    luaL_checkany(L, 1);
    lua_settop(L, 2);
    encoder.has_names = !lua_isnil(L, LX_ENCODER_NAMES);
    if (encoder.has_names)
        luaL_checktype(L, LX_ENCODER_NAMES, LUA_TTABLE);
    luaL_checkstack(L, 16, "to encode a request");
    encoder.out = push_buffer(L);
    lua_pushnil(L); /* at LX_ENCODER_PIECES */
    encode_value(&encoder, 1);
    if (!encoder.problem)
        push_sent(&encoder);
    if (!encoder.problem && encoder.has_names)
        push_kept(&encoder);
    int count = encoder.has_names ? 2 : 1;
    if (encoder.problem)
        count = push_problem(&encoder);
    release_buffer(L, LX_ENCODER_BUFFER, encoder.out);
    return count;
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
    luaL_newmetatable(L, LX_IMAGE_TYPE);
}

void lx_lua_push_result_class(lua_State *L)
{
    luaL_newmetatable(L, LX_RESULT_TYPE);
}
