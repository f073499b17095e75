/* The client's end: close with work in flight, twice, before anything, at the
 * process's exit, and after a fork; the descriptor that wakes the host. */
#include "api_rig.h"
#include "../child.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

/* Creates are taken, all else is never answered. */
static enum after_answer answer_call(const struct request *call)
{
    if (!call->is_post)
        return HOLD;
    api_say_created(call->fd, "t1");
    return KEEP;
}

static bool is_created(const struct lx_event *event)
{
    return event->type == LX_EVENT_CREATED;
}

static void submit_download(struct lx_client *client, uint64_t id)
{
    struct lx_command *command = new_command(LX_COMMAND_DOWNLOAD, id, NULL);
    char url[80];

    snprintf(url, sizeof url, "http://127.0.0.1:%d/file", api.port);
    command->download = calloc(1, sizeof *command->download);
    *command->download = (struct lx_download_order){.url = copy_text(url),
                                                    .max_bytes = 1 << 20,
                                                    .stall_ms = API_WAIT_MS,
                                                    .allow_http = true,
                                                    .allow_private = true};
    CHECK_EQ(lx_client_submit(client, command), LX_KIND_NONE);
}

/* A create's watch, a question, downloads and a timer, all of them open. */
static struct lx_client *open_busy_client(void)
{
    struct lx_client *client = open_client();
    struct lx_command *command = new_command(LX_COMMAND_TIMER, 3, NULL);
    struct lx_event *rest = NULL;

    server_forget(&api);
    command->delay_ms = 3600000;
    lx_client_submit(client, command);
    submit(client, LX_COMMAND_CREATE, 1, "{}");
    submit(client, LX_COMMAND_QUERY, 2, "t2");
    for (uint64_t id = 4; id < 8; id++)
        submit_download(client, id);
    lx_event_free(await_event(client, &rest, is_created));
    free_events(rest);
    while (count_calls(false) < 4) /* two of them downloads */
        sched_yield();
    return client;
}

static void test_busy(void)
{
    struct lx_client *client = open_busy_client();
    int64_t began_ms = lx_now_ms();
    struct lx_event *events;

    check_row = "busy";
    submit(client, LX_COMMAND_TIMER, 9, NULL);
    CHECK(lx_client_wait(client, API_WAIT_MS));
    lx_client_stop(client);
    CHECK(lx_now_ms() - began_ms < API_WAIT_MS / 2); /* nothing is waited for */
    CHECK_EQ(submit(client, LX_COMMAND_QUERY, 10, "t3"), LX_KIND_CLOSED);
    lx_client_stop(client);
    /* What was told before can still be taken. */
    events = lx_client_take_events(client);
    CHECK(events && events->type == LX_EVENT_TIMER && events->id == 9);
    free_events(events);
    lx_client_free(client);

    check_row = "freed at once";
    client = open_busy_client();
    submit(client, LX_COMMAND_CREATE, 20, "{}");
    lx_client_free(client);
    lx_client_free(NULL);
}

/* Nothing was ever asked of it: there is no thread, and none is made. */
static void test_idle(void)
{
    struct lx_client *client = open_client();
    struct lx_stats stats;

    check_row = "idle";
    CHECK(!lx_client_take_events(client));
    CHECK(!lx_client_has_events(client));
    lx_client_stats(client, &stats);
    CHECK_EQ(stats.requests, 0);
    lx_client_free(client);

    check_row = "stopped before the first command";
    client = open_client();
    lx_client_stop(client);
    CHECK_EQ(submit(client, LX_COMMAND_QUERY, 1, "t1"), LX_KIND_CLOSED);
    CHECK_EQ(submit(client, LX_COMMAND_TIMER, 2, NULL), LX_KIND_CLOSED);
    lx_client_stop(client);
    CHECK(!lx_client_take_events(client));
    lx_client_free(client);
}

static bool is_readable(struct lx_client *client)
{
    struct pollfd entry = {.fd = (int)lx_client_fd(client), .events = POLLIN};

    return poll(&entry, 1, 0) == 1;
}

static void test_wake(void)
{
    struct lx_client *client = open_client();
    struct pollfd entry = {.fd = (int)lx_client_fd(client), .events = POLLIN};

    check_row = "wake";
    CHECK(!is_readable(client));
    CHECK(!lx_client_wait(client, 1));
    lx_client_signal(client);
    CHECK(is_readable(client) && lx_client_has_events(client));
    CHECK(lx_client_wait(client, 0));
    CHECK(!lx_client_take_events(client));
    CHECK(!is_readable(client) && !lx_client_has_events(client));
    submit(client, LX_COMMAND_TIMER, 1, NULL);
    CHECK_EQ(poll(&entry, 1, API_WAIT_MS), 1); /* as a host's loop would */
    CHECK(lx_client_has_events(client));
    free_events(lx_client_take_events(client));
    CHECK(!is_readable(client));
    lx_client_free(client);
}

/* Asked for when something waits already. */
static void test_late_fd(void)
{
    struct lx_client *client = open_client();

    check_row = "late descriptor";
    submit(client, LX_COMMAND_TIMER, 1, NULL);
    CHECK(lx_client_wait(client, API_WAIT_MS));
    free_events(lx_client_take_events(client));
    submit(client, LX_COMMAND_TIMER, 2, NULL);
    while (!lx_client_has_events(client)) /* nothing else would tell */
        sched_yield();
    CHECK(is_readable(client));
    free_events(lx_client_take_events(client));
    CHECK(!is_readable(client));
    lx_client_free(client);
}

/* ---- other processes ---- */

/* How the child ended: its exit code, or -1 when a signal killed it, such as
 * the alarm for one that hangs. */
static int exit_code(pid_t child)
{
    int status = 0;

    CHECK_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* In the child: the number of what is wrong, 0 for nothing. */
static int use_after_fork(struct lx_client *client)
{
    if (!lx_client_is_forked(client))
        return 1;
    if (submit(client, LX_COMMAND_QUERY, 50, "t9") != LX_KIND_FORKED)
        return 2;
    lx_client_stop(client);
    lx_client_free(client);
    return 0;
}

static void test_fork(void)
{
    struct lx_client *client = open_busy_client();
    struct lx_event *rest = NULL, *event;
    pid_t child;

    check_row = "fork";
    CHECK(!lx_client_is_forked(client));
    fflush(stdout);
    child = fork();
    if (child == 0) {
        alarm(API_WAIT_MS / 1000);
        _exit(use_after_fork(client));
    }
    CHECK_EQ(exit_code(child), 0);
    /* The parent goes on. */
    submit(client, LX_COMMAND_TIMER, 51, NULL);
    event = await_event(client, &rest, NULL);
    CHECK(event && event->id == 51);
    lx_event_free(event);
    lx_client_free(client);
}

/* A child whose process ends by exit() with clients busy and nobody closing
 * them: the handler has to stop the threads. The server is the parent's. */
static int leave_open(bool had_others)
{
    struct lx_client *left_open[2];

    is_child = true;
    if (had_others)
        lx_client_free(open_client()); /* a first, so that the list was used */
    for (int i = 0; i < 2; i++) {
        left_open[i] = open_client();
        submit(left_open[i], LX_COMMAND_QUERY, 1, "t1");
        submit(left_open[i], LX_COMMAND_CREATE, 2, "{}");
    }
    for (int i = 0; i < 2; i++)
        if (!lx_client_wait(left_open[i], API_WAIT_MS))
            return 3;
    return 0;
}

static void test_exit(void)
{
    for (int i = 0; i < 2; i++) {
        pid_t child;

        check_row = i == 0 ? "exit" : "exit, after others";
        fflush(stdout);
        child = fork();
        if (child == 0) {
            alarm(API_WAIT_MS / 1000);
            exit(leave_open(i == 1));
        }
        CHECK_EQ(exit_code(child), 0);
    }
}

int main(void)
{
    start_api();
    if (MAY_FORK_THREADS)
        test_exit();
    test_busy();
    test_idle();
    test_wake();
    test_late_fd();
    test_fork();
    if (MAY_FORK_THREADS)
        test_exit(); /* now that the parent has had clients */
    stop_api();
    return check_report("client_close");
}
