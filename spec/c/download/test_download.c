/* test_download.c: downloads that end well, however rough the way: cuts,
 * resumes, servers that do not keep to the protocol. Over real sockets. */
#include "http/global.h"
#include "download_rig.h"

#define HALF  (CONTENT_BYTES / 2)
#define STEPS 6 /* cuts with progress: more than attempts are allowed */

static void send_head(const struct request *request, const char *more)
{
    say(request->fd,
        "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
        "Content-Length: %d\r\n%s\r\n",
        CONTENT_BYTES, more);
}

static void send_part_head(const struct request *request, long first,
                           const char *more)
{
    say(request->fd,
        "HTTP/1.1 206 Partial Content\r\nContent-Length: %ld\r\n"
        "Content-Range: bytes %ld-%d/%d\r\n%s\r\n",
        CONTENT_BYTES - first, first, CONTENT_BYTES - 1, CONTENT_BYTES, more);
}

static enum after_answer send_whole(const struct request *request, int seed)
{
    send_head(request, "ETag: \"one\"\r\n");
    send_content(request->fd, seed, 0, CONTENT_BYTES);
    return CLOSE;
}

static enum after_answer plain(const struct request *request)
{
    return send_whole(request, 1);
}

static enum after_answer send_half(const struct request *request,
                                   const char *validator)
{
    send_head(request, validator);
    send_content(request->fd, 1, 0, HALF);
    return CLOSE;
}

static enum after_answer cut_often(const struct request *request)
{
    long first = request->first < 0 ? 0 : request->first;
    long last = CONTENT_BYTES * (long)(request->hit + 1) / STEPS;

    if (request->first < 0)
        send_head(request, "ETag: \"one\"\r\n");
    else
        send_part_head(request, first, "ETag: \"one\"\r\n");
    send_content(request->fd, 1, first, last);
    return CLOSE;
}

/* Before an answer too: resets count as cuts without progress. */
static enum after_answer reset_first(const struct request *request)
{
    return request->hit < 2 ? RESET : plain(request);
}

static enum after_answer cut_by_date(const struct request *request)
{
    if (request->hit == 0)
        return send_half(request, "ETag: W/\"weak\"\r\nLast-Modified: "
                                  "Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    send_part_head(request, HALF, "");
    send_content(request->fd, 1, HALF, CONTENT_BYTES);
    return CLOSE;
}

static enum after_answer cut_without_validator(const struct request *request)
{
    return request->hit == 0 ? send_half(request, "") : plain(request);
}

static enum after_answer changed(const struct request *request)
{
    if (request->hit == 0)
        return send_half(request, "ETag: \"one\"\r\n");
    send_head(request, "ETag: \"two\"\r\n");
    send_content(request->fd, 2, 0, CONTENT_BYTES);
    return CLOSE;
}

/* If-Range is ignored, and the file is another. */
static enum after_answer deaf(const struct request *request)
{
    if (request->hit == 0)
        return send_half(request, "ETag: \"one\"\r\n");
    if (request->first >= 0) {
        send_part_head(request, request->first, "ETag: \"two\"\r\n");
        send_content(request->fd, 2, request->first, CONTENT_BYTES);
        return CLOSE;
    }
    send_head(request, "ETag: \"two\"\r\n");
    send_content(request->fd, 2, 0, CONTENT_BYTES);
    return CLOSE;
}

static enum after_answer wrong_start(const struct request *request)
{
    if (request->hit == 0)
        return send_half(request, "ETag: \"one\"\r\n");
    if (request->first < 0)
        return plain(request);
    send_part_head(request, 5, "ETag: \"one\"\r\n");
    send_content(request->fd, 1, 5, CONTENT_BYTES);
    return CLOSE;
}

static void send_chunk(int fd, long from, long to)
{
    say(fd, "%lx\r\n", (unsigned long)(to - from));
    send_content(fd, 1, from, to);
    say(fd, "\r\n");
}

static enum after_answer chunked(const struct request *request)
{
    say(request->fd, "HTTP/1.1 103 Early Hints\r\nETag: \"no\"\r\n\r\n"
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                     "ETag: \"one\"\r\n\r\n");
    send_chunk(request->fd, 0, HALF);
    send_chunk(request->fd, HALF, CONTENT_BYTES);
    say(request->fd, "0\r\nX-Trailer: 1\r\n\r\n");
    return CLOSE;
}

/* All bytes come, but not the mark of the end. */
static enum after_answer chunked_to_the_brink(const struct request *request)
{
    if (request->hit == 0) {
        say(request->fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                         "ETag: \"one\"\r\n\r\n");
        send_chunk(request->fd, 0, CONTENT_BYTES);
    } else {
        say(request->fd,
            "HTTP/1.1 416 X\r\nContent-Length: 0\r\n"
            "Content-Range: bytes */%d\r\n\r\n",
            CONTENT_BYTES);
    }
    return CLOSE;
}

static enum after_answer unsatisfiable(const struct request *request)
{
    if (request->hit == 0)
        return send_half(request, "ETag: \"one\"\r\n");
    if (request->first < 0)
        return send_whole(request, 2);
    say(request->fd, "HTTP/1.1 416 X\r\nContent-Length: 3\r\n"
                     "Content-Range: bytes */7\r\n\r\nbad");
    return CLOSE;
}

static enum after_answer old_http(const struct request *request)
{
    say(request->fd, "HTTP/1.0 200 OK\r\n\r\n");
    send_content(request->fd, 1, 0, CONTENT_BYTES);
    return CLOSE;
}

static enum after_answer busy_first(const struct request *request)
{
    if (request->hit > 0)
        return plain(request);
    say(request->fd, "HTTP/1.1 429 X\r\nRetry-After: 7\r\n"
                     "Content-Length: 4\r\n\r\nwait");
    return CLOSE;
}

static enum after_answer broken_first(const struct request *request)
{
    if (request->hit > 0)
        return plain(request);
    say(request->fd, "HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n");
    return CLOSE;
}

static enum after_answer stall_first(const struct request *request)
{
    if (request->first >= 0) {
        send_part_head(request, request->first, "ETag: \"one\"\r\n");
        send_content(request->fd, 1, request->first, CONTENT_BYTES);
        return CLOSE;
    }
    send_half(request, "ETag: \"one\"\r\n");
    return KEEP;
}

/* Held open until its client goes. */
static enum after_answer kept(const struct request *request)
{
    send_whole(request, 1);
    return KEEP;
}

static const struct route ROUTES[] = {
    {"/plain", plain},
    {"/cut_often", cut_often},
    {"/reset_first", reset_first},
    {"/cut_by_date", cut_by_date},
    {"/cut_without_validator", cut_without_validator},
    {"/changed", changed},
    {"/deaf", deaf},
    {"/wrong_start", wrong_start},
    {"/chunked ", chunked},
    {"/chunked_to_the_brink", chunked_to_the_brink},
    {"/unsatisfiable", unsatisfiable},
    {"/old_http", old_http},
    {"/busy_first", busy_first},
    {"/broken_first", broken_first},
    {"/stall_first", stall_first},
    {"/kept", kept},
};

static const struct route *find_route(const char *target)
{
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++)
        if (strncmp(target, ROUTES[i].path, strlen(ROUTES[i].path)) == 0)
            return &ROUTES[i];
    return NULL;
}

/* What comes of each route, to a file and into memory. rest: the last request
 * asks for the rest with this If-Range; NULL: for all. */
static const struct {
    const char *path;
    int requests, seed;
    const char *rest;
    int64_t pause_ms;
} CASES[] = {
    {"/plain", 1, 1, NULL, 0},
    {"/cut_often", STEPS, 1, "\"one\"", 0},
    {"/reset_first", 3, 1, NULL, 0},
    {"/cut_by_date", 2, 1, "Sun, 06 Nov 1994 08:49:37 GMT", 0},
    {"/cut_without_validator", 2, 1, NULL, 0},
    {"/changed", 2, 2, "\"one\"", 0},
    {"/deaf", 3, 2, NULL, 0},
    {"/wrong_start", 3, 1, NULL, 0},
    {"/chunked", 1, 1, NULL, 0},
    {"/chunked_to_the_brink", 2, 1, "\"one\"", 0},
    {"/unsatisfiable", 3, 2, NULL, 0},
    {"/old_http", 1, 1, NULL, 0},
    {"/busy_first", 2, 1, NULL, 7000},
    {"/broken_first", 2, 1, NULL, 0},
    {"/stall_first", 2, 1, "\"one\"", 0},
    {"/kept", 1, 1, NULL, 0},
};

static void check_requests(size_t i)
{
    char wanted[100];
    const char *last = request_text(CASES[i].requests - 1);

    CHECK_EQ(requests_seen(), CASES[i].requests);
    if (!CASES[i].rest) {
        CHECK(strstr(last, "Range:") == NULL);
        return;
    }
    snprintf(wanted, sizeof wanted, "\r\nIf-Range: %s\r\n", CASES[i].rest);
    CHECK_CONTAINS(last, wanted);
    CHECK_CONTAINS(last, "\r\nRange: bytes=");
}

static void test_ways(struct rig *rig)
{
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        for (int to_file = 0; to_file < 2; to_file++) {
            struct lx_download_order *order = new_order(CASES[i].path, to_file);

            check_row = CASES[i].path;
            if (strcmp(CASES[i].path, "/stall_first") == 0)
                order->stall_ms = 2000;
            unlink(rig_path);
            run_rig(rig, order);
            CHECK_TEXT(rig->error != NULL ? rig->error->message : NULL, NULL);
            check_requests(i);
            /* What is left of it when the rig looks, which may be late. */
            CHECK(rig->longest_pause_ms >= CASES[i].pause_ms / 2);
            CHECK(rig->longest_pause_ms <= CASES[i].pause_ms + 500);
            if (!rig->file)
                continue;
            CHECK_EQ(rig->file->length, CONTENT_BYTES);
            CHECK_TEXT(rig->file->location, NULL);
            CHECK(to_file ? file_is_content(rig_path, CASES[i].seed)
                          : is_content(rig->file->bytes, rig->file->length,
                                       CASES[i].seed));
            CHECK(to_file == (rig->file->bytes == NULL));
            CHECK(has_no_part());
        }
}

static void test_what_is_sent(struct rig *rig)
{
    check_row = "what is sent";
    unlink(rig_path);
    run_rig(rig, new_order("/plain/./../a%2fb%41?token=exp=1~hmac=0+0&u=//#x",
                           true));
    const char *text = request_text(0);
    CHECK_EQ(strncmp(text,
                     "GET /plain/./../a%2fb%41?token=exp=1~hmac=0+0&u=// HTTP",
                     55),
             0);
    CHECK_CONTAINS(text, "\r\nUser-Agent: lx-test/1\r\n");
    CHECK(strcasestr(text, "authorization") == NULL);
    CHECK(strcasestr(text, "cookie") == NULL);
    CHECK(strcasestr(text, "accept-encoding") == NULL);
    CHECK_TEXT(rig->file ? rig->file->content_type : NULL, "image/png");
    CHECK_EQ(rig->changes, 2); /* all is there, it is saved */
}

static void test_progress(struct rig *rig)
{
    uint64_t bytes = 1, total = 1;

    check_row = "progress";
    start_rig(rig, new_order("/plain", false));
    lx_download_progress(rig->download, &bytes, &total);
    CHECK_EQ(bytes, 0);
    CHECK_EQ(total, 0);
    while (turn_rig(rig))
        continue;
    lx_download_progress(rig->download, &bytes, &total);
    CHECK_EQ(bytes, CONTENT_BYTES);
    CHECK_EQ(total, CONTENT_BYTES);
    lx_download_free(rig->download); /* with the result not taken */
}

static void test_giving_up_early(struct rig *rig)
{
    uint64_t bytes = 0, total;

    check_row = "freed in mid-flight";
    unlink(rig_path);
    start_rig(rig, new_order("/stall_first", true));
    while (bytes < HALF && turn_rig(rig))
        lx_download_progress(rig->download, &bytes, &total);
    CHECK_EQ(bytes, HALF);
    CHECK_EQ(total, CONTENT_BYTES);
    CHECK_EQ(count_parts(rig_folder, NULL), 1);
    lx_download_free(rig->download);
    CHECK(!exists(rig_path) && has_no_part());
    check_row = "freed before the first byte";
    unlink(rig_path);
    start_rig(rig, new_order("/plain", true));
    CHECK(turn_rig(rig));
    lx_download_free(rig->download);
    CHECK(has_no_part());
}

/* Until it asks; false when it ended before. */
static bool turn_to_question(struct rig *rig, enum lx_download_question wanted)
{
    int64_t due_ms;

    while (lx_download_poll(rig->download, &due_ms) != LX_DOWNLOAD_ASKING)
        if (!turn_rig(rig))
            return false;
    return lx_download_question(rig->download) == wanted;
}

static void test_part_of_entry(struct rig *rig)
{
    struct lx_download_order *order = new_order("/plain", true);
    char part[400] = "";

    check_row = "an entry's part has one name until the file is in place";
    unlink(rig_path);
    order->entry = 1;
    start_rig(rig, order);
    CHECK(turn_to_question(rig, LX_DOWNLOAD_MAY_BEGIN));
    snprintf(part, sizeof part, "%s", lx_download_part(rig->download));
    lx_download_allow(rig->download);
    lx_download_resume(rig->download, lx_now_ms(), 0);
    CHECK(turn_to_question(rig, LX_DOWNLOAD_MAY_SAVE));
    CHECK(exists(part));
    CHECK_TEXT(lx_download_part(rig->download), part);
    lx_download_free(rig->download);
    CHECK(has_no_part());
}

int main(void)
{
    struct rig rig;

    CHECK(lx_global_init());
    start_server();
    open_rig(&rig);
    test_ways(&rig);
    test_what_is_sent(&rig);
    test_progress(&rig);
    test_giving_up_early(&rig);
    test_part_of_entry(&rig);
    check_row = "the end";
    close_rig(&rig);
    stop_server();
    return check_report("download");
}
