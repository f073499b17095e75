/* commit.h: requests to a journal, and how they are carried out on its store:
 * those that write in groups of one commit, each as a part that is undone alone
 * where it is refused. On the journal thread. */
#pragma once

#include "journal/entry_copy.h"
#include "journal/store.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

enum lx_journal_rank {
    LX_JOURNAL_FACT,   /* what has happened: ids, ends, files */
    LX_JOURNAL_INTENT, /* what is to be done */
    LX_JOURNAL_READ,   /* changes nothing: runs outside of a commit */
    LX_JOURNAL_RANKS
};

/* Embedded in what the caller wants to know. */
struct lx_journal_request {
    struct lx_journal_request *next; /* the journal's */
    enum lx_journal_rank rank;

    /* On the journal thread: what to do, by ledger.h or the store's calls; what
     * it changes is undone unless it returns OK, and after BUSY it may be
     * called again. Its own memory only: the request is the journal's until
     * on_end. */
    enum lx_store_status (*run)(struct lx_journal_request *request,
                                struct lx_ledger *ledger);

    bool is_late;    /* nobody waits for it */
    bool may_repeat; /* what `run` has done it may do again, as if it had not */

    bool makes_none; /* alone it does not make a journal where none is: STALE */

    /* From lx_journal_deliver; takes the request. */
    void (*on_end)(struct lx_journal_request *request);

    /* Then: OK when it is committed, else why it is not, and that it has
     * changed nothing. A fact that could not be written is for the caller to
     * add again. */
    struct lx_store_error error;

    /* When it was committed: for lx_journal_is_fresh. */
    int64_t committed_ms;
};

struct lx_committer {
    const char *place; /* borrowed: what the store is to open */
    struct lx_ledger
        ledger;     /* its api is borrowed; its store is NULL: closed */
    int64_t tidied; /* owners with a lower number are done with, this time */
};

/* Run the requests of both lists (linked by `next`, NULL: none), the writing
 * ones first, and set the error and committed_ms of each. Opens the store;
 * where that fails, each ends for that reason. */
void lx_commit_run(struct lx_committer *committer,
                   struct lx_journal_request *group,
                   struct lx_journal_request *reads);

/* Give back, in one commit, some of what dead clients have left reserved; the
 * store is open. True: there may be more. Where it fails it is done later. */
bool lx_commit_tidy(struct lx_committer *committer);

/* Twice is fine. */
void lx_commit_close(struct lx_committer *committer);

#pragma GCC visibility pop
