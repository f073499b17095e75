/* mend.h: makes strict JSON of a text that is nearly JSON, as services,
 * gateways and proxies send it. Pure but for one allocation; any thread. */
#pragma once

#include "json/json.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum lx_mend_extent {
    LX_MEND_WHOLE, /* everything but the last brackets is there */
    LX_MEND_START  /* of what is cut off or broken, the part before that */
};

/* The mended text. */
struct lx_mended {
    char *text; /* owned by the caller: free() */
    size_t length;
    size_t used; /* bytes of the given text that it was made of */
    bool is_cut; /* the end was missing */
};

/* Mend text[0..length):
 *   UTF-16 becomes UTF-8;
 *   a byte order mark, comments and surplus commas are left out;
 *   NaN and Infinity become null;
 *   raw control characters in strings are escaped;
 *   what is no UTF-8 and lone \u surrogates become U+FFFD, as many as bytes;
 *   a backslash that begins no escape stands for itself, and one that may be
 *   half of a character in GBK is read in the way that gives a whole text;
 *   what follows an array or object is left out;
 *   last brackets that are missing are added. With LX_MEND_START, so is what
 *   is missing where the text is cut off anywhere or no JSON from there on: a
 *   value that may have been longer is left out with its key.
 * What is strict already comes out as it was. False, with nothing allocated,
 * for what is no JSON even so, deeper than LX_JSON_DEPTH_MAX included, and when
 * out of memory. Linear in time; at most six bytes for one, and one for each
 * level. */
bool lx_json_mend(const char *text, size_t length, enum lx_mend_extent extent,
                  struct lx_mended *mended);

#pragma GCC visibility pop
