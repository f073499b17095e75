/* task.h: one task, or one question about a task, as a pure step function:
 * (what happened, now) goes in, what to do comes out. No I/O, no clock, no
 * memory, no threads. */
#pragma once

#include "engine/task_phase.h"

#pragma GCC visibility push(hidden)

/* Begin with a create: send it. */
void lx_task_init_create(struct lx_task *task, uint16_t model, bool is_held,
                         int64_t watch_for_ms, int64_t now_ms);

/* Begin with a task of somebody else; nothing is sent before the WATCH. */
void lx_task_init_watch(struct lx_task *task, uint16_t model);

/* Begin with one question: send it. */
void lx_task_init_query(struct lx_task *task);

/* The next action. `error` is written only with LX_ACTION_END. The state word
 * and its class are read from the outcome's data. */
enum lx_action lx_task_step(struct lx_task *task,
                            const struct lx_task_policy *policy,
                            const struct lx_input *input, int64_t now_ms,
                            struct lx_error *error);

#pragma GCC visibility pop
