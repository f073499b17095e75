/* id_map.c: see id_map.h. Linear probing with backward-shift removal: no
 * tombstones, so a map that churns for days stays as fast as a new one. */
#include "base/id_map.h"

#include <assert.h>
#include <stdlib.h>

void lx_id_map_init(struct lx_id_map *map)
{
    map->entries = NULL;
    map->capacity = map->count = 0;
}

void lx_id_map_deinit(struct lx_id_map *map)
{
    free(map->entries);
    lx_id_map_init(map);
}

static size_t home_of(const struct lx_id_map *map, uint64_t id)
{
    return (size_t)((id * 0x9E3779B97F4A7C15u) >> 32) & (map->capacity - 1);
}

/* Where `id` is, or where it would go. */
static struct lx_id_entry *find(const struct lx_id_map *map, uint64_t id)
{
    size_t at = home_of(map, id);

    while (map->entries[at].id != 0 && map->entries[at].id != id)
        at = (at + 1) & (map->capacity - 1);
    return &map->entries[at];
}

static bool grow(struct lx_id_map *map)
{
    struct lx_id_map larger = {.capacity =
                                   map->capacity ? map->capacity * 2 : 64};

    larger.entries = calloc(larger.capacity, sizeof *larger.entries);
    if (!larger.entries)
        return false;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->entries[i].id != 0)
            *find(&larger, map->entries[i].id) = map->entries[i];
    larger.count = map->count;
    free(map->entries);
    *map = larger;
    return true;
}

bool lx_id_map_put(struct lx_id_map *map, uint64_t id, void *value)
{
    if (map->count * 2 >= map->capacity && !grow(map))
        return false;
    struct lx_id_entry *entry = find(map, id);
    assert(id != 0 && entry->id == 0);
    entry->id = id;
    entry->value = value;
    map->count++;
    return true;
}

void *lx_id_map_get(const struct lx_id_map *map, uint64_t id)
{
    if (map->capacity == 0 || id == 0)
        return NULL;
    struct lx_id_entry *entry = find(map, id);
    return entry->id == id ? entry->value : NULL;
}

void lx_id_map_remove(struct lx_id_map *map, uint64_t id)
{
    if (!lx_id_map_get(map, id))
        return;
    size_t mask = map->capacity - 1;
    size_t hole = (size_t)(find(map, id) - map->entries);
    size_t at = hole;

    for (;;) {
        at = (at + 1) & mask;
        if (map->entries[at].id == 0)
            break;
        /* an entry may fill the hole unless its home lies behind it */
        size_t distance = (at - home_of(map, map->entries[at].id)) & mask;
        if (distance < ((at - hole) & mask))
            continue;
        map->entries[hole] = map->entries[at];
        hole = at;
    }
    map->entries[hole].id = 0;
    map->entries[hole].value = NULL;
    map->count--;
}
