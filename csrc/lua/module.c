/* module.c: luaopen_liangxin_core, the one exported symbol, and the functions
 * that need no client. */
#include "callback_lua.h"
#include "client_lua.h"
#include "compat.h"
#include "file_lua.h"
#include "http/global.h"
#include "liangxin.h"
#include "os/clock.h"
#include "table_lua.h"
#include "terminal_lua.h"
#include "text_lua.h"
#include "url_lua.h"
#include "value_lua.h"

/* Monotonic seconds. */
static int core_now(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)lx_now_us() / 1e6);
    return 1;
}

static int core_libraries(lua_State *L)
{
    lua_pushstring(L, lx_global_libraries());
    return 1;
}

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define EXPORT __attribute__((visibility("default")))
#else
#define EXPORT
#endif

EXPORT int luaopen_liangxin_core(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"new", lx_lua_client_new},
        {"now", core_now},
        {"libraries", core_libraries},
        {"token", lx_lua_token},
        {"digest", lx_lua_digest},
        {"read_file", lx_lua_read_file},
        {"replace_file", lx_lua_replace_file},
        {"kind_of_file", lx_lua_kind_of_file},
        {"is_private_file", lx_lua_is_private_file},
        {"make_folder", lx_lua_make_folder},
        {"absolute", lx_lua_absolute},
        {"mend", lx_lua_mend},
        {"next", lx_lua_next},
        {"has_control", lx_lua_has_control},
        {"is_utf8", lx_lua_is_utf8},
        {"is_token", lx_lua_is_token},
        {"callback", lx_lua_callback},
        {"token_of", lx_lua_token_of},
        {"is_signature", lx_lua_is_signature},
        {"parse_url", lx_lua_parse_url},
        {"is_private", lx_lua_is_private},
        {"is_loopback", lx_lua_is_loopback},
        {"is_proxy", lx_lua_is_proxy},
        {"proxy_for", lx_lua_proxy_for},
        {NULL, NULL}};

    compat_check_version(L);
    if (!lx_global_init())
        return luaL_error(L, "libcurl could not be initialised");
    lx_lua_client_open(L);
    lua_newtable(L);
    compat_set_functions(L, functions);
    lx_lua_push_encoder(L);
    lua_setfield(L, -2, "encode");
    lx_lua_push_array_mark(L);
    lua_setfield(L, -2, "array_mt");
    lx_lua_push_image_class(L);
    lua_setfield(L, -2, "image_class");
    lx_lua_push_result_class(L);
    lua_setfield(L, -2, "result_class");
    lx_lua_push_terminal(L);
    lua_setfield(L, -2, "terminal");
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    lua_pushliteral(L, LIANGXIN_VERSION);
    lua_setfield(L, -2, "version");
    return 1;
}
