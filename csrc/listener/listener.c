/* listener.c: libmicrohttpd's callbacks. One polling thread calls all of them,
 * so a request needs no lock; a request that waits for work is suspended, and
 * resumed by the worker. */
#if !__has_include(<microhttpd.h>)
#error                                                                         \
    "microhttpd.h is missing: install libmicrohttpd-dev (brew: libmicrohttpd)"
#endif

#include "listener.h"
#include "desk.h"
#include "handler.h"
#include "peers.h"
#include "port.h"
#include "poster.h"
#include "request.h"
#include "worker.h"

#include <microhttpd.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lx_listener {
    struct MHD_Daemon *daemon;
    struct lx_handler *handler;
    struct lx_worker *worker; /* NULL: none */
    struct lx_desk *desk;     /* NULL: none */
    struct lx_poster *poster;
    struct lx_peers peers;              /* the HTTP thread's */
    char *path, *cpath, *worker_module; /* owned; the worker borrows them */
    size_t body_max_bytes;
    int port;
    pid_t pid; /* of the process that has the threads */
};

static struct lx_peer *peer_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection,
                                   MHD_CONNECTION_INFO_SOCKET_CONTEXT)
        ->socket_context;
}

static void touch(struct lx_listener *listener,
                  struct MHD_Connection *connection)
{
    struct lx_peer *peer = peer_of(connection);
    if (peer)
        lx_peers_touch(&listener->peers, peer);
}

static void on_connection(void *argument, struct MHD_Connection *connection,
                          void **slot, enum MHD_ConnectionNotificationCode code)
{
    struct lx_listener *listener = argument;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *slot = lx_peers_add(&listener->peers,
                             MHD_get_connection_info(
                                 connection, MHD_CONNECTION_INFO_CONNECTION_FD)
                                 ->connect_fd,
                             LX_LISTENER_CONNECTIONS_MAX);
    else if (*slot)
        lx_peers_remove(&listener->peers, *slot);
}

static void *on_target(void *argument, const char *target,
                       struct MHD_Connection *connection)
{
    struct lx_listener *listener = argument;
    touch(listener, connection);
    return lx_request_new(target, listener->body_max_bytes);
}

static void on_completed(void *argument, struct MHD_Connection *connection,
                         void **slot, enum MHD_RequestTerminationCode why)
{
    (void)why;
    struct lx_listener *listener = argument;
    struct lx_request *request = *slot;
    *slot = NULL;
    touch(listener, connection);
    if (!request)
        return;
    if (request->ticket)
        lx_handler_forget(listener->handler, request->ticket);
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

/* On the worker's thread, or any for the desk. */
static void on_worked(struct lx_work *work)
{
    MHD_resume_connection(work->context);
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

static bool push_work(struct lx_listener *listener, struct lx_work *work)
{
    if (listener->worker)
        return lx_worker_push(listener->worker, work);
    return listener->desk && lx_desk_push(listener->desk, work);
}

/* Hand the work over and suspend; libmicrohttpd calls again after the resume.
 * When there is no worker that is at once, with nothing made. */
static void start_work(struct lx_listener *listener,
                       struct MHD_Connection *connection,
                       struct lx_request *request, struct lx_reply *reply)
{
    struct lx_work *work = &request->work;
    struct lx_peer *peer = peer_of(connection);
    request->has_work = true;
    work->text = reply->work;
    work->text_bytes = reply->work_bytes;
    reply->work = NULL;
    work->done = on_worked;
    work->context = connection;
    if (peer)
        peer->is_busy = true;
    MHD_suspend_connection(connection); /* before the worker can resume it */
    if (!push_work(listener, work))
        MHD_resume_connection(connection);
}

static enum MHD_Result answer(struct lx_listener *listener,
                              struct MHD_Connection *connection,
                              const char *method, struct lx_request *request)
{
    struct header_list list = {.count = 0};
    struct lx_peer *peer = peer_of(connection);
    struct lx_made made = {request->work.bytes, request->work.length};
    if (peer)
        peer->is_busy = false;
    touch(listener, connection); /* it was not the peer that was silent */
    if (!request->has_work)
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
    lx_handler_handle(listener->handler, &ask, request->has_work ? &made : NULL,
                      &reply);
    enum MHD_Result result = MHD_YES;
    if (reply.work && !request->has_work)
        start_work(listener, connection, request, &reply);
    else
        result = send_reply(connection, &reply);
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
        touch(argument, connection);
        lx_request_append(request, upload, *upload_bytes);
        *upload_bytes = 0;
        return MHD_YES;
    }
    return answer(argument, connection, method, request);
}

/* libmicrohttpd's own limit is higher: it stops accepting there, while peers
 * that were shut down still wait to be closed. */
enum { CONNECTIONS_HELD_MAX = LX_LISTENER_CONNECTIONS_MAX + 128 };

static struct MHD_Daemon *start_daemon(struct lx_listener *listener, int fd,
                                       unsigned silence_seconds)
{
    unsigned flags = MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    sigset_t all, before;
    sigfillset(&all); /* libmicrohttpd's thread inherits the mask */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, listener, MHD_OPTION_LISTEN_SOCKET,
        fd, MHD_OPTION_URI_LOG_CALLBACK, on_target, listener,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, listener,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, listener,
        MHD_OPTION_CONNECTION_TIMEOUT, silence_seconds,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_HELD_MAX,
        MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return daemon;
}

static struct lx_handler *open_handler(struct lx_listener *listener,
                                       const struct lx_listener_setup *setup,
                                       char *error, size_t error_bytes)
{
    struct lx_handler_setup handler = {
        .path = listener->path,
        .cpath = listener->cpath,
        .module = setup->handler,
        .config = setup->config,
        .port = listener->port,
        .wake = lx_poster_wake,
        .sender = listener->poster,
        .mailbox = setup->mailbox,
    };
    return lx_handler_open(&handler, error, error_bytes);
}

static void free_listener(struct lx_listener *listener)
{
    /* Worker and desk first: they resume what is suspended, without which the
     * daemon could not end. The handler last: all others call it. */
    if (listener->worker)
        lx_worker_stop(listener->worker);
    if (listener->desk)
        lx_desk_stop(listener->desk);
    if (listener->daemon)
        MHD_stop_daemon(listener->daemon);
    lx_poster_free(listener->poster);
    lx_worker_free(listener->worker);
    lx_desk_free(listener->desk);
    lx_handler_close(listener->handler);
    free(listener->path);
    free(listener->cpath);
    free(listener->worker_module);
    free(listener);
}

/* Everything but the port; false when out of memory. */
static bool fill(struct lx_listener *listener,
                 const struct lx_listener_setup *setup)
{
    lx_peers_init(&listener->peers);
    listener->pid = getpid();
    listener->port = setup->port;
    listener->body_max_bytes = setup->body_max_bytes;
    listener->path = strdup(setup->path);
    listener->cpath = strdup(setup->cpath);
    listener->poster = lx_poster_new();
    if (!listener->path || !listener->cpath || !listener->poster)
        return false;
    if (!setup->worker && setup->mailbox)
        listener->desk = lx_desk_new(setup->mailbox);
    if (!setup->worker)
        return listener->desk || !setup->mailbox;
    listener->worker_module = strdup(setup->worker);
    listener->worker =
        lx_worker_new(listener->path, listener->cpath, listener->worker_module);
    return listener->worker_module && listener->worker;
}

static bool start_poster(struct lx_listener *listener)
{
    return !lx_handler_has_posts(listener->handler) ||
           lx_poster_start(listener->poster, listener->handler);
}

struct lx_listener *lx_listener_start(const struct lx_listener_setup *setup,
                                      char *error, size_t error_bytes)
{
    struct lx_listener *listener = calloc(1, sizeof *listener);
    snprintf(error, error_bytes, "out of memory or threads");
    if (!listener)
        return NULL;
    int fd = -1;
    if (fill(listener, setup))
        fd =
            lx_port_listen(setup->address, &listener->port, error, error_bytes);
    if (fd >= 0)
        listener->handler = open_handler(listener, setup, error, error_bytes);
    if (listener->handler && start_poster(listener))
        listener->daemon = start_daemon(listener, fd, setup->silence_seconds);
    if (listener->daemon)
        return listener;
    if (fd >= 0)
        close(fd);
    free_listener(listener);
    return NULL;
}

int lx_listener_port(const struct lx_listener *listener)
{
    return listener->port;
}

bool lx_listener_settle(struct lx_listener *listener, uint64_t ticket,
                        const char *text, size_t length)
{
    return listener->pid == getpid() && listener->desk &&
           lx_desk_settle(listener->desk, ticket, text, length);
}

char *lx_listener_call(struct lx_listener *listener, const char *name,
                       const char *text, size_t text_bytes, size_t *length,
                       char *error, size_t error_bytes)
{
    if (listener->pid == getpid())
        return lx_handler_call(listener->handler, name, text, text_bytes,
                               length, error, error_bytes);
    snprintf(error, error_bytes, "the listener belongs to the parent process");
    return NULL;
}

void lx_listener_stop(struct lx_listener *listener)
{
    if (listener && listener->pid == getpid())
        free_listener(listener);
}
