/* Two states of Lua on two threads of one process; states that are closed with
 * work in flight; a fork in the middle of it; an exit while another thread is
 * opening and closing clients.
 * LDFLAGS: -llua5.4 */
#include "lua_rig.h"

#include <stdatomic.h>
#include <sys/wait.h>

#if LUA_VERSION_NUM == 504

#define ROUNDS 30

/* In a fork the leak checker looks for threads that are not there. */
static bool is_fork;
__attribute__((visibility("default"))) int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return is_fork;
}

static void *allocate(void *userdata, void *block, size_t old, size_t size)
{
    (void)userdata;
    (void)old;
    if (size > 0)
        return realloc(block, size);
    free(block);
    return NULL;
}

static const char new_client[] =
    "liangxin = require 'liangxin' "
    "function new() return liangxin.new {base_url = url, api_key = 'sk-t', "
    "poll = {first = 0.001, factor = 1, max = 0.001, jitter = 0}} end "
    "request = {model = 'm', input = {prompt = 'p'}} "
    "held = {model = 'hold', input = {}}";

static const char one_round[] =
    "local client = new() "
    "local values = client:map({1, 2, 3}, function(i) "
    "  local result = assert(client:generate('m', {n = i})) "
    "  return #assert(result:fetch()) end) "
    "assert(values[1] == 12 and values[3] == 12) "
    "client:spawn(client.create, client, held) "
    "client:spawn(client.create, client, held):cancel() "
    "local task = assert(client:create(request)) task:cancel() "
    "assert(client:close())";

static const char quick_round[] =
    "local client = new() client:spawn(client.create, client, held) "
    "client:step() assert(client:close())";

/* Work in flight, and nobody closes the client. */
static const char leave_open[] =
    "client = new() client:spawn(client.create, client, held) "
    "client:spawn(client.sleep, client, 60) "
    "task = assert(client:create(request, {watch = false}))";

static lua_State *open_ready_state(void)
{
    lua_State *L = open_state(allocate, NULL);

    run_well(L, new_client, "liangxin");
    return L;
}

static bool run_or_say(lua_State *L, const char *text)
{
    bool ran = run_text(L, text);

    if (!ran) {
        printf("%s\n", lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    return ran;
}

/* ---- two states ---- */

/* check.h counts without a lock: a thread counts for itself. */
static void *use_a_state(void *argument)
{
    int *failures = argument;
    lua_State *L = open_state(allocate, NULL);

    *failures += !run_text(L, new_client);
    for (int i = 0; i < ROUNDS; i++) {
        *failures += !run_or_say(L, one_round);
        if (i % 10 == 9) { /* closed with work in flight */
            *failures += !run_text(L, leave_open);
            lua_close(L);
            L = open_state(allocate, NULL);
            *failures += !run_text(L, new_client);
        }
    }
    lua_close(L);
    return NULL;
}

static void test_two_states(void)
{
    pthread_t threads[2];
    int failures[2] = {0, 0};

    check_row = "two states";
    for (int i = 0; i < 2; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, use_a_state, &failures[i]),
                 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        CHECK_EQ(failures[i], 0);
    }
}

/* ---- fork ---- */

static const char be_the_fork[] =
    "for _, call in ipairs { "
    "  function() return client:create(request) end, "
    "  function() return client:generate('m', {}) end, "
    "  function() return client:query('t1') end, "
    "  function() return client:step() end, "
    "  function() return client:poll(1) end, "
    "  function() return client:sleep(1) end, "
    "  function() return client:run(error) end, "
    "  function() return task:wait() end, "
    "  function() return task:cancel() end } do "
    "  local value, err = call() "
    "  assert(value == nil and err.kind == 'forked') end "
    "local own = new() assert(own:generate('m', {})) own:close() "
    "client:close()";

static void test_fork(void)
{
    lua_State *L = open_ready_state();
    int status = -1;
    pid_t child;

    check_row = "fork";
    run_well(L, leave_open, "leave_open");
    child = fork();
    if (child == 0) {
        is_fork = true;
        bool ran = run_or_say(L, be_the_fork);

        lua_close(L);
        fflush(stdout);
        _exit(ran ? 0 : 1);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    run_well(L, "assert(task:wait(20)) assert(client:close())", "the parent");
    lua_close(L);
}

/* ---- exit ---- */

static atomic_int rounds_done;

static void *open_and_close(void *argument)
{
    lua_State *L = open_state(allocate, NULL);

    (void)argument;
    run_text(L, new_client);
    while (run_text(L, quick_round))
        atomic_fetch_add(&rounds_done, 1);
    lua_close(L); /* it failed: the process is exiting */
    return NULL;
}

static void test_exit(int rounds)
{
    int status = -1;
    pid_t child;

    check_row = "exit";
    fflush(stdout);
    child = fork();
    if (child == 0) {
        is_fork = true;
        lua_State *L = open_ready_state();
        pthread_t thread;

        run_text(L, leave_open);
        if (pthread_create(&thread, NULL, open_and_close, NULL) != 0)
            _exit(2);
        while (atomic_load(&rounds_done) < rounds)
            sched_yield();
        exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
}

int main(void)
{
    start_api();
    test_two_states();
    test_fork();
    for (int i = 1; i <= 20; i++)
        test_exit(5 * i);
    stop_api();
    return check_report("lua_threads");
}

#else /* the library that is linked is 5.4's */

int main(void)
{
    (void)fill_config;
    return check_report("lua_threads");
}

#endif
