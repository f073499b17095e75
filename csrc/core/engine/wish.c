/* wish.c: see wish.h. */
#include "engine/wish.h"

#include "base/sha256.h"

#include <stdlib.h>

struct lx_wish *lx_wish_new(void)
{
    struct lx_wish *wish = calloc(1, sizeof *wish);

    if (wish)
        wish->price_mc = LX_MONEY_UNKNOWN;
    return wish;
}

void lx_wish_free(struct lx_wish *wish)
{
    if (!wish)
        return;
    free(wish->key);
    free(wish->batch);
    free(wish->model);
    free(wish->body);
    free(wish->target);
    for (size_t i = 0; i < LX_WISH_BUDGETS_MAX; i++)
        free(wish->budgets[i].name);
    free(wish);
}

void lx_wish_set_token(struct lx_wish *wish, const char *token, size_t length)
{
    lx_sha256_of(token, length, wish->token_hash);
    wish->has_token = true;
}
