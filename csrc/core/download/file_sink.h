/* file_sink.h: bytes to a file that appears under its final name only when it
 * is whole. Writes a .part, locked against other writers, and renames it. The
 * .part is made when the first block is full or no more bytes come: a small
 * file's on the thread that puts it in place, unless it was flushed before.
 * Knows nothing of the network. One thread at a time: the I/O thread until all
 * bytes are taken, then the committer's. Errors are of kind `file`, name the
 * path and say what to do; retryable is false only when the final name is
 * taken. `error` may be NULL. */
#pragma once

#include "download/blocks.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The disk is told to begin whenever so many bytes were written: the end finds
 * little left to do. It waits for so many at a time. */
#define LX_FILE_SINK_STEP_BYTES (8 * 1024 * 1024)

struct lx_file_sink {
    char *path;      /* owned; NULL: not known yet */
    char *part_path; /* owned; NULL: closed */
    int fd;          /* of the .part; -1: there is none yet */
    bool overwrite;
    uint64_t length;      /* bytes taken, those still in `buffer` included */
    uint64_t handed_over; /* bytes that the disk was told to write */
    uint64_t synced;      /* bytes that are known to be there */
    struct lx_blocks *blocks; /* borrowed */
    char *buffer; /* a block: TLS hands over 16 KiB at a time, the disk gets
                     more at once; NULL once sealed */
    size_t buffered;
};

/* A closed sink: the other functions do nothing on it, or fail. */
void lx_file_sink_init(struct lx_file_sink *sink);

/* Refused when `path` is a folder or exists while `overwrite` is false (NULL:
 * it is to be named before it is placed), or when what has the name of the
 * .part is no file. Nothing is made yet. */
bool lx_file_sink_open(struct lx_file_sink *sink, struct lx_blocks *blocks,
                       const char *path, const char *part_path, bool overwrite,
                       struct lx_error *error);

/* The name that it is to have in the end; refused as above, and the one that
 * it had stays. */
bool lx_file_sink_name(struct lx_file_sink *sink, const char *path,
                       struct lx_error *error);

/* What writes to the disk first, this or flush or seal, makes the .part,
 * readable by whom the umask allows: a stale one is emptied, one that another
 * download is writing is refused. */
bool lx_file_sink_write(struct lx_file_sink *sink, const void *bytes,
                        size_t length, struct lx_error *error);

/* Write what is still in `buffer`, so that the .part shows it. */
bool lx_file_sink_flush(struct lx_file_sink *sink, struct lx_error *error);

/* Forget what was written; the next write is the first byte. */
bool lx_file_sink_restart(struct lx_file_sink *sink, struct lx_error *error);

/* ---- the end: seal, sync by steps and then by fsync, place ---- */

/* Nothing more comes: hand what is still in `buffer` to the system and let go
 * of the memory. Twice is fine. */
bool lx_file_sink_seal(struct lx_file_sink *sink, struct lx_error *error);

/* Have the disk begin to write, without waiting. */
void lx_file_sink_begin_sync(struct lx_file_sink *sink);

/* Bytes that are yet to be synced. */
uint64_t lx_file_sink_unsynced(const struct lx_file_sink *sink);

/* Of more than one step: wait for one to be on the disk, so that the caller can
 * stop in between. */
bool lx_file_sink_sync_step(struct lx_file_sink *sink, struct lx_error *error);

/* The caller has synced `fd`; `number` is 0 or the errno. */
bool lx_file_sink_synced(struct lx_file_sink *sink, int number,
                         struct lx_error *error);

/* Rename atomically without replacing a file that the caller did not allow to
 * be replaced. After true nothing is left but to close. */
bool lx_file_sink_place(struct lx_file_sink *sink, struct lx_error *error);

/* Close and leave the .part as it is, with what was flushed; remove it when it
 * is empty. Writes nothing. */
void lx_file_sink_close(struct lx_file_sink *sink);

/* Close and remove the .part, if it was made; not after it was placed. */
void lx_file_sink_discard(struct lx_file_sink *sink);
