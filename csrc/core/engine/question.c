/* question.c: see question.h. */
#include "engine/question.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct lx_question *lx_question_new(const char *verb)
{
    struct lx_question *question = calloc(1, sizeof *question);

    if (question)
        lx_text_copy(question->verb, sizeof question->verb, verb, strlen(verb));
    return question;
}

void lx_question_free(struct lx_question *question)
{
    if (!question)
        return;
    free(question->key);
    free(question->batch);
    free(question->model);
    free(question->task_id);
    free(question->text);
    lx_wish_free(question->wish);
    free(question);
}
