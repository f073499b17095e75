/* task.c: see task.h. */
#include "engine/task.h"

#include "engine/task_create.h"
#include "engine/task_watch.h"

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
        return lx_task_end_well(task, error);
    lx_task_note_fault(task, outcome);
    if (!is_passing || task->attempts >= policy->retry.attempts ||
        outcome->error.kind == LX_KIND_BAD_RESPONSE)
        return lx_task_end_with(task, error, &outcome->error);
    if (outcome->verdict == LX_VERDICT_SLOWER)
        return lx_task_wait_for(
            task, now_ms,
            lx_backoff_refused_create_ms(&policy->retry, task->failures,
                                         input->random, retry_after_ms));
    return lx_task_wait_for(task, now_ms,
                            lx_backoff_fault_ms(&policy->retry, task->failures,
                                                input->random, retry_after_ms));
}

static enum lx_action after_time(struct lx_task *task, int64_t now_ms,
                                 struct lx_error *error)
{
    switch (task->phase) {
    case LX_PHASE_CREATING:
        return lx_task_create_time(task, now_ms, error);
    case LX_PHASE_WATCHING:
        return lx_task_watch_time(task, now_ms, error);
    case LX_PHASE_ASKING:
        return LX_ACTION_SEND;
    case LX_PHASE_GIVEN_UP:
    case LX_PHASE_HELD:
    case LX_PHASE_OVER:
    case LX_PHASE_COUNT:
        break;
    }
    return LX_ACTION_NOTHING;
}

static enum lx_action after_outcome(struct lx_task *task,
                                    const struct lx_task_policy *policy,
                                    const struct lx_input *input,
                                    int64_t now_ms, struct lx_error *error)
{
    switch (task->phase) {
    case LX_PHASE_CREATING:
        return lx_task_create_answer(task, policy, input, now_ms, error);
    case LX_PHASE_GIVEN_UP:
        return lx_task_given_up_answer(task, input, error);
    case LX_PHASE_WATCHING:
        return lx_task_watch_answer(task, policy, input, now_ms, error);
    case LX_PHASE_ASKING:
        return after_asking(task, policy, input, now_ms, error);
    case LX_PHASE_HELD:
    case LX_PHASE_OVER:
    case LX_PHASE_COUNT:
        break;
    }
    return LX_ACTION_NOTHING;
}

/* Inputs that concern only a watched task. */
static enum lx_action while_watching(struct lx_task *task,
                                     const struct lx_task_policy *policy,
                                     const struct lx_input *input,
                                     int64_t now_ms, struct lx_error *error)
{
    if (task->phase != LX_PHASE_WATCHING)
        return LX_ACTION_NOTHING;
    if (input->type == LX_INPUT_NUDGE)
        return lx_task_watch_nudge(task, input);
    if (input->type == LX_INPUT_LEARNED)
        return lx_task_watch_learned(task, policy, input, now_ms);
    return lx_task_end_with(task, error, &input->outcome->error);
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
        return lx_task_watch_command(task, policy, input, now_ms);
    case LX_INPUT_SENT:
        task->attempts++;
        return LX_ACTION_NOTHING;
    case LX_INPUT_TIME:
        return after_time(task, now_ms, error);
    case LX_INPUT_CANCEL:
        return lx_task_cancel(task, input, error);
    case LX_INPUT_WITHDRAW:
        return lx_task_withdraw(task, input, error);
    case LX_INPUT_OUTCOME:
        return after_outcome(task, policy, input, now_ms, error);
    case LX_INPUT_KNOWN:
        if (task->phase != LX_PHASE_CREATING)
            return LX_ACTION_NOTHING;
        return lx_task_create_known(task, policy, input, now_ms);
    case LX_INPUT_NUDGE:
    case LX_INPUT_LEARNED:
    case LX_INPUT_BAD_KEY:
        return while_watching(task, policy, input, now_ms, error);
    }
    return LX_ACTION_NOTHING;
}
