/* wish_lua.c: see wish_lua.h. Nothing is allocated before every field has been
 * read, since reading may raise. */
#include "wish_lua.h"

#include "base/text.h"

#include <string.h>

#define INTEGER_MAX 9007199254740991.0

static const char *wish_text(lua_State *L, int index, const char *name,
                             bool is_needed)
{
    lua_getfield(L, index, name);
    if (!is_needed && lua_isnil(L, -1))
        return NULL;
    if (lua_type(L, -1) != LUA_TSTRING ||
        strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1))
        luaL_error(L, "wish.%s: a string without NUL is needed", name);
    return lua_tostring(L, -1);
}

static int64_t wish_integer(lua_State *L, int index, const char *name,
                            double least, int64_t missing)
{
    lua_getfield(L, index, name);
    bool is_missing = lua_isnil(L, -1);
    double number = is_missing ? least : (double)luaL_checknumber(L, -1);
    lua_pop(L, 1);
    if (!(number >= least && number <= INTEGER_MAX))
        luaL_error(L, "wish.%s: out of range", name);
    return is_missing ? missing : (int64_t)number;
}

static bool wish_flag(lua_State *L, int index, const char *name)
{
    lua_getfield(L, index, name);
    bool flag = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

static void read_budgets(lua_State *L, int index, struct lx_lua_wish *given)
{
    lua_getfield(L, index, "budgets");
    int list = lua_gettop(L);
    size_t count = lua_istable(L, list) ? lua_rawlen(L, list) : 0;

    if (count > LX_WISH_BUDGETS_MAX)
        luaL_error(L, "wish.budgets: up to %d", LX_WISH_BUDGETS_MAX);
    given->plain.budget_count = count;
    for (size_t i = 0; i < count; i++) {
        struct lx_wish_budget *budget = &given->plain.budgets[i];
        lua_rawgeti(L, list, (int)i + 1);
        luaL_checktype(L, -1, LUA_TTABLE);
        int row = lua_gettop(L);
        given->names[i] = wish_text(L, row, "name", true);
        budget->limit_mc = wish_integer(L, row, "limit", 0.0, 0);
        budget->is_daily = wish_flag(L, row, "daily");
    }
}

static void read_fields(lua_State *L, int index, struct lx_lua_wish *given)
{
    struct lx_wish *plain = &given->plain;

    given->key = wish_text(L, index, "key", false);
    given->batch = wish_text(L, index, "batch", false);
    given->model = wish_text(L, index, "model", true);
    given->body = wish_text(L, index, "body", true);
    given->target = wish_text(L, index, "target", false);
    given->token = wish_text(L, index, "token", false);
    if (given->token)
        given->token_length = strlen(given->token);
    plain->priority = wish_integer(L, index, "priority", -INTEGER_MAX, 0);
    plain->price_mc = wish_integer(L, index, "price", 0.0, LX_MONEY_UNKNOWN);
    plain->due_ms = wish_integer(L, index, "due", 0.0, 0);
    plain->claimed = wish_integer(L, index, "claimed", 0.0, 0);
    plain->may_reuse = wish_flag(L, index, "reuse");
    plain->retry_failed = wish_flag(L, index, "retry_failed");
    plain->verify = wish_flag(L, index, "verify");
    read_budgets(L, index, given);
}

/* A copy of `text`, NULL of NULL; clears *is_whole when out of memory. */
static char *copy_wish_text(const char *text, bool *is_whole)
{
    char *copy = text ? lx_text_duplicate(text, strlen(text)) : NULL;

    *is_whole = *is_whole && !text == !copy;
    return copy;
}

struct lx_wish *lx_lua_copy_wish(const struct lx_lua_wish *given)
{
    struct lx_wish *wish = lx_wish_new();
    bool is_whole = wish != NULL;

    if (!wish)
        return NULL;
    *wish = given->plain;
    wish->key = copy_wish_text(given->key, &is_whole);
    wish->batch = copy_wish_text(given->batch, &is_whole);
    wish->model = copy_wish_text(given->model, &is_whole);
    wish->body = copy_wish_text(given->body, &is_whole);
    wish->target = copy_wish_text(given->target, &is_whole);
    for (size_t i = 0; i < wish->budget_count; i++)
        wish->budgets[i].name = copy_wish_text(given->names[i], &is_whole);
    if (given->token)
        lx_wish_set_token(wish, given->token, given->token_length);
    if (is_whole)
        return wish;
    lx_wish_free(wish);
    return NULL;
}

void lx_lua_read_wish(lua_State *L, int index, struct lx_lua_wish *given)
{
    memset(given, 0, sizeof *given);
    luaL_checktype(L, index, LUA_TTABLE);
    luaL_checkstack(L, 16 + 3 * LX_WISH_BUDGETS_MAX, "to read a wish");
    read_fields(L, index, given);
}
