/* ledger.c: see ledger.h. What happens to an entry; ledger_plan.c has what is
 * to be sent. */
#include "journal/ledger.h"

#include "journal/attempts.h"
#include "os/clock.h"

#include <assert.h>
#include <string.h>

int64_t lx_ledger_now_ms(const struct lx_ledger *ledger)
{
    const struct lx_store_api *api = ledger->api;

    return lx_unix_ms() +
           (api->clock_lead_ms ? api->clock_lead_ms(ledger->store) : 0);
}

/* ---- the money and the attempts ---- */

/* The attempt that an id is for: the one that was sent, unless it has another
 * id. NULL where there are too many. */
static struct lx_attempt_copy *choose_attempt(struct lx_attempts *attempts,
                                              int64_t number)
{
    struct lx_attempt_copy *copy = lx_attempts_get(attempts, number);

    return copy && !copy->attempt.task_id ? copy
                                          : lx_attempts_add(attempts, NULL);
}

static enum lx_store_status write_id(struct lx_attempts *attempts,
                                     const struct lx_entry_news *news,
                                     int64_t *number)
{
    struct lx_attempt_copy *copy = choose_attempt(attempts, news->attempt);

    if (!copy)
        return LX_STORE_OTHER;
    lx_attempt_set_task(copy, news->task_id);
    lx_attempt_set_outcome(copy, NULL);
    if (copy->attempt.charged_mc == 0)
        copy->attempt.charged_mc = LX_MONEY_UNKNOWN; /* was given back */
    *number = copy->attempt.number;
    return lx_attempt_write(attempts, copy);
}

static enum lx_store_status write_again(struct lx_attempts *attempts,
                                        const struct lx_entry_news *news,
                                        int64_t *number)
{
    struct lx_attempt_copy *copy = lx_attempts_add(attempts, NULL);

    if (!copy)
        return LX_STORE_OTHER;
    lx_attempt_set_token(copy, news->token_hash);
    *number = copy->attempt.number;
    return lx_attempt_reserve(attempts, copy, news->price_mc, news->budgets,
                              news->budget_count);
}

static enum lx_store_status write_money(struct lx_attempts *attempts,
                                        unsigned writes, int64_t number,
                                        int64_t charged_mc)
{
    struct lx_attempt_copy *copy = lx_attempts_get(attempts, number);

    if (!copy || !(writes & (LX_WRITE_SETTLE | LX_WRITE_RELEASE)))
        return LX_STORE_OK;
    return lx_attempt_settle(attempts, copy,
                             writes & LX_WRITE_RELEASE ? 0 : charged_mc);
}

/* All that goes into attempts; entry->attempt becomes the one that counts. */
static enum lx_store_status write_attempts(struct lx_attempts *attempts,
                                           unsigned writes,
                                           struct lx_entry *entry,
                                           const struct lx_entry_news *news)
{
    enum lx_store_status status = LX_STORE_OK;
    int64_t number = entry->attempt;

    if (writes & LX_WRITE_SENT)
        status =
            lx_attempt_send(attempts, number, news->now_ms, news->token_hash);
    else if (writes & LX_WRITE_ATTEMPT)
        status = write_again(attempts, news, &number);
    else if (writes & LX_WRITE_ID)
        status = write_id(attempts, news, &number);
    if (writes & (LX_WRITE_ATTEMPT | LX_WRITE_WATCH))
        entry->attempt = number;
    struct lx_attempt_copy *copy = lx_attempts_get(attempts, entry->attempt);
    if (status == LX_STORE_OK && writes & LX_WRITE_NO_ID && copy) {
        lx_attempt_set_task(copy, NULL);
        status = lx_attempt_write(attempts, copy);
    }
    if (status == LX_STORE_OK)
        status =
            write_money(attempts, writes, entry->attempt, news->charged_mc);
    return status;
}

static enum lx_store_status write_files(struct lx_ledger *ledger, int64_t id,
                                        const struct lx_entry_news *news)
{
    enum lx_store_status status = LX_STORE_OK;

    for (size_t i = 0; i < news->file_count && status == LX_STORE_OK; i++) {
        struct lx_entry_file file = news->files[i];
        file.entry_id = id;
        status = ledger->api->put_file(ledger->store, &file);
    }
    return status;
}

/* ---- the entry ---- */

static void set_times(struct lx_entry *entry, int64_t now_ms)
{
    switch (entry->state) {
    case LX_ENTRY_PLANNED:
    case LX_ENTRY_SENDING:
        entry->ended_ms = entry->accepted_ms = 0;
        break;
    case LX_ENTRY_ACCEPTED:
        entry->ended_ms = 0;
        if (!entry->accepted_ms)
            entry->accepted_ms = now_ms;
        break;
    case LX_ENTRY_SAVED:
        entry->saved_ms = now_ms;
        break;
    default:
        if (!entry->ended_ms)
            entry->ended_ms = now_ms;
    }
}

/* JSON: a text that is there can be replaced, not taken away. */
#define NO_ERROR "null"

static struct lx_entry entry_after(const struct lx_ledger *ledger,
                                   const struct lx_entry *before,
                                   struct lx_entry_step step,
                                   const struct lx_entry_news *news)
{
    struct lx_entry after = *before;

    after.state = step.to;
    if (step.writes & (LX_WRITE_OWN | LX_WRITE_DISOWN)) {
        after.owner =
            step.writes & LX_WRITE_OWN ? ledger->api->owner(ledger->store) : 0;
        after.fence++;
    }
    if (step.writes & LX_WRITE_RESULT && news->urls)
        after.urls = news->urls;
    if (step.writes & LX_WRITE_ERROR && news->error)
        after.error = news->error;
    else if (step.writes & LX_WRITE_ATTEMPT)
        after.error = NO_ERROR;
    if (step.to != before->state)
        set_times(&after, news->now_ms);
    return after;
}

/* The same once its owner has left it, where that goes with the news. */
static struct lx_entry entry_left(const struct lx_ledger *ledger,
                                  const struct lx_entry *entry,
                                  const struct lx_entry_news *news)
{
    struct lx_entry_step step =
        lx_entry_step(entry, LX_ENTRY_EVENT_LEAVE, news->leave_fence);

    return news->leave_fence && step.verdict == LX_ENTRY_STEP_GO
               ? entry_after(ledger, entry, step, news)
               : *entry;
}

/* Of an attempt that has made nothing. */
static enum lx_store_status release_attempt(struct lx_attempts *attempts,
                                            int64_t number)
{
    struct lx_attempt_copy *copy = lx_attempts_get(attempts, number);

    if (!copy || copy->attempt.task_id)
        return LX_STORE_OK;
    lx_attempt_set_outcome(copy, NULL);
    return lx_attempt_settle(attempts, copy, 0);
}

/* The entry follows another attempt from now on. */
static enum lx_store_status unfollow_attempt(struct lx_attempts *attempts,
                                             const struct lx_entry *before)
{
    if (before->state == LX_ENTRY_PLANNED)
        return release_attempt(attempts, before->attempt);
    if (before->state == LX_ENTRY_UNKNOWN || before->state == LX_ENTRY_SENDING)
        return lx_attempt_lose(attempts, before->attempt,
                               before->state == LX_ENTRY_SENDING);
    return LX_STORE_OK;
}

static enum lx_store_status carry_out(struct lx_attempts *attempts,
                                      const struct lx_entry *before,
                                      struct lx_entry_step step,
                                      const struct lx_entry_news *news,
                                      struct lx_entry *after)
{
    struct lx_ledger *ledger = attempts->ledger;

    *after = entry_after(ledger, before, step, news);
    enum lx_store_status status =
        write_attempts(attempts, step.writes, after, news);
    if (status == LX_STORE_OK && step.writes & LX_WRITE_WATCH &&
        after->attempt != before->attempt)
        status = unfollow_attempt(attempts, before);
    if (status == LX_STORE_OK && step.writes & LX_WRITE_FILES)
        status = write_files(ledger, before->id, news);
    *after = entry_left(ledger, after, news);
    if (status == LX_STORE_OK)
        status = ledger->api->change(ledger->store, before, after, news->now_ms,
                                     news->detail);
    return status;
}

static enum lx_store_status settle_attempt(struct lx_attempts *attempts,
                                           enum lx_entry_event event,
                                           int64_t number, int64_t charged_mc)
{
    struct lx_attempt_copy *copy = lx_attempts_get(attempts, number);

    if (copy &&
        (event == LX_ENTRY_EVENT_SUCCEED || event == LX_ENTRY_EVENT_FAIL))
        return lx_attempt_settle(attempts, copy, charged_mc);
    if (copy &&
        (event == LX_ENTRY_EVENT_REFUSE || event == LX_ENTRY_EVENT_NOT_SENT))
        return release_attempt(attempts, number);
    if (copy && event == LX_ENTRY_EVENT_LOSE)
        return lx_attempt_lose(attempts, number, false);
    return LX_STORE_STALE;
}

/* An answer about an attempt that counts no more: what it costs, or that it
 * costs nothing, is a fact, too. */
static enum lx_store_status
settle_other(struct lx_attempts *attempts, const struct lx_entry *before,
             enum lx_entry_event event, int64_t number,
             const struct lx_entry_news *news, struct lx_entry *after)
{
    const struct lx_ledger *ledger = attempts->ledger;
    enum lx_store_status status =
        settle_attempt(attempts, event, number, news->charged_mc);

    if (status != LX_STORE_OK)
        return status;
    *after = entry_left(ledger, before, news);
    return after->fence == before->fence
               ? LX_STORE_OK
               : ledger->api->change(ledger->store, before, after, news->now_ms,
                                     NULL);
}

static bool knows_task(const struct lx_attempts *attempts, const char *task_id)
{
    for (int i = 0; i < attempts->count; i++) {
        const char *known = attempts->list[i].attempt.task_id;
        if (known && strcmp(known, task_id) == 0)
            return true;
    }
    return false;
}

/* Also one that has become a copy since the entry was planned: a server that
 * lacks the last seconds has taken the place of the other. */
static bool is_copy(const struct lx_ledger *ledger)
{
    return ledger->api->is_copy(ledger->store);
}

static enum lx_store_status step_entry(struct lx_attempts *attempts,
                                       const struct lx_entry *before,
                                       enum lx_entry_event event, int64_t seen,
                                       const struct lx_entry_news *news,
                                       struct lx_entry *after)
{
    *after = *before;
    if (event == LX_ENTRY_EVENT_SEND && is_copy(attempts->ledger))
        return LX_STORE_STALE;
    if (news->owner && news->owner != before->owner)
        return LX_STORE_STALE;
    if (event == LX_ENTRY_EVENT_ID && knows_task(attempts, news->task_id))
        return LX_STORE_OK;
    struct lx_entry_step step = lx_entry_step(before, event, seen);
    int64_t number = event == LX_ENTRY_EVENT_NOT_SENT ? news->attempt : seen;
    if (step.verdict == LX_ENTRY_STEP_STALE && number != before->attempt)
        return settle_other(attempts, before, event, number, news, after);
    if (step.verdict != LX_ENTRY_STEP_GO)
        return LX_STORE_STALE;
    return carry_out(attempts, before, step, news, after);
}

/* A decision that no attempt has a part in. */
static bool concerns_owner_alone(const struct lx_entry *entry,
                                 enum lx_entry_event event, int64_t seen)
{
    const unsigned writes = lx_entry_step(entry, event, seen).writes;

    return lx_entry_guard_of(event) == LX_GUARD_FENCE &&
           !(writes & ~(unsigned)(LX_WRITE_OWN | LX_WRITE_DISOWN));
}

enum lx_store_status lx_ledger_step(struct lx_ledger *ledger, int64_t id,
                                    enum lx_entry_event event, int64_t seen,
                                    const struct lx_entry_news *news,
                                    struct lx_entry *after)
{
    struct lx_attempts attempts;
    struct lx_entry before = {0}, changed = {0};
    enum lx_store_status status = lx_ledger_read_numbers(ledger, id, &before);

    if (status != LX_STORE_OK)
        return status;
    if (!before.id)
        return LX_STORE_STALE;
    attempts.ledger = ledger;
    attempts.entry_id = id;
    attempts.count = 0;
    if (!concerns_owner_alone(&before, event, seen))
        status = lx_attempts_read(&attempts, ledger, id);
    if (status == LX_STORE_OK)
        status = step_entry(&attempts, &before, event, seen, news, &changed);
    if (status == LX_STORE_OK && after) {
        *after = changed;
        after->urls = after->error = NULL;
    }
    return status;
}

enum lx_store_status lx_ledger_confirm(struct lx_ledger *ledger, int64_t id,
                                       int64_t fence)
{
    struct lx_entry entry;
    enum lx_store_status status = lx_ledger_read_numbers(ledger, id, &entry);

    bool may_send = entry.id && entry.state == LX_ENTRY_SENDING &&
                    entry.fence == fence && !is_copy(ledger);
    return status == LX_STORE_OK && !may_send ? LX_STORE_STALE : status;
}

enum lx_store_status lx_ledger_move(struct lx_ledger *ledger,
                                    struct lx_entry_copy *copy,
                                    enum lx_entry_event event, int64_t now_ms)
{
    struct lx_entry_news news = {.now_ms = now_ms};
    struct lx_entry_step step =
        lx_entry_step(&copy->entry, event, copy->entry.fence);

    if (step.verdict != LX_ENTRY_STEP_GO)
        return LX_STORE_STALE;
    assert((step.writes & ~(unsigned)(LX_WRITE_OWN | LX_WRITE_DISOWN)) == 0);
    struct lx_entry after = entry_after(ledger, &copy->entry, step, &news);
    enum lx_store_status status =
        ledger->api->change(ledger->store, &copy->entry, &after, now_ms, NULL);
    if (status == LX_STORE_OK)
        copy->entry = after;
    return status;
}
