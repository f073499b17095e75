/* io.c: see io.h. */
#include "engine/io.h"

#include "base/buffer.h"
#include "base/sha256.h"
#include "os/clock.h"
#include "os/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void wake(void *argument)
{
    lx_io_wakeup(argument);
}

/* The same for clients that the service counts together; tells nothing of the
 * key. */
static void name_account(struct lx_io *io, const struct lx_config *config)
{
    unsigned char hash[LX_SHA256_BYTES];
    struct lx_sha256 sha;

    lx_sha256_init(&sha);
    lx_sha256_update(&sha, config->origin, strlen(config->origin) + 1);
    lx_sha256_update(&sha, config->http.api_key, strlen(config->http.api_key));
    lx_sha256_final(&sha, hash);
    for (size_t i = 0; i < sizeof io->account / 2; i++)
        snprintf(io->account + 2 * i, 3, "%02x", (unsigned)hash[i]);
}

struct lx_io *lx_io_new(const struct lx_config *config,
                        struct lx_io_ports *ports)
{
    struct lx_io *io = calloc(1, sizeof *io);

    if (!io)
        return NULL;
    io->config = config;
    io->ports = ports;
    io->policy.retry = config->retry;
    lx_timer_heap_init(&io->timers);
    lx_id_map_init(&io->ops);
    lx_id_map_init(&io->facts);
    lx_id_map_init(&io->savings);
    lx_id_map_init(&io->tied);
    io->random.state = lx_process_seed();
    io->now_ms = lx_awake_clock_now(&io->clock, lx_now_ms());
    lx_limiter_init(&io->limiter, config->max_requests_per_second,
                    2 * config->retry.base_ms, io->now_ms);
    lx_probe_init(&io->probe, config->retry.base_ms);
    io->policy.schedule = lx_schedule_new(&config->cadence);
    io->http = lx_http_new(&config->http);
    io->disk = lx_disk_new(wake, io);
    if (config->store) {
        name_account(io, config);
        io->journal = lx_journal_new(config->store, config->place, wake, io);
    }
    if (!io->http || !io->disk || !io->policy.schedule ||
        !io->journal != !config->store) {
        lx_io_free(io);
        return NULL;
    }
    /* without a good text the learning begins anew */
    if (config->durations &&
        lx_schedule_load(io->policy.schedule, config->durations,
                         strlen(config->durations)))
        io->learned = 1; /* to be published */
    return io;
}

void lx_io_free(struct lx_io *io)
{
    if (!io)
        return;
    for (size_t i = 0; i < io->ops.capacity; i++) {
        struct lx_op *op = io->ops.entries[i].value;
        if (op && op->type == LX_OP_TASK && op->task.upload)
            lx_http_abort(io->http, op); /* it reads from the upload */
        lx_op_free(op);
    }
    lx_event_free_all(io->first);
    lx_journal_free(io->journal); /* it and the disk may still wake the http */
    lx_disk_free(io->disk);
    lx_http_free(io->http);
    lx_schedule_free(io->policy.schedule);
    lx_timer_heap_deinit(&io->timers);
    lx_id_map_deinit(&io->ops);
    lx_id_map_deinit(&io->facts);
    lx_id_map_deinit(&io->savings);
    lx_id_map_deinit(&io->tied);
    free(io);
}

char *lx_io_save_durations(const struct lx_io *io)
{
    struct lx_buffer text;

    lx_buffer_init(&text, LX_SCHEDULE_TEXT_MAX);
    if (lx_schedule_save(io->policy.schedule, &text) &&
        lx_buffer_append(&text, "", 1))
        return lx_buffer_release(&text, NULL);
    lx_buffer_deinit(&text);
    return NULL;
}

void lx_io_wakeup(struct lx_io *io)
{
    lx_http_wakeup(io->http);
}
