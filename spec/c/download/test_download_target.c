/* test_download_target.c: downloads into a folder: when the name is found out,
 * and what becomes of one that only the answer can tell. */
#include "http/global.h"
#include "download_rig.h"

static const char BODY[] = "RIFF\x04\0\0\0WEBPVP8 ";

static char clip_path[300];

static void send_clip(const struct request *request, const char *type,
                      const char *more)
{
    say(request->fd,
        "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n",
        type, sizeof BODY - 1, more);
    send_bytes(request->fd, BODY, sizeof BODY - 1);
}

static enum after_answer clip(const struct request *request)
{
    send_clip(request, "image/webp", "");
    return CLOSE;
}

static enum after_answer unknown(const struct request *request)
{
    send_clip(request, "x/y", "");
    return CLOSE;
}

static void send_half(const struct request *request, const char *type,
                      const char *more)
{
    say(request->fd,
        "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n",
        type, sizeof BODY - 1, more);
    send_bytes(request->fd, BODY, 8);
}

static enum after_answer other_type(const struct request *request)
{
    if (request->hit > 0)
        return clip(request);
    send_half(request, "image/png", "");
    return CLOSE;
}

/* The rest comes without its type. */
static enum after_answer resumed(const struct request *request)
{
    if (request->hit == 0) {
        send_half(request, "image/webp", "ETag: \"one\"\r\n");
        return CLOSE;
    }
    say(request->fd,
        "HTTP/1.1 206 Partial Content\r\nContent-Length: %zu\r\n"
        "Content-Range: bytes 8-%zu/%zu\r\nETag: \"one\"\r\n\r\n",
        sizeof BODY - 9, sizeof BODY - 2, sizeof BODY - 1);
    send_bytes(request->fd, BODY + 8, sizeof BODY - 9);
    return CLOSE;
}

static void put(const char *path)
{
    FILE *file = fopen(path, "wb");

    if (file)
        fclose(file);
}

/* The name is taken when half of the bytes are there. */
static enum after_answer rival(const struct request *request)
{
    send_half(request, "image/webp", "");
    put(clip_path);
    send_bytes(request->fd, BODY + 8, sizeof BODY - 9);
    return CLOSE;
}

static enum after_answer moved(const struct request *request)
{
    say(request->fd, "HTTP/1.1 302 Found\r\nLocation: /clip.gif\r\n"
                     "Content-Length: 0\r\n\r\n");
    return CLOSE;
}

static const struct route ROUTES[] = {
    {"/clip", clip},       {"/unknown", unknown}, {"/other/", other_type},
    {"/resumed", resumed}, {"/rival/", rival},    {"/moved", moved},
};

static const struct route *find_route(const char *target)
{
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++)
        if (strncmp(target, ROUTES[i].path, strlen(ROUTES[i].path)) == 0)
            return &ROUTES[i];
    return NULL;
}

/* Into the folder; `more` is added to its path. */
static struct lx_download_order *folder_order(const char *url, const char *more)
{
    struct lx_download_order *order = new_order(url, true);
    char target[sizeof rig_folder + 20];

    snprintf(target, sizeof target, "%s%s", rig_folder, more);
    free(order->target);
    order->target = copy_text(target);
    return order;
}

/* Saved as <folder><name>, nothing but that; removes it. */
static void expect_file(const struct rig *rig, const char *name)
{
    char path[300];
    struct stat status;

    snprintf(path, sizeof path, "%s%s", rig_folder, name);
    CHECK_TEXT(rig->error ? rig->error->message : NULL, NULL);
    CHECK_TEXT(rig->file ? rig->file->path : NULL, path);
    CHECK(lstat(path, &status) == 0 && status.st_size == sizeof BODY - 1);
    CHECK_EQ(unlink(path), 0);
    CHECK(rmdir(rig_folder) == 0 && mkdir(rig_folder, 0700) == 0);
}

static void test_names(struct rig *rig)
{
    static const struct {
        const char *url, *name;
    } rows[] = {
        {"/clip", "/clip.webp"},       {"/clip.jpeg?x=/y.png", "/clip.webp"},
        {"/unknown", "/unknown.webp"}, {"/other/clip", "/clip.webp"},
        {"/resumed", "/resumed.webp"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].url;
        run_rig(rig, folder_order(rows[i].url, ""));
        expect_file(rig, rows[i].name);
    }
    check_row = "a path is kept as it is";
    run_rig(rig, new_order("/clip", true));
    expect_file(rig, "/picture.png");
    check_row = "into memory";
    run_rig(rig, new_order("/clip", false));
    CHECK(rig->file != NULL && rig->file->path == NULL);
}

/* The name that the type gives is not free. */
static void test_taken_names(struct rig *rig)
{
    static const char *const urls[] = {"/clip", "/rival/clip"};
    struct lx_download_order *order;

    for (size_t i = 0; i < 2; i++) {
        check_row = i == 0 ? "taken before" : "taken meanwhile";
        unlink(clip_path);
        if (i == 0)
            put(clip_path);
        run_rig(rig, folder_order(urls[i], "/"));
        expect_error(rig, LX_KIND_FILE, 1,
                     "clip.webp exists already; give overwrite = true to "
                     "replace it");
        CHECK(rig->error != NULL && !rig->error->retryable);
        CHECK(exists(clip_path) && has_no_part());
    }
    check_row = "overwriting is asked for";
    order = folder_order("/clip", "");
    order->overwrite = true;
    run_rig(rig, order);
    expect_file(rig, "/clip.webp");
    check_row = "a folder has the name";
    CHECK_EQ(mkdir(clip_path, 0700), 0);
    order = folder_order("/clip", "");
    order->overwrite = true;
    run_rig(rig, order);
    expect_error(rig, LX_KIND_FILE, 1, "this is a folder");
    CHECK(has_no_part());
    CHECK_EQ(rmdir(clip_path), 0);
}

/* Whoever makes a download waits for no disk: that is for its turn. */
static void test_when(struct rig *rig)
{
    char folder[sizeof rig_folder + 20];

    check_row = "the folder is made when the download begins";
    snprintf(folder, sizeof folder, "%s/new", rig_folder);
    start_rig(rig, folder_order("/clip.png", "/new/"));
    CHECK(!exists(folder));
    CHECK(turn_rig(rig));
    CHECK(exists(folder));
    lx_download_free(rig->download);
    rig->download = NULL;
    CHECK_EQ(rmdir(folder), 0);
    check_row = "no folder to make it in";
    put(clip_path);
    run_rig(rig, folder_order("/clip.png", "/clip.webp/deeper/"));
    expect_error(rig, LX_KIND_FILE, 0, "cannot be made");
    CHECK_EQ(unlink(clip_path), 0);
    CHECK(rig->error != NULL && !rig->error->retryable);
}

static void test_redirect(struct rig *rig)
{
    struct lx_download_order *order;

    check_row = "the first URL names the file";
    run_rig(rig, folder_order("/moved?x", ""));
    CHECK(rig->file != NULL && rig->file->location != NULL);
    CHECK(rig->file == NULL || rig->file->path == NULL);
    order = folder_order(rig->file ? rig->file->location : "/clip", "");
    order->first_url = copy_text("http://127.0.0.1/moved?x");
    run_rig(rig, order);
    expect_file(rig, "/moved.webp");
}

int main(void)
{
    struct rig rig;

    CHECK(lx_global_init());
    start_server();
    open_rig(&rig);
    snprintf(clip_path, sizeof clip_path, "%s/clip.webp", rig_folder);
    test_names(&rig);
    test_taken_names(&rig);
    test_when(&rig);
    test_redirect(&rig);
    close_rig(&rig);
    stop_server();
    return check_report("download_target");
}
