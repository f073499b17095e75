/* inquiry.c: see inquiry.h. */
#include "engine/inquiry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum lx_store_status lx_inquiry_reply(struct lx_inquiry *inquiry,
                                      const char *format, ...)
{
    char text[200];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return lx_buffer_append_text(&inquiry->answer, text) ? LX_STORE_OK
                                                         : LX_STORE_MEMORY;
}

struct lx_entry_rows *lx_inquiry_rows(struct lx_inquiry *inquiry)
{
    if (inquiry->rows)
        lx_entry_rows_clear(inquiry->rows);
    else
        inquiry->rows = lx_entry_rows_new();
    return inquiry->rows;
}

struct lx_store_query lx_inquiry_query(const struct lx_inquiry *inquiry)
{
    const struct lx_question *question = inquiry->question;
    int64_t limit = question->limit;

    if (limit < 1 || limit > LX_QUESTION_PAGE_MAX)
        limit = LX_QUESTION_PAGE_MAX;
    return (struct lx_store_query){.id = question->entry,
                                   .origin = inquiry->origin,
                                   .key = question->key,
                                   .task_id = question->task_id,
                                   .batch = question->batch,
                                   .model = question->model,
                                   .states = question->states,
                                   .only_lost = question->is_lost,
                                   .since_ms = question->since_ms,
                                   .after_id = question->after_id,
                                   .limit = limit};
}

bool lx_inquiry_is_single(const struct lx_inquiry *inquiry)
{
    const struct lx_question *question = inquiry->question;

    return question->entry || question->key || question->task_id;
}

bool lx_inquiry_fits(const struct lx_inquiry *inquiry,
                     const struct lx_entry *entry)
{
    const struct lx_question *question = inquiry->question;

    return strcmp(entry->origin, inquiry->origin) == 0 &&
           (!question->batch ||
            (entry->batch && strcmp(entry->batch, question->batch) == 0)) &&
           (!question->model || strcmp(entry->model, question->model) == 0) &&
           (!question->states || question->states & 1u << entry->state) &&
           entry->created_ms >= question->since_ms;
}
