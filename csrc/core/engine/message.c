/* message.c: see message.h. */
#include "engine/message.h"

#include "engine/question.h"

#include <stdlib.h>

struct lx_event *lx_event_new(enum lx_event_type type, uint64_t id)
{
    struct lx_event *event = calloc(1, sizeof *event);

    if (event) {
        event->type = type;
        event->id = id;
    }
    return event;
}

/* The final event of the operation that a command begins; false: it begins
 * none. */
static bool find_final_type(enum lx_command_type type, enum lx_event_type *end)
{
    switch (type) {
    case LX_COMMAND_CREATE:
    case LX_COMMAND_WATCH:
        *end = LX_EVENT_ENDED;
        return true;
    case LX_COMMAND_QUERY:
        *end = LX_EVENT_RECORD;
        return true;
    case LX_COMMAND_TIMER:
        *end = LX_EVENT_TIMER;
        return true;
    case LX_COMMAND_DOWNLOAD:
        *end = LX_EVENT_DOWNLOADED;
        return true;
    case LX_COMMAND_ASK:
        *end = LX_EVENT_ANSWER;
        return true;
    case LX_COMMAND_RECORDS:
    case LX_COMMAND_NUDGE:
    case LX_COMMAND_CANCEL:
    case LX_COMMAND_WITHDRAW:
        break;
    }
    return false;
}

struct lx_command *lx_command_new(enum lx_command_type type, uint64_t id)
{
    struct lx_command *command = calloc(1, sizeof *command);
    enum lx_event_type end;

    if (!command)
        return NULL;
    command->type = type;
    command->id = id;
    if (!find_final_type(type, &end))
        return command;
    command->final = lx_event_new(end, id);
    if (command->final)
        return command;
    free(command);
    return NULL;
}

void lx_command_free(struct lx_command *command)
{
    if (!command)
        return;
    free(command->text);
    lx_body_free(command->body);
    free(command->model);
    lx_download_order_free(command->download);
    lx_wish_free(command->wish);
    lx_question_free(command->question);
    lx_event_free(command->final);
    free(command);
}

void lx_command_free_all(struct lx_command *first)
{
    while (first) {
        struct lx_command *next = first->next;
        lx_command_free(first);
        first = next;
    }
}

void lx_event_free(struct lx_event *event)
{
    if (!event)
        return;
    free(event->task_id);
    lx_body_free(event->body);
    lx_record_free(event->record);
    free(event->error);
    lx_downloaded_free(event->file);
    if (event->log)
        free(event->log->url);
    free(event->log);
    free(event->text);
    lx_entry_rows_free(event->rows);
    if (event->saved)
        lx_entry_files_deinit(event->saved);
    free(event->saved);
    free(event);
}

void lx_event_free_all(struct lx_event *first)
{
    while (first) {
        struct lx_event *next = first->next;
        lx_event_free(first);
        first = next;
    }
}
