/* api_rig.h: a client of the core against a little API on a thread of its own.
 * A test gives answer_call, which runs on the server's thread and writes the
 * answer itself. Nothing here allocates: a test may count allocations. */
#pragma once

#include "../check.h"
#include "engine/client.h"
#include "os/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define API_SOCKETS_MAX 64
#define API_TEXT_MAX    4096
#define API_CALLS_MAX   64
#define API_WAIT_MS     20000 /* longer than anything takes that works */

struct api_call {
    int fd;
    bool is_create;
    int hit;          /* how many of its kind came before */
    const char *text; /* head and body */
};

enum after_call { KEEP, CLOSE, HOLD /* say nothing, keep the socket */ };
static enum after_call answer_call(const struct api_call *call);

static struct {
    pthread_t thread;
    sem_t is_running;
    int listener, stop[2], port;
    pthread_mutex_t lock; /* of what stands below */
    int connections, creates, others;
    char texts[API_CALLS_MAX][API_TEXT_MAX];
} api;

/* ---- for answer_call ---- */

static inline void api_send(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = send(fd, bytes, length, MSG_NOSIGNAL);

        if (count <= 0)
            return;
        bytes += count;
        length -= (size_t)count;
    }
}

__attribute__((format(printf, 3, 4))) static inline void
api_say(int fd, int status, const char *format, ...)
{
    char body[2048], text[2600];
    va_list arguments;
    int length;

    va_start(arguments, format);
    vsnprintf(body, sizeof body, format, arguments);
    va_end(arguments);
    length = snprintf(
        text, sizeof text,
        "HTTP/1.1 %d Words\r\nContent-Type: application/json\r\n%s"
        "Content-Length: %zu\r\n\r\n%s",
        status, status == 429 ? "Retry-After: 30\r\n" : "", strlen(body), body);
    api_send(fd, text, (size_t)length);
}

/* Something that looks like a picture, 12 bytes. */
#define API_FILE "\x89PNG\r\n\x1a\nmore"

static inline void api_say_file(int fd)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
                               "Content-Length: 12\r\n\r\n" API_FILE;

    api_send(fd, text, sizeof text - 1);
}

static inline void api_say_created(int fd, const char *task_id)
{
    api_say(fd, 200,
            "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"%s\"}}",
            task_id);
}

static inline void api_say_state(int fd, const char *state)
{
    api_say(fd, 200,
            "{\"code\":200,\"msg\":\"success\",\"data\":{\"taskId\":\"t1\","
            "\"state\":\"%s\",\"resultJson\":\"{\\\"resultUrls\\\":"
            "[\\\"https://a.b/c.png\\\"]}\"}}",
            state);
}

/* ---- the server ---- */

struct api_socket {
    int fd;
    size_t length;
    char text[API_TEXT_MAX];
};

/* The length of the first whole request in the buffer, 0 when there is none. */
static inline size_t whole_request(const struct api_socket *socket)
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

static inline enum after_call serve_call(struct api_socket *socket)
{
    struct api_call call = {.fd = socket->fd, .text = socket->text};
    int index;

    call.is_create = strncmp(socket->text, "POST", 4) == 0;
    pthread_mutex_lock(&api.lock);
    index = api.creates + api.others;
    if (index < API_CALLS_MAX)
        memcpy(api.texts[index], socket->text, socket->length + 1);
    call.hit = call.is_create ? api.creates++ : api.others++;
    pthread_mutex_unlock(&api.lock);
    return answer_call(&call);
}

/* Whether the socket is to stay. */
static inline bool serve_api_socket(struct api_socket *socket)
{
    size_t room = sizeof socket->text - 1 - socket->length, whole;
    ssize_t got = recv(socket->fd, socket->text + socket->length, room, 0);

    if (got <= 0)
        return false;
    socket->length += (size_t)got;
    socket->text[socket->length] = '\0';
    while ((whole = whole_request(socket)) > 0) {
        if (serve_call(socket) == CLOSE)
            return false;
        memmove(socket->text, socket->text + whole, socket->length - whole + 1);
        socket->length -= whole;
    }
    return socket->length < sizeof socket->text - 1;
}

static inline void *run_api(void *argument)
{
    static struct api_socket sockets[API_SOCKETS_MAX];
    struct pollfd polled[API_SOCKETS_MAX + 2];
    nfds_t count = 0;

    (void)argument;
    sem_post(&api.is_running);
    for (;;) {
        polled[0] = (struct pollfd){api.stop[0], POLLIN, 0};
        polled[1] = (struct pollfd){api.listener, POLLIN, 0};
        for (nfds_t i = 0; i < count; i++)
            polled[i + 2] = (struct pollfd){sockets[i].fd, POLLIN, 0};
        if (poll(polled, count + 2, -1) < 0 || polled[0].revents)
            break;
        for (nfds_t i = count; i-- > 0;)
            if (polled[i + 2].revents && !serve_api_socket(&sockets[i])) {
                close(sockets[i].fd);
                sockets[i] = sockets[--count];
            }
        if (!polled[1].revents || count == API_SOCKETS_MAX)
            continue;
        sockets[count].fd = accept(api.listener, NULL, NULL);
        sockets[count].length = 0;
        if (sockets[count].fd >= 0)
            count++;
        pthread_mutex_lock(&api.lock);
        api.connections++;
        pthread_mutex_unlock(&api.lock);
    }
    while (count > 0)
        close(sockets[--count].fd);
    return NULL;
}

static inline void start_api(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;

    pthread_mutex_init(&api.lock, NULL);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    api.listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_EQ(bind(api.listener, (struct sockaddr *)&address, length), 0);
    CHECK_EQ(listen(api.listener, 64), 0);
    CHECK_EQ(getsockname(api.listener, (struct sockaddr *)&address, &length),
             0);
    api.port = ntohs(address.sin_port);
    CHECK_EQ(pipe(api.stop), 0);
    sem_init(&api.is_running, 0, 0);
    CHECK_EQ(pthread_create(&api.thread, NULL, run_api, NULL), 0);
    /* A sanitizer's allocator does not survive a fork while a thread begins. */
    sem_wait(&api.is_running);
}

static inline void stop_api(void)
{
    close(api.stop[1]);
    pthread_join(api.thread, NULL);
    close(api.stop[0]);
    close(api.listener);
    sem_destroy(&api.is_running);
    pthread_mutex_destroy(&api.lock);
}

static inline void forget_calls(void)
{
    pthread_mutex_lock(&api.lock);
    api.connections = api.creates = api.others = 0;
    pthread_mutex_unlock(&api.lock);
}

static inline int count_calls(bool are_creates)
{
    pthread_mutex_lock(&api.lock);
    int count = are_creates ? api.creates : api.others;
    pthread_mutex_unlock(&api.lock);
    return count;
}

/* ---- the client ---- */

static inline char *copy_text(const char *text)
{
    return lx_text_duplicate(text, strlen(text));
}

/* Quick, patient, and asking every 20 ms; false when memory is out. */
static inline bool fill_config(struct lx_config *config)
{
    char url[64];

    snprintf(url, sizeof url, "http://127.0.0.1:%d", api.port);
    *config = (struct lx_config){
        .http.base_url = copy_text(url),
        .http.api_key = copy_text("sk-test"),
        .http.user_agent = copy_text("lx-test/1"),
        .http.timeout_ms = API_WAIT_MS,
        .http.connect_timeout_ms = API_WAIT_MS,
        .http.max_connections = 4,
        .http.max_downloads = 2,
        .http.max_body_bytes = 1 << 20,
        .retry = {3, 10, 50},
        .cadence = {.first = 0.02, .max = 0.02},
    };
    return config->http.base_url && config->http.api_key &&
           config->http.user_agent;
}

static inline struct lx_client *open_client(void)
{
    struct lx_config config;
    struct lx_client *client;

    CHECK(fill_config(&config));
    client = lx_client_new(&config);
    CHECK(client != NULL);
    return client;
}

/* NULL when memory is out. */
static inline struct lx_command *new_command(enum lx_command_type type,
                                             uint64_t id, const char *text)
{
    struct lx_command *command = lx_command_new(type, id);

    if (!command)
        return NULL;
    command->deadline_ms = API_WAIT_MS;
    command->text = text ? copy_text(text) : NULL;
    command->text_length = text ? strlen(text) : 0;
    if (!text || command->text)
        return command;
    lx_command_free(command);
    return NULL;
}

static inline enum lx_kind submit(struct lx_client *client,
                                  enum lx_command_type type, uint64_t id,
                                  const char *text)
{
    return lx_client_submit(client, new_command(type, id, text));
}

static inline bool is_final(const struct lx_event *event)
{
    return event->type == LX_EVENT_ENDED || event->type == LX_EVENT_RECORD ||
           event->type == LX_EVENT_TIMER || event->type == LX_EVENT_DOWNLOADED;
}

static inline void free_events(struct lx_event *event)
{
    while (event) {
        struct lx_event *next = event->next;

        lx_event_free(event);
        event = next;
    }
}

/* The next event for which `is_wanted` (NULL: any); the others are freed. NULL,
 * noted as a failure, when none comes. `*rest` is what was taken after it. */
static inline struct lx_event *
await_event(struct lx_client *client, struct lx_event **rest,
            bool (*is_wanted)(const struct lx_event *))
{
    int64_t end_ms = lx_now_ms() + API_WAIT_MS;

    for (;;) {
        struct lx_event *event = *rest;

        if (event) {
            *rest = event->next;
            event->next = NULL;
            if (!is_wanted || is_wanted(event))
                return event;
            lx_event_free(event);
        } else if (lx_now_ms() > end_ms) {
            CHECK(event != NULL);
            return NULL;
        } else if (lx_client_wait(client, 100)) {
            *rest = lx_client_take_events(client);
        }
    }
}
