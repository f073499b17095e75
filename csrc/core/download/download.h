/* download.h: one URL to a file on disk or into memory. I/O thread only.
 * Never carries the key. Writes a part, resumes it with Range and If-Range
 * after a cut, checks that every byte is the one that it should be and that
 * the content is what was promised, then has the disk's thread save it. Of
 * anything but success nothing stays on the disk. Follows no redirect: it
 * reports where one points. Decodes `data:` URLs. */
#pragma once

#include "base/status.h"
#include "download/disk.h"
#include "download/download_step.h"
#include "download/downloaded.h"
#include "download/order.h"
#include "http/http.h"
#include "pace/backoff.h"

#pragma GCC visibility push(hidden)

struct lx_download;

/* Takes `order`; the others are borrowed and outlive the result.
 * `on_change(argument)` is called on the I/O thread, from inside
 * lx_http_perform or lx_disk_deliver, when lx_download_poll has news; it must
 * not free a download. NULL when out of memory (order is freed then). */
struct lx_download *lx_download_new(struct lx_http *http, struct lx_disk *disk,
                                    const struct lx_backoff_policy *retry,
                                    struct lx_download_order *order,
                                    void (*on_change)(void *argument),
                                    void *argument);

/* Stop the transfer, remove the part, and free. A file that is being saved is
 * soon in place as a whole, or removed. NULL is fine. */
void lx_download_free(struct lx_download *download);

/* Start, go on after a pause, or check for a stall; then poll, as on_change is
 * not called from in here. `random` is uniform in [0, 1), `now_ms` is
 * lx_now_ms(). */
void lx_download_resume(struct lx_download *download, int64_t now_ms,
                        double random);

/* What to do now. *due_ms is set for PAUSED and, for RUNNING, to the time of
 * the next look (call lx_download_resume then, too). */
enum lx_download_step lx_download_poll(struct lx_download *download,
                                       int64_t *due_ms);

/* ASKING: what for; whose result it is; what the part is called; in MAY_BEGIN,
 * what its name begins with, and whether the file may come to be called `path`;
 * in MAY_SAVE, what is to be saved. Borrowed. */
enum lx_download_question
lx_download_question(const struct lx_download *download);
const char *lx_download_task(const struct lx_download *download);
const char *lx_download_part(const struct lx_download *download);
const char *lx_download_stem(const struct lx_download *download);
bool lx_download_may_be_at(const struct lx_download *download,
                           const char *path);
const struct lx_downloaded *
lx_download_file(const struct lx_download *download);

/* ASKING: go on; then call lx_download_resume and poll. Or fail like this. Or,
 * in MAY_BEGIN: the file is there already; takes it. */
void lx_download_allow(struct lx_download *download);
void lx_download_refuse(struct lx_download *download,
                        const struct lx_error *error);
void lx_download_accept(struct lx_download *download,
                        struct lx_downloaded *file);

/* Bytes so far and in all (0 unknown), for progress. */
void lx_download_progress(const struct lx_download *download, uint64_t *bytes,
                          uint64_t *total);

/* After DONE: move the result out. Exactly one of *file and *error is set;
 * both are heap and belong to the caller. NULL for both: there was no memory
 * for the error. */
void lx_download_take(struct lx_download *download, struct lx_downloaded **file,
                      struct lx_error **error);

#pragma GCC visibility pop
