/* task_create.h: a task until it exists, also when its create was cancelled: a
 * create that was not certainly refused is never sent again, and a task that
 * was made is never lost. Steps of task.h; pure. */
#pragma once

#include "engine/task_phase.h"

#pragma GCC visibility push(hidden)

/* CREATING: the outcome of createTask. */
enum lx_action lx_task_create_answer(struct lx_task *task,
                                     const struct lx_task_policy *policy,
                                     const struct lx_input *input,
                                     int64_t now_ms, struct lx_error *error);

/* CREATING, and nothing is on its way: the journal names the task. */
enum lx_action lx_task_create_known(struct lx_task *task,
                                    const struct lx_task_policy *policy,
                                    const struct lx_input *input,
                                    int64_t now_ms);

/* CREATING, and nothing is on its way: a pause is over, or the deadline. */
enum lx_action lx_task_create_time(struct lx_task *task, int64_t now_ms,
                                   struct lx_error *error);

/* Any phase but OVER: the operation was cancelled. */
enum lx_action lx_task_cancel(struct lx_task *task,
                              const struct lx_input *input,
                              struct lx_error *error);

/* CREATING: it ends, unless it is on its way, and is not sent again. */
enum lx_action lx_task_withdraw(struct lx_task *task,
                                const struct lx_input *input,
                                struct lx_error *error);

/* GIVEN_UP: the outcome of createTask. */
enum lx_action lx_task_given_up_answer(struct lx_task *task,
                                       const struct lx_input *input,
                                       struct lx_error *error);

#pragma GCC visibility pop
