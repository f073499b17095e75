/* The Nth allocation of Lua fails, and all after it, N = 1, 2, 3, ...: each
 * call raises "not enough memory" or works, nothing is lost that comes later,
 * what failed can be done again, and nothing leaks (ASAN looks at the end).
 * LDFLAGS: -llua5.4 */
#include "lua_rig.h"

#include <dlfcn.h>

#if LUA_VERSION_NUM == 504

/* lua-cjson loses its buffer when Lua has no memory for the rest. */
__attribute__((visibility("default"))) const char *
__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:cjson.so";
}

/* It stays mapped after its states, so that a report knows its name. */
static void keep_cjson(void)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    if (luaL_dostring(L, "return package.searchpath('cjson', package.cpath)"))
        lua_pushnil(L);
    const char *path = lua_tostring(L, -1);
    CHECK(path && dlopen(path, RTLD_NOW | RTLD_NODELETE));
    lua_close(L);
}

struct memory {
    long left; /* allocations that still work; -1: all */
    long made;
};

static void *allocate(void *userdata, void *block, size_t old, size_t size)
{
    struct memory *memory = userdata;

    if (size == 0) {
        free(block);
        return NULL;
    }
    if (!block || size > old) {
        if (memory->left == 0)
            return NULL;
        memory->left -= memory->left > 0;
        memory->made++;
    }
    return realloc(block, size);
}

/* One thing to do: `before` and `after` run with memory for all, `after` also
 * when `during` failed. */
struct chapter {
    const char *name, *before, *during, *after;
    long step; /* how far apart the failures are */
};

#define CONFIG                                                                 \
    "{base_url = url, api_key = 'sk-a', user_agent = 'u', timeout = 9, "       \
    "connect_timeout = 9, max_connections = 2, max_downloads = 2, "            \
    "max_requests_per_second = 0, max_body = 1e6, retry_attempts = 2, "        \
    "retry_base = 0, retry_max = 0, poll_first = 0.001, poll_factor = 1, "     \
    "poll_max = 0.001, poll_jitter = 0, ca_file = 'a', http_proxy = 'a', "     \
    "https_proxy = 'a', no_proxy = '*', log = "                                \
    "true}"

#define OPEN "core = require 'liangxin.core' handle = core.new(" CONFIG ") "

/* Take events until the operation's last one. */
#define AWAIT(last)                                                            \
    "repeat handle:poll(5) local kind, id, value, err = handle:next() "        \
    "until kind == '" last "' "

#define CLOSE_HANDLE "if handle then handle:close() end"

#define NEW_CLIENT                                                             \
    "client = liangxin.new {base_url = url, api_key = 'sk-a', "                \
    "on_log = function() end, poll = {first = 0.001, factor = 1, "             \
    "max = 0.001, jitter = 0}} "

#define USE_CLIENT                                                             \
    "local result = assert(client:generate('m', {prompt = 'p', n = {1}}, "     \
    "{on_created = print, on_state = print})) "                                \
    "assert(#assert(result:fetch()) == 12) "                                   \
    "assert(client:map({1, 2}, function(i) client:sleep(0) return i end)"      \
    "[2] == 2) "                                                               \
    "local _, err = client:query('lost') "                                     \
    "assert(err.kind == 'not_found' and #err:report() > 0) "                   \
    "assert(client:notify('{\"taskId\":\"t1\"}')) "                            \
    "assert(client:stats().created >= 1) "

static const struct chapter chapters[] = {
    {"open", "", "core = require 'liangxin.core'",
     OPEN "handle:timer(1, 0) " AWAIT("timer") CLOSE_HANDLE, 1},
    {"new", "core = require 'liangxin.core'", "handle = core.new(" CONFIG ")",
     CLOSE_HANDLE, 1},
    {"new, left to the collector", "core = require 'liangxin.core'",
     "core.new(" CONFIG ")", "collectgarbage()", 1},
    {"encode", "core = require 'liangxin.core' text = ('x'):rep(5000)",
     "assert(#core.encode({a = {1, 2.5, {b = text}}, c = {text, true}}) > "
     "10000) local _, message, path = core.encode({a = {1, {b = print}}}) "
     "assert(path == 'a[2].b')",
     "assert(core.encode({}) == '{}')", 1},
    {"mend, callback", "core = require 'liangxin.core'",
     "assert(core.mend('[1,' .. ('2,'):rep(999) .. ']')) "
     "assert(core.callback('{\"taskId\":\"t\",\"param\":\"x\"}') == 't')",
     "assert(core.mend('{}') == '{}')", 1},
    {"create", OPEN, "handle:create(1, '{}', 'm', 9) " AWAIT("ended"),
     /* nothing that the core told is lost: the end is still there, or the
      * create was never taken */
     "for _ = 1, 100 do local kind = handle:next() "
     "if kind == 'ended' then break end handle:poll(0.001) end " CLOSE_HANDLE,
     1},
    {"create with pictures",
     OPEN "image = setmetatable({bytes = 'GIF89a', max_bytes = 9}, "
          "core.image_class)",
     "local body = core.encode({a = {image, {b = image}}}) "
     "assert(#body == 5) handle:create(1, body, 'm', 9) " AWAIT("ended"),
     "for _ = 1, 100 do local kind = handle:next() "
     "if kind == 'ended' then break end handle:poll(0.001) end " CLOSE_HANDLE,
     1},
    {"query", OPEN, "handle:query(1, 'lost') " AWAIT("record"), CLOSE_HANDLE,
     1},
    {"watch", OPEN,
     "handle:watch(1, 't1', 'm', 9, true) handle:nudge(1) "
     "handle:withdraw(1) " AWAIT("ended"),
     CLOSE_HANDLE, 1},
    {"download", OPEN,
     "handle:download(1, {url = url .. '/f.png', max_bytes = 1e6, stall = 9, "
     "allow_http = true, allow_private = true, progress = true}) " AWAIT(
         "downloaded"),
     CLOSE_HANDLE, 1},
    {"figures", OPEN "handle:watch(1, 't1', 'm', 9, true) " AWAIT("ended"),
     "handle:stats() handle:durations() handle:fd() handle:is_quiet() "
     "handle:stop() handle:saved_durations() handle:durations() "
     "handle:close() handle = nil",
     CLOSE_HANDLE, 1},
    {"events waiting at the end", OPEN "handle:query(1, 't1') handle:poll(5)",
     "handle:is_quiet() handle:next() handle:close()", "handle = nil", 1},
    {"require", "", "liangxin = require 'liangxin'",
     "for name in pairs(package.loaded) do "
     "if name:find('^liangxin') then package.loaded[name] = nil end end "
     "liangxin = require 'liangxin' " NEW_CLIENT USE_CLIENT "client:close()",
     97},
    {"a client", "liangxin = require 'liangxin'",
     NEW_CLIENT USE_CLIENT "client:close()",
     "if client then pcall(client.close, client) client:close() end "
     /* what failed can be done again */
     NEW_CLIENT USE_CLIENT "client:close()",
     7},
    {"a client, left to the collector", "liangxin = require 'liangxin'",
     NEW_CLIENT USE_CLIENT, "client = nil collectgarbage()", 13},
};

/* Whether `during` had memory enough. */
static bool run_chapter(const struct chapter *chapter, long allocations)
{
    struct memory memory = {.left = -1};
    lua_State *L = open_state(allocate, &memory);

    run_well(L, chapter->before, "before");
    int loaded = luaL_loadstring(L, chapter->during);
    CHECK_EQ(loaded, LUA_OK);
    memory.left = allocations;
    int status = lua_pcall(L, 0, 0, 0);
    bool was_enough = memory.left != 0;
    memory.left = -1;
    if (status != LUA_OK) {
        const char *message = lua_tostring(L, -1);
        /* what raises without memory may be told as an error of its own */
        check_note(!was_enough, __FILE__, __LINE__, message ? message : "?");
        lua_pop(L, 1);
    }
    run_well(L, chapter->after, "after");
    lua_close(L);
    return was_enough;
}

static void test_chapter(const struct chapter *chapter)
{
    char row[96];
    long allocations = 0;
    bool was_enough;

    check_row = row;
    do {
        snprintf(row, sizeof row, "%s, %ld", chapter->name, allocations);
        was_enough = run_chapter(chapter, allocations);
        allocations += chapter->step;
    } while (!was_enough);
    CHECK(allocations > chapter->step);
}

int main(void)
{
    keep_cjson();
    start_api();
    for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++)
        test_chapter(&chapters[i]);
    stop_api();
    return check_report("lua_alloc");
}

#else /* lua_newstate is not LuaJIT's, and the library linked is 5.4's */

int main(void)
{
    (void)fill_config;
    return check_report("lua_alloc");
}

#endif
