/* server.h: a little HTTP/1.1 server on 127.0.0.1 for the C tests and the
 * benches: one thread, keep-alive, requests with a length or without a body,
 * pipelined ones too. It allocates nothing, so that a test may count
 * allocations. One struct of static storage; zero it and set `answer`. */
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SERVER_SOCKETS_MAX = 1024,
    SERVER_LOG_MAX = 128,   /* requests whose text is kept */
    SERVER_TEXT_MAX = 4096, /* bytes of a request; a larger one is cut off */
};

struct request {
    struct server *server;
    int fd;
    bool is_post;
    int hit;          /* how many of its method came before */
    long first;       /* of its Range; -1: none */
    const char *text; /* head and body */
    uint64_t *stream; /* set it: as many bytes of a file follow the answer */
};

enum after_answer {
    CLOSE,
    KEEP,
    HOLD,  /* nothing was answered, and the socket stays */
    RESET, /* close so that the peer's next call fails */
};

struct server_socket {
    int fd;
    uint64_t left; /* of a file; no request is read before it is sent */
    size_t length;
    char text[SERVER_TEXT_MAX];
};

struct server {
    /* Called on the server's thread; writes the answer to request->fd. */
    enum after_answer (*answer)(const struct request *request);
    void *context;
    int listener, port, stop[2];
    pthread_t thread;
    sem_t is_running;
    nfds_t count;
    struct server_socket sockets[SERVER_SOCKETS_MAX];
    pthread_mutex_t lock; /* of what stands below */
    int connections, posts, gets;
    char texts[SERVER_LOG_MAX][SERVER_TEXT_MAX];
};

/* ---- for `answer` ---- */

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
    char text[4096];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    send_bytes(fd, text, strlen(text));
}

/* ---- what it has seen; from any thread ---- */

static inline int server_count(struct server *server, const int *what)
{
    pthread_mutex_lock(&server->lock);
    int count = *what;
    pthread_mutex_unlock(&server->lock);
    return count;
}

/* The text of a request by its number; "" when it was not made. */
static inline const char *server_text(struct server *server, int i)
{
    int count = server_count(server, &server->posts) +
                server_count(server, &server->gets);

    return i < count && i < SERVER_LOG_MAX ? server->texts[i] : "";
}

static inline void server_forget(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    server->connections = server->posts = server->gets = 0;
    pthread_mutex_unlock(&server->lock);
}

/* ---- requests ---- */

/* The length of the first whole request in the buffer, 0 when there is none. */
static inline size_t server_whole_request(const struct server_socket *socket)
{
    const char *end = strstr(socket->text, "\r\n\r\n");
    const char *length = strcasestr(socket->text, "\nContent-Length:");
    size_t whole;

    if (!end)
        return 0;
    whole = (size_t)(end - socket->text) + 4;
    if (length && length < end)
        whole += strtoul(length + 16, NULL, 10);
    return socket->length >= whole ? whole : 0;
}

static inline enum after_answer server_answer(struct server *server,
                                              struct server_socket *socket)
{
    struct request request = {.server = server,
                              .fd = socket->fd,
                              .first = -1,
                              .text = socket->text,
                              .stream = &socket->left};
    const char *range = strstr(socket->text, "Range: bytes=");

    if (range)
        request.first = strtol(range + 13, NULL, 10);
    request.is_post = !strncmp(socket->text, "POST ", 5);
    pthread_mutex_lock(&server->lock);
    int index = server->posts + server->gets;
    if (index < SERVER_LOG_MAX)
        memcpy(server->texts[index], socket->text, socket->length + 1);
    request.hit = request.is_post ? server->posts++ : server->gets++;
    pthread_mutex_unlock(&server->lock);
    return server->answer(&request);
}

/* Answer the whole requests in the buffer; whether the socket is to stay. */
static inline bool server_answer_all(struct server *server,
                                     struct server_socket *socket)
{
    const struct linger none = {.l_onoff = 1};
    size_t whole;

    while (!socket->left && (whole = server_whole_request(socket)) > 0) {
        enum after_answer after = server_answer(server, socket);

        if (after == RESET)
            setsockopt(socket->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        else if (after == CLOSE)
            shutdown(socket->fd, SHUT_WR);
        if (after == RESET || after == CLOSE)
            return false;
        memmove(socket->text, socket->text + whole, socket->length - whole + 1);
        socket->length -= whole;
    }
    return socket->length < sizeof socket->text - 1;
}

/* ---- sockets ---- */

static inline bool server_read(struct server *server,
                               struct server_socket *socket)
{
    size_t room = sizeof socket->text - 1 - socket->length;
    ssize_t got = recv(socket->fd, socket->text + socket->length, room, 0);

    if (got <= 0)
        return false;
    socket->length += (size_t)got;
    socket->text[socket->length] = '\0';
    bool is_http = socket->text[0] >= 'A' && socket->text[0] <= 'Z';
    return is_http && server_answer_all(server, socket);
}

/* Some bytes of a file that begins like a PNG. */
static inline bool server_stream(struct server *server,
                                 struct server_socket *socket)
{
    static const char block[1 << 18] = "\x89PNG\r\n\x1a\n";
    size_t length = sizeof block;

    if (socket->left < length)
        length = (size_t)socket->left;
    ssize_t sent = send(socket->fd, block, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0)
        return false;
    socket->left -= (uint64_t)sent;
    return socket->left || server_answer_all(server, socket);
}

static inline void server_accept(struct server *server)
{
    int fd = accept(server->listener, NULL, NULL), on = 1;

    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct server_socket *socket = &server->sockets[server->count++];
    socket->fd = fd;
    socket->left = 0;
    socket->length = 0;
    pthread_mutex_lock(&server->lock);
    server->connections++;
    pthread_mutex_unlock(&server->lock);
}

static inline void server_serve(struct server *server, nfds_t i)
{
    struct server_socket *socket = &server->sockets[i];

    if (socket->left ? server_stream(server, socket)
                     : server_read(server, socket))
        return;
    close(socket->fd);
    if (i != --server->count)
        *socket = server->sockets[server->count];
}

/* ---- the server ---- */

/* Listen at a free port; false when there is none. */
static inline bool server_open(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;

    pthread_mutex_init(&server->lock, NULL);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server->listener, (struct sockaddr *)&address, length) != 0 ||
        listen(server->listener, 4096) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &length) !=
            0)
        return false;
    server->port = ntohs(address.sin_port);
    return true;
}

/* Serve until something happens at `stop`: bytes, or its other end is closed.
 */
static inline void server_run(struct server *server, int stop)
{
    static struct pollfd polled[SERVER_SOCKETS_MAX + 2];

    for (;;) {
        nfds_t count = server->count;
        bool has_room = count < SERVER_SOCKETS_MAX;

        polled[0] = (struct pollfd){stop, POLLIN, 0};
        polled[1] = (struct pollfd){server->listener, has_room ? POLLIN : 0, 0};
        for (nfds_t i = 0; i < count; i++)
            polled[i + 2] =
                (struct pollfd){server->sockets[i].fd,
                                server->sockets[i].left ? POLLOUT : POLLIN, 0};
        if (poll(polled, count + 2, -1) < 0 || polled[0].revents)
            break;
        for (nfds_t i = count; i-- > 0;)
            if (polled[i + 2].revents)
                server_serve(server, i);
        if (polled[1].revents)
            server_accept(server);
    }
    while (server->count > 0)
        close(server->sockets[--server->count].fd);
    close(server->listener);
}

/* ---- on a thread of its own ---- */

static inline void *server_thread(void *argument)
{
    struct server *server = argument;

    sem_post(&server->is_running);
    server_run(server, server->stop[0]);
    return NULL;
}

/* False when it cannot; then nothing is to be stopped. */
static inline bool server_start(struct server *server)
{
    if (!server_open(server) || pipe(server->stop) != 0)
        return false;
    sem_init(&server->is_running, 0, 0);
    if (pthread_create(&server->thread, NULL, server_thread, server) != 0)
        return false;
    /* A sanitizer's allocator does not survive a fork while a thread begins. */
    sem_wait(&server->is_running);
    return true;
}

static inline void server_stop(struct server *server)
{
    close(server->stop[1]);
    pthread_join(server->thread, NULL);
    close(server->stop[0]);
    sem_destroy(&server->is_running);
    pthread_mutex_destroy(&server->lock);
}
