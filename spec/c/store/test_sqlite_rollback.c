/* LDFLAGS: -lsqlite3 */
/* The layer under SQLite's rollback journal: what others see of the file, what
 * is left of a transaction that is broken off, and a disk that is full. */
#include "rollback.h"

#include "folder.h"

#include <sys/stat.h>

#define ROWS 400

/* ---- a system whose journals can be refused ---- */

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *base;
    sqlite3_io_methods methods;
    const sqlite3_io_methods *real;
    bool is_full;
    bool is_kept; /* what another has open, as on Windows */
    int opened;
} system_below;

static int write_or_refuse(sqlite3_file *file, const void *bytes, int amount,
                           sqlite3_int64 offset)
{
    return system_below.is_full
               ? SQLITE_FULL
               : system_below.real->xWrite(file, bytes, amount, offset);
}

static int open_below(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
                      int flags, int *out_flags)
{
    int code = system_below.base->xOpen(system_below.base, name, file, flags,
                                        out_flags);

    (void)vfs;
    if (code != SQLITE_OK || !(flags & SQLITE_OPEN_MAIN_JOURNAL))
        return code;
    system_below.opened++;
    system_below.real = file->pMethods;
    system_below.methods = *file->pMethods;
    system_below.methods.xWrite = write_or_refuse;
    file->pMethods = &system_below.methods;
    return code;
}

static int delete_or_refuse(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    (void)vfs;
    return system_below.is_kept ? SQLITE_IOERR_DELETE
                                : system_below.base->xDelete(system_below.base,
                                                             name, sync_folder);
}

static void install_system(void)
{
    system_below.base = sqlite3_vfs_find(NULL);
    system_below.vfs = *system_below.base;
    system_below.vfs.zName = "below";
    system_below.vfs.xOpen = open_below;
    system_below.vfs.xDelete = delete_or_refuse;
    CHECK_EQ(sqlite3_vfs_register(&system_below.vfs, 1), SQLITE_OK);
}

/* ---- a connection through the layer ---- */

struct connection {
    struct lx_rollback rollback;
    sqlite3 *db;
};

static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static void connect(struct connection *connection, const char *path)
{
    memset(connection, 0, sizeof *connection);
    CHECK_EQ(lx_rollback_init(&connection->rollback), SQLITE_OK);
    CHECK_EQ(sqlite3_open_v2(path, &connection->db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                             connection->rollback.name),
             SQLITE_OK);
    CHECK_EQ(run(connection->db, "PRAGMA journal_mode = PERSIST;"
                                 "PRAGMA synchronous = FULL"),
             SQLITE_OK);
}

static void disconnect(struct connection *connection)
{
    CHECK_EQ(sqlite3_close(connection->db), SQLITE_OK);
    lx_rollback_deinit(&connection->rollback);
    lx_rollback_deinit(&connection->rollback);
}

/* Rows of some 500 bytes, each with `value`. */
static void fill(sqlite3 *db)
{
    char sql[300];

    snprintf(sql, sizeof sql,
             "CREATE TABLE t(id INTEGER PRIMARY KEY, value INTEGER, room BLOB);"
             "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
             " WHERE i < %d) INSERT INTO t SELECT i, 0, zeroblob(500) FROM c",
             ROWS);
    CHECK_EQ(run(db, sql), SQLITE_OK);
}

static int take_number(void *argument, int count, char **values, char **names)
{
    (void)count;
    (void)names;
    *(int *)argument = values[0] ? atoi(values[0]) : -1;
    return 0;
}

static int ask(sqlite3 *db, const char *sql)
{
    int number = -1;

    CHECK_EQ(sqlite3_exec(db, sql, take_number, &number, NULL), SQLITE_OK);
    return number;
}

/* The file is whole, and all rows have that value. */
static void check_rows(sqlite3 *db, int value)
{
    char sql[100];

    CHECK_EQ(ask(db, "SELECT count(*) FROM pragma_integrity_check"
                     " WHERE integrity_check = 'ok'"),
             1);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM t WHERE value = %d", value);
    CHECK_EQ(ask(db, sql), ROWS);
}

static void check_from_outside(const char *path, int value)
{
    sqlite3 *db;

    CHECK_EQ(sqlite3_open(path, &db), SQLITE_OK);
    check_rows(db, value);
    CHECK_EQ(sqlite3_close(db), SQLITE_OK);
}

/* ---- cases ---- */

static void test_open_once(void)
{
    struct connection connection;
    sqlite3 *other;
    struct stat status;

    check_row = "the file stays open";
    connect(&connection, "once.db");
    fill(connection.db);
    int opened = system_below.opened;
    for (int i = 1; i < 4; i++)
        CHECK_EQ(run(connection.db, "UPDATE t SET value = value + 1"),
                 SQLITE_OK);
    CHECK_EQ(system_below.opened, opened);
    check_from_outside("once.db", 3);

    check_row = "another connection removes it";
    CHECK_EQ(sqlite3_open("once.db", &other), SQLITE_OK);
    CHECK_EQ(run(other, "UPDATE t SET value = 4"), SQLITE_OK);
    CHECK_EQ(stat("once.db-journal", &status), -1);
    opened = system_below.opened;
    CHECK_EQ(run(connection.db, "UPDATE t SET value = 5"), SQLITE_OK);
    CHECK_EQ(system_below.opened, opened + 1);
    CHECK_EQ(stat("once.db-journal", &status), 0);
    check_rows(other, 5);
    CHECK_EQ(sqlite3_close(other), SQLITE_OK);
    disconnect(&connection);
    check_from_outside("once.db", 5);
}

/* What a kill leaves, at two moments, each of which others undo. */
static void test_kill(void)
{
    struct connection connection;

    check_row = "killed before it was synced";
    connect(&connection, "kill.db");
    fill(connection.db);
    CHECK_EQ(run(connection.db, "BEGIN IMMEDIATE; UPDATE t SET value = 1"),
             SQLITE_OK);
    copy_file("kill.db", "early.db");
    copy_file("kill.db-journal", "early.db-journal");
    check_from_outside("early.db", 0);

    check_row = "killed with half of it in the file";
    CHECK_EQ(run(connection.db, "ROLLBACK; PRAGMA cache_size = 10;"
                                "BEGIN IMMEDIATE; UPDATE t SET value = 2"),
             SQLITE_OK);
    copy_file("kill.db", "late.db");
    copy_file("kill.db-journal", "late.db-journal");
    check_from_outside("late.db", 0);

    check_row = "what fits into no buffer is undone";
    CHECK_EQ(run(connection.db, "ROLLBACK"), SQLITE_OK);
    check_rows(connection.db, 0);
    CHECK_EQ(run(connection.db, "BEGIN; UPDATE t SET value = 3;"
                                "SAVEPOINT a; UPDATE t SET value = 4;"
                                "ROLLBACK TO a; COMMIT"),
             SQLITE_OK);
    check_rows(connection.db, 3);
    disconnect(&connection);
    check_from_outside("kill.db", 3);
}

/* What a kill leaves beside a connection that has the journal open. */
static void test_kept(void)
{
    struct connection killed, next;
    struct stat status;

    check_row = "a journal that cannot be deleted";
    connect(&killed, "busy.db");
    fill(killed.db);
    CHECK_EQ(run(killed.db, "PRAGMA cache_size = 10;"
                            "BEGIN IMMEDIATE; UPDATE t SET value = 1"),
             SQLITE_OK);
    copy_file("busy.db", "kept.db");
    copy_file("busy.db-journal", "kept.db-journal");
    disconnect(&killed);
    system_below.is_kept = true;
    connect(&next, "kept.db");
    check_rows(next.db, 0);
    CHECK_EQ(stat("kept.db-journal", &status), 0);
    CHECK_EQ(status.st_size, 0);
    CHECK_EQ(run(next.db, "UPDATE t SET value = 2"), SQLITE_OK);
    disconnect(&next);
    check_from_outside("kept.db", 2);
    system_below.is_kept = false;
}

static void test_full(void)
{
    struct connection connection;

    check_row = "a full disk";
    connect(&connection, "full.db");
    fill(connection.db);
    CHECK_EQ(run(connection.db, "BEGIN IMMEDIATE;"
                                "UPDATE t SET value = 1 WHERE id < 20"),
             SQLITE_OK);
    system_below.is_full = true;
    CHECK_EQ(run(connection.db, "COMMIT"), SQLITE_FULL);
    if (!sqlite3_get_autocommit(connection.db))
        (void)run(connection.db, "ROLLBACK");
    system_below.is_full = false;
    check_rows(connection.db, 0);
    CHECK_EQ(run(connection.db, "UPDATE t SET value = 2"), SQLITE_OK);
    check_rows(connection.db, 2);
    disconnect(&connection);
    check_from_outside("full.db", 2);
}

int main(void)
{
    enter_folder();
    install_system();
    test_open_once();
    test_kill();
    test_kept();
    test_full();
    sqlite3_vfs_unregister(&system_below.vfs);
    leave_folder();
    return check_report("sqlite_rollback");
}
