/* task.c: see task.h. */
#include "engine/task.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A task that this client made may be unknown to recordInfo for a while. */
#define GRACE_MS              60000
#define INVISIBLE_WAIT_MAX_MS 5000

void lx_task_init_create(struct lx_task *task, uint16_t model, bool is_held,
                         int64_t watch_for_ms, int64_t now_ms)
{
    *task = (struct lx_task){.phase = LX_PHASE_CREATING,
                             .is_ours = true,
                             .is_held = is_held,
                             .watch_for_ms = watch_for_ms,
                             .deadline_ms = now_ms + watch_for_ms,
                             .born_ms = now_ms,
                             .entry.model = model};
}

void lx_task_init_watch(struct lx_task *task, uint16_t model)
{
    *task = (struct lx_task){.phase = LX_PHASE_HELD, .entry.model = model};
}

void lx_task_init_query(struct lx_task *task)
{
    *task = (struct lx_task){.phase = LX_PHASE_ASKING};
}

#define TO(phase) (1 << LX_PHASE_##phase)

/* Where each phase may lead. */
static const int next_phases[LX_PHASE_COUNT] = {
    [LX_PHASE_CREATING] = TO(GIVEN_UP) | TO(HELD) | TO(WATCHING) | TO(OVER),
    [LX_PHASE_GIVEN_UP] = TO(OVER),
    [LX_PHASE_HELD] = TO(WATCHING) | TO(OVER),
    [LX_PHASE_WATCHING] = TO(OVER),
    [LX_PHASE_ASKING] = TO(OVER),
    [LX_PHASE_OVER] = 0,
};

#undef TO

static void set_phase(struct lx_task *task, enum lx_phase phase)
{
    assert(next_phases[task->phase] & 1 << phase);
    task->phase = phase;
}

static enum lx_action end_with(struct lx_task *task, struct lx_error *error,
                               const struct lx_error *reason)
{
    set_phase(task, LX_PHASE_OVER);
    *error = *reason;
    error->attempts = task->attempts;
    return LX_ACTION_END;
}

static enum lx_action end_well(struct lx_task *task, struct lx_error *error)
{
    set_phase(task, LX_PHASE_OVER);
    memset(error, 0, sizeof *error);
    error->retry_after_ms = -1;
    error->attempts = task->attempts;
    return LX_ACTION_END;
}

static enum lx_action wait_for(struct lx_task *task, int64_t now_ms,
                               int64_t wait_ms)
{
    task->due_ms = now_ms + wait_ms;
    return LX_ACTION_WAIT;
}

static double age_s(const struct lx_task *task, int64_t now_ms)
{
    return (double)(now_ms - task->born_ms) / 1000.0;
}

static void begin_watch(struct lx_task *task,
                        const struct lx_task_policy *policy, int64_t now_ms)
{
    set_phase(task, LX_PHASE_WATCHING);
    task->deadline_ms = now_ms + task->watch_for_ms;
    lx_schedule_join(policy->schedule, &task->entry, task->entry.model);
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
    set_phase(task, LX_PHASE_OVER);
    return LX_ACTION_END;
}

static void remember_fault(struct lx_task *task,
                           const struct lx_outcome *outcome)
{
    task->failures++;
    task->last_kind = outcome->error.kind;
    task->last_status = outcome->error.http_status;
}

/* ---- creating ---- */

static enum lx_action begin_life(struct lx_task *task,
                                 const struct lx_task_policy *policy,
                                 double random, int64_t now_ms)
{
    task->born_ms = now_ms;
    task->knows_birth = true;
    task->attempts = task->failures = 0;
    task->last_kind = LX_KIND_NONE;
    task->last_status = 0;
    if (task->is_held) {
        set_phase(task, LX_PHASE_HELD);
        return LX_ACTION_REST;
    }
    begin_watch(task, policy, now_ms);
    return plan(task, policy, random, now_ms);
}

/* Only what was certainly not accepted may be sent again. */
static enum lx_action after_create(struct lx_task *task,
                                   const struct lx_task_policy *policy,
                                   const struct lx_input *input, int64_t now_ms,
                                   struct lx_error *error)
{
    const struct lx_outcome *outcome = input->outcome;
    int64_t retry_after_ms = outcome->error.retry_after_ms;
    int64_t wait_ms;

    if (outcome->verdict == LX_VERDICT_DONE)
        return begin_life(task, policy, input->random, now_ms);
    remember_fault(task, outcome);
    if (outcome->verdict == LX_VERDICT_AGAIN)
        wait_ms = lx_backoff_fault_ms(&policy->retry, task->failures,
                                      input->random, retry_after_ms);
    else if (outcome->verdict == LX_VERDICT_SLOWER)
        wait_ms = lx_backoff_refused_create_ms(&policy->retry, task->failures,
                                               input->random, retry_after_ms);
    else
        return end_with(task, error, &outcome->error);
    if (task->attempts >= policy->retry.attempts ||
        now_ms + wait_ms >= task->deadline_ms)
        return end_with(task, error, &outcome->error);
    return wait_for(task, now_ms, wait_ms);
}

/* Cancelled. A create on its way comes back all the same: what it made costs
 * money, and its id must not be lost. */
static enum lx_action cancel(struct lx_task *task, const struct lx_input *input)
{
    if (task->phase == LX_PHASE_GIVEN_UP)
        return LX_ACTION_NOTHING;
    if (task->phase == LX_PHASE_CREATING &&
        input->request == LX_REQUEST_IN_FLIGHT) {
        set_phase(task, LX_PHASE_GIVEN_UP);
        return LX_ACTION_NOTHING;
    }
    set_phase(task, LX_PHASE_OVER);
    return LX_ACTION_FORGET;
}

/* What was made has been told already; a refusal is not tried again. */
static enum lx_action after_given_up(struct lx_task *task,
                                     const struct lx_input *input,
                                     struct lx_error *error)
{
    const struct lx_outcome *outcome = input->outcome;

    if (outcome->verdict == LX_VERDICT_DONE) {
        set_phase(task, LX_PHASE_OVER);
        return LX_ACTION_FORGET;
    }
    end_with(task, error, &outcome->error);
    if (outcome->verdict != LX_VERDICT_OVER)
        lx_error_set(error, LX_KIND_CANCELLED,
                     "cancelled before the service accepted the task");
    return LX_ACTION_END;
}

/* The pause of a limit, or the queue, has lasted longer than the caller wants
 * to wait. Nothing is on its way. */
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
    set_phase(task, LX_PHASE_OVER);
    return LX_ACTION_END;
}

/* ---- watching ---- */

static enum lx_action after_record(struct lx_task *task,
                                   const struct lx_task_policy *policy,
                                   const struct lx_input *input, int64_t now_ms,
                                   struct lx_error *error)
{
    double age = age_s(task, now_ms);
    enum lx_state_class class = input->outcome->state_class;

    task->failures = 0;
    task->last_kind = LX_KIND_NONE;
    task->last_status = 0;
    memcpy(task->state, input->outcome->state, sizeof task->state);
    if (class == LX_STATE_SUCCESS || class == LX_STATE_FAILED) {
        if (class == LX_STATE_SUCCESS && task->knows_birth)
            lx_schedule_ended(policy->schedule, &task->entry, age,
                              input->exact_s);
        return end_well(task, error);
    }
    lx_schedule_pending(policy->schedule, &task->entry, age);
    if (now_ms >= task->deadline_ms)
        return end_at_deadline(task, error);
    if (task->is_nudged) {
        task->is_nudged = false;
        return LX_ACTION_SEND;
    }
    return plan(task, policy, input->random, now_ms);
}

static int64_t grace_left_ms(const struct lx_task *task, int64_t now_ms)
{
    int64_t half = task->watch_for_ms / 2;

    return task->born_ms + (half < GRACE_MS ? half : GRACE_MS) - now_ms;
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
    return wait_for(task, now_ms, wait_ms);
}

/* A page instead of an answer may be a captive portal on a train, unless this
 * base URL has never given an answer: then it is wrong. */
static bool is_wrong_base_url(const struct lx_input *input)
{
    return input->outcome->envelope.shape == LX_SHAPE_HTML &&
           input->outcome->error.kind == LX_KIND_BAD_RESPONSE &&
           !input->is_proven;
}

static enum lx_action after_query(struct lx_task *task,
                                  const struct lx_task_policy *policy,
                                  const struct lx_input *input, int64_t now_ms,
                                  struct lx_error *error)
{
    const struct lx_outcome *outcome = input->outcome;
    int64_t retry_after_ms = outcome->error.retry_after_ms;
    int64_t wait_ms = 0;

    switch (outcome->verdict) {
    case LX_VERDICT_DONE:
        return after_record(task, policy, input, now_ms, error);
    case LX_VERDICT_AGAIN:
        if (is_wrong_base_url(input))
            return end_with(task, error, &outcome->error);
        remember_fault(task, outcome);
        wait_ms = lx_backoff_fault_ms(&policy->retry, task->failures,
                                      input->random, retry_after_ms);
        break;
    case LX_VERDICT_SLOWER:
        remember_fault(task, outcome);
        wait_ms = lx_backoff_refused_query_ms(&policy->retry, task->failures,
                                              input->random, retry_after_ms);
        break;
    case LX_VERDICT_NOT_VISIBLE:
        if (!task->is_ours || grace_left_ms(task, now_ms) <= 0)
            return end_with(task, error, &outcome->error);
        remember_fault(task, outcome);
        wait_ms = lx_backoff_refused_create_ms(&policy->retry, task->failures,
                                               input->random, -1);
        wait_ms = smaller(wait_ms, INVISIBLE_WAIT_MAX_MS);
        wait_ms = smaller(wait_ms, grace_left_ms(task, now_ms));
        break;
    case LX_VERDICT_OVER:
        return end_with(task, error, &outcome->error);
    }
    return wait_out(task, now_ms, wait_ms, error);
}

/* Another wait for what is watched already. Its deadline may come before the
 * next question; when one is on its way, the answer sees to that. */
static enum lx_action renew_watch(struct lx_task *task,
                                  const struct lx_input *input, int64_t now_ms)
{
    task->deadline_ms = now_ms + input->watch_for_ms;
    if (input->request != LX_REQUEST_NONE || task->due_ms <= task->deadline_ms)
        return LX_ACTION_NOTHING;
    task->due_ms = task->deadline_ms;
    return LX_ACTION_WAIT;
}

static enum lx_action start_watch(struct lx_task *task,
                                  const struct lx_task_policy *policy,
                                  const struct lx_input *input, int64_t now_ms)
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
    begin_watch(task, policy, now_ms);
    if (task->knows_birth)
        return plan(task, policy, input->random, now_ms);
    task->born_ms = now_ms;
    return LX_ACTION_SEND;
}

/* ---- asking once ---- */

static enum lx_action after_asking(struct lx_task *task,
                                   const struct lx_task_policy *policy,
                                   const struct lx_input *input, int64_t now_ms,
                                   struct lx_error *error)
{
    const struct lx_outcome *outcome = input->outcome;
    int64_t retry_after_ms = outcome->error.retry_after_ms;
    bool is_passing = outcome->verdict == LX_VERDICT_AGAIN ||
                      outcome->verdict == LX_VERDICT_SLOWER;

    if (outcome->verdict == LX_VERDICT_DONE)
        return end_well(task, error);
    remember_fault(task, outcome);
    if (!is_passing || task->attempts >= policy->retry.attempts ||
        outcome->error.kind == LX_KIND_BAD_RESPONSE)
        return end_with(task, error, &outcome->error);
    if (outcome->verdict == LX_VERDICT_SLOWER)
        return wait_for(
            task, now_ms,
            lx_backoff_refused_create_ms(&policy->retry, task->failures,
                                         input->random, retry_after_ms));
    return wait_for(task, now_ms,
                    lx_backoff_fault_ms(&policy->retry, task->failures,
                                        input->random, retry_after_ms));
}

/* ---- the step ---- */

static enum lx_action after_time(struct lx_task *task, int64_t now_ms,
                                 struct lx_error *error)
{
    bool is_late = now_ms >= task->deadline_ms;

    if (task->phase == LX_PHASE_HELD || task->phase == LX_PHASE_GIVEN_UP)
        return LX_ACTION_NOTHING;
    if (task->phase == LX_PHASE_CREATING && is_late)
        return end_unsent(task, error);
    if (task->phase == LX_PHASE_WATCHING && is_late)
        return end_at_deadline(task, error);
    return LX_ACTION_SEND;
}

static enum lx_action after_outcome(struct lx_task *task,
                                    const struct lx_task_policy *policy,
                                    const struct lx_input *input,
                                    int64_t now_ms, struct lx_error *error)
{
    switch (task->phase) {
    case LX_PHASE_CREATING:
        return after_create(task, policy, input, now_ms, error);
    case LX_PHASE_GIVEN_UP:
        return after_given_up(task, input, error);
    case LX_PHASE_WATCHING:
        return after_query(task, policy, input, now_ms, error);
    case LX_PHASE_ASKING:
        return after_asking(task, policy, input, now_ms, error);
    case LX_PHASE_HELD:
    case LX_PHASE_OVER:
    case LX_PHASE_COUNT:
        break;
    }
    return LX_ACTION_NOTHING;
}

/* A pause after a fault stays as it is. */
static bool wants_new_plan(const struct lx_task *task,
                           const struct lx_task_policy *policy,
                           const struct lx_input *input)
{
    return task->phase == LX_PHASE_WATCHING && task->failures == 0 &&
           input->request == LX_REQUEST_NONE &&
           lx_schedule_is_stale(policy->schedule, &task->entry);
}

static enum lx_action after_nudge(struct lx_task *task,
                                  const struct lx_input *input)
{
    if (task->phase != LX_PHASE_WATCHING)
        return LX_ACTION_NOTHING;
    task->is_nudged = input->request != LX_REQUEST_NONE;
    return task->is_nudged ? LX_ACTION_NOTHING : LX_ACTION_SEND;
}

enum lx_action lx_task_step(struct lx_task *task,
                            const struct lx_task_policy *policy,
                            const struct lx_input *input, int64_t now_ms,
                            struct lx_error *error)
{
    if (task->phase == LX_PHASE_OVER)
        return LX_ACTION_NOTHING;
    switch (input->type) {
    case LX_INPUT_WATCH:
        return start_watch(task, policy, input, now_ms);
    case LX_INPUT_SENT:
        task->attempts++;
        return LX_ACTION_NOTHING;
    case LX_INPUT_TIME:
        return after_time(task, now_ms, error);
    case LX_INPUT_NUDGE:
        return after_nudge(task, input);
    case LX_INPUT_LEARNED:
        if (!wants_new_plan(task, policy, input))
            return LX_ACTION_NOTHING;
        return plan(task, policy, input->random, now_ms);
    case LX_INPUT_CANCEL:
        return cancel(task, input);
    case LX_INPUT_OUTCOME:
        return after_outcome(task, policy, input, now_ms, error);
    }
    return LX_ACTION_NOTHING;
}
