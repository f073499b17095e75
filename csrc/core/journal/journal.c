/* journal.c: see journal.h. */
#include "journal/journal.h"

#include "base/text.h"
#include "journal/fleet.h"
#include "journal/gather.h"
#include "journal/request_line.h"
#include "os/clock.h"
#include "os/thread.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct lx_journal {
    char *place; /* owned */
    void (*wake)(void *argument);
    void *argument;
    struct lx_committer committer; /* journal thread only */
    int64_t tick_ms; /* journal thread only: when to call the store's tick */
    int64_t poll_ms; /* journal thread only: when to ask has_changed */
    int64_t tidy_ms; /* journal thread only: when to tidy; 0: just opened */
    bool has_thread; /* I/O thread only */
    struct lx_thread thread;
    struct lx_mutex lock;
    struct lx_condition change; /* of what is guarded by lock */
    struct lx_request_line waiting[LX_JOURNAL_RANKS]; /* guarded by lock */
    struct lx_request_line ended;                     /* guarded by lock */
    struct lx_gather gather;                          /* guarded by lock */
    int watchers;                                     /* guarded by lock */
    bool has_changed;                                 /* guarded by lock */
    bool heeds_hints;                                 /* guarded by lock */
    struct lx_hints hints;                            /* guarded by lock */
    const char *account;             /* guarded by lock; NULL: none */
    bool has_fleet_news;             /* guarded by lock: of `fleet` */
    struct lx_store_fleet fleet;     /* guarded by lock */
    struct lx_fleet_look fleet_look; /* journal thread only */
    bool is_stopping;                /* guarded by lock */
    int64_t wakes_ms; /* guarded by lock: some gather until then; 0: none do */
    int adding;       /* guarded by lock: not 0: more is about to be added */
};

/* ---- the thread ---- */

/* What is added together is committed together: were the first of it taken at
 * once, each second commit would hold one request. */
static bool has_work(const struct lx_journal *journal)
{
    if (journal->adding > 0)
        return false;
    for (int rank = 0; rank < LX_JOURNAL_RANKS; rank++)
        if (journal->waiting[rank].first)
            return true;
    return false;
}

/* Until when more may gather; not later than now: no longer. What is to be read
 * does not wait. */
static int64_t gather_until(const struct lx_journal *journal)
{
    if (journal->is_stopping || journal->waiting[LX_JOURNAL_READ].first)
        return 0;
    return lx_gather_until(&journal->gather, lx_now_ms());
}

static int count_awaited(const struct lx_journal_request *request)
{
    int count = 0;

    for (; request; request = request->next)
        count += !request->is_late;
    return count;
}

/* With the lock held, which is let go in between: one group, and what is only
 * to be read. */
static void work_off_group(struct lx_journal *journal)
{
    struct lx_request_line group = {NULL, NULL}, reads = {NULL, NULL};
    int room = LX_JOURNAL_GROUP_MAX;

    room -=
        lx_request_line_move(&journal->waiting[LX_JOURNAL_FACT], &group, room);
    lx_request_line_move(&journal->waiting[LX_JOURNAL_INTENT], &group, room);
    lx_gather_take(&journal->gather, count_awaited(group.first), lx_now_ms());
    lx_request_line_move(&journal->waiting[LX_JOURNAL_READ], &reads,
                         LX_JOURNAL_GROUP_MAX);
    lx_mutex_unlock(&journal->lock);
    lx_commit_run(&journal->committer, group.first, reads.first);
    journal->tick_ms = 0; /* the others may have to be told of it */
    lx_mutex_lock(&journal->lock);
    lx_request_line_move(&group, &journal->ended, LX_JOURNAL_GROUP_MAX);
    lx_request_line_move(&reads, &journal->ended, LX_JOURNAL_GROUP_MAX);
    lx_mutex_unlock(&journal->lock);
    journal->wake(journal->argument);
    lx_mutex_lock(&journal->lock);
}

/* The store is open, and was tidied when it was opened. */
static void tidy(struct lx_journal *journal)
{
    bool has_more = journal->tidy_ms && lx_commit_tidy(&journal->committer);

    journal->tidy_ms =
        lx_now_ms() + (has_more ? 0 : journal->committer.ledger.api->tidy_ms);
}

/* Whether others have committed, when it is time to ask. */
static bool poll_store(struct lx_journal *journal)
{
    const struct lx_ledger *ledger = &journal->committer.ledger;
    bool has_changed = false;

    if (lx_now_ms() < journal->poll_ms)
        return false;
    journal->poll_ms = lx_now_ms() + ledger->api->poll_ms;
    return ledger->api->has_changed(ledger->store, &has_changed) ==
               LX_STORE_OK &&
           has_changed;
}

/* With the lock held, which is let go in between: the store's upkeep, and what
 * others have changed, where somebody wants to know it. */
static void look_around(struct lx_journal *journal)
{
    const struct lx_ledger *ledger = &journal->committer.ledger;
    bool heeds_hints = journal->heeds_hints;
    bool is_watched = journal->watchers > 0, has_fleet_news = false;
    const char *account = journal->account;
    struct lx_hints found = {0};

    if (!ledger->store)
        return;
    lx_mutex_unlock(&journal->lock);
    if (ledger->api->tick && lx_now_ms() >= journal->tick_ms)
        journal->tick_ms = lx_now_ms() + ledger->api->tick(ledger->store);
    if (lx_now_ms() >= journal->tidy_ms)
        tidy(journal);
    bool has_changed =
        (is_watched || heeds_hints || account) && poll_store(journal);
    if (has_changed && heeds_hints)
        (void)ledger->api->new_hints(ledger->store, lx_hints_add, &found);
    if (has_changed)
        lx_fleet_changed(&journal->fleet_look);
    if (account)
        has_fleet_news = lx_fleet_look(&journal->fleet_look, ledger->api,
                                       ledger->store, account);
    bool is_news =
        found.count > 0 || has_fleet_news || (has_changed && is_watched);
    lx_mutex_lock(&journal->lock);
    journal->has_changed |= has_changed;
    if (has_fleet_news)
        journal->fleet = journal->fleet_look.latest;
    journal->has_fleet_news |= has_fleet_news;
    lx_hints_join(&journal->hints, &found);
    if (!is_news)
        return;
    lx_mutex_unlock(&journal->lock);
    journal->wake(journal->argument);
    lx_mutex_lock(&journal->lock);
}

/* When to look around; INT64_MAX: when there is work. */
static int64_t next_look(struct lx_journal *journal)
{
    const struct lx_ledger *ledger = &journal->committer.ledger;
    int64_t due_ms = journal->tidy_ms;

    if (!ledger->store)
        return INT64_MAX;
    if (ledger->api->tick && journal->tick_ms < due_ms)
        due_ms = journal->tick_ms;
    if ((journal->watchers > 0 || journal->heeds_hints || journal->account) &&
        journal->poll_ms < due_ms)
        due_ms = journal->poll_ms;
    if (!journal->account)
        journal->fleet_look.due_ms = 0; /* at once, when there is one */
    else if (journal->fleet_look.due_ms < due_ms)
        due_ms = journal->fleet_look.due_ms;
    return due_ms;
}

static void sleep_until_work(struct lx_journal *journal)
{
    int64_t due_ms = next_look(journal);

    if (due_ms == INT64_MAX)
        lx_condition_wait(&journal->change, &journal->lock);
    else if (lx_now_ms() < due_ms)
        lx_condition_wait_until(&journal->change, &journal->lock, due_ms);
    else
        look_around(journal);
}

static void run_journal(void *argument)
{
    struct lx_journal *journal = argument;

    lx_mutex_lock(&journal->lock);
    while (has_work(journal) || !journal->is_stopping)
        if (!has_work(journal)) {
            sleep_until_work(journal);
        } else if (gather_until(journal) > lx_now_ms()) {
            journal->wakes_ms = gather_until(journal);
            lx_condition_wait_until(&journal->change, &journal->lock,
                                    journal->wakes_ms);
            journal->wakes_ms = 0;
        } else {
            work_off_group(journal);
            look_around(journal);
        }
    lx_mutex_unlock(&journal->lock);
}

/* ---- the I/O thread ---- */

/* With the lock held. While some gather, the thread wakes by itself. */
static void wake_thread(struct lx_journal *journal)
{
    if (has_work(journal) &&
        (!journal->wakes_ms || gather_until(journal) < journal->wakes_ms))
        lx_condition_signal(&journal->change);
}

void lx_journal_add(struct lx_journal *journal,
                    struct lx_journal_request *request)
{
    lx_mutex_lock(&journal->lock);
    assert(!journal->is_stopping);
    request->error = (struct lx_store_error){LX_STORE_OK, ""};
    lx_request_line_add(&journal->waiting[request->rank], request);
    if (request->rank != LX_JOURNAL_READ && !request->is_late)
        lx_gather_add(&journal->gather, lx_now_ms(),
                      request->rank == LX_JOURNAL_FACT ? LX_GATHER_FACT_MS
                                                       : LX_GATHER_MS);
    if (!journal->has_thread)
        journal->has_thread =
            lx_thread_start(&journal->thread, run_journal, journal);
    if (!journal->has_thread) /* the system gives none: slowly, then */
        work_off_group(journal);
    else
        wake_thread(journal);
    lx_mutex_unlock(&journal->lock);
}

bool lx_journal_is_used(const struct lx_journal *journal)
{
    return journal->has_thread;
}

void lx_journal_begin(struct lx_journal *journal)
{
    lx_mutex_lock(&journal->lock);
    journal->adding++;
    lx_mutex_unlock(&journal->lock);
}

void lx_journal_end(struct lx_journal *journal)
{
    lx_mutex_lock(&journal->lock);
    assert(journal->adding > 0);
    journal->adding--;
    wake_thread(journal);
    lx_mutex_unlock(&journal->lock);
}

bool lx_journal_deliver(struct lx_journal *journal)
{
    lx_mutex_lock(&journal->lock);
    struct lx_journal_request *request = journal->ended.first;
    bool any = request != NULL;
    journal->ended = (struct lx_request_line){NULL, NULL};
    journal->adding++;
    lx_mutex_unlock(&journal->lock);
    while (request) {
        struct lx_journal_request *next = request->next;
        request->on_end(request);
        request = next;
    }
    lx_journal_end(journal);
    return any;
}

void lx_journal_watch(struct lx_journal *journal)
{
    lx_mutex_lock(&journal->lock);
    journal->watchers++;
    lx_condition_signal(&journal->change);
    lx_mutex_unlock(&journal->lock);
}

void lx_journal_unwatch(struct lx_journal *journal)
{
    lx_mutex_lock(&journal->lock);
    assert(journal->watchers > 0);
    journal->watchers--;
    lx_mutex_unlock(&journal->lock);
}

bool lx_journal_has_changed(struct lx_journal *journal)
{
    lx_mutex_lock(&journal->lock);
    bool has_changed = journal->has_changed;
    journal->has_changed = false;
    lx_mutex_unlock(&journal->lock);
    return has_changed;
}

void lx_journal_heed_hints(struct lx_journal *journal, bool heeds)
{
    lx_mutex_lock(&journal->lock);
    journal->heeds_hints = heeds;
    lx_condition_signal(&journal->change);
    lx_mutex_unlock(&journal->lock);
}

struct lx_hints lx_journal_take_hints(struct lx_journal *journal)
{
    lx_mutex_lock(&journal->lock);
    struct lx_hints hints = journal->hints;
    journal->hints = (struct lx_hints){0};
    lx_mutex_unlock(&journal->lock);
    return hints;
}

void lx_journal_use_account(struct lx_journal *journal, const char *account)
{
    lx_mutex_lock(&journal->lock);
    journal->account = account;
    lx_condition_signal(&journal->change);
    lx_mutex_unlock(&journal->lock);
}

bool lx_journal_take_fleet(struct lx_journal *journal,
                           struct lx_store_fleet *fleet)
{
    lx_mutex_lock(&journal->lock);
    bool has_news = journal->has_fleet_news;
    *fleet = journal->fleet;
    journal->has_fleet_news = false;
    lx_mutex_unlock(&journal->lock);
    return has_news;
}

bool lx_journal_is_fresh(const struct lx_journal *journal, int64_t committed_ms)
{
    int64_t limit_ms = journal->committer.ledger.api->fresh_ms;

    return limit_ms == 0 || lx_boot_ms() - committed_ms <= limit_ms;
}

/* ---- life ---- */

struct lx_journal *lx_journal_new(const struct lx_store_api *api,
                                  const char *place,
                                  void (*wake)(void *argument), void *argument)
{
    struct lx_journal *journal = calloc(1, sizeof *journal);

    if (!journal)
        return NULL;
    journal->place = lx_text_duplicate(place, strlen(place));
    if (!journal->place) {
        free(journal);
        return NULL;
    }
    journal->committer.place = journal->place;
    journal->committer.ledger.api = api;
    journal->wake = wake;
    journal->argument = argument;
    lx_mutex_init(&journal->lock);
    lx_condition_init(&journal->change);
    return journal;
}

void lx_journal_stop(struct lx_journal *journal)
{
    lx_mutex_lock(&journal->lock);
    journal->is_stopping = true;
    lx_condition_signal(&journal->change);
    lx_mutex_unlock(&journal->lock);
    if (journal->has_thread)
        lx_thread_join(&journal->thread);
    journal->has_thread = false;
    lx_commit_close(&journal->committer);
}

void lx_journal_free(struct lx_journal *journal)
{
    if (!journal)
        return;
    lx_journal_stop(journal);
    assert(!journal->ended.first);
    lx_condition_deinit(&journal->change);
    lx_mutex_deinit(&journal->lock);
    free(journal->hints.entries);
    free(journal->place);
    free(journal);
}
