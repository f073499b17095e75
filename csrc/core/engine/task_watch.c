/* task_watch.c: see task_watch.h. */
#include "engine/task_watch.h"

#include <stdio.h>
#include <string.h>

/* A task that exists may be unknown to recordInfo for a while: just after its
 * creation, and to a replica that lags. */
#define GRACE_MS              60000
#define INVISIBLE_WAIT_MAX_MS 5000
/* The result may come later than the state: queries until then, at most. */
#define EMPTIES_MAX 3

static double age_s(const struct lx_task *task, int64_t now_ms)
{
    return (double)(now_ms - task->born_ms) / 1000.0;
}

/* The next question by what is known of the model, or the deadline: compared as
 * seconds, for a delay may be too long for milliseconds. */
static enum lx_action plan(struct lx_task *task,
                           const struct lx_task_policy *policy, double random,
                           int64_t now_ms)
{
    double delay_s = lx_schedule_next(policy->schedule, &task->entry,
                                      age_s(task, now_ms), random);
    double left_s = (double)(task->deadline_ms - now_ms) / 1000.0;

    task->due_ms = delay_s < left_s ? now_ms + (int64_t)(delay_s * 1000.0)
                                    : task->deadline_ms;
    return LX_ACTION_WAIT;
}

/* Asked at once, whatever its age: it may have ended long ago. */
static enum lx_action begin_late(struct lx_task *task,
                                 const struct lx_input *input, int64_t now_ms)
{
    task->seen_ms = now_ms;
    task->born_ms = now_ms - input->age_ms;
    task->knows_age = input->age_ms > 0;
    task->entry.asked_age = (float)age_s(task, now_ms); /* not watched before */
    return LX_ACTION_SEND;
}

enum lx_action lx_task_watch_begin(struct lx_task *task,
                                   const struct lx_task_policy *policy,
                                   const struct lx_input *input, int64_t now_ms)
{
    lx_task_set_phase(task, LX_PHASE_WATCHING);
    task->deadline_ms = now_ms + task->watch_for_ms;
    lx_schedule_join(policy->schedule, &task->entry, task->entry.model);
    task->entry.has_callback = task->has_callback;
    return task->knows_birth ? plan(task, policy, input->random, now_ms)
                             : begin_late(task, input, now_ms);
}

static enum lx_action end_at_deadline(struct lx_task *task,
                                      struct lx_error *error)
{
    char fault[64] = "";

    if (task->last_kind != LX_KIND_NONE && task->last_status)
        snprintf(fault, sizeof fault, "; last fault: %s, HTTP %d",
                 lx_kind_name(task->last_kind), task->last_status);
    else if (task->last_kind != LX_KIND_NONE)
        snprintf(fault, sizeof fault, "; last fault: %s",
                 lx_kind_name(task->last_kind));
    lx_error_set(error, LX_KIND_DEADLINE,
                 "not done after %.3g s of watching (last state: %s%s); the "
                 "task goes on at the service: wait again, or keep its id",
                 (double)task->watch_for_ms / 1000.0,
                 task->state[0] ? task->state : "none seen", fault);
    error->charged = LX_CHARGED_MAYBE;
    error->retryable = false; /* a second generate makes a second task */
    error->attempts = task->attempts;
    lx_task_set_phase(task, LX_PHASE_OVER);
    return LX_ACTION_END;
}

static int64_t backoff_ms(const struct lx_task *task,
                          const struct lx_task_policy *policy,
                          const struct lx_input *input)
{
    return lx_backoff_fault_ms(&policy->retry, task->failures, input->random,
                               input->outcome->error.retry_after_ms);
}

/* Success without URLs: ask again, each time later, up to the deadline and a
 * maximum of tries. */
static enum lx_action after_empty(struct lx_task *task,
                                  const struct lx_task_policy *policy,
                                  int64_t now_ms, struct lx_error *error)
{
    int64_t wait_ms = (2 * policy->retry.base_ms) << task->empties;

    if (task->empties == EMPTIES_MAX || now_ms + wait_ms >= task->deadline_ms)
        return lx_task_end_well(task, error);
    task->empties++;
    return lx_task_wait_for(task, now_ms, wait_ms);
}

static bool teaches(const struct lx_task *task)
{
    return task->knows_birth || (task->knows_age && task->entry.queries > 0);
}

static enum lx_action after_success(struct lx_task *task,
                                    const struct lx_task_policy *policy,
                                    const struct lx_input *input,
                                    int64_t now_ms, struct lx_error *error)
{
    if (teaches(task) && task->empties == 0)
        lx_schedule_ended(policy->schedule, &task->entry, age_s(task, now_ms),
                          input->exact_s);
    if (input->is_empty)
        return after_empty(task, policy, now_ms, error);
    return lx_task_end_well(task, error);
}

static enum lx_action after_record(struct lx_task *task,
                                   const struct lx_task_policy *policy,
                                   const struct lx_input *input, int64_t now_ms,
                                   struct lx_error *error)
{
    enum lx_state_class class = input->outcome->state_class;

    task->failures = 0;
    task->last_kind = LX_KIND_NONE;
    task->last_status = 0;
    task->seen_ms = now_ms;
    memcpy(task->state, input->outcome->state, sizeof task->state);
    if (class == LX_STATE_SUCCESS)
        return after_success(task, policy, input, now_ms, error);
    if (class == LX_STATE_FAILED)
        return lx_task_end_well(task, error);
    lx_schedule_pending(policy->schedule, &task->entry, age_s(task, now_ms));
    if (now_ms >= task->deadline_ms)
        return end_at_deadline(task, error);
    if (task->is_nudged) {
        task->is_nudged = false;
        return LX_ACTION_SEND;
    }
    return plan(task, policy, input->random, now_ms);
}

/* Whether the service has shown that it knows the task. */
static bool is_known(const struct lx_task *task)
{
    return task->is_ours || task->state[0] != '\0';
}

static int64_t grace_left_ms(const struct lx_task *task, int64_t now_ms)
{
    int64_t half = task->watch_for_ms / 2;
    int64_t grace = task->state[0] || half > GRACE_MS ? GRACE_MS : half;

    return is_known(task) ? task->seen_ms + grace - now_ms : 0;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* After a fault: wait, or end at the deadline that comes before. */
static enum lx_action wait_out(struct lx_task *task, int64_t now_ms,
                               int64_t wait_ms, struct lx_error *error)
{
    if (now_ms >= task->deadline_ms)
        return end_at_deadline(task, error);
    if (now_ms + wait_ms > task->deadline_ms)
        wait_ms = task->deadline_ms - now_ms;
    return lx_task_wait_for(task, now_ms, wait_ms);
}

/* A page or a refusal may come from a captive portal, or from one bad machine
 * of many; unless this base URL has never answered as the API: then it is
 * wrong. */
static bool is_wrong_base_url(const struct lx_input *input)
{
    const struct lx_outcome *outcome = input->outcome;

    return !input->is_proven && (outcome->verdict == LX_VERDICT_REFUSED ||
                                 (outcome->envelope.shape == LX_SHAPE_HTML &&
                                  outcome->error.kind == LX_KIND_BAD_RESPONSE));
}

static enum lx_action after_fault(struct lx_task *task,
                                  const struct lx_task_policy *policy,
                                  const struct lx_input *input, int64_t now_ms,
                                  struct lx_error *error)
{
    if (is_wrong_base_url(input))
        return lx_task_end_with(task, error, &input->outcome->error);
    lx_task_note_fault(task, input->outcome);
    return wait_out(task, now_ms, backoff_ms(task, policy, input), error);
}

static enum lx_action after_slower(struct lx_task *task,
                                   const struct lx_task_policy *policy,
                                   const struct lx_input *input, int64_t now_ms,
                                   struct lx_error *error)
{
    lx_task_note_fault(task, input->outcome);
    int64_t wait_ms = lx_backoff_refused_query_ms(
        &policy->retry, task->failures, input->random,
        input->outcome->error.retry_after_ms);
    return wait_out(task, now_ms, wait_ms, error);
}

static enum lx_action after_invisible(struct lx_task *task,
                                      const struct lx_task_policy *policy,
                                      const struct lx_input *input,
                                      int64_t now_ms, struct lx_error *error)
{
    int64_t grace_ms = grace_left_ms(task, now_ms);

    if (task->empties > 0)
        return after_empty(task, policy, now_ms, error);
    if (grace_ms <= 0)
        return lx_task_end_with(task, error, &input->outcome->error);
    lx_task_note_fault(task, input->outcome);
    int64_t wait_ms = lx_backoff_refused_create_ms(
        &policy->retry, task->failures, input->random, -1);
    wait_ms = smaller(wait_ms, INVISIBLE_WAIT_MAX_MS);
    return wait_out(task, now_ms, smaller(wait_ms, grace_ms), error);
}

/* A task that the service knows is waited for; the refusal may be about an id
 * that it has never known. */
static enum lx_action after_refusal(struct lx_task *task,
                                    const struct lx_task_policy *policy,
                                    const struct lx_input *input,
                                    int64_t now_ms, struct lx_error *error)
{
    if (task->empties > 0)
        return after_empty(task, policy, now_ms, error);
    if (!is_known(task) && task->failures + 1 >= policy->retry.attempts)
        return lx_task_end_with(task, error, &input->outcome->error);
    return after_fault(task, policy, input, now_ms, error);
}

/* The caller lets few ask until the key is accepted again. */
static enum lx_action after_bad_key(struct lx_task *task,
                                    const struct lx_input *input,
                                    int64_t now_ms, struct lx_error *error)
{
    lx_task_note_fault(task, input->outcome);
    if (now_ms >= task->deadline_ms)
        return end_at_deadline(task, error);
    return LX_ACTION_SEND;
}

enum lx_action lx_task_watch_answer(struct lx_task *task,
                                    const struct lx_task_policy *policy,
                                    const struct lx_input *input,
                                    int64_t now_ms, struct lx_error *error)
{
    switch (input->outcome->verdict) {
    case LX_VERDICT_DONE:
        return after_record(task, policy, input, now_ms, error);
    case LX_VERDICT_AGAIN:
        return after_fault(task, policy, input, now_ms, error);
    case LX_VERDICT_SLOWER:
        return after_slower(task, policy, input, now_ms, error);
    case LX_VERDICT_NOT_VISIBLE:
        return after_invisible(task, policy, input, now_ms, error);
    case LX_VERDICT_REFUSED:
        return after_refusal(task, policy, input, now_ms, error);
    case LX_VERDICT_BAD_KEY:
        return after_bad_key(task, input, now_ms, error);
    case LX_VERDICT_OVER:
        break;
    }
    return lx_task_end_with(task, error, &input->outcome->error);
}

/* Another wait for a watched task. Its deadline may come before the next query;
 * while one is under way, its answer looks at the deadline. */
static enum lx_action renew_watch(struct lx_task *task,
                                  const struct lx_input *input, int64_t now_ms)
{
    task->deadline_ms = now_ms + input->watch_for_ms;
    if (input->request != LX_REQUEST_NONE || task->due_ms <= task->deadline_ms)
        return LX_ACTION_NOTHING;
    task->due_ms = task->deadline_ms;
    return LX_ACTION_WAIT;
}

enum lx_action lx_task_watch_command(struct lx_task *task,
                                     const struct lx_task_policy *policy,
                                     const struct lx_input *input,
                                     int64_t now_ms)
{
    if (task->phase == LX_PHASE_ASKING || task->phase == LX_PHASE_GIVEN_UP)
        return LX_ACTION_NOTHING;
    task->is_held = false;
    task->watch_for_ms = input->watch_for_ms;
    if (task->phase == LX_PHASE_CREATING)
        return LX_ACTION_NOTHING; /* watched as soon as it exists */
    task->is_ours = task->is_ours || input->is_ours;
    if (task->phase == LX_PHASE_WATCHING)
        return renew_watch(task, input, now_ms);
    return lx_task_watch_begin(task, policy, input, now_ms);
}

enum lx_action lx_task_watch_time(struct lx_task *task, int64_t now_ms,
                                  struct lx_error *error)
{
    return now_ms >= task->deadline_ms ? end_at_deadline(task, error)
                                       : LX_ACTION_SEND;
}

enum lx_action lx_task_watch_nudge(struct lx_task *task,
                                   const struct lx_input *input)
{
    task->entry.is_called = true;
    task->is_nudged = input->request != LX_REQUEST_NONE;
    return task->is_nudged ? LX_ACTION_NOTHING : LX_ACTION_SEND;
}

/* A pause after a fault stays as it is. */
enum lx_action lx_task_watch_learned(struct lx_task *task,
                                     const struct lx_task_policy *policy,
                                     const struct lx_input *input,
                                     int64_t now_ms)
{
    if (task->failures > 0 || task->empties > 0 ||
        input->request != LX_REQUEST_NONE ||
        !lx_schedule_is_stale(policy->schedule, &task->entry))
        return LX_ACTION_NOTHING;
    return plan(task, policy, input->random, now_ms);
}
