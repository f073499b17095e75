/* store_rig.h: a store in a folder of its own, and entries to put in it. Each
 * test gives the functions of a store, and how to name a fresh place. */
#pragma once

#include "journal/store.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../check.h"

#define NOW_MS INT64_C(1700000000000)

struct rig {
    const struct lx_store_api *api;
    char place[300];
    struct lx_store *store;
};

#define CALL(rig, name, ...) (rig)->api->name((rig)->store, __VA_ARGS__)

static inline void rig_open(struct rig *rig)
{
    struct lx_store_error error = {LX_STORE_OK, ""};

    if (rig->api->open(rig->place, NOW_MS, &rig->store, &error) != LX_STORE_OK)
        printf("%s\n", error.text);
    CHECK(rig->store != NULL);
    if (!rig->store)
        exit(1);
}

static inline void rig_close(struct rig *rig)
{
    rig->api->close(rig->store);
    rig->store = NULL;
}

static inline void rig_begin(struct rig *rig)
{
    CHECK_EQ(rig->api->begin(rig->store), LX_STORE_OK);
}

static inline void rig_commit(struct rig *rig)
{
    CHECK_EQ(rig->api->commit(rig->store), LX_STORE_OK);
}

static inline struct lx_entry new_entry(const char *key)
{
    return (struct lx_entry){.origin = "https://api.example",
                             .key = key,
                             .model = "z-image",
                             .body = "{\"model\":\"z-image\"}",
                             .state = LX_ENTRY_PLANNED,
                             .attempt = 1,
                             .fence = 1,
                             .created_ms = NOW_MS};
}

/* Insert in a group of its own; the entry's number. */
static inline int64_t rig_insert(struct rig *rig, const char *key)
{
    struct lx_entry entry = new_entry(key);
    int64_t id = 0;

    rig_begin(rig);
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    rig_commit(rig);
    return id;
}

/* What a find found: the last entry, its texts copied as far as tests look. */
struct found {
    int count;
    struct lx_entry last;
    char key[100], urls[100], ids[200];
};

static inline bool take_entry(void *argument, const struct lx_entry *entry)
{
    struct found *found = argument;
    size_t length = strlen(found->ids);

    found->count++;
    found->last = *entry;
    snprintf(found->key, sizeof found->key, "%s", entry->key ? entry->key : "");
    snprintf(found->urls, sizeof found->urls, "%s",
             entry->urls ? entry->urls : "");
    snprintf(found->ids + length, sizeof found->ids - length, "%s ",
             entry->key ? entry->key : "-");
    return true;
}

static inline struct found rig_find(struct rig *rig,
                                    struct lx_store_query query)
{
    struct found found = {0};

    CHECK_EQ(CALL(rig, find, &query, take_entry, &found), LX_STORE_OK);
    return found;
}

static inline struct found rig_find_key(struct rig *rig, const char *key)
{
    return rig_find(rig, (struct lx_store_query){
                             .origin = "https://api.example", .key = key});
}

/* To another state, in a group of its own. */
static inline enum lx_store_status
rig_change(struct rig *rig, int64_t id, enum lx_entry_state to, int64_t fence)
{
    struct lx_entry before =
        rig_find(rig, (struct lx_store_query){.id = id}).last;
    struct lx_entry after = before;

    before.fence = fence;
    after.state = to;
    after.urls = NULL;
    after.target = NULL;
    after.error = NULL;
    after.fence = fence + 1;
    after.ended_ms = NOW_MS;
    rig_begin(rig);
    enum lx_store_status status =
        CALL(rig, change, &before, &after, NOW_MS, "a test");
    rig_commit(rig);
    return status;
}
