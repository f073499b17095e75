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
static struct lx_download_order spec_of(const char *target, const char *task_id,
                                        const char *url, int number)
{
    return (struct lx_download_order){.url = (char *)url,
                                      .target = (char *)target,
                                      .task_id = (char *)task_id,
                                      .number = number};
}

/* ---- names in a folder ---- */

static const struct {
    const char *target, *task_id, *url;
    int number;
    const char *path; /* NULL: the content type is waited for */
    const char *part_path;
} NAMES[] = {
    /* the folder */
    {"d", "t", "https://h/x.png", 1, "d/t-1.png", "d/t-1.png.part"},
    {"d/", "t", "https://h/x.png", 2, "d/t-2.png", "d/t-2.png.part"},
    {"d//", "t", "https://h/x.png", 1, "d/t-1.png", "d/t-1.png.part"},
    {"./d", "t", "https://h/x.png", 1, "./d/t-1.png", "./d/t-1.png.part"},
    {".", "t", "https://h/x.png", 1, "./t-1.png", "./t-1.png.part"},
    {"/", "t", "https://h/x.png", 1, "/t-1.png", "/t-1.png.part"},
    {"//", "t", "https://h/x.png", 1, "/t-1.png", "/t-1.png.part"},
    {"link", "t", "https://h/x.png", 1, "link/t-1.png", "link/t-1.png.part"},
    /* the extension */
    {"d", "t", "https://h/a.JPEG?x=y.gif", 1, "d/t-1.jpeg", "d/t-1.jpeg.part"},
    {"d", "t", "https://h/v.mp4#f.png", 1, "d/t-1.mp4", "d/t-1.mp4.part"},
    {"d", "t", "https://h", 1, NULL, "d/t-1.part"},
    {"d", "t", "https://h.png", 1, NULL, "d/t-1.part"},
    {"d", "t", "https://h.png?a/b.png", 1, NULL, "d/t-1.part"},
    {"d", "t", "https://h/a.php", 1, NULL, "d/t-1.part"},
    {"d", "t", "https://h/a.html", 1, NULL, "d/t-1.part"},
    {"d", "t", "https://h/a.bin", 1, NULL, "d/t-1.part"},
    {"d", "t", "https://h/a.png/", 1, NULL, "d/t-1.part"},
    {"d", "t", "https://h/png", 1, NULL, "d/t-1.part"},
    {"d", "t", "https://h/a.", 1, NULL, "d/t-1.part"},
    {"d", "t", "https://h/a.png%00", 1, NULL, "d/t-1.part"},
    /* what comes from outside */
    {"d", "task_1", "https://h/x", 1, NULL, "d/task_1-1.part"},
    {"d", "../../etc/passwd", "https://h/x", 1, NULL,
     "d/_.._etc_passwd-1.part"},
    {"d", ".hidden", "https://h/x", 1, NULL, "d/hidden-1.part"},
    {"d", "a b/c\\d:e\n", "https://h/x", 1, NULL, "d/a_b_c_d_e_-1.part"},
    {"d", "\xe4\xbd\xa0", "https://h/x", 1, NULL, "d/___-1.part"},
    {"d", "..", "https://h/x", 1, NULL, "d/task-1.part"},
    {"d", "", "https://h/x", 2147483647, NULL, "d/task-2147483647.part"},
    /* no task: the URL names it */
    {"d", NULL, "https://h/p/pic.png?token=1", 1, "d/pic.png",
     "d/pic.png.part"},
    {"d", NULL, "https://h/p/pic.php", 1, NULL, "d/pic.php.part"},
    {"d", NULL, "https://h/p/a.b.PNG", 1, "d/a.b.png", "d/a.b.png.part"},
    {"d", NULL, "https://h/.png", 1, "d/download.png", "d/download.png.part"},
    {"d", NULL, "https://h/..%2fx", 1, NULL, "d/_2fx.part"},
    {"d", NULL, "https://h/..", 1, NULL, "d/download.part"},
    {"d", NULL, "https://h/", 1, NULL, "d/download.part"},
    {"d", NULL, "https://h?x=http://i/j.png", 1, NULL, "d/download.part"},
    {"d", NULL, "https://h/a?x=http://i/j.png", 1, NULL, "d/a.part"},
    {"d", NULL, "", 1, NULL, "d/download.part"},
    /* a path: as it was given, further files numbered */
    {"x", "t", "https://h/x.png", 1, "x", "x.part"},
    {"d/x.tar.png", "t", "https://h/x.jpg", 1, "d/x.tar.png",
     "d/x.tar.png.part"},
    {"d/x.tar.png", "t", "https://h/x.jpg", 2, "d/x.tar-2.png",
     "d/x.tar-2.png.part"},
    {"d.e/plain", "t", "https://h/x", 3, "d.e/plain-3", "d.e/plain-3.part"},
    {"d/.hidden", "t", "https://h/x", 2, "d/.hidden-2", "d/.hidden-2.part"},
    {".hidden", "t", "https://h/x", 2, ".hidden-2", ".hidden-2.part"},
    {"d/x.", "t", "https://h/x", 2, "d/x.-2", "d/x.-2.part"},
    {"/x.png", NULL, "https://h/x", 1, "/x.png", "/x.png.part"},
    {"file", NULL, "https://h/x", 1, "file", "file.part"},
};

static void test_names(void)
{
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        struct lx_download_order spec = spec_of(
            NAMES[i].target, NAMES[i].task_id, NAMES[i].url, NAMES[i].number);
        struct lx_target target = {0};

        check_row = NAMES[i].part_path;
        if (NAMES[i].target[0] == '/' && access("/", W_OK) != 0)
            continue;
        CHECK(lx_target_find(&target, &spec, NULL));
        CHECK_TEXT(target.path, NAMES[i].path);
        CHECK_TEXT(target.part_path, NAMES[i].part_path);
        CHECK_EQ(target.takes_type, NAMES[i].path == NULL);
        lx_target_deinit(&target);
        CHECK(!target.path && !target.part_path);
    }
}

static void test_first_url(void)
{
    struct lx_download_order spec = spec_of("d", NULL, "https://i/y.gif", 1);
    struct lx_target target = {0};

    check_row = "a redirect changes no name";
    spec.first_url = (char *)"https://h/x.png";
    CHECK(lx_target_find(&target, &spec, NULL));
    CHECK_TEXT(target.path, "d/x.png");
    lx_target_deinit(&target);
}

/* A hundred bytes of it are kept. */
static void test_long_names(void)
{
    char id[5001], wanted[120], path[4001];
    struct lx_target target = {0};

    check_row = "long names";
    memset(id, 'x', sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';
    snprintf(wanted, sizeof(wanted), "d/%.100s-1.part", id);
    struct lx_download_order spec = spec_of("d", id, "https://h/x", 1);
    CHECK(lx_target_find(&target, &spec, NULL));
    CHECK_TEXT(target.part_path, wanted);
    lx_target_deinit(&target);
    memset(path, '/', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    path[0] = 'd';
    spec.target = path;
    CHECK(lx_target_find(&target, &spec, NULL));
    CHECK_EQ(target.part_path ? strlen(target.part_path) : 0, 109);
    lx_target_deinit(&target);
}

static void test_types(void)
{
    static const char *const rows[][2] = {
        {"image/png", "d/x.png"},
        {"IMAGE/WEBP", "d/x.webp"},
        {"image/jpeg; charset=binary", "d/x.jpg"},
        {"audio/x-wav", "d/x.wav"},
        {"video/quicktime", "d/x.mov"},
        {"application/x-sh", "d/x.bin"},
        {"text/html", "d/x.bin"},
        {"", "d/x.bin"},
    };
    struct lx_download_order spec = spec_of("d", NULL, "https://h/x", 1);
    struct lx_target target = {0};

    CHECK(lx_target_find(&target, &spec, NULL));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_row = rows[i][0];
        CHECK(lx_target_take_type(&target, rows[i][0], NULL));
        CHECK_TEXT(target.path, rows[i][1]);
        CHECK_TEXT(target.part_path, "d/x.part");
    }
    lx_target_deinit(&target);
}

/* ---- folders ---- */

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void test_making(void)
{
    struct lx_download_order spec = spec_of("new//", "t", "https://h/x", 1);

    for (int i = 0; i < 3; i++) {
        struct lx_target target = {0};

        check_row = i == 0   ? "a folder is made"
                    : i == 1 ? "it is there"
                             : "it is made by somebody else meanwhile";
        has_rival = i == 2;
        if (has_rival)
            CHECK_EQ(rmdir("new"), 0);
        CHECK(lx_target_find(&target, &spec, NULL));
        CHECK(is_folder("new"));
        CHECK_TEXT(target.part_path, "new/t-1.part");
        lx_target_deinit(&target);
    }
    has_rival = false;
    CHECK_EQ(rmdir("new"), 0);
}

static void test_refusals(void)
{
    static const char *const rows[][2] = {
        {"none/deeper/", "the folder none/deeper/ cannot be made: the folder "
                         "to put it in does not exist"},
        {"file/", "the folder file/ cannot be made: something that is no "
                  "folder"},
        {"file/x/", "the folder file/x/ cannot be made: a part of the path is "
                    "a file"},
        {"none/x.png", "the folder none/ does not exist; make it first"},
        {"file/x.png", "the folder file/ does not exist; make it first"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lx_download_order spec =
            spec_of(rows[i][0], "t", "https://h/x", 1);
        struct lx_target target = {0};
        struct lx_error error;

        check_row = rows[i][0];
        CHECK(!lx_target_find(&target, &spec, &error));
        CHECK_EQ(error.kind, LX_KIND_FILE);
        CHECK(!error.retryable);
        CHECK_CONTAINS(error.message, rows[i][1]);
        CHECK(!target.path && !target.part_path);
        lx_target_deinit(&target);
    }
    CHECK(!is_folder("none"));
}

static void test_no_permission(void)
{
    uid_t user = geteuid();
    static const char *const targets[] = {"locked", "locked/x.png"};

    CHECK_EQ(mkdir("locked", 0555), 0);
    CHECK(user != 0 || (chmod(".", 0755) == 0 && seteuid(65534) == 0));
    for (int i = 0; i < 2; i++) {
        struct lx_download_order spec =
            spec_of(targets[i], "t", "https://h/x", 1);
        struct lx_target target = {0};
        struct lx_error error;

        check_row = targets[i];
        CHECK(!lx_target_find(&target, &spec, &error));
        CHECK_EQ(error.kind, LX_KIND_FILE);
        CHECK(error.retryable);
        CHECK_CONTAINS(error.message, "choose another folder");
        CHECK(!target.path && !target.part_path);
    }
    CHECK(user != 0 || seteuid(0) == 0);
    CHECK_EQ(rmdir("locked"), 0);
}

int main(void)
{
    const char *base = getenv("TMPDIR");
    char folder[200];

    snprintf(folder, sizeof(folder), "%s/lx-target-XXXXXX",
             base != NULL ? base : P_tmpdir);
    CHECK(mkdtemp(folder) != NULL);
    CHECK_EQ(chdir(folder), 0);
    CHECK_EQ(mkdir("d", 0700) + mkdir("d.e", 0700) + symlink("d", "link"), 0);
    fclose(fopen("file", "w"));
    test_names();
    test_first_url();
    test_long_names();
    test_types();
    test_making();
    test_refusals();
    test_no_permission();
    check_row = "the end";
    CHECK_EQ(unlink("file") + unlink("link") + rmdir("d.e") + rmdir("d"), 0);
    CHECK_EQ(chdir("/") + rmdir(folder), 0);
    return check_report("target");
}
