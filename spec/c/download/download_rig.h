/* download_rig.h: a little file server on a thread of its own, and a loop that
 * drives one download to its end. A test gives the table ROUTES; the handler
 * of a route runs on the server's thread and writes the answer itself. */
#pragma once

#include "../check.h"
#include "download/download.h"
#include "os/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONTENT_BYTES 300000
#define SOCKETS_MAX   32
#define REQUESTS_MAX  128

struct request {
    int fd;
    int hit;    /* 0 for the first request of this download */
    long first; /* of its Range; -1: none */
    const char *text;
};

enum after_answer { CLOSE, KEEP, RESET };

struct route {
    const char *path; /* the target begins with it */
    enum after_answer (*answer)(const struct request *request);
};
static const struct route *find_route(const char *target);

static struct {
    pthread_t thread;
    int listener, stop[2], port;
    pthread_mutex_t lock; /* of what stands below */
    int connections, requests;
    char texts[REQUESTS_MAX][2048];
} server;

/* ---- for handlers ---- */

static inline void send_bytes(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        at += sent;
        length -= (size_t)sent;
    }
}

__attribute__((format(printf, 2, 3))) static inline void
say(int fd, const char *format, ...)
{
    char text[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    send_bytes(fd, text, strlen(text));
}

/* Version `seed` of the content: begins like a PNG. */
static inline void fill_content(char *out, int seed)
{
    for (int i = 0; i < CONTENT_BYTES; i++)
        out[i] = (char)(i * 31 / 7 + seed);
    memcpy(out, "\x89PNG\r\n\x1a\n", 8);
}

static inline void send_content(int fd, int seed, long from, long to)
{
    static char content[CONTENT_BYTES]; /* of the server's thread */

    fill_content(content, seed);
    send_bytes(fd, content + from, (size_t)(to - from));
}

/* ---- the server ---- */

static inline enum after_answer answer_request(int fd, const char *text)
{
    struct request request = {.fd = fd, .first = -1, .text = text};
    const char *range = strstr(text, "Range: bytes=");
    const char *target = strchr(text, ' ');

    if (range != NULL)
        request.first = strtol(range + 13, NULL, 10);
    pthread_mutex_lock(&server.lock);
    request.hit = server.requests;
    if (server.requests < REQUESTS_MAX)
        snprintf(server.texts[server.requests++], sizeof(server.texts[0]), "%s",
                 text);
    pthread_mutex_unlock(&server.lock);
    const struct route *route = find_route(target != NULL ? target + 1 : "");
    if (route == NULL) {
        say(fd, "HTTP/1.1 500 No Route\r\nContent-Length: 0\r\n\r\n");
        return CLOSE;
    }
    return route->answer(&request);
}

/* Whether the socket is to stay. */
static inline bool serve_socket(int fd)
{
    char text[2048];
    size_t length = 0;

    while (length < sizeof(text) - 1) {
        ssize_t got = recv(fd, text + length, sizeof(text) - 1 - length, 0);
        if (got <= 0)
            return false;
        length += (size_t)got;
        text[length] = '\0';
        if (text[0] != 'G') /* no GET: TLS */
            return false;
        if (strstr(text, "\r\n\r\n") != NULL)
            break;
    }
    enum after_answer after = answer_request(fd, text);
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (after == RESET)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    else if (after == CLOSE)
        shutdown(fd, SHUT_WR);
    return after == KEEP;
}

static inline void *run_server(void *argument)
{
    struct pollfd sockets[SOCKETS_MAX] = {{server.listener, POLLIN, 0},
                                          {server.stop[0], POLLIN, 0}};
    nfds_t count = 2;

    (void)argument;
    while (poll(sockets, count, -1) >= 0 && sockets[1].revents == 0) {
        for (nfds_t i = count - 1; i >= 2; i--)
            if (sockets[i].revents != 0 && !serve_socket(sockets[i].fd)) {
                close(sockets[i].fd);
                sockets[i] = sockets[--count];
            }
        if (sockets[0].revents == 0 || count == SOCKETS_MAX)
            continue;
        int fd = accept(server.listener, NULL, NULL);
        if (fd < 0)
            continue;
        pthread_mutex_lock(&server.lock);
        server.connections++;
        pthread_mutex_unlock(&server.lock);
        sockets[count++] = (struct pollfd){fd, POLLIN, 0};
    }
    for (nfds_t i = 2; i < count; i++)
        close(sockets[i].fd);
    return NULL;
}

static inline void start_server(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);

    pthread_mutex_init(&server.lock, NULL);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_EQ(bind(server.listener, (struct sockaddr *)&address, length), 0);
    CHECK_EQ(listen(server.listener, 16), 0);
    CHECK_EQ(getsockname(server.listener, (struct sockaddr *)&address, &length),
             0);
    server.port = ntohs(address.sin_port);
    CHECK_EQ(pipe(server.stop), 0);
    CHECK_EQ(pthread_create(&server.thread, NULL, run_server, NULL), 0);
}

static inline void stop_server(void)
{
    close(server.stop[1]);
    pthread_join(server.thread, NULL);
    close(server.stop[0]);
    close(server.listener);
    pthread_mutex_destroy(&server.lock);
}

static inline int requests_seen(void)
{
    pthread_mutex_lock(&server.lock);
    int requests = server.requests;
    pthread_mutex_unlock(&server.lock);
    return requests;
}

/* The text of a request; "" when it was not made. */
static inline const char *request_text(int i)
{
    return i < requests_seen() ? server.texts[i] : "";
}

/* ---- the client ---- */

static char rig_folder[200], rig_path[300], rig_part_path[320];
static char rig_agent[] = "lx-test/1";

struct rig {
    struct {
        struct lx_http_config http;
        struct lx_backoff_policy retry;
    } config;
    struct lx_http *http;
    struct lx_committer *committer;
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
    rig->committer = lx_committer_new(wake_rig, rig);
    snprintf(rig_folder, sizeof(rig_folder), "%s/lx-download-XXXXXX",
             base != NULL ? base : P_tmpdir);
    CHECK(mkdtemp(rig_folder) != NULL);
    snprintf(rig_path, sizeof(rig_path), "%s/picture.png", rig_folder);
    snprintf(rig_part_path, sizeof(rig_part_path), "%s.part", rig_path);
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
    lx_committer_free(rig->committer);
    lx_http_free(rig->http);
    unlink(rig_path);
    unlink(rig_part_path);
    CHECK_EQ(rmdir(rig_folder), 0);
}

static inline char *copy_text(const char *text)
{
    return text != NULL ? lx_text_duplicate(text, strlen(text)) : NULL;
}

/* A spec that allows all; `target` is a path here or a whole URL. */
static inline struct lx_download_order *new_spec(const char *target,
                                                 bool to_file)
{
    struct lx_download_order *spec = calloc(1, sizeof(*spec));
    char url[600];

    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", server.port, target);
    if (spec == NULL)
        return NULL;
    spec->url = copy_text(target[0] == '/' ? url : target);
    spec->target = to_file ? copy_text(rig_path) : NULL;
    spec->number = 1;
    spec->max_bytes = 200u << 20;
    spec->stall_ms = 10000;
    spec->allow_http = spec->allow_private = true;
    return spec;
}

static inline void on_rig_change(void *argument)
{
    ((struct rig *)argument)->changes++;
}

/* Begin; drive it with finish_rig. Forgets the files and requests before. */
static inline void start_rig(struct rig *rig, struct lx_download_order *spec)
{
    forget_result(rig);
    pthread_mutex_lock(&server.lock);
    server.requests = 0;
    server.connections = 0;
    pthread_mutex_unlock(&server.lock);
    rig->changes = 0;
    rig->longest_pause_ms = 0;
    rig->download =
        lx_download_new(rig->http, rig->committer, &rig->config.retry, spec,
                        on_rig_change, rig);
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
    case LX_DOWNLOAD_RUNNING:
        lx_http_wait(rig->http, due_ms - now_ms);
        lx_http_perform(rig->http);
        now_ms = lx_now_ms();
        break;
    case LX_DOWNLOAD_SAVING:
        lx_http_wait(rig->http, 1000);
        lx_committer_deliver(rig->committer);
        break;
    }
    lx_download_resume(rig->download, now_ms, 0);
    return true;
}

static inline void finish_rig(struct rig *rig)
{
    while (rig->download != NULL && turn_rig(rig))
        continue;
    if (rig->download != NULL)
        lx_download_take(rig->download, &rig->file, &rig->error);
    lx_download_free(rig->download);
    rig->download = NULL;
}

static inline void run_rig(struct rig *rig, struct lx_download_order *spec)
{
    start_rig(rig, spec);
    finish_rig(rig);
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
    return bytes != NULL && length == CONTENT_BYTES &&
           memcmp(bytes, wanted, CONTENT_BYTES) == 0;
}

static inline bool file_is_content(const char *path, int seed)
{
    static char bytes[CONTENT_BYTES + 1];
    FILE *file = fopen(path, "rb");
    size_t length = 0;

    if (file != NULL) {
        length = fread(bytes, 1, sizeof(bytes), file);
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
    if (rig->error == NULL)
        return;
    CHECK_TEXT(lx_kind_name(rig->error->kind), lx_kind_name(kind));
    CHECK_EQ(rig->error->charged, LX_CHARGED_YES);
    CHECK_CONTAINS(rig->error->message, words);
    CHECK(strstr(rig->error->message, "token=") == NULL);
}
