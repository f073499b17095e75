/* Messages own what they point to: everything is freed once (ASAN looks), and
 * an operation's list keeps its order when one leaves from the middle. */
#include "engine/message.h"

#include "base/text.h"

#include "engine/op.h"

#include <stdlib.h>

#include "../check.h"

static char *copy(const char *text)
{
    return lx_text_duplicate(text, strlen(text));
}

static void test_commands(void)
{
    static const enum lx_command_type types[] = {
        LX_COMMAND_CREATE,  LX_COMMAND_WATCH,    LX_COMMAND_QUERY,
        LX_COMMAND_RECORDS, LX_COMMAND_NUDGE,    LX_COMMAND_CANCEL,
        LX_COMMAND_TIMER,   LX_COMMAND_DOWNLOAD, LX_COMMAND_WITHDRAW};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct lx_command *command = lx_command_new(types[i], 1000 + i);

        CHECK_EQ(command->type, types[i]);
        CHECK_EQ(command->id, 1000 + i);
        CHECK(!command->next && !command->text && !command->model &&
              !command->download && !command->hold);
        command->text = copy("body");
        command->model = copy("model");
        command->download = calloc(1, sizeof *command->download);
        command->download->url = copy("url");
        command->download->target = copy("target");
        command->download->task_id = copy("t");
        command->download->first_url = copy("first url");
        lx_command_free(command);
        lx_command_free(lx_command_new(types[i], 1)); /* as empty as it was */
    }
    lx_command_free(NULL);
    lx_download_order_free(NULL);
}

static void test_events(void)
{
    static const char body[] = "{\"code\":200,\"data\":{\"taskId\":\"t\"}}";
    struct lx_envelope envelope;
    struct lx_event *event = lx_event_new(LX_EVENT_ENDED, 7);

    CHECK_EQ(event->type, LX_EVENT_ENDED);
    CHECK_EQ(event->id, 7);
    CHECK(!event->next && !event->task_id && !event->record && !event->error &&
          !event->file && !event->log && !event->is_out_of_memory);
    lx_event_free(event);

    lx_envelope_parse(body, sizeof body - 1, &envelope);
    event = lx_event_new(LX_EVENT_LOG, 0);
    event->task_id = copy("t");
    event->record = lx_record_new(envelope.data, body, sizeof body - 1, false);
    event->error = calloc(1, sizeof *event->error);
    event->file = calloc(1, sizeof *event->file);
    event->file->bytes = copy("bytes");
    event->file->path = copy("x.png");
    event->file->content_type = copy("image/png");
    event->file->location = copy("https://a.b/c");
    event->log = calloc(1, sizeof *event->log);
    event->log->url = copy("https://a.b");
    lx_event_free(event);
    lx_event_free(NULL);
    lx_downloaded_free(NULL);
}

/* How each command's operation ends is made beforehand. */
static void test_finals(void)
{
    static const struct {
        const char *name;
        enum lx_command_type type;
        bool has_final;
        enum lx_event_type final;
    } rows[] = {
        {"create", LX_COMMAND_CREATE, true, LX_EVENT_ENDED},
        {"watch", LX_COMMAND_WATCH, true, LX_EVENT_ENDED},
        {"query", LX_COMMAND_QUERY, true, LX_EVENT_RECORD},
        {"timer", LX_COMMAND_TIMER, true, LX_EVENT_TIMER},
        {"download", LX_COMMAND_DOWNLOAD, true, LX_EVENT_DOWNLOADED},
        {"records", LX_COMMAND_RECORDS, false, 0},
        {"nudge", LX_COMMAND_NUDGE, false, 0},
        {"cancel", LX_COMMAND_CANCEL, false, 0},
        {"withdraw", LX_COMMAND_WITHDRAW, false, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_command *command = lx_command_new(rows[i].type, 5);

        check_row = rows[i].name;
        CHECK_EQ(command->final != NULL, rows[i].has_final);
        if (command->final) {
            CHECK_EQ(command->final->type, rows[i].final);
            CHECK_EQ(command->final->id, 5);
        }
        lx_command_free(command);
    }
}

static void test_ops(void)
{
    static const enum lx_op_type types[] = {LX_OP_TASK, LX_OP_TIMER,
                                            LX_OP_DOWNLOAD};
    struct lx_op *ops[3];
    struct lx_op_list list = {NULL, NULL, 0};

    for (size_t i = 0; i < 3; i++) {
        ops[i] = lx_op_new(types[i], i + 1);
        CHECK_EQ(ops[i]->id, i + 1);
        CHECK_EQ(ops[i]->type, types[i]);
        ops[i]->final = lx_event_new(LX_EVENT_ENDED, i + 1);
    }
    ops[0]->task.task_id = copy("t");
    ops[0]->task.body = copy("{}");
    ops[0]->task.created = lx_event_new(LX_EVENT_CREATED, 1);
    ops[2]->download.order = calloc(1, sizeof *ops[2]->download.order);

    /* Each of three is the one that leaves. */
    for (size_t out = 0; out < 3; out++) {
        size_t left[2] = {out == 0, out == 2 ? 1 : 2};

        for (size_t i = 0; i < 3; i++)
            lx_op_list_append(&list, ops[i]);
        CHECK_EQ(list.count, 3);
        CHECK(list.first == ops[0] && list.last == ops[2]);
        lx_op_list_remove(&list, ops[out]);
        CHECK(list.first == ops[left[0]] && list.last == ops[left[1]]);
        CHECK(list.first->next == list.last && !list.last->next);
        CHECK(list.last->previous == list.first && !list.first->previous);
        lx_op_list_remove(&list, ops[left[1]]);
        lx_op_list_remove(&list, ops[left[0]]);
        CHECK(!list.first && !list.last && list.count == 0);
    }
    for (size_t i = 0; i < 3; i++)
        lx_op_free(ops[i]);
    lx_op_free(NULL);
}

int main(void)
{
    test_commands();
    test_events();
    test_finals();
    test_ops();
    return check_report("message");
}
