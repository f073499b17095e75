/* test_file.c: the contract of os/file.h, on a real disk. */
#include "os/file.h"

#include "../check.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_files(void)
{
    struct lx_file file, other;
    struct lx_file_identity identity, again;
    char text[16];
    size_t length = sizeof text;

    check_row = "made new";
    CHECK_EQ(lx_file_create(&file, "a"), LX_FILE_OK);
    CHECK(lx_file_is_open(&file));
    CHECK_EQ(lx_file_create(&other, "a"), LX_FILE_EXISTS);
    CHECK(!lx_file_is_open(&other));
    CHECK_EQ(lx_file_create(&other, "none/a"), LX_FILE_MISSING);
    CHECK_EQ(lx_file_create(&other, "a/b"), LX_FILE_NOT_FOLDER);
    CHECK_EQ(symlink("nowhere", "link"), 0);
    CHECK_EQ(lx_file_create(&other, "link"), LX_FILE_EXISTS);

    check_row = "written and read at a place";
    CHECK_EQ(lx_file_write(&file, 2, "cde", 3), LX_FILE_OK);
    CHECK_EQ(lx_file_write(&file, 0, "ab", 2), LX_FILE_OK);
    CHECK_EQ(lx_file_read(&file, 1, text, &length), LX_FILE_OK);
    CHECK_BYTES(text, length, "bcde", 4);
    length = 2;
    CHECK_EQ(lx_file_read(&file, 1, text, &length), LX_FILE_OK);
    CHECK_BYTES(text, length, "bc", 2);
    CHECK_EQ(lx_file_read(&file, 9, text, &length), LX_FILE_OK);
    CHECK_EQ(length, 0);

    check_row = "on the disk";
    lx_file_begin_sync(&file, 0, 5);
    CHECK_EQ(lx_file_sync_range(&file, 0, 5), LX_FILE_OK);
    CHECK_EQ(lx_file_sync(&file), LX_FILE_OK);
    lx_folder_sync(".");
    lx_folder_sync("none");

    check_row = "identity";
    CHECK_EQ(lx_file_identify(&file, &identity), LX_FILE_OK);
    CHECK_EQ(identity.length, 5);
    CHECK_EQ(lx_file_rename("a", "b", false), LX_FILE_OK);
    CHECK_EQ(lx_file_open(&other, "b"), LX_FILE_OK);
    CHECK_EQ(lx_file_identify(&other, &again), LX_FILE_OK);
    CHECK(again.volume == identity.volume && again.index == identity.index);

    check_row = "locked";
    CHECK_EQ(lx_file_lock(&file), LX_FILE_OK);
    CHECK_EQ(lx_file_lock(&other), LX_FILE_BUSY);
    CHECK_EQ(lx_file_lock_shared(&other), LX_FILE_BUSY);
    lx_file_close(&file);
    CHECK(!lx_file_is_open(&file));
    CHECK_EQ(lx_file_lock(&other), LX_FILE_OK);
    lx_file_close(&other);
    lx_file_close(&other);
    CHECK_EQ(lx_file_open(&file, "b"), LX_FILE_OK);
    CHECK_EQ(lx_file_open(&other, "b"), LX_FILE_OK);
    CHECK_EQ(lx_file_lock_shared(&file), LX_FILE_OK);
    CHECK_EQ(lx_file_lock_shared(&other), LX_FILE_OK);
    CHECK_EQ(lx_file_lock(&other), LX_FILE_BUSY);
    lx_file_close(&file);
    lx_file_close(&other);
}

static void test_opening(void)
{
    struct lx_file file;

    check_row = "what is no file";
    CHECK_EQ(mkfifo("fifo", 0600), 0);
    CHECK_EQ(lx_file_open(&file, "fifo"), LX_FILE_NOT_REGULAR);
    CHECK_EQ(lx_file_open(&file, "."), LX_FILE_IS_FOLDER);
    CHECK_EQ(lx_file_open(&file, "none"), LX_FILE_MISSING);
    CHECK(!lx_file_is_open(&file));
    CHECK_EQ(lx_file_kind_at("b"), LX_FILE_KIND_REGULAR);
    CHECK_EQ(lx_file_kind_at("fifo"), LX_FILE_KIND_OTHER);
    CHECK_EQ(lx_file_kind_at("."), LX_FILE_KIND_FOLDER);
    CHECK_EQ(lx_file_kind_at("link"), LX_FILE_KIND_LINK);
    CHECK_EQ(lx_file_kind_at("none"), LX_FILE_KIND_NONE);
}

static void test_names(void)
{
    struct lx_file file;

    check_row = "renamed";
    CHECK_EQ(lx_file_create(&file, "c"), LX_FILE_OK);
    lx_file_close(&file);
    CHECK_EQ(lx_file_rename("b", "c", false), LX_FILE_EXISTS);
    CHECK_EQ(lx_file_rename("b", "c", true), LX_FILE_OK);
    CHECK_EQ(lx_file_rename("b", "c", true), LX_FILE_MISSING);
    CHECK_EQ(lx_file_remove("c"), LX_FILE_OK);
    CHECK_EQ(lx_file_remove("c"), LX_FILE_MISSING);

    check_row = "folders";
    CHECK_EQ(lx_folder_make("d"), LX_FILE_OK);
    CHECK_EQ(lx_folder_make("d"), LX_FILE_EXISTS);
    CHECK_EQ(lx_folder_make("fifo"), LX_FILE_EXISTS);
    CHECK_EQ(lx_folder_make("none/d"), LX_FILE_MISSING);
    CHECK_EQ(lx_folder_check("d"), LX_FILE_OK);
    CHECK_EQ(lx_folder_check("fifo"), LX_FILE_NOT_FOLDER);
    CHECK_EQ(lx_folder_check("none"), LX_FILE_MISSING);
    CHECK_EQ(lx_folder_length("a/b/c"), 4);
    CHECK_EQ(lx_folder_length("/c"), 1);
    CHECK_EQ(lx_folder_length("c"), 0);
    CHECK_EQ(unlink("fifo") + unlink("link") + rmdir("d"), 0);
}

static void test_private(void)
{
    struct lx_file file;
    struct lx_file_identity opened, named;
    struct stat status;

    check_row = "a private file";
    CHECK_EQ(lx_file_create_private(&file, "private"), LX_FILE_OK);
    CHECK_EQ(stat("private", &status), 0);
    CHECK_EQ(status.st_mode & 0777, 0600);
    CHECK_EQ(lx_file_identify(&file, &opened), LX_FILE_OK);
    CHECK_EQ(lx_file_identify_at("private", &named), LX_FILE_OK);
    CHECK_EQ(named.index, opened.index);
    CHECK_EQ(named.volume, opened.volume);
    lx_file_close(&file);
    CHECK_EQ(lx_file_create_private(&file, "private"), LX_FILE_EXISTS);
    CHECK_EQ(lx_file_remove("private"), LX_FILE_OK);
    CHECK_EQ(lx_file_identify_at("private", &named), LX_FILE_MISSING);
    CHECK(!lx_folder_is_remote("."));
    CHECK(!lx_folder_is_remote("no/such/folder"));
}

static void test_words(void)
{
    check_row = "words";
    CHECK_CONTAINS(lx_file_words(LX_FILE_DISK_FULL), "disk is full");
    CHECK_TEXT(lx_file_words(LX_FILE_OTHER), "the system refuses it");
}

int main(void)
{
    const char *base = getenv("TMPDIR");
    char folder[200];

    snprintf(folder, sizeof folder, "%s/lx-file-XXXXXX",
             base ? base : P_tmpdir);
    CHECK(mkdtemp(folder) != NULL);
    CHECK_EQ(chdir(folder), 0);
    test_files();
    test_opening();
    test_names();
    test_private();
    test_words();
    check_row = "the end";
    CHECK_EQ(chdir("/") + rmdir(folder), 0);
    return check_report("file");
}
