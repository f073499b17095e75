/* Two owners, one entry, one service: every interleaving of claims, sends,
 * answers that come, come late or never, callbacks, wrong suspicions, commits
 * that nobody has answered and kills between any two steps. In each state
 * reached: no task is made twice for one wish, and each billed task is named or
 * known to be unknown. */
#include "journal/transition.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "../check.h"

enum phase {
    IDLE,    /* knows nothing */
    READ,    /* has read the entry: `seen` is its fence */
    HOLDING, /* owns it, and `seen` is the fence of that */
    ARMED,   /* `sending` is committed; no byte has left */
    WAITING, /* for the answer */
    TOLD,    /* has the answer, not committed */
    KILLED
};

enum answer { NONE, NAMED, LOST, REFUSED, BUSY, UNSENT };

#define ATTEMPTS 2

/* What a process owned before a commit that was not answered: after that it is
 * another owner. */
#define GONE 3

struct process {
    unsigned phase : 3;
    unsigned answer : 3;
    unsigned attempt : 2; /* that it sent */
    unsigned seen : 4;
};

struct world {
    struct process process[2];
    unsigned state : 4;
    unsigned owner : 2; /* 0, the process + 1, or GONE */
    unsigned fence : 4;
    unsigned attempt : 2;
    unsigned named : 3;      /* bit n: attempt n has its task's id */
    unsigned billed : 3;     /* bit n: attempt n made a task */
    unsigned suspicions : 1; /* wrong ones that are left */
    unsigned delays : 1;     /* 429s that are left */
    unsigned doubts : 2;     /* unanswered commits that are left */
};

#define FENCE_MAX 15
#define SLOT_BITS 23
#define SLOTS     ((size_t)1 << SLOT_BITS)

static uint64_t *visited; /* 0: free */
static struct world *todo;
static size_t todo_count, states, sends_twice;
static unsigned reached; /* bit: a state of the entry */

static uint64_t pack(struct world w)
{
    uint64_t bits = 1;

    for (int i = 0; i < 2; i++) {
        bits = bits << 3 | w.process[i].phase;
        bits = bits << 3 | w.process[i].answer;
        bits = bits << 2 | w.process[i].attempt;
        bits = bits << 4 | w.process[i].seen;
    }
    bits = bits << 4 | w.state;
    bits = bits << 2 | w.owner;
    bits = bits << 4 | w.fence;
    bits = bits << 2 | w.attempt;
    bits = bits << 3 | w.named;
    bits = bits << 3 | w.billed;
    bits = bits << 1 | w.suspicions;
    bits = bits << 1 | w.delays;
    return bits << 2 | w.doubts;
}

/* Each billed task is named, or in doubt for all to see; no wish is paid
 * twice. */
static void check_world(struct world w)
{
    unsigned lost = w.billed & ~w.named;

    reached |= 1u << w.state;
    if ((w.billed & (w.billed - 1)) != 0)
        sends_twice++;
    CHECK((w.named & ~w.billed) == 0);
    if (lost)
        CHECK(w.state == LX_ENTRY_SENDING || w.state == LX_ENTRY_UNKNOWN);
    if (w.named)
        CHECK(w.state == LX_ENTRY_ACCEPTED || w.state == LX_ENTRY_SUCCEEDED ||
              w.state == LX_ENTRY_SAVED || w.state == LX_ENTRY_FAILED);
}

/* Without what nobody looks at any more. */
static struct world tidy(struct world w)
{
    for (int i = 0; i < 2; i++) {
        struct process *process = &w.process[i];
        if (process->phase == IDLE)
            *process = (struct process){.phase = IDLE};
        if (process->phase >= WAITING && process->answer < BUSY)
            process->seen = 0;
    }
    return w;
}

static void visit(struct world given)
{
    struct world w = tidy(given);
    uint64_t packed = pack(w);
    size_t slot =
        (size_t)(packed * UINT64_C(0x9E3779B97F4A7C15) >> (64 - SLOT_BITS));

    while (visited[slot] && visited[slot] != packed)
        slot = (slot + 1) % SLOTS;
    if (visited[slot])
        return;
    visited[slot] = packed;
    if (++states >= SLOTS / 2 || w.fence >= FENCE_MAX) {
        printf("the model is finite, and smaller: %zu states\n", states);
        exit(1);
    }
    check_world(w);
    todo[todo_count++] = w;
}

/* The store's transaction: true when the event counted. */
static bool commit(struct world *w, enum lx_entry_event event, unsigned seen,
                   int process, unsigned attempt)
{
    struct lx_entry entry = {.state = (enum lx_entry_state)w->state,
                             .fence = w->fence,
                             .attempt = w->attempt};
    struct lx_entry_step step = lx_entry_step(&entry, event, seen);

    if (step.verdict != LX_ENTRY_STEP_GO)
        return false;
    w->state = step.to & 0xF;
    if (step.writes & LX_WRITE_OWN)
        w->owner = (unsigned)(process + 1) & 3;
    if (step.writes & LX_WRITE_DISOWN)
        w->owner = 0;
    if (step.writes & (LX_WRITE_OWN | LX_WRITE_DISOWN))
        w->fence = (w->fence + 1) & 0xF;
    if (step.writes & LX_WRITE_ATTEMPT)
        w->attempt = (w->attempt + 1) & 3;
    if (step.writes & LX_WRITE_ID)
        w->named = (w->named | 1u << attempt) & 7;
    if (step.writes & LX_WRITE_WATCH)
        w->attempt = attempt & 3;
    return true;
}

/* ---- steps of a process ---- */

static bool owner_is_dead(const struct world *w)
{
    return w->owner == 0 || w->owner == GONE ||
           w->process[w->owner - 1].phase == KILLED;
}

/* Its last commit was not answered: whether it has come or not, the process
 * does not know, and goes on in `phase`. */
static void visit_doubt(struct world w, int i, enum phase phase)
{
    if (!w.doubts)
        return;
    w.doubts = (w.doubts - 1) & 3;
    if (w.owner == (unsigned)i + 1)
        w.owner = GONE;
    w.process[i].phase = (unsigned)phase & 7;
    visit(w);
}

/* What the call does with the entry that it has read. */
static void act_on_entry(struct world w, int i)
{
    struct process *me = &w.process[i];
    bool is_free = owner_is_dead(&w), takes = is_free;

    me->phase = IDLE;
    visit(w); /* it leaves it alone */
    if (!is_free && w.owner != (unsigned)i + 1 && w.suspicions) {
        w.suspicions = 0; /* a machine that slept is taken for dead */
        takes = true;
    }
    if (w.state == LX_ENTRY_SENDING && takes &&
        commit(&w, LX_ENTRY_EVENT_ORPHAN, me->seen, i, 0)) {
        visit(w);
        return;
    }
    enum lx_entry_event event = w.state == LX_ENTRY_REFUSED
                                    ? LX_ENTRY_EVENT_AGAIN
                                    : LX_ENTRY_EVENT_CLAIM;
    if (event == LX_ENTRY_EVENT_AGAIN ? w.attempt >= ATTEMPTS : !takes)
        return;
    if (w.state != LX_ENTRY_SENDING && w.fence < FENCE_MAX - 2 &&
        commit(&w, event, me->seen, i, 0)) {
        visit_doubt(w, i, IDLE);
        me->phase = HOLDING;
        me->seen = w.fence;
        visit(w);
    }
}

/* It sends nothing, and takes back what may be there. */
static void doubt_send(struct world before, struct world after, int i)
{
    before.process[i] = after.process[i];
    before.process[i].answer = after.process[i].answer = UNSENT;
    visit_doubt(before, i, TOLD);
    visit_doubt(after, i, TOLD);
}

static void hold(struct world w, int i)
{
    struct process *me = &w.process[i];
    struct world other = w, before = w;

    if (commit(&other, LX_ENTRY_EVENT_LEAVE, me->seen, i, 0)) {
        other.process[i].phase = IDLE;
        if (other.fence < FENCE_MAX - 2)
            visit(other);
    }
    me->attempt = w.attempt;
    me->phase = IDLE;
    if (w.fence < FENCE_MAX - 2 &&
        commit(&w, LX_ENTRY_EVENT_SEND, me->seen, i, 0)) {
        me->seen = w.fence;
        doubt_send(before, w, i);
        me->phase = ARMED;
    }
    visit(w);
}

/* The first byte leaves, and the service does what it likes. */
static void send_bytes(struct world w, int i)
{
    struct process *me = &w.process[i];
    unsigned bill = 1u << me->attempt;

    me->phase = WAITING;
    for (int answer = NAMED; answer <= BUSY; answer++) {
        struct world next = w;
        if (answer == BUSY && !w.delays)
            continue;
        if (answer == BUSY)
            next.delays = 0;
        next.process[i].answer = (unsigned)answer & 7;
        if (answer == NAMED || answer == LOST) {
            next.billed = (w.billed | bill) & 7;
            visit(next);
        }
        next.billed = w.billed;
        if (answer != NAMED)
            visit(next);
    }
}

static void tell(struct world w, int i)
{
    static const enum lx_entry_event EVENTS[] = {
        [NAMED] = LX_ENTRY_EVENT_ID,
        [LOST] = LX_ENTRY_EVENT_LOSE,
        [REFUSED] = LX_ENTRY_EVENT_REFUSE,
        [BUSY] = LX_ENTRY_EVENT_NOT_SENT,
        [UNSENT] = LX_ENTRY_EVENT_NOT_SENT};
    struct process *me = &w.process[i];
    bool is_known = me->answer == NAMED && w.named & 1u << me->attempt;

    unsigned seen = me->answer >= BUSY ? me->seen : me->attempt;

    visit_doubt(w, i, TOLD);
    if (!is_known)
        commit(&w, EVENTS[me->answer], seen, i, me->attempt);
    visit_doubt(w, i, TOLD);
    me->phase = me->answer == BUSY ? HOLDING : IDLE;
    me->answer = NONE;
    visit(w);
}

static void step_process(struct world w, int i)
{
    struct world next = w;
    struct process *me = &next.process[i];

    switch (me->phase) {
    case IDLE:
        me->phase = READ;
        me->seen = w.fence;
        me->attempt = 0;
        visit(next);
        break;
    case READ:
        act_on_entry(w, i);
        break;
    case HOLDING:
        hold(w, i);
        break;
    case ARMED:
        send_bytes(w, i);
        break;
    case WAITING:
        me->phase = TOLD;
        visit(next);
        break;
    case TOLD:
        tell(w, i);
        break;
    default:
        break;
    }
    if (w.process[i].phase != KILLED) {
        w.process[i] = (struct process){.phase = KILLED};
        visit(w);
    }
}

/* A callback, or the task's end, to whoever lives. */
static void step_service(struct world w)
{
    static const enum lx_entry_event FATES[] = {
        LX_ENTRY_EVENT_SUCCEED, LX_ENTRY_EVENT_FAIL, LX_ENTRY_EVENT_SAVE};

    if (w.process[0].phase == KILLED && w.process[1].phase == KILLED)
        return;
    for (unsigned n = 1; n <= ATTEMPTS; n++) {
        struct world next = w;
        if ((w.billed & ~w.named) & 1u << n) {
            CHECK(commit(&next, LX_ENTRY_EVENT_ID, 0, 0, n));
            visit(next);
        }
    }
    for (size_t i = 0; i < sizeof FATES / sizeof *FATES; i++) {
        struct world next = w;
        if (w.fence < FENCE_MAX - 2 && w.named & 1u << w.attempt &&
            commit(&next, FATES[i], w.attempt, 0, 0))
            visit(next);
    }
}

int main(void)
{
    struct world start = {.state = LX_ENTRY_PLANNED,
                          .attempt = 1,
                          .suspicions = 1,
                          .delays = 1,
                          .doubts = 2};

    visited = calloc(SLOTS, sizeof *visited);
    todo = calloc(SLOTS, sizeof *todo);
    if (!visited || !todo)
        abort();
    visit(start);
    while (todo_count > 0) {
        struct world w = todo[--todo_count];
        step_process(w, 0);
        step_process(w, 1);
        step_service(w);
    }
    printf("%zu states\n", states);
    CHECK(states > 10000);
    CHECK_EQ(sends_twice, 0);
    CHECK_EQ(reached, (1u << LX_ENTRY_STATES) - 1 -
                          (1u << LX_ENTRY_ABANDONED)); /* takes a person */
    free(visited);
    free(todo);
    return check_report("transition_model");
}
