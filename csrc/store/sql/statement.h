/* statement.h: what the stores that speak SQL share: the calls of
 * journal/store.h as statements, which each store has in its own words, and how
 * a store runs them. A store gives its own statements numbers from
 * LX_SQL_SHARED on. */
#pragma once

#include "journal/store.h"

#pragma GCC visibility push(hidden)

enum lx_sql {
    LX_SQL_FIND_ID,
    LX_SQL_FIND_NUMBERS,
    LX_SQL_FIND_KEY,
    LX_SQL_FIND_TASK,
    LX_SQL_FIND_TOKEN,
    LX_SQL_SEE_TASK, /* the same two, which others may change */
    LX_SQL_SEE_TOKEN,
    LX_SQL_FIND_IDENTITY,
    LX_SQL_LIST,
    LX_SQL_UNFINISHED,
    LX_SQL_LOST,
    LX_SQL_CLAIMABLE,
    LX_SQL_DUE,
    LX_SQL_HELD,
    LX_SQL_STRAYS,
    LX_SQL_INSERT,
    LX_SQL_CHANGE,
    LX_SQL_OWN,
    LX_SQL_CLAIM,
    LX_SQL_ADD_ATTEMPT,
    LX_SQL_NAME_ATTEMPT,
    LX_SQL_NAME_TASK,
    LX_SQL_CHANGE_ATTEMPT,
    LX_SQL_ATTEMPTS,
    LX_SQL_PUT_FILE,
    LX_SQL_FILES,
    LX_SQL_RESERVE,
    LX_SQL_COUNT_UNDER,
    LX_SQL_ADJUST,
    LX_SQL_USED,
    LX_SQL_SPEND_BY_MODEL,
    LX_SQL_SPEND_BY_BATCH,
    LX_SQL_SPEND_BY_DAY,
    LX_SQL_PUT_HINT,
    LX_SQL_FIND_HINT,
    LX_SQL_NAMED,
    LX_SQL_PRUNE_HINTS,
    LX_SQL_PRUNE_UP_TO,
    LX_SQL_EXPORT,
    LX_SQL_SHARED
};

/* ---- each store has these ---- */

/* `types` says what the arguments are:
 *   i int64_t   m int64_t, NULL for LX_MONEY_UNKNOWN
 *   t text or NULL   h 32 bytes or NULL
 * They are borrowed until the call returns. */

/* A row in a walk, and its columns: NULL and 0 for NULL, NULL for what is no
 * hash. Valid until the `row` function returns. */
struct lx_row;
int64_t lx_row_integer(const struct lx_row *row, int column);
int64_t lx_row_money(const struct lx_row *row, int column);
const char *lx_row_text(const struct lx_row *row, int column);
const unsigned char *lx_row_hash(const struct lx_row *row, int column);

typedef bool lx_row_visit(void *argument, const struct lx_row *row);

/* Call `visit` for each row while it returns true. */
enum lx_store_status lx_sql_walk(struct lx_store *store, lx_row_visit *visit,
                                 void *argument, int sql, const char *types,
                                 ...);

/* Run one without rows. */
enum lx_store_status lx_sql_run(struct lx_store *store, int sql,
                                const char *types, ...);

/* Rows that the last one has changed. */
int64_t lx_sql_changes(const struct lx_store *store);

/* The first column of the first row; *result stays when there is no row. */
enum lx_store_status lx_sql_integer(struct lx_store *store, int64_t *result,
                                    int sql, const char *types, ...);

/* Insert one row; *id: its number. EXISTS where another has its key. */
enum lx_store_status lx_sql_insert_row(struct lx_store *store, int64_t *id,
                                       int sql, const char *types, ...);

/* Visit what find_free is to find, and nobody changes before the commit:
 * id, key, batch, model, priority, state, attempt, owner, fence, urls, target,
 * accepted_ms, ended_ms, then the attempt's task_id and charged_mc. `states`:
 * their words, each between spaces, or NULL. */
enum lx_store_status lx_sql_walk_free(struct lx_store *store,
                                      lx_row_visit *visit, void *argument,
                                      const struct lx_store_query *query,
                                      const char *states);
/* CHANGE and the event in one statement, which takes at_ms and the detail, too;
 * -1: there is none, and the event is added by the call below. */
extern const int lx_sql_change_told;

/* Add the next event of an entry. */
enum lx_store_status lx_sql_add_event(struct lx_store *store, int64_t entry_id,
                                      int64_t at_ms, const char *from,
                                      const char *to, const char *detail);

/* Forget the entries with numbers in (after_id, last_id] that ended before,
 * with all that is of them; *forgotten: how many, 0 where it fails. */
enum lx_store_status lx_sql_prune_entries(struct lx_store *store,
                                          int64_t before_ms, int64_t after_id,
                                          int64_t last_id, int64_t *forgotten);

/* Set the error, with the words of store.h, and return its status. */
enum lx_store_status lx_sql_refuse(struct lx_store *store,
                                   enum lx_store_status status);

/* Numbers as a text that a statement takes apart: "12,13". */
#define LX_SQL_IDS_BYTES (LX_STORE_CLAIM_MAX * 20 + 1)
void lx_sql_list_ids(char out[LX_SQL_IDS_BYTES], const int64_t *ids,
                     size_t count);

/* ---- the calls of store.h: those that are the same for all ---- */

enum lx_store_status lx_sql_find(struct lx_store *store,
                                 const struct lx_store_query *query,
                                 lx_visit_entry *visit, void *argument);
enum lx_store_status lx_sql_find_free(struct lx_store *store,
                                      const struct lx_store_query *query,
                                      lx_visit_free *visit, void *argument);
enum lx_store_status lx_sql_claim(struct lx_store *store, const int64_t *ids,
                                  size_t count, int64_t owner);
enum lx_store_status lx_sql_insert(struct lx_store *store,
                                   const struct lx_entry *entry, int64_t *id);
enum lx_store_status lx_sql_change(struct lx_store *store,
                                   const struct lx_entry *before,
                                   const struct lx_entry *after, int64_t at_ms,
                                   const char *detail);
enum lx_store_status lx_sql_put_attempt(struct lx_store *store,
                                        const struct lx_attempt *attempt,
                                        enum lx_attempt_part what);
enum lx_store_status lx_sql_find_attempts(struct lx_store *store,
                                          int64_t entry_id,
                                          lx_visit_attempt *visit,
                                          void *argument);
enum lx_store_status lx_sql_put_file(struct lx_store *store,
                                     const struct lx_entry_file *file);
enum lx_store_status lx_sql_find_files(struct lx_store *store, int64_t entry_id,
                                       lx_visit_file *visit, void *argument);

enum lx_store_status lx_sql_reserve(struct lx_store *store,
                                    const struct lx_attempt *attempt,
                                    const struct lx_store_budget *budget);
enum lx_store_status lx_sql_adjust(struct lx_store *store, int64_t entry_id,
                                   int64_t attempt, int64_t delta_mc);
enum lx_store_status lx_sql_used(struct lx_store *store, const char *name,
                                 int64_t period, int64_t *used_mc);
enum lx_store_status lx_sql_spend(struct lx_store *store, const char *origin,
                                  enum lx_spend_by by, int64_t since_ms,
                                  lx_visit_spend *visit, void *argument);
enum lx_store_status lx_sql_export(struct lx_store *store, int64_t after_id,
                                   int64_t limit, lx_visit_line *visit,
                                   void *argument);
enum lx_store_status lx_sql_prune(struct lx_store *store, int64_t before_ms,
                                  int64_t limit, int64_t *after_id,
                                  int64_t *forgotten, bool *more);
enum lx_store_status lx_sql_put_hint(struct lx_store *store, int64_t entry_id,
                                     const char *task_id,
                                     const unsigned char *token_hash,
                                     int64_t at_ms);
enum lx_store_status lx_sql_named(struct lx_store *store, const char *origin,
                                  int64_t limit, lx_visit_line *visit,
                                  void *argument);
enum lx_store_status lx_sql_find_hint(struct lx_store *store,
                                      const unsigned char *token_hash,
                                      const char *task_id, lx_visit_line *visit,
                                      void *argument);

#pragma GCC visibility pop
