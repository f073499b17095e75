/* upload.c: see upload.h. */
#include "engine/upload.h"

#include "base/base64.h"
#include "download/picture.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct lx_upload {
    struct lx_feed feed; /* first: read_feed finds the upload by it */
    struct lx_body *body;
    struct lx_disk *disk;
    lx_upload_listener *on_news;
    void *context, *owner;
    struct lx_error error;
    struct lx_picture *picture; /* the job of the present piece, or NULL */
    bool is_at_disk;            /* the disk has it */
    bool is_waiting;            /* the feed does, for it */
    size_t piece;               /* the one looked at, or being sent */
    /* The bytes of the current piece to send next: a text, or the head of a
     * picture; then those of the picture, to be encoded. */
    char head[LX_PIECE_HEAD_ROOM];
    const char *plain;
    size_t plain_left;
    char *block; /* owned, of LX_PICTURE_BLOCK_BYTES; NULL: no file was sent */
    const char *raw;
    size_t raw_left;
    uint64_t unread; /* bytes of the present file that are still to come */
    char group[4];   /* what is encoded and found no room */
    size_t group_left;
};

static void read_ahead(struct lx_upload *upload)
{
    upload->is_at_disk = true;
    lx_disk_add(upload->disk, &upload->picture->job);
}

static void drop_picture(struct lx_upload *upload)
{
    if (upload->is_at_disk)
        lx_disk_drop(upload->disk, &upload->picture->job);
    else
        lx_picture_free(upload->picture);
    upload->picture = NULL;
    upload->is_at_disk = false;
}

static bool fail_upload(struct lx_upload *upload, const struct lx_error *error)
{
    upload->error = *error;
    return false;
}

static bool fail_for_memory(struct lx_upload *upload)
{
    lx_error_set(&upload->error, LX_KIND_MEMORY,
                 "out of memory to read the pictures; nothing was made");
    upload->error.retryable = true;
    return false;
}

/* ---- the check ---- */

static void check_rest(struct lx_upload *upload);

static void on_looked(struct lx_picture *picture)
{
    struct lx_upload *upload = picture->job.owner;
    struct lx_piece *piece = &upload->body->pieces[upload->piece];
    struct lx_piece *found = &picture->piece;

    upload->is_at_disk = false;
    if (piece->type == LX_PIECE_BYTES) { /* they come back */
        piece->content = found->content;
        found->content = NULL;
    }
    piece->media_type = found->media_type;
    piece->identity = found->identity;
    piece->has_hash = found->has_hash;
    memcpy(piece->sha256, found->sha256, sizeof piece->sha256);
    if (picture->error.kind != LX_KIND_NONE)
        fail_upload(upload, &picture->error);
    drop_picture(upload);
    upload->piece++;
    check_rest(upload);
}

static bool check_length(struct lx_upload *upload)
{
    struct lx_error error;

    upload->feed.length = lx_body_length(upload->body);
    if (upload->feed.length <= LX_BODY_BYTES_MAX)
        return true;
    lx_error_set(&error, LX_KIND_FILE,
                 "the request with its pictures would have more than 128 MiB: "
                 "make them smaller; nothing was sent");
    return fail_upload(upload, &error);
}

/* Whether the present piece is fine, or the disk works on it. */
static bool check_piece(struct lx_upload *upload, struct lx_piece *piece)
{
    bool is_bytes = piece->type == LX_PIECE_BYTES;
    struct lx_error error;

    if (piece->type == LX_PIECE_TEXT)
        return true;
    assert(piece->content); /* no check follows one that was stopped */
    if (is_bytes && !lx_picture_check(piece, piece->content, piece->length,
                                      piece->length, &error))
        return fail_upload(upload, &error);
    if (is_bytes && (!piece->wants_hash || piece->has_hash))
        return true;
    upload->picture = is_bytes
                          ? lx_picture_new_hash(piece, on_looked, upload)
                          : lx_picture_new(piece, false, on_looked, upload);
    if (!upload->picture)
        return fail_for_memory(upload);
    read_ahead(upload);
    return true;
}

/* One picture after the other. */
static void check_rest(struct lx_upload *upload)
{
    struct lx_body *body = upload->body;

    while (upload->error.kind == LX_KIND_NONE && upload->piece < body->count) {
        if (check_piece(upload, &body->pieces[upload->piece]) &&
            upload->picture)
            return;
        upload->piece++;
    }
    if (upload->error.kind == LX_KIND_NONE)
        check_length(upload);
    upload->on_news(upload->context, upload->owner);
}

void lx_upload_check(struct lx_upload *upload)
{
    lx_upload_stop(upload);
    upload->error = (struct lx_error){.kind = LX_KIND_NONE};
    upload->piece = 0;
    check_rest(upload);
}

/* ---- the feed ---- */

static void on_read(struct lx_picture *picture)
{
    struct lx_upload *upload = picture->job.owner;
    bool was_waiting = upload->is_waiting;

    upload->is_at_disk = upload->is_waiting = false;
    if (picture->error.kind != LX_KIND_NONE)
        fail_upload(upload, &picture->error);
    if (was_waiting)
        upload->on_news(upload->context, upload->owner);
}

/* Have the first block of the present piece read, if it is a file. */
static bool open_piece(struct lx_upload *upload, const struct lx_piece *piece)
{
    if (!upload->block)
        upload->block = malloc(LX_PICTURE_BLOCK_BYTES);
    upload->picture = lx_picture_new(piece, true, on_read, upload);
    if (!upload->block || !upload->picture)
        return fail_for_memory(upload);
    upload->unread = lx_piece_picture_bytes(piece);
    read_ahead(upload);
    return true;
}

static bool begin_piece(struct lx_upload *upload)
{
    const struct lx_piece *piece = &upload->body->pieces[upload->piece];

    if (piece->type == LX_PIECE_TEXT) {
        upload->plain = piece->content;
        upload->plain_left = piece->length;
        return true;
    }
    upload->plain = upload->head;
    upload->plain_left = lx_piece_head(piece, upload->head);
    if (piece->type == LX_PIECE_FILE)
        return open_piece(upload, piece);
    upload->raw = piece->content;
    upload->raw_left = piece->length;
    return true;
}

/* The block that the disk has read becomes the one to be sent, and the disk
 * reads the next. */
static void take_block(struct lx_upload *upload)
{
    struct lx_picture *picture = upload->picture;
    char *sent = upload->block;

    upload->block = picture->block;
    picture->block = sent;
    upload->raw = upload->block;
    upload->raw_left = picture->length;
    upload->unread -= picture->length;
    if (upload->unread > 0)
        read_ahead(upload);
    else
        drop_picture(upload);
}

static size_t put_plain(const char **from, size_t *left, char *out, size_t room)
{
    size_t length = *left < room ? *left : room;

    memcpy(out, *from, length);
    *from += length;
    *left -= length;
    return length;
}

static size_t put_encoded(struct lx_upload *upload, char *out, size_t room)
{
    size_t step = room / 4 * 3;

    if (step > upload->raw_left)
        step = upload->raw_left;
    if (step > 0) {
        lx_base64_encode(out, upload->raw, step);
        upload->raw += step;
        upload->raw_left -= step;
        return (size_t)lx_base64_length(step);
    }
    step = upload->raw_left < 3 ? upload->raw_left : 3;
    lx_base64_encode(upload->group, upload->raw, step);
    upload->raw += step;
    upload->raw_left -= step;
    upload->group_left = sizeof upload->group;
    return 0;
}

/* Some bytes of what is there; 0: the piece is at its end, or the next block is
 * not there. */
static size_t put_some(struct lx_upload *upload, char *out, size_t room)
{
    size_t put = 0;

    while (put == 0) {
        const char *group =
            upload->group + sizeof upload->group - upload->group_left;
        if (upload->plain_left > 0)
            put = put_plain(&upload->plain, &upload->plain_left, out, room);
        else if (upload->group_left > 0)
            put = put_plain(&group, &upload->group_left, out, room);
        else if (upload->raw_left > 0)
            put = put_encoded(upload, out, room);
        else if (upload->unread > 0 && !upload->is_at_disk)
            take_block(upload);
        else
            break;
    }
    return put;
}

static enum lx_feed_state read_feed(struct lx_feed *feed, char *out,
                                    size_t *length)
{
    struct lx_upload *upload = (struct lx_upload *)feed;
    size_t room = *length;

    *length = 0;
    while (*length < room && upload->error.kind == LX_KIND_NONE) {
        size_t put = put_some(upload, out + *length, room - *length);
        *length += put;
        if (put > 0)
            continue;
        if (upload->unread > 0)
            break;
        if (upload->piece + 1 >= upload->body->count)
            return LX_FEED_READY;
        upload->piece++;
        begin_piece(upload);
    }
    if (upload->error.kind != LX_KIND_NONE)
        return LX_FEED_FAILED;
    upload->is_waiting = *length == 0 && room > 0;
    return upload->is_waiting ? LX_FEED_WAIT : LX_FEED_READY;
}

struct lx_feed *lx_upload_begin(struct lx_upload *upload)
{
    lx_upload_stop(upload);
    upload->error = (struct lx_error){.kind = LX_KIND_NONE};
    upload->piece = 0;
    upload->plain_left = upload->raw_left = upload->group_left = 0;
    upload->unread = 0;
    return begin_piece(upload) ? &upload->feed : NULL;
}

void lx_upload_stop(struct lx_upload *upload)
{
    if (upload->picture)
        drop_picture(upload);
    free(upload->block);
    upload->block = NULL;
    upload->is_waiting = false;
}

/* ---- the rest ---- */

struct lx_upload *lx_upload_new(struct lx_body *body, struct lx_disk *disk,
                                lx_upload_listener *on_news, void *context,
                                void *owner)
{
    struct lx_upload *upload = calloc(1, sizeof *upload);

    if (!upload) {
        lx_body_free(body);
        return NULL;
    }
    upload->feed.read = read_feed;
    upload->body = body;
    upload->disk = disk;
    upload->on_news = on_news;
    upload->context = context;
    upload->owner = owner;
    return upload;
}

void lx_upload_free(struct lx_upload *upload)
{
    if (!upload)
        return;
    lx_upload_stop(upload);
    lx_body_free(upload->body);
    free(upload);
}

const struct lx_error *lx_upload_error(const struct lx_upload *upload)
{
    return upload->error.kind == LX_KIND_NONE ? NULL : &upload->error;
}

const struct lx_body *lx_upload_body(const struct lx_upload *upload)
{
    return upload->body;
}

struct lx_body *lx_upload_take_body(struct lx_upload *upload)
{
    struct lx_body *body = upload->body;

    lx_upload_stop(upload);
    upload->body = NULL;
    return body;
}
