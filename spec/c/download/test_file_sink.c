/* test_file_sink.c: files on a real disk, and disks that fail. */
#include "file_sink_rig.h"

static void test_saving(void)
{
    struct lx_error error;
    struct stat status;
    mode_t mask = umask(027);

    begin("a new file, as the umask says");
    CHECK(save("hello", false, &error));
    CHECK_TEXT(get(path), "hello");
    CHECK_EQ(stat(path, &status), 0);
    CHECK_EQ(status.st_mode & 0777, 0640);
    CHECK_EQ(parts(), 0);
    umask(mask);

    check_row = "a file is not replaced";
    CHECK(!save("new", false, &error));
    CHECK_EQ(error.kind, LX_KIND_FILE);
    CHECK(!error.retryable);
    CHECK_CONTAINS(error.message, "overwrite");
    CHECK_TEXT(get(path), "hello");
    CHECK(save("new", true, &error));
    CHECK_TEXT(get(path), "new");
    CHECK_EQ(parts(), 0);
}

/* The name is taken between open and save, in each way of renaming. */
static void test_late_rival(void)
{
    static const struct {
        const char *name;
        int renameat2, link;
    } rows[] = {{"renameat2", 0, 0},
                {"link", EINVAL, 0},
                {"no kernel for renameat2", ENOSYS, 0},
                {"neither", EINVAL, EPERM}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_file_sink sink;
        struct lx_error error;

        begin(rows[i].name);
        fail_renameat2 = rows[i].renameat2;
        fail_link = rows[i].link;
        CHECK(save("free", false, &error));
        CHECK_TEXT(get(path), "free");
        CHECK_EQ(parts(), 0);
        unlink(path);
        open_sink(&sink, false);
        CHECK(lx_file_sink_write(&sink, "late", 4, &error));
        put(path, "rival");
        CHECK(!commit(&sink, &error));
        CHECK_EQ(error.kind, LX_KIND_FILE);
        CHECK(!error.retryable);
        CHECK_TEXT(get(path), "rival");
        CHECK_EQ(parts(), 0);
    }
}

/* The final name is known only when bytes have come. */
static void test_late_name(void)
{
    struct lx_file_sink sink;
    struct lx_error error;
    char other[320];

    begin("no name yet");
    snprintf(other, sizeof other, "%s.2", path);
    put(path, "taken");
    lx_file_sink_init(&sink);
    CHECK(lx_file_sink_open(&sink, NULL, path, false, &error));
    CHECK(lx_file_sink_write(&sink, "late", 4, &error));
    check_row = "a name that is taken";
    CHECK(!lx_file_sink_name(&sink, path, 0, &error));
    CHECK_EQ(error.kind, LX_KIND_FILE);
    CHECK(!error.retryable);
    CHECK_CONTAINS(error.message, "picture.png exists already; give overwrite");
    CHECK(!lx_file_sink_name(&sink, folder, 0, &error));
    check_row = "a name that may be the same file's";
    sink.may_be_there = true;
    CHECK(!lx_file_sink_name(&sink, path, 4, &error));
    CHECK(lx_file_sink_name(&sink, path, 5, &error));
    CHECK(lx_file_sink_name(&sink, path, 0, &error));
    CHECK(!lx_file_sink_name(&sink, folder, 0, &error));
    CHECK(!commit(&sink, &error));
    CHECK_CONTAINS(error.message, "exists already");
    CHECK(lx_file_sink_open(&sink, NULL, path, false, &error));
    CHECK(lx_file_sink_write(&sink, "late", 4, &error));
    check_row = "the last name counts";
    CHECK(lx_file_sink_name(&sink, "/no/such/name", 0, &error));
    CHECK(lx_file_sink_name(&sink, other, 0, &error));
    CHECK(commit(&sink, &error));
    CHECK_TEXT(get(other), "late");
    CHECK_TEXT(get(path), "taken");
    unlink(other);
    check_row = "never named";
    CHECK(lx_file_sink_open(&sink, NULL, path, false, &error));
    CHECK(!commit(&sink, &error));
    CHECK_EQ(parts(), 0);
}

static void test_disk_errors(void)
{
    struct lx_file_sink sink;
    struct lx_error error;

    begin("disk full");
    fail_write = ENOSPC;
    write_room = 1000;
    open_sink(&sink, false);
    fill(&sink, LX_FILE_SINK_BUFFER_BYTES);
    CHECK(!lx_file_sink_write(&sink, "x", 1, &error));
    CHECK_EQ(error.kind, LX_KIND_FILE);
    CHECK(error.retryable);
    CHECK_CONTAINS(error.message, "disk is full");
    CHECK_CONTAINS(error.message, path);
    CHECK_EQ(parts(), 1);
    lx_file_sink_discard(&sink);
    CHECK_EQ(parts(), 0);

    begin("disk full at the last moment");
    fail_write = EDQUOT;
    write_room = 3;
    CHECK(!save("hello", false, &error));
    CHECK_CONTAINS(error.message, "quota");
    CHECK_TEXT(get(path), NULL);
    CHECK_EQ(parts(), 0);

    begin("fsync fails");
    fail_fsync = EIO;
    CHECK(!save("hello", false, &error));
    CHECK_CONTAINS(error.message, "fault");
    CHECK_TEXT(get(path), NULL);
    CHECK_EQ(parts(), 0);

    begin("a reason without words");
    fail_fsync = EXDEV;
    CHECK(!save("hello", false, &error));
    CHECK_CONTAINS(error.message, "the system refuses it");

    begin("what cannot be synced is saved");
    fail_fsync = EINVAL;
    CHECK(save("hello", false, &error));
}

static void test_gathering(void)
{
    struct lx_file_sink sink;
    struct stat status;

    begin("small writes are gathered");
    open_sink(&sink, false);
    write_longest = 0;
    for (int i = 0; i < 32; i++)
        fill(&sink, 16384);
    CHECK_EQ(write_longest, LX_FILE_SINK_BUFFER_BYTES);
    fill(&sink, 3 * LX_FILE_SINK_BUFFER_BYTES + 5);
    CHECK(commit(&sink, NULL));
    CHECK_EQ(stat(path, &status), 0);
    CHECK_EQ(status.st_size, 32 * 16384 + 3 * LX_FILE_SINK_BUFFER_BYTES + 5);
}

static void test_restart(void)
{
    struct lx_file_sink sink;

    for (int is_large = 0; is_large < 2; is_large++) {
        begin(is_large ? "starting anew, with a part" : "starting anew");
        open_sink(&sink, false);
        fill(&sink, is_large ? 2 * LX_FILE_SINK_BUFFER_BYTES : 100);
        CHECK_EQ(parts(), is_large);
        lx_file_sink_restart(&sink);
        CHECK_EQ(parts(), 0);
        CHECK(lx_file_sink_write(&sink, "new", 3, NULL));
        CHECK(commit(&sink, NULL));
        CHECK_TEXT(get(path), "new");
    }
    check_row = "a closed sink does nothing";
    CHECK(!lx_file_sink_write(&sink, "x", 1, NULL));
    CHECK(!commit(&sink, NULL));
    lx_file_sink_discard(&sink);
    CHECK_TEXT(get(path), "new");
}

/* Stopped at every question: after the last one it is synced. */
static void test_stopping(void)
{
    struct lx_file_sink sink;

    for (int questions = 0; questions < 4; questions++) {
        int left = questions;

        begin("stopped");
        open_sink(&sink, false);
        for (int i = 0; i < 68; i++) /* 17 MiB: three waits */
            fill(&sink, 2 * LX_FILE_SINK_BUFFER_BYTES);
        CHECK(lx_file_sink_write_out(&sink, NULL));
        enum lx_file_sink_end end =
            lx_file_sink_sync(&sink, stop_after, &left, NULL);
        CHECK_EQ(end, questions < 3 ? LX_SINK_STOPPED : LX_SINK_SYNCED);
        CHECK_EQ(parts(), 1);
        lx_file_sink_discard(&sink);
        CHECK_EQ(parts(), 0);
        CHECK_TEXT(get(path), NULL);
    }
}

/* What is the user's is never a part, and two downloads share none. */
static void test_part_names(void)
{
    struct lx_file_sink first, second;
    char users[320], victim[320], name[700], text[20];

    begin("a file of the user's");
    snprintf(users, sizeof users, "%s.part", path);
    snprintf(victim, sizeof victim, "%s/victim", folder);
    put(victim, "precious");
    CHECK_EQ(link(victim, users), 0);
    open_sink(&first, true);
    open_sink(&second, true);
    fill(&first, 2 * LX_FILE_SINK_BUFFER_BYTES);
    fill(&second, 2 * LX_FILE_SINK_BUFFER_BYTES);
    CHECK_EQ(parts(), 3);
    CHECK(strcmp(first.part_path, second.part_path) != 0);
    CHECK_EQ(strncmp(first.part_path, path, strlen(path)), 0);
    CHECK(commit(&first, NULL));
    lx_file_sink_discard(&second);
    CHECK_TEXT(get(users), "precious");
    CHECK_TEXT(get(victim), "precious");
    CHECK_EQ(parts(), 1);
    CHECK_EQ(unlink(users) + unlink(victim), 0);

    begin("a name as long as may be");
    size_t length = (size_t)snprintf(name, sizeof name, "%s/", folder);
    for (int i = 0; i < 85; i++)
        length += (size_t)snprintf(name + length, sizeof name - length,
                                   "\xe4\xbd\xa0");
    CHECK(lx_file_sink_open(&first, name, name, false, NULL));
    fill(&first, 2 * LX_FILE_SINK_BUFFER_BYTES);
    snprintf(text, sizeof text, "%s",
             first.part_path + strlen(folder) + 1 + 198);
    CHECK_EQ(text[0], '.'); /* 66 characters of 3 bytes */
    CHECK(commit(&first, NULL));
    CHECK_EQ(unlink(name), 0);
}

static void expect_refusal(const char *row, bool overwrite, const char *words)
{
    struct lx_error error = {.kind = LX_KIND_NONE};

    check_row = row;
    CHECK(!save("hello", overwrite, &error));
    CHECK_EQ(error.kind, LX_KIND_FILE);
    CHECK_CONTAINS(error.message, words);
    CHECK_EQ(parts(), 0);
}

static void test_bad_places(void)
{
    char saved[sizeof path], other[400];
    struct lx_file_sink sink;
    struct stat status;

    snprintf(other, sizeof other, "%s/victim", folder);
    for (int overwrite = 0; overwrite < 2; overwrite++) {
        begin("a link that leads nowhere");
        CHECK_EQ(symlink(other, path), 0);
        expect_refusal(check_row, overwrite, "symbolic link");
        check_row = "a link to a file";
        put(other, "precious");
        expect_refusal(check_row, overwrite, "symbolic link");
        CHECK_TEXT(get(path), "precious");
        unlink(other);

        begin("a FIFO");
        CHECK_EQ(mkfifo(path, 0600), 0);
        expect_refusal("a FIFO without a reader", overwrite, "pipe");
        int reader = open(path, O_RDONLY | O_NONBLOCK);
        expect_refusal("a FIFO with a reader", overwrite, "pipe");
        close(reader);
        CHECK(lstat(path, &status) == 0 && S_ISFIFO(status.st_mode));
    }
    begin("a FIFO that comes late");
    open_sink(&sink, true);
    CHECK_EQ(mkfifo(path, 0600), 0);
    CHECK(!commit(&sink, NULL));
    CHECK(lstat(path, &status) == 0 && S_ISFIFO(status.st_mode));

    begin("");
    snprintf(saved, sizeof saved, "%s", path);
    snprintf(path, sizeof path, "%s/none/a", folder);
    expect_refusal("no folder", true, "no such file or folder");
    snprintf(path, sizeof path, "%s", folder);
    expect_refusal("a folder", true, "a folder");
    snprintf(path, sizeof path, "%s/locked/a", folder);
    snprintf(other, sizeof other, "%s/locked", folder);
    CHECK_EQ(mkdir(other, 0555), 0);
    uid_t user = geteuid();
    CHECK(user != 0 || (chmod(folder, 0755) == 0 && seteuid(65534) == 0));
    expect_refusal("no permission", true, "permission");
    CHECK(user != 0 || seteuid(0) == 0);
    rmdir(other);
    snprintf(path, sizeof path, "%s", saved);
}

/* A bare name has no folder to name. */
static void test_bare_name(void)
{
    struct lx_file_sink sink;

    begin("a bare name");
    CHECK_EQ(chdir(folder), 0);
    lx_file_sink_init(&sink);
    CHECK(lx_file_sink_open(&sink, "bare", "bare", false, NULL));
    CHECK(lx_file_sink_write(&sink, "x", 1, NULL));
    CHECK(commit(&sink, NULL));
    CHECK_TEXT(get("bare"), "x");
    CHECK_EQ(unlink("bare"), 0);
    CHECK_EQ(chdir("/"), 0);
}

int main(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(folder, sizeof folder, "%s/lx-sink-XXXXXX",
             base ? base : P_tmpdir);
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/picture.png", folder);
    test_saving();
    test_late_rival();
    test_late_name();
    test_disk_errors();
    test_gathering();
    test_restart();
    test_stopping();
    test_part_names();
    test_bad_places();
    test_bare_name();
    begin("the end");
    CHECK_EQ(rmdir(folder), 0);
    return check_report("file_sink");
}
