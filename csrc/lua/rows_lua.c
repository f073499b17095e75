/* rows_lua.c: see rows_lua.h. */
#include "rows_lua.h"

#include "argument_lua.h"
#include "base/text.h"
#include "journal/transition.h"
#include "json/json.h"
#include "question_lua.h"

#include <string.h>

#define ROWS_TYPE "liangxin.core.rows"

struct lx_lua_rows *lx_lua_check_rows(lua_State *L, int index)
{
    return luaL_checkudata(L, index, ROWS_TYPE);
}

/* The one whose number, from 1, is at that index. */
static const struct lx_entry_row *
check_row(lua_State *L, const struct lx_lua_rows *box, int number)
{
    lua_Number at = luaL_checknumber(L, number);

    luaL_argcheck(L, at >= 1 && at <= (lua_Number)box->count, number,
                  "no such row");
    return &box->rows->list[(size_t)at - 1];
}

/* ---- tables ---- */

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

/* {id =, priority =, state =, attempt =, key =, batch =, model =, target =,
 * task_id =, body =, urls =, charged =, accepted_ms =, ended_ms =}; what is not
 * known is nil. */
static int rows_row(lua_State *L)
{
    const struct lx_lua_rows *box = lx_lua_check_rows(L, 1);
    const struct lx_entry_row *row = check_row(L, box, 2);
    const struct lx_entry_rows *rows = box->rows;

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
    return 1;
}

/* ---- the userdata ---- */

static void push_row_text(lua_State *L, const struct lx_lua_rows *box,
                          size_t start)
{
    lua_pushstring(L, lx_entry_rows_text(box->rows, start)); /* nil for NULL */
}

static int rows_unpack(lua_State *L)
{
    const struct lx_lua_rows *box = lx_lua_check_rows(L, 1);
    const struct lx_entry_row *row = check_row(L, box, 2);

    compat_push_int64(L, row->id);
    compat_push_int64(L, row->attempt);
    push_row_text(L, box, row->task_id);
    push_row_text(L, box, row->model);
    push_row_text(L, box, row->key);
    push_row_text(L, box, row->target);
    if (row->accepted_ms)
        compat_push_int64(L, row->accepted_ms);
    else
        lua_pushnil(L);
    lua_pushboolean(L, row->state == LX_ENTRY_SUCCEEDED);
    return 8;
}

/* Whole, or NULL when out of memory. */
static struct lx_command *make_row_watch(const struct lx_entry_rows *rows,
                                         const struct lx_entry_row *row,
                                         uint64_t id)
{
    const char *task_id = lx_entry_rows_text(rows, row->task_id);
    const char *model = lx_entry_rows_text(rows, row->model);
    struct lx_command *command = lx_command_new(LX_COMMAND_WATCH, id);

    if (!command)
        return NULL;
    command->text_length = strlen(task_id);
    command->text = lx_text_duplicate(task_id, command->text_length);
    command->model = model ? lx_text_duplicate(model, strlen(model)) : NULL;
    command->is_ours = true;
    command->entry = row->id;
    command->attempt = row->attempt;
    command->accepted_ms = row->accepted_ms;
    if (command->text && !command->model == !model)
        return command;
    lx_command_free(command);
    return NULL;
}

/* (row, id, deadline, wants_records): the watch of a task that was taken over,
 * which goes with the others of handle:watch_rows. */
static int rows_watch(lua_State *L)
{
    struct lx_lua_rows *box = lx_lua_check_rows(L, 1);
    const struct lx_entry_row *row = check_row(L, box, 2);
    uint64_t id = lx_lua_check_id(L, 3);
    int64_t deadline_ms = lx_lua_check_ms(L, 4);

    luaL_argcheck(L, row->task_id, 2, "it has no task");
    struct lx_command *command = make_row_watch(box->rows, row, id);
    if (!command)
        return luaL_error(L, "not enough memory");
    command->deadline_ms = deadline_ms;
    command->wants_records = lua_toboolean(L, 5);
    if (box->last)
        box->last->next = command;
    else
        box->first = command;
    box->last = command;
    return 0;
}

static int rows_len(lua_State *L)
{
    const struct lx_lua_rows *box = lx_lua_check_rows(L, 1);

    lua_pushinteger(L, (lua_Integer)box->count);
    return 1;
}

static int rows_close(lua_State *L)
{
    struct lx_lua_rows *box = lx_lua_check_rows(L, 1);

    lx_entry_rows_free(box->rows);
    lx_command_free_all(box->first);
    *box = (struct lx_lua_rows){.rows = NULL};
    return 0;
}

struct lx_lua_rows *lx_lua_new_rows(lua_State *L)
{
    struct lx_lua_rows *box = lua_newuserdata(L, sizeof *box);

    *box = (struct lx_lua_rows){.rows = NULL};
    luaL_getmetatable(L, ROWS_TYPE);
    lua_setmetatable(L, -2);
    return box;
}

void lx_lua_rows_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"row", rows_row},
                                       {"unpack", rows_unpack},
                                       {"watch", rows_watch},
                                       {"close", rows_close},
                                       {NULL, NULL}};

    luaL_newmetatable(L, ROWS_TYPE);
    lua_newtable(L);
    compat_set_functions(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, rows_len);
    lua_setfield(L, -2, "__len");
    lua_pushcfunction(L, rows_close);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
