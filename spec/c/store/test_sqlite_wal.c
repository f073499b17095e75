/* LDFLAGS: -lsqlite3 */
/* The store of SQLite and the mode of its file, with a library that is safe in
 * WAL mode and with one that is not: who opens it at once, what others have
 * left in it, copies, kills, and how long -wal grows. EXPECT_WAL is set where
 * the library should be safe. */
#include "place.h"

#include "folder.h"
#include "store_rig.h"

#include "../child.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define AT_ONCE 6
#define ROUNDS  5

static struct rig named_rig(const char *name)
{
    struct rig rig = {.api = &lx_sqlite_api};

    snprintf(rig.place, sizeof rig.place, "%s.db", name);
    return rig;
}

static off_t length_of(const struct rig *rig, const char *suffix)
{
    char path[320];
    struct stat status;

    snprintf(path, sizeof path, "%s%s", rig->place, suffix);
    return stat(path, &status) == 0 ? status.st_size : -1;
}

static int permissions_of(const struct rig *rig, const char *suffix)
{
    char path[320];
    struct stat status;

    snprintf(path, sizeof path, "%s%s", rig->place, suffix);
    return stat(path, &status) == 0 ? (int)(status.st_mode & 0777) : -1;
}

/* A connection of nobody's client. */
static sqlite3 *connect_raw(const char *path, const char *sql)
{
    sqlite3 *db;

    CHECK_EQ(sqlite3_open(path, &db), SQLITE_OK);
    CHECK_EQ(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static int take_number(void *argument, int count, char **values, char **names)
{
    (void)count;
    (void)names;
    *(int *)argument = values[0] ? atoi(values[0]) : -1;
    return 0;
}

static int count_entries(struct rig *rig)
{
    return rig_find(rig, (struct lx_store_query){0}).count;
}

static void test_new(void)
{
    bool is_safe = lx_sqlite_wal_is_safe();
    struct rig rig = named_rig("new");

    check_row = "a new file";
    CHECK(is_safe || !getenv("EXPECT_WAL"));
    umask(0);
    rig_open(&rig);
    umask(022);
    rig_insert(&rig, "a");
    CHECK_EQ(lx_sqlite_is_wal_file(rig.place), is_safe);
    CHECK_EQ(permissions_of(&rig, ""), 0600);
    CHECK_EQ(permissions_of(&rig, "-wal"), is_safe ? 0600 : -1);
    CHECK_EQ(permissions_of(&rig, "-shm"), is_safe ? 0600 : -1);
    CHECK_EQ(permissions_of(&rig, "-journal"), is_safe ? -1 : 0600);
    rig_close(&rig);
    CHECK_EQ(length_of(&rig, "-wal"), -1);
    CHECK_EQ(length_of(&rig, "-shm"), -1);
}

/* A kill has come before the tables were made, and before the file had its
 * name.
 */
static void test_half_made(void)
{
    struct rig rig = named_rig("half");
    struct lx_store store = {.path = rig.place};
    FILE *file = fopen("half.db.0123456789abcdef.new", "w");

    check_row = "half made";
    CHECK(file && fclose(file) == 0);
    CHECK_EQ(lx_sqlite_check_place(&store), LX_STORE_OK);
    CHECK_EQ(lx_sqlite_is_wal_file(rig.place), lx_sqlite_wal_is_safe());
    CHECK_EQ(count_names(LX_SQLITE_NEW_SUFFIX), 1);
    rig_open(&rig);
    CHECK(!rig.api->is_copy(rig.store));
    rig_insert(&rig, "a");
    rig_close(&rig);
    CHECK_EQ(count_names(LX_SQLITE_NEW_SUFFIX), 0);
    sqlite3 *db = connect_raw(rig.place, "");
    int whole = 0;
    CHECK_EQ(sqlite3_exec(db,
                          "SELECT count(*) FROM pragma_integrity_check"
                          " WHERE integrity_check = 'ok'",
                          take_number, &whole, NULL),
             SQLITE_OK);
    CHECK_EQ(whole, 1);
    CHECK_EQ(sqlite3_close(db), SQLITE_OK);
}

/* Children that open the place as soon as all are there, and insert an entry.
 */
static void open_at_once(struct rig *rig)
{
    pid_t children[AT_ONCE];
    int gate[2], status = -1;
    char key[20], byte;

    CHECK_EQ(pipe(gate), 0);
    fflush(stdout);
    for (int i = 0; i < AT_ONCE; i++) {
        children[i] = fork();
        if (children[i])
            continue;
        is_child = true;
        close(gate[1]);
        int failed = check_failed;
        snprintf(key, sizeof key, "child %d", i);
        if (read(gate[0], &byte, 1) == 0) {
            rig_open(rig);
            rig_insert(rig, key);
            rig_close(rig);
        }
        fflush(stdout);
        _exit(check_failed > failed);
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < AT_ONCE; i++) {
        CHECK_EQ(waitpid(children[i], &status, 0), children[i]);
        CHECK_EQ(status, 0);
    }
}

static void test_new_at_once(void)
{
    char name[20];

    check_row = "several make it at once";
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(name, sizeof name, "made_%d", i);
        struct rig rig = named_rig(name);
        open_at_once(&rig);
        rig_open(&rig);
        CHECK_EQ(count_entries(&rig), AT_ONCE);
        CHECK_EQ(lx_sqlite_is_wal_file(rig.place), lx_sqlite_wal_is_safe());
        rig_close(&rig);
    }
    CHECK_EQ(count_names(LX_SQLITE_NEW_SUFFIX), 0);
}

/* As a kill leaves it: with an entry that is in -wal only. */
static void leave_in_wal(struct rig *rig)
{
    struct rig source = named_rig("source");
    char wal[320];

    rig_open(&source);
    rig_close(&source);
    sqlite3 *db = connect_raw(source.place,
                              "PRAGMA journal_mode = WAL;"
                              "INSERT INTO meta(key, value) VALUES('mark', 7)");
    snprintf(wal, sizeof wal, "%s-wal", rig->place);
    copy_file(source.place, rig->place);
    copy_file("source.db-wal", wal);
    CHECK_EQ(sqlite3_close(db), SQLITE_OK);
    CHECK_EQ(unlink(source.place), 0);
    CHECK(lx_sqlite_is_wal_file(rig->place));
}

static int mark_of(const struct rig *rig)
{
    sqlite3 *db = connect_raw(rig->place, "");
    int mark = -1;

    sqlite3_exec(db, "SELECT value FROM meta WHERE key = 'mark'", take_number,
                 &mark, NULL);
    CHECK_EQ(sqlite3_close(db), SQLITE_OK);
    return mark;
}

/* Nobody is in WAL mode with a library that is not safe, and nothing is lost.
 */
static void test_left(void)
{
    char name[20];

    check_row = "left in WAL mode";
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(name, sizeof name, "left_%d", i);
        struct rig rig = named_rig(name);
        leave_in_wal(&rig);
        open_at_once(&rig);
        CHECK_EQ(lx_sqlite_is_wal_file(rig.place), lx_sqlite_wal_is_safe());
        CHECK_EQ(mark_of(&rig), 7);
        rig_open(&rig);
        CHECK_EQ(count_entries(&rig), AT_ONCE);
        rig_close(&rig);
    }
}

/* One that is alive in WAL mode is not joined where that is not safe, and can
 * be once it has ended. */
static void test_used(void)
{
    struct rig rig = named_rig("used");
    struct lx_store_error error = {LX_STORE_OK, ""};
    struct lx_file lock;

    check_row = "used in WAL mode";
    if (lx_sqlite_wal_is_safe())
        return;
    leave_in_wal(&rig);
    sqlite3 *db = connect_raw(rig.place, "SELECT count(*) FROM entry");
    CHECK_EQ(lx_file_create_private(
                 &lock, "used.db.0123456789abcdef0123456789abcdef.owner"),
             LX_FILE_OK);
    CHECK_EQ(lx_file_lock(&lock), LX_FILE_OK);
    CHECK_EQ(rig.api->open(rig.place, NOW_MS, &rig.store, &error),
             LX_STORE_BUSY);
    CHECK_CONTAINS(error.text, "another process uses it in WAL mode");
    CHECK(lx_sqlite_is_wal_file(rig.place));
    lx_file_close(&lock);
    CHECK_EQ(sqlite3_close(db), SQLITE_OK);
    rig_open(&rig);
    CHECK(!lx_sqlite_is_wal_file(rig.place));
    rig_close(&rig);
    CHECK_EQ(mark_of(&rig), 7);
}

/* A file that others may have open is not put into WAL mode. */
static void test_rollback_stays(void)
{
    struct rig rig = named_rig("rollback"), other = rig;

    check_row = "in rollback mode";
    rig_open(&rig);
    rig_close(&rig);
    sqlite3_close(connect_raw(rig.place, "PRAGMA journal_mode = DELETE"));
    rig_open(&rig);
    rig_open(&other);
    rig_insert(&rig, "a");
    rig_insert(&other, "b");
    CHECK(!lx_sqlite_is_wal_file(rig.place));
    CHECK_EQ(count_entries(&rig), 2);
    rig_close(&rig);
    rig_close(&other);
}

/* What is in -wal only is not in the copy, which is known for one all the same:
 * from the first, and later. */
static void test_copied_alone(void)
{
    struct rig rig = named_rig("alone"), early = named_rig("early"),
               late = named_rig("late");

    check_row = "copied without what stands beside it";
    rig_open(&rig);
    copy_file(rig.place, early.place);
    rig_insert(&rig, "a");
    copy_file(rig.place, late.place);
    rig_open(&early);
    rig_open(&late);
    CHECK(early.api->is_copy(early.store));
    CHECK(late.api->is_copy(late.store));
    rig_close(&early);
    rig_close(&late);
    rig_close(&rig);
}

static enum lx_store_status insert_bytes(struct rig *rig, size_t bytes)
{
    static char body[50000];
    struct lx_entry entry = new_entry(NULL);
    int64_t id;

    memset(body, 'x', bytes);
    body[bytes] = '\0';
    entry.body = body;
    enum lx_store_status status = rig->api->begin(rig->store);
    if (status == LX_STORE_OK)
        status = CALL(rig, insert, &entry, &id);
    return status == LX_STORE_OK ? rig->api->commit(rig->store) : status;
}

/* The disk is full while -wal is being copied into the file, and then for -wal
 * too; and there it is killed. */
static void test_killed_full(void)
{
    struct rig rig = named_rig("full");
    struct rlimit limit;
    int to_parent[2], count = 0, status = -1;

    check_row = "a full disk, and a kill";
    CHECK_EQ(pipe(to_parent), 0);
    pid_t child = fork();
    if (child == 0) {
        is_child = true;
        signal(SIGXFSZ, SIG_IGN);
        rig_open(&rig);
        getrlimit(RLIMIT_FSIZE, &limit);
        limit.rlim_cur = 5000000;
        setrlimit(RLIMIT_FSIZE, &limit);
        while (insert_bytes(&rig, 40000) == LX_STORE_OK)
            count++;
        ssize_t written = write(to_parent[1], &count, sizeof count);
        _exit(written != sizeof count ||
              rig.api->error(rig.store)->status != LX_STORE_FULL);
    }
    CHECK_EQ(read(to_parent[0], &count, sizeof count), sizeof count);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK(count > 50);
    rig_open(&rig);
    CHECK_EQ(count_entries(&rig), count);
    rig_insert(&rig, "room again");
    rig_close(&rig);
    close(to_parent[0]);
    close(to_parent[1]);
}

/* There is no room for what stands beside it. */
static void test_opened_full(void)
{
    struct rig rig = named_rig("opened");
    struct lx_store_error error = {LX_STORE_OK, ""};
    struct rlimit limit, before;
    int refused = 0;

    check_row = "opened on a full disk";
    rig_open(&rig);
    rig_close(&rig);
    signal(SIGXFSZ, SIG_IGN);
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    for (rlim_t bytes = 5000; bytes < 60000; bytes += 5000) {
        limit = before;
        limit.rlim_cur = bytes;
        CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
        enum lx_store_status status =
            rig.api->open(rig.place, NOW_MS, &rig.store, &error);
        CHECK_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
        CHECK(status == LX_STORE_FULL || (status == LX_STORE_OK && refused));
        refused += status == LX_STORE_FULL;
        if (status == LX_STORE_OK)
            rig_close(&rig);
    }
    rig_open(&rig);
    rig_insert(&rig, "room again");
    rig_close(&rig);
}

/* As long as somebody reads what was, -wal grows; then it is short again. */
static void test_long_reader(void)
{
    struct rig rig = named_rig("read");

    check_row = "a long reader";
    if (!lx_sqlite_wal_is_safe())
        return;
    rig_open(&rig);
    sqlite3 *db = connect_raw(rig.place, "BEGIN; SELECT count(*) FROM entry");
    for (int i = 0; i < 200; i++)
        CHECK_EQ(insert_bytes(&rig, 40000), LX_STORE_OK);
    CHECK(length_of(&rig, "-wal") > 8000000);
    CHECK_EQ(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(insert_bytes(&rig, 4000), LX_STORE_OK);
    CHECK(length_of(&rig, "-wal") <= 1048576);
    CHECK_EQ(count_entries(&rig), 203);
    CHECK_EQ(sqlite3_close(db), SQLITE_OK);
    rig_close(&rig);
}

int main(void)
{
    enter_folder();
    test_new();
    test_half_made();
    test_new_at_once();
    test_left();
    test_used();
    test_rollback_stays();
    test_copied_alone();
    test_killed_full();
    test_opened_full();
    test_long_reader();
    leave_folder();
    return check_report("sqlite_wal");
}
