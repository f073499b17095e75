/* What a group's requests are told when the store fails in the middle of it:
 * only one that was refused has its own words. The store does nothing. */
#include "journal/commit.h"

#include "../check.h"

static struct {
    struct lx_store_error error;
    enum lx_store_status undone; /* what undo reports */
    int begun, committed;
} store;

static enum lx_store_status fail(enum lx_store_status status)
{
    store.error.status = status;
    snprintf(store.error.text, sizeof store.error.text, "status %d", status);
    return status;
}

static enum lx_store_status begin(struct lx_store *unused)
{
    (void)unused;
    store.begun++;
    return LX_STORE_OK;
}

static enum lx_store_status commit(struct lx_store *unused)
{
    (void)unused;
    store.committed++;
    return LX_STORE_OK;
}

static void roll_back(struct lx_store *unused)
{
    (void)unused;
}

static enum lx_store_status do_nothing(struct lx_store *unused)
{
    (void)unused;
    return LX_STORE_OK;
}

static enum lx_store_status undo(struct lx_store *unused)
{
    (void)unused;
    return store.undone == LX_STORE_OK ? LX_STORE_OK : fail(store.undone);
}

static const struct lx_store_error *get_error(const struct lx_store *unused)
{
    (void)unused;
    return &store.error;
}

static const struct lx_store_api API = {.begin = begin,
                                        .commit = commit,
                                        .roll_back = roll_back,
                                        .mark = do_nothing,
                                        .keep = do_nothing,
                                        .undo = undo,
                                        .error = get_error};

static enum lx_store_status run_well(struct lx_journal_request *request,
                                     struct lx_ledger *ledger)
{
    (void)request;
    (void)ledger;
    return LX_STORE_OK;
}

static enum lx_store_status run_stale(struct lx_journal_request *request,
                                      struct lx_ledger *ledger)
{
    (void)request;
    (void)ledger;
    return fail(LX_STORE_STALE);
}

static enum lx_store_status run_full(struct lx_journal_request *request,
                                     struct lx_ledger *ledger)
{
    (void)request;
    (void)ledger;
    return fail(LX_STORE_FULL);
}

/* A group of one that goes well, one that does not, and one that goes well:
 * what each is told. */
static void
check_group(const char *row,
            enum lx_store_status (*run)(struct lx_journal_request *request,
                                        struct lx_ledger *ledger),
            enum lx_store_status undone, const enum lx_store_status *wanted)
{
    struct lx_committer committer = {
        .place = "x.db",
        .ledger = {.api = &API, .store = (struct lx_store *)&store}};
    struct lx_journal_request last = {.run = run_well};
    struct lx_journal_request middle = {.next = &last, .run = run};
    struct lx_journal_request first = {.next = &middle, .run = run_well};

    check_row = row;
    store.undone = undone;
    store.begun = store.committed = 0;
    lx_commit_run(&committer, &first, NULL);
    CHECK_EQ(first.error.status, wanted[0]);
    CHECK_EQ(middle.error.status, wanted[1]);
    CHECK_EQ(last.error.status, wanted[2]);
    CHECK_EQ(store.committed, undone == LX_STORE_OK);
}

int main(void)
{
    check_group(
        "the answer of one is its own", run_stale, LX_STORE_OK,
        (enum lx_store_status[]){LX_STORE_OK, LX_STORE_STALE, LX_STORE_OK});
    check_group(
        "an answer that cannot be undone is not that of the others", run_stale,
        LX_STORE_BUSY,
        (enum lx_store_status[]){LX_STORE_BUSY, LX_STORE_STALE, LX_STORE_BUSY});
    check_group(
        "a full disk undoes all, and says so", run_full, LX_STORE_OTHER,
        (enum lx_store_status[]){LX_STORE_FULL, LX_STORE_FULL, LX_STORE_FULL});
    return check_report("commit");
}
