/* money.c: budgets, what was spent, callbacks' hints, and the export; see
 * journal/store.h. */
#include "sql/statement.h"

/* ---- budgets ---- */

enum lx_store_status lx_sql_reserve(struct lx_store *store,
                                    const struct lx_attempt *attempt,
                                    const struct lx_store_budget *budget)
{
    enum lx_store_status status =
        lx_sql_run(store, LX_SQL_COUNT_UNDER, "iiti", attempt->entry_id,
                   attempt->number, budget->name, budget->period);

    if (status != LX_STORE_OK || lx_sql_changes(store) == 0)
        return status; /* it counts under it already */
    status = lx_sql_run(store, LX_SQL_RESERVE, "tiii", budget->name,
                        budget->period, attempt->reserved_mc, budget->limit_mc);
    return status == LX_STORE_OK && lx_sql_changes(store) == 0
               ? lx_sql_refuse(store, LX_STORE_OVER)
               : status;
}

enum lx_store_status lx_sql_adjust(struct lx_store *store, int64_t entry_id,
                                   int64_t attempt, int64_t delta_mc)
{
    return lx_sql_run(store, LX_SQL_ADJUST, "iii", entry_id, attempt, delta_mc);
}

enum lx_store_status lx_sql_used(struct lx_store *store, const char *name,
                                 int64_t period, int64_t *used_mc)
{
    *used_mc = 0;
    return lx_sql_integer(store, used_mc, LX_SQL_USED, "ti", name, period);
}

/* ---- what was spent ---- */

struct spend_walk {
    lx_visit_spend *visit;
    void *argument;
};

static bool read_spend(void *argument, const struct lx_row *row)
{
    struct spend_walk *walk = argument;
    struct lx_spend_row spend = {.label = lx_row_text(row, 0),
                                 .attempts = lx_row_integer(row, 1),
                                 .charged_mc = lx_row_integer(row, 2),
                                 .reserved_mc = lx_row_integer(row, 3)};

    return walk->visit(walk->argument, &spend);
}

enum lx_store_status lx_sql_spend(struct lx_store *store, const char *origin,
                                  enum lx_spend_by by, int64_t since_ms,
                                  lx_visit_spend *visit, void *argument)
{
    static const int BY[] = {[LX_SPEND_BY_MODEL] = LX_SQL_SPEND_BY_MODEL,
                             [LX_SPEND_BY_BATCH] = LX_SQL_SPEND_BY_BATCH,
                             [LX_SPEND_BY_DAY] = LX_SQL_SPEND_BY_DAY};
    struct spend_walk walk = {visit, argument};

    return lx_sql_walk(store, read_spend, &walk, BY[by], "it", since_ms,
                       origin);
}

/* ---- lines ---- */

struct line_walk {
    lx_visit_line *visit;
    void *argument;
};

static bool read_line(void *argument, const struct lx_row *row)
{
    struct line_walk *walk = argument;
    const char *line = lx_row_text(row, 0);

    return line && walk->visit(walk->argument, line);
}

enum lx_store_status lx_sql_put_hint(struct lx_store *store, int64_t entry_id,
                                     const char *task_id,
                                     const unsigned char *token_hash,
                                     int64_t at_ms)
{
    return lx_sql_run(store, LX_SQL_PUT_HINT, "ithi", entry_id, task_id,
                      token_hash, at_ms);
}

enum lx_store_status lx_sql_find_hint(struct lx_store *store,
                                      const unsigned char *token_hash,
                                      const char *task_id, lx_visit_line *visit,
                                      void *argument)
{
    struct line_walk walk = {visit, argument};

    return lx_sql_walk(store, read_line, &walk, LX_SQL_FIND_HINT, "ht",
                       token_hash, task_id);
}

enum lx_store_status lx_sql_named(struct lx_store *store, const char *origin,
                                  int64_t limit, lx_visit_line *visit,
                                  void *argument)
{
    struct line_walk walk = {visit, argument};

    return lx_sql_walk(store, read_line, &walk, LX_SQL_NAMED, "ti", origin,
                       limit);
}

enum lx_store_status lx_sql_export(struct lx_store *store, int64_t after_id,
                                   int64_t limit, lx_visit_line *visit,
                                   void *argument)
{
    struct line_walk walk = {visit, argument};

    return lx_sql_walk(store, read_line, &walk, LX_SQL_EXPORT, "ii", after_id,
                       limit);
}
