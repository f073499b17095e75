/* An engine's loop at 60 Hz in C, with Lua for the game:
 * frames GAME.lua. The script defines frame(seconds), which is called once in
 * each frame until it returns false. With LIANGXIN_STATIC the client is part
 * of the program, its Lua files too; without, `require` finds it on LUA_PATH
 * and LUA_CPATH. */
#ifdef LIANGXIN_STATIC
#include <liangxin.h>
#endif
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <time.h>

#define FRAME_NS  16666667
#define SECOND_NS 1000000000

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / SECOND_NS;
}

/* Until `next`, an absolute time. */
static void wait_for_screen(struct timespec *next)
{
    next->tv_nsec += FRAME_NS;
    if (next->tv_nsec >= SECOND_NS) {
        next->tv_nsec -= SECOND_NS;
        next->tv_sec++;
    }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL);
}

/* Call frame(seconds): 1 to go on, 0 at the end, -1 after an error. */
static int run_frame(lua_State *L, double seconds)
{
    int goes_on = -1;

    lua_getglobal(L, "frame");
    lua_pushnumber(L, seconds);
    if (!lua_pcall(L, 1, 1, 0))
        goes_on = lua_isnil(L, -1) || lua_toboolean(L, -1);
    else
        fprintf(stderr, "frame: %s\n", lua_tostring(L, -1));
    lua_pop(L, 1);
    return goes_on;
}

static int play(lua_State *L)
{
    struct timespec next;
    double worst_s = 0;
    long count = 0;
    int goes_on = 1;

    clock_gettime(CLOCK_MONOTONIC, &next);
    while (goes_on > 0) {
        double began = now_s();
        double took;

        goes_on = run_frame(L, FRAME_NS / 1e9);
        took = now_s() - began;
        worst_s = took > worst_s ? took : worst_s;
        count++;
        wait_for_screen(&next);
    }
    printf("%ld frames, the longest %.2f ms\n", count, worst_s * 1000);
    return goes_on;
}

int main(int count, char **words)
{
    lua_State *L = luaL_newstate();
    int failed = 1;

    if (!L || count != 2) {
        fprintf(stderr, "frames GAME.lua\n");
        return 2;
    }
    luaL_openlibs(L);
#ifdef LIANGXIN_STATIC
    liangxin_preload(L);
#endif
    if (luaL_dofile(L, words[1]))
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    else
        failed = play(L) < 0;
    lua_close(L); /* ends the client's threads, also of one that is busy */
    return failed;
}
