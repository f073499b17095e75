/* entry_json.c: see entry_json.h. */
#include "journal/entry_json.h"

#include "journal/attempts.h"
#include "journal/transition.h"
#include "json/json.h"
#include "json/json_write.h"

#include <string.h>

static bool show_name(struct lx_buffer *out, const char *name)
{
    const char *separator = out->bytes[out->length - 1] == '{' ? "" : ",";

    return lx_buffer_append_text(out, separator) &&
           lx_json_write_word(out, name) && lx_buffer_append_text(out, ":");
}

/* Nothing for NULL. */
static bool show_text(struct lx_buffer *out, const char *name, const char *text)
{
    return !text || (show_name(out, name) && lx_json_write_word(out, text));
}

static bool show_number(struct lx_buffer *out, const char *name, int64_t number)
{
    return show_name(out, name) && lx_json_write_int64(out, number);
}

/* A time that is not yet is 0. */
static bool show_time(struct lx_buffer *out, const char *name, int64_t at_ms)
{
    return at_ms == 0 || show_number(out, name, at_ms);
}

/* A text of JSON, as it is where it is one. */
static bool show_json(struct lx_buffer *out, const char *name, const char *text)
{
    struct lx_json root;

    if (!text || !lx_json_parse(text, strlen(text), &root, NULL))
        return show_text(out, name, text);
    return show_name(out, name) &&
           lx_buffer_append(out, root.text, root.length);
}

static bool show_identity(struct lx_buffer *out, const struct lx_entry *entry)
{
    return show_number(out, "id", entry->id) &&
           show_text(out, "key", entry->key) &&
           show_text(out, "batch", entry->batch) &&
           show_text(out, "model", entry->model) &&
           show_number(out, "priority", entry->priority) &&
           show_text(out, "state", lx_entry_state_name(entry->state)) &&
           show_text(out, "target", entry->target) &&
           show_json(out, "urls", entry->urls) &&
           show_json(out, "error", entry->error) &&
           show_time(out, "due_ms", entry->due_ms) &&
           show_time(out, "created_ms", entry->created_ms) &&
           show_time(out, "accepted_ms", entry->accepted_ms) &&
           show_time(out, "ended_ms", entry->ended_ms) &&
           show_time(out, "saved_ms", entry->saved_ms);
}

static bool show_attempts(struct lx_buffer *out,
                          const struct lx_attempts *attempts, int64_t current)
{
    int64_t charged_mc = 0, reserved_mc = 0, lost = 0;
    const char *task_id = NULL;

    for (int i = 0; i < attempts->count; i++) {
        const struct lx_attempt *attempt = &attempts->list[i].attempt;
        reserved_mc += attempt->reserved_mc;
        if (attempt->charged_mc != LX_MONEY_UNKNOWN)
            charged_mc += attempt->charged_mc;
        if (lx_attempt_is(&attempts->list[i], LX_ATTEMPT_LOST) ||
            lx_attempt_is(&attempts->list[i], LX_ATTEMPT_LEFT))
            lost++;
        if (attempt->number == current)
            task_id = attempt->task_id;
    }
    return show_number(out, "attempt", current) &&
           show_number(out, "attempts", attempts->count) &&
           show_number(out, "charged", charged_mc) &&
           show_number(out, "reserved", reserved_mc) &&
           (lost == 0 || show_number(out, "lost", lost)) &&
           show_text(out, "task_id", task_id);
}

struct file_shower {
    struct lx_buffer *out;
    bool is_whole;
};

static bool show_file(void *argument, const struct lx_entry_file *file)
{
    struct file_shower *shower = argument;
    struct lx_buffer *out = shower->out;
    bool is_first = out->bytes[out->length - 1] == '[';

    shower->is_whole = lx_buffer_append_text(out, is_first ? "{" : ",{") &&
                       show_number(out, "number", file->number) &&
                       show_text(out, "path", file->path) &&
                       show_number(out, "bytes", file->bytes) &&
                       show_text(out, "content_type", file->content_type) &&
                       lx_buffer_append_text(out, "}");
    return shower->is_whole;
}

/* Files count once they are all whole. */
static enum lx_store_status show_files(struct lx_buffer *out,
                                       struct lx_ledger *ledger,
                                       const struct lx_entry *entry)
{
    struct file_shower shower = {out, true};

    if (!show_name(out, "files") || !lx_buffer_append_text(out, "["))
        return LX_STORE_MEMORY;
    enum lx_store_status status = LX_STORE_OK;
    if (entry->state == LX_ENTRY_SAVED)
        status = ledger->api->find_files(ledger->store, entry->id, show_file,
                                         &shower);
    if (status == LX_STORE_OK &&
        !(shower.is_whole && lx_buffer_append_text(out, "]}")))
        status = LX_STORE_MEMORY;
    return status;
}

/* Whether a living client sends, watches or saves it. */
static enum lx_store_status find_out_attended(struct lx_ledger *ledger,
                                              const struct lx_entry *entry,
                                              bool *is_attended)
{
    bool has_owner = entry->owner && entry->state <= LX_ENTRY_SUCCEEDED;

    *is_attended =
        has_owner && entry->owner == ledger->api->owner(ledger->store);
    return has_owner && !*is_attended
               ? ledger->api->is_alive(ledger->store, entry->owner, is_attended)
               : LX_STORE_OK;
}

static bool show_flag(struct lx_buffer *out, const char *name, bool is_set)
{
    return !is_set ||
           (show_name(out, name) && lx_buffer_append_text(out, "true"));
}

enum lx_store_status lx_entry_write(struct lx_buffer *out,
                                    struct lx_ledger *ledger,
                                    const struct lx_entry *entry)
{
    struct lx_attempts attempts;
    bool is_attended = false;
    enum lx_store_status status =
        lx_attempts_read(&attempts, ledger, entry->id);

    if (status == LX_STORE_OK)
        status = find_out_attended(ledger, entry, &is_attended);
    if (status == LX_STORE_OK &&
        !(lx_buffer_append_text(out, "{") && show_identity(out, entry) &&
          show_flag(out, "attended", is_attended) &&
          show_attempts(out, &attempts, entry->attempt)))
        status = LX_STORE_MEMORY;
    return status == LX_STORE_OK ? show_files(out, ledger, entry) : status;
}
