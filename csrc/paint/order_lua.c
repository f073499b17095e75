/* order_lua.c: reads an order with raw gets, so that nothing raises between
 * the allocation of a part and its place in the order.  */
#include "order_lua.h"

#include <stdlib.h>
#include <string.h>

/* Push the field without metamethods; the name is interned already. */
static void push_raw_field(lua_State *L, int index, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, index);
}

static double read_number(lua_State *L, int index, const char *name,
                          double least, double most, double fallback)
{
    push_raw_field(L, index, name);
    double value = lua_isnumber(L, -1) ? lua_tonumber(L, -1) : fallback;
    lua_pop(L, 1);
    if (!(value >= least))
        return least;
    return value > most ? most : value;
}

static char *read_text(lua_State *L, int index, const char *name)
{
    push_raw_field(L, index, name);
    size_t length = 0;
    const char *text = lua_tolstring(L, -1, &length);
    if (length > LX_ORDER_TEXT_MAX)
        length = LX_ORDER_TEXT_MAX;
    char *copy = malloc(length + 1);
    if (copy) {
        if (text)
            memcpy(copy, text, length);
        copy[length] = '\0';
    }
    lua_pop(L, 1);
    return copy;
}

static enum lx_format read_format(lua_State *L, int index)
{
    push_raw_field(L, index, "format");
    const char *name = lua_tostring(L, -1);
    enum lx_format format = LX_FORMAT_PNG;
    if (name && strcmp(name, "jpeg") == 0)
        format = LX_FORMAT_JPEG;
    else if (name && strcmp(name, "gif") == 0)
        format = LX_FORMAT_GIF;
    lua_pop(L, 1);
    return format;
}

static void read_references(lua_State *L, int index, int depth,
                            struct lx_order *order)
{
    push_raw_field(L, index, "references");
    int list = lua_gettop(L);
    for (int i = 1; lua_istable(L, list) && i <= LX_ORDER_REFERENCES_MAX; i++) {
        lua_rawgeti(L, list, i);
        struct lx_order *reference = NULL;
        if (lua_istable(L, -1) && depth < LX_ORDER_DEPTH_MAX)
            reference = lx_order_from_lua(L, lua_gettop(L), depth + 1);
        if (reference)
            order->references[order->reference_count++] = reference;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

struct lx_order *lx_order_from_lua(lua_State *L, int index, int depth)
{
    luaL_checkstack(L, 8, "an order");
    struct lx_order *order = lx_order_new();
    if (!order)
        return NULL;
    order->width =
        (int)read_number(L, index, "width", 1, LX_ORDER_SIDE_MAX, 1024);
    order->height =
        (int)read_number(L, index, "height", 1, LX_ORDER_SIDE_MAX, 1024);
    order->quality = (int)read_number(L, index, "quality", 1, 100, 90);
    order->seed = (uint32_t)read_number(L, index, "seed", 0, UINT32_MAX, 1);
    order->format = read_format(L, index);
    order->prompt = read_text(L, index, "prompt");
    order->model = read_text(L, index, "model");
    push_raw_field(L, index, "data_uri");
    size_t length = 0;
    const char *uri = lua_tolstring(L, -1, &length);
    if (uri)
        lx_order_take_data_uri(order, uri, length);
    lua_pop(L, 1);
    read_references(L, index, depth, order);
    if (!order->prompt || !order->model) {
        lx_order_free(order);
        return NULL;
    }
    return order;
}
