/* io_saved.c: see io_saved.h. */
#include "engine/io_saved.h"

#include "engine/book.h"
#include "engine/saving.h"
#include "journal/entry_files.h"

#include <stdlib.h>

/* What is saved of an entry in one place. Another save of it, elsewhere, may
 * begin while this one lacks files, and end before it. */
struct holding {
    int64_t entry, attempt;
    uint64_t place;
    int count;
    struct lx_entry_files files;
};

static uint64_t key_of(int64_t entry, uint64_t place)
{
    uint64_t key = (uint64_t)entry ^ place;

    return key ? key : 1;
}

static void free_holding(struct lx_io *io, struct holding *holding)
{
    lx_id_map_remove(&io->savings, key_of(holding->entry, holding->place));
    lx_entry_files_deinit(&holding->files);
    free(holding);
}

/* NULL: out of memory. */
static struct holding *hold_entry(struct lx_io *io,
                                  const struct lx_saving *saving)
{
    uint64_t key = key_of(saving->entry, saving->place);
    struct holding *holding = lx_id_map_get(&io->savings, key);

    if (holding && (holding->entry != saving->entry ||
                    holding->attempt != saving->attempt)) {
        free_holding(io, holding);
        holding = NULL;
    }
    if (holding)
        return holding;
    holding = calloc(1, sizeof *holding);
    if (!holding)
        return NULL;
    holding->entry = saving->entry;
    holding->attempt = saving->attempt;
    holding->place = saving->place;
    holding->count = saving->count;
    if (lx_id_map_put(&io->savings, key, holding))
        return holding;
    free(holding);
    return NULL;
}

static void record_saved(struct lx_io *io, struct holding *holding)
{
    struct lx_booking saved = {.entry = holding->entry};
    struct lx_fact *fact =
        lx_book_fact(&saved, LX_ENTRY_EVENT_SAVE, holding->attempt);

    if (fact) {
        fact->files = holding->files;
        holding->files = (struct lx_entry_files){0, NULL};
        fact->news.files = fact->files.list;
        fact->news.file_count = fact->files.count;
    }
    lx_io_book_submit(io, fact);
    free_holding(io, holding);
}

static void keep_saved(struct lx_io *io, const struct lx_saving *saving,
                       const struct lx_downloaded *file)
{
    struct holding *holding = hold_entry(io, saving);
    struct lx_entry_file row = {.entry_id = saving->entry,
                                .number = saving->number,
                                .path = file->path,
                                .bytes = (int64_t)file->length,
                                .mtime_ms = file->modified_ms,
                                .sha256 = file->sha256,
                                .content_type = file->content_type};

    if (!holding || !lx_entry_files_put(&holding->files, &row))
        return; /* the entry stays unsaved; who takes it up finds the file */
    if (holding->files.count >= (size_t)holding->count)
        record_saved(io, holding);
}

/* Whether any download is at the entry. */
static bool is_at_work(const struct lx_op_list *list, int64_t entry)
{
    for (const struct lx_op *op = list->first; op; op = op->next)
        if (op->download.saving && op->download.saving->entry == entry)
            return true;
    return false;
}

/* Nobody here saves it any more: another client may. */
void lx_io_saved_leave(struct lx_io *io, int64_t entry, int64_t fence)
{
    struct lx_booking left = {.entry = entry};

    if (!is_at_work(&io->downloads_running, entry) &&
        !is_at_work(&io->downloads_held, entry) &&
        !is_at_work(&io->downloads_saving, entry))
        lx_io_book_submit(io, lx_book_fact(&left, LX_ENTRY_EVENT_LEAVE, fence));
}

void lx_io_saved(struct lx_io *io, struct lx_op *op)
{
    const struct lx_saving *saving = op->download.saving;
    const struct lx_downloaded *file = op->final ? op->final->file : NULL;

    if (!saving || !saving->is_tracked || !io->journal)
        return;
    if (file && file->path)
        keep_saved(io, saving, file);
    else if (!file) /* a redirect is followed by the host */
        lx_io_saved_leave(io, saving->entry, saving->fence);
}

static bool list_has_twin(const struct lx_op_list *list,
                          const struct lx_saving *wanted)
{
    for (const struct lx_op *op = list->first; op; op = op->next) {
        const struct lx_saving *saving = op->download.saving;
        if (saving && saving->entry == wanted->entry &&
            saving->number == wanted->number)
            return true;
    }
    return false;
}

bool lx_io_saved_has_twin(const struct lx_io *io, const struct lx_op *op)
{
    const struct lx_saving *saving = op->download.saving;

    return saving && (list_has_twin(&io->downloads_running, saving) ||
                      list_has_twin(&io->downloads_held, saving) ||
                      list_has_twin(&io->downloads_saving, saving));
}

void lx_io_savings_free(struct lx_io *io)
{
    for (size_t i = 0; i < io->savings.capacity; i++) {
        struct holding *holding = io->savings.entries[i].value;
        if (holding) {
            lx_entry_files_deinit(&holding->files);
            free(holding);
        }
    }
    lx_id_map_deinit(&io->savings);
}
