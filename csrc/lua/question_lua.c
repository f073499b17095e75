/* question_lua.c: see question_lua.h. Nothing is allocated before every field
 * has been read, since reading may raise. */
#include "question_lua.h"

#include "wish_lua.h"

#include "base/text.h"
#include "journal/transition.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

#define ASKED_MAX 9007199254740991.0

/* ---- questions ---- */

static const char *question_text(lua_State *L, int index, const char *name)
{
    lua_getfield(L, index, name);
    if (lua_isnil(L, -1))
        return NULL;
    if (lua_type(L, -1) != LUA_TSTRING ||
        strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1))
        luaL_error(L, "question.%s: a string without NUL is needed", name);
    return lua_tostring(L, -1);
}

/* 0 for nil. */
static int64_t question_integer(lua_State *L, int index, const char *name)
{
    lua_getfield(L, index, name);
    double number = (double)luaL_optnumber(L, -1, 0);
    lua_pop(L, 1);
    if (!(number >= 0.0 && number <= ASKED_MAX))
        luaL_error(L, "question.%s: out of range", name);
    return (int64_t)number;
}

static bool question_flag(lua_State *L, int index, const char *name)
{
    lua_getfield(L, index, name);
    bool flag = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

/* LX_MONEY_UNKNOWN for nil. */
static int64_t question_charge(lua_State *L, int index)
{
    lua_getfield(L, index, "charged");
    bool is_known = !lua_isnil(L, -1);
    lua_pop(L, 1);
    return is_known ? question_integer(L, index, "charged") : LX_MONEY_UNKNOWN;
}

static unsigned question_states(lua_State *L, int index)
{
    unsigned states = 0;
    enum lx_entry_state state;

    lua_getfield(L, index, "states");
    int list = lua_gettop(L);
    size_t count = lua_istable(L, list) ? lua_rawlen(L, list) : 0;
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(L, list, (int)i);
        if (!lx_entry_state_from(luaL_checkstring(L, -1), &state))
            luaL_error(L, "question.states: no such state");
        states |= 1u << state;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return states;
}

/* A copy of `text`, NULL of NULL; clears *is_whole when out of memory. */
static char *copy_question_text(const char *text, bool *is_whole)
{
    char *copy = text ? lx_text_duplicate(text, strlen(text)) : NULL;

    *is_whole = *is_whole && !text == !copy;
    return copy;
}

/* False where there is none. Leaves its texts on the stack. */
static bool read_question_wish(lua_State *L, int index,
                               struct lx_lua_wish *wish)
{
    lua_getfield(L, index, "wish");
    if (lua_isnil(L, -1))
        return false;
    lx_lua_read_wish(L, lua_gettop(L), wish);
    return true;
}

struct lx_question *lx_lua_read_question(lua_State *L, int index)
{
    luaL_checktype(L, index, LUA_TTABLE);
    luaL_checkstack(L, 16, "to read a question");
    const char *verb = question_text(L, index, "verb");
    const char *key = question_text(L, index, "key");
    const char *batch = question_text(L, index, "batch");
    const char *model = question_text(L, index, "model");
    const char *task_id = question_text(L, index, "task_id");
    const char *text = question_text(L, index, "text");
    struct lx_question plain = {
        .entry = question_integer(L, index, "entry"),
        .attempt = question_integer(L, index, "attempt"),
        .states = question_states(L, index),
        .is_lost = question_flag(L, index, "lost"),
        .since_ms = question_integer(L, index, "since"),
        .before_ms = question_integer(L, index, "before"),
        .after_id = question_integer(L, index, "after_id"),
        .limit = question_integer(L, index, "limit"),
        .charged_mc = question_charge(L, index),
    };
    struct lx_lua_wish wish;
    bool has_wish = read_question_wish(L, index, &wish);
    struct lx_question *question = lx_question_new(verb ? verb : "");
    bool is_whole = question != NULL;

    if (question) {
        memcpy(plain.verb, question->verb, sizeof plain.verb);
        *question = plain;
        question->key = copy_question_text(key, &is_whole);
        question->batch = copy_question_text(batch, &is_whole);
        question->model = copy_question_text(model, &is_whole);
        question->task_id = copy_question_text(task_id, &is_whole);
        question->text = copy_question_text(text, &is_whole);
        question->wish = has_wish ? lx_lua_copy_wish(&wish) : NULL;
        is_whole = is_whole && !has_wish == !question->wish;
    }
    if (is_whole)
        return question;
    lx_question_free(question);
    luaL_error(L, "not enough memory");
    return NULL;
}

/* ---- answers ---- */

static void push_value(lua_State *L, struct lx_json value);

static void push_string(lua_State *L, struct lx_json value)
{
    /* Lua's memory, as it may raise */
    size_t capacity = value.length;
    char *room = lua_newuserdata(L, capacity);

    size_t length = lx_json_string_decode(value, room, capacity);
    lua_pushlstring(L, room, length);
    lua_remove(L, -2);
}

static void push_container(lua_State *L, struct lx_json value)
{
    struct lx_json_iter iter = lx_json_iterate(value);
    int count = 0;

    luaL_checkstack(L, 8, "to tell an answer");
    lua_newtable(L);
    while (lx_json_next(&iter)) {
        if (value.type == LX_JSON_ARRAY) {
            push_value(L, iter.value);
            lua_rawseti(L, -2, ++count);
        } else {
            push_string(L, iter.key);
            push_value(L, iter.value);
            lua_rawset(L, -3);
        }
    }
}

static void push_number(lua_State *L, struct lx_json value)
{
    int64_t integer;
    double number = 0.0;

    if (lx_json_int64(value, &integer)) {
        compat_push_int64(L, integer);
        return;
    }
    (void)lx_json_double(value, &number);
    lua_pushnumber(L, number);
}

static void push_value(lua_State *L, struct lx_json value)
{
    switch (value.type) {
    case LX_JSON_OBJECT:
    case LX_JSON_ARRAY:
        push_container(L, value);
        return;
    case LX_JSON_STRING:
        push_string(L, value);
        return;
    case LX_JSON_NUMBER:
        push_number(L, value);
        return;
    case LX_JSON_TRUE:
    case LX_JSON_FALSE:
        lua_pushboolean(L, value.type == LX_JSON_TRUE);
        return;
    case LX_JSON_NULL:
    case LX_JSON_NONE:
        break;
    }
    lua_pushnil(L);
}

void lx_lua_push_json(lua_State *L, const char *text, size_t length)
{
    struct lx_json root;

    if (text && lx_json_parse(text, length, &root, NULL))
        push_value(L, root);
    else
        lua_pushnil(L);
}
