/* json_value.h: a value inside a text. Plain data. */
#pragma once

#include <stddef.h>

enum lx_json_type {
    LX_JSON_NONE, /* no such value */
    LX_JSON_NULL,
    LX_JSON_FALSE,
    LX_JSON_TRUE,
    LX_JSON_NUMBER,
    LX_JSON_STRING,
    LX_JSON_ARRAY,
    LX_JSON_OBJECT
};

/* A checked value: text[0..length) is exactly the value, quotes or brackets
 * included, without surrounding white space. */
struct lx_json {
    enum lx_json_type type;
    const char *text;
    size_t length;
};
