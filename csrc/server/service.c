/* service.c: calls into the service's own Lua state, one thread at a time.
 * The state is a member here, against the client's rule: it belongs to the
 * sandbox alone, no host code ever runs in it, and the lock is beside it. */
#include "service.h"
#include "compat.h"
#include "order_lua.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Stack slots of the service's functions: they stay at the bottom of the
 * stack, which costs less than looking them up for each request. */
enum { SLOT_HANDLE = 1, SLOT_REPORT, SLOT_NEXT_POST, SLOT_POSTED, SLOT_COUNT };

struct lx_service {
    pthread_mutex_t lock;
    lua_State *lua; /* guarded by lock */
    void (*wake)(void *sender);
    void *sender;
};

static double read_clock(clockid_t which)
{
    struct timespec now;
    clock_gettime(which, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int host_now(lua_State *L)
{
    lua_pushnumber(L, read_clock(CLOCK_MONOTONIC));
    return 1;
}

static int host_wall(lua_State *L)
{
    lua_pushnumber(L, read_clock(CLOCK_REALTIME));
    return 1;
}

static int host_wake(lua_State *L)
{
    struct lx_service *service = lua_touserdata(L, lua_upvalueindex(1));
    service->wake(service->sender);
    return 0;
}

static void push_host(lua_State *L, struct lx_service *service)
{
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, host_now);
    lua_setfield(L, -2, "now");
    lua_pushcfunction(L, host_wall);
    lua_setfield(L, -2, "wall");
    lua_pushlightuserdata(L, service);
    lua_pushcclosure(L, host_wake, 1);
    lua_setfield(L, -2, "wake");
}

struct opening {
    const struct lx_service_setup *setup;
    struct lx_service *service;
};

/* Runs protected: everything here may raise. Leaves the four functions. */
static int open_protected(lua_State *L)
{
    const struct opening *opening = lua_touserdata(L, 1);
    luaL_openlibs(L);
    lua_getglobal(L, "package");
    lua_pushstring(L, opening->setup->path);
    lua_setfield(L, -2, "path");
    lua_pushstring(L, opening->setup->cpath);
    lua_setfield(L, -2, "cpath");
    lua_getglobal(L, "require");
    lua_pushliteral(L, "liangxin.sandbox.service");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "new");
    push_host(L, opening->service);
    lua_pushstring(L, opening->setup->config);
    lua_pushinteger(L, opening->setup->port);
    lua_call(L, 3, 1);
    static const char *const names[] = {"handle", "report", "next_post",
                                        "posted"};
    int object = lua_gettop(L);
    for (int i = 0; i < SLOT_COUNT - 1; i++)
        lua_getfield(L, object, names[i]);
    return SLOT_COUNT - 1;
}

struct lx_service *lx_service_open(const struct lx_service_setup *setup,
                                   char *error, size_t error_bytes)
{
    struct lx_service *service = calloc(1, sizeof(*service));
    lua_State *L = service ? luaL_newstate() : NULL;
    if (!L) {
        free(service);
        snprintf(error, error_bytes, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&service->lock, NULL);
    service->lua = L;
    service->wake = setup->wake;
    service->sender = setup->sender;
    struct opening opening = {setup, service};
    lua_pushcfunction(L, open_protected);
    lua_pushlightuserdata(L, &opening);
    if (lua_pcall(L, 1, SLOT_COUNT - 1, 0) != 0) {
        const char *why = lua_tostring(L, -1);
        snprintf(error, error_bytes, "the sandbox's own Lua state: %s",
                 why ? why : "unknown error");
        lx_service_close(service);
        return NULL;
    }
    return service;
}

void lx_service_close(struct lx_service *service)
{
    if (!service)
        return;
    lua_close(service->lua);
    pthread_mutex_destroy(&service->lock);
    free(service);
}

static char *copy_bytes(const char *bytes, size_t length)
{
    char *copy = malloc(length + 1);
    if (copy) {
        memcpy(copy, bytes, length);
        copy[length] = '\0';
    }
    return copy;
}

/* The string field `name` of the table on the top, copied; NULL if absent. */
static char *copy_field(lua_State *L, const char *name, size_t *length)
{
    size_t size = 0;
    lua_getfield(L, -1, name);
    const char *bytes = lua_tolstring(L, -1, &size);
    char *copy = bytes ? copy_bytes(bytes, size) : NULL;
    if (length)
        *length = copy ? size : 0;
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

/* Take "status, headers, body" from the stack. */
static void take_answer(lua_State *L, int first, struct lx_reply *reply)
{
    size_t length = 0;
    const char *body = lua_tolstring(L, first + 2, &length);
    reply->status = (int)lua_tointeger(L, first);
    reply->body = copy_bytes(body ? body : "", body ? length : 0);
    reply->body_bytes = reply->body ? length : 0;
    int room = (int)(sizeof(reply->headers) / sizeof(reply->headers[0]));
    lua_pushnil(L);
    while (lua_next(L, first + 1)) {
        if (reply->header_count < room && lua_type(L, -2) == LUA_TSTRING) {
            struct lx_header *header = &reply->headers[reply->header_count++];
            header->name =
                copy_bytes(lua_tostring(L, -2), lx_raw_length(L, -2));
            const char *value = lua_tostring(L, -1);
            header->value = copy_bytes(value, strlen(value));
        }
        lua_pop(L, 1);
    }
}

struct handling {
    const struct lx_ask *ask;
    const char *painted;
    size_t painted_bytes;
    bool is_second_time;
    struct lx_reply *reply;
};

/* Runs protected. Stack: the handle function, the handling. */
static int handle_protected(lua_State *L)
{
    const struct handling *handling = lua_touserdata(L, 2);
    const struct lx_ask *ask = handling->ask;
    lua_pushvalue(L, 1);
    if (handling->is_second_time)
        lua_rawgeti(L, LUA_REGISTRYINDEX, *ask->ticket);
    else
        push_ask(L, ask);
    lua_pushvalue(L, -1);
    lua_insert(L, 3); /* the ask, kept below the call */
    if (handling->painted)
        lua_pushlstring(L, handling->painted, handling->painted_bytes);
    else
        lua_pushboolean(L, !handling->is_second_time);
    lua_call(L, 2, 3);
    if (!lua_istable(L, 4)) {
        take_answer(L, 4, handling->reply);
        return 0;
    }
    handling->reply->order = lx_order_from_lua(L, 4, 0);
    lua_pushvalue(L, 3);
    *ask->ticket = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

/* The answer of a platform that panicked (shape B'''): a mistake in our own
 * Lua must be seen by whoever runs the sandbox. */
static void answer_panic(struct lx_reply *reply, const char *why)
{
    fprintf(stderr, "liangxin sandbox: %s\n", why);
    lx_reply_deinit(reply);
    static const char body[] =
        "{\"error\":{\"message\":\"Panic detected, error: the sandbox's own "
        "Lua failed; see its standard error\",\"type\":\"new_api_panic\"}}";
    reply->status = 500;
    reply->body = copy_bytes(body, sizeof(body) - 1);
    reply->body_bytes = reply->body ? sizeof(body) - 1 : 0;
}

void lx_service_handle(struct lx_service *service, const struct lx_ask *ask,
                       const char *painted, size_t painted_bytes,
                       bool is_second_time, struct lx_reply *reply)
{
    memset(reply, 0, sizeof(*reply));
    struct handling handling = {ask, painted, painted_bytes, is_second_time,
                                reply};
    pthread_mutex_lock(&service->lock);
    lua_State *L = service->lua;
    lua_pushcfunction(L, handle_protected);
    lua_pushvalue(L, SLOT_HANDLE);
    lua_pushlightuserdata(L, &handling);
    if (lua_pcall(L, 2, 0, 0) != 0) {
        const char *why = lua_tostring(L, -1);
        answer_panic(reply, why ? why : "unknown error");
    }
    lua_settop(L, SLOT_COUNT - 1);
    pthread_mutex_unlock(&service->lock);
}

void lx_service_forget(struct lx_service *service, int ticket)
{
    pthread_mutex_lock(&service->lock);
    luaL_unref(service->lua, LUA_REGISTRYINDEX, ticket);
    pthread_mutex_unlock(&service->lock);
}

char *lx_service_report(struct lx_service *service, size_t *length)
{
    char *report = NULL;
    pthread_mutex_lock(&service->lock);
    lua_State *L = service->lua;
    lua_pushvalue(L, SLOT_REPORT);
    if (lua_pcall(L, 0, 1, 0) == 0) {
        const char *bytes = lua_tolstring(L, -1, length);
        report = bytes ? copy_bytes(bytes, *length) : NULL;
    }
    lua_settop(L, SLOT_COUNT - 1);
    pthread_mutex_unlock(&service->lock);
    return report;
}

/* Read the table on the top; false when there is nothing to send. */
static bool take_post(lua_State *L, struct lx_post *post)
{
    if (!lua_istable(L, -1)) {
        post->wait_seconds = lua_isnumber(L, -1) ? lua_tonumber(L, -1) : -1;
        return false;
    }
    lua_getfield(L, -1, "id");
    post->id = lua_tonumber(L, -1);
    lua_getfield(L, -2, "port");
    post->port = (int)lua_tointeger(L, -1);
    lua_pop(L, 2);
    post->head = copy_field(L, "head", NULL);
    post->body = copy_field(L, "body", &post->body_bytes);
    post->host = copy_field(L, "host", NULL);
    return post->head && post->body && post->host;
}

void lx_service_next_post(struct lx_service *service, struct lx_post *post)
{
    memset(post, 0, sizeof(*post));
    post->wait_seconds = -1;
    pthread_mutex_lock(&service->lock);
    lua_State *L = service->lua;
    lua_pushvalue(L, SLOT_NEXT_POST);
    bool is_due = lua_pcall(L, 0, 1, 0) == 0 && take_post(L, post);
    lua_settop(L, SLOT_COUNT - 1);
    pthread_mutex_unlock(&service->lock);
    if (!is_due) {
        double wait_seconds = post->wait_seconds;
        lx_post_deinit(post);
        post->wait_seconds = wait_seconds;
    }
}

void lx_service_posted(struct lx_service *service, double id, int status)
{
    pthread_mutex_lock(&service->lock);
    lua_State *L = service->lua;
    lua_pushvalue(L, SLOT_POSTED);
    lua_pushnumber(L, id);
    lua_pushinteger(L, status);
    lua_pcall(L, 2, 0, 0);
    lua_settop(L, SLOT_COUNT - 1);
    pthread_mutex_unlock(&service->lock);
}

void lx_reply_deinit(struct lx_reply *reply)
{
    for (int i = 0; i < reply->header_count; i++) {
        free((char *)reply->headers[i].name);
        free((char *)reply->headers[i].value);
    }
    free(reply->body);
    lx_order_free(reply->order);
    memset(reply, 0, sizeof(*reply));
}

void lx_post_deinit(struct lx_post *post)
{
    free(post->host);
    free(post->head);
    free(post->body);
    memset(post, 0, sizeof(*post));
}
