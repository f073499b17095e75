/* save.h: a whole file that waits for the disk to save it. All that wait are
 * written, synced and renamed together, the syncs at once, with one of the
 * folder. The I/O thread's, but while the disk has the job. */
#pragma once

#include "base/sha256.h"
#include "base/status.h"
#include "download/disk.h"
#include "download/file_sink.h"
#include "os/thread.h"

#pragma GCC visibility push(hidden)

struct lx_save {
    struct lx_disk_job job;    /* first: the disk knows that alone */
    struct lx_file_sink sink;  /* all bytes taken */
    enum lx_file_sink_end end; /* so far */
    struct lx_thread thread;   /* that syncs it */
    bool has_thread, is_saved;
    bool is_of_entry;
    unsigned char sha256[LX_SHA256_BYTES];  /* then: of its bytes */
    int64_t modified_ms;                    /* then, once it is saved */
    struct lx_error error;                  /* else it says why not */
    void (*on_saved)(struct lx_save *save); /* takes it */
};

/* With a closed sink, and `owner` as its job's; NULL when out of memory. */
struct lx_save *lx_save_new(void (*on_saved)(struct lx_save *save),
                            void *owner);

/* Of one that the disk does not have; discards its sink. NULL is fine. */
void lx_save_free(struct lx_save *save);

#pragma GCC visibility pop
