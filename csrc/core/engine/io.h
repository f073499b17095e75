/* io.h: the state of the I/O thread, shared by its files: io_thread.c
 * (the loop and the commands), io_task.c (tasks and questions), io_send.c,
 * io_answer.c, io_download.c.
 * I/O thread only, but for lx_io_new, lx_io_free and lx_io_wakeup. */
#pragma once

#include "pace/awake_clock.h"
#include "download/committer.h"
#include "engine/config.h"
#include "http/http.h"
#include "base/id_map.h"
#include "pace/limiter.h"
#include "engine/op.h"
#include "base/random.h"
#include "os/thread.h"
#include "engine/queue.h"
#include "engine/stats.h"
#include "base/timer_heap.h"

#include <stdbool.h>
#include <stdint.h>

/* What the thread shares with the host's side; owned by the client. */
struct lx_io_ports {
    struct lx_queue commands; /* to the thread */
    struct lx_queue events;   /* from the thread */
    struct lx_mutex lock;
    struct lx_event *returned; /* guarded by lock: to be freed by the thread */
    struct lx_stats stats;     /* guarded by lock */
    struct lx_duration *durations; /* guarded by lock; owned */
    size_t duration_count;         /* guarded by lock */
    bool is_stopping;              /* guarded by lock */
};

struct lx_io {
    const struct lx_config *config; /* borrowed, immutable */
    struct lx_io_ports *ports;      /* borrowed */
    struct lx_http *http;
    struct lx_committer *committer;
    struct lx_rules rules;
    struct lx_awake_clock clock;
    int64_t now_ms; /* of `clock`, read once per turn of the loop */
    struct lx_random random;
    struct lx_limiter limiter;
    struct lx_timer_heap timers;
    struct lx_id_map ops;      /* everything that has no final event yet */
    struct lx_op_list creates; /* waiting for their turn to be sent */
    struct lx_op_list queries;
    struct lx_op_list downloads; /* waiting */
    struct lx_op_list downloads_running;
    struct lx_op_list downloads_saving; /* wait for the disk alone */
    int turn;             /* counts sends, so that queries get theirs */
    bool is_proven;       /* the base URL has answered as the API */
    uint64_t published;   /* `learned` when durations were last published */
    int64_t published_ms; /* when that was */
    uint64_t learned;     /* ends seen, each of which may move other plans */
    uint64_t planned;     /* `learned` when the last renewal of plans began */
    int64_t replanned_ms; /* when that was */
    size_t replan_at;     /* how far in `ops` it has come */
    struct lx_event *first, *last; /* to be told at the end of this turn */
    struct lx_stats stats;
};

/* `config` and `ports` are borrowed and outlive the result. NULL: no memory. */
struct lx_io *lx_io_new(const struct lx_config *config,
                        struct lx_io_ports *ports);
void lx_io_free(struct lx_io *io);

/* The thread's main function: runs until ports->is_stopping. */
void lx_io_run(struct lx_io *io);

/* After the thread has ended: what was learned, as JSON for config->durations;
 * the caller frees it. NULL when memory is out. */
char *lx_io_save_durations(const struct lx_io *io);

/* Any thread: have the loop look at its commands. */
void lx_io_wakeup(struct lx_io *io);

/* ---- between the files ---- */

/* Tell an event at the end of this turn; takes it, NULL is fine. */
void lx_io_tell(struct lx_io *io, struct lx_event *event);

/* Tell op->final, with a copy of `error` unless that is NULL or its kind NONE,
 * and free the op. The final's other members were set by the caller. */
void lx_io_finish(struct lx_io *io, struct lx_op *op,
                  const struct lx_error *error);

/* Put `op` on the clock. */
void lx_io_wait(struct lx_io *io, struct lx_op *op, int64_t due_ms);

/* io_task.c: a command for a task (takes op and command's texts), the op's
 * time, sending what may be sent, an answer, and cancelling. */
void lx_io_task_begin(struct lx_io *io, struct lx_op *op,
                      struct lx_command *command);
void lx_io_task_command(struct lx_io *io, struct lx_op *op,
                        const struct lx_command *command);
void lx_io_task_time(struct lx_io *io, struct lx_op *op);
void lx_io_task_cancel(struct lx_io *io, struct lx_op *op);
/* Milliseconds until more may be sent, -1 when nothing waits for the limiter.
 * *sent (may be NULL) tells whether anything went out. */
int64_t lx_io_send(struct lx_io *io, bool *sent); /* io_send.c */
bool lx_io_answers(struct lx_io *io);             /* io_answer.c */
/* Let the task take its next step and carry out what comes of it: the op may
 * be gone after. Forget it without a word. The list it waits in to be sent. */
void lx_io_task_step(struct lx_io *io, struct lx_op *op,
                     struct lx_input *input);
void lx_io_task_forget(struct lx_io *io, struct lx_op *op);
/* End it for want of memory. */
void lx_io_task_fail(struct lx_io *io, struct lx_op *op);
struct lx_op_list *lx_io_list_of(struct lx_io *io, const struct lx_op *op);
/* Plan the waiting tasks anew after something was learned; some per call.
 * True when more are left. */
bool lx_io_replan(struct lx_io *io);

/* io_download.c */
void lx_io_download_begin(struct lx_io *io, struct lx_op *op);
void lx_io_download_time(struct lx_io *io, struct lx_op *op);
void lx_io_download_cancel(struct lx_io *io, struct lx_op *op);
/* Once a turn: tell progress and ends, start those that fit. */
void lx_io_downloads(struct lx_io *io);
/* No more turns will come: finish what is on its way to the disk, a few MiB at
 * most, and tell it. */
void lx_io_downloads_stop(struct lx_io *io);
