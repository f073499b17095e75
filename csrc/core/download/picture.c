/* picture.c: see picture.h. */
#include "download/picture.h"

#include "base/text.h"
#include "download/media.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HASH_BLOCK_BYTES 16384

/* Of bytes in memory, between two looks at whether to go on. */
#define HASH_STEP_BYTES ((size_t)1 << 20)

/* ---- what is refused ---- */

static const char *name_of(const struct lx_piece *piece)
{
    return piece->type == LX_PIECE_FILE ? piece->content : "given as bytes";
}

static bool refuse_picture(struct lx_error *error, const struct lx_piece *file,
                           enum lx_file_reason reason)
{
    const char *words = reason == LX_FILE_DENIED
                            ? "no permission to read it: change that"
                            : lx_file_words(reason);

    lx_error_set(error,
                 reason == LX_FILE_MEMORY ? LX_KIND_MEMORY : LX_KIND_FILE,
                 "cannot read the picture %.200s: %s; nothing was made",
                 file->content, words);
    error->retryable = true;
    return false;
}

static bool refuse_changed(struct lx_error *error, const struct lx_piece *file)
{
    lx_error_set(error, LX_KIND_FILE,
                 "the picture %.200s changed before it was sent to its end; "
                 "nothing was made: send it again when it is complete",
                 file->content);
    error->retryable = true;
    return false;
}

static bool is_accepted(enum lx_media media)
{
    return media == LX_MEDIA_PNG || media == LX_MEDIA_JPEG ||
           media == LX_MEDIA_WEBP || media == LX_MEDIA_GIF ||
           media == LX_MEDIA_BMP;
}

bool lx_picture_check(struct lx_piece *piece, const char *head, size_t length,
                      uint64_t bytes, struct lx_error *error)
{
    enum lx_media media = lx_media_of_bytes(head, length);

    if (bytes > piece->max_bytes) {
        lx_error_set(error, LX_KIND_FILE,
                     "the picture %.200s has %" PRIu64 " bytes, max_bytes is "
                     "%" PRIu64 ": make it smaller or raise max_bytes of "
                     "liangxin.image; nothing was sent",
                     name_of(piece), bytes, piece->max_bytes);
        return false;
    }
    if (!is_accepted(media)) {
        bool is_known = media != LX_MEDIA_UNKNOWN;
        lx_error_set(error, LX_KIND_FILE,
                     "the picture %.200s is no PNG, JPEG, WebP, GIF or BMP by "
                     "its bytes (%s%s): convert it to one; nothing was sent",
                     name_of(piece),
                     bytes == 0 ? "it is empty"
                     : is_known ? "they are like those of ."
                                : "nothing that is known",
                     bytes != 0 && is_known ? lx_media_extension(media) : "");
        return false;
    }
    piece->media_type = lx_media_type(media);
    return true;
}

/* ---- the disk's thread ---- */

static bool is_same_file(const struct lx_file_identity *a,
                         const struct lx_file_identity *b)
{
    return a->volume == b->volume && a->index == b->index &&
           a->length == b->length && a->changed_ns == b->changed_ns;
}

/* The file is compared when it is opened and when all of it was read. */
static bool compare_file(struct lx_picture *picture)
{
    struct lx_file_identity identity;
    enum lx_file_reason reason = lx_file_identify(&picture->open, &identity);

    if (reason != LX_FILE_OK)
        return refuse_picture(&picture->error, &picture->piece, reason);
    return is_same_file(&identity, &picture->piece.identity) ||
           refuse_changed(&picture->error, &picture->piece);
}

/* The hash of the open file, all of it; *reason tells why not. */
static bool hash_picture(struct lx_picture *picture,
                         enum lx_file_reason *reason)
{
    struct lx_piece *file = &picture->piece;
    struct lx_sha256 hash;
    char block[HASH_BLOCK_BYTES];
    uint64_t read = 0;
    size_t length = sizeof block;

    lx_sha256_init(&hash);
    while (*reason == LX_FILE_OK && length > 0) {
        length = sizeof block;
        *reason = lx_file_read(&picture->open, read, block, &length);
        lx_sha256_update(&hash, block, length);
        read += length;
    }
    lx_sha256_final(&hash, file->sha256);
    file->has_hash = true;
    return *reason == LX_FILE_OK;
}

/* What was hashed stays what it is. */
static bool fix_hash(struct lx_picture *picture,
                     const struct lx_file_identity *before)
{
    struct lx_piece *file = &picture->piece;
    enum lx_file_reason reason = LX_FILE_OK;

    if (file->has_hash)
        return is_same_file(before, &file->identity) ||
               refuse_changed(&picture->error, file);
    return (hash_picture(picture, &reason) ||
            refuse_picture(&picture->error, file, reason)) &&
           compare_file(picture);
}

static bool look_at_picture(struct lx_picture *picture)
{
    struct lx_piece *file = &picture->piece;
    struct lx_file_identity before = file->identity;
    char head[LX_MEDIA_SNIFF_BYTES];
    size_t length = sizeof head;
    enum lx_file_reason reason = lx_file_open(&picture->open, file->content);

    if (reason == LX_FILE_OK)
        reason = lx_file_identify(&picture->open, &file->identity);
    if (reason == LX_FILE_OK)
        reason = lx_file_read(&picture->open, 0, head, &length);
    if (reason != LX_FILE_OK)
        return refuse_picture(&picture->error, file, reason);
    return lx_picture_check(file, head, length, file->identity.length,
                            &picture->error) &&
           (!file->wants_hash || fix_hash(picture, &before));
}

static bool open_picture(struct lx_picture *picture)
{
    enum lx_file_reason reason =
        lx_file_open(&picture->open, picture->piece.content);

    if (reason != LX_FILE_OK)
        return refuse_picture(&picture->error, &picture->piece, reason);
    return compare_file(picture);
}

static bool read_block(struct lx_picture *picture)
{
    uint64_t left = picture->piece.identity.length - picture->read;
    size_t length =
        left < LX_PICTURE_BLOCK_BYTES ? (size_t)left : LX_PICTURE_BLOCK_BYTES;

    picture->length = length;
    if (!lx_file_is_open(&picture->open) && !open_picture(picture))
        return false;
    enum lx_file_reason reason = lx_file_read(&picture->open, picture->read,
                                              picture->block, &picture->length);
    if (reason != LX_FILE_OK)
        return refuse_picture(&picture->error, &picture->piece, reason);
    if (picture->length < length)
        return refuse_changed(&picture->error, &picture->piece);
    picture->read += length;
    return length < left || compare_file(picture);
}

static void hash_bytes(struct lx_picture *picture)
{
    struct lx_piece *piece = &picture->piece;
    struct lx_sha256 hash;
    size_t at = 0;

    lx_sha256_init(&hash);
    while (at < piece->length && lx_disk_may_go_on(&picture->job)) {
        size_t left = piece->length - at;
        size_t length = left < HASH_STEP_BYTES ? left : HASH_STEP_BYTES;
        lx_sha256_update(&hash, piece->content + at, length);
        at += length;
    }
    lx_sha256_final(&hash, piece->sha256);
    piece->has_hash = at == piece->length;
    picture->job.is_stopped = !piece->has_hash;
}

static void work_on_pictures(struct lx_disk_job *job)
{
    for (; job; job = job->next) {
        struct lx_picture *picture = (struct lx_picture *)job;
        if (picture->piece.type == LX_PIECE_BYTES) {
            hash_bytes(picture);
            continue;
        }
        bool is_fine =
            picture->block ? read_block(picture) : look_at_picture(picture);

        if (!is_fine || !picture->block ||
            picture->read == picture->piece.identity.length)
            lx_file_close(&picture->open);
    }
}

/* ---- the I/O thread ---- */

static void end_work(struct lx_disk_job *job)
{
    struct lx_picture *picture = (struct lx_picture *)job;

    picture->on_end(picture);
}

static void release_picture(struct lx_disk_job *job)
{
    lx_picture_free((struct lx_picture *)job);
}

static const struct lx_disk_kind PICTURES = {work_on_pictures, release_picture};

/* With the piece's own content; NULL when out of memory. */
static struct lx_picture *
new_picture(const struct lx_piece *piece,
            void (*on_end)(struct lx_picture *picture), void *owner)
{
    struct lx_picture *picture = calloc(1, sizeof *picture);

    if (!picture)
        return NULL;
    picture->job.kind = &PICTURES;
    picture->job.on_end = end_work;
    picture->job.owner = owner;
    picture->on_end = on_end;
    picture->open = LX_FILE_CLOSED;
    picture->piece = *piece;
    return picture;
}

struct lx_picture *
lx_picture_new_hash(struct lx_piece *piece,
                    void (*on_end)(struct lx_picture *picture), void *owner)
{
    struct lx_picture *picture = new_picture(piece, on_end, owner);

    if (picture)
        piece->content = NULL;
    return picture;
}

struct lx_picture *lx_picture_new(const struct lx_piece *piece, bool reads,
                                  void (*on_end)(struct lx_picture *picture),
                                  void *owner)
{
    struct lx_picture *picture = new_picture(piece, on_end, owner);

    if (!picture)
        return NULL;
    picture->piece.content =
        lx_text_duplicate(piece->content, strlen(piece->content));
    if (reads)
        picture->block = malloc(LX_PICTURE_BLOCK_BYTES);
    if (picture->piece.content && (!reads || picture->block))
        return picture;
    lx_picture_free(picture);
    return NULL;
}

void lx_picture_free(struct lx_picture *picture)
{
    if (!picture)
        return;
    lx_file_close(&picture->open);
    free(picture->piece.content);
    free(picture->block);
    free(picture);
}
