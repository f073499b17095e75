/* journal.h: a thread that commits. Whatever waits is committed together, as
 * gather.h says when, facts before intents, each in a part of its own, so that
 * one that is refused does not undo the others. Starts its thread, and opens
 * the store, with the first request. Every function is for the I/O thread. */
#pragma once

#include "journal/commit.h"
#include "journal/hints.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* Requests in one commit. */
#define LX_JOURNAL_GROUP_MAX 256

struct lx_journal;

/* `place` is copied, `api` borrowed. `wake(argument)` is called, on any thread,
 * when lx_journal_deliver has something to do. NULL when out of memory. */
struct lx_journal *lx_journal_new(const struct lx_store_api *api,
                                  const char *place,
                                  void (*wake)(void *argument), void *argument);

/* Stops, then frees; all requests have been delivered (asserted). NULL is fine.
 */
void lx_journal_free(struct lx_journal *journal);

/* rank, run and on_end are set. Not after stop. */
void lx_journal_add(struct lx_journal *journal,
                    struct lx_journal_request *request);

/* Whether anything was added so far: before that there is no file. */
bool lx_journal_is_used(const struct lx_journal *journal);

/* What is added in between is committed together, from the end on. Nested; not
 * across stop. */
void lx_journal_begin(struct lx_journal *journal);
void lx_journal_end(struct lx_journal *journal);

/* Call on_end of all that have ended; true when there were any. What on_end
 * adds is committed together. */
bool lx_journal_deliver(struct lx_journal *journal);

/* While somebody waits for what another process does: have deliver's wake
 * called, and lx_journal_has_changed say so once, after others have committed.
 * Counted. */
void lx_journal_watch(struct lx_journal *journal);
void lx_journal_unwatch(struct lx_journal *journal);
bool lx_journal_has_changed(struct lx_journal *journal);

/* While tasks are watched: have deliver's wake called when callbacks have named
 * some of them, whichever process received these. */
void lx_journal_heed_hints(struct lx_journal *journal, bool heeds);

/* The entries of those, sending or accepted; also others' than this client's.
 * The caller frees the list's entries. */
struct lx_hints lx_journal_take_hints(struct lx_journal *journal);

/* While this client uses the account: look for the others that do. Borrowed
 * until the next call or the stop; NULL: it uses none. */
void lx_journal_use_account(struct lx_journal *journal, const char *account);

/* True when there is something new of them, told once; deliver's wake has been
 * called then. */
bool lx_journal_take_fleet(struct lx_journal *journal,
                           struct lx_store_fleet *fleet);

/* Whether what was committed then counts at the first byte of a create: others
 * cannot have taken this client for dead since. Where it does not, the entry
 * has to be confirmed, by lx_ledger_confirm in another request. */
bool lx_journal_is_fresh(const struct lx_journal *journal,
                         int64_t committed_ms);

/* Work off all that waits, close the store, join the thread; then deliver once
 * more. Takes as long as the disk, or another process that has the lock. Twice
 * is fine. */
void lx_journal_stop(struct lx_journal *journal);

#pragma GCC visibility pop
