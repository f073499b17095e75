/* test_target.c: which file a target, a task's id and a URL come to, in a real
 * folder. mkdir is defined here, over the C library's, so that somebody else
 * can be quicker. */
#include "../check.h"
#include "download/target.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool has_rival; /* who makes each folder just before us */

int mkdir(const char *path, mode_t mode)
{
    if (has_rival)
        CHECK_EQ(syscall(SYS_mkdirat, AT_FDCWD, path, mode), 0);
    return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

/* What lx_target_find takes; its texts are borrowed here. */
static struct lx_download_order
order_of(const char *target, const char *task_id, const char *url, int number)
{
    return (struct lx_download_order){.url = (char *)url,
                                      .target = (char *)target,
                                      .task_id = (char *)task_id,
                                      .number = number};
}

/* ---- names ---- */

static const struct {
    const char *target, *task_id, *url;
    int number;
    const char *path; /* in a folder: a guess, from the URL's extension */
    const char *stem; /* NULL: the path */
} NAMES[] = {
    /* the folder */
    {"d", "t", "https://h/x.png", 1, "d/t-1.png", "d/t-1"},
    {"d/", "t", "https://h/x.png", 2, "d/t-2.png", "d/t-2"},
    {"d//", "t", "https://h/x.png", 1, "d/t-1.png", "d/t-1"},
    {"./d", "t", "https://h/x.png", 1, "./d/t-1.png", "./d/t-1"},
    {".", "t", "https://h/x.png", 1, "./t-1.png", "./t-1"},
    {"/", "t", "https://h/x.png", 1, "/t-1.png", "/t-1"},
    {"//", "t", "https://h/x.png", 1, "/t-1.png", "/t-1"},
    {"link", "t", "https://h/x.png", 1, "link/t-1.png", "link/t-1"},
    /* the extension */
    {"d", "t", "https://h/a.JPEG?x=y.gif", 1, "d/t-1.jpg", "d/t-1"},
    {"d", "t", "https://h/v.mp4#f.png", 1, "d/t-1.mp4", "d/t-1"},
    {"d", "t", "https://h", 1, NULL, "d/t-1"},
    {"d", "t", "https://h.png", 1, NULL, "d/t-1"},
    {"d", "t", "https://h.png?a/b.png", 1, NULL, "d/t-1"},
    {"d", "t", "https://h/a.php", 1, NULL, "d/t-1"},
    {"d", "t", "https://h/a.html", 1, NULL, "d/t-1"},
    {"d", "t", "https://h/a.bin", 1, NULL, "d/t-1"},
    {"d", "t", "https://h/a.png/", 1, NULL, "d/t-1"},
    {"d", "t", "https://h/png", 1, NULL, "d/t-1"},
    {"d", "t", "https://h/a.", 1, NULL, "d/t-1"},
    {"d", "t", "https://h/a.png%00", 1, NULL, "d/t-1"},
    {"d", "t", "data:image/png;base64,AA/A.png", 1, NULL, "d/t-1"},
    {"d/n.*", "t", "https://h/a.JPEG", 1, "d/n.jpg", "d/n"},
    {"d/n.*", "t", "https://h/a", 2, NULL, "d/n-2"},
    {"n.1.*", "t", "https://h/a.png", 3, "n.1-3.png", "n.1-3"},
    {"d/.*", "t", "https://h/a.png", 1, "d/.*", NULL},
    {"d/*", "t", "https://h/a.png", 1, "d/*", NULL},
    /* what comes from outside; what was changed carries a hash (FNV-1a) */
    {"d", "task_1", "https://h/x", 1, NULL, "d/task_1-1"},
    {"d", "../../etc/passwd", "https://h/x", 1, NULL,
     "d/_.._etc_passwd-6fadc99a-1"},
    {"d", ".hidden", "https://h/x", 1, NULL, "d/hidden-4747f185-1"},
    {"d", "a b", "https://h/x", 1, NULL, "d/a_b-10a3f9f2-1"},
    {"d", "a/b", "https://h/x", 1, NULL, "d/a_b-3a8e75c1-1"},
    {"d", "a_b", "https://h/x", 1, NULL, "d/a_b-1"},
    {"d", "\xe4\xbd\xa0", "https://h/x", 1, NULL, "d/___-1f4c9ede-1"},
    {"d", "..", "https://h/x", 1, NULL, "d/task-a3d4a70d-1"},
    {"d", "", "https://h/x", 2147483647, NULL, "d/task-2147483647"},
    /* devices of Windows */
    {"d", "NUL", "https://h/x", 1, NULL, "d/_NUL-4fad0f80-1"},
    {"d", "com5.x", "https://h/x", 1, NULL, "d/_com5.x-13fd242f-1"},
    {"d", "lpt", "https://h/x", 1, NULL, "d/lpt-1"},
    {"d", "comx", "https://h/x", 1, NULL, "d/comx-1"},
    {"d", "cons", "https://h/x", 1, NULL, "d/cons-1"},
    {"d", NULL, "https://h/Con.png", 1, "d/_Con-531868eb.png",
     "d/_Con-531868eb"},
    /* no task: the URL names it */
    {"d", NULL, "https://h/p/pic.png?token=1", 1, "d/pic.png", "d/pic"},
    {"d", NULL, "https://h/p/pic.php", 1, NULL, "d/pic.php"},
    {"d", NULL, "https://h/p/a.b.PNG", 1, "d/a.b.png", "d/a.b"},
    {"d", NULL, "https://h/.png", 1, "d/download.png", "d/download"},
    {"d", NULL, "https://h/..", 1, NULL, "d/download-a3d4a70d"},
    {"d", NULL, "https://h/", 1, NULL, "d/download"},
    {"d", NULL, "https://h?x=http://i/j.png", 1, NULL, "d/download"},
    {"d", NULL, "https://h/a?x=http://i/j.png", 1, NULL, "d/a"},
    {"d", NULL, "data:image/png;base64,AA/A", 1, NULL, "d/download"},
    {"d", NULL, "", 1, NULL, "d/download"},
    /* a path: as it was given, further files numbered */
    {"x", "t", "https://h/x.png", 1, "x", NULL},
    {"d/x.tar.png", "t", "https://h/x.jpg", 1, "d/x.tar.png", NULL},
    {"d/x.tar.png", "t", "https://h/x.jpg", 2, "d/x.tar-2.png", NULL},
    {"d.e/plain", "t", "https://h/x", 3, "d.e/plain-3", NULL},
    {"d/.hidden", "t", "https://h/x", 2, "d/.hidden-2", NULL},
    {".hidden", "t", "https://h/x", 2, ".hidden-2", NULL},
    {"d/x.", "t", "https://h/x", 2, "d/x.-2", NULL},
    {"/x.png", NULL, "https://h/x", 1, "/x.png", NULL},
    {"file", NULL, "https://h/x", 1, "file", NULL},
};

static void test_names(void)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        struct lx_download_order order = order_of(
            NAMES[i].target, NAMES[i].task_id, NAMES[i].url, NAMES[i].number);
        struct lx_target target = {0};

        const char *stem = NAMES[i].stem ? NAMES[i].stem : NAMES[i].path;

        check_row = stem;
        if (NAMES[i].target[0] == '/' && access("/", W_OK) != 0)
            continue;
        CHECK(lx_target_find(&target, &order, NULL));
        CHECK_TEXT(target.path, NAMES[i].path);
        CHECK_TEXT(target.stem, stem);
        CHECK_EQ(target.takes_media, NAMES[i].stem != NULL);
        lx_target_deinit(&target);
        CHECK(!target.path && !target.stem);
    }
}

static void test_first_url(void)
{
    struct lx_download_order order = order_of("d", NULL, "https://i/y.gif", 1);
    struct lx_target target = {0};

    check_row = "a redirect changes no name";
    order.first_url = (char *)"https://h/x.png";
    CHECK(lx_target_find(&target, &order, NULL));
    CHECK_TEXT(target.path, "d/x.png");
    lx_target_deinit(&target);
}

/* A hundred bytes of it are kept, and no two share a name. */
static void test_long_names(void)
{
    char id[5001], path[4001], names[2][200];
    struct lx_target target = {0};

    check_row = "long names";
    memset(id, 'x', sizeof id - 1);
    id[sizeof id - 1] = '\0';
    for (int i = 0; i < 2; i++) {
        struct lx_download_order order = order_of("d", id, "https://h/x", 1);

        id[4000] = (char)('a' + i);
        CHECK(lx_target_find(&target, &order, NULL));
        snprintf(names[i], sizeof names[i], "%s", target.stem);
        CHECK_EQ(strlen(names[i]), strlen("d/") + 100 + strlen("-01234567-1"));
        lx_target_deinit(&target);
    }
    CHECK(strcmp(names[0], names[1]) != 0);
    CHECK_EQ(memcmp(names[0], names[1], 102), 0);
    memset(path, '/', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    path[0] = 'd';
    struct lx_download_order order = order_of(path, "t", "https://h/x", 1);
    CHECK(lx_target_find(&target, &order, NULL));
    CHECK_TEXT(target.stem, "d/t-1");
    lx_target_deinit(&target);
}

static void test_media(void)
{
    static const struct {
        enum lx_media media;
        const char *path;
    } rows[] = {{LX_MEDIA_PNG, "d/x.png"},
                {LX_MEDIA_JPEG, "d/x.jpg"},
                {LX_MEDIA_UNKNOWN, "d/x.bin"}};
    struct lx_download_order order = order_of("d", NULL, "https://h/x.gif", 1);
    struct lx_target target = {0};

    CHECK(lx_target_find(&target, &order, NULL));
    CHECK_TEXT(target.path, "d/x.gif");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].path;
        CHECK(lx_target_take_media(&target, rows[i].media, NULL));
        CHECK_TEXT(target.path, rows[i].path);
        CHECK_TEXT(target.stem, "d/x");
    }
    lx_target_deinit(&target);
}

static void test_promise(void)
{
    static const struct {
        const char *target, *url;
        enum lx_media media;
    } rows[] = {{"d/x.mp4", "https://h/x.png", LX_MEDIA_MP4},
                {"d", "https://h/x.png", LX_MEDIA_PNG},
                {"d/x.zip", "https://h/x", LX_MEDIA_UNKNOWN},
                {NULL, "https://h/x.webm?y", LX_MEDIA_WEBM},
                {NULL, "data:,x.png", LX_MEDIA_UNKNOWN}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_download_order order =
            order_of(rows[i].target, NULL, rows[i].url, 1);

        check_row = rows[i].url;
        CHECK_EQ(lx_target_promise(&order), rows[i].media);
    }
}

/* ---- folders ---- */

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void remove_new(void)
{
    CHECK_EQ(rmdir("new/deep/er") + rmdir("new/deep") + rmdir("new"), 0);
}

static void test_making(void)
{
    struct lx_download_order order =
        order_of("new//deep/er/", "t", "https://h/x", 1);

    for (int i = 0; i < 3; i++) {
        struct lx_target target = {0};

        check_row = i == 0   ? "a folder is made"
                    : i == 1 ? "it is there"
                             : "it is made by somebody else meanwhile";
        has_rival = i == 2;
        if (has_rival)
            remove_new();
        CHECK(lx_target_find(&target, &order, NULL));
        CHECK(is_folder("new/deep/er"));
        CHECK_TEXT(target.stem, "new//deep/er/t-1");
        lx_target_deinit(&target);
    }
    has_rival = false;
    remove_new();
}

static void test_refusals(void)
{
    static const char *const rows[][2] = {
        {"file/", "the folder file cannot be made: something has that name"},
        {"file/x/", "the folder file cannot be made: something has"},
        {"file/x.png", "the folder file cannot be made: something has"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_download_order order =
            order_of(rows[i][0], "t", "https://h/x", 1);
        struct lx_target target = {0};
        struct lx_error error;

        check_row = rows[i][0];
        CHECK(!lx_target_find(&target, &order, &error));
        CHECK_EQ(error.kind, LX_KIND_FILE);
        CHECK(!error.retryable);
        CHECK_CONTAINS(error.message, rows[i][1]);
        CHECK(!target.path && !target.stem);
        lx_target_deinit(&target);
    }
}

static void test_checks(void)
{
    char folder[4096], target[sizeof folder + 32];
    static const struct {
        const char *name;
        enum lx_file_reason reason;
    } rows[] = {
        {"/d", LX_FILE_OK},
        {"/d/", LX_FILE_OK},
        {"/link/x.png", LX_FILE_OK},
        {"/new/deep//er/", LX_FILE_OK},
        {"/new/deep/x.png", LX_FILE_OK},
        {"/x.*", LX_FILE_OK},
        {"/file", LX_FILE_EXISTS},
        {"/file/", LX_FILE_NOT_FOLDER},
        {"/file//x/", LX_FILE_NOT_FOLDER},
        {"/file/new/x.png", LX_FILE_NOT_FOLDER},
    };

    CHECK(getcwd(folder, sizeof folder) != NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].name;
        snprintf(target, sizeof target, "%s%s", folder, rows[i].name);
        CHECK_EQ(lx_target_check(target), rows[i].reason);
    }
    check_row = "nothing is made";
    CHECK_EQ(lx_target_check("/"), lx_folder_check("/"));
    CHECK(!is_folder("new"));
}

static void test_no_permission(void)
{
    uid_t user = geteuid();
    static const char *const targets[] = {"locked", "locked/x.png"};

    CHECK_EQ(mkdir("locked", 0555), 0);
    CHECK(user != 0 || (chmod(".", 0755) == 0 && seteuid(65534) == 0));
    for (int i = 0; i < 2; i++) {
        struct lx_download_order order =
            order_of(targets[i], "t", "https://h/x", 1);
        struct lx_target target = {0};
        struct lx_error error;

        check_row = targets[i];
        CHECK(!lx_target_find(&target, &order, &error));
        CHECK_EQ(error.kind, LX_KIND_FILE);
        CHECK(error.retryable);
        CHECK_CONTAINS(error.message, "choose another folder");
        CHECK(!target.path && !target.stem);
        CHECK_EQ(lx_target_check(targets[i]), LX_FILE_DENIED);
    }
    CHECK(user != 0 || seteuid(0) == 0);
    CHECK_EQ(rmdir("locked"), 0);
}

int main(void)
{
    const char *base = getenv("TMPDIR");
    char folder[200];

    snprintf(folder, sizeof folder, "%s/lx-target-XXXXXX",
             base ? base : P_tmpdir);
    CHECK(mkdtemp(folder) != NULL);
    CHECK_EQ(chdir(folder), 0);
    CHECK_EQ(mkdir("d", 0700) + mkdir("d.e", 0700) + symlink("d", "link"), 0);
    fclose(fopen("file", "w"));
    test_names();
    test_first_url();
    test_long_names();
    test_media();
    test_promise();
    test_making();
    test_refusals();
    test_checks();
    test_no_permission();
    check_row = "the end";
    CHECK_EQ(unlink("file") + unlink("link") + rmdir("d.e") + rmdir("d"), 0);
    CHECK_EQ(chdir("/") + rmdir(folder), 0);
    return check_report("target");
}
