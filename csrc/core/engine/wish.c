/* wish.c: see wish.h. */
#include "engine/wish.h"

#include "base/sha256.h"
#include "journal/identity.h"

#include <stdlib.h>
#include <string.h>

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

/* ---- what the ledger is asked for ---- */

#define MS_PER_DAY 86400000

void lx_wish_plan(const struct lx_wish *wish, const char *origin,
                  struct lx_store_budget *budgets, struct lx_plan *plan)
{
    plan->wanted = (struct lx_entry){.origin = origin,
                                     .key = wish->key,
                                     .batch = wish->batch,
                                     .model = wish->model,
                                     .body = wish->body,
                                     .target = wish->target,
                                     .priority = wish->priority,
                                     .due_ms = wish->due_ms};
    plan->token_hash = wish->has_token ? wish->token_hash : NULL;
    plan->price_mc = wish->price_mc;
    plan->budgets = budgets;
    plan->budget_count = wish->budget_count;
    plan->may_reuse = wish->may_reuse;
    plan->retry_failed = wish->retry_failed;
    plan->claimed = wish->claimed;
    for (size_t i = 0; i < wish->budget_count; i++) {
        const struct lx_wish_budget *budget = &wish->budgets[i];
        budgets[i].name = budget->name;
        budgets[i].limit_mc = budget->limit_mc;
        budgets[i].period = budget->is_daily ? plan->now_ms / MS_PER_DAY : 0;
    }
}

/* ---- pictures ---- */

/* The next piece from *at on that is a picture; NULL: there is none. */
static const struct lx_piece *next_picture(const struct lx_body *body,
                                           size_t *at)
{
    while (*at < body->count) {
        const struct lx_piece *piece = &body->pieces[(*at)++];
        if (piece->type != LX_PIECE_TEXT)
            return piece;
    }
    return NULL;
}

bool lx_wish_name_pictures(struct lx_wish *wish, const struct lx_body *body)
{
    size_t room =
        strlen(wish->body) + body->count * LX_IDENTITY_CONTENT_ROOM + 1;
    const struct lx_piece *picture;
    size_t at = 0, length = 0;

    if (!strchr(wish->body, LX_WISH_PICTURE))
        return true;
    char *named = malloc(room);
    if (!named)
        return false;
    for (const char *from = wish->body; *from; from++) {
        bool is_picture = *from == LX_WISH_PICTURE;
        if (is_picture && (picture = next_picture(body, &at))) {
            lx_identity_name_content(picture->sha256, named + length);
            length += strlen(named + length);
        } else {
            named[length++] = *from;
        }
    }
    named[length] = '\0';
    free(wish->body);
    wish->body = named;
    return true;
}
