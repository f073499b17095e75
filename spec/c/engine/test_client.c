/* The client over real sockets: a task from create to end, questions, timers,
 * downloads, the money rules on the wire, deadlines while nothing may go out.
 * Runs under TSAN too. */
#include "api_rig.h"

#include <sched.h>

/* What the server does, chosen by the test before it submits. What names
 * "silent" is never answered. */
enum mood {
    GOOD,       /* created; waiting twice, then success */
    NEVER_DONE, /* created; waiting for ever */
    REFUSE,     /* 429, Retry-After: 30 */
    CUT_SECOND  /* the second create is read and the socket closed */
};

static enum mood mood;

static int create_fds[2]; /* over which the first two creates came */

static enum after_answer answer_call(const struct request *call)
{
    pthread_mutex_lock(&api.lock);
    enum mood present = mood;
    if (call->is_post && call->hit < 2)
        create_fds[call->hit] = call->fd;
    pthread_mutex_unlock(&api.lock);
    if (strstr(call->text, "silent"))
        return HOLD;
    if (present == REFUSE)
        api_say(call->fd, 429, "{\"code\":429,\"msg\":\"saturated\"}");
    else if (present == CUT_SECOND && call->is_post && call->hit == 1)
        return CLOSE;
    else if (call->is_post)
        api_say_created(call->fd, "t1");
    else if (strncmp(call->text, "GET /file", 9) == 0)
        api_say_file(call->fd);
    else
        api_say_state(call->fd, present == GOOD && call->hit >= 2 ? "success"
                                                                  : "waiting");
    return KEEP;
}

static void set_mood(enum mood present)
{
    pthread_mutex_lock(&api.lock);
    mood = present;
    pthread_mutex_unlock(&api.lock);
    server_forget(&api);
}

static bool is_log(const struct lx_event *event)
{
    return event->type == LX_EVENT_LOG;
}

/* Await the end of `id`, check its kind, free it. */
static void expect_end(struct lx_client *client, struct lx_event **rest,
                       uint64_t id, enum lx_kind kind)
{
    struct lx_event *event = await_event(client, rest, is_final);

    if (!event)
        return;
    CHECK_EQ(event->id, id);
    CHECK_EQ(event->error ? event->error->kind : LX_KIND_NONE, kind);
    CHECK(!event->is_out_of_memory);
    lx_event_free(event);
}

/* create, watch, ended: the events, and what went over the wire. */
static void test_task(void)
{
    static const enum lx_event_type wanted[] = {LX_EVENT_CREATED,
                                                LX_EVENT_STATE, LX_EVENT_ENDED};
    struct lx_client *client = open_client();
    struct lx_event *rest = NULL;
    struct lx_stats stats;

    check_row = "task";
    set_mood(GOOD);
    CHECK_EQ(submit(client, LX_COMMAND_CREATE, 7, "{\"model\":\"m\"}"),
             LX_KIND_NONE);
    for (size_t i = 0; i < 3; i++) {
        struct lx_event *event = await_event(client, &rest, NULL);

        if (!event)
            break;
        CHECK_EQ(event->type, wanted[i]);
        CHECK_EQ(event->id, 7);
        CHECK(!event->error);
        if (i == 0)
            CHECK_TEXT(event->task_id, "t1");
        if (i == 1) {
            CHECK_TEXT(event->state, "waiting");
            CHECK(!event->record); /* nobody asked for it */
        }
        CHECK_EQ(event->record != NULL, i == 2);
        if (event->record && event->record->url_count == 1)
            CHECK_TEXT(event->record->urls[0], "https://a.b/c.png");
        lx_event_free(event);
    }
    CHECK(!rest && !lx_client_has_events(client));
    lx_client_stats(client, &stats);
    CHECK_EQ(stats.requests, 4);
    CHECK_EQ(stats.creates, 1);
    CHECK_EQ(stats.queries, 3);
    CHECK_EQ(stats.created, 1);
    CHECK_EQ(stats.succeeded, 1);
    CHECK_EQ(stats.retries + stats.failed + stats.refused, 0);
    CHECK_EQ(stats.in_flight + stats.waiting, 0);
    CHECK_EQ(stats.connections, 1);
    lx_client_free(client);

    CHECK_CONTAINS(api.texts[0], "POST /api/v1/jobs/createTask HTTP/1.1\r\n");
    CHECK_CONTAINS(api.texts[0], "Authorization: Bearer sk-test\r\n");
    CHECK_CONTAINS(api.texts[0], "Content-Type: application/json\r\n");
    CHECK_CONTAINS(api.texts[0], "\r\n\r\n{\"model\":\"m\"}");
    CHECK(!strstr(api.texts[0], "Expect:"));
    CHECK_CONTAINS(api.texts[1], "GET /api/v1/jobs/recordInfo?taskId=t1 ");
    CHECK_CONTAINS(api.texts[1], "Authorization: Bearer sk-test\r\n");
    CHECK(!strstr(api.texts[1], "Content-Type:"));
}

/* The records of state changes, asked for with the command or later. */
static void test_records(void)
{
    check_row = "records";
    for (int i = 0; i < 2; i++) {
        struct lx_client *client = open_client();
        struct lx_command *command = new_command(LX_COMMAND_CREATE, 1, "{}");
        struct lx_event *rest = NULL, *event;

        set_mood(NEVER_DONE);
        command->hold = true;
        command->wants_records = i == 0;
        lx_client_submit(client, command);
        if (i == 1)
            submit(client, LX_COMMAND_RECORDS, 1, NULL);
        submit(client, LX_COMMAND_RECORDS, 99, NULL);    /* of what has ended */
        lx_event_free(await_event(client, &rest, NULL)); /* CREATED */
        submit(client, LX_COMMAND_WATCH, 1, NULL);
        event = await_event(client, &rest, NULL);
        CHECK(event && event->type == LX_EVENT_STATE && event->record);
        if (event && event->record)
            CHECK_TEXT(event->record->state, "waiting");
        lx_event_free(event);
        lx_client_free(client);
        free_events(rest);
    }
}

/* An answer that does not come holds nobody else up, also when it is the first
 * of all and nothing is known of the server. */
static void test_slow_first(void)
{
    struct lx_client *client = open_client();
    struct lx_event *rest = NULL, *event;

    check_row = "slow first answer";
    set_mood(GOOD);
    submit(client, LX_COMMAND_QUERY, 1, "silent");
    while (count_calls(false) == 0)
        sched_yield();
    submit(client, LX_COMMAND_CREATE, 2, "{}");
    event = await_event(client, &rest, is_final);
    CHECK(event && event->id == 2 && !event->error);
    lx_event_free(event);
    lx_client_free(client);
    free_events(rest);
}

/* A question, a timer, a held task, a nudge and a cancel. */
static void test_commands(void)
{
    struct lx_client *client = open_client();
    struct lx_event *rest = NULL;
    struct lx_command *command;

    check_row = "query and timer";
    set_mood(NEVER_DONE);
    CHECK_EQ(submit(client, LX_COMMAND_QUERY, 1, "t1"), LX_KIND_NONE);
    expect_end(client, &rest, 1, LX_KIND_NONE);
    CHECK_EQ(submit(client, LX_COMMAND_TIMER, 2, NULL), LX_KIND_NONE);
    expect_end(client, &rest, 2, LX_KIND_NONE);
    command = new_command(LX_COMMAND_TIMER, 3, NULL);
    command->delay_ms = 3600000;
    CHECK_EQ(lx_client_submit(client, command), LX_KIND_NONE);
    CHECK_EQ(submit(client, LX_COMMAND_CANCEL, 3, NULL), LX_KIND_NONE);
    CHECK_EQ(submit(client, LX_COMMAND_CANCEL, 99, NULL), LX_KIND_NONE);

    check_row = "held";
    set_mood(NEVER_DONE);
    command = new_command(LX_COMMAND_CREATE, 4, "{}");
    command->hold = true;
    CHECK_EQ(lx_client_submit(client, command), LX_KIND_NONE);
    lx_event_free(await_event(client, &rest, NULL)); /* CREATED */
    submit(client, LX_COMMAND_NUDGE, 4, NULL); /* of no use before the WATCH */
    submit(client, LX_COMMAND_TIMER, 5, NULL);
    expect_end(client, &rest, 5, LX_KIND_NONE);
    CHECK_EQ(count_calls(false), 0);
    set_mood(GOOD);
    CHECK_EQ(submit(client, LX_COMMAND_WATCH, 4, NULL), LX_KIND_NONE);
    submit(client, LX_COMMAND_NUDGE, 4, NULL);
    expect_end(client, &rest, 4, LX_KIND_NONE);

    check_row = "cancel";
    set_mood(NEVER_DONE);
    CHECK_EQ(submit(client, LX_COMMAND_WATCH, 6, "t1"), LX_KIND_NONE);
    lx_event_free(await_event(client, &rest, NULL)); /* STATE */
    CHECK_EQ(submit(client, LX_COMMAND_CANCEL, 6, NULL), LX_KIND_NONE);
    server_forget(&api);
    submit(client, LX_COMMAND_WATCH, 8, "silent"); /* and one in flight */
    while (count_calls(false) == 0)
        sched_yield();
    submit(client, LX_COMMAND_CANCEL, 8, NULL);
    submit(client, LX_COMMAND_TIMER, 9, NULL);
    expect_end(client, &rest, 9, LX_KIND_NONE); /* and nothing before it */
    lx_client_free(client);
    free_events(rest);
}

/* A create that is cancelled on its way: nothing is told but its id. */
static void test_deaf(void)
{
    struct lx_client *client = open_client();
    struct lx_event *rest = NULL, *event;

    check_row = "deaf";
    set_mood(REFUSE);
    submit(client, LX_COMMAND_CREATE, 1, "{}");
    submit(client, LX_COMMAND_CANCEL, 1, NULL); /* in flight or queued still */
    submit(client, LX_COMMAND_TIMER, 2, NULL);
    do { /* queued: nothing; in flight: its end */
        event = await_event(client, &rest, is_final);
        if (event && event->id == 1) {
            CHECK_EQ(event->error->kind, LX_KIND_CANCELLED);
            CHECK(!event->error->retryable);
        }
        if (event && event->id == 2) {
            lx_event_free(event);
            break;
        }
        lx_event_free(event);
    } while (event);
    CHECK(count_calls(true) <= 1);
    lx_client_free(client);
    free_events(rest);
}

/* The second create goes over a connection that dies: sent once, and said to
 * be unknown. */
static void test_lost_create(void)
{
    struct lx_client *client = open_client();
    struct lx_event *rest = NULL, *event;
    struct lx_command *command = new_command(LX_COMMAND_CREATE, 1, "{}");

    check_row = "lost create";
    set_mood(CUT_SECOND);
    command->hold = true;
    lx_client_submit(client, command);
    lx_event_free(await_event(client, &rest, NULL));
    submit(client, LX_COMMAND_CREATE, 2, "{}");
    event = await_event(client, &rest, is_final);
    CHECK(event && event->error);
    if (event && event->error) {
        CHECK_EQ(event->id, 2);
        CHECK_EQ(event->error->kind, LX_KIND_OUTCOME_UNKNOWN);
        CHECK_EQ(event->error->charged, LX_CHARGED_MAYBE);
        CHECK_EQ(event->error->attempts, 1);
        CHECK(!event->error->retryable);
    }
    CHECK_EQ(count_calls(true), 2);
    CHECK_EQ(create_fds[1], create_fds[0]); /* it was a reused one indeed */
    lx_event_free(event);
    lx_client_free(client);
}

/* Nobody listens there: tried again, then told; nothing was charged. */
static void test_unreachable(void)
{
    struct lx_config config;
    struct lx_client *client;
    struct lx_event *rest = NULL, *event;

    check_row = "unreachable";
    CHECK(fill_config(&config));
    free(config.http.base_url);
    config.http.base_url = copy_text("http://127.0.0.1:1");
    client = lx_client_new(&config);
    CHECK(!config.http.base_url && !config.http.api_key); /* taken over */
    submit(client, LX_COMMAND_CREATE, 1, "{}");
    event = await_event(client, &rest, NULL);
    CHECK(event && event->error);
    if (event && event->error) {
        CHECK_EQ(event->type, LX_EVENT_ENDED);
        CHECK_EQ(event->error->kind, LX_KIND_NETWORK);
        CHECK_EQ(event->error->stage, LX_STAGE_CONNECT);
        CHECK_EQ(event->error->charged, LX_CHARGED_NO);
        CHECK_EQ(event->error->attempts, 3);
    }
    lx_event_free(event);
    lx_client_free(client);
}

/* Everybody is held for 30 s: deadlines are told all the same, and what could
 * not be sent was not. */
static void test_held_back(void)
{
    struct lx_config config;
    struct lx_client *client;
    struct lx_event *rest = NULL, *event;
    struct lx_command *command;

    check_row = "held back";
    set_mood(REFUSE);
    CHECK(fill_config(&config));
    config.wants_log = true;
    client = lx_client_new(&config);
    submit(client, LX_COMMAND_WATCH, 1, "t1");
    event = await_event(client, &rest, is_log);
    if (event) {
        CHECK_EQ(event->log->http_status, 429);
        CHECK_EQ(event->log->attempt, 1);
        CHECK_TEXT(event->log->method, "GET");
        CHECK(!strchr(event->log->url, '?'));
    }
    lx_event_free(event);
    command = new_command(LX_COMMAND_WATCH, 2, "t2");
    command->deadline_ms = 100;
    lx_client_submit(client, command);
    expect_end(client, &rest, 2, LX_KIND_DEADLINE);
    command = new_command(LX_COMMAND_WATCH, 1, NULL); /* a shorter one */
    command->deadline_ms = 100;
    lx_client_submit(client, command);
    expect_end(client, &rest, 1, LX_KIND_DEADLINE);
    command = new_command(LX_COMMAND_CREATE, 3, "{}");
    command->deadline_ms = 100;
    lx_client_submit(client, command);
    event = await_event(client, &rest, is_final);
    if (event && event->error) {
        CHECK_EQ(event->id, 3);
        CHECK_EQ(event->error->charged, LX_CHARGED_NO);
        CHECK_EQ(event->error->attempts, 0);
    }
    CHECK(event && event->error);
    lx_event_free(event);
    CHECK_EQ(count_calls(false), 1);
    CHECK_EQ(count_calls(true), 0);
    lx_client_free(client);
    free_events(rest);
}

/* Five downloads where two may run; one waiting and one running are
 * cancelled. */
static void test_downloads(void)
{
    struct lx_client *client = open_client();
    struct lx_event *rest = NULL, *event;
    struct lx_stats stats;
    char url[80];

    check_row = "downloads";
    set_mood(GOOD);
    for (uint64_t id = 1; id <= 5; id++) {
        snprintf(url, sizeof url, "http://127.0.0.1:%d/%s", api.port,
                 id <= 2 ? "silent" : "file");
        struct lx_command *command = new_command(LX_COMMAND_DOWNLOAD, id, NULL);

        command->download = calloc(1, sizeof *command->download);
        *command->download = (struct lx_download_order){.url = copy_text(url),
                                                        .max_bytes = 1 << 20,
                                                        .stall_ms = API_WAIT_MS,
                                                        .allow_http = true,
                                                        .allow_private = true,
                                                        .want_progress = true};
        lx_client_submit(client, command);
    }
    while (count_calls(false) < 2)
        sched_yield();
    submit(client, LX_COMMAND_CANCEL, 5, NULL); /* waiting */
    submit(client, LX_COMMAND_CANCEL, 1, NULL); /* running */
    submit(client, LX_COMMAND_CANCEL, 2, NULL); /* running */
    for (int i = 0; i < 2; i++) {
        event = await_event(client, &rest, is_final);
        CHECK(event && (event->id == 3 || event->id == 4));
        if (event && event->file)
            CHECK_BYTES(event->file->bytes, event->file->length, API_FILE, 12);
        CHECK(event && event->file && !event->error);
        lx_event_free(event);
    }
    lx_client_stats(client, &stats);
    CHECK_EQ(stats.downloads, 2);
    CHECK_EQ(stats.download_bytes, 24);
    lx_client_free(client);
    free_events(rest);
}

int main(void)
{
    start_api();
    test_task();
    test_records();
    test_slow_first();
    test_commands();
    test_deaf();
    test_lost_create();
    test_unreachable();
    test_held_back();
    test_downloads();
    stop_api();
    return check_report("client");
}
