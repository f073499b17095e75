/* Every word of the map, and what must not be taken for one. */
#include "api/task_state.h"

#include "../check.h"

static void check_class(const char *word, enum lx_state_class want)
{
    check_row = word;
    CHECK_EQ(lx_state_classify(word, strlen(word)), want);
}

/* A known word: in any case, framed by white space, and only as a whole. */
static void check_known(const char *word, enum lx_state_class want)
{
    size_t length = strlen(word);
    char upper[32], framed[40];

    check_class(word, want);
    for (size_t i = 0; i <= length; i++)
        upper[i] =
            (char)(word[i] >= 'a' && word[i] <= 'z' ? word[i] - ('a' - 'A')
                                                    : word[i]);
    check_class(upper, want);
    snprintf(framed, sizeof framed, " \t%s\r\n", word);
    check_class(framed, want);
    CHECK_EQ(lx_state_classify(word, length - 1), LX_STATE_UNRECOGNISED);
}

int main(void)
{
    static const char *const unknown[] = {
        "",      " ",       "wait", "waitingg", "moderating", "success!",
        "fai l", "unknown", "\xFF", "done",     "0",          "succes",
    };

#define CHECK_ROW(word, class) check_known(word, LX_STATE_##class);
    LX_STATE_WORD_MAP(CHECK_ROW)

    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        check_class(unknown[i], LX_STATE_UNRECOGNISED);
    check_row = "length";
    CHECK_EQ(lx_state_classify("failure", 4), LX_STATE_FAILED);
    CHECK_EQ(lx_state_classify("fail\0x", 6), LX_STATE_UNRECOGNISED);
    CHECK_EQ(lx_state_classify(NULL, 0), LX_STATE_UNRECOGNISED);
    return check_report("task_state");
}
