/* question_run.c: see question_run.h. */
#include "engine/question_run.h"

#include "engine/question_decide.h"
#include "engine/question_export.h"
#include "engine/question_heal.h"
#include "engine/question_queue.h"
#include "journal/entry_json.h"
#include "journal/entry_list.h"
#include "journal/ledger.h"
#include "json/json_write.h"

#include <stdlib.h>
#include <string.h>

/* Entries looked at to be forgotten in one commit. */
#define FORGET_MAX 256

/* A page ends with the entry that fills it so far: results may be in data:
 * URLs. */
#define PAGE_BYTES ((size_t)1 << 20)

/* ---- entries ---- */

static enum lx_store_status run_entries(struct lx_inquiry *inquiry,
                                        struct lx_ledger *ledger)
{
    struct lx_store_query query = lx_inquiry_query(inquiry);
    struct lx_buffer *out = &inquiry->answer;
    struct lx_entry_list list = {NULL, 0};
    const char *separator = "";
    enum lx_store_status status = lx_inquiry_reply(inquiry, "{\"entries\":[");

    if (status == LX_STORE_OK)
        status = lx_entry_list_read(&list, ledger, &query);
    if (status != LX_STORE_OK)
        return status;
    int at = 0;
    while (at < list.count && status == LX_STORE_OK &&
           out->length < PAGE_BYTES) {
        const struct lx_entry *entry = &list.copies[at++]->entry;
        if (!lx_inquiry_fits(inquiry, entry))
            continue;
        status = lx_buffer_append_text(out, separator)
                     ? lx_entry_write(out, ledger, entry)
                     : LX_STORE_MEMORY;
        separator = ",";
    }
    bool has_more = at < list.count || list.count == query.limit;
    if (status == LX_STORE_OK && has_more && !lx_inquiry_is_single(inquiry))
        status = lx_inquiry_reply(inquiry, "],\"after\":%lld}",
                                  (long long)list.copies[at - 1]->entry.id);
    else if (status == LX_STORE_OK)
        status = lx_inquiry_reply(inquiry, "]}");
    lx_entry_list_deinit(&list);
    return status;
}

/* ---- what nobody watches ---- */

/* What is planned stays so: taking over never leads to a create. */
static enum lx_store_status run_take(struct lx_inquiry *inquiry,
                                     struct lx_ledger *ledger)
{
    unsigned states = 1u << LX_ENTRY_SENDING | 1u << LX_ENTRY_ACCEPTED |
                      1u << LX_ENTRY_SUCCEEDED;
    struct lx_store_query query = lx_inquiry_query(inquiry);
    struct lx_entry_rows *rows = lx_inquiry_rows(inquiry);
    bool has_more = false;

    if (!rows)
        return LX_STORE_MEMORY;
    query.states = query.states ? states & query.states : states;
    query.limit = LX_STORE_CLAIM_MAX;
    enum lx_store_status status = lx_ledger_take(
        ledger, &query, lx_ledger_now_ms(ledger), rows, &has_more);
    if (status != LX_STORE_OK)
        return status;
    return has_more ? lx_inquiry_reply(inquiry, "{\"after\":%lld}",
                                       (long long)query.after_id)
                    : lx_inquiry_reply(inquiry, "{}");
}

/* ---- what was spent ---- */

static bool show_spend(void *argument, const struct lx_spend_row *row)
{
    struct lx_inquiry *inquiry = argument;
    struct lx_buffer *out = &inquiry->answer;
    bool is_first = out->bytes[out->length - 1] == '[';

    return lx_buffer_append_text(out,
                                 is_first ? "{\"label\":" : ",{\"label\":") &&
           lx_json_write_word(out, row->label) &&
           lx_inquiry_reply(
               inquiry,
               ",\"attempts\":%lld,\"charged\":%lld,\"reserved\":%lld}",
               (long long)row->attempts, (long long)row->charged_mc,
               (long long)row->reserved_mc) == LX_STORE_OK;
}

static enum lx_store_status run_spend(struct lx_inquiry *inquiry,
                                      struct lx_ledger *ledger)
{
    static const char *const words[] = {[LX_SPEND_BY_MODEL] = "model",
                                        [LX_SPEND_BY_BATCH] = "batch",
                                        [LX_SPEND_BY_DAY] = "day"};
    const struct lx_question *question = inquiry->question;
    enum lx_spend_by by = LX_SPEND_BY_MODEL;

    for (int i = LX_SPEND_BY_MODEL; i <= LX_SPEND_BY_DAY; i++)
        if (question->text && strcmp(question->text, words[i]) == 0)
            by = (enum lx_spend_by)i;
    enum lx_store_status status = lx_inquiry_reply(inquiry, "[");
    if (status == LX_STORE_OK)
        status = ledger->api->spend(ledger->store, inquiry->origin, by,
                                    question->since_ms, show_spend, inquiry);
    return status == LX_STORE_OK ? lx_inquiry_reply(inquiry, "]") : status;
}

/* ---- upkeep ---- */

static enum lx_store_status run_prune(struct lx_inquiry *inquiry,
                                      struct lx_ledger *ledger)
{
    const struct lx_question *question = inquiry->question;
    int64_t after_id = question->after_id, forgotten = 0;
    bool has_more = false;
    enum lx_store_status status =
        ledger->api->prune(ledger->store, question->before_ms, FORGET_MAX,
                           &after_id, &forgotten, &has_more);

    if (status == LX_STORE_OK)
        status =
            lx_inquiry_reply(inquiry, "{\"done\":%lld", (long long)forgotten);
    if (status == LX_STORE_OK && has_more)
        status =
            lx_inquiry_reply(inquiry, ",\"after\":%lld", (long long)after_id);
    return status == LX_STORE_OK ? lx_inquiry_reply(inquiry, "}") : status;
}

static enum lx_store_status run_adopt(struct lx_inquiry *inquiry,
                                      struct lx_ledger *ledger)
{
    bool was_copy = ledger->api->is_copy(ledger->store);
    enum lx_store_status status =
        ledger->api->adopt(ledger->store, lx_ledger_now_ms(ledger));

    return status == LX_STORE_OK
               ? lx_inquiry_reply(inquiry, was_copy ? "true" : "false")
               : status;
}

static const struct lx_question_verb VERBS[] = {
    {"entries", LX_JOURNAL_READ, run_entries},
    {"take", LX_JOURNAL_FACT, run_take},
    {"enqueue", LX_JOURNAL_INTENT, lx_question_enqueue},
    {"claim", LX_JOURNAL_INTENT, lx_question_claim},
    {"release", LX_JOURNAL_FACT, lx_question_release},
    {"spend", LX_JOURNAL_READ, run_spend},
    {"resolve", LX_JOURNAL_FACT, lx_question_resolve},
    {"cancel", LX_JOURNAL_FACT, lx_question_cancel},
    {"hint", LX_JOURNAL_FACT, lx_question_hint},
    {"lost", LX_JOURNAL_READ, lx_question_lost},
    {"named", LX_JOURNAL_READ, lx_question_named},
    {"heal", LX_JOURNAL_FACT, lx_question_heal},
    {"succeed", LX_JOURNAL_FACT, lx_question_succeed},
    {"retarget", LX_JOURNAL_FACT, lx_question_retarget},
    {"prune", LX_JOURNAL_INTENT, run_prune},
    {"export", LX_JOURNAL_READ, lx_question_export},
    {"adopt", LX_JOURNAL_FACT, run_adopt},
};

const struct lx_question_verb *lx_question_verb_find(const char *name)
{
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        if (strcmp(VERBS[i].name, name) == 0)
            return &VERBS[i];
    return NULL;
}
