/* worker_lua.c: a list under a lock, and a thread with a Lua state that takes
 * from it. The state is a local of the thread: no other ever sees it. */
#include "worker.h"
#include "state_lua.h"
#include "os/thread.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lx_worker {
    const char *path, *cpath, *module;
    struct lx_thread thread;
    atomic_bool is_stopping; /* read while working, without the lock */
    struct lx_mutex lock;
    struct lx_condition changed;
    bool is_started;               /* guarded by lock */
    bool is_joined;                /* owner's thread only */
    struct lx_work *first, **last; /* guarded by lock */
};

/* The next one, or NULL when it is time to go and nothing is left. */
static struct lx_work *take(struct lx_worker *worker)
{
    lx_mutex_lock(&worker->lock);
    while (!worker->first && !atomic_load(&worker->is_stopping))
        lx_condition_wait(&worker->changed, &worker->lock);
    struct lx_work *work = worker->first;
    if (work) {
        worker->first = work->next;
        if (!worker->first)
            worker->last = &worker->first;
    }
    lx_mutex_unlock(&worker->lock);
    return work;
}

static int is_stopping(lua_State *L)
{
    struct lx_worker *worker = lua_touserdata(L, lua_upvalueindex(1));
    lua_pushboolean(L, atomic_load(&worker->is_stopping));
    return 1;
}

/* Runs protected: leaves the module's function and is_stopping. */
static int open_protected(lua_State *L)
{
    struct lx_worker *worker = lua_touserdata(L, 1);
    lx_state_prepare(L, worker->path, worker->cpath);
    lx_state_require(L, worker->module);
    lua_pushlightuserdata(L, worker);
    lua_pushcclosure(L, is_stopping, 1);
    return 2;
}

/* Runs protected. Stack: the module's function, is_stopping, the work. */
static int work_protected(lua_State *L)
{
    struct lx_work *work = lua_touserdata(L, 3);
    size_t length = 0;
    lua_pushvalue(L, 1);
    lua_pushlstring(L, work->text, work->text_bytes);
    lua_pushvalue(L, 2);
    lua_call(L, 2, 1);
    const char *bytes = lua_tolstring(L, -1, &length);
    work->bytes = bytes ? malloc(length + 1) : NULL;
    if (work->bytes) {
        memcpy(work->bytes, bytes, length + 1);
        work->length = length;
    }
    return 0;
}

static void report(lua_State *L)
{
    fprintf(stderr, "liangxin.listener: %s\n", lx_state_problem(L));
}

/* A state with the two functions at its bottom, or NULL. */
static lua_State *open_state(struct lx_worker *worker)
{
    lua_State *L = luaL_newstate();
    if (!L)
        return NULL;
    lua_pushcfunction(L, open_protected);
    lua_pushlightuserdata(L, worker);
    if (lua_pcall(L, 1, 2, 0) == 0)
        return L;
    report(L);
    lua_close(L);
    return NULL;
}

static void make(lua_State *L, struct lx_work *work)
{
    lua_pushcfunction(L, work_protected);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_pushlightuserdata(L, work);
    if (lua_pcall(L, 3, 0, 0) != 0)
        report(L);
    lua_settop(L, 2);
}

static void work_all(void *argument)
{
    struct lx_worker *worker = argument;
    struct lx_work *work;
    lua_State *L = open_state(worker);
    while ((work = take(worker))) {
        if (L && !atomic_load(&worker->is_stopping))
            make(L, work);
        work->done(work);
    }
    if (L)
        lua_close(L);
}

struct lx_worker *lx_worker_new(const char *path, const char *cpath,
                                const char *module)
{
    struct lx_worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return NULL;
    worker->path = path;
    worker->cpath = cpath;
    worker->module = module;
    worker->last = &worker->first;
    atomic_init(&worker->is_stopping, false);
    lx_mutex_init(&worker->lock);
    lx_condition_init(&worker->changed);
    return worker;
}

/* With the lock held. */
static bool has_thread(struct lx_worker *worker)
{
    if (!worker->is_started)
        worker->is_started = lx_thread_start(&worker->thread, work_all, worker);
    return worker->is_started;
}

bool lx_worker_push(struct lx_worker *worker, struct lx_work *work)
{
    lx_mutex_lock(&worker->lock);
    bool is_open = !atomic_load(&worker->is_stopping) && has_thread(worker);
    if (is_open) {
        work->next = NULL;
        *worker->last = work;
        worker->last = &work->next;
    }
    lx_mutex_unlock(&worker->lock);
    if (is_open)
        lx_condition_signal(&worker->changed);
    return is_open;
}

void lx_worker_stop(struct lx_worker *worker)
{
    if (worker->is_joined)
        return;
    lx_mutex_lock(&worker->lock);
    atomic_store(&worker->is_stopping, true);
    bool is_started = worker->is_started;
    lx_mutex_unlock(&worker->lock);
    lx_condition_signal(&worker->changed);
    if (is_started)
        lx_thread_join(&worker->thread);
    worker->is_joined = true;
}

void lx_worker_free(struct lx_worker *worker)
{
    if (!worker)
        return;
    lx_worker_stop(worker);
    lx_condition_deinit(&worker->changed);
    lx_mutex_deinit(&worker->lock);
    free(worker);
}
