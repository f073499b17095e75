/* LDFLAGS: -lsqlite3 */
/* The store of SQLite by the contract of all stores, and what is its own: the
 * file, what is refused and left as it is. */
#include "sqlite_store.h"

#include "conformance.h"
#include "folder.h"

static void fresh(struct rig *rig)
{
    static int number;

    snprintf(rig->place, sizeof rig->place, "%d.db", ++number);
}

static struct rig fresh_rig(void)
{
    struct rig rig = {.api = &lx_sqlite_api};

    fresh(&rig);
    return rig;
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;

    CHECK_EQ(sqlite3_open(path, &db), SQLITE_OK);
    CHECK_EQ(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    CHECK_EQ(sqlite3_close(db), SQLITE_OK);
}

/* The length, and the sum of the bytes. */
static unsigned long long fingerprint(const char *path)
{
    FILE *file = fopen(path, "rb");
    unsigned long long sum = 0;
    int byte;

    while (file && (byte = getc(file)) != EOF)
        sum = sum * 31 + (unsigned)byte + 1;
    if (file)
        fclose(file);
    return sum;
}

/* Refused in words, the file as it was, and nothing left beside it. */
static void check_refused(const char *path, enum lx_store_status status,
                          const char *words)
{
    struct lx_store *store = NULL;
    struct lx_store_error error = {LX_STORE_OK, ""};
    unsigned long long before = fingerprint(path);
    int names = count_names("");

    CHECK_EQ(lx_sqlite_api.open(path, NOW_MS, &store, &error), status);
    CHECK(!store);
    CHECK_EQ(error.status, status);
    CHECK_CONTAINS(error.text, path);
    CHECK_CONTAINS(error.text, words);
    CHECK(fingerprint(path) == before);
    CHECK_EQ(count_names(""), names);
}

static void test_refusals(void)
{
    FILE *file;

    check_row = "no folder";
    check_refused("none/a.db", LX_STORE_MISSING, "no such folder");
    check_row = "a folder";
    CHECK_EQ(lx_folder_make("folder"), LX_FILE_OK);
    check_refused("folder", LX_STORE_NOT_OURS, "no journal");
    CHECK_EQ(rmdir("folder"), 0);

    check_row = "a text";
    file = fopen("notes.txt", "w");
    for (int i = 0; file && i < 100; i++)
        fprintf(file, "my notes\n");
    if (file)
        fclose(file);
    check_refused("notes.txt", LX_STORE_NOT_OURS, "another program's");

    check_row = "another program's database";
    run_sql("theirs.db", "PRAGMA journal_mode = WAL; CREATE TABLE meta(key);"
                         "PRAGMA application_id = 7");
    check_refused("theirs.db", LX_STORE_NOT_OURS, "another program's");

    check_row = "of a newer version";
    struct rig rig = fresh_rig();
    rig_open(&rig);
    rig_close(&rig);
    run_sql(rig.place,
            "UPDATE meta SET value = 99 WHERE key = 'schema_version'");
    check_refused(rig.place, LX_STORE_NEWER, "newer version");
}

static enum lx_store_status try_to_open(const char *path)
{
    struct lx_store *store = NULL;
    struct lx_store_error error;
    enum lx_store_status status =
        lx_sqlite_api.open(path, NOW_MS, &store, &error);

    lx_sqlite_api.close(store);
    return status;
}

static void test_copy(void)
{
    struct rig rig = fresh_rig(), copy = rig;

    check_row = "a copy";
    rig_open(&rig);
    rig_insert(&rig, "a");
    rig_close(&rig);
    snprintf(copy.place, sizeof copy.place, "copy.db");
    copy_file(rig.place, copy.place);
    rig_open(&copy);
    CHECK(copy.api->is_copy(copy.store));
    CHECK_EQ(rig_find_key(&copy, "a").count, 1); /* may be read */
    rig_begin(&copy);
    CHECK_EQ(CALL(&copy, adopt, NOW_MS), LX_STORE_OK);
    rig_commit(&copy);
    CHECK(!copy.api->is_copy(copy.store));
    rig_close(&copy);
    rig_open(&copy);
    CHECK(!copy.api->is_copy(copy.store));
    rig_close(&copy);

    check_row = "under another name it is the same";
    CHECK_EQ(rename(rig.place, "moved.db"), 0);
    snprintf(rig.place, sizeof rig.place, "moved.db");
    rig_open(&rig);
    CHECK(!rig.api->is_copy(rig.store));
    rig_close(&rig);
}

static void test_corrupt(void)
{
    struct rig rig = fresh_rig();
    FILE *file;

    check_row = "damaged pages";
    rig_open(&rig);
    rig_insert(&rig, "a");
    rig_close(&rig);
    file = fopen(rig.place, "r+b");
    CHECK(file != NULL);
    if (!file)
        exit(1);
    fseek(file, 100, SEEK_SET);
    for (int i = 0; i < 60000; i++)
        putc(0xA5, file);
    fclose(file);
    CHECK_EQ(try_to_open(rig.place), LX_STORE_CORRUPT);
}

int main(void)
{
    enter_folder();
    run_conformance(&lx_sqlite_api, fresh);
    test_refusals();
    test_copy();
    test_corrupt();
    leave_folder();
    return check_report("sqlite_store");
}
