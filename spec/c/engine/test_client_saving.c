/* test_client_saving.c: downloads whose network part is over and that wait for
 * the disk: they hold up no other download, until too many wait; cancelled,
 * closed, or at the process's exit the file is in place, or nothing of it is
 * left.
 * LDFLAGS: -Wl,--wrap=lx_thread_join */
#include "api_rig.h"
#include "../child.h"
#include "download/disk.h"
#include "../download/disk_rig.h"

#include <sched.h>
#include <sys/wait.h>

#define FILE_BYTES 12
#define RUNNING    2 /* max_downloads of the client */

static enum after_answer answer_call(const struct request *call)
{
    api_say_file(call->fd);
    return KEEP;
}

static const char *name_of(uint64_t id)
{
    static char name[16];

    snprintf(name, sizeof name, "f%d", (int)id);
    return name;
}

static void download(struct lx_client *client, uint64_t id)
{
    struct lx_command *command = new_command(LX_COMMAND_DOWNLOAD, id, NULL);
    char url[80];

    snprintf(url, sizeof url, "http://127.0.0.1:%d/file", api.port);
    command->download = calloc(1, sizeof *command->download);
    *command->download = (struct lx_download_order){
        .url = copy_text(url),
        .target = copy_text(disk_path(name_of(id), "")),
        .number = 1,
        .max_bytes = 1 << 20,
        .stall_ms = API_WAIT_MS,
        .allow_http = true,
        .allow_private = true};
    CHECK_EQ(lx_client_submit(client, command), LX_KIND_NONE);
}

static void await_calls(int count)
{
    int64_t end_ms = lx_now_ms() + API_WAIT_MS;

    while (count_calls(false) < count && lx_now_ms() < end_ms)
        sched_yield();
    CHECK(count_calls(false) >= count);
}

/* A timer's event: all commands before it have been obeyed. */
static void await_turn(struct lx_client *client)
{
    struct lx_event *rest = NULL, *event;

    submit(client, LX_COMMAND_TIMER, 9999, NULL);
    event = await_event(client, &rest, is_final);
    CHECK(event && event->type == LX_EVENT_TIMER);
    CHECK(!rest);
    lx_event_free(event);
    free_events(rest);
}

/* `count` downloads end, each well and once; no event follows. */
static void await_files(struct lx_client *client, int count)
{
    struct lx_event *rest = NULL;

    for (int i = 0; i < count; i++) {
        struct lx_event *event = await_event(client, &rest, is_final);
        CHECK(event && event->file && !event->error);
        if (event) {
            CHECK_EQ(event->file->length, FILE_BYTES);
            CHECK(take_file(name_of(event->id), FILE_BYTES));
        }
        lx_event_free(event);
    }
    CHECK(!rest && !lx_client_has_events(client));
}

/* With the disk at a stand, twice as many are fetched as may run at a time. */
static void test_slots(void)
{
    struct lx_client *client = open_client();
    struct lx_stats stats;

    check_row = "a slow disk holds up no other download";
    server_forget(&api);
    shut_gate();
    for (uint64_t id = 1; id <= 2 * RUNNING + 1; id++)
        download(client, id);
    await_calls(2 * RUNNING + 1);
    await_turn(client);
    lx_client_stats(client, &stats);
    CHECK_EQ(stats.downloads, 0);
    open_gate();
    await_files(client, 2 * RUNNING + 1);
    await_turn(client);
    lx_client_stats(client, &stats);
    CHECK_EQ(stats.downloads, 2 * RUNNING + 1);
    lx_client_free(client);
}

static void test_most(void)
{
    enum { COUNT = LX_DISK_JOBS_MAX + 3 * RUNNING };
    struct lx_client *client = open_client();

    check_row = "not too many wait for the disk";
    server_forget(&api);
    shut_gate();
    for (uint64_t id = 1; id <= COUNT; id++)
        download(client, id);
    await_calls(LX_DISK_JOBS_MAX);
    for (int i = 0; i < 10; i++)
        await_turn(client);
    CHECK(count_calls(false) < LX_DISK_JOBS_MAX + RUNNING);
    open_gate();
    await_files(client, COUNT);
    CHECK_EQ(count_calls(false), COUNT);
    lx_client_free(client);
}

static void test_cancel(void)
{
    struct lx_client *client = open_client();

    check_row = "cancel";
    server_forget(&api);
    shut_gate();
    download(client, 1);
    await_standing();
    download(client, 2);
    await_calls(2);
    download(client, 3);
    await_calls(3);
    submit(client, LX_COMMAND_CANCEL, 1, NULL);
    submit(client, LX_COMMAND_CANCEL, 2, NULL);
    await_turn(client);
    open_gate();
    await_files(client, 1);
    CHECK(take_file("f1", FILE_BYTES)); /* it was in the disk's hands */
    CHECK_EQ(file_bytes(disk_path("f2", "")), -1);
    lx_client_free(client);
}

/* What was in the disk's hands is there, and told; the rest is left. */
static void test_close(void)
{
    struct lx_client *client = open_client();
    int there = 0, told = 0;

    check_row = "close";
    server_forget(&api);
    shut_gate();
    download(client, 1);
    await_standing();
    download(client, 2);
    download(client, 3);
    await_calls(3);
    int64_t began_ms = lx_now_ms();
    lx_client_stop(client);
    CHECK(lx_now_ms() - began_ms < API_WAIT_MS / 2);
    CHECK_EQ(file_bytes(disk_path("f1", "")), FILE_BYTES);
    for (struct lx_event *event = lx_client_take_events(client), *next; event;
         event = next) {
        next = event->next;
        told += event->file != NULL;
        lx_event_free(event);
    }
    lx_client_free(client);
    for (uint64_t id = 1; id <= 3; id++) {
        there += file_bytes(disk_path(name_of(id), "")) == FILE_BYTES;
        unlink(disk_path(name_of(id), ""));
    }
    CHECK_EQ(told, there);
}

/* In a child: exit() with a file in the disk's hands and nobody closing. */
static void test_exit(void)
{
    int status = 0;

    check_row = "exit";
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        is_child = true;
        alarm(API_WAIT_MS / 1000);
        shut_gate();
        download(open_client(), 1);
        await_standing();
        exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK_EQ(file_bytes(disk_path("f1", "")), FILE_BYTES);
    CHECK(take_file("f1", FILE_BYTES));
}

int main(void)
{
    open_disk();
    start_api();
    if (MAY_FORK_THREADS)
        test_exit();
    test_slots();
    test_most();
    test_cancel();
    test_close();
    stop_api();
    close_disk();
    return check_report("client_saving");
}
