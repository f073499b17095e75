/* stub.c: a measuring server: createTask and recordInfo on 127.0.0.1, one
 * thread, keep-alive, nothing in the answers worked out, so that what is timed
 * is the client. A program of its own; ends when its output is closed.
 *     stub [options]                 prints {"port":N}, then serves
 *     --polls N       a task is "generating" N times, then "success" (3)
 *     --ms MIN MAX    instead: it ends MIN to MAX ms after its creation
 *     --tasks N       N tasks exist from the start
 *     --limit N MS    more than N requests in MS get an empty 429
 * GET /__stats counts. GET /file/N/NAME is N bytes. */
#include "../c/server.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define CREATE_PATH "/api/v1/jobs/createTask"
#define QUERY_PATH  "/recordInfo?taskId=task_"

struct task {
    int64_t born_ms; /* since the epoch, as the service tells it */
    int64_t end_us;  /* monotonic; 0 with --polls */
    uint32_t polls;
    bool is_seen; /* "success" was answered */
};

struct stub {
    struct task *tasks;
    size_t task_count, task_capacity;
    uint32_t pending_polls;
    int64_t least_ms, most_ms;   /* -1: tasks end by polls */
    int64_t *accepted_us;        /* ring of the limit; NULL: no limit */
    size_t limit_count, next_in; /* size of the ring, its oldest entry */
    int64_t limit_us;
    uint64_t polls, finished, refused;
    int64_t delay_us_sum, delay_us_max; /* from a task's end to "success" */
};

static int64_t now_us(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- tasks ---- */

/* Between least_ms and most_ms, by the task's number: always the same. */
static int64_t duration_us(const struct stub *stub)
{
    uint64_t mixed = (stub->task_count + 1) * 0x9e3779b97f4a7c15u;
    int64_t spread_us = (stub->most_ms - stub->least_ms) * 1000;

    mixed ^= mixed >> 29;
    mixed *= 0xbf58476d1ce4e5b9u;
    mixed ^= mixed >> 32;
    return stub->least_ms * 1000 +
           (spread_us > 0 ? (int64_t)(mixed % (uint64_t)spread_us) : 0);
}

static size_t add_task(struct stub *stub)
{
    if (stub->task_count == stub->task_capacity) {
        stub->task_capacity = stub->task_capacity * 2 + 4096;
        stub->tasks =
            reallocarray(stub->tasks, stub->task_capacity, sizeof *stub->tasks);
        if (!stub->tasks)
            abort();
    }
    struct task *task = &stub->tasks[stub->task_count];
    *task = (struct task){0};
    if (stub->least_ms >= 0) {
        task->born_ms = now_us(CLOCK_REALTIME) / 1000;
        task->end_us = now_us(CLOCK_MONOTONIC) + duration_us(stub);
    }
    return stub->task_count++;
}

static void note_success(struct stub *stub, struct task *task, int64_t at_us)
{
    task->is_seen = true;
    stub->finished++;
    if (task->end_us == 0)
        return;
    int64_t delay_us = at_us - task->end_us;
    stub->delay_us_sum += delay_us;
    if (delay_us > stub->delay_us_max)
        stub->delay_us_max = delay_us;
}

/* Count a question; whether the task has ended. */
static bool ask_task(struct stub *stub, struct task *task)
{
    int64_t at_us = task->end_us ? now_us(CLOCK_MONOTONIC) : 0;

    stub->polls++;
    task->polls++;
    bool is_over = task->end_us ? at_us >= task->end_us
                                : task->polls > stub->pending_polls;
    if (is_over && !task->is_seen)
        note_success(stub, task, at_us);
    return is_over;
}

/* ---- answers ---- */

/* In one piece, as a service sends it. */
static void answer_json(int fd, int status, const char *body, size_t length)
{
    say(fd,
        "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
        "Content-Length: %zu\r\n\r\n%.*s",
        status, length, (int)length, body);
}

static void answer_file(const struct request *request, uint64_t bytes)
{
    say(request->fd,
        "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
        "Content-Length: %" PRIu64 "\r\n\r\n",
        bytes);
    *request->stream = bytes;
}

/* Times are the truth with --ms, else constants. */
static int put_record(char *body, size_t size, size_t number,
                      const struct task *task, bool is_over, int64_t end_ms)
{
    int64_t born_ms = task->born_ms ? task->born_ms : 1757584164490;

    return snprintf(
        body, size,
        "{\"code\":200,\"msg\":\"success\",\"data\":{"
        "\"taskId\":\"task_%012zu\",\"model\":\"z-image\",\"state\":\"%s\","
        "\"param\":\"{\\\"model\\\":\\\"z-image\\\",\\\"input\\\":"
        "{\\\"prompt\\\":\\\"a tea bottle on a stone table\\\","
        "\\\"seed\\\":12345}}\",\"resultJson\":\"%s\",\"failCode\":\"\","
        "\"failMsg\":\"\",\"costTime\":%d,\"completeTime\":%" PRId64
        ",\"createTime\":%" PRId64 ",\"updateTime\":%" PRId64 "}}",
        number, is_over ? "success" : "generating",
        is_over ? "{\\\"resultUrls\\\":[\\\"http://127.0.0.1/file/1000\\\"]}"
                : "",
        is_over ? 12 : 0, is_over ? end_ms : (int64_t)0, born_ms, born_ms);
}

static void answer_query(struct stub *stub, int fd, const char *number_text)
{
    static const char unknown[] =
        "{\"code\":404,\"msg\":\"task not found\",\"data\":null}";
    size_t number = strtoull(number_text, NULL, 10);
    char body[1024];

    if (number >= stub->task_count) {
        answer_json(fd, 404, unknown, sizeof unknown - 1);
        return;
    }
    struct task *task = &stub->tasks[number];
    bool is_over = ask_task(stub, task);
    int64_t end_ms = 1757584176490;
    if (task->end_us)
        end_ms = (now_us(CLOCK_REALTIME) -
                  (now_us(CLOCK_MONOTONIC) - task->end_us)) /
                 1000;
    int length = put_record(body, sizeof body, number, task, is_over, end_ms);
    answer_json(fd, 200, body, (size_t)length);
}

static void answer_create(struct stub *stub, int fd)
{
    char body[128];
    int length = snprintf(body, sizeof body,
                          "{\"code\":200,\"msg\":\"success\",\"data\":{"
                          "\"taskId\":\"task_%012zu\"}}",
                          add_task(stub));

    answer_json(fd, 200, body, (size_t)length);
}

static void answer_stats(const struct stub *stub, int connections, int fd)
{
    char body[512];
    int length = snprintf(
        body, sizeof body,
        "{\"created\":%zu,\"polls\":%" PRIu64 ",\"finished\":%" PRIu64
        ",\"delay_us_sum\":%" PRId64 ",\"delay_us_max\":%" PRId64
        ",\"conns\":%d,\"refused\":%" PRIu64 "}\n",
        stub->task_count, stub->polls, stub->finished, stub->delay_us_sum,
        stub->delay_us_max, connections, stub->refused);

    answer_json(fd, 200, body, (size_t)length);
}

/* As the platform's stock limit counts: requests accepted in a window that
 * slides; one that is refused does not count. */
static bool is_refused(struct stub *stub)
{
    if (!stub->accepted_us)
        return false;
    int64_t now = now_us(CLOCK_MONOTONIC);
    int64_t *oldest = &stub->accepted_us[stub->next_in];
    if (*oldest != 0 && now - *oldest < stub->limit_us) {
        stub->refused++;
        return true;
    }
    *oldest = now;
    stub->next_in = (stub->next_in + 1) % stub->limit_count;
    return false;
}

static enum after_answer answer(const struct request *request)
{
    static const char nothing[] =
        "{\"code\":404,\"msg\":\"not found\",\"data\":null}";
    struct stub *stub = request->server->context;
    const char *target = strchr(request->text, ' ');
    const char *path = target ? target + 1 : "";
    size_t length = strcspn(path, " \r\n");
    const char *query = memmem(path, length, QUERY_PATH, strlen(QUERY_PATH));
    bool is_create =
        request->is_post && !strncmp(path, CREATE_PATH, strlen(CREATE_PATH));

    if ((is_create || query) && is_refused(stub))
        answer_json(request->fd, 429, "", 0);
    else if (is_create)
        answer_create(stub, request->fd);
    else if (query)
        answer_query(stub, request->fd, query + strlen(QUERY_PATH));
    else if (!strncmp(path, "/file/", 6))
        answer_file(request, strtoull(path + 6, NULL, 10));
    else if (!strncmp(path, "/__stats", 8))
        answer_stats(stub, request->server->connections, request->fd);
    else
        answer_json(request->fd, 404, nothing, sizeof nothing - 1);
    return KEEP;
}

/* ---- options ---- */

static bool set_option(struct stub *stub, char **words)
{
    const char *name = words[0];
    long long first = words[1] ? atoll(words[1]) : -1;
    long long second = words[1] && words[2] ? atoll(words[2]) : -1;

    if (!strcmp(name, "--polls") && first >= 0) {
        stub->pending_polls = (uint32_t)first;
    } else if (!strcmp(name, "--ms") && first >= 0 && second >= first) {
        stub->least_ms = first;
        stub->most_ms = second;
    } else if (!strcmp(name, "--tasks") && first >= 0) {
        while (stub->task_count < (size_t)first)
            add_task(stub);
    } else if (!strcmp(name, "--limit") && first > 0 && second > 0) {
        stub->limit_count = (size_t)first;
        stub->limit_us = second * 1000;
        stub->accepted_us = calloc(stub->limit_count, sizeof(int64_t));
        return stub->accepted_us != NULL;
    } else {
        return false;
    }
    return true;
}

int main(int count, char **words)
{
    struct stub stub = {.pending_polls = 3, .least_ms = -1, .most_ms = -1};
    static struct server server = {.answer = answer};

    server.context = &stub;
    for (int i = 1; i < count; i++) {
        if (strncmp(words[i], "--", 2) != 0)
            continue; /* the value of the option before it */
        if (!set_option(&stub, &words[i])) {
            fprintf(stderr, "stub: %s: unknown, or a number is missing\n",
                    words[i]);
            return 2;
        }
    }
    signal(SIGPIPE, SIG_IGN);
    if (!server_open(&server)) {
        perror("stub: listening");
        return 1;
    }
    printf("{\"port\":%d}\n", server.port);
    fflush(stdout);
    server_run(&server, STDOUT_FILENO);
    return 0;
}
