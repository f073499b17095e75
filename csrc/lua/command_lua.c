/* command_lua.c: see command_lua.h. Arguments are checked before a command is
 * made, since a check may raise. */
#include "command_lua.h"

#include "argument_lua.h"
#include "base/text.h"
#include "body_lua.h"
#include "download_lua.h"
#include "handle_lua.h"
#include "question_lua.h"
#include "rows_lua.h"
#include "wish_lua.h"

/* A whole number from 0 on; 0 for nil. */
static int64_t check_count(lua_State *L, int index)
{
    double number = (double)luaL_optnumber(L, index, 0);

    luaL_argcheck(L, number >= 0.0 && number <= 9007199254740991.0, index,
                  "not a number from 0 on");
    return (int64_t)number;
}

/* A copy of an argument; NULL for nil, and when out of memory. */
static char *copy_argument(lua_State *L, int index)
{
    size_t length;
    const char *text = lua_tolstring(L, index, &length);

    return text ? lx_text_duplicate(text, length) : NULL;
}

/* true, or nil and the kind of the local end. A finalizer may have closed the
 * client since lx_lua_check_open. */
static int submit_all(lua_State *L, struct lx_lua_handle *handle,
                      struct lx_command *first, struct lx_command *last)
{
    enum lx_kind kind = LX_KIND_CLOSED;

    if (handle->client)
        kind = lx_client_submit_all(handle->client, first, last);
    else
        lx_command_free_all(first);
    if (kind == LX_KIND_NONE) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, lx_kind_name(kind));
    return 2;
}

static int submit(lua_State *L, struct lx_lua_handle *handle,
                  struct lx_command *command)
{
    return submit_all(L, handle, command, command);
}

/* The command, with the text argument of `text_index` (0: none) and the model
 * key of `model_index` in it; raises, with nothing leaked, without memory. */
static struct lx_command *make_command(lua_State *L, enum lx_command_type type,
                                       uint64_t id, int text_index,
                                       int model_index)
{
    struct lx_command *command = lx_command_new(type, id);

    if (command && text_index) {
        command->text = copy_argument(L, text_index);
        command->text_length = lua_rawlen(L, text_index);
    }
    if (command && model_index && !lua_isnoneornil(L, model_index))
        command->model = copy_argument(L, model_index);
    if (!command || (text_index && !command->text)) {
        lx_command_free(command);
        luaL_error(L, "not enough memory");
    }
    return command;
}

/* A create of the list of pieces that is the text argument otherwise. */
static struct lx_command *make_upload(lua_State *L, uint64_t id)
{
    struct lx_body *body = lx_lua_read_body(L, 3);
    struct lx_command *command = lx_command_new(LX_COMMAND_CREATE, id);
    bool has_model = !lua_isnoneornil(L, 4);

    if (!command)
        lx_body_free(body);
    else
        command->body = body;
    if (command && has_model)
        command->model = copy_argument(L, 4);
    if (command)
        return command;
    luaL_error(L, "not enough memory");
    return NULL;
}

/* (id, text, model or nil, deadline, flag, wants_records, request_bytes, wish,
 * has_callback, entry, attempt, accepted_ms): what create and watch have in
 * common. The flag is create's hold and watch's is_ours. From request_bytes on
 * all may be nil: that and the last three are watch's; the wish (wish_lua.h) is
 * that of a create on a client with a journal. */
static int submit_task(lua_State *L, enum lx_command_type type)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    uint64_t id = lx_lua_check_id(L, 2);
    int64_t deadline_ms = lx_lua_check_ms(L, 5);
    bool flag = lua_toboolean(L, 6);
    bool wants_records = lua_toboolean(L, 7);
    uint64_t request_bytes = (uint64_t)check_count(L, 8);
    bool has_callback = lua_toboolean(L, 10);
    int64_t entry = check_count(L, 11);
    int64_t attempt = check_count(L, 12);
    int64_t accepted_ms = check_count(L, 13);
    bool is_upload = type == LX_COMMAND_CREATE && lua_istable(L, 3);

    if (!is_upload)
        luaL_checkstring(L, 3);
    luaL_optstring(L, 4, NULL);
    bool has_wish = type == LX_COMMAND_CREATE && lua_istable(L, 9);
    struct lx_lua_wish given;
    if (has_wish)
        lx_lua_read_wish(L, 9, &given);
    struct lx_command *command =
        is_upload ? make_upload(L, id) : make_command(L, type, id, 3, 4);
    command->wish = has_wish ? lx_lua_copy_wish(&given) : NULL;
    if (has_wish && !command->wish) {
        lx_command_free(command);
        return luaL_error(L, "not enough memory");
    }
    command->deadline_ms = deadline_ms;
    command->hold = type == LX_COMMAND_CREATE && flag;
    command->is_ours = type == LX_COMMAND_WATCH && flag;
    command->wants_records = wants_records;
    command->has_callback = has_callback;
    command->request_bytes = request_bytes;
    command->entry = type == LX_COMMAND_WATCH ? entry : 0;
    command->attempt = attempt;
    command->accepted_ms = accepted_ms;
    return submit(L, handle, command);
}

static int client_create(lua_State *L)
{
    return submit_task(L, LX_COMMAND_CREATE);
}

static int client_watch(lua_State *L)
{
    return submit_task(L, LX_COMMAND_WATCH);
}

/* (rows): all that rows:watch has added, at least one. */
static int client_watch_rows(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    struct lx_lua_rows *box = lx_lua_check_rows(L, 2);
    struct lx_command *first = box->first, *last = box->last;

    luaL_argcheck(L, first, 2, "nothing to watch");
    box->first = box->last = NULL;
    return submit_all(L, handle, first, last);
}

static int client_query(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    uint64_t id = lx_lua_check_id(L, 2);

    uint64_t request_bytes = (uint64_t)check_count(L, 4);

    luaL_checkstring(L, 3);
    struct lx_command *command = make_command(L, LX_COMMAND_QUERY, id, 3, 0);
    command->request_bytes = request_bytes;
    return submit(L, handle, command);
}

static int client_page(lua_State *L)
{
    static const char *const names[] = {"account", "pricing", NULL};
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    uint64_t id = lx_lua_check_id(L, 2);
    int name = luaL_checkoption(L, 3, NULL, names);
    struct lx_command *command = make_command(L, LX_COMMAND_QUERY, id, 0, 0);

    command->page = name == 0 ? LX_API_PAGE_ACCOUNT : LX_API_PAGE_PRICING;
    return submit(L, handle, command);
}

static int client_records(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    uint64_t id = lx_lua_check_id(L, 2);

    return submit(L, handle, make_command(L, LX_COMMAND_RECORDS, id, 0, 0));
}

static int client_nudge(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    uint64_t id = lx_lua_check_id(L, 2);

    return submit(L, handle, make_command(L, LX_COMMAND_NUDGE, id, 0, 0));
}

static int client_cancel(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    uint64_t id = lx_lua_check_id(L, 2);

    return submit(L, handle, make_command(L, LX_COMMAND_CANCEL, id, 0, 0));
}

static int client_withdraw(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    uint64_t id = lx_lua_check_id(L, 2);

    return submit(L, handle, make_command(L, LX_COMMAND_WITHDRAW, id, 0, 0));
}

static int client_timer(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    uint64_t id = lx_lua_check_id(L, 2);
    int64_t delay_ms = lx_lua_check_ms(L, 3);
    struct lx_command *command = make_command(L, LX_COMMAND_TIMER, id, 0, 0);

    command->delay_ms = delay_ms;
    return submit(L, handle, command);
}

static int client_ask(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    uint64_t id = lx_lua_check_id(L, 2);
    struct lx_question *question = lx_lua_read_question(L, 3);
    struct lx_command *command = lx_command_new(LX_COMMAND_ASK, id);

    if (!command) {
        lx_question_free(question);
        return luaL_error(L, "not enough memory");
    }
    command->question = question;
    return submit(L, handle, command);
}

static int client_download(lua_State *L)
{
    struct lx_lua_handle *handle = lx_lua_check_open(L);
    uint64_t id = lx_lua_check_id(L, 2);
    struct lx_download_order *spec = lx_lua_read_download(L, 3);
    struct lx_command *command = lx_command_new(LX_COMMAND_DOWNLOAD, id);

    if (!command) {
        lx_download_order_free(spec);
        return luaL_error(L, "not enough memory");
    }
    command->download = spec;
    return submit(L, handle, command);
}

void lx_lua_set_commands(lua_State *L)
{
    static const luaL_Reg commands[] = {{"create", client_create},
                                        {"watch", client_watch},
                                        {"watch_rows", client_watch_rows},
                                        {"query", client_query},
                                        {"nudge", client_nudge},
                                        {"records", client_records},
                                        {"cancel", client_cancel},
                                        {"withdraw", client_withdraw},
                                        {"timer", client_timer},
                                        {"download", client_download},
                                        {"page", client_page},
                                        {"ask", client_ask},
                                        {NULL, NULL}};

    compat_set_functions(L, commands);
}
