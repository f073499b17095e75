/* entry.h: what the journal holds about one create: an entry and its attempts.
 * Plain data; texts are borrowed, NUL-terminated, NULL where unknown. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(suffix, the word in the store and in Lua). Stores keep the words, so a new
 * state goes anywhere; none is a part of another, as they are looked for in a
 * list of some. */
#define LX_ENTRY_STATE_MAP(X)                                                  \
    X(PLANNED, "planned")     /* to be sent; no byte has left */               \
    X(SENDING, "sending")     /* committed before the first byte */            \
    X(ACCEPTED, "accepted")   /* its task's id is known */                     \
    X(SUCCEEDED, "succeeded") /* the service has made it */                    \
    X(SAVED, "saved")         /* and its files are on the disk */              \
    X(REFUSED, "refused")     /* nothing was made */                           \
    X(FAILED, "failed")       /* the service says so */                        \
    X(UNKNOWN, "unknown")     /* sent, and the answer was lost */              \
    X(ABANDONED, "abandoned") /* counts as charged; nothing to be had */

#define LX_ENTRY_STATE_ENUM(suffix, word) LX_ENTRY_##suffix,
enum lx_entry_state { LX_ENTRY_STATE_MAP(LX_ENTRY_STATE_ENUM) LX_ENTRY_STATES };
#undef LX_ENTRY_STATE_ENUM

#define LX_IDENTITY_BYTES   32 /* a SHA-256 */
#define LX_TOKEN_HASH_BYTES 32
#define LX_MONEY_UNKNOWN    (-1)

/* Money is in thousandths of a credit ("mc"), times are Unix milliseconds, 0:
 * not yet. */
struct lx_entry {
    int64_t id;
    const char *origin; /* of base_url: what a sandbox made is its own */
    const char *key;    /* NULL: the entry has none */
    const char *batch;
    const char *model;
    const unsigned char *identity; /* LX_IDENTITY_BYTES; NULL where none */
    const char *body;              /* JSON without key and callback secret */
    int64_t priority;
    enum lx_entry_state state;
    int64_t attempt;    /* the number of the one that counts, from 1 */
    int64_t owner;      /* whose client watches it, 0: nobody */
    int64_t fence;      /* grows with each change of owner */
    int64_t due_ms;     /* for any worker to send then; 0: for who asked */
    const char *urls;   /* JSON array */
    const char *target; /* absolute */
    const char *error;  /* JSON object, or null */
    int64_t created_ms, accepted_ms, ended_ms, saved_ms;
};

struct lx_attempt {
    int64_t entry_id;
    int64_t number;
    const char *origin; /* to add it: the entry's; NULL: it is looked up */
    const unsigned char *token_hash; /* LX_TOKEN_HASH_BYTES; NULL: none */
    const char *task_id;
    int64_t reserved_mc; /* held for what is not settled */
    int64_t charged_mc;  /* LX_MONEY_UNKNOWN until settled */
    int64_t sent_ms;
    const char *outcome; /* a word for the audit */
    bool is_counted;     /* under budgets; the store's to say */
};

struct lx_entry_file {
    int64_t entry_id;
    int64_t number; /* from 1 */
    const char *path;
    const char *part; /* its name while it is written */
    int64_t bytes, mtime_ms;
    const unsigned char *sha256; /* 32 bytes; NULL: not computed */
    const char *content_type;
};
