/* wish.h: what a create on a client with a journal asks of it, beside the
 * request. Made on the host's thread, carried by the command, then the I/O
 * thread's. */
#pragma once

#include "api/body.h"
#include "journal/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Ceilings of one create. */
#define LX_WISH_BUDGETS_MAX 4

/* No JSON text has it. */
#define LX_WISH_PICTURE '\1'

struct lx_wish_budget {
    char *name; /* with the origin: budgets of another one are others */
    int64_t limit_mc;
    bool is_daily; /* for each UTC day; else in total */
};

/* Texts are owned; NULL where there is none. */
struct lx_wish {
    char *key;
    char *batch;
    char *model;  /* of the request */
    char *body;   /* the request as it is kept, and for its identity: no
                     callBackUrl; a task's result as its task and number
                     ("task#1"); in the place of picture n of the request the
                     n-th byte LX_WISH_PICTURE, for the hash of its bytes */
    char *target; /* absolute */
    int64_t priority;
    int64_t due_ms;   /* for workers from then on; 0: for who asks */
    int64_t claimed;  /* the entry that is to be sent; 0: that of the key, or a
                         new one */
    int64_t price_mc; /* LX_MONEY_UNKNOWN: none is stated */
    struct lx_wish_budget budgets[LX_WISH_BUDGETS_MAX];
    size_t budget_count;
    bool may_reuse;
    bool retry_failed;
    bool verify;    /* compare the files' SHA-256, not their times */
    bool has_token; /* of this attempt's callback: */
    unsigned char token_hash[LX_TOKEN_HASH_BYTES];
};

/* Without texts, budgets, price and token; NULL: out of memory. */
struct lx_wish *lx_wish_new(void);
void lx_wish_free(struct lx_wish *wish); /* NULL is fine */

/* Put the hashes of the body's pictures into the place of each LX_WISH_PICTURE;
 * nothing where that was done. False: out of memory. */
bool lx_wish_name_pictures(struct lx_wish *wish, const struct lx_body *body);

/* What the ledger is to be asked for, at plan->now_ms; the plan borrows it all.
 * `budgets` has room for LX_WISH_BUDGETS_MAX. */
void lx_wish_plan(const struct lx_wish *wish, const char *origin,
                  struct lx_store_budget *budgets, struct lx_plan *plan);

/* Keep the hash of a callback's token. */
void lx_wish_set_token(struct lx_wish *wish, const char *token, size_t length);

#pragma GCC visibility pop
