/* Every word of the map, and what must not be taken for one. */
#include "task_state.h"

#include "check.h"

static void check_class(const char *word, enum lx_state_class want)
{
    check_row = word;
    CHECK_EQ(lx_state_classify(word, strlen(word)), want);
}

int main(void)
{
    static const char *const unknown[] = {
        "",      " ",       "wait", "waitingg", "moderating", "success!",
        "fai l", "unknown", "\xFF", "done",     "0",          "succes",
    };
    char upper[32], framed[40];

#define CHECK_ROW(word, class)                                                 \
    {                                                                          \
        size_t length = strlen(word);                                          \
        check_class(word, LX_STATE_##class);                                   \
        for (size_t i = 0; i <= length; i++)                                   \
            upper[i] = (char)(word[i] >= 'a' && word[i] <= 'z'                 \
                                  ? word[i] - ('a' - 'A')                      \
                                  : word[i]);                                  \
        check_class(upper, LX_STATE_##class);                                  \
        snprintf(framed, sizeof framed, " \t%s\r\n", word);                    \
        check_class(framed, LX_STATE_##class);                                 \
        CHECK_EQ(lx_state_classify(word, length - 1), LX_STATE_UNRECOGNISED);  \
    }
    LX_STATE_WORD_MAP(CHECK_ROW)

    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        check_class(unknown[i], LX_STATE_UNRECOGNISED);
    check_row = "length";
    CHECK_EQ(lx_state_classify("failure", 4), LX_STATE_FAILED);
    CHECK_EQ(lx_state_classify("fail\0x", 6), LX_STATE_UNRECOGNISED);
    CHECK_EQ(lx_state_classify(NULL, 0), LX_STATE_UNRECOGNISED);
    return check_report("task_state");
}
