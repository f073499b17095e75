/* The I/O thread of a machine that has slept for an hour: its clock is behind,
 * and a download that is cut off goes on at once all the same. */
#include "http/global.h"
#include "api_rig.h"
#include "engine/io_loop.h"

/* The first answer is cut after a few bytes. */
static enum after_answer answer_call(const struct request *call)
{
    static const char cut[] = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
                              "Content-Length: 12\r\n\r\n";

    if (call->hit > 0) {
        api_say_file(call->fd);
        return KEEP;
    }
    send_bytes(call->fd, cut, sizeof cut - 1);
    send_bytes(call->fd, API_FILE, 5);
    return CLOSE;
}

static void run_io(void *argument)
{
    lx_io_run(argument);
}

/* The event that the thread tells next, all of them taken; NULL for none. */
static struct lx_event *await(struct lx_io_ports *ports,
                              const struct lx_wake *wake)
{
    int64_t end_ms = lx_now_ms() + API_WAIT_MS;
    struct lx_event *event = NULL;

    while (!event && lx_now_ms() < end_ms)
        if (lx_wake_wait(wake, 100))
            event = lx_queue_take(&ports->events);
    return event;
}

int main(void)
{
    struct lx_command *command;
    struct lx_io_ports ports = {.stats = {0}};
    struct lx_config config;
    struct lx_wake wake;
    struct lx_thread thread;
    struct lx_event *event;
    struct lx_io *io;
    char url[80];

    start_api();
    CHECK(fill_config(&config) && lx_global_init() && lx_wake_init(&wake));
    lx_mutex_init(&ports.lock);
    lx_queue_init(&ports.commands, NULL);
    lx_queue_init(&ports.events, &wake);
    lx_queue_watch(&ports.events);
    io = lx_io_new(&config, &ports);
    io->clock.behind_ms = 3600000;

    snprintf(url, sizeof url, "http://127.0.0.1:%d/file", api.port);
    command = new_command(LX_COMMAND_DOWNLOAD, 1, NULL);
    command->download = calloc(1, sizeof *command->download);
    *command->download = (struct lx_download_order){.url = copy_text(url),
                                                    .max_bytes = 1 << 20,
                                                    .stall_ms = API_WAIT_MS,
                                                    .allow_http = true,
                                                    .allow_private = true};
    CHECK(lx_queue_push(&ports.commands, command, command, NULL));
    CHECK(lx_thread_start(&thread, run_io, io));
    event = await(&ports, &wake);
    CHECK(event && event->type == LX_EVENT_DOWNLOADED && event->file &&
          event->file->length == 12);
    free_events(event);

    lx_mutex_lock(&ports.lock);
    ports.is_stopping = true;
    lx_mutex_unlock(&ports.lock);
    lx_io_wakeup(io);
    lx_thread_join(&thread);
    lx_io_free(io);
    free(ports.durations);
    lx_queue_deinit(&ports.commands);
    lx_queue_deinit(&ports.events);
    lx_mutex_deinit(&ports.lock);
    lx_wake_deinit(&wake);
    lx_config_deinit(&config);
    stop_api();
    return check_report("io_asleep");
}
