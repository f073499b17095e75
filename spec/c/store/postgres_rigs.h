/* postgres_rigs.h: clients of one fresh database, and what they claim. */
#pragma once

#include "postgres_world.h"

#include "store_rig.h"

static inline struct rig fresh_rig(void)
{
    struct rig rig = {.api = &lx_postgres_api};

    fresh_database(rig.place, sizeof rig.place);
    rig_open(&rig);
    return rig;
}

static inline struct rig another(const struct rig *rig)
{
    struct rig other = *rig;

    rig_open(&other);
    return other;
}

static inline void insert_owned(struct rig *rig, const char *key, int64_t owner)
{
    struct lx_entry entry = new_entry(key);
    int64_t id;

    entry.owner = owner;
    rig_begin(rig);
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    rig_commit(rig);
}

static inline bool take_free(void *argument, const struct lx_entry *entry,
                             const char *task_id, int64_t charged_mc)
{
    CHECK(task_id == NULL);
    CHECK_EQ(charged_mc, LX_MONEY_UNKNOWN);
    return take_entry(argument, entry);
}

/* In a group that stays open. */
static inline struct found claim(struct rig *rig, int64_t limit)
{
    struct lx_store_query query = {.limit = limit};
    struct found found = {0};

    rig_begin(rig);
    CHECK_EQ(CALL(rig, find_free, &query, take_free, &found), LX_STORE_OK);
    return found;
}
