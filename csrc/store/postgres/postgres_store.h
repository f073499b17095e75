/* postgres_store.h: what the files of this store share: the open store, its
 * connection, and how they run statements. One thread. */
#pragma once

#include "sql.h"
#include "sql/statement.h"

#include <stdbool.h>
#include <stdint.h>

/* Debian has it in a folder of its own, which luarocks does not know. */
#if !defined(__has_include)
#include <libpq-fe.h>
#elif __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#elif __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#error                                                                         \
    "libpq's header is missing: apt-get install libpq-dev, or set POSTGRES_INCDIR"
#endif

#pragma GCC visibility push(hidden)

/* How long the server may be silent before the connection counts as lost:
 * longer than a statement may wait for others' locks. */
#define LX_POSTGRES_ANSWER_MS 45000

/* With SET for a connection, with SET LOCAL for a transaction. The server ends
 * a transaction whose client is silent, so that what it has locked is free
 * again. No statement here gains by a plan of its own for its arguments, nor by
 * sorting where an index has the order, whatever the planner believes of how
 * many rows match. */
#define LX_POSTGRES_SETTINGS(set)                                              \
    set " lock_timeout = 30000;" set                                           \
        " idle_in_transaction_session_timeout = 10000;" set                    \
        " plan_cache_mode = force_generic_plan;" set " enable_sort = off;" set \
        " jit = off;"

/* How long a call waits for a server that was there: a restart is shorter. */
#define LX_POSTGRES_PATIENCE_MS 5000

/* The lease is 30 s, see sql.h. A commit renews one that is older than this, so
 * that a create has the rest of the lease for its first byte. */
#define LX_POSTGRES_RENEW_MS 5000
#define LX_POSTGRES_BEAT_MS  10000

/* The group that is open. */
struct lx_postgres_group {
    bool is_open, is_begun; /* begun: the server knows of it */
    bool is_first_part;     /* of the part that is open, or was last */
    bool has_written;       /* rows, also such as were undone again */
    char text[64];          /* to be sent before the next statement */
};

/* A connection for LISTEN and NOTIFY: see news.h. */
struct lx_postgres_news {
    PGconn *db;        /* NULL: closed */
    int64_t opened_ms; /* lx_now_ms(), as all here: tried at least */
    int64_t last_ms;   /* when the last NOTIFY went or came */
    int64_t chance_ms; /* how much longer than the pause to wait */
    int64_t asked_ms;  /* when one was owed last */
    int64_t sent_ms;   /* when one of our own went last */
    bool is_asked;     /* one is owed to the others, */
    bool is_urgent;    /* and soon: a callback came */
    bool is_under_way; /* the answer of one is awaited */
    bool is_proven;    /* one of our own has come back */
    bool has_heard;    /* of a commit of others */
    bool is_elsewhere; /* the server is another one since it was asked last */
    int64_t looked_ms; /* when the database was asked last; 0: never */
    char *snapshot;    /* owned: what was visible then; NULL: nothing */
    char *hinted;      /* owned: and when hints were; NULL: nothing */
};

struct lx_store {
    char *place;      /* owned: a URL, with its password */
    char shown[200];  /* the same for people */
    char *secrets[2]; /* owned: what is not to be in an error, or NULL */
    int64_t process;  /* that opened it */

    PGconn *db;                     /* NULL: closed */
    bool is_prepared[LX_SQL_COUNT]; /* on this connection */
    bool is_pooled;                 /* no statement outlives a transaction */
    bool has_commit;                /* on this connection: see groups.c */
    bool was_open;                  /* there is a server */
    int64_t retry_ms, pause_ms;     /* when to connect again, and the pause */
    struct lx_postgres_group group;
    int64_t changes; /* rows, by the last statement */

    int64_t owner; /* 0: none so far */
    int64_t started_ms;
    bool must_rejoin;  /* what its last commit did is unknown */
    char account[64];  /* that it uses; "": none */
    int64_t beat_ms;   /* lx_boot_ms() of the last renewal */
    int64_t commits;   /* by this owner */
    int64_t pruned_ms; /* news of its own that is old goes */
    int64_t prune_below;

    int64_t clock_lead_ms; /* of the server's clock, when it was read last */
    char identity[60];     /* of the server */
    char home[60];         /* that of the server whose journal this is */
    bool is_copy;
    struct lx_postgres_news news;
    struct lx_store_error error;
    struct lx_store_error link_error; /* of the last try to connect */
};

/* ---- errors: errors.c ---- */

/* Set the error: the words of store.h, with `detail` (may be NULL) behind. */
enum lx_store_status lx_postgres_fail(struct lx_store *store,
                                      enum lx_store_status status,
                                      const char *detail);

/* Set the error of a result that is none, or of the connection; returns its
 * status. A connection that is gone is closed. */
enum lx_store_status lx_postgres_fault(struct lx_store *store,
                                       const PGresult *result);

/* ---- the life of a store: store.c ---- */

/* Whether the server is the one whose journal this is; sets is_copy. */
enum lx_store_status lx_postgres_check_identity(struct lx_store *store);

/* ---- the connection: link.c ---- */

/* Open it unless it is. LOST within LX_POSTGRES_PATIENCE_MS, and at once after
 * that until a pause that grows is over. Sets identity and is_copy. */
enum lx_store_status lx_postgres_connect(struct lx_store *store);

/* Whether there is one that may work; without asking the server. */
bool lx_postgres_is_up(struct lx_store *store);

void lx_postgres_disconnect(struct lx_store *store);

/* A further connection to the same place; NULL and the error set. */
PGconn *lx_postgres_dial(struct lx_store *store);

/* ---- statements: statements.c ---- */

/* Run statements without arguments, of which each may have rows; *last (may be
 * NULL) is the result of the last one, for PQclear. */
enum lx_store_status lx_postgres_script(struct lx_store *store,
                                        const char *text, PGresult **last);

/* ---- groups: groups.c ---- */

enum lx_store_status lx_postgres_begin(struct lx_store *store);
enum lx_store_status lx_postgres_commit(struct lx_store *store);
void lx_postgres_roll_back(struct lx_store *store);
enum lx_store_status lx_postgres_mark(struct lx_store *store);
enum lx_store_status lx_postgres_keep(struct lx_store *store);
enum lx_store_status lx_postgres_undo(struct lx_store *store);

/* Before a statement: a connection, and what a group owes to the server. */
enum lx_store_status lx_postgres_ready(struct lx_store *store);

/* ---- owners: owner.c ---- */

/* Become an owner, another one than before. */
enum lx_store_status lx_postgres_join(struct lx_store *store);
void lx_postgres_leave(struct lx_store *store);
enum lx_store_status lx_postgres_is_alive(struct lx_store *store, int64_t owner,
                                          bool *is_alive);
int64_t lx_postgres_tick(struct lx_store *store);
enum lx_store_status lx_postgres_use_account(struct lx_store *store,
                                             const char *account);
enum lx_store_status lx_postgres_pause_account(struct lx_store *store,
                                               const char *account,
                                               int64_t now_ms,
                                               int64_t pause_ms);
enum lx_store_status lx_postgres_look_at_account(struct lx_store *store,
                                                 const char *account,
                                                 int64_t now_ms,
                                                 struct lx_store_fleet *fleet);

extern const struct lx_store_api lx_postgres_api;

#pragma GCC visibility pop
