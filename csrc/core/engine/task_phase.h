/* task_phase.h: what is known of a task, what may happen to it and what may
 * come of it; and the steps that every phase shares. See task.h. Pure. */
#pragma once

#include "api/outcome.h"
#include "base/status.h"
#include "pace/backoff.h"
#include "pace/schedule.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

enum lx_phase {
    LX_PHASE_CREATING, /* createTask is to be sent, or sent again */
    LX_PHASE_GIVEN_UP, /* cancelled while createTask was on its way: it is not
                          sent again, but what it made must be told */
    LX_PHASE_HELD,     /* created; nobody watches it */
    LX_PHASE_WATCHING, /* asked about until it ends or the deadline comes */
    LX_PHASE_ASKING,   /* one recordInfo for client:query */
    LX_PHASE_OVER,     /* the final action has been given out */
    LX_PHASE_COUNT
};

/* What the request of a task does. */
enum lx_request {
    LX_REQUEST_NONE,
    LX_REQUEST_PREPARING, /* the disk looks at its pictures */
    LX_REQUEST_UNPLANNED, /* the journal is to be asked what becomes of it */
    LX_REQUEST_PLANNING,  /* it is asked */
    LX_REQUEST_WAITING,   /* for what another one does with its entry */
    LX_REQUEST_CHECKING,  /* the disk looks for the files of its entry */
    LX_REQUEST_QUEUED,    /* waits for its turn to be sent */
    LX_REQUEST_BOOKING,   /* the journal writes that it is sent */
    LX_REQUEST_IN_FLIGHT, /* sent; its answer is waited for */
    LX_REQUEST_RECORDING  /* the journal writes the id of its task */
};

struct lx_task {
    enum lx_phase phase; /* changed by lx_task_set_phase alone */
    bool is_ours;        /* this client created it: grace when not visible */
    bool knows_birth;  /* born_ms is the creation: its end teaches something */
    bool knows_age;    /* the same, but it is watched since later: its end does
                          once it was seen running */
    bool has_callback; /* the service is to call back at its end */
    bool is_held;      /* do not watch before a WATCH comes */
    bool is_nudged;    /* ask again at once after the answer in flight */
    bool is_withdrawn; /* a create that is refused is not sent again */
    int attempts;      /* requests sent for the present phase */
    int failures;      /* in a row */
    int empties;       /* answers in a row since success without a result */
    int last_status;   /* HTTP status of the last fault, 0 none */
    enum lx_kind last_kind; /* of the last fault, NONE when there is none */
    int64_t watch_for_ms;   /* how long a watch lasts */
    int64_t deadline_ms;    /* when the present phase ends */
    int64_t born_ms;        /* creation, or the first watch of a foreign task */
    int64_t seen_ms;        /* the service last showed that it knows the task */
    int64_t due_ms;         /* with LX_ACTION_WAIT: until then */
    struct lx_schedule_entry entry;
    char state[LX_STATE_WORD_MAX]; /* last seen, "" none */
};

/* What does not change from step to step. */
struct lx_task_policy {
    struct lx_backoff_policy retry;
    struct lx_schedule *schedule;
};

enum lx_input_type {
    LX_INPUT_WATCH,   /* watch_for_ms, age_ms, is_ours */
    LX_INPUT_TIME,    /* due_ms, or after SEND deadline_ms, has come; not while
                         a create is in flight */
    LX_INPUT_SENT,    /* the request that was asked for went out */
    LX_INPUT_OUTCOME, /* outcome */
    LX_INPUT_KNOWN,   /* CREATING: its task exists already; age_ms */
    LX_INPUT_NUDGE,   /* a callback named this task */
    LX_INPUT_LEARNED, /* the schedule has learned something meanwhile */
    LX_INPUT_BAD_KEY, /* the key is bad: the outcome's error ends a watch */
    LX_INPUT_CANCEL,  /* the operation was cancelled */
    LX_INPUT_WITHDRAW /* nothing more is to be sent that may cost */
};

struct lx_input {
    enum lx_input_type type;
    const struct lx_outcome *outcome; /* OUTCOME, BAD_KEY */
    double exact_s; /* duration the service told with a result, or -1 */
    bool is_empty;  /* OUTCOME: success, but the record holds no result */
    double random;  /* uniform in [0, 1) */
    int64_t watch_for_ms;
    int64_t age_ms; /* WATCH, KNOWN: since its creation; 0: not known */
    bool is_ours;
    enum lx_request request; /* as it is now; with OUTCOME: NONE */
    bool is_proven;          /* the base URL has answered as the API before */
};

enum lx_action {
    LX_ACTION_NOTHING, /* as before */
    LX_ACTION_SEND,    /* createTask when CREATING, else recordInfo */
    LX_ACTION_WAIT,    /* until due_ms, then LX_INPUT_TIME */
    LX_ACTION_REST,    /* held: nothing before a WATCH */
    LX_ACTION_FORGET,  /* the end, without an event */
    LX_ACTION_END      /* error->kind says how; NONE is success */
};

/* Asserts that the present phase may lead to `phase`. */
void lx_task_set_phase(struct lx_task *task, enum lx_phase phase);

/* The end: with a copy of `reason`, or well. */
enum lx_action lx_task_end_with(struct lx_task *task, struct lx_error *error,
                                const struct lx_error *reason);
enum lx_action lx_task_end_well(struct lx_task *task, struct lx_error *error);

/* WAIT for wait_ms from now on. */
enum lx_action lx_task_wait_for(struct lx_task *task, int64_t now_ms,
                                int64_t wait_ms);

/* Count it, and keep it for the message of a deadline. */
void lx_task_note_fault(struct lx_task *task, const struct lx_outcome *outcome);

#pragma GCC visibility pop
