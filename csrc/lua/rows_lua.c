/* rows_lua.c: see rows_lua.h. Rows come by the thousand: each table is made in
 * its size. */
#include "rows_lua.h"

#include "journal/transition.h"
#include "json/json.h"
#include "question_lua.h"

#include <string.h>

#define ALWAYS_SET 4 /* id, priority, state, attempt */

static int count_fields(const struct lx_entry_row *row)
{
    return ALWAYS_SET + !!row->key + !!row->batch + !!row->model +
           !!row->target + !!row->task_id + !!row->body + !!row->urls +
           (row->charged_mc != LX_MONEY_UNKNOWN) + !!row->accepted_ms +
           !!row->ended_ms;
}

static void set_row_number(lua_State *L, const char *field, int64_t number)
{
    compat_push_int64(L, number);
    lua_setfield(L, -2, field);
}

/* A time that is not yet is 0. */
static void set_row_time(lua_State *L, const char *field, int64_t at_ms)
{
    if (at_ms)
        set_row_number(L, field, at_ms);
}

static void set_row_text(lua_State *L, const char *field, const char *text)
{
    if (!text)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, field);
}

/* A text of JSON; as it is where it is none. */
static void set_row_json(lua_State *L, const char *field, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    struct lx_json root;

    if (!text || !lx_json_parse(text, length, &root, NULL)) {
        set_row_text(L, field, text);
        return;
    }
    lx_lua_push_json(L, text, length);
    lua_setfield(L, -2, field);
}

static void push_row(lua_State *L, const struct lx_entry_rows *rows,
                     const struct lx_entry_row *row)
{
    lua_createtable(L, 0, count_fields(row));
    set_row_number(L, "id", row->id);
    set_row_number(L, "priority", row->priority);
    set_row_text(L, "state", lx_entry_state_name(row->state));
    set_row_number(L, "attempt", row->attempt);
    set_row_text(L, "key", lx_entry_rows_text(rows, row->key));
    set_row_text(L, "batch", lx_entry_rows_text(rows, row->batch));
    set_row_text(L, "model", lx_entry_rows_text(rows, row->model));
    set_row_text(L, "target", lx_entry_rows_text(rows, row->target));
    set_row_text(L, "task_id", lx_entry_rows_text(rows, row->task_id));
    set_row_text(L, "body", lx_entry_rows_text(rows, row->body));
    set_row_json(L, "urls", lx_entry_rows_text(rows, row->urls));
    if (row->charged_mc != LX_MONEY_UNKNOWN)
        set_row_number(L, "charged", row->charged_mc);
    set_row_time(L, "accepted_ms", row->accepted_ms);
    set_row_time(L, "ended_ms", row->ended_ms);
}

void lx_lua_push_rows(lua_State *L, const struct lx_entry_rows *rows)
{
    luaL_checkstack(L, 4, "to tell entries");
    lua_createtable(L, (int)rows->count, 0);
    for (size_t i = 0; i < rows->count; i++) {
        push_row(L, rows, &rows->list[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
}
