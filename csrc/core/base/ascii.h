/* ascii.h: kinds of ASCII characters, whatever the host's locale. Pure. */
#pragma once

#include <stdbool.h>

static inline bool lx_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static inline bool lx_is_hex_digit(char byte)
{
    return lx_is_digit(byte) || (byte >= 'a' && byte <= 'f') ||
           (byte >= 'A' && byte <= 'F');
}

static inline bool lx_is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static inline bool lx_is_alphanumeric(char byte)
{
    return lx_is_letter(byte) || lx_is_digit(byte);
}
