/* task_phase.c: see task_phase.h. */
#include "engine/task_phase.h"

#include <assert.h>
#include <string.h>

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

void lx_task_set_phase(struct lx_task *task, enum lx_phase phase)
{
    (void)next_phases; /* asserted only */
    assert(next_phases[task->phase] & 1 << phase);
    task->phase = phase;
}

enum lx_action lx_task_end_with(struct lx_task *task, struct lx_error *error,
                                const struct lx_error *reason)
{
    lx_task_set_phase(task, LX_PHASE_OVER);
    *error = *reason;
    error->attempts = task->attempts;
    return LX_ACTION_END;
}

enum lx_action lx_task_end_well(struct lx_task *task, struct lx_error *error)
{
    lx_task_set_phase(task, LX_PHASE_OVER);
    memset(error, 0, sizeof *error);
    error->retry_after_ms = -1;
    error->attempts = task->attempts;
    return LX_ACTION_END;
}

enum lx_action lx_task_wait_for(struct lx_task *task, int64_t now_ms,
                                int64_t wait_ms)
{
    task->due_ms = now_ms + wait_ms;
    return LX_ACTION_WAIT;
}

void lx_task_note_fault(struct lx_task *task, const struct lx_outcome *outcome)
{
    task->failures++;
    task->last_kind = outcome->error.kind;
    task->last_status = outcome->error.http_status;
}
