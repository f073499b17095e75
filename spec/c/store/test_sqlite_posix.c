/* LDFLAGS: -lsqlite3 */
/* The store of SQLite where POSIX has something to say: permissions, limits of
 * a process, files removed while they are open, forks. */
#include "sqlite_store.h"

#include "folder.h"
#include "store_rig.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

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

static void test_file(void)
{
    struct rig rig = fresh_rig();
    struct stat status;

    check_row = "the file is its owner's";
    umask(0);
    rig_open(&rig);
    CHECK_EQ(stat(rig.place, &status), 0);
    CHECK_EQ(status.st_mode & 0777, 0600);
    CHECK_EQ(count_names(".owner"), 1);
    rig_insert(&rig, "a");
    rig_close(&rig);
    CHECK_EQ(count_names(".owner"), 0);
    umask(022);
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

/* As somebody else, for root may do anything. */
static void test_permissions(void)
{
    struct rig rig = fresh_rig();

    check_row = "permissions";
    if (geteuid() == 0)
        CHECK_EQ(chmod(".", 0777) + seteuid(65534), 0);
    CHECK_EQ(try_to_open(rig.place), LX_STORE_OK);
    CHECK_EQ(chmod(rig.place, 0), 0);
    CHECK_EQ(try_to_open(rig.place), LX_STORE_DENIED);
    CHECK_EQ(chmod(rig.place, 0400), 0);
    CHECK_EQ(try_to_open(rig.place), LX_STORE_READ_ONLY);
    CHECK_EQ(chmod(rig.place, 0600) + mkdir("shut", 0500), 0);
    CHECK_EQ(try_to_open("shut/a.db"), LX_STORE_DENIED);
    CHECK_EQ(rmdir("shut"), 0);
    CHECK_EQ(seteuid(getuid()), 0);
}

/* A commit that cannot be written is refused whole; later ones go on. */
static void test_full_disk(void)
{
    struct rig rig = fresh_rig();
    struct rlimit limit, before;
    struct lx_entry entry = new_entry(NULL);
    enum lx_store_status status = LX_STORE_OK;
    char body[5000];
    int64_t id, count = 0;

    check_row = "a full disk";
    memset(body, 'x', sizeof body - 1);
    body[sizeof body - 1] = '\0';
    entry.body = body;
    signal(SIGXFSZ, SIG_IGN);
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 600000;
    rig_open(&rig);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    while (status == LX_STORE_OK && count < 1000) {
        status = rig.api->begin(rig.store);
        if (status == LX_STORE_OK)
            status = CALL(&rig, insert, &entry, &id);
        if (status == LX_STORE_OK)
            status = rig.api->commit(rig.store);
        if (status == LX_STORE_OK)
            count++;
    }
    CHECK_EQ(status, LX_STORE_FULL);
    CHECK_CONTAINS(rig.api->error(rig.store)->text, "the disk is full");
    rig.api->roll_back(rig.store);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    CHECK(count > 10);
    CHECK_EQ(rig_find(&rig, (struct lx_store_query){0}).count, count);
    rig_insert(&rig, "room again");
    rig_close(&rig);
    rig_open(&rig);
    CHECK_EQ(rig_find(&rig, (struct lx_store_query){0}).count, count + 1);
    rig_close(&rig);
}

/* The file goes while it is open: nothing is written to nowhere. */
static void test_removed(void)
{
    struct rig rig = fresh_rig();

    check_row = "removed";
    rig_open(&rig);
    rig_insert(&rig, "a");
    CHECK_EQ(unlink(rig.place), 0);
    enum lx_store_status status = rig.api->begin(rig.store);
    if (status == LX_STORE_OK)
        status = CALL(&rig, put_hint, 1, "task", NULL, NOW_MS);
    if (status == LX_STORE_OK)
        status = rig.api->commit(rig.store);
    CHECK_EQ(status, LX_STORE_READ_ONLY);
    rig.api->roll_back(rig.store);
    rig_close(&rig);
}

/* Who cannot be asked is alive: the dead lose what they were at. */
static void test_no_descriptors(void)
{
    struct rig rig = fresh_rig(), other = rig;
    struct rlimit limit, before;
    bool is_alive = false;

    check_row = "no descriptor left";
    rig_open(&rig);
    rig_open(&other);
    int64_t owner = rig.api->owner(rig.store);
    CHECK_EQ(CALL(&other, is_alive, owner, &is_alive), LX_STORE_OK);
    int next = dup(0);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = before;
    limit.rlim_cur = (rlim_t)next + 1;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    is_alive = false;
    CHECK_EQ(CALL(&other, is_alive, owner, &is_alive), LX_STORE_OK);
    CHECK(is_alive);
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    close(next);
    rig_close(&rig);
    CHECK_EQ(CALL(&other, is_alive, owner, &is_alive), LX_STORE_OK);
    CHECK(!is_alive);
    rig_close(&other);
}

/* The child of a fork: refused, leaves everything alone, and does not keep its
 * parent alive. */
static void test_fork(void)
{
    struct rig rig = fresh_rig(), other = rig;
    int to_child[2], from_child[2], status = -1;
    bool is_alive = true;
    char byte = 0;

    check_row = "a fork";
    rig_open(&rig);
    other = rig;
    rig_open(&other);
    CHECK_EQ(pipe(to_child) + pipe(from_child), 0);
    pid_t child = fork();
    if (child == 0) {
        struct lx_store_query all = {0};
        struct found found = {0};
        enum lx_store_status got = CALL(&rig, find, &all, take_entry, &found);
        rig.api->close(rig.store);
        close(to_child[1]);
        if (write(from_child[1], "x", 1) != 1 ||
            read(to_child[0], &byte, 1) != 0)
            _exit(1);
        _exit(got == LX_STORE_FORKED ? 0 : 2);
    }
    CHECK_EQ(read(from_child[0], &byte, 1), 1);
    int64_t owner = rig.api->owner(rig.store);
    CHECK_EQ(CALL(&other, is_alive, owner, &is_alive), LX_STORE_OK);
    CHECK(is_alive);
    /* as a kill of the parent does: the lock's file stays */
    lx_file_close(&rig.store->lock);
    CHECK_EQ(CALL(&other, is_alive, owner, &is_alive), LX_STORE_OK);
    CHECK(!is_alive);
    rig_insert(&rig, "after the fork"); /* the child has closed nothing of it */
    close(to_child[1]);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK_EQ(rig_find_key(&other, "after the fork").count, 1);
    rig_close(&rig);
    rig_close(&other);
    close(to_child[0]);
    close(from_child[0]);
    close(from_child[1]);
}

static void touch(const char *name)
{
    FILE *file = fopen(name, "w");

    CHECK(file != NULL);
    if (file)
        fclose(file);
}

/* What a kill leaves before anybody knows its name goes with the next that
 * opens; what is locked, or no lock's name, stays. */
static void test_litter(void)
{
    static const char *const NAMES[] = {
        "litter.db.0123456789abcdef0123456789abcdef.owner",
        "litter.db.0123456789abcdef0123456789abcdef.owner.txt",
        "litter.db.notes.owner",
        "litter.db.owner",
        "litter.dbx.0123456789abcdef0123456789abcdef.owner",
        "litter.db.00000000000000000000000000000000.owner",
    };
    enum { COUNT = sizeof NAMES / sizeof *NAMES, LOCKED = COUNT - 1 };
    struct rig rig = {.api = &lx_sqlite_api, .place = "litter.db"};
    struct rig other = rig;
    struct lx_file lock;

    check_row = "litter";
    for (int i = 0; i < COUNT; i++)
        touch(NAMES[i]);
    CHECK_EQ(lx_file_open(&lock, NAMES[LOCKED]), LX_FILE_OK);
    CHECK_EQ(lx_file_lock(&lock), LX_FILE_OK);
    rig_open(&rig);
    for (int i = 0; i < COUNT; i++)
        CHECK_EQ(access(NAMES[i], F_OK), i == 0 ? -1 : 0);
    lx_file_close(&lock);
    rig_open(&other);
    CHECK_EQ(access(NAMES[LOCKED], F_OK), -1);
    CHECK_EQ(count_names("litter.db."), 5); /* two of them alive */
    rig_close(&rig);
    rig_close(&other);
}

/* Clients that came by other names of the file. */
static void test_links(void)
{
    struct rig rig = fresh_rig(), other = rig;
    bool is_alive = false;

    check_row = "a link to the journal";
    rig_open(&rig);
    snprintf(other.place, sizeof other.place, "link.db");
    CHECK_EQ(symlink(rig.place, other.place), 0);
    rig_open(&other);
    CHECK_EQ(CALL(&other, is_alive, rig.api->owner(rig.store), &is_alive),
             LX_STORE_OK);
    CHECK(is_alive);
    is_alive = false;
    CHECK_EQ(CALL(&rig, is_alive, other.api->owner(other.store), &is_alive),
             LX_STORE_OK);
    CHECK(is_alive);
    rig_close(&rig);
    rig_close(&other);
}

int main(void)
{
    enter_folder();
    test_file();
    test_permissions();
    test_full_disk();
    test_removed();
    test_no_descriptors();
    test_fork();
    test_litter();
    test_links();
    leave_folder();
    return check_report("sqlite_posix");
}
