/* svg_guard.c: see svg_guard.h. */
#include "download/svg_guard.h"

#include "base/text.h"

#include <string.h>

enum event { NOWHERE, GAP, O, ON, NAME, NAME_GAP, EQUALS, FOUND };

static bool is_quote(char byte)
{
    return byte == '"' || byte == '\'';
}

/* Of what an event attribute is made of: a gap, "on", letters, "=", a quote. */
static enum event advance(enum event event, char byte)
{
    bool is_white = lx_text_is_white(byte);

    if ((event == GAP || event == NAME_GAP) && byte == 'o')
        return O;
    if (event == O && byte == 'n')
        return ON;
    if ((event == ON || event == NAME) && byte >= 'a' && byte <= 'z')
        return NAME;
    if ((event == NAME || event == NAME_GAP) && byte == '=')
        return EQUALS;
    if ((event == NAME || event == NAME_GAP) && is_white)
        return NAME_GAP;
    if (event == EQUALS && is_white)
        return EQUALS;
    if (event == EQUALS && is_quote(byte))
        return FOUND;
    return is_white || is_quote(byte) || byte == '/' ? GAP : NOWHERE;
}

/* Whether what was seen ends in `wanted`. */
static bool ends_in(const struct lx_svg_guard *guard, const char *wanted)
{
    size_t length = strlen(wanted);

    return memcmp(guard->word + sizeof guard->word - length, wanted, length) ==
           0;
}

/* Whether what ends in `last` is one of the words that are refused. */
static bool is_refused(const struct lx_svg_guard *guard, char last)
{
    switch (last) {
    case 't':
        return ends_in(guard, "<script") || ends_in(guard, ":script") ||
               ends_in(guard, "<object") || ends_in(guard, ":object");
    case 'e':
        return ends_in(guard, "<iframe") || ends_in(guard, ":iframe");
    case 'd':
        return ends_in(guard, "<embed") || ends_in(guard, ":embed");
    case ':':
        return ends_in(guard, "javascript:");
    case 'y':
        return ends_in(guard, "<!entity");
    default:
        return false;
    }
}

static bool pass(struct lx_svg_guard *guard, char byte)
{
    char small = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;

    memmove(guard->word, guard->word + 1, sizeof guard->word - 1);
    guard->word[sizeof guard->word - 1] = small;
    guard->event = (int)advance((enum event)guard->event, small);
    return guard->event != FOUND && !is_refused(guard, small);
}

bool lx_svg_guard_pass(struct lx_svg_guard *guard, const char *bytes,
                       size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!pass(guard, bytes[i]))
            return false;
    return true;
}
