/* message.c: see message.h. */
#include "message.h"

#include <stdlib.h>
#include <string.h>

struct lx_command *lx_command_new(enum lx_command_type type, uint64_t id)
{
    struct lx_command *command = calloc(1, sizeof *command);

    if (command) {
        command->type = type;
        command->id = id;
    }
    return command;
}

struct lx_event *lx_event_new(enum lx_event_type type, uint64_t id)
{
    struct lx_event *event = calloc(1, sizeof *event);

    if (event) {
        event->type = type;
        event->id = id;
    }
    return event;
}

void lx_download_spec_free(struct lx_download_spec *spec)
{
    if (!spec)
        return;
    free(spec->url);
    free(spec->path);
    free(spec->part_path);
    free(spec);
}

void lx_file_free(struct lx_file *file)
{
    if (!file)
        return;
    free(file->content_type);
    free(file->location);
    free(file->bytes);
    free(file);
}

void lx_command_free(struct lx_command *command)
{
    if (!command)
        return;
    free(command->text);
    free(command->model);
    lx_download_spec_free(command->download);
    free(command);
}

void lx_event_free(struct lx_event *event)
{
    if (!event)
        return;
    free(event->task_id);
    lx_record_free(event->record);
    free(event->error);
    lx_file_free(event->file);
    if (event->log)
        free(event->log->url);
    free(event->log);
    free(event);
}

char *lx_text_duplicate(const char *text, size_t length)
{
    char *copy = malloc(length + 1);

    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}
