/* fact.c: see fact.h. */
#include "engine/fact.h"

#include <assert.h>
#include <stdlib.h>

struct lx_fact *lx_fact_new(void)
{
    struct lx_fact *fact = calloc(1, sizeof *fact);

    if (fact)
        fact->news.charged_mc = LX_MONEY_UNKNOWN;
    return fact;
}

void lx_fact_free(struct lx_fact *fact)
{
    if (!fact)
        return;
    free(fact->urls);
    free(fact->error);
    lx_entry_files_deinit(&fact->files);
    free(fact);
}

void lx_fact_move(struct lx_fact *fact, enum lx_entry_event event, int64_t seen)
{
    assert(fact->move_count < LX_FACT_MOVES_MAX);
    fact->moves[fact->move_count].event = event;
    fact->moves[fact->move_count].seen = seen;
    fact->move_count++;
}
