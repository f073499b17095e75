/* entry_copy.c: see entry_copy.h. */
#include "journal/entry_copy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_COUNT 8

static size_t size_of(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* Point at each text of the entry. */
static void list_texts(struct lx_entry *entry, const char **texts[TEXTS_COUNT])
{
    const char **list[TEXTS_COUNT] = {
        &entry->origin, &entry->key,  &entry->batch,  &entry->model,
        &entry->body,   &entry->urls, &entry->target, &entry->error};

    memcpy(texts, list, sizeof list);
}

struct lx_entry_copy *lx_entry_copy(const struct lx_entry *entry)
{
    struct lx_entry given = *entry;
    const char **texts[TEXTS_COUNT];
    size_t bytes = sizeof(struct lx_entry_copy) + LX_IDENTITY_BYTES;

    list_texts(&given, texts);
    for (int i = 0; i < TEXTS_COUNT; i++)
        bytes += size_of(*texts[i]);
    struct lx_entry_copy *copy = calloc(1, bytes);
    if (!copy)
        return NULL;
    char *at = (char *)(copy + 1);
    copy->entry = *entry;
    copy->charged_mc = LX_MONEY_UNKNOWN;
    if (entry->identity) {
        memcpy(at, entry->identity, LX_IDENTITY_BYTES);
        copy->entry.identity = (unsigned char *)at;
        at += LX_IDENTITY_BYTES;
    }
    list_texts(&copy->entry, texts);
    for (int i = 0; i < TEXTS_COUNT; i++) {
        size_t size = size_of(*texts[i]);
        if (size == 0)
            continue;
        memcpy(at, *texts[i], size);
        *texts[i] = at;
        at += size;
    }
    return copy;
}

struct lookup {
    struct lx_entry_copy *copy;
    bool has_memory;
};

static bool keep_entry(void *argument, const struct lx_entry *entry)
{
    struct lookup *lookup = argument;

    lookup->copy = lx_entry_copy(entry);
    lookup->has_memory = lookup->copy != NULL;
    return false;
}

enum lx_store_status lx_ledger_read(struct lx_ledger *ledger,
                                    const struct lx_store_query *query,
                                    struct lx_entry_copy **copy)
{
    struct lookup lookup = {NULL, true};
    enum lx_store_status status =
        ledger->api->find(ledger->store, query, keep_entry, &lookup);

    *copy = lookup.copy;
    return status == LX_STORE_OK && !lookup.has_memory ? LX_STORE_MEMORY
                                                       : status;
}

static bool keep_numbers(void *argument, const struct lx_entry *entry)
{
    *(struct lx_entry *)argument = *entry;
    return false;
}

enum lx_store_status lx_ledger_read_numbers(struct lx_ledger *ledger,
                                            int64_t id, struct lx_entry *entry)
{
    struct lx_store_query query = {.id = id, .only_numbers = true};

    entry->id = 0;
    return ledger->api->find(ledger->store, &query, keep_numbers, entry);
}
