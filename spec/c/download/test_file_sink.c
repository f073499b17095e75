/* test_file_sink.c: files on a real disk. write, fsync, link and renameat2 are
 * defined here, over the C library's, so that they can be told to fail. */
#include "../check.h"
#include "os/file_place.h"
#include "download/file_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* errno to fail with; 0: work as ever */
static int fail_write, fail_fsync, fail_link, fail_renameat2;
static long write_room = -1; /* bytes until fail_write; -1: no end */
static size_t write_longest; /* seen */

ssize_t write(int fd, const void *bytes, size_t length)
{
    if (fd > 2) {
        write_longest = length > write_longest ? length : write_longest;
        if (fail_write != 0 && write_room <= 0) {
            errno = fail_write;
            return -1;
        }
        if (fail_write != 0 && length > (size_t)write_room)
            length = (size_t)write_room;
        write_room -= fail_write != 0 ? (long)length : 0;
    }
    return (ssize_t)syscall(SYS_write, fd, bytes, length);
}

int fsync(int fd)
{
    struct stat status;

    if (fail_fsync != 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        errno = fail_fsync;
        return -1;
    }
    return (int)syscall(SYS_fsync, fd);
}

int link(const char *from, const char *to)
{
    if (fail_link != 0) {
        errno = fail_link;
        return -1;
    }
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to,
              unsigned flags)
{
    if (fail_renameat2 != 0) {
        errno = fail_renameat2;
        return -1;
    }
    return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

static struct lx_blocks blocks;
static char path[300], part_path[320];

static void begin(const char *row)
{
    check_row = row;
    unlink(path);
    unlink(part_path);
    fail_write = fail_fsync = fail_link = fail_renameat2 = 0;
    write_room = -1;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");

    fputs(text, file);
    fclose(file);
}

/* The content of a file, cut at 99 bytes; NULL when there is none. */
static const char *get(const char *name)
{
    static char text[100];
    FILE *file = fopen(name, "rb");

    if (file == NULL)
        return NULL;
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* As the committer does it; after false the sink is still open. */
static bool commit(struct lx_file_sink *sink, struct lx_error *error)
{
    if (!lx_file_sink_seal(sink, error))
        return false;
    while (lx_file_sink_unsynced(sink) > LX_FILE_SINK_STEP_BYTES)
        if (!lx_file_sink_sync_step(sink, error))
            return false;
    int number = fsync(sink->fd) == 0 ? 0 : errno;
    if (!lx_file_sink_synced(sink, number, error) ||
        !lx_file_sink_place(sink, error))
        return false;
    lx_file_sync_folder(sink->path);
    lx_file_sink_close(sink);
    return true;
}

static bool save(const char *text, bool overwrite, struct lx_error *error)
{
    struct lx_file_sink sink;

    lx_file_sink_init(&sink);
    if (!lx_file_sink_open(&sink, &blocks, path, part_path, overwrite, error))
        return false;
    if (lx_file_sink_write(&sink, text, strlen(text), error) &&
        commit(&sink, error))
        return true;
    lx_file_sink_discard(&sink);
    return false;
}

static void test_saving(void)
{
    struct lx_error error;
    struct stat status;
    mode_t mask = umask(027);

    begin("a new file");
    put(part_path, "something stale, and longer than what comes");
    CHECK(save("hello", false, &error));
    CHECK_TEXT(get(path), "hello");
    CHECK_TEXT(get(part_path), NULL);
    begin("as the umask says");
    CHECK(save("hello", false, &error));
    CHECK_EQ(stat(path, &status), 0);
    CHECK_EQ(status.st_mode & 0777, 0640);
    umask(mask);

    check_row = "a file is not replaced";
    CHECK(!save("new", false, &error));
    CHECK_EQ(error.kind, LX_KIND_FILE);
    CHECK(!error.retryable);
    CHECK_CONTAINS(error.message, "overwrite");
    CHECK_TEXT(get(path), "hello");
    CHECK_TEXT(get(part_path), NULL);
    CHECK(save("new", true, &error));
    CHECK_TEXT(get(path), "new");
}

/* The name is taken between open and commit, in each way of renaming. */
static void test_late_rival(void)
{
    static const struct {
        const char *name;
        int renameat2, link;
    } rows[] = {{"renameat2", 0, 0},
                {"link", EINVAL, 0},
                {"no kernel for renameat2", ENOSYS, 0},
                {"neither", EINVAL, EPERM}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lx_file_sink sink;
        struct lx_error error;

        begin(rows[i].name);
        fail_renameat2 = rows[i].renameat2;
        fail_link = rows[i].link;
        CHECK(save("free", false, &error));
        CHECK_TEXT(get(path), "free");
        CHECK_TEXT(get(part_path), NULL);
        unlink(path);

        lx_file_sink_init(&sink);
        CHECK(
            lx_file_sink_open(&sink, &blocks, path, part_path, false, &error));
        CHECK(lx_file_sink_write(&sink, "late", 4, &error));
        put(path, "rival");
        CHECK(!commit(&sink, &error));
        CHECK_EQ(error.kind, LX_KIND_FILE);
        CHECK(!error.retryable);
        lx_file_sink_discard(&sink);
        CHECK_TEXT(get(path), "rival");
        CHECK_TEXT(get(part_path), NULL);
    }
}

/* The final name is known only when the .part is open. */
static void test_late_name(const char *folder)
{
    struct lx_file_sink sink;
    struct lx_error error;
    char other[320];

    begin("no name yet");
    snprintf(other, sizeof(other), "%s.2", path);
    put(path, "taken");
    lx_file_sink_init(&sink);
    CHECK(lx_file_sink_open(&sink, &blocks, NULL, part_path, false, &error));
    CHECK(lx_file_sink_write(&sink, "late", 4, &error));
    CHECK(!lx_file_sink_place(&sink, &error));
    check_row = "a name that is taken";
    CHECK(!lx_file_sink_name(&sink, path, &error));
    CHECK_EQ(error.kind, LX_KIND_FILE);
    CHECK(!error.retryable);
    CHECK_CONTAINS(error.message, "picture.png exists already; give overwrite");
    CHECK(!lx_file_sink_name(&sink, folder, &error));
    CHECK(!lx_file_sink_place(&sink, &error));
    check_row = "the last name counts";
    CHECK(lx_file_sink_name(&sink, "/no/such/name", &error));
    CHECK(lx_file_sink_name(&sink, other, &error));
    CHECK(commit(&sink, &error));
    CHECK_TEXT(get(other), "late");
    CHECK_TEXT(get(path), "taken");
    CHECK_TEXT(get(part_path), NULL);
    unlink(other);

    begin("a name that may be replaced");
    put(path, "old");
    CHECK(lx_file_sink_open(&sink, &blocks, NULL, part_path, true, &error));
    CHECK(lx_file_sink_name(&sink, path, &error));
    CHECK(lx_file_sink_write(&sink, "new", 3, &error));
    CHECK(commit(&sink, &error));
    CHECK_TEXT(get(path), "new");
}

static void test_disk_errors(void)
{
    static char large[600 * 1024];
    struct lx_file_sink sink;
    struct lx_error error;

    memset(large, 'x', sizeof(large));
    begin("disk full");
    fail_write = ENOSPC;
    write_room = 1000;
    lx_file_sink_init(&sink);
    CHECK(lx_file_sink_open(&sink, &blocks, path, part_path, false, &error));
    CHECK(!lx_file_sink_write(&sink, large, sizeof(large), &error));
    CHECK_EQ(error.kind, LX_KIND_FILE);
    CHECK(error.retryable);
    CHECK_CONTAINS(error.message, "disk is full");
    CHECK_CONTAINS(error.message, path);
    lx_file_sink_discard(&sink);
    CHECK_TEXT(get(part_path), NULL);

    begin("disk full at the last moment");
    fail_write = EDQUOT;
    write_room = 3;
    CHECK(!save("hello", false, &error));
    CHECK_CONTAINS(error.message, "quota");
    CHECK_TEXT(get(path), NULL);
    CHECK_TEXT(get(part_path), NULL);

    begin("fsync fails");
    fail_fsync = EIO;
    CHECK(!save("hello", false, &error));
    CHECK_CONTAINS(error.message, "fault");
    CHECK_TEXT(get(path), NULL);

    begin("an errno without words");
    fail_fsync = EXDEV;
    CHECK(!save("hello", false, &error));
    CHECK_CONTAINS(error.message, "errno 18");

    begin("what cannot be synced is saved");
    fail_fsync = EINVAL;
    CHECK(save("hello", false, &error));
}

static void test_gathering(void)
{
    static char large[600 * 1024];
    struct lx_file_sink sink;
    struct stat status;

    begin("small writes are gathered");
    lx_file_sink_init(&sink);
    CHECK(lx_file_sink_open(&sink, &blocks, path, part_path, false, NULL));
    write_longest = 0;
    for (int i = 0; i < 32; i++)
        CHECK(lx_file_sink_write(&sink, large, 16384, NULL));
    CHECK(write_longest >= 64 * 1024);
    CHECK(lx_file_sink_write(&sink, large, sizeof(large), NULL));
    CHECK(lx_file_sink_write(&sink, large, 1, NULL));
    CHECK_EQ(sink.length, 32 * 16384 + sizeof(large) + 1);
    CHECK(commit(&sink, NULL));
    CHECK_EQ(stat(path, &status), 0);
    CHECK_EQ(status.st_size, 32 * 16384 + sizeof(large) + 1);
}

static void test_restart_and_close(void)
{
    struct lx_file_sink sink;
    struct stat status;

    begin("starting anew");
    lx_file_sink_init(&sink);
    CHECK(lx_file_sink_open(&sink, &blocks, path, part_path, false, NULL));
    CHECK(lx_file_sink_write(&sink, "old and long", 12, NULL));
    CHECK(lx_file_sink_restart(&sink, NULL));
    CHECK(lx_file_sink_write(&sink, "new", 3, NULL));
    CHECK(lx_file_sink_flush(&sink, NULL));
    CHECK(lx_file_sink_write(&sink, "est", 3, NULL));
    lx_file_sink_close(&sink);
    CHECK_TEXT(get(part_path), "new");
    CHECK_TEXT(get(path), NULL);
    check_row = "a closed sink does nothing";
    CHECK(!lx_file_sink_write(&sink, "x", 1, NULL));
    CHECK(!lx_file_sink_restart(&sink, NULL));
    CHECK(!commit(&sink, NULL));
    lx_file_sink_close(&sink);
    lx_file_sink_discard(&sink);
    CHECK_TEXT(get(part_path), "new");

    begin("an empty .part is not left behind");
    CHECK(lx_file_sink_open(&sink, &blocks, path, part_path, false, NULL));
    CHECK(lx_file_sink_seal(&sink, NULL));
    CHECK_EQ(stat(part_path, &status), 0);
    lx_file_sink_close(&sink);
    CHECK(stat(part_path, &status) != 0);
}

static void test_flush(void)
{
    struct lx_file_sink sink;

    begin("a .part is made when it is needed");
    put(part_path, "something stale, and longer than what comes");
    lx_file_sink_init(&sink);
    CHECK(lx_file_sink_open(&sink, &blocks, path, part_path, false, NULL));
    CHECK(lx_file_sink_flush(&sink, NULL));
    CHECK(lx_file_sink_write(&sink, "first", 5, NULL));
    CHECK(lx_file_sink_restart(&sink, NULL));
    CHECK_CONTAINS(get(part_path), "stale");
    CHECK(lx_file_sink_write(&sink, "then", 4, NULL));
    CHECK(lx_file_sink_flush(&sink, NULL));
    CHECK_TEXT(get(part_path), "then");
    CHECK(lx_file_sink_write(&sink, " more", 5, NULL));
    CHECK(commit(&sink, NULL));
    CHECK_TEXT(get(path), "then more");

    for (int is_closed = 0; is_closed < 2; is_closed++) {
        begin(is_closed ? "nothing is made by closing" : "nor by discarding");
        put(part_path, "of somebody else");
        CHECK(lx_file_sink_open(&sink, &blocks, path, part_path, false, NULL));
        CHECK(lx_file_sink_write(&sink, "first", 5, NULL));
        (is_closed ? lx_file_sink_close : lx_file_sink_discard)(&sink);
        CHECK_TEXT(get(part_path), "of somebody else");
    }
}

static void test_rival_writers(void)
{
    struct lx_file_sink first, second;
    struct lx_error error;

    begin("two downloads to one name");
    lx_file_sink_init(&first);
    lx_file_sink_init(&second);
    CHECK(lx_file_sink_open(&first, &blocks, path, part_path, true, &error));
    CHECK(lx_file_sink_open(&second, &blocks, path, part_path, true, &error));
    CHECK(lx_file_sink_write(&first, "first", 5, &error));
    CHECK(lx_file_sink_write(&second, "second", 6, &error));
    CHECK(lx_file_sink_flush(&first, &error));
    CHECK(!lx_file_sink_flush(&second, &error));
    CHECK_EQ(error.kind, LX_KIND_FILE);
    CHECK(error.retryable);
    CHECK_CONTAINS(error.message, "another download");
    lx_file_sink_discard(&second);
    CHECK_TEXT(get(part_path), "first");
    CHECK(commit(&first, &error));
    CHECK_TEXT(get(path), "first");
    CHECK(save("second", true, &error));
    CHECK_TEXT(get(path), "second");
}

static void expect_refusal(const char *row, const char *words)
{
    struct lx_error error = {.kind = LX_KIND_NONE};

    check_row = row;
    CHECK(!save("hello", false, &error));
    CHECK_EQ(error.kind, LX_KIND_FILE);
    CHECK_CONTAINS(error.message, words);
}

static void test_bad_places(const char *folder)
{
    char saved[sizeof(path)], other[400];

    begin("a link in place of the .part");
    snprintf(other, sizeof(other), "%s/victim", folder);
    put(other, "precious");
    CHECK_EQ(symlink(other, part_path), 0);
    expect_refusal("a link in place of the .part", "symbolic link");
    CHECK_TEXT(get(other), "precious");
    unlink(other);

    begin("a link that leads nowhere in place of the file");
    CHECK_EQ(symlink(other, path), 0);
    expect_refusal("a link that leads nowhere", "exists");

    begin("a FIFO in place of the .part");
    CHECK_EQ(mkfifo(part_path, 0600), 0);
    expect_refusal("a FIFO without a reader", "no file");
    int reader = open(part_path, O_RDONLY | O_NONBLOCK);
    expect_refusal("a FIFO with a reader", "no file");
    close(reader);

    begin("");
    snprintf(saved, sizeof(saved), "%s", path);
    snprintf(path, sizeof(path), "%s/none/a", folder);
    snprintf(part_path, sizeof(part_path), "%s.part", path);
    expect_refusal("no folder", "create it");
    snprintf(path, sizeof(path), "%s", folder);
    expect_refusal("a folder", "a folder");
    snprintf(path, sizeof(path), "%s/locked/a", folder);
    snprintf(part_path, sizeof(part_path), "%s.part", path);
    snprintf(other, sizeof(other), "%s/locked", folder);
    CHECK_EQ(mkdir(other, 0555), 0);
    uid_t user = geteuid();
    CHECK(user != 0 || (chmod(folder, 0755) == 0 && seteuid(65534) == 0));
    expect_refusal("no permission", "permission");
    CHECK(user != 0 || seteuid(0) == 0);
    rmdir(other);
    snprintf(path, sizeof(path), "%s", saved);
    snprintf(part_path, sizeof(part_path), "%s.part", path);
}

/* A bare name has no folder to name. */
static void test_bare_name(const char *folder)
{
    struct lx_file_sink sink;

    begin("a bare name");
    CHECK_EQ(chdir(folder), 0);
    lx_file_sink_init(&sink);
    CHECK(lx_file_sink_open(&sink, &blocks, "bare", "bare.part", false, NULL));
    CHECK(lx_file_sink_write(&sink, "x", 1, NULL));
    CHECK(commit(&sink, NULL));
    CHECK_TEXT(get("bare"), "x");
    CHECK_EQ(unlink("bare"), 0);
    CHECK_EQ(chdir("/"), 0);
}

int main(void)
{
    const char *base = getenv("TMPDIR");
    char folder[200];

    snprintf(folder, sizeof(folder), "%s/lx-sink-XXXXXX",
             base != NULL ? base : P_tmpdir);
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/picture.png", folder);
    snprintf(part_path, sizeof(part_path), "%s.part", path);
    lx_blocks_init(&blocks);
    test_saving();
    test_late_rival();
    test_late_name(folder);
    test_disk_errors();
    test_gathering();
    test_restart_and_close();
    test_flush();
    test_rival_writers();
    test_bad_places(folder);
    test_bare_name(folder);
    begin("the end");
    lx_blocks_deinit(&blocks);
    CHECK_EQ(rmdir(folder), 0);
    return check_report("file_sink");
}
