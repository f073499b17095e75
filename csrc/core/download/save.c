/* save.c: see save.h. Saves in passes: the first sync of a journal carries what
 * was written before it, and what is renamed between two makes the second as
 * slow as the first. */
#include "download/save.h"

#include "download/file_check.h"

#include <stdlib.h>

static struct lx_save *next_save(const struct lx_save *save)
{
    return (struct lx_save *)save->job.next;
}

static bool may_save(void *argument)
{
    struct lx_save *save = argument;

    return lx_disk_may_go_on(&save->job);
}

static void write_out(struct lx_save *save)
{
    if (!may_save(save))
        save->end = LX_SINK_STOPPED;
    else if (lx_file_sink_write_out(&save->sink, &save->error))
        save->end = LX_SINK_SYNCED; /* unless the next pass fails */
    else
        save->end = LX_SINK_FAILED;
}

static void sync_file(void *argument)
{
    struct lx_save *save = argument;

    if (save->end == LX_SINK_SYNCED)
        save->end =
            lx_file_sink_sync(&save->sink, may_save, save, &save->error);
}

/* A sync is a sleep, and a flush of the disk's cache, which serves all who wait
 * for one: so each waits on a thread of its own. */
static void sync_all(struct lx_save *first)
{
    struct lx_save *save;

    for (save = first; save; save = next_save(save)) {
        save->has_thread =
            next_save(save) && lx_thread_start(&save->thread, sync_file, save);
        if (!save->has_thread)
            sync_file(save);
    }
    for (save = first; save; save = next_save(save))
        if (save->has_thread)
            lx_thread_join(&save->thread);
}

/* Where the next one that is saved lies elsewhere. */
static void sync_folder(const struct lx_save *save)
{
    const struct lx_save *next = next_save(save);

    while (next && !next->is_saved)
        next = next_save(next);
    if (!next || !lx_file_sink_shares_folder(&save->sink, &next->sink))
        lx_file_sink_sync_folder(&save->sink);
}

static void read_time(struct lx_save *save)
{
    struct lx_file_identity identity;

    if (lx_file_identify_at(save->sink.path, &identity) == LX_FILE_OK)
        save->modified_ms = identity.modified_ms;
}

/* What is in the way of an entry's file may be the very file: saved by a client
 * that was taken for dead, or before its journal lost the last seconds. */
static bool is_there(struct lx_save *save)
{
    return save->is_of_entry &&
           lx_file_check_holds(save->sink.path, save->sink.written,
                               save->sha256, &save->job);
}

static void save_all(struct lx_disk_job *job)
{
    struct lx_save *first = (struct lx_save *)job, *save;

    for (save = first; save; save = next_save(save))
        write_out(save);
    sync_all(first);
    for (save = first; save; save = next_save(save)) {
        save->is_saved =
            save->end == LX_SINK_SYNCED &&
            (lx_file_sink_place(&save->sink, &save->error) || is_there(save));
        if (save->is_saved && save->is_of_entry)
            read_time(save);
    }
    for (save = first; save; save = next_save(save))
        if (save->is_saved)
            sync_folder(save);
    for (save = first; save; save = next_save(save)) {
        lx_file_sink_discard(&save->sink);
        save->job.is_stopped = save->end == LX_SINK_STOPPED;
    }
}

static void end_save(struct lx_disk_job *job)
{
    struct lx_save *save = (struct lx_save *)job;

    save->on_saved(save);
}

static void release_save(struct lx_disk_job *job)
{
    lx_save_free((struct lx_save *)job);
}

static const struct lx_disk_kind SAVES = {save_all, release_save};

struct lx_save *lx_save_new(void (*on_saved)(struct lx_save *save), void *owner)
{
    struct lx_save *save = calloc(1, sizeof *save);

    if (!save)
        return NULL;
    save->job.kind = &SAVES;
    save->job.on_end = end_save;
    save->job.owner = owner;
    save->on_saved = on_saved;
    lx_file_sink_init(&save->sink);
    return save;
}

void lx_save_free(struct lx_save *save)
{
    if (!save)
        return;
    lx_file_sink_discard(&save->sink);
    free(save);
}
