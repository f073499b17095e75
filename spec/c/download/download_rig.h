/* download_rig.h: a little file server on a thread of its own, and a loop that
 * drives one download to its end. A test gives the table ROUTES; the handler
 * of a route runs on the server's thread and writes the answer itself. */
#pragma once

#include "../check.h"
#include "../parts.h"
#include "../server.h"
#include "download/download.h"
#include "os/clock.h"

#include <sys/stat.h>

#define CONTENT_BYTES 300000

struct route {
    const char *path; /* the target begins with it */
    enum after_answer (*answer)(const struct request *request);
};
static const struct route *find_route(const char *target);

static enum after_answer answer_request(const struct request *request)
{
    const char *target = strchr(request->text, ' ');
    const struct route *route = find_route(target ? target + 1 : "");

    if (route)
        return route->answer(request);
    say(request->fd, "HTTP/1.1 500 No Route\r\nContent-Length: 0\r\n\r\n");
    return CLOSE;
}

static struct server server = {.answer = answer_request};

/* ---- for handlers ---- */

/* Version `seed` of the content: begins and ends like a PNG. */
static inline void fill_content(char *out, int seed)
{
    for (int i = 0; i < CONTENT_BYTES; i++)
        out[i] = (char)(i * 31 / 7 + seed);
    memcpy(out, "\x89PNG\r\n\x1a\n", 8);
    memcpy(out + CONTENT_BYTES - 8, "IEND\xae\x42\x60\x82", 8);
}

static inline void send_content(int fd, int seed, long from, long to)
{
    static char content[CONTENT_BYTES]; /* of the server's thread */

    fill_content(content, seed);
    send_bytes(fd, content + from, (size_t)(to - from));
}

/* ---- the server ---- */

static inline void start_server(void)
{
    CHECK(server_start(&server));
}

static inline void stop_server(void)
{
    server_stop(&server);
}

static inline int requests_seen(void)
{
    return server_count(&server, &server.gets);
}

static inline const char *request_text(int i)
{
    return server_text(&server, i);
}

/* ---- the client ---- */

static char rig_folder[200], rig_path[300];
static char rig_agent[] = "lx-test/1";

struct rig {
    struct {
        struct lx_http_config http;
        struct lx_backoff_policy retry;
    } config;
    struct lx_http *http;
    struct lx_disk *disk;
    struct lx_download *download;
    struct lx_downloaded *file; /* of the last run */
    struct lx_error *error;     /* of the last run */
    int64_t longest_pause_ms;
    int changes; /* told by on_change */
};

static inline void wake_rig(void *argument)
{
    lx_http_wakeup(((struct rig *)argument)->http);
}

static inline void open_rig(struct rig *rig)
{
    const char *base = getenv("TMPDIR");

    *rig = (struct rig){.config = {.http.user_agent = rig_agent,
                                   .http.base_url = rig_agent,
                                   .http.api_key = rig_agent,
                                   .http.connect_timeout_ms = 5000,
                                   .http.timeout_ms = 5000,
                                   .http.max_connections = 4,
                                   .http.max_downloads = 4,
                                   .retry = {3, 500, 30000}}};
    rig->http = lx_http_new(&rig->config.http);
    rig->disk = lx_disk_new(wake_rig, rig);
    snprintf(rig_folder, sizeof rig_folder, "%s/lx-download-XXXXXX",
             base ? base : P_tmpdir);
    CHECK(mkdtemp(rig_folder) != NULL);
    snprintf(rig_path, sizeof rig_path, "%s/picture.png", rig_folder);
}

static inline void forget_result(struct rig *rig)
{
    lx_downloaded_free(rig->file);
    free(rig->error);
    rig->file = NULL;
    rig->error = NULL;
}

static inline void close_rig(struct rig *rig)
{
    forget_result(rig);
    lx_disk_free(rig->disk);
    lx_http_free(rig->http);
    unlink(rig_path);
    CHECK_EQ(rmdir(rig_folder), 0);
}

static inline char *copy_text(const char *text)
{
    return text != NULL ? lx_text_duplicate(text, strlen(text)) : NULL;
}

/* An order that allows all; `target` is a path here or a whole URL. */
static inline struct lx_download_order *new_order(const char *target,
                                                  bool to_file)
{
    struct lx_download_order *order = calloc(1, sizeof *order);
    char url[600];

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", server.port, target);
    if (!order)
        return NULL;
    order->url = copy_text(target[0] == '/' ? url : target);
    order->target = to_file ? copy_text(rig_path) : NULL;
    order->number = 1;
    order->max_bytes = 200u << 20;
    order->stall_ms = 10000;
    order->allow_http = order->allow_private = true;
    return order;
}

static inline void on_rig_change(void *argument)
{
    ((struct rig *)argument)->changes++;
}

/* Begin; drive it with finish_rig. Forgets the files and requests before. */
static inline void start_rig(struct rig *rig, struct lx_download_order *order)
{
    forget_result(rig);
    server_forget(&server);
    rig->changes = 0;
    rig->longest_pause_ms = 0;
    rig->download = lx_download_new(rig->http, rig->disk, &rig->config.retry,
                                    order, on_rig_change, rig);
}

/* One turn; false when the download is done. A pause is not waited for: its
 * end is told instead of the time. `random` is 0: pauses are the least. */
static inline bool turn_rig(struct rig *rig)
{
    int64_t due_ms = 0, now_ms = lx_now_ms();

    switch (lx_download_poll(rig->download, &due_ms)) {
    case LX_DOWNLOAD_DONE:
        return false;
    case LX_DOWNLOAD_PAUSED:
        if (due_ms > 0 && due_ms - now_ms > rig->longest_pause_ms)
            rig->longest_pause_ms = due_ms - now_ms;
        now_ms = due_ms > now_ms ? due_ms : now_ms;
        break;
    case LX_DOWNLOAD_ASKING:
    case LX_DOWNLOAD_RUNNING:
        lx_http_wait(rig->http, due_ms - now_ms);
        lx_http_perform(rig->http);
        now_ms = lx_now_ms();
        break;
    case LX_DOWNLOAD_SAVING:
        lx_http_wait(rig->http, 1000);
        lx_disk_deliver(rig->disk);
        break;
    }
    lx_download_resume(rig->download, now_ms, 0);
    return true;
}

static inline void finish_rig(struct rig *rig)
{
    while (rig->download && turn_rig(rig))
        continue;
    if (rig->download)
        lx_download_take(rig->download, &rig->file, &rig->error);
    lx_download_free(rig->download);
    rig->download = NULL;
}

static inline void run_rig(struct rig *rig, struct lx_download_order *order)
{
    start_rig(rig, order);
    finish_rig(rig);
}

/* No part of any file is left. */
static inline bool has_no_part(void)
{
    return count_parts(rig_folder, NULL) == 0;
}

static inline bool exists(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

/* Whether a file, or memory, holds version `seed` of the content. */
static inline bool is_content(const char *bytes, uint64_t length, int seed)
{
    static char wanted[CONTENT_BYTES];

    fill_content(wanted, seed);
    return bytes && length == CONTENT_BYTES &&
           memcmp(bytes, wanted, CONTENT_BYTES) == 0;
}

static inline bool file_is_content(const char *path, int seed)
{
    static char bytes[CONTENT_BYTES + 1];
    FILE *file = fopen(path, "rb");
    size_t length = 0;

    if (file) {
        length = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
    }
    return is_content(bytes, length, seed);
}

/* The last run failed so; no message holds a part of a signed URL. */
static inline void expect_error(const struct rig *rig, enum lx_kind kind,
                                int requests, const char *words)
{
    CHECK_EQ(requests_seen(), requests);
    CHECK(rig->file == NULL);
    CHECK(rig->error != NULL);
    if (!rig->error)
        return;
    CHECK_TEXT(lx_kind_name(rig->error->kind), lx_kind_name(kind));
    CHECK_EQ(rig->error->charged, LX_CHARGED_YES);
    CHECK_CONTAINS(rig->error->message, words);
    CHECK(strstr(rig->error->message, "token=") == NULL);
}
