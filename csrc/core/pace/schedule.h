/* schedule.h: when to ask next about a task. Knows no clock, no I/O, no
 * threads: ages in seconds go in, delays in seconds come out. Used by one
 * thread at a time.
 *
 * In the life of a watched task: lx_schedule_join; lx_schedule_next sets a
 * timer; when it fires, a query and lx_schedule_pending or _ended; and so on.
 * lx_schedule_leave when it is given up. While the callbacks of a model come
 * before the queries do, its tasks that have one are asked about four times as
 * late, unless the cadence is fixed; the first end that a query finds by itself
 * takes that back. After each lx_schedule_ended, entries for which
 * lx_schedule_is_stale is true get a new lx_schedule_next. */
#pragma once

#include "base/buffer.h"
#include "pace/cadence.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* What is remembered of one watched task, embedded in it. */
struct lx_schedule_entry {
    uint16_t model;      /* index from lx_schedule_model */
    uint16_t queries;    /* asked so far */
    float asked_age;     /* age at the last "not yet", 0 when never asked */
    uint32_t generation; /* of the model's knowledge at the last plan */
    float due_age;       /* age planned for the next query, < 0: none yet */
    uint16_t draw;       /* the jitter of this query, kept over new plans */
    bool is_joined;      /* counted among its model's tasks */
    bool is_scout;       /* asks early on behalf of the others */
    bool is_sent;        /* this query was brought forward by an end */
    bool has_callback;   /* set by the caller after join: the service is to call
                            back at its end */
    bool is_called;      /* set by the caller: it has, before the next query */
};

struct lx_schedule;

/* NULL: out of memory. `cadence` NULL or all zero: learned. */
struct lx_schedule *lx_schedule_new(const struct lx_cadence *cadence);
void lx_schedule_free(struct lx_schedule *schedule);

/* The index for a model (and resolution class), made on first use. Names
 * beyond the 1024th share one index, and so do names longer than 95 bytes and
 * new ones when out of memory. */
uint16_t lx_schedule_model(struct lx_schedule *schedule, const char *name);

/* Start to watch a task of `model`: fills in `entry`. */
void lx_schedule_join(struct lx_schedule *schedule,
                      struct lx_schedule_entry *entry, uint16_t model);

/* Stop watching a task whose end was not seen. Does nothing the second time,
 * nor after lx_schedule_ended. */
void lx_schedule_leave(struct lx_schedule *schedule,
                       struct lx_schedule_entry *entry);

/* Delay in seconds from `age` (seconds since the creation) to the next query.
 * `random` is uniform in [0,1). When the planned age has passed already, a
 * short delay that spreads the tasks which are late together; when it passed so
 * long ago that the machine must have slept, also those that had a plan. */
double lx_schedule_next(struct lx_schedule *schedule,
                        struct lx_schedule_entry *entry, double age,
                        double random);

/* A query at `age` found the task running. */
void lx_schedule_pending(struct lx_schedule *schedule,
                         struct lx_schedule_entry *entry, double age);

/* A query at `age` found the task ended (it ended between entry->asked_age and
 * `age`). `exact` >= 0 is the true duration in seconds, where the service
 * reports it. The entry has left. */
void lx_schedule_ended(struct lx_schedule *schedule,
                       struct lx_schedule_entry *entry, double age,
                       double exact);

/* True when a plan made at entry->generation should be made anew, because what
 * has been learned since would move it. Cheap; O(1). */
bool lx_schedule_is_stale(const struct lx_schedule *schedule,
                          const struct lx_schedule_entry *entry);

/* Models known so far; the indices below this are valid. */
size_t lx_schedule_count(const struct lx_schedule *schedule);

/* What is known of model `index`: its name (valid as long as the schedule),
 * completions seen, and the ages by which half and 90 % have ended. False when
 * there is no such model or it has completed nothing. */
bool lx_schedule_summary(struct lx_schedule *schedule, size_t index,
                         const char **name, uint64_t *count, double *p50,
                         double *p90);

/* Append what is known as JSON text, a few hundred bytes a model. Models whose
 * names are not printable ASCII are left out. False when `out` is full. */
bool lx_schedule_save(const struct lx_schedule *schedule,
                      struct lx_buffer *out);

/* Take over what an earlier process saved, for models that have completed
 * nothing here. The text is not trusted: false, with nothing changed, when it
 * is no such text or any value in it is out of range. */
#define LX_SCHEDULE_TEXT_MAX (4u << 20) /* bytes */
bool lx_schedule_load(struct lx_schedule *schedule, const char *text,
                      size_t length);

#pragma GCC visibility pop
