/* status.c: names for kinds, stages and charges, and how an error is set. Knows
 * nothing of HTTP or JSON. Any thread; no state. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_ROW(suffix, word) word,

static const char *const kind_names[] = {LX_KIND_MAP(NAME_ROW)};
static const char *const stage_names[] = {LX_STAGE_MAP(NAME_ROW)};
#undef NAME_ROW
static const char *const charged_names[] = {"no", "maybe", "yes"};

_Static_assert(sizeof charged_names / sizeof *charged_names ==
                   LX_CHARGED_YES + 1,
               "a word for every enum lx_charged");

/* Enums are compared as unsigned, so that a value out of a broken message
 * cannot index before the table either. */
const char *lx_kind_name(enum lx_kind kind)
{
    return (unsigned)kind < LX_KIND_COUNT ? kind_names[kind] : "unknown";
}

const char *lx_stage_name(enum lx_stage stage)
{
    return (unsigned)stage < LX_STAGE_COUNT ? stage_names[stage] : "unknown";
}

const char *lx_charged_name(enum lx_charged charged)
{
    return (unsigned)charged <= LX_CHARGED_YES ? charged_names[charged]
                                               : "unknown";
}

void lx_error_set(struct lx_error *error, enum lx_kind kind, const char *format,
                  ...)
{
    /* Longer than the message by one character, so that the cut is made by
     * lx_text_copy; and formatted first, as an argument may be a text of
     * `error` itself. */
    char text[sizeof error->message + 4];
    va_list arguments;

    if (!error)
        return;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);
    *error = (struct lx_error){.kind = kind, .retry_after_ms = -1};
    lx_text_copy(error->message, sizeof error->message, text, strlen(text));
}
