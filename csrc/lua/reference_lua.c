/* reference_lua.c: what stands for a URL, pictures of this machine and results;
 * see encoder_lua.h. */
#include "encoder_lua.h"

#include "api/body.h"
#include "engine/wish.h"
#include "table_lua.h"

static void add_piece(struct lx_encoder *encoder)
{
    lua_rawseti(encoder->L, LX_ENCODER_PIECES, ++encoder->piece_count);
}

void lx_encoder_cut_text(struct lx_encoder *encoder)
{
    struct lx_buffer *out = encoder->out;

    lua_pushlstring(encoder->L, out->bytes + encoder->cut,
                    out->length - encoder->cut);
    add_piece(encoder);
    encoder->cut = out->length;
}

static void encode_picture(struct lx_encoder *encoder, int index)
{
    static const char mark = LX_WISH_PICTURE;
    lua_State *L = encoder->L;

    lx_encoder_put(encoder, "\"", 1);
    if (lx_encoder_is_named(encoder)) {
        lx_encoder_put(encoder, &mark, 1);
        lx_encoder_put(encoder, "\"", 1);
        return;
    }
    if (encoder->piece_count >= 2 * LX_BODY_PICTURES_MAX)
        lx_encoder_complain(encoder,
                            "is one picture too many: a request may have 64");
    if (encoder->problem)
        return;
    if (encoder->piece_count == 0) {
        lua_newtable(L);
        lua_replace(L, LX_ENCODER_PIECES);
    }
    lx_encoder_cut_text(encoder);
    lua_pushvalue(L, index);
    add_piece(encoder);
    lx_encoder_put(encoder, "\"", 1);
}

static void encode_result(struct lx_encoder *encoder, int index)
{
    lua_State *L = encoder->L;
    int top = lua_gettop(L);
    bool is_named = lx_encoder_is_named(encoder);
    size_t length;

    lx_lua_raw_field(L, index, is_named ? "task_id" : "urls");
    if (lua_istable(L, -1))
        lua_rawgeti(L, -1, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
        if (is_named)
            lua_pushfstring(L, "%s#1", lua_tostring(L, -1));
        const char *text = lua_tolstring(L, -1, &length);
        lx_encoder_text(encoder, text, length);
    } else {
        lx_encoder_complain(encoder, "is a result without a URL");
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

bool lx_encoder_reference(struct lx_encoder *encoder, int index)
{
    lua_State *L = encoder->L;

    if (!lua_getmetatable(L, index))
        return false;
    bool is_picture = is_class(L, LX_IMAGE_TYPE);
    bool is_result = !is_picture && is_class(L, LX_RESULT_TYPE);
    lua_pop(L, 1);
    if (is_picture)
        encode_picture(encoder, index);
    else if (is_result)
        encode_result(encoder, index);
    return is_picture || is_result;
}
