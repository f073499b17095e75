/* evidence.c: see evidence.h. Goes through the text by its quotes alone, as it
 * may be broken or cut off anywhere. */
#include "api/evidence.h"

#include "api/mask.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = LX_EVIDENCE_MAX - 8, STRING_MAX = 64 };

/* Parts of the names under which a service echoes what it was sent. */
static const char *const echo_names[] = {"prompt", "param",    "input",
                                         "text",   "callback", "url"};

struct evidence {
    char text[TEXT_MAX];
    size_t length;
    bool is_full;
    bool is_echo; /* below the last name are the caller's own words */
};

static void gather(struct evidence *evidence, const char *bytes, size_t length)
{
    if (length > TEXT_MAX - evidence->length) {
        evidence->is_full = true;
        return;
    }
    memcpy(evidence->text + evidence->length, bytes, length);
    evidence->length += length;
}

/* Behind the string's last byte, its quote where it has one. */
static const char *pass_loose_string(const char *at, const char *end,
                                     bool *is_whole)
{
    *is_whole = false;
    for (at++; at < end; at++) {
        if (*at == '"') {
            *is_whole = true;
            return at + 1;
        }
        if (*at == '\\' && end - at > 1)
            at++;
    }
    return end;
}

static bool is_name(const char *at, const char *end)
{
    while (at < end && lx_text_is_white(*at))
        at++;
    return at < end && *at == ':';
}

static bool names_echo(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof echo_names / sizeof *echo_names; i++)
        if (lx_text_find(name, length, echo_names[i]))
            return true;
    return false;
}

static const char *put_string(struct evidence *evidence, const char *at,
                              const char *end)
{
    bool is_whole;
    const char *behind = pass_loose_string(at, end, &is_whole);
    size_t length = (size_t)(behind - at);
    char count[40];

    if (is_whole && is_name(behind, end)) {
        evidence->is_echo = names_echo(at, length);
    } else if (evidence->is_echo || length > STRING_MAX) {
        snprintf(count, sizeof count, "<%zu bytes>", length - 1 - is_whole);
        gather(evidence, count, strlen(count));
        return behind;
    }
    gather(evidence, at, length);
    return behind;
}

void lx_evidence_write(const char *body, size_t length, char *out)
{
    struct evidence evidence = {.length = 0};
    const char *at = body, *end = length > 0 ? body + length : body;

    while (at < end && !evidence.is_full)
        if (*at == '"')
            at = put_string(&evidence, at, end);
        else
            gather(&evidence, at++, 1);
    lx_text_copy(out, LX_EVIDENCE_MAX, evidence.text, evidence.length);
    memcpy(evidence.text, out, strlen(out));
    lx_mask_copy(out, LX_EVIDENCE_MAX - 4, evidence.text, strlen(out));
    if (evidence.is_full)
        strcat(out, " ...");
}
