/* ledger.h: what a client writes into its journal: the table of transition.h
 * carried out on a store. On the journal thread, between begin and commit of
 * the store; where a call is not OK, the caller undoes what it has done. */
#pragma once

#include "journal/entry_copy.h"
#include "journal/entry_rows.h"
#include "journal/transition.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Unix time, by the clock that all clients of the journal share. */
int64_t lx_ledger_now_ms(const struct lx_ledger *ledger);

/* ---- to be sent ---- */

struct lx_plan {
    /* origin, key, batch, priority, model, identity, body and target are read
     */
    struct lx_entry wanted;
    const unsigned char *token_hash; /* of the attempt's callback; or NULL */
    int64_t price_mc;                /* LX_MONEY_UNKNOWN: none is stated */
    const struct lx_store_budget *budgets;
    size_t budget_count;
    bool may_reuse;    /* take the result of a like entry */
    bool retry_failed; /* of what failed or was abandoned, unless is_known */
    bool sends_now;    /* to `sending`: the turn has come */
    int64_t claimed;   /* by lx_ledger_claim: that entry, whatever its key */
    bool is_known;     /* the entry was this wish's before: what was refused
                          meanwhile, failed or was cancelled, is not sent
                          again */
    int64_t now_ms;
};

enum lx_plan_end {
    LX_PLAN_SEND,    /* it is this client's to send */
    LX_PLAN_WAIT,    /* a living client is at it */
    LX_PLAN_WATCH,   /* its task is known */
    LX_PLAN_RESULT,  /* it is made; succeeded or saved */
    LX_PLAN_FAILED,  /* as recorded; abandoned, too, or refused meanwhile */
    LX_PLAN_UNKNOWN, /* nothing may be sent before somebody knows more */
    LX_PLAN_DIFFERS, /* the key is another request's: see the entry's body */
    LX_PLAN_OVER,    /* a ceiling would be passed: nothing is written */
    LX_PLAN_NO_PRICE /* there is a ceiling, and no price */
};

/* What becomes of a wish: the entry of its key, or a new one. OK with *end and
 * *copy, which the caller frees; *copy is NULL after OVER and NO_PRICE. STALE
 * while the journal is a copy that nobody has adopted. */
enum lx_store_status lx_ledger_plan(struct lx_ledger *ledger,
                                    const struct lx_plan *plan,
                                    enum lx_plan_end *end,
                                    struct lx_entry_copy **copy);

/* ---- to be sent by whoever has time ---- */

/* An entry that nobody owns, due at plan->wanted.due_ms (not 0). *is_new: it
 * was not there; EXISTS where its key is another request's. OVER and NO_PRICE
 * as of lx_ledger_plan, in *end. STALE while the journal is a copy. */
enum lx_store_status lx_ledger_enqueue(struct lx_ledger *ledger,
                                       const struct lx_plan *plan,
                                       enum lx_plan_end *end, bool *is_new);

/* Claim up to `limit` of those that are due, first what a dead owner has not
 * sent, and put them into `rows`, which is empty. batch: NULL for any. STALE
 * while the journal is a copy. */
enum lx_store_status lx_ledger_claim(struct lx_ledger *ledger,
                                     const char *origin, const char *batch,
                                     int64_t limit, int64_t now_ms,
                                     struct lx_entry_rows *rows);

/* An entry that this client has claimed and not sent, or not saved, is nobody's
 * again. *is_done: whether others may take it, or have; it may have been left
 * before. */
enum lx_store_status lx_ledger_release(struct lx_ledger *ledger, int64_t id,
                                       int64_t now_ms, bool *is_done);

/* Whether there is an entry, but for this client's, that is enqueued, on its
 * way or to be saved. */
enum lx_store_status lx_ledger_has_work(struct lx_ledger *ledger,
                                        const char *origin, const char *batch,
                                        bool *has_work);

/* ---- what happens to an entry ---- */

/* What goes with an event; NULL, 0 and LX_MONEY_UNKNOWN where nothing does. */
struct lx_entry_news {
    int64_t now_ms;
    int64_t charged_mc;              /* what the record says */
    int64_t attempt;                 /* ID, NOT_SENT: which it is about */
    int64_t owner;                   /* NOT_SENT: only of that owner's entry */
    const char *task_id;             /* ID */
    const unsigned char *token_hash; /* SEND: of its callback */
    const char *urls;                /* SUCCEED */
    int64_t leave_fence; /* SUCCEED: LEAVE follows, decided on that one; it is
                            skipped where it does not count */
    const char *error;   /* where it is written */
    const struct lx_entry_file *files; /* SAVE; entry_id is set here */
    size_t file_count;
    const char *detail; /* for the audit */
    /* AGAIN: */
    int64_t price_mc;
    const struct lx_store_budget *budgets;
    size_t budget_count;
};

/* Carry `event` out on the entry; `seen` as for lx_entry_step. *after (may be
 * NULL): the entry as it is then, without its texts. OK where it is written, or
 * known already; STALE and no change where the fence or the attempt is another
 * one, the state has no place for it, there is no such entry, or for SEND the
 * journal is a copy; EXISTS where
 * the task is another entry's; OVER from AGAIN. What an attempt costs that the
 * entry does not follow any more, or that it made nothing, is settled even so.
 */
enum lx_store_status lx_ledger_step(struct lx_ledger *ledger, int64_t id,
                                    enum lx_entry_event event, int64_t seen,
                                    const struct lx_entry_news *news,
                                    struct lx_entry *after);

/* What a person found out about attempts of the entry that it does not follow:
 * NOTHING or CHARGED of all of which nobody knows what came, or ID of the first
 * of them; news as for lx_ledger_step. *count: how many; *living: those that a
 * living owner may be at. */
enum lx_store_status lx_ledger_resolve_lost(struct lx_ledger *ledger,
                                            int64_t id,
                                            enum lx_entry_event event,
                                            const struct lx_entry_news *news,
                                            int *count, int *living);

/* Before the first byte of a create whose commit is old (lx_journal_is_fresh):
 * OK where nobody has touched the entry since, and its owner's lease is new
 * once this is committed; STALE where somebody has, or the journal has become a
 * copy: nothing may be sent. */
enum lx_store_status lx_ledger_confirm(struct lx_ledger *ledger, int64_t id,
                                       int64_t fence);

/* lx_ledger_step for an entry that was read in this group, and an event that
 * concerns its owner alone: CLAIM, LEAVE, ORPHAN. The copy is brought up to
 * date. */
enum lx_store_status lx_ledger_move(struct lx_ledger *ledger,
                                    struct lx_entry_copy *copy,
                                    enum lx_entry_event event, int64_t now_ms);

/* ---- what nobody watches ---- */

/* Of the unfinished entries that `query` asks for by origin, states, after_id
 * and limit (at least 1): claim those whose owner is dead, and put them into
 * `rows`, which is empty, with the owner and fence that they had. What was left
 * in the middle of sending becomes unknown and is taken, too. query->after_id
 * becomes where to go on; *more: whether there is any. */
enum lx_store_status lx_ledger_take(struct lx_ledger *ledger,
                                    struct lx_store_query *query,
                                    int64_t now_ms, struct lx_entry_rows *rows,
                                    bool *more);

/* The first owner from that number on who is dead and has planned what nobody
 * asks for again, as it has no key and no due time. -1: there is none, or the
 * journal is a copy that nobody has adopted. Outside of groups. */
enum lx_store_status lx_ledger_stray_owner(struct lx_ledger *ledger,
                                           int64_t from_owner, int64_t *owner);

/* Refuse some of that, and give its reservation back. *refused: how many. */
enum lx_store_status lx_ledger_tidy(struct lx_ledger *ledger, int64_t owner,
                                    int64_t now_ms, int *refused);

/* ---- callbacks ---- */

/* A callback with that token, or without one (NULL), named that task: kept
 * where the token is an attempt's, each being written before its request is
 * sent, or without one the task an entry's. *copy: that entry, NULL when there
 * is none; *attempt: which of its attempts had the token, 0 when none had. The
 * service has to confirm the id before it is written by ID. Where this client
 * watches that very task nothing needs to be kept. */
enum lx_store_status lx_ledger_hint(struct lx_ledger *ledger,
                                    const char *origin, const char *task_id,
                                    const unsigned char *token_hash,
                                    int64_t now_ms, struct lx_entry_copy **copy,
                                    int64_t *attempt);

#pragma GCC visibility pop
