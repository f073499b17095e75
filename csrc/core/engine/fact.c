/* fact.c: see fact.h. */
#include "engine/fact.h"

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
