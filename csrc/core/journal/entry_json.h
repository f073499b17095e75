/* entry_json.h: an entry as JSON, for people and programs. On the journal
 * thread. */
#pragma once

#include "base/buffer.h"
#include "journal/entry_copy.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* Append the entry as an object: what it is, its state, times, attempts, what
 * they cost (in thousandths), its files; not its request. MEMORY, too, where
 * the buffer is full. */
enum lx_store_status lx_entry_write(struct lx_buffer *out,
                                    struct lx_ledger *ledger,
                                    const struct lx_entry *entry);

#pragma GCC visibility pop
