/* file_check.c: see file_check.h. */
#include "download/file_check.h"

#include "base/text.h"
#include "download/target.h"

#include <stdlib.h>
#include <string.h>

#define CHECK_BLOCK_BYTES 16384
#define PART_ENDING       ".part"

/* ---- the disk's thread ---- */

static bool has_length(const char *path, uint64_t bytes,
                       struct lx_file_identity *found)
{
    return lx_file_kind_at(path) == LX_FILE_KIND_REGULAR &&
           lx_file_identify_at(path, found) == LX_FILE_OK &&
           found->length == bytes;
}

static bool has_hash(const char *path, uint64_t bytes,
                     const unsigned char sha256[LX_SHA256_BYTES],
                     struct lx_disk_job *job)
{
    unsigned char found[LX_SHA256_BYTES];
    char block[CHECK_BLOCK_BYTES];
    struct lx_sha256 hash;
    struct lx_file file;
    enum lx_file_reason reason = lx_file_open(&file, path);
    size_t length = sizeof block;
    uint64_t read = 0;

    lx_sha256_init(&hash);
    while (reason == LX_FILE_OK && length > 0 && lx_disk_may_go_on(job)) {
        length = sizeof block;
        reason = lx_file_read(&file, read, block, &length);
        lx_sha256_update(&hash, block, length);
        read += length;
    }
    lx_file_close(&file);
    lx_sha256_final(&hash, found);
    return reason == LX_FILE_OK && read == bytes &&
           memcmp(found, sha256, sizeof found) == 0;
}

bool lx_file_check_holds(const char *path, uint64_t bytes,
                         const unsigned char sha256[LX_SHA256_BYTES],
                         struct lx_disk_job *job)
{
    struct lx_file_identity found;

    return has_length(path, bytes, &found) &&
           has_hash(path, bytes, sha256, job);
}

static void check_file(struct lx_file_check *check,
                       struct lx_checked_file *file)
{
    bool by_hash = check->compares_hashes && file->has_hash;
    struct lx_file_identity found;

    if (!has_length(file->path, file->bytes, &found))
        return;
    if (by_hash)
        file->is_there =
            has_hash(file->path, file->bytes, file->sha256, &check->job);
    else
        file->is_there =
            file->modified_ms == 0 || file->modified_ms == found.modified_ms;
    file->modified_ms = found.modified_ms;
}

/* Only what looks like one: the name comes from a file that others may write.
 */
static void remove_stale_part(const char *path)
{
    size_t length = strlen(path), ending = sizeof PART_ENDING - 1;

    if (length > ending && strcmp(path + length - ending, PART_ENDING) == 0 &&
        lx_file_kind_at(path) == LX_FILE_KIND_REGULAR)
        (void)lx_file_remove(path);
}

static void check_all(struct lx_disk_job *job)
{
    for (; job; job = job->next) {
        struct lx_file_check *check = (struct lx_file_check *)job;
        if (check->stale_part)
            remove_stale_part(check->stale_part);
        if (check->target)
            check->target_reason = lx_target_check(check->target);
        for (size_t i = 0; i < check->count && lx_disk_may_go_on(job); i++)
            check_file(check, &check->files[i]);
        job->is_stopped = !lx_disk_may_go_on(job);
    }
}

/* ---- the I/O thread ---- */

static void end_check(struct lx_disk_job *job)
{
    struct lx_file_check *check = (struct lx_file_check *)job;

    check->on_end(check);
}

static void release_check(struct lx_disk_job *job)
{
    lx_file_check_free((struct lx_file_check *)job);
}

static const struct lx_disk_kind CHECKS = {check_all, release_check};

struct lx_file_check *lx_file_check_new(size_t count, void *owner,
                                        void (*on_end)(struct lx_file_check *))
{
    struct lx_file_check *check =
        calloc(1, sizeof *check + count * sizeof *check->files);

    if (!check)
        return NULL;
    check->job.kind = &CHECKS;
    check->job.on_end = end_check;
    check->job.owner = owner;
    check->on_end = on_end;
    check->count = count;
    return check;
}

void lx_file_check_free(struct lx_file_check *check)
{
    if (!check)
        return;
    for (size_t i = 0; i < check->count; i++) {
        free(check->files[i].path);
        free(check->files[i].content_type);
    }
    free(check->stale_part);
    free(check->target);
    free(check);
}

bool lx_file_check_is_fine(const struct lx_file_check *check)
{
    for (size_t i = 0; i < check->count; i++)
        if (!check->files[i].is_there)
            return false;
    return true;
}
