/* judge_rig.h: answers to the judge. */
#pragma once

#include "api/outcome.h"

#include "../check.h"

#define C LX_OPERATION_CREATE
#define Q LX_OPERATION_QUERY

/* The outcome holds until the next one is judged. */
static void judge_answer(enum lx_operation operation,
                         const struct lx_answer *answer,
                         struct lx_outcome *outcome)
{
    static struct lx_outcome last;

    lx_outcome_deinit(&last);
    lx_outcome_judge(operation, answer, &last);
    *outcome = last;
}

static void judge(enum lx_operation operation, int http_status,
                  const char *body, struct lx_outcome *outcome)
{
    struct lx_answer answer = {
        .transport = LX_TRANSPORT_ANSWERED,
        .http_status = http_status,
        .retry_after_ms = -1,
        .body = *body ? body : NULL,
        .body_length = strlen(body),
    };

    judge_answer(operation, &answer, outcome);
}

/* A create that may have cost something says so, others do not. */
static inline void check_money_words(const struct lx_error *error)
{
    if (error->charged == LX_CHARGED_MAYBE) {
        CHECK_CONTAINS(error->message, "a task may exist and be billed");
        CHECK_CONTAINS(error->message, "do not create it again");
        CHECK(!error->retryable);
    } else {
        CHECK(!strstr(error->message, "may exist"));
    }
}
