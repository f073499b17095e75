/* saving_inquiry.c: see saving_inquiry.h. */
#include "engine/saving_inquiry.h"

#include "journal/attempts.h"

#include <stdlib.h>
#include <string.h>

void lx_saving_inquiry_free(struct lx_saving_inquiry *inquiry)
{
    free(inquiry->task_id);
    free(inquiry->part);
    free(inquiry->stem);
    lx_entry_files_deinit(&inquiry->file);
    lx_entry_files_deinit(&inquiry->known);
    free(inquiry);
}

/* The entry becomes this client's, if it is nobody's. */
static enum lx_store_status claim_entry(struct lx_saving_inquiry *inquiry,
                                        struct lx_ledger *ledger,
                                        struct lx_entry_copy *copy)
{
    int64_t owner = copy->entry.owner;
    enum lx_store_status status = LX_STORE_OK;

    if (owner != ledger->api->owner(ledger->store)) {
        status =
            ledger->api->is_alive(ledger->store, owner, &inquiry->is_taken);
        if (status != LX_STORE_OK || inquiry->is_taken)
            return status;
        status = lx_ledger_move(ledger, copy, LX_ENTRY_EVENT_CLAIM,
                                lx_ledger_now_ms(ledger));
    }
    inquiry->is_tracked = true;
    inquiry->attempt = copy->entry.attempt;
    inquiry->fence = copy->entry.fence;
    return status;
}

static enum lx_store_status begin_file(struct lx_saving_inquiry *inquiry,
                                       struct lx_ledger *ledger)
{
    struct lx_entry_file row = {.entry_id = inquiry->entry,
                                .number = inquiry->number,
                                .path = inquiry->stem,
                                .part = inquiry->part};

    lx_entry_files_deinit(&inquiry->known);
    enum lx_store_status status =
        lx_entry_files_read(&inquiry->known, ledger, inquiry->entry);
    if (status != LX_STORE_OK)
        return status;
    inquiry->left = lx_entry_files_get(&inquiry->known, inquiry->number);
    if (!inquiry->is_tracked || (inquiry->left && !inquiry->is_anew))
        return LX_STORE_OK;
    inquiry->left = NULL;
    return ledger->api->put_file(ledger->store, &row);
}

/* Or, as far as the entry tells, will be: not of an earlier attempt. */
static bool is_result_of(const struct lx_saving_inquiry *inquiry,
                         const struct lx_entry_copy *copy)
{
    return !*copy->task_id || strcmp(copy->task_id, inquiry->task_id) == 0;
}

enum lx_store_status lx_saving_run_begin(struct lx_journal_request *request,
                                         struct lx_ledger *ledger)
{
    struct lx_saving_inquiry *inquiry = (struct lx_saving_inquiry *)request;
    struct lx_store_query query = {.id = inquiry->entry};
    struct lx_entry_copy *copy;
    enum lx_store_status status = lx_ledger_read(ledger, &query, &copy);

    inquiry->is_tracked = inquiry->is_taken = inquiry->is_early = false;
    if (status == LX_STORE_OK && copy)
        status = lx_ledger_fill(ledger, copy);
    bool is_it = status == LX_STORE_OK && copy && is_result_of(inquiry, copy);
    bool is_saved =
        is_it && !inquiry->is_anew && copy->entry.state == LX_ENTRY_SAVED;
    if (is_it && copy->entry.state == LX_ENTRY_SUCCEEDED)
        status = claim_entry(inquiry, ledger, copy);
    else if (is_it)
        inquiry->is_early = copy->entry.state != LX_ENTRY_SAVED;
    free(copy);
    return status == LX_STORE_OK && (inquiry->is_tracked || is_saved)
               ? begin_file(inquiry, ledger)
               : status;
}

enum lx_store_status lx_saving_run_save(struct lx_journal_request *request,
                                        struct lx_ledger *ledger)
{
    struct lx_saving_inquiry *inquiry = (struct lx_saving_inquiry *)request;
    struct lx_store_query query = {.id = inquiry->entry};
    struct lx_entry_copy *copy;
    enum lx_store_status status = lx_ledger_read(ledger, &query, &copy);

    if (status == LX_STORE_OK &&
        (!copy || copy->entry.fence != inquiry->fence ||
         copy->entry.state != LX_ENTRY_SUCCEEDED))
        status = LX_STORE_STALE;
    free(copy);
    return status == LX_STORE_OK
               ? ledger->api->put_file(ledger->store, inquiry->file.list)
               : status;
}
