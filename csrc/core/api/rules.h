/* rules.h: the facts by which outcome.c judges: what each status, code, word
 * and transport failure means for a create and for a query. Pure; any thread;
 * everything returned is static. */
#pragma once

#include "api/answer.h"
#include "api/envelope.h"
#include "api/verdict.h"

#pragma GCC visibility push(hidden)

struct lx_judgement {
    enum lx_verdict verdict;
    enum lx_kind kind;
    enum lx_charged charged;
    const char *advice; /* what to do, beyond the service's words; "" none */
};

/* Where a number comes from. */
enum lx_source {
    LX_SOURCE_HTTP = 1, /* a status other than 2xx */
    LX_SOURCE_CODE = 2, /* under a 2xx: the envelope's code; 0 for a word that
                           is not known */
    LX_SOURCE_REFUSED = 4, /* under a 2xx: an error without any code; 0 */
    LX_SOURCE_BODY = 8     /* under a 2xx: no error, but not what was asked for;
                              0, or 404 for a task that is not there */
};

/* Never NULL: the last rule fits everything. */
const struct lx_judgement *lx_rule_find(enum lx_source source, int number,
                                        enum lx_shape shape,
                                        enum lx_operation operation);

/* The rule for an answer that did not arrive, and how to say it. */
const struct lx_judgement *lx_rule_for_transport(enum lx_transport transport,
                                                 enum lx_operation operation);
const char *lx_rule_transport_words(enum lx_transport transport,
                                    bool timed_out);

/* The number that stands behind a code word; 0 when it is not known. */
int lx_rule_word_number(struct lx_json word);

/* Whether a message speaks of quota or credits, in English or Chinese. */
bool lx_rule_is_about_quota(const char *text);

/* What a body that reports no error, but holds no result either, looks like. */
const char *lx_rule_shape_words(enum lx_shape shape);

#pragma GCC visibility pop
