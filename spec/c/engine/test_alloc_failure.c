/* The Nth allocation of the core fails, N = 1, 2, 3, ... until nothing fails:
 * no crash, no leak (ASAN looks at the end), and whatever the client accepted
 * gets its final event.
 * LDFLAGS: -Wl,--wrap=malloc,--wrap=realloc,--wrap=calloc */
#include "api_rig.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_calloc(size_t count, size_t size);

/* Allocations before those that fail, by either thread; and how many do. */
static atomic_int allocations_left, failures_left;

static bool may_allocate(void)
{
    return atomic_fetch_sub(&allocations_left, 1) > 0 ||
           atomic_fetch_sub(&failures_left, 1) <= 0;
}

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
    return may_allocate() ? __real_realloc(old, size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return may_allocate() ? __real_calloc(count, size) : NULL;
}

/* Whether some allocation was refused since fail_after. */
static int failures_meant;

static void fail_after(int count, int failures)
{
    failures_meant = failures;
    atomic_store(&allocations_left, count);
    atomic_store(&failures_left, failures);
}

static bool has_failed(void)
{
    return atomic_load(&failures_left) < failures_meant;
}

static enum after_answer answer_call(const struct request *call)
{
    if (call->is_post)
        api_say_created(call->fd, "t1");
    else if (strncmp(call->text, "GET /file", 9) == 0)
        api_say_file(call->fd);
    else
        api_say_state(call->fd, call->hit % 2 ? "success" : "waiting");
    return KEEP;
}

/* ---- one use of the client ---- */

static char folder[200]; /* where downloads go; "": into memory */

/* NULL without a folder or memory. */
static char *new_target(void)
{
    return *folder ? copy_text(folder) : NULL;
}

static struct lx_command *new_download(uint64_t id)
{
    struct lx_command *command = new_command(LX_COMMAND_DOWNLOAD, id, NULL);
    char url[80];

    if (!command)
        return NULL;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/file", api.port);
    command->download = calloc(1, sizeof *command->download);
    if (command->download) {
        *command->download = (struct lx_download_order){.url = copy_text(url),
                                                        .max_bytes = 1 << 20,
                                                        .target = new_target(),
                                                        .number = 1,
                                                        .overwrite = true,
                                                        .stall_ms = API_WAIT_MS,
                                                        .allow_http = true,
                                                        .allow_private = true};
        if (command->download->url && !*folder == !command->download->target)
            return command;
    }
    lx_command_free(command);
    return NULL;
}

static char picture[220]; /* a file's path; "": the create has none */

static bool set_piece(struct lx_piece *piece, enum lx_piece_type type,
                      const char *text)
{
    piece->type = type;
    piece->max_bytes = 1000;
    piece->length = strlen(text);
    piece->content = copy_text(text);
    return piece->content != NULL;
}

/* The create of a body with a picture. */
static struct lx_command *new_upload(uint64_t id)
{
    struct lx_command *command = new_command(LX_COMMAND_CREATE, id, NULL);
    struct lx_body *body = command ? lx_body_new(3) : NULL;

    if (command)
        command->body = body;
    if (body && set_piece(&body->pieces[0], LX_PIECE_TEXT, "{\"a\":\"") &&
        set_piece(&body->pieces[1], LX_PIECE_FILE, picture) &&
        set_piece(&body->pieces[2], LX_PIECE_TEXT, "\"}"))
        return command;
    lx_command_free(command);
    return NULL;
}

static struct lx_command *make(enum lx_command_type type)
{
    struct lx_command *command;

    switch (type) {
    case LX_COMMAND_DOWNLOAD:
        return new_download(1);
    case LX_COMMAND_TIMER:
        return new_command(type, 1, NULL);
    case LX_COMMAND_CREATE:
        command = *picture ? new_upload(1) : new_command(type, 1, "{}");
        break;
    default:
        command = new_command(type, 1, "t1");
    }
    if (command)
        command->model = copy_text("m"); /* NULL is fine */
    return command;
}

static struct lx_client *try_to_open(void)
{
    struct lx_config config;
    struct lx_client *client;

    if (!fill_config(&config)) {
        lx_config_deinit(&config);
        return NULL;
    }
    client = lx_client_new(&config);
    CHECK(!config.http.base_url); /* taken over in every case */
    return client;
}

/* The final event may report kind memory, but never a success without what it
 * names. */
static void check_final(const struct lx_event *event, enum lx_command_type type,
                        bool is_created)
{
    bool is_well = !event->error && !event->is_out_of_memory;

    CHECK_EQ(event->id, 1);
    CHECK_EQ(event->type, type == LX_COMMAND_TIMER      ? LX_EVENT_TIMER
                          : type == LX_COMMAND_DOWNLOAD ? LX_EVENT_DOWNLOADED
                          : type == LX_COMMAND_QUERY    ? LX_EVENT_RECORD
                                                        : LX_EVENT_ENDED);
    if (is_well && event->type == LX_EVENT_DOWNLOADED) {
        CHECK(event->file && event->file->length == 12);
        CHECK(!event->file->bytes == (*folder != '\0'));
        CHECK(!event->file->path == (*folder == '\0'));
    }
    if (is_well &&
        (event->type == LX_EVENT_ENDED || event->type == LX_EVENT_RECORD))
        CHECK(event->record != NULL);
    if (type == LX_COMMAND_CREATE && count_calls(true) > 0)
        CHECK(is_created); /* it was paid for: its id is not lost */
}

/* Take events up to the final one of operation 1. */
static void await_final(struct lx_client *client, enum lx_command_type type)
{
    struct lx_event *rest = NULL, *event;
    bool is_over = false, is_created = false;

    while (!is_over && (event = await_event(client, &rest, NULL))) {
        is_created = is_created || event->type == LX_EVENT_CREATED;
        is_over = is_final(event);
        if (is_over)
            check_final(event, type, is_created);
        lx_event_free(event);
    }
    CHECK(is_over);
    CHECK(!rest && !lx_client_has_events(client)); /* exactly one */
}

/* Open, submit, await the end, close; or as far as that goes. */
static void use_client(enum lx_command_type type)
{
    struct lx_client *client = try_to_open();
    struct lx_command *command = client ? make(type) : NULL;

    server_forget(&api);
    if (command) {
        enum lx_kind kind = lx_client_submit(client, command);
        CHECK(kind == LX_KIND_NONE || kind == LX_KIND_MEMORY);
        if (kind == LX_KIND_NONE)
            await_final(client, type);
    }
    lx_client_free(client);
}

/* The same, but closed at once, the work in flight or not begun. */
static void close_client(enum lx_command_type type)
{
    struct lx_client *client = try_to_open();
    struct lx_command *command = client ? make(type) : NULL;

    if (command)
        lx_client_submit(client, command);
    lx_client_free(client);
}

/* Until a run in which nothing failed. */
static void fail_each(void (*use)(enum lx_command_type),
                      enum lx_command_type type, int failures)
{
    int count = 0;

    do {
        fail_after(count, failures);
        use(type);
    } while (has_failed() && ++count < 500);
    fail_after(0, 0);
    CHECK(count > 5 && count < 500);
}

static void open_folder(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(folder, sizeof folder, "%s/lx-alloc-XXXXXX",
             base ? base : P_tmpdir);
    CHECK(mkdtemp(folder) != NULL);
}

static void write_picture(void)
{
    snprintf(picture, sizeof picture, "%s/picture", folder);
    FILE *file = fopen(picture, "wb");
    CHECK(file && fputs("GIF89a", file) >= 0);
    fclose(file);
}

static void close_folder(void)
{
    char path[300];

    snprintf(path, sizeof path, "%s/file.png", folder);
    CHECK_EQ(unlink(path), 0);
    CHECK_EQ(unlink(picture), 0);
    CHECK_EQ(rmdir(folder), 0);
}

int main(void)
{
    static const struct {
        const char *name;
        enum lx_command_type type;
    } rows[] = {
        {"timer", LX_COMMAND_TIMER},       {"query", LX_COMMAND_QUERY},
        {"watch", LX_COMMAND_WATCH},       {"create", LX_COMMAND_CREATE},
        {"download", LX_COMMAND_DOWNLOAD}, {"save", LX_COMMAND_DOWNLOAD},
        {"picture", LX_COMMAND_CREATE},
    };

    start_api();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].name;
        if (strcmp(check_row, "save") == 0)
            open_folder();
        if (strcmp(check_row, "picture") == 0)
            write_picture();
        fail_each(use_client, rows[i].type, 1);
        fail_each(use_client, rows[i].type, 3);
        fail_each(close_client, rows[i].type, 1);
    }
    close_folder();
    stop_api();
    return check_report("alloc_failure");
}
