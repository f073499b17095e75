/* postgres_world.h: places of PostgreSQL for the cases that any store has to
 * pass: a server of the test's own, and databases by name. */
#pragma once

#include "postgres_store.h"

#include "postgres_server.h"

#define WORLD_API lx_postgres_api

static inline bool world_begin(void)
{
    enter_folder();
    if (server_make())
        return true;
    leave_folder();
    CHECK(true);
    return false;
}

static inline void world_end(void)
{
    server_unmake();
    leave_folder();
}

static inline void world_place(char *out, size_t capacity, const char *name)
{
    char sql[200];

    server_url(out, capacity, name);
    snprintf(sql, sizeof sql,
             "SELECT datname FROM pg_database WHERE datname = '%s'", name);
    if (*server_sql("postgres", sql))
        return;
    snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
    server_sql("postgres", sql);
}

static inline void world_copy(const char *from, const char *to)
{
    char sql[200];

    snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s", to, from);
    server_sql("postgres", sql);
    server_sql(to, "UPDATE liangxin.meta SET value = 'elsewhere'"
                   " WHERE key = 'home'");
}

/* As if its lease had run out. */
static inline void world_bury(const char *place, long pid)
{
    char sql[200];

    snprintf(sql, sizeof sql,
             "UPDATE liangxin.owner SET is_closed = true WHERE pid = %ld", pid);
    server_sql(strrchr(place, '/') + 1, sql);
}

/* After a storm, with one client open: it alone is alive. */
static inline void world_check(const char *place)
{
    CHECK_TEXT(server_sql(strrchr(place, '/') + 1,
                          "SELECT count(*) FROM liangxin.owner"
                          " WHERE NOT is_closed"),
               "1");
}
