/* event_lua.c: see event_lua.h. */
#include "event_lua.h"

#include "body_lua.h"
#include "question_lua.h"
#include "rows_lua.h"

static void set_text(lua_State *L, const char *field, const char *text)
{
    if (!text || !*text)
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, field);
}

/* Where -1 means unknown. */
static void set_int64(lua_State *L, const char *field, int64_t number)
{
    if (number < 0)
        return;
    compat_push_int64(L, number);
    lua_setfield(L, -2, field);
}

static void set_number(lua_State *L, const char *field, double number)
{
    if (number < 0.0)
        return;
    lua_pushnumber(L, number);
    lua_setfield(L, -2, field);
}

static void set_boolean(lua_State *L, const char *field, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, field);
}

static void push_error(lua_State *L, const struct lx_error *error)
{
    lua_createtable(L, 0, 10);
    set_text(L, "kind", lx_kind_name(error->kind));
    set_text(L, "message", error->message);
    set_text(L, "charged", lx_charged_name(error->charged));
    set_boolean(L, "retryable", error->retryable);
    set_int64(L, "http_status", error->http_status ? error->http_status : -1);
    set_int64(L, "attempts", error->attempts ? error->attempts : -1);
    set_text(L, "api_code", error->api_code);
    set_text(L, "request_id", error->request_id);
    set_text(L, "fail_code", error->fail_code);
    if (error->stage != LX_STAGE_NONE)
        set_text(L, "stage", lx_stage_name(error->stage));
    if (error->retry_after_ms >= 0)
        set_number(L, "retry_after", (double)error->retry_after_ms / 1000.0);
}

static void push_out_of_memory(lua_State *L)
{
    struct lx_error error;

    lx_error_set(&error, LX_KIND_MEMORY, "out of memory");
    error.charged = LX_CHARGED_MAYBE;
    push_error(L, &error);
}

/* The event's error, or nil. */
static void push_error_of(lua_State *L, const struct lx_event *event)
{
    if (event->error)
        push_error(L, event->error);
    else if (event->is_out_of_memory)
        push_out_of_memory(L);
    else
        lua_pushnil(L);
}

static void push_record(lua_State *L, const struct lx_record *record)
{
    if (!record) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, 12);
    set_text(L, "task_id", record->task_id);
    set_text(L, "model", record->model);
    set_text(L, "state", record->state);
    set_text(L, "fail_code", record->fail_code);
    set_text(L, "fail_msg", record->fail_msg);
    set_text(L, "result_text", record->result_text);
    set_int64(L, "created_ms", record->created_ms);
    set_int64(L, "updated_ms", record->updated_ms);
    set_int64(L, "completed_ms", record->completed_ms);
    set_number(L, "credits", record->credits);
    set_number(L, "progress", record->progress);
    if (record->is_mended)
        set_boolean(L, "is_mended", true);
    lua_pushlstring(L, record->body, record->body_length);
    lua_setfield(L, -2, "body");
    lua_createtable(L, (int)record->url_count, 0);
    for (size_t i = 0; i < record->url_count; i++) {
        lua_pushlstring(L, record->urls[i], record->url_lengths[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_setfield(L, -2, "urls");
}

static void push_file(lua_State *L, const struct lx_downloaded *file)
{
    if (!file) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, 5);
    set_text(L, "path", file->path);
    set_int64(L, "bytes", (int64_t)file->length);
    set_text(L, "content_type", file->content_type);
    set_text(L, "warning", file->warning);
    set_text(L, "location", file->location);
    if (file->bytes) {
        lua_pushlstring(L, file->bytes, (size_t)file->length);
        lua_setfield(L, -2, "body");
    }
}

/* The files that an entry has on the disk, or nil. */
static void push_saved(lua_State *L, const struct lx_entry_files *saved)
{
    if (!saved) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, (int)saved->count, 0);
    for (size_t i = 0; i < saved->count; i++) {
        const struct lx_entry_file *file = &saved->list[i];
        lua_createtable(L, 0, 3);
        set_text(L, "path", file->path);
        set_int64(L, "bytes", file->bytes);
        set_text(L, "content_type", file->content_type);
        lua_rawseti(L, -2, (int)i + 1);
    }
}

static void push_log(lua_State *L, const struct lx_log_entry *log)
{
    lua_createtable(L, 0, 7);
    set_text(L, "method", log->method);
    set_text(L, "url", log->url);
    set_text(L, "request_id", log->request_id);
    set_int64(L, "status", log->http_status ? log->http_status : -1);
    set_int64(L, "attempt", log->attempt);
    set_int64(L, "ms", log->elapsed_ms);
    set_int64(L, "date", log->date_s ? log->date_s : -1);
}

/* Behind its type and number; how many values that makes. */
static int push_created(lua_State *L, const struct lx_event *event)
{
    lua_pushstring(L, event->task_id);
    lua_pushboolean(L, event->is_provisional);
    lx_lua_push_sizes(L, event->body);
    if (!event->entry)
        return 5;
    compat_push_int64(L, event->entry);
    compat_push_int64(L, event->attempt);
    return 7;
}

static int push_ended(lua_State *L, const struct lx_event *event)
{
    push_record(L, event->record);
    push_error_of(L, event);
    lx_lua_push_sizes(L, event->body);
    if (!event->saved && !event->entry)
        return 5;
    push_saved(L, event->saved);
    compat_push_int64(L, event->entry);
    compat_push_int64(L, event->attempt);
    return 8;
}

/* The rows change hands once nothing can raise any more. */
static int push_answer(lua_State *L, struct lx_event *event)
{
    struct lx_lua_rows *box = NULL;

    lx_lua_push_json(L, event->text, event->text_length);
    if (event->rows) {
        box = lx_lua_new_rows(L);
        lua_setfield(L, -2, "entries");
    }
    push_error_of(L, event);
    if (box) {
        box->rows = event->rows;
        box->count = event->rows->count;
        event->rows = NULL;
    }
    return 4;
}

static int push_progress(lua_State *L, const struct lx_event *event)
{
    compat_push_int64(L, (int64_t)event->bytes);
    if (event->total)
        compat_push_int64(L, (int64_t)event->total);
    else
        lua_pushnil(L);
    return 4;
}

static int push_values(lua_State *L, struct lx_event *event)
{
    switch (event->type) {
    case LX_EVENT_CREATED:
        return push_created(L, event);
    case LX_EVENT_STATE:
        lua_pushstring(L, event->state);
        push_record(L, event->record);
        return 4;
    case LX_EVENT_ENDED:
        return push_ended(L, event);
    case LX_EVENT_RECORD:
        push_record(L, event->record);
        push_error_of(L, event);
        return 4;
    case LX_EVENT_TIMER:
        return 2;
    case LX_EVENT_PROGRESS:
        return push_progress(L, event);
    case LX_EVENT_DOWNLOADED:
        push_file(L, event->file);
        push_error_of(L, event);
        return 4;
    case LX_EVENT_ANSWER:
        return push_answer(L, event);
    case LX_EVENT_POSTED:
        lua_pushlstring(L, event->text, event->text_length);
        return 3;
    case LX_EVENT_LOG:
        push_log(L, event->log);
        return 3;
    }
    return 2;
}

int lx_lua_push_event(lua_State *L, struct lx_event *event)
{
    static const char *const names[] = {
        [LX_EVENT_CREATED] = "created",       [LX_EVENT_STATE] = "state",
        [LX_EVENT_ENDED] = "ended",           [LX_EVENT_RECORD] = "record",
        [LX_EVENT_TIMER] = "timer",           [LX_EVENT_PROGRESS] = "progress",
        [LX_EVENT_DOWNLOADED] = "downloaded", [LX_EVENT_LOG] = "log",
        [LX_EVENT_ANSWER] = "answer",         [LX_EVENT_POSTED] = "posted",
    };

    lua_pushstring(L, names[event->type]);
    compat_push_int64(L, (int64_t)event->id);
    return push_values(L, event);
}
