/* io.h: the state of the I/O thread, shared by its files, io_*.c and outbox.c.
 * I/O thread only, but for lx_io_new, lx_io_free and lx_io_wakeup. */
#pragma once

#include "base/id_map.h"
#include "base/random.h"
#include "base/timer_heap.h"
#include "download/disk.h"
#include "engine/config.h"
#include "engine/op.h"
#include "engine/queue.h"
#include "engine/stats.h"
#include "http/http.h"
#include "journal/journal.h"
#include "os/thread.h"
#include "pace/awake_clock.h"
#include "pace/limiter.h"
#include "pace/probe.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

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
    struct lx_disk *disk;
    struct lx_journal *journal; /* NULL: there is none, or it is stopped */
    struct lx_task_policy policy;
    struct lx_awake_clock clock;
    int64_t now_ms; /* of `clock`, read twice per turn of the loop */
    struct lx_random random;
    struct lx_limiter limiter;
    struct lx_probe probe; /* of the key, by queries of watched tasks */
    struct lx_timer_heap timers;
    struct lx_id_map ops;        /* everything that has no final event yet */
    struct lx_op_list creates;   /* waiting for their turn to be sent */
    struct lx_op_list questions; /* of client:query */
    struct lx_op_list queries;   /* of watched tasks */
    struct lx_op_list unplanned; /* the journal is to be asked about them */
    struct lx_op_list waits;     /* for what others do with an entry */
    struct lx_op_list downloads; /* waiting */
    struct lx_op_list downloads_running;
    struct lx_op_list downloads_saving; /* wait for the disk alone */
    struct lx_op_list downloads_held;   /* wait for another client, which saves
                                           the same */
    struct lx_id_map facts; /* by entry: the first that is not in the journal */
    struct lx_id_map savings;     /* by entry and place: the files there */
    struct lx_id_map tied;        /* by entry: the first op that hears of it */
    struct lx_fact *facts_failed; /* to be tried again */
    struct lx_journal_request *late, *late_last; /* go with the next, or at: */
    int64_t late_due_ms;
    int turns_held;    /* ops that have their turn to send, and wait for the
                               journal */
    int plans;         /* in the journal: may end in a send */
    bool has_written;  /* to the journal, since `waits` were looked at */
    bool is_closing;   /* nothing is sent any more */
    int64_t looked_ms; /* when they were */
    char account[33];  /* origin and key, hashed: those of the same share */
    bool is_counted;   /* among the clients that use it; see io_fleet.h */
    bool knows_others; /* how many clients use it, too: */
    int64_t others;
    int64_t busy_ms;      /* when there were tasks last */
    int64_t recount_ms;   /* not before, after a fault */
    int turn;             /* counts sends, so that queries get theirs */
    bool is_proven;       /* the base URL has answered as the API */
    uint64_t published;   /* `learned` when durations were last published */
    int64_t published_ms; /* when that was */
    uint64_t learned;     /* ends seen, each of which may move other plans */
    uint64_t planned;     /* `learned` when the last renewal of plans began */
    int64_t replanned_ms; /* when that was */
    size_t replan_at;     /* how far in `ops` it has come */
    struct lx_event *first, *last; /* go to the host at the end of this turn */
    struct lx_stats stats;
};

/* The host's thread, before the I/O thread starts. `config` and `ports` are
 * borrowed and outlive the result. NULL: out of memory. */
struct lx_io *lx_io_new(const struct lx_config *config,
                        struct lx_io_ports *ports);

/* The host's thread, after the I/O thread has ended (or never started). NULL
 * does nothing. */
void lx_io_free(struct lx_io *io);

/* Likewise after the end: what was learned, as JSON for config->durations; the
 * caller frees it. NULL: out of memory. */
char *lx_io_save_durations(const struct lx_io *io);

/* Any thread, while the io is alive: have the loop look at its commands. */
void lx_io_wakeup(struct lx_io *io);

#pragma GCC visibility pop
