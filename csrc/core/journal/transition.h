/* transition.h: the life of an entry as one table: what may happen in which
 * state, and what is to be written. Pure; any thread.
 *
 *   planned -> sending -> accepted -> succeeded -> saved
 *   ends: refused, failed, unknown, abandoned; each has a way out
 *
 * Owners watch and save; no owner's death ever leads to a second send. Fences
 * guard decisions, never facts: an id that came back is written from any state.
 */
#pragma once

#include "journal/entry.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* X(suffix, word) */
#define LX_ENTRY_EVENT_MAP(X)                                                  \
    /* decisions of the owner, or of who becomes it */                         \
    X(CLAIM, "claim")     /* a client takes what nobody watches */             \
    X(LEAVE, "leave")     /* its client stops watching */                      \
    X(SEND, "send")       /* the turn has come; a byte leaves after */         \
    X(AGAIN, "again")     /* the user wants another attempt */                 \
    X(CANCEL, "cancel")   /* the user wants it no more */                      \
    X(ORPHAN, "orphan")   /* its owner died in the middle of sending */        \
    X(UNSAVE, "unsave")   /* the files are not there any more */               \
    X(NOTHING, "nothing") /* a person found out: nothing was made */           \
    X(CHARGED, "charged") /* a person found out: it was paid */                \
    /* facts about an attempt */                                               \
    X(NOT_SENT, "not_sent") /* nothing came of a send; may be sent again */    \
    X(REFUSE, "refuse")     /* nothing was made */                             \
    X(LOSE, "lose")         /* a task may have been made */                    \
    X(DISPROVE, "disprove") /* the id from a damaged answer is no task's */    \
    X(VANISH, "vanish")     /* unknown to the service for 24 hours */          \
    X(SUCCEED, "succeed")                                                      \
    X(FAIL, "fail")                                                            \
    X(SAVE, "save") /* files are renamed and synced */                         \
    /* a fact whatever the attempt */                                          \
    X(ID, "id") /* of a task that the entry does not name yet */

#define LX_ENTRY_EVENT_ENUM(suffix, word) LX_ENTRY_EVENT_##suffix,
enum lx_entry_event { LX_ENTRY_EVENT_MAP(LX_ENTRY_EVENT_ENUM) LX_ENTRY_EVENTS };
#undef LX_ENTRY_EVENT_ENUM

/* What must hold for an event to count. */
enum lx_entry_guard {
    LX_GUARD_FENCE,   /* the entry's fence is the one that was decided on */
    LX_GUARD_SEND,    /* it is about the entry's last send: an attempt has more
                         than one, and a fact may be written twice */
    LX_GUARD_ATTEMPT, /* it is about the entry's attempt */
    LX_GUARD_NONE
};
enum lx_entry_guard lx_entry_guard_of(enum lx_entry_event event);

/* What to write with the state, as a set. */
enum lx_entry_writes {
    LX_WRITE_OWN = 1 << 0,     /* the caller becomes the owner; fence + 1 */
    LX_WRITE_DISOWN = 1 << 1,  /* nobody is; fence + 1 */
    LX_WRITE_ATTEMPT = 1 << 2, /* a new attempt with a reservation */
    LX_WRITE_SENT = 1 << 3,    /* the attempt's token and time */
    LX_WRITE_ID = 1 << 4,      /* the task's id into its attempt */
    LX_WRITE_WATCH = 1 << 5,   /* that attempt is the entry's from now on */
    LX_WRITE_NO_ID = 1 << 6,   /* the attempt has none */
    LX_WRITE_RELEASE = 1 << 7, /* the reservation is given back */
    LX_WRITE_SETTLE = 1 << 8,  /* the charge takes the reservation's place */
    LX_WRITE_RESULT = 1 << 9,  /* the result's URLs */
    LX_WRITE_ERROR = 1 << 10,
    LX_WRITE_FILES = 1 << 11
};

enum lx_entry_verdict {
    LX_ENTRY_STEP_GO,     /* write */
    LX_ENTRY_STEP_STALE,  /* the fence or attempt is another's by now */
    LX_ENTRY_STEP_REFUSED /* the event has no place in this state */
};

struct lx_entry_step {
    enum lx_entry_verdict verdict;
    enum lx_entry_state to; /* the state that it has, unless GO */
    unsigned writes;        /* 0 unless GO */
};

/* What `event` does to `entry`. `seen` is the fence that a decision was made
 * on, the fence after the SEND, or the number of the attempt that a fact is
 * about. */
struct lx_entry_step lx_entry_step(const struct lx_entry *entry,
                                   enum lx_entry_event event, int64_t seen);

/* Static storage. */
const char *lx_entry_state_name(enum lx_entry_state state);
const char *lx_entry_event_name(enum lx_entry_event event);

/* False for a word that is none. */
bool lx_entry_state_from(const char *word, enum lx_entry_state *state);

#pragma GCC visibility pop
