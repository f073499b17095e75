/* LDFLAGS: -lsqlite3 */
/* The thread that commits, on SQLite: and what becomes of a folder that is not
 * there and of a full disk. */
#include "sqlite_world.h"

#include "journal_cases.h"

#ifndef _WIN32
#include <signal.h>
#include <sys/resource.h>
#endif

static void test_no_store(void)
{
    static struct wish wishes[2];
    struct lx_journal *journal = journal_at("later/a.db");

    check_row = "it cannot be opened, and then it can";
    add(journal, &wishes[0], LX_JOURNAL_INTENT, "a");
    await(journal, 1);
    CHECK_EQ(wishes[0].status, LX_STORE_MISSING);
    CHECK_CONTAINS(wishes[0].text, "no such folder");
    CHECK_EQ(lx_folder_make("later"), LX_FILE_OK);
    add(journal, &wishes[1], LX_JOURNAL_INTENT, "a");
    await(journal, 1);
    CHECK_EQ(wishes[1].status, LX_STORE_OK);
    lx_journal_free(journal);
    unlink("later/a.db-journal"); /* where there is one */
    CHECK_EQ(unlink("later/a.db") + rmdir("later"), 0);
}

#ifndef _WIN32
static void add_large(struct lx_journal *journal, struct wish *wish,
                      const char *key, const char *body)
{
    fill(wish, LX_JOURNAL_INTENT, key);
    wish->body = body;
    lx_journal_add(journal, &wish->base);
}

/* All of the group have ended for one reason, and the next one goes on. */
static void test_full_disk(void)
{
    static struct wish wishes[4];
    static char body[200000];
    struct lx_journal *journal = fresh_journal("full");
    struct rlimit limit, before;

    check_row = "a full disk";
    memset(body, 'x', sizeof body - 1);
    add(journal, &wishes[0], LX_JOURNAL_INTENT, "first");
    await(journal, 1);
    signal(SIGXFSZ, SIG_IGN);
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 200000;
    set_shut(true);
    add(journal, &wishes[0], LX_JOURNAL_INTENT, "second");
    wait_for_begins(2);
    add_large(journal, &wishes[2], "third", body);
    add(journal, &wishes[3], LX_JOURNAL_INTENT, "fourth");
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    set_shut(false);
    await(journal, 3);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    CHECK_EQ(wishes[2].status, LX_STORE_FULL);
    CHECK_EQ(wishes[3].status, LX_STORE_FULL);
    CHECK_CONTAINS(wishes[3].text, "the disk is full");
    add(journal, &wishes[3], LX_JOURNAL_INTENT, "fourth");
    await(journal, 1);
    CHECK_EQ(wishes[3].status, LX_STORE_OK);
    lx_journal_free(journal);
}

#else
static void test_full_disk(void)
{
} /* nothing limits the files of a process */
#endif

/* Locks go with the journal, and none comes before it is used. */
static void test_locks(void)
{
    check_row = "locks";
    CHECK_EQ(count_names(".owner"), 0);
    CHECK_EQ(count_names("never.db"), 0);
}

static void test_files(void)
{
    test_no_store();
    test_full_disk();
    test_locks();
}

int main(void)
{
    return run_journal("journal", test_files);
}
