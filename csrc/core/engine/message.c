/* message.c: see message.h. */
#include "engine/message.h"

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

/* How the operation ends that a command begins; LOG: it begins none. */
static enum lx_event_type final_type(enum lx_command_type type)
{
    switch (type) {
    case LX_COMMAND_CREATE:
    case LX_COMMAND_WATCH:
        return LX_EVENT_ENDED;
    case LX_COMMAND_QUERY:
        return LX_EVENT_RECORD;
    case LX_COMMAND_TIMER:
        return LX_EVENT_TIMER;
    case LX_COMMAND_DOWNLOAD:
        return LX_EVENT_DOWNLOADED;
    case LX_COMMAND_RECORDS:
    case LX_COMMAND_NUDGE:
    case LX_COMMAND_CANCEL:
        break;
    }
    return LX_EVENT_LOG;
}

struct lx_command *lx_command_new(enum lx_command_type type, uint64_t id)
{
    struct lx_command *command = calloc(1, sizeof *command);
    enum lx_event_type end = final_type(type);

    if (!command)
        return NULL;
    command->type = type;
    command->id = id;
    if (end != LX_EVENT_LOG && !(command->final = lx_event_new(end, id))) {
        free(command);
        return NULL;
    }
    return command;
}

void lx_command_free(struct lx_command *command)
{
    if (!command)
        return;
    free(command->text);
    free(command->model);
    lx_download_order_free(command->download);
    lx_event_free(command->final);
    free(command);
}

void lx_event_free(struct lx_event *event)
{
    if (!event)
        return;
    free(event->task_id);
    lx_record_free(event->record);
    free(event->error);
    lx_downloaded_free(event->file);
    if (event->log)
        free(event->log->url);
    free(event->log);
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
