/* store.h: what the core asks of a store of entries: a struct of functions that
 * a store's module hands over. A store runs on the journal thread of the client
 * that opened it, and nowhere else; several clients, processes and (with a
 * server) machines share what is behind it.
 *
 * What a store is given is borrowed until the call returns; what it hands to a
 * `visit` is borrowed until that returns. A visit makes no call of the store,
 * and returns false to end the walk. Every call but close reports how it went,
 * and `error` has words for it. In the child of a fork every call answers
 * FORKED and close does nothing: what is open is the parent's. */
#pragma once

#include "journal/entry.h"

#include <stdbool.h>
#include <stdint.h>

/* Grows when anything below changes. */
#define LX_STORE_VERSION 11

/* X(suffix, words): the words are used where the store has no better ones. */
#define LX_STORE_STATUS_MAP(X)                                                 \
    X(OK, "it went well")                                                      \
    /* answers */                                                              \
    X(STALE, "somebody has changed the entry meanwhile")                       \
    X(EXISTS, "the key or task is in the journal already")                     \
    X(OVER, "the ceiling would be passed")                                     \
    /* cannot be opened, and is left as it is */                               \
    X(NEWER, "a newer version of this library made the journal")               \
    X(NOT_OURS, "it is no journal, but another program's")                     \
    X(NETWORK, "it is on a network file system, where locks cannot be "        \
               "trusted: put the journal on a local disk")                     \
    X(MISSING, "there is no such folder or database")                          \
    X(DENIED, "no permission to read and write it")                            \
    /* may be better later */                                                  \
    X(BUSY, "another process holds it locked")                                 \
    X(LOST, "the server cannot be reached")                                    \
    X(FULL, "the disk is full, or a limit or quota is reached")                \
    X(READ_ONLY, "it is read-only")                                            \
    X(MEMORY, "out of memory")                                                 \
    X(FAULT, "the disk reports a fault")                                       \
    /* needs a person */                                                       \
    X(CORRUPT, "it is damaged")                                                \
    X(UNSURE, "the server has not said whether it is written")                 \
    X(FORKED, "it belongs to the parent process")                              \
    X(OTHER, "the store refuses it")

#define LX_STORE_STATUS_ENUM(suffix, words) LX_STORE_##suffix,
enum lx_store_status { LX_STORE_STATUS_MAP(LX_STORE_STATUS_ENUM) };
#undef LX_STORE_STATUS_ENUM

struct lx_store_error {
    enum lx_store_status status;
    char text[300]; /* what happened, for people; without a full stop */
};

/* The planned entries that workers send: those that have a due time. */
enum lx_store_queue {
    LX_QUEUE_NONE,
    LX_QUEUE_DUE, /* nobody's, and due: by priority, then id */
    LX_QUEUE_HELD /* an owner's, who may be alive, or is dead */
};

/* The entries that match all that is given; NULL and 0 match any. Of id, key,
 * task_id, token_hash and identity at most one is given. */
struct lx_store_query {
    int64_t id;
    const char *origin; /* goes with key, task_id and identity */
    const char *key;
    const char *task_id;             /* of any attempt */
    const unsigned char *token_hash; /* of any attempt */
    bool may_change; /* with one of those two: also in a group others need not
                        wait for its end to change what is found */
    const unsigned char *identity; /* the newest with a result */
    const char *model;
    const char *batch;
    unsigned states;      /* bit n: enum lx_entry_state n */
    bool only_unfinished; /* to be sent, watched or saved */
    bool only_lost;       /* with an attempt that is lost or left: attempts.h */
    /* In a group. With origin, batch and limit alone; what another client is
     * about to claim is left out. */
    enum lx_store_queue queue;
    int64_t due_ms; /* DUE: then or before */
    /* Planned without a key and a due time, of that owner or one with a higher
     * number, by owner. With from_owner and limit alone. A store may leave out
     * those of living owners, and what another client is about to change. */
    bool only_strays;
    int64_t from_owner;
    bool only_numbers; /* with id alone: its texts and identity are NULL */
    int64_t since_ms;  /* created then or later */
    int64_t after_id;  /* entries come in the order of their ids */
    int64_t limit;
};

/* What of an attempt is written, the most first. */
enum lx_attempt_part {
    LX_ATTEMPT_NEW,   /* all: it was not there */
    LX_ATTEMPT_NAMES, /* its token, */
    LX_ATTEMPT_TASK,  /* its task, */
    LX_ATTEMPT_FACTS  /* its money, time and outcome */
};

/* A ceiling, and the period that a reservation falls in. */
struct lx_store_budget {
    const char *name;
    int64_t period; /* the number of the UTC day, or 0: in total */
    int64_t limit_mc;
};

/* Entries that one call claims. */
#define LX_STORE_CLAIM_MAX 500

enum lx_spend_by { LX_SPEND_BY_MODEL, LX_SPEND_BY_BATCH, LX_SPEND_BY_DAY };

/* What attempts cost. `label`: the model, the batch ("" for none) or the UTC
 * day, YYYY-MM-DD. */
struct lx_spend_row {
    const char *label;
    int64_t attempts, charged_mc, reserved_mc;
};

/* What the other clients of an account do. */
struct lx_store_fleet {
    int64_t others;   /* that live and use it */
    int64_t pause_ms; /* left of a pause that one of them has asked for; 0:
                         there is none */
    int64_t pause_id; /* another one for each such pause */
};

typedef bool lx_visit_entry(void *argument, const struct lx_entry *entry);
typedef bool lx_visit_free(void *argument, const struct lx_entry *entry,
                           const char *task_id, int64_t charged_mc);
typedef bool lx_visit_attempt(void *argument, const struct lx_attempt *attempt);
typedef bool lx_visit_file(void *argument, const struct lx_entry_file *file);
typedef bool lx_visit_spend(void *argument, const struct lx_spend_row *row);
typedef bool lx_visit_line(void *argument, const char *line);
typedef bool lx_visit_number(void *argument, int64_t number);

struct lx_store; /* the store's own */

struct lx_store_api {
    uint32_t version; /* LX_STORE_VERSION */
    uint32_t bytes;   /* of this struct */
    const char *name;

    /* How often to ask has_changed while somebody waits. */
    int32_t poll_ms;

    /* How often to look for what dead owners have left reserved. */
    int32_t tidy_ms;

    /* How old the commit of `sending` may be at the first byte, by a clock that
     * counts sleep; older, it has to be confirmed: see lx_ledger_confirm. 0:
     * any age, since locks and not leases say who is alive. */
    int32_t fresh_ms;

    /* ---- life ---- */

    /* Open what `place` names, made where it is not there, and become an owner.
     * *store is NULL after any status but OK, and nothing is changed. */
    enum lx_store_status (*open)(const char *place, int64_t now_ms,
                                 struct lx_store **store,
                                 struct lx_store_error *error);

    /* Stop being an owner. NULL is fine. */
    void (*close)(struct lx_store *store);

    /* Of the last call that was not OK; never NULL. */
    const struct lx_store_error *(*error)(const struct lx_store *store);

    /* This client's number as an owner, never given to another one. */
    int64_t (*owner)(const struct lx_store *store);

    /* Whether that owner's client is open: at once and whatever the clock
     * says, or, with a server, within its lease of 30 s. */
    enum lx_store_status (*is_alive)(struct lx_store *store, int64_t owner,
                                     bool *is_alive);

    /* Whether this is a copy, a restored backup or on another machine: then
     * entries that were sent since may be missing, and nothing may be sent
     * until adopt() has made it the journal of this place, in whichever
     * client. Stays as it is in a group; may become true with a server, which
     * fails over to a copy. adopt: in a group. */
    bool (*is_copy)(const struct lx_store *store);
    enum lx_store_status (*adopt)(struct lx_store *store, int64_t now_ms);

    /* Whether anybody else has committed since the last call that said so; a
     * server may say it up to a second later. */
    enum lx_store_status (*has_changed)(struct lx_store *store, bool *changed);

    /* Upkeep of the store's own, outside of groups: its lease, what it owes to
     * others. Called after each group, and again in as many milliseconds as it
     * returns, at the latest. NULL where a store needs none. */
    int64_t (*tick)(struct lx_store *store);

    /* How much the clock that all clients share is ahead of this machine's,
     * which may be wrong: due times and the days of budgets go by it. NULL
     * where they share this machine's. */
    int64_t (*clock_lead_ms)(const struct lx_store *store);

    /* ---- groups: one transaction ---- */

    /* Everything below that changes something is called between begin and
     * commit. What find has given in a group, but for lists, stays as it is
     * until the commit. A commit that is not OK has changed nothing; but after
     * UNSURE nobody can say: what it may have written is a dead owner's.
     * roll_back ends the group after that, whatever happened in it. */
    enum lx_store_status (*begin)(struct lx_store *store);
    enum lx_store_status (*commit)(struct lx_store *store);
    void (*roll_back)(struct lx_store *store);

    /* A part of a group that is undone alone; parts are not nested. One in
     * which a call was BUSY may go well in another group. */
    enum lx_store_status (*mark)(struct lx_store *store);
    enum lx_store_status (*keep)(struct lx_store *store);
    enum lx_store_status (*undo)(struct lx_store *store);

    /* ---- entries ---- */

    enum lx_store_status (*find)(struct lx_store *store,
                                 const struct lx_store_query *query,
                                 lx_visit_entry *visit, void *argument);

    /* In a group: up to query->limit (from 1 to LX_STORE_CLAIM_MAX) unfinished
     * entries whose owner is dead or nobody, each with the task and charge of
     * its attempt; without their requests, errors, identities, origins, and
     * times but for accepted_ms and ended_ms. A store may give those of living
     * owners, too; or leave out what another client is about to claim, and take
     * no notice of after_id and the order, since what is claimed is not found
     * again. */
    enum lx_store_status (*find_free)(struct lx_store *store,
                                      const struct lx_store_query *query,
                                      lx_visit_free *visit, void *argument);

    /* In the group in which find_free has given them: `owner` has these
     * entries, and each gets its next fence. STALE unless all are there; count
     * up to LX_STORE_CLAIM_MAX. No event. */
    enum lx_store_status (*claim)(struct lx_store *store, const int64_t *ids,
                                  size_t count, int64_t owner);

    /* *id: its number. EXISTS, and nothing else is changed, when the key is
     * taken. No event: created_ms says it. */
    enum lx_store_status (*insert)(struct lx_store *store,
                                   const struct lx_entry *entry, int64_t *id);

    /* From `before` to `after`, with an event for the audit where the state is
     * another one or `detail` says something. STALE unless state and fence are
     * still those of `before`. What was given once (origin, key, batch, model,
     * identity, body, created_ms) stays; so does a text that is NULL. */
    enum lx_store_status (*change)(struct lx_store *store,
                                   const struct lx_entry *before,
                                   const struct lx_entry *after, int64_t at_ms,
                                   const char *detail);

    /* As `what` says. EXISTS when the token, the task or the number of a new
     * one is another attempt's; CORRUPT when there is none to be changed. */
    enum lx_store_status (*put_attempt)(struct lx_store *store,
                                        const struct lx_attempt *attempt,
                                        enum lx_attempt_part what);
    enum lx_store_status (*find_attempts)(struct lx_store *store,
                                          int64_t entry_id,
                                          lx_visit_attempt *visit,
                                          void *argument);

    /* Added, or put in the place of the one of that number. */
    enum lx_store_status (*put_file)(struct lx_store *store,
                                     const struct lx_entry_file *file);
    enum lx_store_status (*find_files)(struct lx_store *store, int64_t entry_id,
                                       lx_visit_file *visit, void *argument);

    /* ---- money ---- */

    /* Add the attempt's reserved_mc to what the budget has in use, and count
     * the attempt under it; nothing where it counts under it already. OVER, and
     * the part is to be undone, where its limit would be passed: one
     * conditional update. */
    enum lx_store_status (*reserve)(struct lx_store *store,
                                    const struct lx_attempt *attempt,
                                    const struct lx_store_budget *budget);

    /* Add, without a condition, to each budget that the attempt counts under.
     */
    enum lx_store_status (*adjust)(struct lx_store *store, int64_t entry_id,
                                   int64_t attempt, int64_t delta_mc);

    enum lx_store_status (*used)(struct lx_store *store, const char *name,
                                 int64_t period, int64_t *used_mc);
    /* Of the entries of `origin`; NULL: of all. */
    enum lx_store_status (*spend)(struct lx_store *store, const char *origin,
                                  enum lx_spend_by by, int64_t since_ms,
                                  lx_visit_spend *visit, void *argument);

    /* ---- callbacks ---- */

    /* A callback named that task of the entry, which may not have its id.
     * token_hash may be NULL. */
    enum lx_store_status (*put_hint)(struct lx_store *store, int64_t entry_id,
                                     const char *task_id,
                                     const unsigned char *token_hash,
                                     int64_t at_ms);

    /* The task that the last callback with that token, or of that task, named;
     * no visit when there was none. Either may be NULL. */
    enum lx_store_status (*find_hint)(struct lx_store *store,
                                      const unsigned char *token_hash,
                                      const char *task_id, lx_visit_line *visit,
                                      void *argument);

    /* The entries, sending or accepted, whose tasks callbacks have named since
     * the last call, or since the store was opened, whoever received them. What
     * was committed while a server was out of reach may be missing. */
    enum lx_store_status (*new_hints)(struct lx_store *store,
                                      lx_visit_number *visit, void *argument);

    /* The unknown entries of `origin` whose attempt a callback has named: their
     * ids as texts, up to `limit`. */
    enum lx_store_status (*named)(struct lx_store *store, const char *origin,
                                  int64_t limit, lx_visit_line *visit,
                                  void *argument);

    /* ---- accounts: clients that the service counts together ---- */

    /* In a group. This client uses the account, until the next call; NULL: it
     * uses none. */
    enum lx_store_status (*use_account)(struct lx_store *store,
                                        const char *account);

    /* In a group. Whoever uses the account is to pause for so long from now on,
     * by the clock of the store's machine. A longer pause stays. */
    enum lx_store_status (*pause_account)(struct lx_store *store,
                                          const char *account, int64_t now_ms,
                                          int64_t pause_ms);

    enum lx_store_status (*look_at_account)(struct lx_store *store,
                                            const char *account, int64_t now_ms,
                                            struct lx_store_fleet *fleet);

    /* ---- upkeep ---- */

    /* Of the next `limit` entries behind *after_id, the last of which it
     * becomes, forget those that ended before: saved, refused, failed,
     * abandoned, and succeeded ones without a target; never unknown ones. And
     * up to `limit` hints of before. *more: whether there may be more. */
    enum lx_store_status (*prune)(struct lx_store *store, int64_t before_ms,
                                  int64_t limit, int64_t *after_id,
                                  int64_t *forgotten, bool *more);

    /* Everything as JSON, one entry a line, with its attempts, files and
     * events, in the order of ids from after_id on. The member `id` is first;
     * what is kept with bytes that are no UTF-8 has them here, too. */
    enum lx_store_status (*export_lines)(struct lx_store *store,
                                         int64_t after_id, int64_t limit,
                                         lx_visit_line *visit, void *argument);
};
