/* api_rig.h: a client of the core against a little API on a thread of its own.
 * A test gives answer_call, which runs on the server's thread and writes the
 * answer itself. Nothing here allocates: a test may count allocations. */
#pragma once

#include "../check.h"
#include "../server.h"
#include "engine/client.h"
#include "os/clock.h"

#include <stdarg.h>

#define API_WAIT_MS 120000 /* longer than anything takes that works */

static enum after_answer answer_call(const struct request *call);

static struct server api = {.answer = answer_call};

/* ---- for answer_call ---- */

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
    send_bytes(fd, text, (size_t)length);
}

/* Something that looks like a picture, 12 bytes. */
#define API_FILE "\x89PNG\r\n\x1a\nmore"

static inline void api_say_file(int fd)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
                               "Content-Length: 12\r\n\r\n" API_FILE;

    send_bytes(fd, text, sizeof text - 1);
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

static inline void start_api(void)
{
    CHECK(server_start(&api));
}

static inline void stop_api(void)
{
    server_stop(&api);
}

static inline int count_calls(bool are_creates)
{
    return server_count(&api, are_creates ? &api.posts : &api.gets);
}

/* ---- the client ---- */

static inline char *copy_text(const char *text)
{
    return lx_text_duplicate(text, strlen(text));
}

/* Quick, patient, and asking every 20 ms; false when out of memory. */
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

/* NULL when out of memory. */
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
