/* entry_list.c: see entry_list.h. */
#include "journal/entry_list.h"

#include <stdlib.h>

struct list_walk {
    struct lx_entry_list *list;
    int limit;
    bool has_memory;
};

static bool list_entry(void *argument, const struct lx_entry *entry)
{
    struct list_walk *walk = argument;
    struct lx_entry_list *list = walk->list;
    struct lx_entry_copy *copy = lx_entry_copy(entry);

    walk->has_memory = copy != NULL;
    if (!copy)
        return false;
    list->copies[list->count++] = copy;
    return list->count < walk->limit;
}

enum lx_store_status lx_entry_list_read(struct lx_entry_list *list,
                                        struct lx_ledger *ledger,
                                        const struct lx_store_query *query)
{
    struct list_walk walk = {list, (int)query->limit, true};

    list->count = 0;
    list->copies = calloc((size_t)query->limit, sizeof *list->copies);
    if (!list->copies)
        return LX_STORE_MEMORY;
    enum lx_store_status status =
        ledger->api->find(ledger->store, query, list_entry, &walk);
    if (status == LX_STORE_OK && !walk.has_memory)
        status = LX_STORE_MEMORY;
    if (status != LX_STORE_OK)
        lx_entry_list_deinit(list);
    return status;
}

void lx_entry_list_deinit(struct lx_entry_list *list)
{
    for (int i = 0; i < list->count; i++)
        free(list->copies[i]);
    free(list->copies);
    *list = (struct lx_entry_list){NULL, 0};
}
