/* sqlite_world.h: places of SQLite for the cases that any store has to pass. */
#pragma once

#include "sqlite_store.h"

#include "folder.h"

#define WORLD_API lx_sqlite_api

/* False where there is nothing to test with. */
static inline bool world_begin(void)
{
    enter_folder();
    return true;
}

static inline void world_end(void)
{
    leave_folder();
}

/* The place of that name; the same one for the same name. */
static inline void world_place(char *out, size_t capacity, const char *name)
{
    snprintf(out, capacity, "%s.db", name);
}

/* A copy of a place that is closed. */
static inline void world_copy(const char *from, const char *to)
{
    char from_path[100], to_path[100];

    world_place(from_path, sizeof from_path, from);
    world_place(to_path, sizeof to_path, to);
    copy_file(from_path, to_path);
}

/* A process was killed: have its client be dead for all. */
static inline void world_bury(const char *place, long pid)
{
    (void)place;
    (void)pid;
}

/* The first column of the first row, "" where it is NULL; valid until the next
 * call. */
static inline const char *world_select(const char *place, const char *sql)
{
    static char text[300];
    sqlite3 *db;
    sqlite3_stmt *statement;

    CHECK_EQ(sqlite3_open(place, &db), SQLITE_OK);
    CHECK_EQ(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    CHECK_EQ(sqlite3_step(statement), SQLITE_ROW);
    const char *found = (const char *)sqlite3_column_text(statement, 0);
    snprintf(text, sizeof text, "%s", found ? found : "");
    sqlite3_finalize(statement);
    CHECK_EQ(sqlite3_close(db), SQLITE_OK);
    return text;
}

/* What the store says of itself after a storm, with one client open: it alone
 * is remembered, and no other has a file. */
static inline void world_check(const char *place)
{
    CHECK_TEXT(world_select(place, "PRAGMA integrity_check"), "ok");
    CHECK_TEXT(world_select(place, "SELECT count(*) FROM owner"), "1");
    CHECK_EQ(count_names(world_select(place, "SELECT lock FROM owner")), 1);
    CHECK_EQ(count_names(".owner"), 1);
}
