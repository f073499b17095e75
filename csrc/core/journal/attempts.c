/* attempts.c: see attempts.h. */
#include "journal/attempts.h"

#include "base/text.h"

#include <string.h>

static bool keep_attempt(void *argument, const struct lx_attempt *attempt)
{
    struct lx_attempts *attempts = argument;

    if (attempts->count == LX_ATTEMPTS_MAX)
        return false;
    struct lx_attempt_copy *copy = &attempts->list[attempts->count++];
    copy->attempt = *attempt;
    lx_attempt_set_task(copy, attempt->task_id);
    lx_attempt_set_token(copy, attempt->token_hash);
    lx_attempt_set_outcome(copy, attempt->outcome);
    copy->unwritten = LX_ATTEMPT_FACTS;
    return true;
}

enum lx_store_status lx_attempts_read(struct lx_attempts *attempts,
                                      struct lx_ledger *ledger,
                                      int64_t entry_id)
{
    attempts->ledger = ledger;
    attempts->entry_id = entry_id;
    attempts->count = 0;
    return ledger->api->find_attempts(ledger->store, entry_id, keep_attempt,
                                      attempts);
}

struct lx_attempt_copy *lx_attempts_get(struct lx_attempts *attempts,
                                        int64_t number)
{
    for (int i = 0; i < attempts->count; i++)
        if (attempts->list[i].attempt.number == number)
            return &attempts->list[i];
    return NULL;
}

struct lx_attempt_copy *lx_attempts_add(struct lx_attempts *attempts,
                                        const char *origin)
{
    int count = attempts->count;

    if (count == LX_ATTEMPTS_MAX)
        return NULL;
    struct lx_attempt_copy *copy = &attempts->list[attempts->count++];
    copy->attempt = (struct lx_attempt){
        .entry_id = attempts->entry_id,
        .origin = origin,
        .number = count ? attempts->list[count - 1].attempt.number + 1 : 1,
        .charged_mc = LX_MONEY_UNKNOWN};
    copy->unwritten = LX_ATTEMPT_NEW;
    return copy;
}

static void change_part(struct lx_attempt_copy *copy, enum lx_attempt_part part)
{
    if (copy->unwritten > part)
        copy->unwritten = part;
}

void lx_attempt_set_task(struct lx_attempt_copy *copy, const char *task_id)
{
    change_part(copy, LX_ATTEMPT_TASK);
    copy->attempt.task_id = NULL;
    if (!task_id || !*task_id)
        return;
    lx_text_copy(copy->task_id, sizeof copy->task_id, task_id, strlen(task_id));
    copy->attempt.task_id = copy->task_id;
}

void lx_attempt_set_token(struct lx_attempt_copy *copy,
                          const unsigned char *token_hash)
{
    change_part(copy, LX_ATTEMPT_NAMES);
    copy->attempt.token_hash = NULL;
    if (!token_hash)
        return;
    memcpy(copy->token_hash, token_hash, sizeof copy->token_hash);
    copy->attempt.token_hash = copy->token_hash;
}

bool lx_attempt_is(const struct lx_attempt_copy *copy, const char *outcome)
{
    return copy->attempt.outcome && strcmp(copy->outcome, outcome) == 0;
}

void lx_attempt_set_outcome(struct lx_attempt_copy *copy, const char *outcome)
{
    copy->attempt.outcome = NULL;
    if (!outcome)
        return;
    lx_text_copy(copy->outcome, sizeof copy->outcome, outcome, strlen(outcome));
    copy->attempt.outcome = copy->outcome;
}

enum lx_store_status lx_attempt_write(struct lx_attempts *attempts,
                                      struct lx_attempt_copy *copy)
{
    struct lx_ledger *ledger = attempts->ledger;
    enum lx_store_status status = ledger->api->put_attempt(
        ledger->store, &copy->attempt, copy->unwritten);

    copy->unwritten = LX_ATTEMPT_FACTS;
    return status;
}

enum lx_store_status lx_attempt_reserve(struct lx_attempts *attempts,
                                        struct lx_attempt_copy *copy,
                                        int64_t price_mc,
                                        const struct lx_store_budget *budgets,
                                        size_t count)
{
    struct lx_ledger *ledger = attempts->ledger;
    enum lx_store_status status = LX_STORE_OK;

    copy->attempt.reserved_mc = price_mc == LX_MONEY_UNKNOWN ? 0 : price_mc;
    copy->attempt.is_counted = copy->attempt.is_counted || count > 0;
    for (size_t i = 0; i < count && status == LX_STORE_OK; i++)
        status =
            ledger->api->reserve(ledger->store, &copy->attempt, &budgets[i]);
    return status == LX_STORE_OK ? lx_attempt_write(attempts, copy) : status;
}

enum lx_store_status lx_attempt_settle(struct lx_attempts *attempts,
                                       struct lx_attempt_copy *copy,
                                       int64_t charged_mc)
{
    struct lx_ledger *ledger = attempts->ledger;
    struct lx_attempt *attempt = &copy->attempt;
    bool was_settled = attempt->charged_mc != LX_MONEY_UNKNOWN;
    int64_t counted_mc =
        attempt->reserved_mc + (was_settled ? attempt->charged_mc : 0);

    if (charged_mc == LX_MONEY_UNKNOWN && counted_mc == 0)
        return LX_STORE_OK; /* no price was stated: nobody knows */
    if (charged_mc == LX_MONEY_UNKNOWN)
        charged_mc = counted_mc;
    attempt->reserved_mc = 0;
    attempt->charged_mc = charged_mc;
    enum lx_store_status status = LX_STORE_OK;
    if (charged_mc != counted_mc && attempt->is_counted)
        status = ledger->api->adjust(ledger->store, attempts->entry_id,
                                     attempt->number, charged_mc - counted_mc);
    return status == LX_STORE_OK ? lx_attempt_write(attempts, copy) : status;
}

enum lx_store_status lx_attempt_send(struct lx_attempts *attempts,
                                     int64_t number, int64_t now_ms,
                                     const unsigned char *token_hash)
{
    struct lx_attempt_copy *copy = lx_attempts_get(attempts, number);

    if (!copy)
        return LX_STORE_CORRUPT;
    copy->attempt.sent_ms = now_ms;
    if (token_hash)
        lx_attempt_set_token(copy, token_hash);
    return lx_attempt_write(attempts, copy);
}

enum lx_store_status lx_attempt_lose(struct lx_attempts *attempts,
                                     int64_t number, bool has_owner)
{
    struct lx_attempt_copy *copy = lx_attempts_get(attempts, number);

    if (!copy || copy->attempt.task_id ||
        copy->attempt.charged_mc != LX_MONEY_UNKNOWN)
        return LX_STORE_OK;
    lx_attempt_set_outcome(copy, has_owner ? LX_ATTEMPT_LEFT : LX_ATTEMPT_LOST);
    return lx_attempt_write(attempts, copy);
}

enum lx_store_status lx_ledger_fill(struct lx_ledger *ledger,
                                    struct lx_entry_copy *copy)
{
    struct lx_attempts attempts;
    enum lx_store_status status =
        lx_attempts_read(&attempts, ledger, copy->entry.id);
    const struct lx_attempt_copy *attempt =
        lx_attempts_get(&attempts, copy->entry.attempt);

    if (status != LX_STORE_OK || !attempt)
        return status;
    copy->sent_ms = attempt->attempt.sent_ms;
    copy->charged_mc = attempt->attempt.charged_mc;
    if (attempt->attempt.task_id)
        memcpy(copy->task_id, attempt->task_id, sizeof copy->task_id);
    return status;
}
