/* task_rig.h: what the tests of the step function share: a task with its
 * policy, outcomes made to measure, and steps in one line. */
#pragma once

#include "../check.h"
#include "engine/task.h"

#include <stdlib.h>

#define FIRST_MS 5000 /* of the fixed cadence: every question after so long */
#define WATCH_MS 900000
#define START_MS INT64_C(1000000)

struct rig {
    struct lx_task task;
    struct lx_task_policy policy;
    struct lx_error error; /* of the last END */
    int64_t now_ms;
    int sends;      /* actions SEND so far */
    bool is_proven; /* when an outcome is taken */
};

static inline void open_rig(struct rig *rig, bool is_learning)
{
    struct lx_cadence cadence = {.first = FIRST_MS / 1000.0,
                                 .max = FIRST_MS / 1000.0};

    *rig = (struct rig){.now_ms = START_MS, .is_proven = true};
    rig->policy.retry = (struct lx_backoff_policy){4, 500, 30000};
    rig->policy.schedule = lx_schedule_new(is_learning ? NULL : &cadence);
    CHECK(rig->policy.schedule != NULL);
}

static inline void close_rig(struct rig *rig)
{
    lx_schedule_free(rig->policy.schedule);
}

/* An outcome of the verdict; no page, no Retry-After, no data. */
static inline struct lx_outcome outcome_of(enum lx_verdict verdict,
                                           enum lx_kind kind, int http_status)
{
    struct lx_outcome outcome = {.verdict = verdict,
                                 .envelope.shape = LX_SHAPE_API};

    lx_error_set(&outcome.error, kind, "words of the outcome");
    outcome.error.http_status = http_status;
    return outcome;
}

/* DONE with this text as the record's data, which it borrows. */
static inline struct lx_outcome record_of(const char *data)
{
    struct lx_outcome outcome = outcome_of(LX_VERDICT_DONE, LX_KIND_NONE, 200);

    CHECK(lx_json_parse(data, strlen(data), &outcome.envelope.data, NULL));
    outcome.envelope.state = lx_json_get(outcome.envelope.data, "state");
    outcome.state_class =
        lx_envelope_state(outcome.envelope.state, outcome.state);
    return outcome;
}

#define WAITING "{\"state\":\"waiting\"}"
#define SUCCESS "{\"state\":\"success\"}"
#define FAIL    "{\"state\":\"fail\"}"

static inline enum lx_action step(struct rig *rig, struct lx_input input)
{
    enum lx_action action;

    memset(&rig->error, 0xEE, sizeof rig->error);
    action = lx_task_step(&rig->task, &rig->policy, &input, rig->now_ms,
                          &rig->error);
    rig->sends += action == LX_ACTION_SEND;
    return action;
}

static inline enum lx_action take(struct rig *rig,
                                  const struct lx_outcome *outcome)
{
    step(rig, (struct lx_input){.type = LX_INPUT_SENT});
    return step(rig, (struct lx_input){.type = LX_INPUT_OUTCOME,
                                       .outcome = outcome,
                                       .is_proven = rig->is_proven,
                                       .exact_s = -1,
                                       .random = 0.5});
}

static inline enum lx_action take_record(struct rig *rig, const char *data)
{
    struct lx_outcome outcome = record_of(data);

    return take(rig, &outcome);
}

/* Go to due_ms and tell the time. */
static inline enum lx_action wake(struct rig *rig)
{
    rig->now_ms = rig->task.due_ms;
    return step(rig, (struct lx_input){.type = LX_INPUT_TIME});
}

static inline enum lx_action watch(struct rig *rig, int64_t watch_for_ms,
                                   bool is_ours)
{
    return step(rig, (struct lx_input){.type = LX_INPUT_WATCH,
                                       .watch_for_ms = watch_for_ms,
                                       .is_ours = is_ours,
                                       .random = 0.5});
}

/* A task in `phase`; that of WATCHING and HELD was created by us just now. */
static inline void enter(struct rig *rig, enum lx_phase phase)
{
    struct lx_outcome created = outcome_of(LX_VERDICT_DONE, LX_KIND_NONE, 200);

    if (phase == LX_PHASE_ASKING) {
        lx_task_init_query(&rig->task);
        return;
    }
    lx_task_init_create(&rig->task, 0, phase == LX_PHASE_HELD, WATCH_MS,
                        rig->now_ms);
    if (phase == LX_PHASE_GIVEN_UP)
        step(rig, (struct lx_input){.type = LX_INPUT_CANCEL,
                                    .request = LX_REQUEST_IN_FLIGHT});
    if (phase == LX_PHASE_CREATING || phase == LX_PHASE_GIVEN_UP)
        return;
    take(rig, &created);
    if (phase == LX_PHASE_OVER)
        take_record(rig, SUCCESS);
    CHECK_EQ(rig->task.phase, phase);
}
