/* transition.c: see transition.h. */
#include "journal/transition.h"

#include <assert.h>
#include <string.h>

struct row {
    enum lx_entry_state from;
    enum lx_entry_event event;
    enum lx_entry_state to;
    unsigned writes;
};

#define ROW(from, event, to, writes)                                           \
    {                                                                          \
        LX_ENTRY_##from, LX_ENTRY_EVENT_##event, LX_ENTRY_##to, writes         \
    }
#define W(name) LX_WRITE_##name

static const struct row ROWS[] = {
    ROW(PLANNED, CLAIM, PLANNED, W(OWN)),
    ROW(PLANNED, LEAVE, PLANNED, W(DISOWN)),
    ROW(PLANNED, SEND, SENDING, W(OWN) | W(SENT)),
    ROW(PLANNED, CANCEL, REFUSED, W(DISOWN) | W(RELEASE) | W(ERROR)),
    ROW(PLANNED, ID, ACCEPTED, W(ID) | W(WATCH)),

    ROW(SENDING, ORPHAN, UNKNOWN, W(DISOWN)),
    ROW(SENDING, NOT_SENT, PLANNED, 0),
    ROW(SENDING, REFUSE, REFUSED, W(DISOWN) | W(RELEASE) | W(ERROR)),
    ROW(SENDING, LOSE, UNKNOWN, W(DISOWN) | W(ERROR)),
    ROW(SENDING, ID, ACCEPTED, W(ID) | W(WATCH)),

    /* An owner that was taken for dead may still report. */
    ROW(UNKNOWN, NOT_SENT, PLANNED, 0),
    ROW(UNKNOWN, REFUSE, REFUSED, W(RELEASE) | W(ERROR)),
    ROW(UNKNOWN, LOSE, UNKNOWN, W(ERROR)),
    ROW(UNKNOWN, ID, ACCEPTED, W(ID) | W(WATCH)),
    ROW(UNKNOWN, NOTHING, REFUSED, W(RELEASE)),
    ROW(UNKNOWN, CHARGED, ABANDONED, W(SETTLE)),

    ROW(ACCEPTED, CLAIM, ACCEPTED, W(OWN)),
    ROW(ACCEPTED, LEAVE, ACCEPTED, W(DISOWN)),
    ROW(ACCEPTED, DISPROVE, UNKNOWN, W(DISOWN) | W(NO_ID) | W(ERROR)),
    ROW(ACCEPTED, VANISH, ABANDONED, W(DISOWN) | W(SETTLE) | W(ERROR)),
    ROW(ACCEPTED, SUCCEED, SUCCEEDED, W(SETTLE) | W(RESULT)),
    ROW(ACCEPTED, FAIL, FAILED, W(DISOWN) | W(SETTLE) | W(ERROR)),
    ROW(ACCEPTED, ID, ACCEPTED, W(ID)),

    ROW(SUCCEEDED, CLAIM, SUCCEEDED, W(OWN)),
    ROW(SUCCEEDED, LEAVE, SUCCEEDED, W(DISOWN)),
    ROW(SUCCEEDED, SUCCEED, SUCCEEDED, W(SETTLE) | W(RESULT)),
    ROW(SUCCEEDED, SAVE, SAVED, W(DISOWN) | W(FILES)),
    ROW(SUCCEEDED, ID, SUCCEEDED, W(ID)),

    ROW(SAVED, UNSAVE, SUCCEEDED, W(OWN)),
    ROW(SAVED, SUCCEED, SAVED, W(SETTLE) | W(RESULT)),
    ROW(SAVED, SAVE, SAVED, W(FILES)),
    ROW(SAVED, ID, SAVED, W(ID)),

    ROW(REFUSED, AGAIN, PLANNED, W(OWN) | W(ATTEMPT)),
    ROW(REFUSED, ID, ACCEPTED, W(ID) | W(WATCH)),

    /* What is there beats what is not. */
    ROW(FAILED, AGAIN, PLANNED, W(OWN) | W(ATTEMPT)),
    ROW(FAILED, SUCCEED, SUCCEEDED, W(SETTLE) | W(RESULT)),
    ROW(FAILED, ID, ACCEPTED, W(ID) | W(WATCH)),

    ROW(ABANDONED, AGAIN, PLANNED, W(OWN) | W(ATTEMPT)),
    ROW(ABANDONED, SUCCEED, SUCCEEDED, W(SETTLE) | W(RESULT)),
    ROW(ABANDONED, FAIL, FAILED, W(SETTLE) | W(ERROR)),
    ROW(ABANDONED, ID, ACCEPTED, W(ID) | W(WATCH)),
};
#undef W
#undef ROW

enum lx_entry_guard lx_entry_guard_of(enum lx_entry_event event)
{
    if (event <= LX_ENTRY_EVENT_CHARGED)
        return LX_GUARD_FENCE;
    if (event == LX_ENTRY_EVENT_NOT_SENT)
        return LX_GUARD_SEND;
    return event == LX_ENTRY_EVENT_ID ? LX_GUARD_NONE : LX_GUARD_ATTEMPT;
}

static bool is_current(const struct lx_entry *entry, enum lx_entry_event event,
                       int64_t seen)
{
    switch (lx_entry_guard_of(event)) {
    case LX_GUARD_FENCE:
        return entry->fence == seen;
    case LX_GUARD_SEND: /* to become unknown takes it from its owner */
        return entry->fence == seen + (entry->state == LX_ENTRY_UNKNOWN);
    case LX_GUARD_ATTEMPT:
        return entry->attempt == seen;
    case LX_GUARD_NONE:
        break;
    }
    return true;
}

struct lx_entry_step lx_entry_step(const struct lx_entry *entry,
                                   enum lx_entry_event event, int64_t seen)
{
    struct lx_entry_step step = {LX_ENTRY_STEP_REFUSED, entry->state, 0};

    if (!is_current(entry, event, seen)) {
        step.verdict = LX_ENTRY_STEP_STALE;
        return step;
    }
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (ROWS[i].from == entry->state && ROWS[i].event == event)
            return (struct lx_entry_step){LX_ENTRY_STEP_GO, ROWS[i].to,
                                          ROWS[i].writes};
    return step;
}

/* ---- words ---- */

#define WORD(suffix, word) word,
static const char *const STATE_WORDS[] = {LX_ENTRY_STATE_MAP(WORD)};
static const char *const EVENT_WORDS[] = {LX_ENTRY_EVENT_MAP(WORD)};
#undef WORD

const char *lx_entry_state_name(enum lx_entry_state state)
{
    assert(state < LX_ENTRY_STATES);
    return STATE_WORDS[state];
}

const char *lx_entry_event_name(enum lx_entry_event event)
{
    assert(event < LX_ENTRY_EVENTS);
    return EVENT_WORDS[event];
}

bool lx_entry_state_from(const char *word, enum lx_entry_state *state)
{
    for (int i = 0; i < LX_ENTRY_STATES; i++)
        if (strcmp(word, STATE_WORDS[i]) == 0) {
            *state = (enum lx_entry_state)i;
            return true;
        }
    return false;
}
