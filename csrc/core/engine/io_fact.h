/* io_fact.h: facts on their way into the journal. Those of one entry arrive in
 * the order in which they were submitted; what cannot be written, as on a full
 * disk, is tried again while the client lives. I/O thread only. */
#pragma once

#include "engine/fact.h"
#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Takes the fact, whose entry is set. `op` waits for its on_end; NULL: none
 * does. Once the journal is stopped nothing comes of it. */
void lx_io_fact_submit(struct lx_io *io, struct lx_op *op,
                       struct lx_fact *fact);

/* The entry's first fact that is not in the journal; NULL: there is none. Where
 * it has failed so far, its request has the journal's last words. */
const struct lx_fact *lx_io_fact_of(const struct lx_io *io, int64_t entry);

/* Try that one again now, where it waits for that: together with what is added
 * next. */
void lx_io_fact_hurry(struct lx_io *io, int64_t entry);

/* Try again what is due. */
void lx_io_facts_retry(struct lx_io *io);

/* Before the journal stops: all that waits is added, and tried once more. */
void lx_io_facts_flush(struct lx_io *io);

#pragma GCC visibility pop
