/* question_export.c: see question_export.h. */
#include "engine/question_export.h"

#include "json/json.h"
#include "json/json_write.h"
#include "os/file.h"
#include "os/process.h"

#include <inttypes.h>
#include <stdio.h>
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

static bool export_line(void *argument, const char *line)
{
    struct export *export = argument;
    struct lx_json root;
    int64_t id = 0;

    export->has_memory = lx_buffer_append_text(&export->text, line) &&
                         lx_buffer_append_text(&export->text, "\n");
    if (!export->has_memory ||
        !lx_json_parse(line, strlen(line), &root, NULL) ||
        !lx_json_int64(lx_json_get(root, "id"), &id))
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
           export->reason == LX_FILE_OK && export->has_memory) {
        before = export->lines;
        status = ledger->api->export_lines(ledger->store, export->last_id,
                                           EXPORT_PAGE, export_line, export);
    }
    flush_lines(export);
    if (status == LX_STORE_OK && !export->has_memory)
        status = LX_STORE_MEMORY;
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
