/* The life of an entry, row by row: every pair of state and event, with what is
 * written; that every state has a way out, and that facts need no fence. */
#include "journal/transition.h"

#include "../check.h"

/* state: event>state+writes; what is not there is refused. */
static const char *const ROWS[LX_ENTRY_STATES][2] = {
    {"planned", "claim>planned+own leave>planned+disown send>sending+own+sent "
                "cancel>refused+disown+release+error id>accepted+id+watch "},
    {"sending", "orphan>unknown+disown not_sent>planned "
                "refuse>refused+disown+release+error "
                "lose>unknown+disown+error id>accepted+id+watch "},
    {"accepted", "claim>accepted+own leave>accepted+disown "
                 "disprove>unknown+disown+no_id+error "
                 "vanish>abandoned+disown+settle+error "
                 "succeed>succeeded+settle+result "
                 "fail>failed+disown+settle+error id>accepted+id "},
    {"succeeded", "claim>succeeded+own leave>succeeded+disown "
                  "succeed>succeeded+settle+result save>saved+disown+files "
                  "id>succeeded+id "},
    {"saved", "unsave>succeeded+own succeed>saved+settle+result "
              "save>saved+files id>saved+id "},
    {"refused", "again>planned+own+attempt id>accepted+id+watch "},
    {"failed", "again>planned+own+attempt succeed>succeeded+settle+result "
               "id>accepted+id+watch "},
    {"unknown", "nothing>refused+release charged>abandoned+settle "
                "not_sent>planned refuse>refused+release+error "
                "lose>unknown+error id>accepted+id+watch "},
    {"abandoned", "again>planned+own+attempt succeed>succeeded+settle+result "
                  "fail>failed+settle+error id>accepted+id+watch "},
};

static const struct {
    unsigned bit;
    const char *word;
} WRITES[] = {
    {LX_WRITE_OWN, "+own"},         {LX_WRITE_DISOWN, "+disown"},
    {LX_WRITE_ATTEMPT, "+attempt"}, {LX_WRITE_SENT, "+sent"},
    {LX_WRITE_ID, "+id"},           {LX_WRITE_WATCH, "+watch"},
    {LX_WRITE_NO_ID, "+no_id"},     {LX_WRITE_RELEASE, "+release"},
    {LX_WRITE_SETTLE, "+settle"},   {LX_WRITE_RESULT, "+result"},
    {LX_WRITE_ERROR, "+error"},     {LX_WRITE_FILES, "+files"},
};

static struct lx_entry entry_in(enum lx_entry_state state)
{
    return (struct lx_entry){.state = state, .fence = 7, .attempt = 3};
}

/* What the guard of the event asks for. */
static int64_t seen_for(const struct lx_entry *entry, enum lx_entry_event event)
{
    switch (lx_entry_guard_of(event)) {
    case LX_GUARD_FENCE:
        return 7;
    case LX_GUARD_SEND:
        return entry->state == LX_ENTRY_UNKNOWN ? 6 : 7;
    default:
        return 3;
    }
}

static void describe(char *out, size_t capacity, enum lx_entry_event event,
                     struct lx_entry_step step)
{
    int length = snprintf(out, capacity, "%s>%s", lx_entry_event_name(event),
                          lx_entry_state_name(step.to));

    for (size_t i = 0; i < sizeof WRITES / sizeof *WRITES; i++)
        if (step.writes & WRITES[i].bit)
            length += snprintf(out + length, capacity - (size_t)length, "%s",
                               WRITES[i].word);
    snprintf(out + length, capacity - (size_t)length, " ");
}

static void test_rows(void)
{
    for (int state = 0; state < LX_ENTRY_STATES; state++) {
        struct lx_entry entry = entry_in((enum lx_entry_state)state);
        char got[500] = "";
        check_row = ROWS[state][0];
        CHECK_TEXT(lx_entry_state_name(entry.state), ROWS[state][0]);
        for (int i = 0; i < LX_ENTRY_EVENTS; i++) {
            enum lx_entry_event event = (enum lx_entry_event)i;
            struct lx_entry_step step =
                lx_entry_step(&entry, event, seen_for(&entry, event));
            char one[100];
            describe(one, sizeof one, event, step);
            if (step.verdict == LX_ENTRY_STEP_GO) {
                CHECK_CONTAINS(ROWS[state][1], one);
                snprintf(got + strlen(got), sizeof got - strlen(got), "%s",
                         one);
            } else {
                CHECK_EQ(step.verdict, LX_ENTRY_STEP_REFUSED);
                CHECK_EQ(step.to, entry.state);
                CHECK_EQ(step.writes, 0);
            }
        }
        CHECK_EQ(strlen(got), strlen(ROWS[state][1]));
    }
}

/* What was decided on a fence of before, or is about another attempt. */
static void test_guards(void)
{
    for (int i = 0; i < LX_ENTRY_EVENTS; i++) {
        enum lx_entry_event event = (enum lx_entry_event)i;
        check_row = lx_entry_event_name(event);
        for (int state = 0; state < LX_ENTRY_STATES; state++) {
            struct lx_entry entry = entry_in((enum lx_entry_state)state);
            enum lx_entry_verdict verdict =
                lx_entry_step(&entry, event, 1000).verdict;
            if (event == LX_ENTRY_EVENT_ID)
                CHECK_EQ(verdict, LX_ENTRY_STEP_GO); /* from every state */
            else
                CHECK_EQ(verdict, LX_ENTRY_STEP_STALE);
        }
    }
    check_row = "decisions";
    CHECK_EQ(lx_entry_guard_of(LX_ENTRY_EVENT_SEND), LX_GUARD_FENCE);
    CHECK_EQ(lx_entry_guard_of(LX_ENTRY_EVENT_CHARGED), LX_GUARD_FENCE);
    CHECK_EQ(lx_entry_guard_of(LX_ENTRY_EVENT_NOT_SENT), LX_GUARD_SEND);
    CHECK_EQ(lx_entry_guard_of(LX_ENTRY_EVENT_SAVE), LX_GUARD_ATTEMPT);
}

/* The states that lead to a saved result, over however many events. */
static void test_ways_out(void)
{
    bool leads[LX_ENTRY_STATES] = {[LX_ENTRY_SAVED] = true};

    for (int round = 0; round < LX_ENTRY_STATES; round++)
        for (int state = 0; state < LX_ENTRY_STATES; state++)
            for (int i = 0; i < LX_ENTRY_EVENTS; i++) {
                struct lx_entry entry = entry_in((enum lx_entry_state)state);
                enum lx_entry_event event = (enum lx_entry_event)i;
                struct lx_entry_step step =
                    lx_entry_step(&entry, event, seen_for(&entry, event));
                leads[state] |=
                    step.verdict == LX_ENTRY_STEP_GO && leads[step.to];
            }
    for (int state = 0; state < LX_ENTRY_STATES; state++) {
        check_row = lx_entry_state_name((enum lx_entry_state)state);
        CHECK(leads[state]);
    }
}

/* Only `planned` is ever sent, and only what was never sent, was refused or is
 * asked for by the user becomes planned. */
static void test_money(void)
{
    for (int state = 0; state < LX_ENTRY_STATES; state++)
        for (int i = 0; i < LX_ENTRY_EVENTS; i++) {
            struct lx_entry entry = entry_in((enum lx_entry_state)state);
            enum lx_entry_event event = (enum lx_entry_event)i;
            struct lx_entry_step step =
                lx_entry_step(&entry, event, seen_for(&entry, event));
            check_row = lx_entry_event_name(event);
            if (step.verdict != LX_ENTRY_STEP_GO)
                continue;
            if (step.to == LX_ENTRY_SENDING)
                CHECK_EQ(state, LX_ENTRY_PLANNED);
            if (step.to == LX_ENTRY_PLANNED && state != LX_ENTRY_PLANNED)
                CHECK(event == LX_ENTRY_EVENT_NOT_SENT ||
                      event == LX_ENTRY_EVENT_AGAIN);
            if (state == LX_ENTRY_UNKNOWN && step.to != LX_ENTRY_UNKNOWN)
                CHECK(event != LX_ENTRY_EVENT_CLAIM &&
                      event != LX_ENTRY_EVENT_AGAIN);
        }
}

static void test_words(void)
{
    enum lx_entry_state state;

    check_row = "words";
    for (int i = 0; i < LX_ENTRY_STATES; i++) {
        CHECK(lx_entry_state_from(lx_entry_state_name((enum lx_entry_state)i),
                                  &state));
        CHECK_EQ(state, i);
        for (int other = 0; other < LX_ENTRY_STATES; other++)
            CHECK(other == i ||
                  !strstr(lx_entry_state_name((enum lx_entry_state)other),
                          lx_entry_state_name((enum lx_entry_state)i)));
    }
    CHECK(!lx_entry_state_from("done", &state));
    CHECK(!lx_entry_state_from("", &state));
}

int main(void)
{
    test_rows();
    test_guards();
    test_ways_out();
    test_money();
    test_words();
    return check_report("transition");
}
