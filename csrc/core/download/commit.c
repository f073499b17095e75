/* commit.c: see commit.h. In passes: what is renamed between two syncs makes
 * the second as slow as the first, and the disk gets to work on one file while
 * the next is written. */
#include "download/commit.h"

#include "os/file_place.h"

#include <stdlib.h>

/* Files that are synced together; so much of them may be left to sync, for
 * nothing stops in the midst of that. */
struct group {
    struct lx_commit *commits[LX_COMMIT_BATCH_MAX];
    struct lx_syncer_file files[LX_COMMIT_BATCH_MAX];
    int count;
    uint64_t bytes;
};

struct lx_commit *lx_commit_new(void (*on_end)(struct lx_commit *commit),
                                void *owner)
{
    struct lx_commit *commit = calloc(1, sizeof(*commit));

    if (commit == NULL)
        return NULL;
    commit->on_end = on_end;
    commit->owner = owner;
    lx_file_sink_init(&commit->sink);
    return commit;
}

void lx_commit_free(struct lx_commit *commit)
{
    if (commit == NULL)
        return;
    lx_file_sink_close(&commit->sink);
    free(commit);
}

void lx_commit_fail(struct lx_commit *commit)
{
    commit->is_ended = true;
    lx_file_sink_discard(&commit->sink);
}

/* ---- passes ---- */

static void write_file(struct lx_commit *commit)
{
    if (lx_file_sink_seal(&commit->sink, &commit->error))
        lx_file_sink_begin_sync(&commit->sink);
    else
        lx_commit_fail(commit);
}

static void sync_group(struct group *group, struct lx_syncer *syncer)
{
    lx_syncer_sync(syncer, group->files, group->count);
    for (int i = 0; i < group->count; i++) {
        struct lx_commit *commit = group->commits[i];
        commit->is_synced = lx_file_sink_synced(
            &commit->sink, group->files[i].number, &commit->error);
        if (!commit->is_synced)
            lx_commit_fail(commit);
    }
    group->count = 0;
    group->bytes = 0;
}

static void add_to_group(struct group *group, struct lx_syncer *syncer,
                         struct lx_commit *commit)
{
    uint64_t left = lx_file_sink_unsynced(&commit->sink);

    if (group->bytes + left > LX_FILE_SINK_STEP_BYTES)
        sync_group(group, syncer);
    group->commits[group->count] = commit;
    group->files[group->count++].fd = commit->sink.fd;
    group->bytes += left;
    if (syncer->is_refused) /* then nothing stops between them */
        sync_group(group, syncer);
}

/* Until no more than one step is left. */
static void sync_steps(struct lx_commit *commit,
                       bool (*may_go_on)(void *argument,
                                         const struct lx_commit *commit),
                       void *argument)
{
    while (lx_file_sink_unsynced(&commit->sink) > LX_FILE_SINK_STEP_BYTES &&
           may_go_on(argument, commit))
        if (!lx_file_sink_sync_step(&commit->sink, &commit->error)) {
            lx_commit_fail(commit);
            return;
        }
}

static void place_file(struct lx_commit *commit)
{
    if (!lx_file_sink_place(&commit->sink, &commit->error)) {
        lx_commit_fail(commit);
        return;
    }
    commit->is_ended = commit->is_saved = true;
}

/* Each folder once: for the first of the files in it. */
static void sync_folders(const struct lx_commit *batch)
{
    for (const struct lx_commit *at = batch; at != NULL; at = at->next) {
        const struct lx_commit *other = batch;
        if (!at->is_saved)
            continue;
        while (other != at &&
               !(other->is_saved &&
                 lx_file_shares_folder(other->sink.path, at->sink.path)))
            other = other->next;
        if (other == at)
            lx_file_sync_folder(at->sink.path);
    }
}

void lx_commit_save(struct lx_commit *batch, struct lx_syncer *syncer,
                    bool (*may_go_on)(void *argument,
                                      const struct lx_commit *commit),
                    void *argument)
{
    struct group group = {.count = 0};

    for (struct lx_commit *at = batch; at != NULL; at = at->next)
        if (!at->is_ended && may_go_on(argument, at))
            write_file(at);
    for (struct lx_commit *at = batch; at != NULL; at = at->next) {
        if (!at->is_ended)
            sync_steps(at, may_go_on, argument);
        if (!at->is_ended && may_go_on(argument, at))
            add_to_group(&group, syncer, at);
    }
    sync_group(&group, syncer);
    for (struct lx_commit *at = batch; at != NULL; at = at->next)
        if (at->is_synced)
            place_file(at);
    sync_folders(batch);
    for (struct lx_commit *at = batch; at != NULL; at = at->next)
        if (at->is_saved)
            lx_file_sink_close(&at->sink);
}
