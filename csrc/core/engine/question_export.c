/* question_export.c: see question_export.h. */
#include "engine/question_export.h"

#include "base/text.h"
#include "json/json.h"
#include "json/json_write.h"
#include "os/file.h"
#include "os/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines that the store reads at once, and bytes that are written at once. */
#define EXPORT_PAGE  500
#define EXPORT_BYTES ((size_t)256 << 10)
#define LINE_BYTES   ((size_t)256 << 20)

struct export
{
    struct lx_file file;
    uint64_t offset;
    struct lx_buffer text; /* not written yet */
    int64_t last_id, lines;
    enum lx_file_reason reason;
    bool has_memory;
    bool is_damaged; /* a line does not say which entry it is */
};

static void flush_lines(struct export *export)
{
    struct lx_buffer *text = &export->text;

    if (export->reason == LX_FILE_OK && text->length > 0)
        export->reason = lx_file_write(&export->file, export->offset,
                                       text->bytes, text->length);
    export->offset += text->length;
    lx_buffer_clear(text);
}

/* What is no UTF-8 as \xNN, which is in no JSON. */
static bool append_bytes(struct lx_buffer *out, const char *text)
{
    size_t left = strlen(text);
    bool is_whole = true;
    char escape[8];

    while (left > 0 && is_whole) {
        size_t length = lx_text_character(text, left);
        snprintf(escape, sizeof escape, "\\x%02x", (unsigned char)*text);
        is_whole = length > 0 ? lx_buffer_append(out, text, length)
                              : lx_buffer_append_text(out, escape);
        text += length > 0 ? length : 1;
        left -= length > 0 ? length : 1;
    }
    return is_whole;
}

/* A line that is no JSON, as a text in one that is. */
static bool append_unreadable(struct lx_buffer *out, const char *line,
                              int64_t id)
{
    struct lx_buffer text;

    lx_buffer_init(&text, LINE_BYTES);
    bool is_whole = append_bytes(&text, line) &&
                    lx_buffer_append_text(out, "{\"id\":") &&
                    lx_json_write_int64(out, id) &&
                    lx_buffer_append_text(out, ",\"unreadable\":") &&
                    lx_json_write_text(out, text.bytes, text.length) &&
                    lx_buffer_append_text(out, "}");
    lx_buffer_deinit(&text);
    return is_whole;
}

/* What a line begins with; 0: nothing. */
static int64_t first_id(const char *line)
{
    return (int64_t)strtoll(line + strcspn(line, "0123456789"), NULL, 10);
}

static bool export_line(void *argument, const char *line)
{
    struct export *export = argument;
    struct lx_buffer *out = &export->text;
    struct lx_json root;
    int64_t id = first_id(line);

    export->is_damaged = id <= export->last_id; /* or it would never end */
    if (export->is_damaged)
        return false;
    export->has_memory = (lx_json_parse(line, strlen(line), &root, NULL)
                              ? lx_buffer_append_text(out, line)
                              : append_unreadable(out, line, id)) &&
                         lx_buffer_append_text(out, "\n");
    if (!export->has_memory)
        return false;
    export->last_id = id;
    export->lines++;
    if (export->text.length >= EXPORT_BYTES)
        flush_lines(export);
    return export->reason == LX_FILE_OK;
}

static enum lx_store_status export_all(struct export *export,
                                       struct lx_ledger *ledger)
{
    enum lx_store_status status = LX_STORE_OK;
    int64_t before = -1;

    while (status == LX_STORE_OK && before < export->lines &&
           export->reason == LX_FILE_OK && export->has_memory &&
           !export->is_damaged) {
        before = export->lines;
        status = ledger->api->export_lines(ledger->store, export->last_id,
                                           EXPORT_PAGE, export_line, export);
    }
    flush_lines(export);
    if (status == LX_STORE_OK && !export->has_memory)
        status = LX_STORE_MEMORY;
    else if (status == LX_STORE_OK && export->is_damaged)
        status = LX_STORE_CORRUPT;
    return status;
}

static enum lx_store_status refuse_file(struct lx_inquiry *inquiry,
                                        enum lx_file_reason reason)
{
    lx_error_set(&inquiry->refusal, LX_KIND_FILE, "%s cannot be written: %s",
                 inquiry->question->text, lx_file_words(reason));
    return LX_STORE_OTHER;
}

/* From the part, which is there, to the file. */
static enum lx_store_status fill_export(struct lx_inquiry *inquiry,
                                        struct lx_ledger *ledger,
                                        const char *part, struct export *export)
{
    const char *path = inquiry->question->text;

    lx_buffer_init(&export->text, LINE_BYTES);
    enum lx_store_status status = export_all(export, ledger);
    lx_buffer_deinit(&export->text);
    if (export->reason == LX_FILE_OK)
        export->reason = lx_file_sync(&export->file);
    lx_file_close(&export->file);
    if (status == LX_STORE_OK && export->reason == LX_FILE_OK)
        export->reason = lx_file_rename(part, path, false);
    if (status != LX_STORE_OK || export->reason != LX_FILE_OK)
        lx_file_remove(part);
    if (status == LX_STORE_OK && export->reason != LX_FILE_OK)
        return refuse_file(inquiry, export->reason);
    return status;
}

enum lx_store_status lx_question_export(struct lx_inquiry *inquiry,
                                        struct lx_ledger *ledger)
{
    struct export export = {.reason = LX_FILE_OK, .has_memory = true};
    const char *path = inquiry->question->text;
    char part[4200];

    if (lx_file_kind_at(path) != LX_FILE_KIND_NONE)
        return refuse_file(inquiry, LX_FILE_EXISTS);
    int length = snprintf(part, sizeof part, "%s.%016" PRIx64 ".part", path,
                          lx_process_seed());
    if (length < 0 || (size_t)length >= sizeof part)
        return refuse_file(inquiry, LX_FILE_NAME_TOO_LONG);
    export.reason = lx_file_create_private(&export.file, part);
    if (export.reason != LX_FILE_OK)
        return refuse_file(inquiry, export.reason);
    enum lx_store_status status = fill_export(inquiry, ledger, part, &export);
    if (status == LX_STORE_OK &&
        !lx_json_write_int64(&inquiry->answer, export.lines))
        return LX_STORE_MEMORY;
    return status;
}
