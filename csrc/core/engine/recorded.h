/* recorded.h: what an entry of the journal says, in the words of the service's
 * answers and of errors; and the other way round. Pure but for memory; any
 * thread. */
#pragma once

#include "api/record.h"
#include "base/status.h"
#include "journal/entry_copy.h"

#pragma GCC visibility push(hidden)

/* ---- to be written: JSON; the caller frees it, NULL when out of memory ----
 */

/* The result's URLs as an array; the text of a result that has none as one. */
char *lx_recorded_urls(const struct lx_record *record);

/* An error, and what the record (may be NULL) says of the failure. */
char *lx_recorded_error(const struct lx_error *error,
                        const struct lx_record *record);

/* What the record says of the credits, in thousandths; LX_MONEY_UNKNOWN where
 * it says nothing. */
int64_t lx_recorded_charge(const struct lx_record *record);

/* ---- as it was written ---- */

/* The record of an entry that succeeded or failed; NULL when out of memory. */
struct lx_record *lx_recorded_record(const struct lx_entry_copy *copy);

/* The error of an entry that failed, was refused or abandoned, or is unknown.
 */
void lx_recorded_read_error(const struct lx_entry_copy *copy,
                            struct lx_error *error);

/* The first field in which two requests differ, "input.prompt", in
 * out[0..capacity); "input" where none can be named. */
void lx_recorded_difference(const char *before, const char *now, char *out,
                            size_t capacity);

#pragma GCC visibility pop
