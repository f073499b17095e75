/* server.c: libmicrohttpd's callbacks. One polling thread calls all of them,
 * so a request needs no lock; a request whose picture must be painted first is
 * suspended, and resumed by the painter. */
#if !__has_include(<microhttpd.h>)
#error                                                                         \
    "microhttpd.h is missing: install libmicrohttpd-dev (brew: libmicrohttpd)"
#endif

#include "server.h"
#include "painter.h"
#include "poster.h"
#include "request.h"
#include "service.h"
#include "thread.h"

#include <microhttpd.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct lx_server {
    struct MHD_Daemon *daemon;
    struct lx_service *service;
    struct lx_painter *painter;
    struct lx_poster *poster;
    size_t body_max_bytes;
    int port;
    pid_t pid; /* of the process that has the threads */
};

static void *on_target(void *argument, const char *target,
                       struct MHD_Connection *connection)
{
    (void)connection;
    struct lx_server *server = argument;
    return lx_request_new(target, server->body_max_bytes);
}

static void on_completed(void *argument, struct MHD_Connection *connection,
                         void **slot, enum MHD_RequestTerminationCode why)
{
    (void)connection;
    (void)why;
    struct lx_server *server = argument;
    struct lx_request *request = *slot;
    *slot = NULL;
    if (!request)
        return;
    if (request->ticket)
        lx_service_forget(server->service, request->ticket);
    lx_request_free(request);
}

struct header_list {
    struct lx_header items[LX_HEADERS_MAX];
    int count;
};

static enum MHD_Result on_header(void *argument, enum MHD_ValueKind kind,
                                 const char *name, const char *value)
{
    (void)kind;
    struct header_list *list = argument;
    if (list->count < LX_HEADERS_MAX) {
        list->items[list->count].name = name;
        list->items[list->count++].value = value ? value : "";
    }
    return MHD_YES;
}

/* On the painter's thread. */
static void on_painted(struct lx_painting *painting)
{
    MHD_resume_connection(painting->context);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection,
                                  struct lx_reply *reply)
{
    if (!reply->body)
        return MHD_NO; /* out of memory: the connection is closed */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        reply->body_bytes, reply->body, MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    reply->body = NULL;
    for (int i = 0; i < reply->header_count; i++) {
        const struct lx_header *header = &reply->headers[i];
        if (header->name && header->value)
            MHD_add_response_header(response, header->name, header->value);
    }
    enum MHD_Result result =
        MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* Hand the order over and suspend; libmicrohttpd calls again after the resume.
 * When the painter is gone that is at once, with no picture. */
static void start_painting(struct lx_server *server,
                           struct MHD_Connection *connection,
                           struct lx_request *request, struct lx_order *order)
{
    struct lx_painting *painting = &request->painting;
    request->is_ordered = true;
    painting->order = order;
    painting->done = on_painted;
    painting->context = connection;
    MHD_suspend_connection(connection); /* before the painter can resume it */
    if (!lx_painter_push(server->painter, painting))
        MHD_resume_connection(connection);
}

static enum MHD_Result answer(struct lx_server *server,
                              struct MHD_Connection *connection,
                              const char *method, struct lx_request *request)
{
    struct header_list list = {.count = 0};
    if (!request->is_ordered)
        MHD_get_connection_values(connection, MHD_HEADER_KIND, on_header,
                                  &list);
    struct lx_ask ask = {
        .method = method,
        .target = request->target,
        .headers = list.items,
        .header_count = list.count,
        .body = request->body,
        .body_bytes = request->body_bytes,
        .is_too_large = request->is_too_large,
        .ticket = &request->ticket,
    };
    struct lx_reply reply;
    lx_service_handle(server->service, &ask, request->painting.bytes,
                      request->painting.length, request->is_ordered, &reply);
    enum MHD_Result result = MHD_YES;
    if (reply.order) {
        struct lx_order *order = reply.order;
        reply.order = NULL;
        start_painting(server, connection, request, order);
    } else {
        result = send_reply(connection, &reply);
    }
    lx_reply_deinit(&reply);
    return result;
}

/* libmicrohttpd calls this once with the headers, then per piece of the body,
 * then with no bytes when the body is complete, and again after a resume. */
static enum MHD_Result on_request(void *argument,
                                  struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *upload,
                                  size_t *upload_bytes, void **slot)
{
    (void)url;
    (void)version;
    struct lx_request *request = *slot;
    if (!request)
        return MHD_NO;
    if (!request->is_begun) {
        request->is_begun = true;
        return MHD_YES;
    }
    if (*upload_bytes > 0) {
        lx_request_append(request, upload, *upload_bytes);
        *upload_bytes = 0;
        return MHD_YES;
    }
    return answer(argument, connection, method, request);
}

/* A listening socket on loopback, its port in *port; -1 with `error`. */
static int listen_on_loopback(int *port, char *error, size_t error_bytes)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)*port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        snprintf(error, error_bytes,
                 "cannot listen on 127.0.0.1:%d: %s (port = 0 takes a free "
                 "one)",
                 *port, strerror(errno)); /* NOLINT: a known number's text */
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

static struct MHD_Daemon *start_daemon(struct lx_server *server, int fd)
{
    unsigned flags = MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    sigset_t before;
    lx_signals_block(&before);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
        MHD_OPTION_CONNECTION_LIMIT, 1000u, MHD_OPTION_END);
    lx_signals_restore(&before);
    return daemon;
}

static struct lx_service *open_service(struct lx_server *server,
                                       const struct lx_server_setup *setup,
                                       char *error, size_t error_bytes)
{
    struct lx_service_setup service = {
        .path = setup->path,
        .cpath = setup->cpath,
        .config = setup->config,
        .port = server->port,
        .wake = lx_poster_wake,
        .sender = server->poster,
    };
    return lx_service_open(&service, error, error_bytes);
}

static void free_server(struct lx_server *server)
{
    /* The painter first: it resumes what is suspended, without which the
     * daemon could not end. The state last: all others call it. */
    if (server->painter)
        lx_painter_stop(server->painter);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    lx_poster_free(server->poster);
    lx_painter_free(server->painter);
    lx_service_close(server->service);
    free(server);
}

struct lx_server *lx_server_start(const struct lx_server_setup *setup,
                                  char *error, size_t error_bytes)
{
    struct lx_server *server = calloc(1, sizeof(*server));
    snprintf(error, error_bytes, "out of memory or threads");
    if (!server)
        return NULL;
    server->pid = getpid();
    server->port = setup->port;
    server->body_max_bytes = setup->body_max_bytes;
    int fd = listen_on_loopback(&server->port, error, error_bytes);
    if (fd < 0) {
        free(server);
        return NULL;
    }
    server->poster = lx_poster_new();
    server->painter = lx_painter_start();
    if (server->poster && server->painter)
        server->service = open_service(server, setup, error, error_bytes);
    if (server->service && lx_poster_start(server->poster, server->service))
        server->daemon = start_daemon(server, fd);
    if (server->daemon)
        return server;
    close(fd);
    free_server(server);
    return NULL;
}

void lx_server_prepare(void)
{
    lx_painter_prepare();
}

int lx_server_port(const struct lx_server *server)
{
    return server->port;
}

char *lx_server_report(struct lx_server *server, size_t *length)
{
    /* In a forked child the lock may be held for ever by a thread that is not
     * there. */
    return server->pid == getpid() ? lx_service_report(server->service, length)
                                   : NULL;
}

void lx_server_stop(struct lx_server *server)
{
    if (server && server->pid == getpid())
        free_server(server);
}
