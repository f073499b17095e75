/* file_sink.c: see file_sink.h. */
#include "download/file_sink.h"

#include "base/text.h"
#include "download/file_error.h"
#include "os/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names tried for a part: each is one of 2^64. */
#define NAME_TRIES 8

/* Bytes of the stem's last name that the part's name keeps, so that a long name
 * leaves room for the rest of it. */
#define PART_NAME_BYTES_MAX 200

/* For messages: the final name, as far as it is known. */
static const char *shown_path(const struct lx_file_sink *sink)
{
    return sink->path ? sink->path : sink->stem;
}

void lx_file_sink_init(struct lx_file_sink *sink)
{
    *sink = (struct lx_file_sink){.part = LX_FILE_CLOSED};
}

static void remove_part(struct lx_file_sink *sink)
{
    lx_file_close(&sink->part);
    if (sink->part_path)
        (void)lx_file_remove(sink->part_path);
    free(sink->part_path);
    sink->part_path = NULL;
}

void lx_file_sink_discard(struct lx_file_sink *sink)
{
    remove_part(sink);
    free(sink->buffer);
    free(sink->path);
    free(sink->stem);
    free(sink->part_name);
    lx_file_sink_init(sink);
}

/* ---- opening ---- */

static bool check_name(const char *path, bool may_stay, struct lx_error *error)
{
    switch (lx_file_kind_at(path)) {
    case LX_FILE_KIND_NONE:
        return true;
    case LX_FILE_KIND_REGULAR:
        return may_stay || lx_file_refuse_name(error, path);
    case LX_FILE_KIND_FOLDER:
        return lx_file_refuse(error, path, LX_FILE_IS_FOLDER);
    case LX_FILE_KIND_LINK:
        return lx_file_refuse(error, path, LX_FILE_IS_LINK);
    case LX_FILE_KIND_OTHER:
        break;
    }
    return lx_file_refuse(error, path, LX_FILE_NOT_REGULAR);
}

static char *copy_text(const char *text)
{
    return text ? lx_text_duplicate(text, strlen(text)) : NULL;
}

bool lx_file_sink_open(struct lx_file_sink *sink, const char *path,
                       const char *stem, bool overwrite, struct lx_error *error)
{
    if (path && !check_name(path, overwrite, error))
        return false;
    sink->overwrite = overwrite;
    sink->buffer = malloc(LX_FILE_SINK_BUFFER_BYTES);
    sink->stem = copy_text(stem);
    sink->path = copy_text(path);
    if (sink->buffer && sink->stem && !sink->path == !path)
        return true;
    lx_file_sink_discard(sink);
    return lx_file_refuse(error, stem, LX_FILE_MEMORY);
}

static bool may_be_same(const char *path, uint64_t length)
{
    struct lx_file_identity found;

    return lx_file_identify_at(path, &found) == LX_FILE_OK &&
           (length == 0 || length == found.length);
}

bool lx_file_sink_name(struct lx_file_sink *sink, const char *path,
                       uint64_t length, struct lx_error *error)
{
    bool may_stay =
        sink->overwrite || (sink->may_be_there && may_be_same(path, length));

    if (!check_name(path, may_stay, error))
        return false;
    char *copy = copy_text(path);
    if (!copy)
        return lx_file_refuse(error, path, LX_FILE_MEMORY);
    free(sink->path);
    sink->path = copy;
    return true;
}

/* ---- writing ---- */

/* Bytes of `stem` that begin the part's name: no half of a character. */
static size_t kept_length(const char *stem)
{
    size_t folder = lx_folder_length(stem), length = strlen(stem);

    if (length - folder <= PART_NAME_BYTES_MAX)
        return length;
    length = folder + PART_NAME_BYTES_MAX;
    while (length > folder && ((unsigned char)stem[length] & 0xC0) == 0x80)
        length--;
    return length;
}

/* NULL when out of memory or randomness. */
static char *name_part(const char *stem)
{
    size_t length = kept_length(stem);
    size_t room = length + sizeof ".0123456789abcdef.part";
    char *name = malloc(room);
    uint32_t number[2];

    if (!name)
        return NULL;
    if (!lx_process_secret(number, sizeof number)) {
        free(name);
        return NULL;
    }
    snprintf(name, room, "%.*s.%08x%08x.part", (int)length, stem,
             (unsigned)number[0], (unsigned)number[1]);
    return name;
}

static enum lx_file_reason make_part(struct lx_file_sink *sink)
{
    enum lx_file_reason reason = LX_FILE_MEMORY;

    for (int i = 0; i < NAME_TRIES; i++) {
        char *name = sink->part_name ? copy_text(sink->part_name)
                                     : name_part(sink->stem);
        if (!name)
            return LX_FILE_MEMORY;
        reason = lx_file_create(&sink->part, name);
        if (reason == LX_FILE_OK) {
            sink->part_path = name;
            return LX_FILE_OK;
        }
        free(name);
        if (reason != LX_FILE_EXISTS)
            break;
    }
    return reason;
}

bool lx_file_sink_name_part(struct lx_file_sink *sink, struct lx_error *error)
{
    free(sink->part_name);
    sink->part_name = name_part(sink->stem);
    return sink->part_name || lx_file_refuse(error, sink->stem, LX_FILE_MEMORY);
}

/* The first bytes make the part. */
static bool write_part(struct lx_file_sink *sink, const char *bytes,
                       size_t length, struct lx_error *error)
{
    enum lx_file_reason reason =
        lx_file_is_open(&sink->part) ? LX_FILE_OK : make_part(sink);

    if (reason == LX_FILE_OK)
        reason = lx_file_write(&sink->part, sink->written, bytes, length);
    if (reason != LX_FILE_OK)
        return lx_file_refuse(error, shown_path(sink), reason);
    sink->written += length;
    return true;
}

static bool flush(struct lx_file_sink *sink, struct lx_error *error)
{
    size_t length = sink->buffered;

    sink->buffered = 0;
    return write_part(sink, sink->buffer, length, error);
}

static void begin_sync(struct lx_file_sink *sink)
{
    lx_file_begin_sync(&sink->part, sink->begun, sink->written - sink->begun);
    sink->begun = sink->written;
}

bool lx_file_sink_write(struct lx_file_sink *sink, const void *bytes,
                        size_t length, struct lx_error *error)
{
    const char *at = bytes;

    if (!sink->stem)
        return false;
    while (length > 0) {
        size_t room = LX_FILE_SINK_BUFFER_BYTES - sink->buffered;
        size_t step = length < room ? length : room;

        if (room == 0) {
            if (!flush(sink, error))
                return false;
            continue;
        }
        memcpy(sink->buffer + sink->buffered, at, step);
        sink->buffered += step;
        at += step;
        length -= step;
    }
    if (sink->written - sink->begun >= LX_FILE_SINK_STEP_BYTES)
        begin_sync(sink);
    return true;
}

void lx_file_sink_restart(struct lx_file_sink *sink)
{
    remove_part(sink);
    sink->buffered = 0;
    sink->written = sink->begun = 0;
}

/* ---- the end ---- */

bool lx_file_sink_write_out(struct lx_file_sink *sink, struct lx_error *error)
{
    if (!sink->path || !flush(sink, error))
        return false;
    begin_sync(sink);
    return true;
}

/* In steps, then the whole, which finds them done. */
enum lx_file_sink_end lx_file_sink_sync(struct lx_file_sink *sink,
                                        bool (*may_go_on)(void *argument),
                                        void *argument, struct lx_error *error)
{
    enum lx_file_reason reason = LX_FILE_OK;
    uint64_t synced = 0;

    while (reason == LX_FILE_OK &&
           sink->written - synced > LX_FILE_SINK_STEP_BYTES) {
        if (!may_go_on(argument))
            return LX_SINK_STOPPED;
        reason =
            lx_file_sync_range(&sink->part, synced, LX_FILE_SINK_STEP_BYTES);
        synced += LX_FILE_SINK_STEP_BYTES;
    }
    if (reason == LX_FILE_OK && !may_go_on(argument))
        return LX_SINK_STOPPED;
    if (reason == LX_FILE_OK)
        reason = lx_file_sync(&sink->part);
    if (reason == LX_FILE_OK)
        return LX_SINK_SYNCED;
    lx_file_refuse(error, shown_path(sink), reason);
    return LX_SINK_FAILED;
}

bool lx_file_sink_place(struct lx_file_sink *sink, struct lx_error *error)
{
    if (!check_name(sink->path, sink->overwrite, error))
        return false;
    lx_file_close(&sink->part);
    enum lx_file_reason reason =
        lx_file_rename(sink->part_path, sink->path, sink->overwrite);
    if (reason == LX_FILE_EXISTS)
        return lx_file_refuse_name(error, sink->path);
    if (reason != LX_FILE_OK)
        return lx_file_refuse(error, sink->path, reason);
    free(sink->part_path); /* there is none to be removed any more */
    sink->part_path = NULL;
    return true;
}

void lx_file_sink_sync_folder(const struct lx_file_sink *sink)
{
    size_t length = lx_folder_length(sink->path);
    char *folder = length > 0 ? lx_text_duplicate(sink->path, length) : NULL;

    if (folder || length == 0)
        lx_folder_sync(folder ? folder : ".");
    free(folder);
}

bool lx_file_sink_shares_folder(const struct lx_file_sink *sink,
                                const struct lx_file_sink *other)
{
    size_t length = lx_folder_length(sink->path);

    return length == lx_folder_length(other->path) &&
           memcmp(sink->path, other->path, length) == 0;
}
