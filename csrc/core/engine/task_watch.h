/* task_watch.h: a task that exists: when to ask about it, and which answers end
 * the watch. Only the service's own final states end the task; whatever else an
 * answer says is asked again, within the deadline. Steps of task.h; pure. */
#pragma once

#include "engine/task_phase.h"

#pragma GCC visibility push(hidden)

/* Watch from now on. input: random; age_ms, unless it was created just now. */
enum lx_action lx_task_watch_begin(struct lx_task *task,
                                   const struct lx_task_policy *policy,
                                   const struct lx_input *input,
                                   int64_t now_ms);

/* A WATCH in any phase: begin, go on with a fresh deadline, or as soon as there
 * is something to watch. */
enum lx_action lx_task_watch_command(struct lx_task *task,
                                     const struct lx_task_policy *policy,
                                     const struct lx_input *input,
                                     int64_t now_ms);

/* The rest is for WATCHING. */
enum lx_action lx_task_watch_answer(struct lx_task *task,
                                    const struct lx_task_policy *policy,
                                    const struct lx_input *input,
                                    int64_t now_ms, struct lx_error *error);
enum lx_action lx_task_watch_time(struct lx_task *task, int64_t now_ms,
                                  struct lx_error *error);
enum lx_action lx_task_watch_nudge(struct lx_task *task,
                                   const struct lx_input *input);
enum lx_action lx_task_watch_learned(struct lx_task *task,
                                     const struct lx_task_policy *policy,
                                     const struct lx_input *input,
                                     int64_t now_ms);

#pragma GCC visibility pop
