/* commit.c: see commit.h. */
#include "journal/commit.h"

#include "journal/ledger.h"
#include "journal/place.h"
#include "os/clock.h"
#include "os/file.h"

#include <stdio.h>
#include <string.h>

/* How often a part is run that others hold up. */
#define BUSY_TRIES 5

#define WORDS(suffix, words) words,
static const char *const STORE_WORDS[] = {LX_STORE_STATUS_MAP(WORDS)};
#undef WORDS

/* The store's words where they are about that status. */
static void set_error(struct lx_committer *committer,
                      struct lx_store_error *error, enum lx_store_status status)
{
    const struct lx_ledger *ledger = &committer->ledger;

    *error = *ledger->api->error(ledger->store);
    if (error->status == status)
        return;
    error->status = status;
    size_t length =
        lx_place_show(committer->place, error->text, sizeof error->text);
    snprintf(error->text + length, sizeof error->text - length, ": %s",
             STORE_WORDS[status]);
}

static void refuse_all(struct lx_journal_request *request,
                       const struct lx_store_error *error)
{
    for (; request; request = request->next)
        request->error = *error;
}

/* The group is committed where anything was refused in it. */
static bool tidy_owner(struct lx_ledger *ledger, int64_t owner)
{
    int refused = 0;

    if (ledger->api->begin(ledger->store) != LX_STORE_OK)
        return false;
    enum lx_store_status status =
        lx_ledger_tidy(ledger, owner, lx_ledger_now_ms(ledger), &refused);
    bool is_done = status == LX_STORE_OK && refused > 0 &&
                   ledger->api->commit(ledger->store) == LX_STORE_OK;
    if (!is_done)
        ledger->api->roll_back(ledger->store);
    return is_done;
}

bool lx_commit_tidy(struct lx_committer *committer)
{
    struct lx_ledger *ledger = &committer->ledger;
    int64_t owner = -1;

    if (lx_ledger_stray_owner(ledger, committer->tidied, &owner) != LX_STORE_OK)
        owner = -1;
    if (owner >= 0)
        committer->tidied = owner + !tidy_owner(ledger, owner);
    else
        committer->tidied = 0;
    return owner >= 0;
}

/* A server is asked; a file is looked for. */
static bool has_journal(const char *place)
{
    return strstr(place, "://") || lx_file_kind_at(place) != LX_FILE_KIND_NONE;
}

static bool may_make(const struct lx_journal_request *request)
{
    while (request && request->makes_none)
        request = request->next;
    return request != NULL;
}

/* True when it is open; else all from `first` on have ended for that reason. */
static bool open_for(struct lx_committer *committer,
                     struct lx_journal_request *first)
{
    struct lx_store_error error = {LX_STORE_OK, ""};
    struct lx_ledger *ledger = &committer->ledger;

    if (ledger->store)
        return true;
    if (!may_make(first) && !has_journal(committer->place)) {
        error.status = LX_STORE_STALE;
        refuse_all(first, &error);
        return false;
    }
    if (ledger->api->open(committer->place, lx_unix_ms(), &ledger->store,
                          &error) == LX_STORE_OK) {
        while (lx_commit_tidy(committer))
            ;
        return true;
    }
    refuse_all(first, &error);
    return false;
}

static void run_read(struct lx_committer *committer,
                     struct lx_journal_request *request)
{
    enum lx_store_status status = request->run(request, &committer->ledger);

    if (status != LX_STORE_OK)
        set_error(committer, &request->error, status);
}

/* A part of the group. False, with *error, when the group cannot go on: the
 * store has undone all of it, as on a full disk. */
static bool run_part(struct lx_committer *committer,
                     struct lx_journal_request *request,
                     struct lx_store_error *error)
{
    const struct lx_ledger *ledger = &committer->ledger;
    enum lx_store_status status = ledger->api->mark(ledger->store);

    if (status == LX_STORE_OK) {
        status = request->run(request, &committer->ledger);
        if (status != LX_STORE_OK) {
            set_error(committer, &request->error, status);
            *error = request->error;
            status = ledger->api->undo(ledger->store);
            if (status != LX_STORE_OK && error->status <= LX_STORE_OVER)
                set_error(committer, error, status); /* that was its answer */
            return status == LX_STORE_OK;
        }
        status = ledger->api->keep(ledger->store);
    }
    if (status != LX_STORE_OK)
        set_error(committer, error, status);
    return status == LX_STORE_OK;
}

/* Up to `end`. What was refused alone keeps its own words. */
static void refuse_some(struct lx_journal_request *first,
                        const struct lx_journal_request *end,
                        const struct lx_store_error *error)
{
    for (; first != end; first = first->next)
        if (first->error.status == LX_STORE_OK)
            first->error = *error;
}

static void commit_some(struct lx_committer *committer,
                        struct lx_journal_request *first,
                        const struct lx_journal_request *end)
{
    const struct lx_ledger *ledger = &committer->ledger;
    struct lx_journal_request *request;
    struct lx_store_error error;
    int64_t now_ms = lx_boot_ms();
    enum lx_store_status status = ledger->api->commit(ledger->store);

    for (request = first; request != end; request = request->next)
        request->committed_ms = now_ms;
    if (status == LX_STORE_OK)
        return;
    set_error(committer, &error, status);
    ledger->api->roll_back(ledger->store);
    refuse_some(first, end, &error);
}

/* Whether it is to be run again, after those before it: two that wait for one
 * another's locks go on when one of them lets go of all. */
static bool is_held_up(struct lx_journal_request *request, bool is_first,
                       int *tries)
{
    if (request->error.status != LX_STORE_BUSY ||
        (is_first && ++*tries == BUSY_TRIES))
        return false;
    if (!is_first)
        *tries = 1;
    request->error = (struct lx_store_error){LX_STORE_OK, ""};
    return true;
}

static bool begin_group(struct lx_committer *committer,
                        struct lx_journal_request *first)
{
    const struct lx_ledger *ledger = &committer->ledger;
    struct lx_store_error error;
    enum lx_store_status status = ledger->api->begin(ledger->store);

    if (status == LX_STORE_OK)
        return true;
    set_error(committer, &error, status);
    refuse_some(first, NULL, &error);
    return false;
}

/* Parts are dear, and most groups need none: several requests are run as one
 * where each may be run again. False, and nothing is done, where one of them
 * did not go well. */
static bool run_whole(struct lx_committer *committer,
                      struct lx_journal_request *first)
{
    const struct lx_ledger *ledger = &committer->ledger;
    struct lx_journal_request *request;

    for (request = first; request; request = request->next)
        if (!request->may_repeat || !first->next)
            return false;
    if (ledger->api->begin(ledger->store) != LX_STORE_OK)
        return false;
    for (request = first; request; request = request->next)
        if (request->run(request, &committer->ledger) != LX_STORE_OK) {
            ledger->api->roll_back(ledger->store);
            return false;
        }
    commit_some(committer, first, NULL);
    return true;
}

/* One commit, of what stands before the first that is held up. Returns where
 * the next one begins; NULL: nowhere. `tries`: of the first. */
static struct lx_journal_request *run_group(struct lx_committer *committer,
                                            struct lx_journal_request *first,
                                            int *tries)
{
    const struct lx_ledger *ledger = &committer->ledger;
    struct lx_journal_request *request;
    struct lx_store_error error;

    if (!begin_group(committer, first))
        return NULL;
    for (request = first; request; request = request->next) {
        if (!run_part(committer, request, &error)) {
            ledger->api->roll_back(ledger->store);
            refuse_some(first, NULL, &error);
            return NULL;
        }
        if (is_held_up(request, request == first, tries))
            break;
    }
    commit_some(committer, first, request);
    return request;
}

void lx_commit_run(struct lx_committer *committer,
                   struct lx_journal_request *group,
                   struct lx_journal_request *reads)
{
    struct lx_journal_request *request;
    int tries = 0;

    if (group && open_for(committer, group) && !run_whole(committer, group))
        for (request = group; request;)
            request = run_group(committer, request, &tries);
    if (reads && open_for(committer, reads))
        for (request = reads; request; request = request->next)
            run_read(committer, request);
}

void lx_commit_close(struct lx_committer *committer)
{
    committer->ledger.api->close(committer->ledger.store);
    committer->ledger.store = NULL;
}
