/* handler_lua.c: calls into the handler's Lua state, one thread at a time. The
 * state is a member here, against the client's rule: it belongs to the listener
 * alone, no host code runs in it, and its lock is beside it. */
#include "handler.h"
#include "mailbox_lua.h"
#include "os/clock.h"
#include "os/thread.h"
#include "state_lua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Stack slots at the bottom: the handler's object, and the function that each
 * request needs, which costs less than looking it up. */
enum { SLOT_OBJECT = 1, SLOT_HANDLE, SLOT_LAST = SLOT_HANDLE };

struct lx_handler {
    struct lx_mutex lock;
    lua_State *lua; /* guarded by lock */
    void (*wake)(void *sender);
    void *sender;
    struct lx_mailbox_box mailbox; /* held, unless it is all zeros */
};

static lua_State *enter(struct lx_handler *handler)
{
    lx_mutex_lock(&handler->lock);
    return handler->lua;
}

static void leave(struct lx_handler *handler)
{
    lua_settop(handler->lua, SLOT_LAST);
    lx_mutex_unlock(&handler->lock);
}

static int host_now(lua_State *L)
{
    lua_pushnumber(L, (double)lx_now_us() / 1e6);
    return 1;
}

static int host_wall(lua_State *L)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    lua_pushnumber(L, (double)now.tv_sec + (double)now.tv_nsec / 1e9);
    return 1;
}

static int host_wake(lua_State *L)
{
    struct lx_handler *handler = lua_touserdata(L, lua_upvalueindex(1));
    handler->wake(handler->sender);
    return 0;
}

/* host.post(text): a text to the client's host; false when it is closed. */
static int host_post(lua_State *L)
{
    const struct lx_mailbox_box *box = lua_touserdata(L, lua_upvalueindex(1));
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);

    lua_pushboolean(L, box->post(box->mailbox, box->id, text, length));
    return 1;
}

static void push_host(lua_State *L, struct lx_handler *handler)
{
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, host_now);
    lua_setfield(L, -2, "now");
    lua_pushcfunction(L, host_wall);
    lua_setfield(L, -2, "wall");
    lua_pushlightuserdata(L, handler);
    lua_pushcclosure(L, host_wake, 1);
    lua_setfield(L, -2, "wake");
    if (!handler->mailbox.mailbox)
        return;
    lua_pushlightuserdata(L, &handler->mailbox);
    lua_pushcclosure(L, host_post, 1);
    lua_setfield(L, -2, "post");
}

struct opening {
    const struct lx_handler_setup *setup;
    struct lx_handler *handler;
};

/* Runs protected: everything here may raise. Leaves the slots. */
static int open_protected(lua_State *L)
{
    const struct opening *opening = lua_touserdata(L, 1);
    const struct lx_handler_setup *setup = opening->setup;
    lx_state_prepare(L, setup->path, setup->cpath);
    lx_state_require(L, setup->module);
    lua_getfield(L, -1, "new");
    push_host(L, opening->handler);
    lua_pushstring(L, setup->config);
    lua_pushinteger(L, setup->port);
    lua_call(L, 3, 1);
    lua_getfield(L, -1, "handle");
    return SLOT_LAST;
}

struct lx_handler *lx_handler_open(const struct lx_handler_setup *setup,
                                   char *error, size_t error_bytes)
{
    struct lx_handler *handler = calloc(1, sizeof *handler);
    lua_State *L = handler ? luaL_newstate() : NULL;
    if (!L) {
        free(handler);
        snprintf(error, error_bytes, "out of memory");
        return NULL;
    }
    lx_mutex_init(&handler->lock);
    handler->lua = L;
    handler->wake = setup->wake;
    handler->sender = setup->sender;
    if (setup->mailbox) {
        handler->mailbox = *setup->mailbox;
        handler->mailbox.hold(handler->mailbox.mailbox);
    }
    struct opening opening = {setup, handler};
    lua_pushcfunction(L, open_protected);
    lua_pushlightuserdata(L, &opening);
    if (lua_pcall(L, 1, SLOT_LAST, 0) != 0) {
        snprintf(error, error_bytes, "the listener's own Lua state: %s",
                 lx_state_problem(L));
        lx_handler_close(handler);
        return NULL;
    }
    return handler;
}

void lx_handler_close(struct lx_handler *handler)
{
    if (!handler)
        return;
    lua_close(handler->lua);
    if (handler->mailbox.mailbox)
        handler->mailbox.release(handler->mailbox.mailbox);
    lx_mutex_deinit(&handler->lock);
    free(handler);
}

/* The string at `index`, copied; NULL if there is none or out of memory. */
static char *copy_string(lua_State *L, int index, size_t *length)
{
    size_t size = 0;
    const char *bytes = lua_tolstring(L, index, &size);
    char *copy = bytes ? malloc(size + 1) : NULL;
    if (copy)
        memcpy(copy, bytes, size + 1);
    *length = copy ? size : 0;
    return copy;
}

/* The same of a field of the table on the top. */
static char *copy_field(lua_State *L, const char *name, size_t *length)
{
    lua_getfield(L, -1, name);
    char *copy = copy_string(L, -1, length);
    lua_pop(L, 1);
    return copy;
}

static void push_ask(lua_State *L, const struct lx_ask *ask)
{
    lua_createtable(L, 0, 5);
    lua_pushstring(L, ask->method);
    lua_setfield(L, -2, "method");
    lua_pushstring(L, ask->target);
    lua_setfield(L, -2, "target");
    lua_createtable(L, 0, ask->header_count);
    for (int i = 0; i < ask->header_count; i++) {
        lua_pushstring(L, ask->headers[i].name);
        lua_pushstring(L, ask->headers[i].value);
        lua_settable(L, -3);
    }
    lua_setfield(L, -2, "headers");
    lua_pushlstring(L, ask->body ? ask->body : "", ask->body_bytes);
    lua_setfield(L, -2, "body");
    lua_pushboolean(L, ask->is_too_large);
    lua_setfield(L, -2, "too_large");
}

/* Read "status, headers, body" from the stack. */
static void take_answer(lua_State *L, int first, struct lx_reply *reply)
{
    size_t ignored;
    reply->status = (int)lua_tointeger(L, first);
    reply->body = copy_string(L, first + 2, &reply->body_bytes);
    lua_pushnil(L);
    while (lua_next(L, first + 1)) {
        if (reply->header_count < LX_REPLY_HEADERS_MAX &&
            lua_type(L, -2) == LUA_TSTRING) {
            struct lx_header *header = &reply->headers[reply->header_count++];
            header->name = copy_string(L, -2, &ignored);
            header->value = copy_string(L, -1, &ignored);
        }
        lua_pop(L, 1);
    }
}

struct handling {
    const struct lx_ask *ask;
    const struct lx_made *made;
    struct lx_reply *reply;
};

static void push_made(lua_State *L, const struct lx_made *made)
{
    if (made && made->bytes)
        lua_pushlstring(L, made->bytes, made->length);
    else
        lua_pushboolean(L, !made);
}

/* Runs protected. Stack: the handle function, the handling. */
static int handle_protected(lua_State *L)
{
    const struct handling *handling = lua_touserdata(L, 2);
    const struct lx_ask *ask = handling->ask;
    struct lx_reply *reply = handling->reply;
    lua_pushvalue(L, 1);
    if (handling->made)
        lua_rawgeti(L, LUA_REGISTRYINDEX, *ask->ticket);
    else
        push_ask(L, ask);
    lua_pushvalue(L, -1);
    lua_insert(L, 3); /* the request, kept below the call */
    push_made(L, handling->made);
    lua_call(L, 2, 3);
    if (lua_type(L, 4) == LUA_TSTRING) {
        lua_pushvalue(L, 3);
        *ask->ticket = luaL_ref(L, LUA_REGISTRYINDEX);
        reply->work = copy_string(L, 4, &reply->work_bytes);
    } else {
        take_answer(L, 4, reply);
    }
    return 0;
}

/* Report a mistake in the handler to the program that runs the listener. */
static void answer_panic(struct lx_reply *reply, const char *why)
{
    fprintf(stderr, "liangxin.listener: %s\n", why);
    lx_reply_deinit(reply);
    reply->status = 500;
    reply->body = strdup("the handler failed; see standard error\n");
    reply->body_bytes = reply->body ? strlen(reply->body) : 0;
}

void lx_handler_handle(struct lx_handler *handler, const struct lx_ask *ask,
                       const struct lx_made *made, struct lx_reply *reply)
{
    memset(reply, 0, sizeof *reply);
    struct handling handling = {ask, made, reply};
    lua_State *L = enter(handler);
    lua_pushcfunction(L, handle_protected);
    lua_pushvalue(L, SLOT_HANDLE);
    lua_pushlightuserdata(L, &handling);
    if (lua_pcall(L, 2, 0, 0) != 0)
        answer_panic(reply, lx_state_problem(L));
    leave(handler);
}

void lx_handler_forget(struct lx_handler *handler, int ticket)
{
    luaL_unref(enter(handler), LUA_REGISTRYINDEX, ticket);
    leave(handler);
}

struct calling {
    const char *name, *text;
    size_t text_bytes;
};

/* Runs protected. Stack: the object, the calling. */
static int call_protected(lua_State *L)
{
    const struct calling *calling = lua_touserdata(L, 2);
    lua_getfield(L, 1, calling->name);
    lua_pushlstring(L, calling->text, calling->text_bytes);
    lua_call(L, 1, 1);
    luaL_checkstring(L, -1);
    return 1;
}

char *lx_handler_call(struct lx_handler *handler, const char *name,
                      const char *text, size_t text_bytes, size_t *length,
                      char *error, size_t error_bytes)
{
    struct calling calling = {name, text, text_bytes};
    char *result = NULL;
    snprintf(error, error_bytes, "out of memory");
    lua_State *L = enter(handler);
    lua_pushcfunction(L, call_protected);
    lua_pushvalue(L, SLOT_OBJECT);
    lua_pushlightuserdata(L, &calling);
    if (lua_pcall(L, 2, 1, 0) != 0)
        snprintf(error, error_bytes, "%s", lx_state_problem(L));
    else
        result = copy_string(L, -1, length);
    leave(handler);
    return result;
}

bool lx_handler_has_posts(struct lx_handler *handler)
{
    lua_State *L = enter(handler);
    lua_pushliteral(L, "next_post");
    lua_rawget(L, SLOT_OBJECT);
    bool has_posts = lua_isfunction(L, -1);
    leave(handler);
    return has_posts;
}

/* Read the table on the top; false when there is nothing to send. */
static bool take_post(lua_State *L, struct lx_post *post)
{
    size_t ignored;
    if (!lua_istable(L, -1)) {
        post->wait_seconds = lua_isnumber(L, -1) ? lua_tonumber(L, -1) : -1;
        return false;
    }
    lua_getfield(L, -1, "id");
    post->id = lua_tonumber(L, -1);
    lua_getfield(L, -2, "port");
    post->port = (int)lua_tointeger(L, -1);
    lua_pop(L, 2);
    post->head = copy_field(L, "head", &ignored);
    post->body = copy_field(L, "body", &post->body_bytes);
    post->host = copy_field(L, "host", &ignored);
    return post->head && post->body && post->host;
}

/* Runs protected. Stack: the object, the post. */
static int next_post_protected(lua_State *L)
{
    struct lx_post *post = lua_touserdata(L, 2);
    lua_getfield(L, 1, "next_post");
    lua_call(L, 0, 1);
    if (!take_post(L, post)) {
        double wait_seconds = post->wait_seconds;
        lx_post_deinit(post);
        post->wait_seconds = wait_seconds;
    }
    return 0;
}

void lx_handler_next_post(struct lx_handler *handler, struct lx_post *post)
{
    memset(post, 0, sizeof *post);
    post->wait_seconds = -1;
    lua_State *L = enter(handler);
    lua_pushcfunction(L, next_post_protected);
    lua_pushvalue(L, SLOT_OBJECT);
    lua_pushlightuserdata(L, post);
    if (lua_pcall(L, 2, 0, 0) != 0)
        fprintf(stderr, "liangxin.listener: %s\n", lx_state_problem(L));
    leave(handler);
}

struct outcome {
    double id;
    int status;
};

/* Runs protected. Stack: the object, the outcome. */
static int posted_protected(lua_State *L)
{
    const struct outcome *outcome = lua_touserdata(L, 2);
    lua_getfield(L, 1, "posted");
    lua_pushnumber(L, outcome->id);
    lua_pushinteger(L, outcome->status);
    lua_call(L, 2, 0);
    return 0;
}

void lx_handler_posted(struct lx_handler *handler, double id, int status)
{
    struct outcome outcome = {id, status};
    lua_State *L = enter(handler);
    lua_pushcfunction(L, posted_protected);
    lua_pushvalue(L, SLOT_OBJECT);
    lua_pushlightuserdata(L, &outcome);
    if (lua_pcall(L, 2, 0, 0) != 0)
        fprintf(stderr, "liangxin.listener: %s\n", lx_state_problem(L));
    leave(handler);
}

void lx_reply_deinit(struct lx_reply *reply)
{
    for (int i = 0; i < reply->header_count; i++) {
        free((char *)reply->headers[i].name);
        free((char *)reply->headers[i].value);
    }
    free(reply->body);
    free(reply->work);
    memset(reply, 0, sizeof *reply);
}

void lx_post_deinit(struct lx_post *post)
{
    free(post->host);
    free(post->head);
    free(post->body);
    memset(post, 0, sizeof *post);
}
