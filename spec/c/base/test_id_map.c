/* The map from numbers to operations against a plain array: random use, long
 * churn, and numbers that all want the same place. */
#include "base/id_map.h"

#include "base/random.h"

#include <stdlib.h>

#include "../check.h"

#define IDS 1000

static struct lx_random generator = {2};

static size_t below(size_t limit)
{
    return (size_t)(lx_random_unit(&generator) * (double)limit);
}

static void *value_of(uint64_t id)
{
    return (void *)(uintptr_t)(id * 8 + 1);
}

/* What lies in the map's own array: each id once, none lost. */
static size_t count_entries(const struct lx_id_map *map)
{
    size_t count = 0;

    for (size_t i = 0; i < map->capacity; i++)
        count += map->entries[i].id != 0;
    return count;
}

/* Put and remove `ids` at random; after each change look at a few, now and
 * then at all. */
static void use_at_random(const uint64_t *ids, size_t count, int rounds)
{
    bool *is_in = calloc(count, sizeof *is_in);
    struct lx_id_map map;
    size_t held = 0, wrong = 0;

    lx_id_map_init(&map);
    for (int round = 0; round < rounds; round++) {
        size_t i = below(count);

        if (!is_in[i]) {
            CHECK(lx_id_map_put(&map, ids[i], value_of(ids[i])));
            held++;
        } else {
            lx_id_map_remove(&map, ids[i]);
            held--;
        }
        is_in[i] = !is_in[i];
        wrong += map.count != held;
        for (size_t j = 0; j < count; j += round % 500 ? 1 + below(count) : 1)
            wrong += lx_id_map_get(&map, ids[j]) !=
                     (is_in[j] ? value_of(ids[j]) : NULL);
        if (round % 500 == 0)
            wrong += count_entries(&map) != held;
    }
    CHECK_EQ(wrong, 0);
    CHECK(map.capacity >= 2 * held && map.capacity <= 4 * count + 64);
    lx_id_map_deinit(&map);
    free(is_in);
}

static void test_random(void)
{
    uint64_t ids[IDS];

    check_row = "counted";
    for (size_t i = 0; i < IDS; i++)
        ids[i] = i + 1;
    use_at_random(ids, IDS, 50000);
    check_row = "scattered";
    for (size_t i = 0; i < IDS; i++)
        ids[i] = (uint64_t)(lx_random_unit(&generator) * 9e15) * 2 + 1 + i % 2;
    use_at_random(ids, IDS, 50000);
    check_row = "extreme";
    for (size_t i = 0; i < IDS; i++)
        ids[i] = UINT64_MAX - i;
    use_at_random(ids, IDS, 50000);
}

/* Where a map of 64 places puts an id, found by asking such a map. */
static size_t place_of(uint64_t id)
{
    struct lx_id_map map;
    size_t place = 0;

    lx_id_map_init(&map);
    CHECK(lx_id_map_put(&map, id, value_of(id)));
    CHECK_EQ(map.capacity, 64);
    while (map.entries[place].id != id)
        place++;
    lx_id_map_deinit(&map);
    return place;
}

/* Thirty ids that want the last places of a map of 64: they run together and
 * over its end, so that removing has to move others around the corner. */
static void test_collisions(void)
{
    uint64_t ids[30];
    size_t count = 0;

    check_row = "collisions";
    for (uint64_t id = 1; count < 30; id++)
        if (place_of(id) >= 61)
            ids[count++] = id;
    use_at_random(ids, count, 50000);
}

/* As in a client that runs for days: a million operations, a hundred at a
 * time. The map does not grow. */
static void test_churn(void)
{
    struct lx_id_map map;
    size_t wrong = 0;

    check_row = "churn";
    lx_id_map_init(&map);
    for (uint64_t id = 1; id <= 1000000; id++) {
        wrong += !lx_id_map_put(&map, id, value_of(id));
        if (id > 100)
            lx_id_map_remove(&map, id - 100);
        wrong += lx_id_map_get(&map, id) != value_of(id);
    }
    CHECK_EQ(wrong, 0);
    CHECK_EQ(map.count, 100);
    CHECK_EQ(count_entries(&map), 100);
    CHECK(map.capacity <= 512);
    lx_id_map_deinit(&map);
}

static void test_empty(void)
{
    struct lx_id_map map;

    check_row = "empty";
    lx_id_map_init(&map);
    CHECK(!lx_id_map_get(&map, 1));
    lx_id_map_remove(&map, 1);
    CHECK(lx_id_map_put(&map, 7, value_of(7)));
    CHECK(!lx_id_map_get(&map, 0)); /* the mark of a free place is no id */
    lx_id_map_remove(&map, 0);
    lx_id_map_remove(&map, 8);
    CHECK_EQ(map.count, 1);
    lx_id_map_deinit(&map);
    lx_id_map_deinit(&map);
    CHECK_EQ(map.count, 0);
}

int main(void)
{
    test_random();
    test_collisions();
    test_churn();
    test_empty();
    return check_report("id_map");
}
