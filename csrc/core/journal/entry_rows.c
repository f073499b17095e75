/* entry_rows.c: see entry_rows.h. */
#include "journal/entry_rows.h"

#include <stdlib.h>
#include <string.h>

/* Results may be in data: URLs. */
#define TEXTS_MAX_BYTES ((size_t)512 << 20)

#define ROWS_FIRST 64

struct lx_entry_rows *lx_entry_rows_new(void)
{
    struct lx_entry_rows *rows = calloc(1, sizeof *rows);

    if (rows)
        lx_buffer_init(&rows->texts, TEXTS_MAX_BYTES);
    return rows;
}

void lx_entry_rows_free(struct lx_entry_rows *rows)
{
    if (!rows)
        return;
    lx_buffer_deinit(&rows->texts);
    free(rows->list);
    free(rows);
}

void lx_entry_rows_clear(struct lx_entry_rows *rows)
{
    rows->count = 0;
    lx_buffer_clear(&rows->texts);
}

static bool grow_rows(struct lx_entry_rows *rows)
{
    size_t capacity = rows->capacity ? 2 * rows->capacity : ROWS_FIRST;

    if (rows->count < rows->capacity)
        return true;
    struct lx_entry_row *list =
        realloc(rows->list, capacity * sizeof *rows->list);
    if (!list)
        return false;
    rows->list = list;
    rows->capacity = capacity;
    return true;
}

/* The first byte is nobody's, so that no text begins at 0. */
static bool add_row_text(struct lx_buffer *texts, const char *text,
                         size_t *start)
{
    *start = 0;
    if (!text || (texts->length == 0 && !lx_buffer_append(texts, "", 1)))
        return !text;
    *start = texts->length;
    return lx_buffer_append(texts, text, strlen(text) + 1);
}

bool lx_entry_rows_add(struct lx_entry_rows *rows, const struct lx_entry *entry,
                       const char *task_id, int64_t charged_mc)
{
    struct lx_buffer *texts = &rows->texts;
    size_t length = texts->length;
    struct lx_entry_row row = {.id = entry->id,
                               .priority = entry->priority,
                               .attempt = entry->attempt,
                               .charged_mc = charged_mc,
                               .owner = entry->owner,
                               .fence = entry->fence,
                               .accepted_ms = entry->accepted_ms,
                               .ended_ms = entry->ended_ms,
                               .state = entry->state};
    const char *body = entry->state == LX_ENTRY_PLANNED ? entry->body : NULL;
    const char *urls = entry->state == LX_ENTRY_SUCCEEDED ? entry->urls : NULL;

    if (task_id && !*task_id)
        task_id = NULL;
    if (grow_rows(rows) && add_row_text(texts, entry->key, &row.key) &&
        add_row_text(texts, entry->batch, &row.batch) &&
        add_row_text(texts, entry->model, &row.model) &&
        add_row_text(texts, entry->target, &row.target) &&
        add_row_text(texts, task_id, &row.task_id) &&
        add_row_text(texts, body, &row.body) &&
        add_row_text(texts, urls, &row.urls)) {
        rows->list[rows->count++] = row;
        return true;
    }
    texts->length = length;
    return false;
}

const char *lx_entry_rows_text(const struct lx_entry_rows *rows, size_t start)
{
    return start ? rows->texts.bytes + start : NULL;
}
