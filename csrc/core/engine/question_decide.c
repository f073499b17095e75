/* question_decide.c: see question_decide.h. */
#include "engine/question_decide.h"

#include "journal/entry_list.h"
#include "journal/ledger.h"
#include "os/file.h"

#include <string.h>

#define CANCELLED                                                              \
    "{\"kind\":\"cancelled\",\"message\":\"it was given up by "                \
    "client.journal:cancel before it was sent\"}"

#define STATE_BIT(suffix) (1u << LX_ENTRY_##suffix)
#define ALL_STATES        ((1u << LX_ENTRY_STATES) - 1)

/* How many entries it was done to, and why not to others. */
struct tally {
    int64_t done, living;
    enum lx_entry_state other; /* of one that it cannot be done to */
    bool has_other;
};

typedef enum lx_store_status treat(struct lx_inquiry *inquiry,
                                   struct lx_ledger *ledger,
                                   struct lx_entry_copy *copy,
                                   struct tally *tally);

static enum lx_store_status treat_page(struct lx_inquiry *inquiry,
                                       struct lx_ledger *ledger,
                                       struct lx_store_query *query,
                                       treat *treat_entry, struct tally *tally,
                                       bool *has_more)
{
    struct lx_entry_list list = {NULL, 0};
    enum lx_store_status status = lx_entry_list_read(&list, ledger, query);

    *has_more = false;
    if (status != LX_STORE_OK)
        return status;
    for (int i = 0; i < list.count && status == LX_STORE_OK; i++)
        if (lx_inquiry_fits(inquiry, &list.copies[i]->entry))
            status = treat_entry(inquiry, ledger, list.copies[i], tally);
    if (list.count > 0)
        query->after_id = list.copies[list.count - 1]->entry.id;
    *has_more = list.count == query->limit && !lx_inquiry_is_single(inquiry);
    lx_entry_list_deinit(&list);
    return status;
}

/* The first entries of the question, which are looked for in `states` unless
 * one is named; then the answer, which says where to go on: all of them in one
 * commit would keep everybody else waiting. */
static enum lx_store_status treat_some(struct lx_inquiry *inquiry,
                                       struct lx_ledger *ledger,
                                       unsigned states, treat *treat_entry)
{
    struct lx_store_query query = lx_inquiry_query(inquiry);
    struct tally tally = {.done = 0};
    bool has_more = false;

    enum lx_store_status status = LX_STORE_OK;

    query.states = query.states ? query.states & states : states;
    query.only_unfinished = states == STATE_BIT(PLANNED); /* by its index */
    if (query.states || lx_inquiry_is_single(inquiry))
        status =
            treat_page(inquiry, ledger, &query, treat_entry, &tally, &has_more);
    if (status == LX_STORE_OK)
        status = lx_inquiry_reply(
            inquiry, "{\"done\":%lld,\"living\":%lld,\"other\":%s%s%s",
            (long long)tally.done, (long long)tally.living,
            tally.has_other ? "\"" : "",
            tally.has_other ? lx_entry_state_name(tally.other) : "null",
            tally.has_other ? "\"" : "");
    if (status == LX_STORE_OK && has_more)
        status = lx_inquiry_reply(inquiry, ",\"after\":%lld",
                                  (long long)query.after_id);
    return status == LX_STORE_OK ? lx_inquiry_reply(inquiry, "}") : status;
}

static enum lx_store_status pass_over(struct tally *tally,
                                      const struct lx_entry_copy *copy)
{
    tally->other = copy->entry.state;
    tally->has_other = true;
    return LX_STORE_OK;
}

/* ---- what became of unknown ones ---- */

static enum lx_store_status take_from_dead(struct lx_ledger *ledger,
                                           struct lx_entry_copy *copy,
                                           struct tally *tally)
{
    bool is_alive = false;
    enum lx_store_status status =
        ledger->api->is_alive(ledger->store, copy->entry.owner, &is_alive);

    if (status == LX_STORE_OK && is_alive)
        tally->living++;
    else if (status == LX_STORE_OK)
        status = lx_ledger_move(ledger, copy, LX_ENTRY_EVENT_ORPHAN,
                                lx_ledger_now_ms(ledger));
    return status;
}

/* An id is one attempt's; the other outcomes are those of all attempts of which
 * nobody knows what came. */
static enum lx_store_status resolve_unknown(struct lx_ledger *ledger,
                                            const struct lx_entry_copy *copy,
                                            enum lx_entry_event event,
                                            const struct lx_entry_news *news,
                                            struct tally *tally)
{
    enum lx_store_status status = LX_STORE_OK;
    int count, living;

    tally->done++;
    if (event != LX_ENTRY_EVENT_ID)
        status = lx_ledger_resolve_lost(ledger, copy->entry.id, event, news,
                                        &count, &living);
    return status == LX_STORE_OK ? lx_ledger_step(ledger, copy->entry.id, event,
                                                  copy->entry.fence, news, NULL)
                                 : status;
}

/* The entry follows another attempt than the one that is unknown. */
static enum lx_store_status resolve_lost(struct lx_ledger *ledger,
                                         const struct lx_entry_copy *copy,
                                         enum lx_entry_event event,
                                         const struct lx_entry_news *news,
                                         struct tally *tally)
{
    int count, living;
    enum lx_store_status status = lx_ledger_resolve_lost(
        ledger, copy->entry.id, event, news, &count, &living);

    if (status != LX_STORE_OK)
        return status;
    tally->done += count > 0;
    tally->living += count == 0 && living > 0;
    return count > 0 || living > 0 ? LX_STORE_OK : pass_over(tally, copy);
}

static enum lx_store_status resolve_entry(struct lx_inquiry *inquiry,
                                          struct lx_ledger *ledger,
                                          struct lx_entry_copy *copy,
                                          struct tally *tally)
{
    const char *found = inquiry->question->text;
    struct lx_entry_news news = {.now_ms = lx_ledger_now_ms(ledger),
                                 .charged_mc = LX_MONEY_UNKNOWN,
                                 .attempt = copy->entry.attempt,
                                 .task_id = found,
                                 .detail = "resolved by a person"};
    enum lx_entry_event event = LX_ENTRY_EVENT_ID;

    if (copy->entry.state == LX_ENTRY_SENDING) {
        enum lx_store_status status = take_from_dead(ledger, copy, tally);
        if (status != LX_STORE_OK || copy->entry.state == LX_ENTRY_SENDING)
            return status;
    }
    if (strcmp(found, "nothing") == 0)
        event = LX_ENTRY_EVENT_NOTHING;
    else if (strcmp(found, "charged") == 0)
        event = LX_ENTRY_EVENT_CHARGED;
    enum lx_store_status status =
        copy->entry.state == LX_ENTRY_UNKNOWN
            ? resolve_unknown(ledger, copy, event, &news, tally)
            : resolve_lost(ledger, copy, event, &news, tally);
    if (status == LX_STORE_EXISTS)
        lx_error_set(&inquiry->refusal, LX_KIND_INVALID_REQUEST,
                     "task %s is another entry's", found);
    return status;
}

enum lx_store_status lx_question_resolve(struct lx_inquiry *inquiry,
                                         struct lx_ledger *ledger)
{
    unsigned states = STATE_BIT(SENDING) | STATE_BIT(UNKNOWN);

    return treat_some(inquiry, ledger,
                      inquiry->question->is_lost ? ALL_STATES : states,
                      resolve_entry);
}

/* ---- what is not sent ---- */

static enum lx_store_status cancel_entry(struct lx_inquiry *inquiry,
                                         struct lx_ledger *ledger,
                                         struct lx_entry_copy *copy,
                                         struct tally *tally)
{
    struct lx_entry_news news = {.now_ms = lx_ledger_now_ms(ledger),
                                 .charged_mc = LX_MONEY_UNKNOWN,
                                 .error = CANCELLED,
                                 .detail = "cancelled by a person"};

    (void)inquiry;
    if (copy->entry.state != LX_ENTRY_PLANNED)
        return pass_over(tally, copy);
    tally->done++;
    return lx_ledger_step(ledger, copy->entry.id, LX_ENTRY_EVENT_CANCEL,
                          copy->entry.fence, &news, NULL);
}

enum lx_store_status lx_question_cancel(struct lx_inquiry *inquiry,
                                        struct lx_ledger *ledger)
{
    return treat_some(inquiry, ledger, STATE_BIT(PLANNED), cancel_entry);
}

/* ---- where files are to go ---- */

static bool find_lost(void *argument, const struct lx_entry_file *file)
{
    struct lx_file_identity identity;
    bool *is_lost = argument;

    *is_lost = lx_file_identify_at(file->path, &identity) != LX_FILE_OK ||
               identity.length != (uint64_t)file->bytes;
    return !*is_lost;
}

/* Whether a file that was saved is gone. */
static enum lx_store_status look_for_files(struct lx_ledger *ledger,
                                           struct lx_entry_copy *copy,
                                           bool *is_lost)
{
    *is_lost = false;
    return ledger->api->find_files(ledger->store, copy->entry.id, find_lost,
                                   is_lost);
}

/* Nobody's, so that whoever resumes takes it over. */
static enum lx_store_status set_target(struct lx_ledger *ledger,
                                       struct lx_entry_copy *copy,
                                       const char *target, struct tally *tally)
{
    int64_t now_ms = lx_ledger_now_ms(ledger);
    enum lx_store_status status =
        lx_ledger_move(ledger, copy, LX_ENTRY_EVENT_LEAVE, now_ms);
    struct lx_entry after = copy->entry;

    if (status != LX_STORE_OK)
        return status;
    tally->done++;
    after.target = target;
    return ledger->api->change(ledger->store, &copy->entry, &after, now_ms,
                               "to be rescued");
}

static enum lx_store_status unsave(struct lx_ledger *ledger,
                                   struct lx_entry_copy *copy)
{
    struct lx_entry_news news = {.now_ms = lx_ledger_now_ms(ledger),
                                 .charged_mc = LX_MONEY_UNKNOWN};
    struct lx_entry after;
    enum lx_store_status status =
        lx_ledger_step(ledger, copy->entry.id, LX_ENTRY_EVENT_UNSAVE,
                       copy->entry.fence, &news, &after);

    if (status == LX_STORE_OK) {
        copy->entry.state = after.state;
        copy->entry.owner = after.owner;
        copy->entry.fence = after.fence;
    }
    return status;
}

/* What nobody saves: it never had a target, or its files are gone. */
static enum lx_store_status retarget_entry(struct lx_inquiry *inquiry,
                                           struct lx_ledger *ledger,
                                           struct lx_entry_copy *copy,
                                           struct tally *tally)
{
    bool is_lost = !copy->entry.target;
    enum lx_store_status status = LX_STORE_OK;

    if (copy->entry.state == LX_ENTRY_SAVED) {
        status = look_for_files(ledger, copy, &is_lost);
        if (status == LX_STORE_OK && is_lost)
            status = unsave(ledger, copy);
    }
    if (status == LX_STORE_OK && is_lost)
        status = set_target(ledger, copy, inquiry->question->text, tally);
    return status;
}

enum lx_store_status lx_question_retarget(struct lx_inquiry *inquiry,
                                          struct lx_ledger *ledger)
{
    return treat_some(inquiry, ledger, STATE_BIT(SUCCEEDED) | STATE_BIT(SAVED),
                      retarget_entry);
}

#undef ALL_STATES
#undef STATE_BIT
