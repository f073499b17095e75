/* callback_lua.c: see callback_lua.h. */
#include "callback_lua.h"

#include "api/callback.h"
#include "base/base64.h"
#include "base/hmac.h"
#include "compat.h"
#include "os/process.h"

#include <string.h>

#define TOKEN_BYTES 16
#define NONCE_BYTES                                                            \
    8 /* of a token with a secret; the rest is a code of them                  \
       */

static void write_hex(char *text, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
}

/* The second half of a token, from its first. */
static void write_code(char *text, const char *secret, size_t length)
{
    unsigned char code[LX_SHA256_BYTES];

    lx_hmac_sha256(secret, length, text, 2 * (size_t)NONCE_BYTES, code);
    write_hex(text + 2 * (size_t)NONCE_BYTES, code, TOKEN_BYTES - NONCE_BYTES);
}

int lx_lua_callback(lua_State *L)
{
    size_t length;
    const char *body = luaL_checklstring(L, 1, &length);
    struct lx_callback callback;
    enum lx_callback_shape shape = lx_callback_read(body, length, &callback);

    if (shape != LX_CALLBACK_GOOD) {
        lua_pushnil(L);
        lua_pushstring(L, shape == LX_CALLBACK_NO_TASK ? "task" : "shape");
        return 2;
    }
    lua_pushstring(L, callback.task_id);
    if (*callback.token)
        lua_pushstring(L, callback.token);
    else
        lua_pushnil(L);
    return 2;
}

int lx_lua_token(lua_State *L)
{
    size_t length;
    const char *secret = luaL_optlstring(L, 1, NULL, &length);
    unsigned char bytes[TOKEN_BYTES];
    char text[2 * sizeof bytes];

    if (!lx_process_secret(bytes, sizeof bytes))
        return luaL_error(L, "the system gives no random bytes");
    write_hex(text, bytes, sizeof bytes);
    if (secret)
        write_code(text, secret, length);
    lua_pushlstring(L, text, sizeof text);
    return 1;
}

int lx_lua_is_token(lua_State *L)
{
    size_t length, token_length;
    const char *secret = luaL_checklstring(L, 1, &length);
    const char *token = luaL_checklstring(L, 2, &token_length);
    char right[2 * TOKEN_BYTES];

    if (token_length != sizeof right) {
        lua_pushboolean(L, false);
        return 1;
    }
    memcpy(right, token, 2 * (size_t)NONCE_BYTES);
    write_code(right, secret, length);
    lua_pushboolean(
        L, lx_is_same_secret(right, sizeof right, token, token_length));
    return 1;
}

int lx_lua_token_of(lua_State *L)
{
    size_t length;
    const char *url = luaL_checklstring(L, 1, &length);
    char token[LX_TOKEN_MAX + 1];

    lx_callback_token(url, length, token);
    if (*token)
        lua_pushstring(L, token);
    else
        lua_pushnil(L);
    return 1;
}

int lx_lua_is_signature(lua_State *L)
{
    size_t secret_length, length, signature_length;
    const char *secret = luaL_checklstring(L, 1, &secret_length);
    const char *text = luaL_checklstring(L, 2, &length);
    const char *signature = luaL_checklstring(L, 3, &signature_length);
    unsigned char code[LX_SHA256_BYTES];
    char right[(LX_SHA256_BYTES + 2) / 3 * 4];

    lx_hmac_sha256(secret, secret_length, text, length, code);
    lx_base64_encode(right, (const char *)code, sizeof code);
    lua_pushboolean(
        L, lx_is_same_secret(right, sizeof right, signature, signature_length));
    return 1;
}
