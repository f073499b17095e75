/* question.h: what is asked of the journal, as data: question_run.h carries it
 * out. Made on the host's thread, carried by the command, then the I/O
 * thread's, in the end the journal thread's. */
#pragma once

#include "engine/wish.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Entries in one answer. */
#define LX_QUESTION_PAGE_MAX 256

/* What is 0 or NULL matches any entry of the client's origin; texts are owned.
 */
struct lx_question {
    char verb[16];   /* of the table in question_run.c */
    int64_t entry;   /* its id */
    int64_t attempt; /* heal, succeed: of the entry */
    char *key;
    char *batch;
    char *model;
    char *task_id;
    unsigned states;  /* bit n: enum lx_entry_state n */
    bool is_lost;     /* those with an attempt of which nobody knows what came
                         while they follow another */
    int64_t since_ms; /* entries: created then or later; spend: sent */
    int64_t after_id;
    int64_t limit;        /* of entries in the answer */
    int64_t before_ms;    /* prune: ended before */
    int64_t charged_mc;   /* succeed; or LX_MONEY_UNKNOWN */
    struct lx_wish *wish; /* enqueue */
    char *text; /* resolve: "nothing", "charged" or a task's id; retarget: the
                   target; spend: by what; export: the file's path; hint: a
                   callback's token; heal: a task's id; succeed: URLs */
};

/* NULL when out of memory; a longer verb than there is any is cut. */
struct lx_question *lx_question_new(const char *verb);
void lx_question_free(struct lx_question *question); /* NULL is fine */

#pragma GCC visibility pop
