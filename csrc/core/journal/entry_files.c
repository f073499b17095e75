/* entry_files.c: see entry_files.h. */
#include "journal/entry_files.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define HASH_BYTES 32

static void free_file(struct lx_entry_file *file)
{
    free((void *)file->path);
    free((void *)file->part);
    free((void *)file->content_type);
    free((void *)file->sha256);
}

/* NULL of NULL; clears *is_whole when out of memory. */
static char *copy_bytes(const void *bytes, size_t length, bool *is_whole)
{
    char *copy = bytes ? lx_text_duplicate(bytes, length) : NULL;

    *is_whole = *is_whole && !bytes == !copy;
    return copy;
}

static size_t text_length(const char *text)
{
    return text ? strlen(text) : 0;
}

static struct lx_entry_file *find_file(const struct lx_entry_files *files,
                                       int64_t number)
{
    for (size_t i = 0; i < files->count; i++)
        if (files->list[i].number == number)
            return &files->list[i];
    return NULL;
}

/* Room for one more, cleared; NULL when out of memory or beyond the maximum. */
static struct lx_entry_file *append_file(struct lx_entry_files *files)
{
    struct lx_entry_file *list = NULL;

    if (files->count < LX_ENTRY_FILES_MAX)
        list = realloc(files->list, (files->count + 1) * sizeof *list);
    if (!list)
        return NULL;
    files->list = list;
    list[files->count] = (struct lx_entry_file){.entry_id = 0};
    return &list[files->count++];
}

bool lx_entry_files_put(struct lx_entry_files *files,
                        const struct lx_entry_file *file)
{
    struct lx_entry_file copy = *file, *place = NULL;
    bool is_whole = true;

    copy.path = copy_bytes(file->path, text_length(file->path), &is_whole);
    copy.part = copy_bytes(file->part, text_length(file->part), &is_whole);
    copy.content_type = copy_bytes(file->content_type,
                                   text_length(file->content_type), &is_whole);
    copy.sha256 =
        (unsigned char *)copy_bytes(file->sha256, HASH_BYTES, &is_whole);
    if (is_whole)
        place = find_file(files, file->number);
    if (is_whole && !place)
        place = append_file(files);
    if (!place) {
        free_file(&copy);
        return false;
    }
    free_file(place);
    *place = copy;
    return true;
}

const struct lx_entry_file *
lx_entry_files_get(const struct lx_entry_files *files, int64_t number)
{
    return find_file(files, number);
}

struct reading {
    struct lx_entry_files *files;
    bool has_memory;
};

static bool keep_file(void *argument, const struct lx_entry_file *file)
{
    struct reading *reading = argument;

    reading->has_memory = lx_entry_files_put(reading->files, file);
    return reading->has_memory;
}

enum lx_store_status lx_entry_files_read(struct lx_entry_files *files,
                                         struct lx_ledger *ledger, int64_t id)
{
    struct reading reading = {files, true};
    enum lx_store_status status =
        ledger->api->find_files(ledger->store, id, keep_file, &reading);

    return status == LX_STORE_OK && !reading.has_memory ? LX_STORE_MEMORY
                                                        : status;
}

void lx_entry_files_deinit(struct lx_entry_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free_file(&files->list[i]);
    free(files->list);
    *files = (struct lx_entry_files){0, NULL};
}
