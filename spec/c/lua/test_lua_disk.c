/* test_lua_disk.c: a host's thread that downloads does not wait for the disk.
 * The C library's functions that name a file are defined here, over its own,
 * for the binding and for Lua, and tell on which thread they are called.
 * LDFLAGS: -llua5.4 -ldl */
#include "lua_rig.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>

#if LUA_VERSION_NUM == 504

static pthread_t host;
static atomic_bool is_watching;
static atomic_int calls_of_host, calls_of_others;

static void *watched(const char *name)
{
    if (is_watching)
        atomic_fetch_add(pthread_equal(pthread_self(), host) ? &calls_of_host
                                                             : &calls_of_others,
                         1);
    return dlsym(RTLD_NEXT, name);
}

/* WATCH(result, name, (parameters), (arguments)) */
#define WATCH(result, name, parameters, arguments)                             \
    __attribute__((visibility("default"))) result name parameters              \
    {                                                                          \
        result(*real) parameters;                                              \
        *(void **)&real = watched(#name);                                      \
        return real arguments;                                                 \
    }

WATCH(FILE *, fopen, (const char *path, const char *mode), (path, mode))
#ifdef __GLIBC__ /* large files have functions of their own there */
WATCH(FILE *, fopen64, (const char *path, const char *mode), (path, mode))
#endif
WATCH(int, remove, (const char *path), (path))
WATCH(int, rename, (const char *from, const char *to), (from, to))
WATCH(int, unlink, (const char *path), (path))
WATCH(int, link, (const char *from, const char *to), (from, to))
WATCH(int, mkdir, (const char *path, mode_t mode), (path, mode))
WATCH(int, access, (const char *path, int mode), (path, mode))
WATCH(int, faccessat, (int fd, const char *path, int mode, int flags),
      (fd, path, mode, flags))
WATCH(int, stat, (const char *path, struct stat *status), (path, status))
WATCH(int, lstat, (const char *path, struct stat *status), (path, status))
WATCH(int, renameat2,
      (int from_fd, const char *from, int to_fd, const char *to,
       unsigned flags),
      (from_fd, from, to_fd, to, flags))
WATCH(int, fsync, (int fd), (fd))

__attribute__((visibility("default"))) int open(const char *path, int flags,
                                                ...)
{
    int (*real)(const char *, int, ...);
    va_list arguments;

    va_start(arguments, flags);
    int mode = flags & O_CREAT ? va_arg(arguments, int) : 0;
    va_end(arguments);
    *(void **)&real = watched("open");
    return real(path, flags, mode);
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

static void run_watched(lua_State *L, const char *text)
{
    check_row = text;
    calls_of_host = calls_of_others = 0;
    is_watching = true;
    run_well(L, text, "it runs");
    is_watching = false;
}

/* In `folder`, each after those above it. */
static const char *const ROWS[] = {
    "assert(client:download(url .. '/f.png', folder .. '/a.png'))",
    "assert(client:download(url .. '/f.png', folder))",
    "assert(client:download(url .. '/f.png?', folder .. '/made/'))",
    "local _, err = client:download(url .. '/f.png', folder) "
    "assert(err.kind == 'file' and err.message:find('exists already'))",
    "local _, err = client:download(url .. '/f.png', folder .. '/f.png/a.png') "
    "assert(err.kind == 'file' and err.message:find('cannot be made'))",
    "local _, err = client:download(url .. '/f.png', folder .. '/f.png/no/') "
    "assert(err.kind == 'file' and err.message:find('cannot be made'))",
    "assert(result:save(folder))",
    "assert(result:save(folder, {overwrite = true}))",
    "assert(not result:save(folder))",
    "assert(client:download(url .. '/f.png/', folder))", /* the bytes name it */
};

static const char *const FILES[] = {"a.png", "f.png", "made/f.png", "t1-1.png",
                                    "download.png"};

static void test_downloads(lua_State *L)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        run_watched(L, ROWS[i]);
        CHECK_EQ(calls_of_host, 0);
        CHECK(calls_of_others > 0);
    }
}

/* Else the test above would prove nothing. */
static void test_watch(lua_State *L)
{
    run_watched(L, "os.rename(folder, folder .. '/x')");
    CHECK_EQ(calls_of_host, 1);
    run_watched(L, "io.open(folder .. '/x')");
    CHECK_EQ(calls_of_host, 1);
}

int main(void)
{
    const char *base = getenv("TMPDIR");
    char folder[200], path[300];

    host = pthread_self();
    snprintf(folder, sizeof folder, "%s/lx-lua-disk-XXXXXX",
             base ? base : P_tmpdir);
    CHECK(mkdtemp(folder) != NULL);
    start_api();
    lua_State *L = open_state(allocate, NULL);
    lua_pushstring(L, folder);
    lua_setglobal(L, "folder");
    run_well(L,
             "liangxin = require 'liangxin' "
             "client = liangxin.new {base_url = url, api_key = 'sk-t'} "
             "result = assert(client:generate('m', {}))",
             "a client");
    test_watch(L);
    test_downloads(L);
    run_well(L, "client:close()", "the end");
    lua_close(L);
    stop_api();
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, FILES[i]);
        check_row = FILES[i];
        CHECK_EQ(unlink(path), 0);
    }
    snprintf(path, sizeof path, "%s/made", folder);
    CHECK(rmdir(path) == 0 && rmdir(folder) == 0);
    return check_report("lua_disk");
}

#else /* the library that is linked is 5.4's */

int main(void)
{
    (void)fill_config;
    return check_report("lua_disk");
}

#endif
