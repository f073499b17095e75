/* json_text_lua.c: see json_text_lua.h. */
#include "json_text_lua.h"

#include "base/text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below it each integer is one double. */
#define EXACT_MAX 9007199254740992.0

/* ---- texts ---- */

static bool put_escape(struct lx_buffer *out, unsigned char byte)
{
    static const char short_forms[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    char text[8];

    for (const char *form = short_forms; *form; form += 2) {
        if ((unsigned char)*form != byte)
            continue;
        text[0] = '\\';
        text[1] = form[1];
        return lx_buffer_append(out, text, 2);
    }
    snprintf(text, sizeof text, "\\u%04x", byte);
    return lx_buffer_append(out, text, 6);
}

static bool is_unescaped(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

const char *lx_lua_put_text(struct lx_buffer *out, const char *text,
                            size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t plain = 0; /* start of what can be copied as it is */
    bool is_put = lx_buffer_append(out, "\"", 1);

    for (size_t at = 0; is_put && at < length;) {
        if (is_unescaped(bytes[at])) {
            at++;
        } else if (bytes[at] >= 0x80) {
            size_t step = lx_text_character(text + at, length - at);
            if (step == 0)
                return "is not valid UTF-8 (give pictures as liangxin.image)";
            at += step;
        } else {
            is_put = lx_buffer_append(out, text + plain, at - plain) &&
                     put_escape(out, bytes[at]);
            plain = ++at;
        }
    }
    is_put = is_put && lx_buffer_append(out, text + plain, length - plain) &&
             lx_buffer_append(out, "\"", 1);
    return is_put ? NULL : LX_LUA_TOO_MUCH;
}

/* ---- numbers ---- */

/* The shortest text that reads back as the same number. A locale may put a
 * comma into what printf writes, and strtod reads it the same way. */
static void write_shortest(char *text, size_t room, double number)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, room, "%.*g", digits, number);
        double again = strtod(text, NULL);
        if (!(again < number) && !(again > number))
            break;
    }
    for (char *at = text; *at; at++)
        if (!strchr("+-.eE0123456789", *at))
            *at = '.';
}

const char *lx_lua_put_number(struct lx_buffer *out, lua_State *L, int index)
{
    double number = (double)lua_tonumber(L, index);
    char text[40];

    if (lua_isinteger(L, index))
        snprintf(text, sizeof text, "%lld",
                 (long long)compat_to_int64(L, index));
    else if (!(fabs(number) <= DBL_MAX)) /* nor is a NaN */
        return "is not a finite number";
    else if (floor(number) >= number && fabs(number) <= EXACT_MAX)
        /* services want 4 where Lua has 4.0 */
        snprintf(text, sizeof text, "%lld", (long long)number);
    else
        write_shortest(text, sizeof text, number);
    return lx_buffer_append_text(out, text) ? NULL : LX_LUA_TOO_MUCH;
}
