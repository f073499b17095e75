/* test_file.c: the contract of os/file.h, on a real disk. */
#include "os/file.h"

#include "../check.h"
#include "../own_folder.h"

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
    CHECK_EQ(lx_file_open(&file, "."), LX_FILE_IS_FOLDER);
    CHECK_EQ(lx_file_open(&file, "none"), LX_FILE_MISSING);
    CHECK(!lx_file_is_open(&file));
    CHECK_EQ(lx_file_kind_at("b"), LX_FILE_KIND_REGULAR);
    CHECK_EQ(lx_file_kind_at("."), LX_FILE_KIND_FOLDER);
    CHECK_EQ(lx_file_kind_at("none"), LX_FILE_KIND_NONE);
}

struct walk {
    const char *name;
    int count;
};

static bool count_name(void *argument, const char *name)
{
    struct walk *walk = argument;

    walk->count += strcmp(name, walk->name) == 0;
    return walk->count == 0;
}

static int count_walk(const char *path, const char *name)
{
    struct walk walk = {name, 0};

    lx_folder_walk(path, count_name, &walk);
    return walk.count;
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
    CHECK_EQ(lx_folder_make("none/d"), LX_FILE_MISSING);
    CHECK_EQ(lx_folder_check("d"), LX_FILE_OK);
    CHECK_EQ(lx_folder_check("none"), LX_FILE_MISSING);
    CHECK_EQ(count_walk(".", "d"), 1);
    CHECK_EQ(count_walk("", "d"), 1);
    CHECK_EQ(count_walk("d", "d"), 0);
    CHECK_EQ(count_walk("none", "d"), 0);
    CHECK_EQ(lx_folder_length("a/b/c"), 4);
    CHECK_EQ(lx_folder_length("/c"), 1);
    CHECK_EQ(lx_folder_length("c"), 0);
    CHECK_EQ(remove_folder("d"), 0);
}

static void test_private(void)
{
    struct lx_file file;
    struct lx_file_identity opened, named;

    check_row = "a private file";
    CHECK_EQ(lx_file_create_private(&file, "private"), LX_FILE_OK);
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

/* A snowman and a note, which no code page has both of. */
static void test_unicode(void)
{
    static const char name[] = "\xe2\x98\x83 \xf0\x9d\x84\x9e";
    struct lx_file file;

    check_row = "a name beyond ASCII";
    CHECK_EQ(lx_file_create(&file, name), LX_FILE_OK);
    lx_file_close(&file);
    CHECK_EQ(lx_file_kind_at(name), LX_FILE_KIND_REGULAR);
    CHECK_EQ(lx_file_rename(name, "plain", false), LX_FILE_OK);
    CHECK_EQ(lx_file_rename("plain", name, false), LX_FILE_OK);
    CHECK_EQ(lx_file_remove(name), LX_FILE_OK);
}

#ifdef _WIN32

static void test_system(void)
{
    struct lx_file file;
    char name[400];

    check_row = "both separators, and drives";
    CHECK_EQ(lx_folder_length("a\\b/c"), 4);
    CHECK_EQ(lx_folder_length("a/b\\c"), 4);
    CHECK_EQ(lx_folder_length("C:c"), 2);
    CHECK_EQ(lx_folder_length("C:\\c"), 3);
    CHECK_EQ(lx_folder_make("e"), LX_FILE_OK);
    CHECK_EQ(lx_folder_check("e\\"), LX_FILE_OK);
    CHECK_EQ(lx_file_kind_at("e/"), LX_FILE_KIND_FOLDER);
    CHECK_EQ(lx_file_kind_at("C:\\"), LX_FILE_KIND_FOLDER);
    CHECK_EQ(lx_file_kind_at("C:/"), LX_FILE_KIND_FOLDER);
    CHECK_EQ(lx_file_create(&file, "e\\f"), LX_FILE_OK);
    CHECK_EQ(lx_file_kind_at("e/f"), LX_FILE_KIND_REGULAR);

    check_row = "removed or replaced while it is open";
    CHECK_EQ(lx_file_rename("e/f", "e\\g", false), LX_FILE_OK);
    lx_file_close(&file);
    CHECK_EQ(lx_file_remove("e/g"), LX_FILE_OK);

    CHECK_EQ(lx_path_root_length("a/b"), 0);
    CHECK_EQ(lx_path_root_length("C:\\a"), 3);
    CHECK_EQ(lx_path_root_length("C:a"), 2);
    CHECK_EQ(lx_path_root_length("\\a"), 1);
    CHECK_EQ(lx_path_root_length("\\\\host\\share\\a"), 13);

    check_row = "in the code page";
    CHECK_EQ(lx_file_create(&file, "\xe9"), LX_FILE_OK);
    lx_file_close(&file);
    CHECK_EQ(lx_file_remove("\xc3\xa9"), LX_FILE_OK);

    check_row = "longer than 260 characters";
    memset(name, 'x', sizeof name);
    memcpy(name, "e/", 2);
    memcpy(name + 202, "/", 2);
    CHECK_EQ(lx_folder_make(name), LX_FILE_OK);
    name[203] = 'x';
    name[sizeof name - 1] = '\0';
    CHECK_EQ(lx_file_create(&file, name), LX_FILE_OK);
    lx_file_close(&file);
    CHECK_EQ(lx_file_remove(name), LX_FILE_OK);
    name[202] = '\0';
    CHECK_EQ(remove_folder(name) + remove_folder("e"), 0);

    check_row = "devices";
    CHECK_EQ(lx_file_create(&file, "NUL"), LX_FILE_NOT_REGULAR);
    CHECK_EQ(lx_file_open(&file, "e/nul"), LX_FILE_NOT_REGULAR);
    CHECK(!lx_file_is_open(&file));
}

#else

static void test_system(void)
{
    struct lx_file file;
    struct stat status;

    check_row = "private means to others";
    CHECK_EQ(lx_file_create_private(&file, "private"), LX_FILE_OK);
    CHECK_EQ(stat("private", &status), 0);
    CHECK_EQ(status.st_mode & 0777, 0600);
    lx_file_close(&file);
    CHECK_EQ(unlink("private"), 0);
    check_row = "roots";
    CHECK_EQ(lx_path_root_length("/a"), 1);
    CHECK_EQ(lx_path_root_length("a/b"), 0);
    check_row = "links and pipes";
    CHECK_EQ(symlink("nowhere", "link") + mkfifo("fifo", 0600), 0);
    CHECK_EQ(lx_file_create(&file, "link"), LX_FILE_EXISTS);
    CHECK_EQ(lx_file_create(&file, "fifo/b"), LX_FILE_NOT_FOLDER);
    CHECK_EQ(lx_file_open(&file, "fifo"), LX_FILE_NOT_REGULAR);
    CHECK_EQ(lx_file_kind_at("fifo"), LX_FILE_KIND_OTHER);
    CHECK_EQ(lx_file_kind_at("link"), LX_FILE_KIND_LINK);
    CHECK_EQ(unlink("link") + symlink("fifo", "link"), 0);
    CHECK_EQ(lx_file_kind_at("link"), LX_FILE_KIND_OTHER);
    CHECK_EQ(lx_folder_make("fifo"), LX_FILE_EXISTS);
    CHECK_EQ(lx_folder_check("fifo"), LX_FILE_NOT_FOLDER);
    CHECK_EQ(unlink("fifo") + unlink("link"), 0);
}

#endif

static void test_absolute(void)
{
    char path[4096], again[4096];

    check_row = "absolute";
    CHECK(lx_path_absolute("pictures/", path, sizeof path));
    CHECK_EQ(lx_folder_make("pictures"), LX_FILE_OK);
    CHECK_EQ(lx_file_kind_at(path), LX_FILE_KIND_FOLDER);
    CHECK(lx_path_root_length(path) > 0);
    CHECK(lx_path_is_separator(path[strlen(path) - 1]));
    CHECK(lx_path_absolute(path, again, sizeof again));
    CHECK_TEXT(again, path);
    CHECK(lx_path_absolute("pictures/", again, strlen(path) + 1));
    CHECK(!lx_path_absolute("pictures/", again, strlen(path)));
    CHECK(!lx_path_absolute(path, again, strlen(path)));
    CHECK(!lx_path_absolute("a", again, 2));
    check_row = "the folder that is current later";
    CHECK_EQ(chdir("pictures"), 0);
    CHECK_EQ(lx_file_kind_at("pictures"), LX_FILE_KIND_NONE);
    CHECK_EQ(lx_file_kind_at(path), LX_FILE_KIND_FOLDER);
    CHECK_EQ(chdir(".."), 0);
    CHECK_EQ(remove_folder("pictures"), 0);
}

static void test_words(void)
{
    check_row = "words";
    CHECK_CONTAINS(lx_file_words(LX_FILE_DISK_FULL), "disk is full");
    CHECK_TEXT(lx_file_words(LX_FILE_OTHER), "the system refuses it");
}

int main(void)
{
    char folder[OWN_FOLDER_BYTES];

    enter_own_folder(folder);
    test_files();
    test_opening();
    test_names();
    test_private();
    test_unicode();
    test_system();
    test_absolute();
    test_words();
    check_row = "the end";
    CHECK_EQ(leave_own_folder(folder), 0);
    return check_report("file");
}
