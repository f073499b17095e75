/* attempts.h: the attempts of an entry and their money. On the journal thread,
 * like ledger.h. */
#pragma once

#include "journal/entry_copy.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* The attempts of one entry, as many as are kept apart; a person had to ask for
 * each one more. */
#define LX_ATTEMPTS_MAX 64

struct lx_attempt_copy {
    struct lx_attempt attempt; /* its texts are NULL or the ones below */
    enum lx_attempt_part unwritten;
    unsigned char token_hash[LX_TOKEN_HASH_BYTES];
    char task_id[LX_TASK_ID_MAX + 1];
    char outcome[32];
};

struct lx_attempts {
    struct lx_ledger *ledger;
    int64_t entry_id;
    int count;
    struct lx_attempt_copy list[LX_ATTEMPTS_MAX]; /* by number */
};

enum lx_store_status lx_attempts_read(struct lx_attempts *attempts,
                                      struct lx_ledger *ledger,
                                      int64_t entry_id);

/* NULL where there is none of that number. */
struct lx_attempt_copy *lx_attempts_get(struct lx_attempts *attempts,
                                        int64_t number);

/* A new one behind the others, not written; NULL where there are too many.
 * `origin` (borrowed): its entry's, or NULL. */
struct lx_attempt_copy *lx_attempts_add(struct lx_attempts *attempts,
                                        const char *origin);

/* Copy the text; "" and NULL are none. */
void lx_attempt_set_task(struct lx_attempt_copy *copy, const char *task_id);
void lx_attempt_set_token(struct lx_attempt_copy *copy,
                          const unsigned char *token_hash);

/* Whether nobody knows what came of it while the entry follows another one; set
 * that, and what else is known of it: one of the words below, or NULL. */
#define LX_ATTEMPT_LOST    "lost"
#define LX_ATTEMPT_LEFT    "left" /* the same, once its owner is dead */
#define LX_ATTEMPT_NOTHING "nothing"
#define LX_ATTEMPT_CHARGED "charged"
bool lx_attempt_is(const struct lx_attempt_copy *copy, const char *outcome);
void lx_attempt_set_outcome(struct lx_attempt_copy *copy, const char *outcome);

enum lx_store_status lx_attempt_write(struct lx_attempts *attempts,
                                      struct lx_attempt_copy *copy);

/* Reserve the price under each budget, then write. OVER when one is used up. */
enum lx_store_status lx_attempt_reserve(struct lx_attempts *attempts,
                                        struct lx_attempt_copy *copy,
                                        int64_t price_mc,
                                        const struct lx_store_budget *budgets,
                                        size_t count);

/* What was reserved or charged becomes `charged_mc`; where that is
 * LX_MONEY_UNKNOWN, what was charged or else reserved stays. */
enum lx_store_status lx_attempt_settle(struct lx_attempts *attempts,
                                       struct lx_attempt_copy *copy,
                                       int64_t charged_mc);

/* The turn of that attempt has come, perhaps again: what the service refused
 * for the rate is sent as the same attempt. */
enum lx_store_status lx_attempt_send(struct lx_attempts *attempts,
                                     int64_t number, int64_t now_ms,
                                     const unsigned char *token_hash);

/* The entry does not follow it, and nobody knows what came of it; `has_owner`:
 * its owner may. Nothing where that is known. */
enum lx_store_status lx_attempt_lose(struct lx_attempts *attempts,
                                     int64_t number, bool has_owner);

/* Fill in what the copy says of its attempt. */
enum lx_store_status lx_ledger_fill(struct lx_ledger *ledger,
                                    struct lx_entry_copy *copy);

#pragma GCC visibility pop
