/* question_heal.c: see question_heal.h. */
#include "engine/question_heal.h"

#include "base/sha256.h"
#include "base/text.h"
#include "journal/attempts.h"
#include "journal/entry_json.h"
#include "journal/ledger.h"
#include "json/json_write.h"

#include <stdlib.h>
#include <string.h>

static enum lx_store_status answer(struct lx_inquiry *inquiry,
                                   struct lx_ledger *ledger,
                                   const struct lx_entry_copy *copy,
                                   int64_t attempt, const char *hint)
{
    struct lx_buffer *out = &inquiry->answer;
    enum lx_store_status status = lx_inquiry_reply(inquiry, "{\"entry\":");

    if (status == LX_STORE_OK)
        status = copy ? lx_entry_write(out, ledger, &copy->entry)
                      : lx_inquiry_reply(inquiry, "null");
    if (status == LX_STORE_OK)
        status = lx_inquiry_reply(
            inquiry, ",\"attempt\":%lld,\"hint\":", (long long)attempt);
    if (status == LX_STORE_OK && !lx_json_write_word(out, hint))
        status = LX_STORE_MEMORY;
    return status == LX_STORE_OK ? lx_inquiry_reply(inquiry, "}") : status;
}

enum lx_store_status lx_question_hint(struct lx_inquiry *inquiry,
                                      struct lx_ledger *ledger)
{
    const struct lx_question *question = inquiry->question;
    unsigned char hash[LX_TOKEN_HASH_BYTES];
    struct lx_entry_copy *copy = NULL;
    int64_t attempt = 0;

    if (question->text)
        lx_sha256_of(question->text, strlen(question->text), hash);
    enum lx_store_status status =
        lx_ledger_hint(ledger, inquiry->origin, question->task_id,
                       question->text ? hash : NULL, lx_ledger_now_ms(ledger),
                       &copy, &attempt);
    if (status == LX_STORE_OK)
        status = answer(inquiry, ledger, copy, attempt, question->task_id);
    free(copy);
    return status;
}

/* ---- what came meanwhile ---- */

static bool keep_hint(void *argument, const char *task_id)
{
    char **hint = argument;

    *hint = lx_text_duplicate(task_id, strlen(task_id));
    return false;
}

/* What a callback with the attempt's token named; NULL: none came. */
static enum lx_store_status find_hint_of(struct lx_ledger *ledger,
                                         const struct lx_entry_copy *copy,
                                         char **hint)
{
    struct lx_attempts attempts;
    enum lx_store_status status =
        lx_attempts_read(&attempts, ledger, copy->entry.id);
    const struct lx_attempt_copy *attempt =
        lx_attempts_get(&attempts, copy->entry.attempt);

    if (status != LX_STORE_OK || !attempt || !attempt->attempt.token_hash)
        return status;
    return ledger->api->find_hint(ledger->store, attempt->token_hash, NULL,
                                  keep_hint, hint);
}

enum lx_store_status lx_question_lost(struct lx_inquiry *inquiry,
                                      struct lx_ledger *ledger)
{
    struct lx_store_query query = {.id = inquiry->question->entry};
    struct lx_entry_copy *copy;
    char *hint = NULL;
    enum lx_store_status status = lx_ledger_read(ledger, &query, &copy);

    if (status == LX_STORE_OK && copy)
        status = find_hint_of(ledger, copy, &hint);
    if (status == LX_STORE_OK)
        status =
            answer(inquiry, ledger, copy, copy ? copy->entry.attempt : 0, hint);
    free(hint);
    free(copy);
    return status;
}

/* ---- which are unknown, and named ---- */

#define NAMED_MAX 100

static bool show_named(void *argument, const char *id)
{
    struct lx_buffer *out = argument;
    bool is_first = out->bytes[out->length - 1] == '[';

    return (is_first || lx_buffer_append_text(out, ",")) &&
           lx_buffer_append_text(out, id);
}

enum lx_store_status lx_question_named(struct lx_inquiry *inquiry,
                                       struct lx_ledger *ledger)
{
    enum lx_store_status status = lx_inquiry_reply(inquiry, "[");

    if (status == LX_STORE_OK)
        status = ledger->api->named(ledger->store, inquiry->origin, NAMED_MAX,
                                    show_named, &inquiry->answer);
    return status == LX_STORE_OK ? lx_inquiry_reply(inquiry, "]") : status;
}

enum lx_store_status lx_question_heal(struct lx_inquiry *inquiry,
                                      struct lx_ledger *ledger)
{
    const struct lx_question *question = inquiry->question;
    struct lx_entry_news news = {.now_ms = lx_ledger_now_ms(ledger),
                                 .charged_mc = LX_MONEY_UNKNOWN,
                                 .attempt = question->attempt,
                                 .task_id = question->text,
                                 .detail = "named by a callback"};
    enum lx_store_status status =
        lx_ledger_step(ledger, question->entry, LX_ENTRY_EVENT_ID,
                       question->attempt, &news, NULL);

    if (status == LX_STORE_EXISTS)
        lx_error_set(&inquiry->refusal, LX_KIND_INVALID_REQUEST,
                     "task %s is another entry's", question->text);
    return status == LX_STORE_OK ? lx_inquiry_reply(inquiry, "true") : status;
}

enum lx_store_status lx_question_succeed(struct lx_inquiry *inquiry,
                                         struct lx_ledger *ledger)
{
    const struct lx_question *question = inquiry->question;
    struct lx_entry_news news = {.now_ms = lx_ledger_now_ms(ledger),
                                 .charged_mc = question->charged_mc,
                                 .urls = question->text};
    enum lx_store_status status =
        lx_ledger_step(ledger, question->entry, LX_ENTRY_EVENT_SUCCEED,
                       question->attempt, &news, NULL);

    return status == LX_STORE_OK ? lx_inquiry_reply(inquiry, "true") : status;
}
