/* file_sink.h: bytes to a file that appears under its final name only when it
 * is whole. Gathers them in a buffer, writes a part named
 * "<stem>.<random>.part", and in the end syncs and renames it. The part is
 * made new, so it is never a file of the user's, a link, or another
 * download's; it is made when the buffer is full, a small file's only in the
 * end; and it is gone whatever the end. Knows nothing of the network. One
 * thread at a time: the I/O thread until all bytes are taken, then the disk's.
 * Errors are of kind `file` or `memory`, name the path and say what to do;
 * retryable is false only when the final name is taken. `error` may be NULL. */
#pragma once

#include "base/status.h"
#include "os/file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* TLS hands over 16 KiB at a time, the disk gets more at once. */
#define LX_FILE_SINK_BUFFER_BYTES ((size_t)128 * 1024)

/* The disk starts to write whenever this many bytes are there, so that little
 * is left for the end. */
#define LX_FILE_SINK_STEP_BYTES ((uint64_t)8 * 1024 * 1024)

struct lx_file_sink {
    char *path;      /* owned; NULL: not known yet */
    char *stem;      /* owned; NULL: closed */
    char *part_path; /* owned; NULL: there is no part */
    char *part_name; /* owned: what a part is to be called; NULL: by chance */
    struct lx_file part;
    bool overwrite;
    bool may_be_there; /* what has the name may be the same file */
    uint64_t written;  /* bytes in the part */
    uint64_t begun;    /* bytes that the disk was told to write */
    char *buffer;      /* of LX_FILE_SINK_BUFFER_BYTES */
    size_t buffered;
};

/* A closed sink: the other functions do nothing on it, or fail. */
void lx_file_sink_init(struct lx_file_sink *sink);

/* `sink` is closed before. Refused when at `path` there is anything but a file
 * that `overwrite` allows to replace (NULL: it is to be named before it is
 * saved). `stem` lies in the folder of `path`. Nothing is made yet. */
bool lx_file_sink_open(struct lx_file_sink *sink, const char *path,
                       const char *stem, bool overwrite,
                       struct lx_error *error);

/* The name that it is to have in the end; refused as above, and then the one
 * that it had stays. With sink->may_be_there a file there is refused only where
 * it has not `length` bytes (0: not known yet). */
bool lx_file_sink_name(struct lx_file_sink *sink, const char *path,
                       uint64_t length, struct lx_error *error);

/* Choose what the part will be called, in sink->part_name. */
bool lx_file_sink_name_part(struct lx_file_sink *sink, struct lx_error *error);

bool lx_file_sink_write(struct lx_file_sink *sink, const void *bytes,
                        size_t length, struct lx_error *error);

/* Forget what was written; the next write is the first byte. */
void lx_file_sink_restart(struct lx_file_sink *sink);

/* ---- the end: write out, sync, place, sync the folder, discard ---- */

/* Nothing more comes: hand the rest to the system, and have the disk begin. */
bool lx_file_sink_write_out(struct lx_file_sink *sink, struct lx_error *error);

enum lx_file_sink_end { LX_SINK_SYNCED, LX_SINK_FAILED, LX_SINK_STOPPED };

/* Wait until the disk has it. Before each wait, of a few MiB at most,
 * `may_go_on(argument)` is asked: false stops it. */
enum lx_file_sink_end lx_file_sink_sync(struct lx_file_sink *sink,
                                        bool (*may_go_on)(void *argument),
                                        void *argument, struct lx_error *error);

/* Rename it; what has come to the name meanwhile is refused as above. */
bool lx_file_sink_place(struct lx_file_sink *sink, struct lx_error *error);

/* Have the name survive a power cut; one call does for all that share it. */
void lx_file_sink_sync_folder(const struct lx_file_sink *sink);
bool lx_file_sink_shares_folder(const struct lx_file_sink *sink,
                                const struct lx_file_sink *other);

/* Close and remove the part, if there is one still. */
void lx_file_sink_discard(struct lx_file_sink *sink);

#pragma GCC visibility pop
