/* rules.c: the money rules and the retry matrix as tables. Knows no texts of
 * answers, no clock, no attempts. Pure; any thread. */
#include "api/rules.h"

#include "base/text.h"

#include <limits.h>
#include <string.h>

/* Advice, by the name that stands in the tables. */
#define NONE     ""
#define KEY      "the API key is invalid, expired or exhausted"
#define CREDITS  "the account or the key is out of credits"
#define SMALLER  "make the request smaller: give pictures as URLs, not base64"
#define PATH     "the path of base_url is probably wrong"
#define TASK     "the service does not know this task"
#define MOVED    "redirects are not followed: set base_url to the final address"
#define PAGE     "base_url is probably wrong: the API is not there"
#define MAX_BODY "raise max_body if such answers are expected"
#define LATER    "try again later"
#define SLOWLY                                                                 \
    "too many requests or tasks at a time: try again later, or send fewer"

#define HTTP     LX_SOURCE_HTTP
#define CODE     LX_SOURCE_CODE
#define BOTH     (HTTP | CODE)
#define CODELESS LX_SOURCE_REFUSED
#define BODY     LX_SOURCE_BODY
#define ALL      (BOTH | CODELESS | BODY)

#define API      (1 << LX_SHAPE_API)
#define PLATFORM (1 << LX_SHAPE_PLATFORM)
#define HTML     (1 << LX_SHAPE_HTML)
#define ANY      (~0)

struct rule {
    int sources, first, last, shapes;
    struct lx_judgement of[2]; /* by enum lx_operation */
};

#define C(verdict, kind, charged, advice)                                      \
    {                                                                          \
        LX_VERDICT_##verdict, LX_KIND_##kind, LX_CHARGED_##charged, advice     \
    }

/* A query costs nothing, but the task that it asks about may have. */
#define Q(verdict, kind, advice) C(verdict, kind, MAYBE, advice)

#define R(sources, first, last, shapes, create, query)                         \
    {sources, first, last, shapes, {create, query}},

/* The first rule that fits decides. On a create, everything that was or might
 * have been handed on to the task layer is MAYBE and OVER.
 *
 * Not obvious: 433 is too many tasks at once, 455 maintenance, 520 to 530 are
 * Cloudflare's, 408 and 501 as codes say "generation failed" in place of a
 * state, a 503 of the platform's layer comes before any task. CODELESS in the
 * API's shape is {success:false}: the gateway's dashboard, which makes no
 * tasks. A code that is not known is not trusted to mean "nothing made". */
// clang-format off
static const struct rule rules[] = {
    R(BOTH, 401, 401, ANY,
      C(OVER, AUTH, NO, KEY),                Q(BAD_KEY, AUTH, KEY))
    R(BOTH, 402, 402, ANY,
      C(OVER, QUOTA, NO, CREDITS),           Q(BAD_KEY, QUOTA, CREDITS))
    R(BOTH, 403, 403, ANY,
      C(OVER, FORBIDDEN, NO, NONE),          Q(BAD_KEY, FORBIDDEN, NONE))
    R(HTTP, 404, 404, API,
      C(OVER, INVALID_REQUEST, NO, PATH),    Q(NOT_VISIBLE, NOT_FOUND, TASK))
    R(HTTP, 404, 404, ANY,
      C(OVER, INVALID_REQUEST, NO, PATH),    Q(NOT_VISIBLE, NOT_FOUND, PATH))
    R(CODE | BODY, 404, 404, ANY,
      C(OVER, INVALID_REQUEST, NO, NONE),    Q(NOT_VISIBLE, NOT_FOUND, TASK))
    R(HTTP, 408, 408, ANY,
      C(OVER, OUTCOME_UNKNOWN, MAYBE, NONE), Q(AGAIN, TIMEOUT, NONE))
    R(CODE, 408, 408, ANY,
      C(OVER, OUTCOME_UNKNOWN, MAYBE, NONE), Q(OVER, TASK_FAILED, NONE))
    R(BOTH, 413, 413, ANY,
      C(OVER, TOO_LARGE, NO, SMALLER),       Q(REFUSED, TOO_LARGE, NONE))
    R(BOTH, 422, 422, ANY,
      C(OVER, REJECTED, NO, NONE),           Q(REFUSED, REJECTED, NONE))
    R(BOTH, 425, 425, ANY,
      C(AGAIN, SERVER, NO, NONE),            Q(AGAIN, SERVER, NONE))
    R(BOTH, 429, 429, ANY,
      C(SLOWER, RATE_LIMITED, NO, SLOWLY),   Q(SLOWER, RATE_LIMITED, SLOWLY))
    R(BOTH, 433, 433, ANY,
      C(SLOWER, RATE_LIMITED, NO, SLOWLY),   Q(SLOWER, RATE_LIMITED, SLOWLY))
    R(BOTH, 455, 455, ANY,
      C(OVER, SERVER, NO, LATER),            Q(SLOWER, SERVER, LATER))
    R(BOTH, 400, 499, ANY,
      C(OVER, INVALID_REQUEST, NO, NONE),    Q(REFUSED, INVALID_REQUEST, NONE))

    R(HTTP, 501, 501, API,
      C(OVER, SERVER, MAYBE, NONE),          Q(OVER, TASK_FAILED, NONE))
    R(CODE, 501, 501, ANY,
      C(OVER, SERVER, MAYBE, NONE),          Q(OVER, TASK_FAILED, NONE))
    R(BOTH, 502, 502, ANY,
      C(OVER, OUTCOME_UNKNOWN, MAYBE, NONE), Q(AGAIN, SERVER, NONE))
    R(HTTP, 503, 503, PLATFORM,
      C(AGAIN, SERVER, NO, NONE),            Q(AGAIN, SERVER, NONE))
    R(BOTH, 504, 504, ANY,
      C(OVER, OUTCOME_UNKNOWN, MAYBE, NONE), Q(AGAIN, SERVER, NONE))
    R(BOTH, 520, 530, ANY,
      C(OVER, OUTCOME_UNKNOWN, MAYBE, NONE), Q(AGAIN, SERVER, NONE))
    R(BOTH, 500, 599, ANY,
      C(OVER, SERVER, MAYBE, NONE),          Q(AGAIN, SERVER, NONE))

    R(HTTP, 300, 399, ANY,
      C(OVER, BAD_RESPONSE, MAYBE, MOVED),   Q(REFUSED, BAD_RESPONSE, MOVED))
    R(CODELESS, 0, 0, API,
      C(OVER, BAD_RESPONSE, NO, NONE),       Q(AGAIN, BAD_RESPONSE, NONE))
    R(BODY, 0, 0, HTML,
      C(OVER, BAD_RESPONSE, MAYBE, PAGE),    Q(AGAIN, BAD_RESPONSE, PAGE))
    R(ALL, INT_MIN, INT_MAX, ANY,
      C(OVER, BAD_RESPONSE, MAYBE, NONE),    Q(AGAIN, BAD_RESPONSE, NONE))
};

static const struct lx_judgement transport_rules[][2] = {
    [LX_TRANSPORT_NOT_SENT] = {
      C(AGAIN, NETWORK, NO, NONE),           C(AGAIN, NETWORK, NO, NONE)},
    [LX_TRANSPORT_LOST] = {
      C(OVER, OUTCOME_UNKNOWN, MAYBE, NONE), Q(AGAIN, NETWORK, NONE)},
    [LX_TRANSPORT_OVERSIZED] = {
      C(OVER, BAD_RESPONSE, MAYBE, MAX_BODY), Q(OVER, BAD_RESPONSE, MAX_BODY)},
};
// clang-format on

#undef NONE
#undef KEY
#undef CREDITS
#undef SMALLER
#undef PATH
#undef TASK
#undef MOVED
#undef PAGE
#undef MAX_BODY
#undef LATER
#undef SLOWLY
#undef HTTP
#undef CODE
#undef BOTH
#undef CODELESS
#undef BODY
#undef ALL
#undef API
#undef PLATFORM
#undef HTML
#undef ANY
#undef C
#undef Q
#undef R

/* Each in time and too late. */
static const char *const transport_words[][2] = {
    [LX_TRANSPORT_NOT_SENT] = {"the service could not be reached",
                               "the service could not be reached in time"},
    [LX_TRANSPORT_LOST] = {"the request was sent, but its answer was lost",
                           "the request was sent, but no answer came in time"},
    [LX_TRANSPORT_OVERSIZED] = {"the answer is larger than max_body",
                                "the answer is larger than max_body"},
};

/* Words that the gateway uses instead of a number. */
static const struct {
    const char *word;
    int number;
} code_words[] = {
    {"invalid_request", 400},
    {"bad_request_body", 400},
    {"convert_request_failed", 400},
    {"missing_model", 400},
    {"model_not_found", 400},
    {"model_price_error", 400},
    {"read_request_body_failed", 400},
    {"insufficient_user_quota", 402},
    {"pre_consume_token_quota_failed", 402},
    {"insufficient_quota", 402},
    {"quota_not_enough", 402},
    {"access_denied", 403},
    {"task_not_exist", 404},
    {"sensitive_words_detected", 422},
    {"prompt_blocked", 422},
};

static const char *const quota_words[] = {"quota", "额度", "余额", "balance",
                                          "credit"};

static const char *const shape_words[] = {
    [LX_SHAPE_EMPTY] = "the answer is empty",
    [LX_SHAPE_API] = "the answer names no task",
    [LX_SHAPE_PLATFORM] = "the answer names no task",
    [LX_SHAPE_HTML] = "the answer is a web page",
    [LX_SHAPE_JSON] = "the answer is JSON, but not the API's",
    [LX_SHAPE_NOT_JSON] = "the answer is cut off or not JSON",
};

const struct lx_judgement *lx_rule_find(enum lx_source source, int number,
                                        enum lx_shape shape,
                                        enum lx_operation operation)
{
    const struct rule *rule = rules;

    while (!(rule->sources & (int)source && rule->shapes & 1 << shape &&
             number >= rule->first && number <= rule->last))
        rule++;
    return &rule->of[operation];
}

const struct lx_judgement *lx_rule_for_transport(enum lx_transport transport,
                                                 enum lx_operation operation)
{
    return &transport_rules[transport][operation];
}

const char *lx_rule_transport_words(enum lx_transport transport, bool timed_out)
{
    return transport_words[transport][timed_out];
}

int lx_rule_word_number(struct lx_json word)
{
    for (size_t i = 0; i < sizeof code_words / sizeof *code_words; i++)
        if (lx_json_string_equals(word, code_words[i].word))
            return code_words[i].number;
    return 0;
}

bool lx_rule_is_about_quota(const char *text)
{
    for (size_t i = 0; i < sizeof quota_words / sizeof *quota_words; i++)
        if (lx_text_find(text, strlen(text), quota_words[i]))
            return true;
    return false;
}

const char *lx_rule_shape_words(enum lx_shape shape)
{
    return shape_words[shape];
}
