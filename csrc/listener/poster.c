/* poster.c: one plain HTTP/1.1 POST at a time over a non-blocking socket,
 * with LIMIT_MS for each of connecting, sending and the first line of the
 * answer. Every wait also watches the wake pipe, so that stopping is quick. */
#include "poster.h"
#include "os/clock.h"
#include "os/thread.h"
#include "os/wake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LIMIT_MS = 2000 };

struct lx_poster {
    struct lx_handler *handler;
    struct lx_thread thread;
    bool is_started;         /* owner's thread only */
    atomic_bool is_stopping; /* set before the last wake */
    struct lx_wake wake;
};

/* Wait for `events` on the socket; false on timeout or when stopping. */
static bool wait_for(struct lx_poster *poster, int fd, short events,
                     int64_t until_ms)
{
    for (;;) {
        int64_t left_ms = until_ms - lx_now_ms();
        if (left_ms <= 0 || atomic_load(&poster->is_stopping))
            return false;
        struct pollfd set[2] = {{fd, events, 0},
                                {(int)poster->wake.read_fd, POLLIN, 0}};
        if (poll(set, 2, (int)left_ms) < 0 && errno != EINTR)
            return false;
        if (set[1].revents)
            lx_wake_clear(&poster->wake);
        if (set[0].revents)
            return true;
    }
}

static bool connect_to(struct lx_poster *poster, int fd,
                       const struct lx_post *post)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)post->port)};
    if (inet_pton(AF_INET, post->host, &address.sin_addr) != 1)
        return false;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return true;
    int failure = 0;
    socklen_t size = sizeof failure;
    return errno == EINPROGRESS &&
           wait_for(poster, fd, POLLOUT, lx_now_ms() + LIMIT_MS) &&
           getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 &&
           failure == 0;
}

static bool send_all(struct lx_poster *poster, int fd, const char *bytes,
                     size_t length)
{
    int64_t until_ms = lx_now_ms() + LIMIT_MS;
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (errno != EAGAIN ||
                   !wait_for(poster, fd, POLLOUT, until_ms)) {
            return false;
        }
    }
    return true;
}

/* The status of the answer: only its first line is of interest. */
static int read_status(struct lx_poster *poster, int fd)
{
    char line[64];
    size_t used = 0;
    int64_t until_ms = lx_now_ms() + LIMIT_MS;
    while (used < 12) {
        ssize_t got = recv(fd, line + used, sizeof line - 1 - used, 0);
        if (got == 0 || (got < 0 && (errno != EAGAIN ||
                                     !wait_for(poster, fd, POLLIN, until_ms))))
            return 0;
        if (got > 0)
            used += (size_t)got;
    }
    line[used] = '\0';
    if (strncmp(line, "HTTP/1.", 7) != 0 || line[8] != ' ')
        return 0;
    return (int)strtol(line + 9, NULL, 10);
}

static int send_post(struct lx_poster *poster, const struct lx_post *post)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return 0;
    int status = 0;
    if (connect_to(poster, fd, post) &&
        send_all(poster, fd, post->head, strlen(post->head)) &&
        send_all(poster, fd, post->body, post->body_bytes))
        status = read_status(poster, fd);
    close(fd);
    return status;
}

static void send_all_posts(void *argument)
{
    struct lx_poster *poster = argument;
    while (!atomic_load(&poster->is_stopping)) {
        struct lx_post post;
        lx_handler_next_post(poster->handler, &post);
        if (post.host) {
            lx_handler_posted(poster->handler, post.id,
                              send_post(poster, &post));
            lx_post_deinit(&post);
            continue;
        }
        double wait_ms = post.wait_seconds * 1000 + 1;
        lx_wake_wait(&poster->wake, post.wait_seconds < 0 ? -1
                                    : wait_ms > 60000     ? 60000
                                                          : (int)wait_ms);
        lx_wake_clear(&poster->wake);
    }
}

struct lx_poster *lx_poster_new(void)
{
    struct lx_poster *poster = calloc(1, sizeof *poster);
    if (!poster || !lx_wake_init(&poster->wake)) {
        free(poster);
        return NULL;
    }
    atomic_init(&poster->is_stopping, false);
    return poster;
}

bool lx_poster_start(struct lx_poster *poster, struct lx_handler *handler)
{
    poster->handler = handler;
    poster->is_started =
        lx_thread_start(&poster->thread, send_all_posts, poster);
    return poster->is_started;
}

void lx_poster_wake(void *argument)
{
    struct lx_poster *poster = argument;
    lx_wake_signal(&poster->wake);
}

void lx_poster_free(struct lx_poster *poster)
{
    if (!poster)
        return;
    if (poster->is_started) {
        atomic_store(&poster->is_stopping, true);
        lx_poster_wake(poster);
        lx_thread_join(&poster->thread);
    }
    lx_wake_deinit(&poster->wake);
    free(poster);
}
