/* id_map.h: from an operation's number to the operation. Open addressing; one
 * thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_id_entry {
    uint64_t id; /* 0: free */
    void *value;
};

struct lx_id_map {
    struct lx_id_entry *entries; /* owned; a power of two of them */
    size_t capacity;
    size_t count;
};

/* An empty map; allocates nothing. The values are borrowed. */
void lx_id_map_init(struct lx_id_map *map);
void lx_id_map_deinit(struct lx_id_map *map);

/* `id` is not 0 and not in the map (asserted). False when out of memory. */
bool lx_id_map_put(struct lx_id_map *map, uint64_t id, void *value);

/* NULL when unknown. */
void *lx_id_map_get(const struct lx_id_map *map, uint64_t id);

/* Forget; nothing happens when unknown. Entries may move, but only to places
 * that were before theirs, wrapping round. */
void lx_id_map_remove(struct lx_id_map *map, uint64_t id);

#pragma GCC visibility pop
