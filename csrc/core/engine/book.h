/* book.h: what happens to a create and its task, written into its entry of the
 * journal. Nothing here touches the network or the op's steps. Where an op has
 * no booking, calls with the op do nothing. I/O thread only. */
#pragma once

#include "engine/booking.h"
#include "engine/fact.h"
#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* ---- the turn to send, held while the journal writes ---- */

/* Take it, unless another op is before this one: then false, and the op joins
 * the queue. */
bool lx_io_book_turn(struct lx_io *io, struct lx_op *op);

/* It is used. */
void lx_io_book_turn_used(struct lx_io *io, struct lx_op *op);

/* It is not needed; nothing where the op has none. */
void lx_io_book_turn_back(struct lx_io *io, struct lx_op *op);

/* ---- facts ---- */

/* A fact with one move; `seen` as for lx_entry_step. NULL: out of memory; the
 * client that takes the entry over then finds out what was lost. */
struct lx_fact *lx_book_fact(const struct lx_booking *booking,
                             enum lx_entry_event event, int64_t seen);

/* Room to record what comes of the create; false: out of memory. */
bool lx_io_book_prepare(struct lx_op *op);

/* The same, about the booking's attempt, in that room. */
struct lx_fact *lx_book_outcome_fact(struct lx_booking *booking,
                                     enum lx_entry_event event);

/* Nobody waits for it; NULL does nothing. */
void lx_io_book_submit(struct lx_io *io, struct lx_fact *fact);

/* ---- what comes of it ---- */

/* A create has an answer that names no task. */
void lx_io_book_outcome(struct lx_io *io, struct lx_op *op,
                        const struct lx_outcome *outcome);

/* What goes with the end of a task; the fact has its event. The record may be
 * NULL. */
void lx_book_end_news(struct lx_fact *fact, const struct lx_error *error,
                      const struct lx_record *record);

/* The op ends like this, with op->final->record. */
void lx_io_book_end(struct lx_io *io, struct lx_op *op,
                    const struct lx_error *error);

/* The op has no entry any more: it hears of none, and nothing of it is written.
 */
void lx_io_book_forget(struct lx_io *io, struct lx_op *op);

/* Nothing goes on for the op: what it has begun is put back. Before its request
 * is withdrawn. */
void lx_io_book_leave(struct lx_io *io, struct lx_op *op);

/* The entry that this client owns is nobody's from now on: one that is planned
 * and has a key may be taken up again, without a key it is cancelled. */
void lx_io_book_put_back(struct lx_io *io, struct lx_booking *booking);

#pragma GCC visibility pop
