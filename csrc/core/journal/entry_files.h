/* entry_files.h: the files of an entry, outliving the visit in which they were
 * read. */
#pragma once

#include "journal/entry_copy.h"

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* As many as a result has at most. */
#define LX_ENTRY_FILES_MAX 256

struct lx_entry_files {
    size_t count;
    struct lx_entry_file *list; /* owned, with its texts and hashes */
};

/* Put in a copy, in the place of the one of that number; false, with nothing
 * changed, when out of memory or beyond the maximum. */
bool lx_entry_files_put(struct lx_entry_files *files,
                        const struct lx_entry_file *file);

/* The one of that number; NULL: there is none. */
const struct lx_entry_file *
lx_entry_files_get(const struct lx_entry_files *files, int64_t number);

/* All of an entry, behind what is in `files`. */
enum lx_store_status lx_entry_files_read(struct lx_entry_files *files,
                                         struct lx_ledger *ledger, int64_t id);

/* Empty again. */
void lx_entry_files_deinit(struct lx_entry_files *files);

#pragma GCC visibility pop
