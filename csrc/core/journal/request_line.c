/* request_line.c: see request_line.h. */
#include "journal/request_line.h"

#include <stddef.h>

void lx_request_line_add(struct lx_request_line *line,
                         struct lx_journal_request *request)
{
    request->next = NULL;
    if (line->last)
        line->last->next = request;
    else
        line->first = request;
    line->last = request;
}

int lx_request_line_move(struct lx_request_line *from,
                         struct lx_request_line *to, int room)
{
    int count = 0;

    while (from->first && count < room) {
        struct lx_journal_request *request = from->first;
        from->first = request->next;
        if (!from->first)
            from->last = NULL;
        lx_request_line_add(to, request);
        count++;
    }
    return count;
}
