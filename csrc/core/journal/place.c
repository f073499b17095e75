/* place.c: see place.h. Passwords hold anything, also what ends one by the
 * rules of URLs: so whatever may be part of one is left out. */
#include "journal/place.h"

#include <stdio.h>
#include <string.h>

/* The length of a port with its colon, 0 for anything else. */
static size_t port_length(const char *text)
{
    size_t digits = *text == ':' ? strspn(text + 1, "0123456789") : 0;

    return digits ? 1 + digits : 0;
}

size_t lx_place_show(const char *place, char *out, size_t capacity)
{
    const char *start = strstr(place, "://");
    int length;

    if (!start) {
        length = snprintf(out, capacity, "%s", place);
    } else {
        start += 3;
        const char *last_at = strrchr(start, '@');
        const char *host = last_at ? last_at + 1 : start;
        size_t user = last_at ? strcspn(start, ":/?#@") : 0;
        size_t name = strcspn(host, *host == '[' ? "/?#&" : ":/?#&");
        name += port_length(host + name);
        const char *path = host + name;
        size_t rest = *path == '/' ? strcspn(path, "?#&:") : 0;
        length = snprintf(out, capacity, "%.*s%.*s%s%.*s%.*s",
                          (int)(start - place), place, (int)user, start,
                          user ? "@" : "", (int)name, host, (int)rest, path);
    }
    if (length < 0 || capacity == 0)
        return 0;
    return (size_t)length < capacity ? (size_t)length : capacity - 1;
}
