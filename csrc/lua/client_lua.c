/* client_lua.c: see client_lua.h. The userdata is a box: it exists, with its
 * metatable, before the client in it does, and holds NULL after close. */
#include "client_lua.h"

#include "base/text.h"
#include "engine/client.h"
#include "body_lua.h"
#include "config_lua.h"
#include "download_lua.h"
#include "inbox_lua.h"

#include <stdlib.h>
#include <string.h>

#define CLIENT_TYPE "liangxin.core.client"
#define BOX_TYPE    "liangxin.core.box"
#define MS_MAX      9.0e15

struct handle {
    struct lx_client *client; /* NULL: not yet, or closed */
    struct lx_lua_inbox inbox;
    bool is_closing; /* closed while an event was being told */
};

static struct handle *check_handle(lua_State *L)
{
    return luaL_checkudata(L, 1, CLIENT_TYPE);
}

static struct handle *check_open(lua_State *L)
{
    struct handle *handle = check_handle(L);

    if (!handle->client || handle->is_closing)
        luaL_error(L, "attempt to use a closed client");
    return handle;
}

/* ---- arguments ---- */

static int64_t check_ms(lua_State *L, int index)
{
    double ms = (double)luaL_checknumber(L, index) * 1000.0;

    luaL_argcheck(L, ms >= 0.0 && ms <= MS_MAX, index, "not a time in seconds");
    return (int64_t)(ms + 0.999); /* never early */
}

static uint64_t check_id(lua_State *L, int index)
{
    double id = (double)luaL_checknumber(L, index);

    luaL_argcheck(L, id >= 1.0 && id <= 9007199254740991.0, index,
                  "not an operation's number");
    return (uint64_t)id;
}

/* A number of bytes; 0 for nil. */
static uint64_t check_bytes(lua_State *L, int index)
{
    double bytes = (double)luaL_optnumber(L, index, 0);

    luaL_argcheck(L, bytes >= 0.0 && bytes <= 9007199254740991.0, index,
                  "not a number of bytes");
    return (uint64_t)bytes;
}

/* A copy of an argument; NULL for nil, and when out of memory. */
static char *copy_argument(lua_State *L, int index)
{
    size_t length;
    const char *text = lua_tolstring(L, index, &length);

    return text ? lx_text_duplicate(text, length) : NULL;
}

/* ---- new ---- */

int lx_lua_client_new(lua_State *L)
{
    struct lx_config config;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    struct handle *handle = lua_newuserdata(L, sizeof *handle);
    memset(handle, 0, sizeof *handle);
    luaL_getmetatable(L, CLIENT_TYPE);
    lua_setmetatable(L, -2);
    lx_lua_read_config(L, &config);
    handle->client = lx_client_new(&config);
    if (!handle->client)
        return luaL_error(L, "the client could not be opened: memory or file "
                             "descriptors are out");
    lua_pushvalue(L, 2);
    return 1;
}

/* ---- commands ---- */

/* true, or nil and the kind of the local end. A finalizer may have closed the
 * client since check_open. */
static int submit(lua_State *L, struct handle *handle,
                  struct lx_command *command)
{
    enum lx_kind kind = LX_KIND_CLOSED;

    if (handle->client)
        kind = lx_client_submit(handle->client, command);
    else
        lx_command_free(command);
    if (kind == LX_KIND_NONE) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, lx_kind_name(kind));
    return 2;
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

/* (id, text, model or nil, deadline, flag, wants_records, request_bytes): what
 * create and watch have in common. The flag is create's hold and watch's
 * is_ours; request_bytes, which may be nil, is watch's. */
static int submit_task(lua_State *L, enum lx_command_type type)
{
    struct handle *handle = check_open(L);
    uint64_t id = check_id(L, 2);
    int64_t deadline_ms = check_ms(L, 5);
    bool flag = lua_toboolean(L, 6);
    bool wants_records = lua_toboolean(L, 7);
    uint64_t request_bytes = check_bytes(L, 8);
    bool is_upload = type == LX_COMMAND_CREATE && lua_istable(L, 3);

    if (!is_upload)
        luaL_checkstring(L, 3);
    luaL_optstring(L, 4, NULL);
    struct lx_command *command =
        is_upload ? make_upload(L, id) : make_command(L, type, id, 3, 4);
    command->deadline_ms = deadline_ms;
    command->hold = type == LX_COMMAND_CREATE && flag;
    command->is_ours = type == LX_COMMAND_WATCH && flag;
    command->wants_records = wants_records;
    command->request_bytes = request_bytes;
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

static int client_query(lua_State *L)
{
    struct handle *handle = check_open(L);
    uint64_t id = check_id(L, 2);

    uint64_t request_bytes = check_bytes(L, 4);

    luaL_optstring(L, 3, NULL); /* nil asks about the account */
    int text_index = lua_isnoneornil(L, 3) ? 0 : 3;
    struct lx_command *command =
        make_command(L, LX_COMMAND_QUERY, id, text_index, 0);
    command->request_bytes = request_bytes;
    return submit(L, handle, command);
}

static int client_records(lua_State *L)
{
    struct handle *handle = check_open(L);
    uint64_t id = check_id(L, 2);

    return submit(L, handle, make_command(L, LX_COMMAND_RECORDS, id, 0, 0));
}

static int client_nudge(lua_State *L)
{
    struct handle *handle = check_open(L);
    uint64_t id = check_id(L, 2);

    return submit(L, handle, make_command(L, LX_COMMAND_NUDGE, id, 0, 0));
}

static int client_cancel(lua_State *L)
{
    struct handle *handle = check_open(L);
    uint64_t id = check_id(L, 2);

    return submit(L, handle, make_command(L, LX_COMMAND_CANCEL, id, 0, 0));
}

static int client_timer(lua_State *L)
{
    struct handle *handle = check_open(L);
    uint64_t id = check_id(L, 2);
    int64_t delay_ms = check_ms(L, 3);
    struct lx_command *command = make_command(L, LX_COMMAND_TIMER, id, 0, 0);

    command->delay_ms = delay_ms;
    return submit(L, handle, command);
}

static int client_download(lua_State *L)
{
    struct handle *handle = check_open(L);
    uint64_t id = check_id(L, 2);
    struct lx_download_order *spec = lx_lua_read_download(L, 3);
    struct lx_command *command = lx_command_new(LX_COMMAND_DOWNLOAD, id);

    if (!command) {
        lx_download_order_free(spec);
        return luaL_error(L, "not enough memory");
    }
    command->download = spec;
    return submit(L, handle, command);
}

/* ---- events ---- */

static void close_handle(struct handle *handle)
{
    struct lx_client *client = handle->client;
    struct lx_lua_inbox inbox = handle->inbox;

    memset(handle, 0, sizeof *handle);
    lx_client_free(client);
    lx_lua_inbox_free(&inbox);
}

/* next(): the next event, or nothing; see lx_lua_inbox_next. The teller is the
 * first upvalue. */
static int client_next(lua_State *L)
{
    struct handle *handle = check_open(L);

    int count = lx_lua_inbox_next(L, lua_upvalueindex(1), &handle->inbox,
                                  handle->client);
    if (!handle->is_closing || handle->inbox.is_telling)
        return count;
    close_handle(handle);
    return 0;
}

/* Whether no event waits; takes none. False, too, of a client that is closed or
 * forked. */
static int client_is_quiet(lua_State *L)
{
    struct handle *handle = check_handle(L);

    bool is_usable = handle->client && !handle->is_closing &&
                     !lx_client_is_forked(handle->client);
    lua_pushboolean(
        L, is_usable && lx_lua_inbox_is_quiet(&handle->inbox, handle->client));
    return 1;
}

static int client_poll(lua_State *L)
{
    struct handle *handle = check_open(L);
    int timeout_ms = -1;

    if (!lua_isnoneornil(L, 2)) {
        int64_t ms = check_ms(L, 2);
        timeout_ms = ms > 86400000 ? 86400000 : (int)ms;
    }
    bool is_ready = lx_lua_inbox_has(&handle->inbox, handle->client);
    bool may_wait = /* a finalizer in the middle of an event may not */
        !handle->inbox.is_telling && !lx_client_is_forked(handle->client);
    if (!is_ready && may_wait)
        is_ready = lx_client_wait(handle->client, timeout_ms);
    lua_pushboolean(L, is_ready);
    return 1;
}

static int client_fd(lua_State *L)
{
    struct handle *handle = check_open(L);
    bool is_ours = !lx_client_is_forked(handle->client);

    lua_pushinteger(L, is_ours ? lx_client_fd(handle->client) : -1);
    return 1;
}

static int client_signal(lua_State *L)
{
    struct handle *handle = check_open(L);

    if (!lx_client_is_forked(handle->client))
        lx_client_signal(handle->client);
    return 0;
}

/* ---- the rest ---- */

static int client_stats(lua_State *L)
{
    struct handle *handle = check_open(L);
    struct lx_stats stats = {0};

    if (!lx_client_is_forked(handle->client))
        lx_client_stats(handle->client, &stats);
    lua_createtable(L, 0, 16);
#define SET_FIELD(name)                                                        \
    compat_push_int64(L, (int64_t)stats.name);                                 \
    lua_setfield(L, -2, #name);
    LX_STATS_MAP(SET_FIELD)
#undef SET_FIELD
    return 1;
}

/* Push a userdata that frees the pointer in it, also when Lua raises; NULL at
 * first. Before check_open: a finalizer that closes the client may run. */
static void *push_box(lua_State *L)
{
    void **box = lua_newuserdata(L, sizeof *box);

    *box = NULL;
    luaL_getmetatable(L, BOX_TYPE);
    lua_setmetatable(L, -2);
    return box;
}

/* A list of {model, count, p50, p90}; seconds. */
static int client_durations(lua_State *L)
{
    size_t count = 0;
    struct lx_duration **box = push_box(L);
    struct handle *handle = check_open(L);

    if (!lx_client_is_forked(handle->client))
        *box = lx_client_durations(handle->client, &count);
    lua_newtable(L);
    for (size_t i = 0; *box && i < count; i++) {
        const struct lx_duration *duration = &(*box)[i];
        lua_createtable(L, 0, 4);
        lua_pushstring(L, duration->model);
        lua_setfield(L, -2, "model");
        compat_push_int64(L, (int64_t)duration->count);
        lua_setfield(L, -2, "count");
        lua_pushnumber(L, duration->p50_s);
        lua_setfield(L, -2, "p50");
        lua_pushnumber(L, duration->p90_s);
        lua_setfield(L, -2, "p90");
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* After stop: the text for config.durations_text, or nil. */
static int client_saved_durations(lua_State *L)
{
    char **box = push_box(L);
    struct handle *handle = check_open(L);

    *box = lx_client_save_durations(handle->client);
    lua_pushstring(L, *box);
    return 1;
}

static int client_is_forked(lua_State *L)
{
    lua_pushboolean(L, lx_client_is_forked(check_open(L)->client));
    return 1;
}

/* Stop the thread and keep its events: next() still gives them. */
static int client_stop(lua_State *L)
{
    lx_client_stop(check_open(L)->client);
    return 0;
}

/* close, __gc and __close: the pointers go before what they point to. */
static int client_close(lua_State *L)
{
    struct handle *handle = check_handle(L);

    if (handle->inbox.is_telling) /* by a finalizer: next will do it */
        handle->is_closing = true;
    else
        close_handle(handle);
    return 0;
}

static int box_gc(lua_State *L)
{
    void **box = lua_touserdata(L, 1);

    free(*box);
    *box = NULL;
    return 0;
}

void lx_lua_client_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"create", client_create},
        {"watch", client_watch},
        {"query", client_query},
        {"nudge", client_nudge},
        {"records", client_records},
        {"cancel", client_cancel},
        {"timer", client_timer},
        {"download", client_download},
        {"is_quiet", client_is_quiet},
        {"poll", client_poll},
        {"fd", client_fd},
        {"signal", client_signal},
        {"stats", client_stats},
        {"durations", client_durations},
        {"saved_durations", client_saved_durations},
        {"is_forked", client_is_forked},
        {"stop", client_stop},
        {"close", client_close},
        {NULL, NULL}};

    /* filled also when it exists: an earlier call may have run out of memory
     * half way */
    luaL_newmetatable(L, BOX_TYPE);
    lua_pushcfunction(L, box_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_newmetatable(L, CLIENT_TYPE);
    lua_newtable(L);
    compat_set_functions(L, methods);
    lx_lua_push_teller(L);
    lua_pushcclosure(L, client_next, 1);
    lua_setfield(L, -2, "next");
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, client_close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, client_close);
    lua_setfield(L, -2, "__close");
    lua_pushliteral(L, "liangxin.core.client");
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
}
