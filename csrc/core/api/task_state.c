/* task_state.c: looks a state word up in LX_STATE_WORD_MAP. Pure; any thread.
 * Runs on every poll. */
#include "api/task_state.h"

#include "base/text.h"

struct state_word {
    const char *word;
    size_t length;
    enum lx_state_class class;
};

#define STATE_ROW(word, class) {word, sizeof(word) - 1, LX_STATE_##class},
static const struct state_word state_words[] = {LX_STATE_WORD_MAP(STATE_ROW)};
#undef STATE_ROW

enum lx_state_class lx_state_classify(const char *word, size_t length)
{
    while (length > 0 && lx_text_is_white(word[length - 1]))
        length--;
    while (length > 0 && lx_text_is_white(*word)) {
        word++;
        length--;
    }
    for (size_t i = 0; i < sizeof state_words / sizeof *state_words; i++)
        if (state_words[i].length == length &&
            lx_text_starts(word, length, state_words[i].word))
            return state_words[i].class;
    return LX_STATE_UNRECOGNISED;
}
