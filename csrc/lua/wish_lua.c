/* wish_lua.c: see wish_lua.h. Nothing is allocated before every field has been
 * read, since reading may raise. Most wishes have few of the fields: a walk
 * over those costs less than to ask for each. */
#include "wish_lua.h"

#include "base/text.h"

#include <stddef.h>
#include <string.h>

#define INTEGER_MAX 9007199254740991.0

enum wish_type {
    WISH_TEXT,
    WISH_COUNT,   /* a whole number from 0 on */
    WISH_INTEGER, /* of either sign */
    WISH_FLAG,
    WISH_BUDGETS,
    WISH_OPTIONS,
};

#define WISH_FIELD(name, type, member)                                         \
    {                                                                          \
        name, type, offsetof(struct lx_lua_wish, member)                       \
    }

struct wish_field {
    const char *name;
    enum wish_type type;
    size_t offset; /* in struct lx_lua_wish */
};

static const struct wish_field wish_fields[] = {
    WISH_FIELD("model", WISH_TEXT, model),
    WISH_FIELD("body", WISH_TEXT, body),
    WISH_FIELD("options", WISH_OPTIONS, plain),
    WISH_FIELD("price", WISH_COUNT, plain.price_mc),
    WISH_FIELD("budgets", WISH_BUDGETS, plain.budgets),
    WISH_FIELD("token", WISH_TEXT, token),
    WISH_FIELD("due", WISH_COUNT, plain.due_ms),
    WISH_FIELD("claimed", WISH_COUNT, plain.claimed),
    {NULL, WISH_TEXT, 0},
};

static const struct wish_field wish_options[] = {
    WISH_FIELD("key", WISH_TEXT, key),
    WISH_FIELD("save", WISH_TEXT, target),
    WISH_FIELD("batch", WISH_TEXT, batch),
    WISH_FIELD("priority", WISH_INTEGER, plain.priority),
    WISH_FIELD("reuse", WISH_FLAG, plain.may_reuse),
    WISH_FIELD("retry_failed", WISH_FLAG, plain.retry_failed),
    WISH_FIELD("verify", WISH_FLAG, plain.verify),
    {NULL, WISH_TEXT, 0},
};
#undef WISH_FIELD

/* The functions below read the value at the top of the stack. */

static const char *wish_text(lua_State *L, const char *name)
{
    if (lua_type(L, -1) != LUA_TSTRING ||
        strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1))
        luaL_error(L, "wish.%s: a string without NUL is needed", name);
    return lua_tostring(L, -1);
}

static int64_t wish_integer(lua_State *L, const char *name, double least)
{
    double number = (double)luaL_checknumber(L, -1);

    if (!(number >= least && number <= INTEGER_MAX))
        luaL_error(L, "wish.%s: out of range", name);
    return (int64_t)number;
}

static void read_budget(lua_State *L, const char **name,
                        struct lx_wish_budget *budget)
{
    int row = lua_gettop(L);

    luaL_checktype(L, row, LUA_TTABLE);
    lua_getfield(L, row, "limit");
    budget->limit_mc = wish_integer(L, "limit", 0.0);
    lua_getfield(L, row, "daily");
    budget->is_daily = lua_toboolean(L, -1);
    lua_getfield(L, row, "name");
    *name = wish_text(L, "name");
}

static void read_budgets(lua_State *L, struct lx_lua_wish *given)
{
    int list = lua_gettop(L);

    luaL_checktype(L, list, LUA_TTABLE);
    size_t count = lua_rawlen(L, list);
    if (count > LX_WISH_BUDGETS_MAX)
        luaL_error(L, "wish.budgets: up to %d", LX_WISH_BUDGETS_MAX);
    given->plain.budget_count = count;
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, list, (int)i + 1);
        read_budget(L, &given->names[i], &given->plain.budgets[i]);
    }
}

static void read_fields(lua_State *L, const struct wish_field *fields,
                        struct lx_lua_wish *given);

static void read_field(lua_State *L, const struct wish_field *field,
                       struct lx_lua_wish *given)
{
    void *member = (char *)given + field->offset;

    switch (field->type) {
    case WISH_TEXT:
        *(const char **)member = wish_text(L, field->name);
        break;
    case WISH_COUNT:
        *(int64_t *)member = wish_integer(L, field->name, 0.0);
        break;
    case WISH_INTEGER:
        *(int64_t *)member = wish_integer(L, field->name, -INTEGER_MAX);
        break;
    case WISH_FLAG:
        *(bool *)member = lua_toboolean(L, -1);
        break;
    case WISH_BUDGETS:
        read_budgets(L, given);
        break;
    case WISH_OPTIONS:
        read_fields(L, wish_options, given);
        break;
    }
}

/* The field that the key at `index` names; NULL: none of them. */
static const struct wish_field *find_field(lua_State *L, int index,
                                           const struct wish_field *fields)
{
    if (lua_type(L, index) != LUA_TSTRING)
        return NULL;
    const char *name = lua_tostring(L, index);
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

/* Those that the table at the top has. What is read stays on the stack. */
static void read_fields(lua_State *L, const struct wish_field *fields,
                        struct lx_lua_wish *given)
{
    int table = lua_gettop(L);

    luaL_checktype(L, table, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        int key = lua_gettop(L) - 1;
        const struct wish_field *field = find_field(L, key, fields);
        luaL_checkstack(L, LUA_MINSTACK, "to read a wish");
        if (field)
            read_field(L, field, given);
        lua_pushvalue(L, key);
    }
}

static void need(lua_State *L, const char *name, const char *text)
{
    if (!text)
        luaL_error(L, "wish.%s: a string without NUL is needed", name);
}

void lx_lua_read_wish(lua_State *L, int index, struct lx_lua_wish *given)
{
    memset(given, 0, sizeof *given);
    given->plain.price_mc = LX_MONEY_UNKNOWN;
    lua_pushvalue(L, index);
    read_fields(L, wish_fields, given);
    need(L, "model", given->model);
    need(L, "body", given->body);
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
        lx_wish_set_token(wish, given->token, strlen(given->token));
    if (is_whole)
        return wish;
    lx_wish_free(wish);
    return NULL;
}
