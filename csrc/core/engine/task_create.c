/* task_create.c: see task_create.h. */
#include "engine/task_create.h"

#include "engine/task_watch.h"

#define CANCELLED_WORDS "cancelled before the service accepted the task"

static enum lx_action begin_life(struct lx_task *task,
                                 const struct lx_task_policy *policy,
                                 const struct lx_input *input, int64_t now_ms)
{
    task->born_ms = task->seen_ms = now_ms;
    task->attempts = task->failures = 0;
    task->last_kind = LX_KIND_NONE;
    task->last_status = 0;
    if (task->is_held) {
        lx_task_set_phase(task, LX_PHASE_HELD);
        return LX_ACTION_REST;
    }
    return lx_task_watch_begin(task, policy, input, now_ms);
}

/* Another client may have created it long ago. */
enum lx_action lx_task_create_known(struct lx_task *task,
                                    const struct lx_task_policy *policy,
                                    const struct lx_input *input,
                                    int64_t now_ms)
{
    return begin_life(task, policy, input, now_ms);
}

static enum lx_action end_cancelled(struct lx_task *task,
                                    struct lx_error *error, const char *words)
{
    lx_error_set(error, LX_KIND_CANCELLED, "%s", words);
    error->charged = LX_CHARGED_NO;
    error->http_status = task->last_status;
    error->attempts = task->attempts;
    lx_task_set_phase(task, LX_PHASE_OVER);
    return LX_ACTION_END;
}

static enum lx_action end_withdrawn(struct lx_task *task,
                                    struct lx_error *error)
{
    enum lx_action action =
        end_cancelled(task, error,
                      "withdrawn before the service accepted it: nothing was "
                      "made, it may be sent again");

    error->retryable = true;
    return action;
}

/* A create is sent again only if it was certainly not accepted. */
enum lx_action lx_task_create_answer(struct lx_task *task,
                                     const struct lx_task_policy *policy,
                                     const struct lx_input *input,
                                     int64_t now_ms, struct lx_error *error)
{
    const struct lx_outcome *outcome = input->outcome;
    int64_t retry_after_ms = outcome->error.retry_after_ms;
    int64_t wait_ms;

    task->knows_birth = outcome->verdict == LX_VERDICT_DONE;
    if (task->knows_birth)
        return begin_life(task, policy, input, now_ms);
    lx_task_note_fault(task, outcome);
    if (outcome->verdict == LX_VERDICT_AGAIN)
        wait_ms = lx_backoff_fault_ms(&policy->retry, task->failures,
                                      input->random, retry_after_ms);
    else if (outcome->verdict == LX_VERDICT_SLOWER)
        wait_ms = lx_backoff_refused_create_ms(&policy->retry, task->failures,
                                               input->random, retry_after_ms);
    else
        return lx_task_end_with(task, error, &outcome->error);
    if (task->is_withdrawn)
        return end_withdrawn(task, error);
    if (task->attempts >= policy->retry.attempts ||
        now_ms + wait_ms >= task->deadline_ms)
        return lx_task_end_with(task, error, &outcome->error);
    return lx_task_wait_for(task, now_ms, wait_ms);
}

/* Cancelled. A create under way is still awaited: its task costs money, and the
 * id must not be lost. One that is not is told to be none. */
enum lx_action lx_task_cancel(struct lx_task *task,
                              const struct lx_input *input,
                              struct lx_error *error)
{
    if (task->phase == LX_PHASE_GIVEN_UP)
        return LX_ACTION_NOTHING;
    if (task->phase == LX_PHASE_CREATING &&
        input->request >= LX_REQUEST_IN_FLIGHT) {
        lx_task_set_phase(task, LX_PHASE_GIVEN_UP);
        return LX_ACTION_NOTHING;
    }
    if (task->phase == LX_PHASE_CREATING)
        return end_cancelled(task, error, CANCELLED_WORDS);
    lx_task_set_phase(task, LX_PHASE_OVER);
    return LX_ACTION_FORGET;
}

enum lx_action lx_task_withdraw(struct lx_task *task,
                                const struct lx_input *input,
                                struct lx_error *error)
{
    if (task->phase != LX_PHASE_CREATING)
        return LX_ACTION_NOTHING;
    task->is_withdrawn = true;
    return input->request >= LX_REQUEST_IN_FLIGHT ? LX_ACTION_NOTHING
                                                  : end_withdrawn(task, error);
}

/* The id has been reported already; a refusal is not tried again. */
enum lx_action lx_task_given_up_answer(struct lx_task *task,
                                       const struct lx_input *input,
                                       struct lx_error *error)
{
    const struct lx_outcome *outcome = input->outcome;

    if (outcome->verdict == LX_VERDICT_DONE) {
        lx_task_set_phase(task, LX_PHASE_OVER);
        return LX_ACTION_FORGET;
    }
    lx_task_end_with(task, error, &outcome->error);
    if (outcome->verdict != LX_VERDICT_OVER)
        lx_error_set(error, LX_KIND_CANCELLED, CANCELLED_WORDS);
    return LX_ACTION_END;
}

/* A pause or the queue has lasted longer than the caller wants to wait. Nothing
 * is under way. */
static enum lx_action end_unsent(struct lx_task *task, struct lx_error *error)
{
    bool is_refused = task->last_kind == LX_KIND_RATE_LIMITED;

    lx_error_set(error, is_refused ? LX_KIND_RATE_LIMITED : LX_KIND_DEADLINE,
                 "not accepted within %.3g s: %s; nothing was made, it may be "
                 "sent again",
                 (double)task->watch_for_ms / 1000.0,
                 is_refused ? "the service keeps refusing for its rate"
                            : "the request had to wait for its turn");
    error->charged = LX_CHARGED_NO;
    error->retryable = true;
    error->http_status = task->last_status;
    error->attempts = task->attempts;
    lx_task_set_phase(task, LX_PHASE_OVER);
    return LX_ACTION_END;
}

enum lx_action lx_task_create_time(struct lx_task *task, int64_t now_ms,
                                   struct lx_error *error)
{
    return now_ms >= task->deadline_ms ? end_unsent(task, error)
                                       : LX_ACTION_SEND;
}
