/* base64.c: see base64.h. */
#include "base/base64.h"

uint64_t lx_base64_length(uint64_t bytes)
{
    return (bytes + 2) / 3 * 4;
}

void lx_base64_encode(char *out, const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *at = (const unsigned char *)bytes;

    for (; length > 0; out += 4) {
        size_t step = length < 3 ? length : 3;
        unsigned second = step > 1 ? at[1] : 0, third = step > 2 ? at[2] : 0;

        out[0] = digits[at[0] >> 2];
        out[1] = digits[(at[0] & 3u) << 4 | second >> 4];
        out[2] = step > 1 ? digits[(second & 15u) << 2 | third >> 6] : '=';
        out[3] = step > 2 ? digits[third & 63u] : '=';
        at += step;
        length -= step;
    }
}
