/* schedule_model.h: the inside of a schedule, shared by schedule.c and
 * schedule_store.c only. */
#pragma once

#include "pace/knowledge.h"
#include "pace/cadence.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Further names share one model: see lx_schedule_model. */
#define LX_SCHEDULE_MODELS_MAX 1024
#define LX_SCHEDULE_NAME_MAX   95 /* bytes */

struct lx_model {
    char name[LX_SCHEDULE_NAME_MAX + 1];
    size_t scouts;            /* among the tasks watched */
    unsigned seats_taken;     /* by scouts so far */
    size_t wave;              /* tasks that may still be sent to ask at once, */
    double running_age;       /* of the oldest task seen running */
    double wave_age;          /* when they are at least as old, in seconds */
    bool are_callbacks_alive; /* the last end of a task with one was told */
    struct lx_knowledge known;
};

/* Slots of the open hash over names; each is an index + 1, or 0. */
#define LX_SCHEDULE_SLOTS (2 * LX_SCHEDULE_MODELS_MAX)

#define LX_SCHEDULE_MODEL_OTHER 0 /* made first, so it is always there */
#define LX_SCHEDULE_MODEL_NONE  UINT16_MAX

struct lx_schedule {
    struct lx_timescale scale;
    struct lx_cadence cadence;
    bool is_fixed;
    size_t count;
    struct lx_model *models[LX_SCHEDULE_MODELS_MAX]; /* owned */
    uint16_t slots[LX_SCHEDULE_SLOTS];
};
