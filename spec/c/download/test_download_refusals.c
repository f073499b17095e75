/* test_download_refusals.c: downloads that must fail: with which kind, after
 * how many requests, and with nothing left on the disk. */
#include "http/global.h"
#include "download_rig.h"

#define PNG "\x89PNG\r\n\x1a\n"

/* ---- routes ---- */

/* /status/<status and more header lines, _ for a space, | for end of line> */
static enum after_answer status_of_path(const struct request *request)
{
    char lines[300] = "";
    const char *at = strstr(request->text, "/status/") + 8;

    for (size_t i = 0; *at != ' ' && i + 3 < sizeof lines; at++) {
        const char *part = *at == '_' ? " " : *at == '|' ? "\r\n" : NULL;
        char letter[2] = {*at, '\0'};
        snprintf(lines + i, sizeof lines - i, "%s", part ? part : letter);
        i += strlen(lines + i);
    }
    say(request->fd, "HTTP/1.1 %s\r\nContent-Length: 6\r\n\r\n<html>", lines);
    return CLOSE;
}

static enum after_answer body(const struct request *request, const char *lines,
                              const char *bytes)
{
    say(request->fd, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n%s\r\n",
        strlen(bytes), lines);
    send_bytes(request->fd, bytes, strlen(bytes));
    return CLOSE;
}

static enum after_answer html(const struct request *request)
{
    return body(request, "Content-Type: text/html\r\n", "<html>Sorry</html>");
}

static enum after_answer hidden_html(const struct request *request)
{
    return body(request, "Content-Type: image/png\r\n", "<html>Sorry</html>");
}

static enum after_answer json(const struct request *request)
{
    return body(request, "Content-Type: image/png\r\n", "{\"code\":500}");
}

static enum after_answer text(const struct request *request)
{
    return body(request, "Content-Type: text/plain\r\n", "AccessDenied");
}

static enum after_answer long_html(const struct request *request)
{
    static const char start[] = "<html>";

    say(request->fd,
        "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nETag: \"one\"\r\n\r\n%s",
        CONTENT_BYTES, start);
    send_content(request->fd, 1, sizeof start - 1, CONTENT_BYTES);
    return CLOSE;
}

static enum after_answer empty(const struct request *request)
{
    return body(request, "Content-Type: image/png\r\n", "");
}

static enum after_answer octets(const struct request *request)
{
    return body(request, "Content-Type: application/octet-stream\r\n", PNG);
}

static enum after_answer declared(const struct request *request)
{
    say(request->fd, "HTTP/1.1 200 OK\r\nContent-Length: 209715201\r\n\r\n"
                     "x");
    return CLOSE;
}

static enum after_answer running(const struct request *request)
{
    say(request->fd, "HTTP/1.1 200 OK\r\n\r\n" PNG "01IENDcccc");
    return CLOSE;
}

static enum after_answer always_short(const struct request *request)
{
    say(request->fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" PNG);
    return CLOSE;
}

/* More than its own Content-Range says. */
static enum after_answer too_long(const struct request *request)
{
    if (request->first < 0)
        say(request->fd, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n"
                         "ETag: \"a\"\r\n\r\n" PNG);
    else
        say(request->fd, "HTTP/1.1 206 OK\r\nContent-Range: bytes 8-19/20\r\n"
                         "\r\n0123456789abcdef");
    return CLOSE;
}

static enum after_answer unasked_part(const struct request *request)
{
    say(request->fd, "HTTP/1.1 206 OK\r\nContent-Range: bytes 4-11/12\r\n"
                     "Content-Length: 8\r\n\r\n" PNG);
    return CLOSE;
}

static enum after_answer silence(const struct request *request)
{
    (void)request;
    return KEEP;
}

static enum after_answer garbage(const struct request *request)
{
    say(request->fd, "SSH-2.0-OpenSSH_9\r\n");
    return CLOSE;
}

static enum after_answer endless_head(const struct request *request)
{
    say(request->fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 10000; i++)
        say(request->fd, "X-Filler-Filler: 0123456789012345678901234\r\n");
    return CLOSE;
}

/* While it answers, somebody else makes the file. */
static enum after_answer rival(const struct request *request)
{
    FILE *file = fopen(rig_path, "wb");

    fputs("rival", file);
    fclose(file);
    return octets(request);
}

static const struct route ROUTES[] = {
    {"/status/", status_of_path},
    {"/html", html},
    {"/hidden_html", hidden_html},
    {"/json", json},
    {"/text", text},
    {"/long_html", long_html},
    {"/empty", empty},
    {"/octets", octets},
    {"/declared", declared},
    {"/running", running},
    {"/always_short", always_short},
    {"/too_long", too_long},
    {"/unasked_part", unasked_part},
    {"/silence", silence},
    {"/garbage", garbage},
    {"/endless_head", endless_head},
    {"/rival", rival},
};

static const struct route *find_route(const char *target)
{
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++)
        if (strncmp(target, ROUTES[i].path, strlen(ROUTES[i].path)) == 0)
            return &ROUTES[i];
    return NULL;
}

/* ---- tests ---- */

/* The policy allows three attempts. */
static const struct {
    const char *target;
    enum lx_kind kind;
    int requests, status;
    const char *words;
} CASES[] = {
    {"/status/400_Bad", LX_KIND_EXPIRED, 1, 400, "the URL is dead"},
    {"/status/401_No", LX_KIND_EXPIRED, 1, 401, "the URL is dead"},
    {"/status/405_No", LX_KIND_DOWNLOAD, 1, 405, "405"},
    {"/status/403_No", LX_KIND_EXPIRED, 1, 403, "the URL is dead"},
    {"/status/404_No", LX_KIND_EXPIRED, 1, 404, "the URL is dead"},
    {"/status/410_Gone", LX_KIND_EXPIRED, 1, 410, "the URL is dead"},
    {"/status/416_No", LX_KIND_DOWNLOAD, 1, 416, "416"},
    {"/status/302_Found", LX_KIND_DOWNLOAD, 1, 302, "where to"},
    {"/status/429_X|Retry-After:_9", LX_KIND_RATE_LIMITED, 3, 429, "later"},
    {"/status/500_X", LX_KIND_SERVER, 3, 500, "later"},
    {"/status/503_X", LX_KIND_SERVER, 3, 503, "later"},
    {"/html", LX_KIND_DOWNLOAD, 1, 200, "text/html"},
    {"/hidden_html", LX_KIND_DOWNLOAD, 1, 200, "page"},
    {"/long_html", LX_KIND_DOWNLOAD, 1, 200, "page"},
    {"/json", LX_KIND_DOWNLOAD, 1, 200, "page"},
    {"/text", LX_KIND_DOWNLOAD, 1, 200, "text/plain"},
    {"/empty", LX_KIND_DOWNLOAD, 1, 200, "empty"},
    {"/declared", LX_KIND_DOWNLOAD, 1, 200, "too large: 209715201"},
    {"/always_short", LX_KIND_DOWNLOAD, 4, 200, "8 of 100"},
    {"/too_long", LX_KIND_DOWNLOAD, 2, 206, "more than"},
    {"/unasked_part", LX_KIND_DOWNLOAD, 3, 206, "fit together"},
    {"/garbage", LX_KIND_DOWNLOAD, 3, 0, "cut"},
    {"/endless_head", LX_KIND_NETWORK, 3, 0, "cut"},
    {"/silence", LX_KIND_TIMEOUT, 3, 0, "silent"},
    {"http://none.test/x?token=1", LX_KIND_NETWORK, 0, 0, "resolve"},
    {"ftp://127.0.0.1/x?token=1", LX_KIND_DOWNLOAD, 0, 0, "neither"},
    {"file:///etc/passwd", LX_KIND_DOWNLOAD, 0, 0, "neither"},
    {"http://[::x/?token=1", LX_KIND_DOWNLOAD, 0, 0, "cannot be read"},
};

static void test_kinds(struct rig *rig)
{
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct lx_download_order *order = new_order(CASES[i].target, true);

        check_row = CASES[i].target;
        if (CASES[i].kind == LX_KIND_TIMEOUT)
            order->stall_ms = 1000;
        run_rig(rig, order);
        expect_error(rig, CASES[i].kind, CASES[i].requests, CASES[i].words);
        CHECK(!exists(rig_path));
        CHECK(has_no_part());
        if (!rig->error)
            continue;
        CHECK(rig->error->retryable);
        CHECK_EQ(rig->error->http_status, CASES[i].status);
        if (CASES[i].requests > 0)
            CHECK_EQ(rig->error->attempts, CASES[i].requests);
        CHECK_EQ(rig->error->retry_after_ms,
                 CASES[i].status == 429 ? 9000 : -1);
    }
}

static void test_stages(struct rig *rig)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    char url[100];
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    check_row = "nobody listens";
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK_EQ(bind(fd, (struct sockaddr *)&address, length), 0);
    CHECK_EQ(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    run_rig(rig, new_order(url, false));
    expect_error(rig, LX_KIND_NETWORK, 0, "cut");
    CHECK_EQ(rig->error ? rig->error->stage : LX_STAGE_NONE, LX_STAGE_CONNECT);
    CHECK_EQ(rig->error ? rig->error->attempts : 0, 3);
    close(fd);
    check_row = "no such name";
    run_rig(rig, new_order("http://none.test/", false));
    CHECK_EQ(rig->error ? rig->error->stage : LX_STAGE_NONE, LX_STAGE_RESOLVE);
    check_row = "no TLS";
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", server.port);
    run_rig(rig, new_order(url, false));
    CHECK_EQ(rig->error ? rig->error->stage : LX_STAGE_NONE, LX_STAGE_TLS);
}

static void test_size(struct rig *rig)
{
    for (uint64_t most = 17; most <= 18; most++)
        for (int to_file = 0; to_file < 2; to_file++) {
            struct lx_download_order *order = new_order("/running", to_file);

            check_row = "as many bytes as are allowed, or one more";
            unlink(rig_path);
            order->max_bytes = most;
            run_rig(rig, order);
            if (most == 17)
                expect_error(rig, LX_KIND_DOWNLOAD, 1, "max_download");
            else
                CHECK(rig->file != NULL && rig->file->length == 18);
            CHECK(has_no_part());
        }
    unlink(rig_path);
}

static void test_files(struct rig *rig)
{
    struct lx_download_order *order;

    check_row = "the name is taken meanwhile";
    run_rig(rig, new_order("/rival", true));
    expect_error(rig, LX_KIND_FILE, 1, "exists");
    CHECK(rig->error != NULL && !rig->error->retryable);
    CHECK(exists(rig_path) && has_no_part());
    check_row = "the name is taken before";
    run_rig(rig, new_order("/octets", true));
    expect_error(rig, LX_KIND_FILE, 0, "exists");
    CHECK(rig->error != NULL && !rig->error->retryable);
    check_row = "overwriting is asked for";
    order = new_order("/octets", true);
    order->overwrite = true;
    run_rig(rig, order);
    CHECK(rig->file != NULL && rig->file->length == 8);
    unlink(rig_path);
    check_row = "no folder";
    order = new_order("/octets", true);
    free(order->target);
    order->target = copy_text("/dev/null/folder/file");
    run_rig(rig, order);
    expect_error(
        rig, LX_KIND_FILE, 0,
        "the folder /dev/null cannot be made: something has that name");
    CHECK(rig->error != NULL && !rig->error->retryable);
}

int main(void)
{
    struct rig rig;

    CHECK(lx_global_init());
    start_server();
    open_rig(&rig);
    test_kinds(&rig);
    test_stages(&rig);
    test_size(&rig);
    test_files(&rig);
    check_row = "the end";
    close_rig(&rig);
    stop_server();
    return check_report("download_refusals");
}
