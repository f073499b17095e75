/* question.h: what is asked of the journal, as data: journal_ask.h carries it
 * out. Made on the host's thread, carried by the command, then the I/O
 * thread's. */
#pragma once

#pragma GCC visibility push(hidden)

struct lx_question {
    char verb[16]; /* of the table in journal_ask.c */
};

/* NULL when out of memory; a longer verb than there is any is cut. */
struct lx_question *lx_question_new(const char *verb);
void lx_question_free(struct lx_question *question); /* NULL is fine */

#pragma GCC visibility pop
