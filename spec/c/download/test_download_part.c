/* test_download_part.c: when a small file that takes its time is to be seen as
 * a .part, and when it is not. */
#include "http/global.h"
#include "download_rig.h"

static const char BYTES[] = "\x89PNG\r\n\x1a\n and some more";
enum { LENGTH = sizeof(BYTES) - 1 };

static void begin_answer(const struct request *request)
{
    say(request->fd,
        "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nETag: \"e\"\r\n"
        "Content-Length: %d\r\n\r\n",
        LENGTH * 2);
    send_bytes(request->fd, BYTES, LENGTH);
}

static enum after_answer answer_hang(const struct request *request)
{
    begin_answer(request);
    return KEEP;
}

static enum after_answer answer_cut(const struct request *request)
{
    begin_answer(request);
    return CLOSE;
}

static enum after_answer answer_nothing(const struct request *request)
{
    (void)request;
    return KEEP;
}

static const struct route ROUTES[] = {
    {"/hang", answer_hang}, {"/cut", answer_cut}, {"/nothing", answer_nothing}};

static const struct route *find_route(const char *target)
{
    for (size_t i = 0; i < sizeof(ROUTES) / sizeof(ROUTES[0]); i++)
        if (strncmp(target, ROUTES[i].path, strlen(ROUTES[i].path)) == 0)
            return &ROUTES[i];
    return NULL;
}

static void await_bytes(struct rig *rig, const char *target)
{
    uint64_t bytes = 0, total;

    start_rig(rig, new_spec(target, true));
    while (bytes < LENGTH && turn_rig(rig))
        lx_download_progress(rig->download, &bytes, &total);
    CHECK_EQ(bytes, LENGTH);
}

static void end(struct rig *rig)
{
    lx_download_free(rig->download);
    rig->download = NULL;
    unlink(rig_part_path);
}

static long part_length(void)
{
    struct stat status;

    return lstat(rig_part_path, &status) == 0 ? (long)status.st_size : -1;
}

static void test_time(struct rig *rig)
{
    int64_t due_ms = 0;

    check_row = "after a moment it is seen";
    await_bytes(rig, "/hang");
    while (part_length() < 0 && turn_rig(rig))
        continue;
    CHECK_EQ(part_length(), LENGTH);
    CHECK_EQ(lx_download_poll(rig->download, &due_ms), LX_DOWNLOAD_RUNNING);
    CHECK(due_ms > lx_now_ms() + 5000); /* of the stall: no more to look for */
    end(rig);

    check_row = "nothing came: there is nothing to be seen";
    start_rig(rig, new_spec("/nothing", true));
    CHECK(turn_rig(rig));
    CHECK_EQ(lx_download_poll(rig->download, &due_ms), LX_DOWNLOAD_RUNNING);
    CHECK(due_ms > lx_now_ms() + 5000);
    CHECK_EQ(part_length(), -1);
    end(rig);
}

static void test_told(struct rig *rig)
{
    check_row = "what is told of is there";
    await_bytes(rig, "/hang");
    lx_download_show(rig->download);
    CHECK_EQ(part_length(), LENGTH);
    end(rig);

    check_row = "and what waits for the next request";
    int64_t due_ms = 0;
    start_rig(rig, new_spec("/cut", true));
    CHECK(turn_rig(rig)); /* begins; from here on no pause ends */
    while (lx_download_poll(rig->download, &due_ms) == LX_DOWNLOAD_RUNNING) {
        lx_http_wait(rig->http, 1000);
        lx_http_perform(rig->http);
    }
    CHECK_EQ(lx_download_poll(rig->download, &due_ms), LX_DOWNLOAD_PAUSED);
    CHECK_EQ(part_length(), LENGTH);
    end(rig);
}

/* What stands in its way is told as soon as it is known. */
static void test_refusal(struct rig *rig, const char *target, bool is_late)
{
    check_row = target;
    if (!is_late)
        CHECK_EQ(mkdir(rig_part_path, 0700), 0);
    start_rig(rig, new_spec(target, true));
    CHECK(turn_rig(rig) || !is_late);
    if (is_late)
        CHECK_EQ(mkdir(rig_part_path, 0700), 0);
    finish_rig(rig);
    CHECK(rig->file == NULL);
    CHECK(rig->error != NULL);
    if (rig->error != NULL) {
        CHECK_EQ(rig->error->kind, LX_KIND_FILE);
        CHECK_EQ(rig->error->charged, LX_CHARGED_YES);
        CHECK_CONTAINS(rig->error->message,
                       "picture.png.part: this is a folder");
    }
    CHECK_EQ(requests_seen(), is_late);
    CHECK_EQ(rmdir(rig_part_path), 0);
}

int main(void)
{
    struct rig rig;

    CHECK(lx_global_init());
    start_server();
    open_rig(&rig);
    test_time(&rig);
    test_told(&rig);
    test_refusal(&rig, "/hang", false);
    test_refusal(&rig, "/hang", true);
    test_refusal(&rig, "/cut", true);
    check_row = "the end";
    close_rig(&rig);
    stop_server();
    return check_report("download_part");
}
