/* request_line.h: requests in the order in which they came. Borrows them; one
 * thread at a time. */
#pragma once

#include "journal/commit.h"

#pragma GCC visibility push(hidden)

struct lx_request_line {
    struct lx_journal_request *first, *last; /* NULL: it is empty */
};

/* At the end; the request is in no line. */
void lx_request_line_add(struct lx_request_line *line,
                         struct lx_journal_request *request);

/* The first `room` of `from` to the end of `to`; how many that were. */
int lx_request_line_move(struct lx_request_line *from,
                         struct lx_request_line *to, int room);

#pragma GCC visibility pop
