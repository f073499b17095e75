/* stub_server.h: the HTTP/1.1 half of stub.c: epoll, keep-alive, pipelining,
 * requests with a length or chunked. Knows no tasks. Included once; one thread.
 * What arrives is trusted: memory that runs out ends the program. */
#pragma once

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_MAX = 256, PATH_MAX_BYTES = 512, READ_BYTES = 8192 };

struct text {
    char *bytes;
    size_t length, capacity;
};

struct connection {
    int fd;
    struct text in, out;
    size_t sent;        /* of out */
    uint64_t file_left; /* bytes of a file that go after out */
    bool wants_write;   /* epoll is asked for that */
};

struct request {
    bool is_post;
    char path[PATH_MAX_BYTES]; /* with its query, cut at the maximum */
};

struct server {
    /* Calls one of the server_answer functions exactly once. */
    void (*answer)(struct server *server, struct connection *connection,
                   const struct request *request);
    void *context;
    int epoll, listener;
    uint64_t accepted, open, open_max; /* connections */
};

/* ---- answers ---- */

static void text_reserve(struct text *text, size_t more)
{
    if (text->length + more <= text->capacity)
        return;
    text->capacity = (text->length + more) * 2;
    text->bytes = realloc(text->bytes, text->capacity);
    if (text->bytes == NULL)
        abort();
}

static void text_append(struct text *text, const char *bytes, size_t length)
{
    text_reserve(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static void put_head(struct connection *connection, int status,
                     const char *type, uint64_t length)
{
    char head[256];
    int size = snprintf(head, sizeof head,
                        "HTTP/1.1 %d X\r\nContent-Type: %s\r\n"
                        "Content-Length: %llu\r\n\r\n",
                        status, type, (unsigned long long)length);

    text_append(&connection->out, head, (size_t)size);
}

static void server_answer(struct connection *connection, int status,
                          const char *body, size_t length)
{
    put_head(connection, status, "application/json", length);
    text_append(&connection->out, body, length);
}

static void server_answer_file(struct connection *connection, uint64_t length)
{
    put_head(connection, 200, "image/png", length);
    connection->file_left = length;
}

/* ---- requests ---- */

/* Bytes of the body, or -1 while its end has not come. */
static ptrdiff_t body_length(struct connection *connection, const char *head,
                             size_t head_length, size_t length)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    static const char last_chunk[] = "0\r\n\r\n";
    const char *end = head + head_length - 4;
    const char *line = memmem(head, head_length, "\r\n", 2);
    size_t body = 0;

    for (; line < end;
         line = memmem(line + 2, (size_t)(end + 4 - line) - 2, "\r\n", 2)) {
        const char *name = line + 2;
        if (!strncasecmp(name, "content-length:", 15))
            body = strtoull(name + 15, NULL, 10);
        else if (!strncasecmp(name, "expect: 100", 11) && length == head_length)
            text_append(&connection->out, go_on, sizeof go_on - 1);
        else if (!strncasecmp(name, "transfer-encoding: chunked", 26)) {
            const char *last = memmem(head + head_length, length - head_length,
                                      last_chunk, sizeof last_chunk - 1);
            if (last == NULL)
                return -1;
            body = (size_t)(last - head) + sizeof last_chunk - 1 - head_length;
        }
    }
    return length - head_length < body ? -1 : (ptrdiff_t)body;
}

/* Answer one request if all of it is there: bytes used, else 0. */
static size_t serve_one(struct server *server, struct connection *connection,
                        const char *head, size_t length)
{
    const char *blank = memmem(head, length, "\r\n\r\n", 4);
    struct request request;

    if (blank == NULL)
        return 0;
    size_t head_length = (size_t)(blank - head) + 4;
    ptrdiff_t body = body_length(connection, head, head_length, length);
    if (body < 0)
        return 0;
    const char *path = memchr(head, ' ', head_length);
    const char *end =
        path ? memchr(path + 1, ' ', (size_t)(blank - path)) : NULL;
    if (end) {
        size_t size = (size_t)(end - path) - 1;
        if (size >= sizeof request.path)
            size = sizeof request.path - 1;
        memcpy(request.path, path + 1, size);
        request.path[size] = '\0';
        request.is_post = !strncmp(head, "POST ", 5);
        server->answer(server, connection, &request);
    }
    return head_length + (size_t)body;
}

/* ---- connections ---- */

static void arm(struct server *server, struct connection *connection, int how)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};

    if (connection->wants_write)
        event.events |= EPOLLOUT;
    epoll_ctl(server->epoll, how, connection->fd, &event);
}

static void accept_all(struct server *server)
{
    int fd, on = 1;

    while ((fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct connection *connection = calloc(1, sizeof *connection);
        if (connection == NULL)
            abort();
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connection->fd = fd;
        arm(server, connection, EPOLL_CTL_ADD);
        server->accepted++;
        if (++server->open > server->open_max)
            server->open_max = server->open;
    }
}

static bool read_all(struct connection *connection)
{
    struct text *in = &connection->in;

    for (;;) {
        text_reserve(in, READ_BYTES);
        size_t room = in->capacity - in->length;
        ssize_t count = read(connection->fd, in->bytes + in->length, room);
        if (count <= 0)
            return count < 0 && (errno == EAGAIN || errno == EINTR);
        in->length += (size_t)count;
        if ((size_t)count < room)
            return true;
    }
}

static bool write_all(struct connection *connection)
{
    static const char content[1 << 16] = "\x89PNG\r\n\x1a\n";
    struct text *out = &connection->out;

    while (connection->sent < out->length || connection->file_left) {
        bool is_file = connection->sent == out->length;
        size_t left =
            is_file ? connection->file_left : out->length - connection->sent;
        if (is_file && left > sizeof content)
            left = sizeof content;
        ssize_t count =
            write(connection->fd,
                  is_file ? content : out->bytes + connection->sent, left);
        if (count < 0)
            return errno == EAGAIN || errno == EINTR;
        if (is_file)
            connection->file_left -= (uint64_t)count;
        else
            connection->sent += (size_t)count;
    }
    connection->sent = out->length = 0;
    return true;
}

static void drop(struct server *server, struct connection *connection)
{
    server->open--;
    close(connection->fd);
    free(connection->in.bytes);
    free(connection->out.bytes);
    free(connection);
}

static void serve(struct server *server, struct connection *connection,
                  uint32_t events)
{
    struct text *in = &connection->in;
    size_t used = 0, one;
    bool is_alive = true;

    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        is_alive = read_all(connection);
    while (is_alive && !connection->file_left &&
           (one = serve_one(server, connection, in->bytes + used,
                            in->length - used)) > 0)
        used += one;
    if (used > 0) {
        memmove(in->bytes, in->bytes + used, in->length - used);
        in->length -= used;
    }
    if (!is_alive || !write_all(connection)) {
        drop(server, connection);
        return;
    }
    bool wants_write = connection->out.length || connection->file_left;
    if (wants_write != connection->wants_write) {
        connection->wants_write = wants_write;
        arm(server, connection, EPOLL_CTL_MOD);
    }
}

/* ---- the loop ---- */

/* On a free port of 127.0.0.1, which is printed; 0 when there is none. */
static in_port_t listen_somewhere(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};

    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    server->epoll = epoll_create1(0);
    if (bind(server->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(server->listener, 4096) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &size) !=
            0 ||
        epoll_ctl(server->epoll, EPOLL_CTL_ADD, server->listener, &event) != 0)
        return 0;
    return ntohs(address.sin_port);
}

/* Have epoll tell when nobody is left to read what this program prints. */
static void watch_reader(struct server *server)
{
    struct epoll_event event = {.events = 0, .data.ptr = server};

    epoll_ctl(server->epoll, EPOLL_CTL_ADD, STDOUT_FILENO, &event);
}

/* Serves until the pipe that it prints to is closed; 1 when it cannot. */
static int server_run(struct server *server)
{
    struct epoll_event events[EVENTS_MAX];

    signal(SIGPIPE, SIG_IGN);
    in_port_t port = listen_somewhere(server);
    if (port == 0) {
        perror("stub: listening");
        return 1;
    }
    printf("{\"port\":%d}\n", (int)port);
    fflush(stdout);
    watch_reader(server);
    for (;;) {
        int count = epoll_wait(server->epoll, events, EVENTS_MAX, -1);
        for (int i = 0; i < count; i++) {
            void *source = events[i].data.ptr;
            if (source == server)
                return 0;
            else if (source)
                serve(server, source, events[i].events);
            else
                accept_all(server);
        }
    }
}
