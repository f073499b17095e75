/* content.c: see content.h. */
#include "download/content.h"

#include "base/text.h"
#include "download/data_url.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory allocated at once for content of a known length; more grows with the
 * bytes that arrive. */
#define RESERVE_BYTES_MAX (64u * 1024 * 1024)

void lx_content_init(struct lx_content *content,
                     const struct lx_download_order *order)
{
    uint64_t most = order->max_bytes;

    memset(content, 0, sizeof *content);
    content->order = order;
    lx_file_sink_init(&content->sink);
    lx_buffer_init(&content->buffer, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
}

static bool open_file(struct lx_content *content, struct lx_error *error)
{
    const struct lx_download_order *order = content->order;
    struct lx_target *target = &content->target;

    lx_sha256_init(&content->hash);
    if (!lx_target_find(target, order, error))
        return false;
    if (!order->entry)
        return lx_file_sink_open(&content->sink, target->path, target->stem,
                                 order->overwrite, error);
    if (!lx_file_sink_open(&content->sink, NULL, target->stem, order->overwrite,
                           error))
        return false;
    content->sink.may_be_there = true;
    return lx_file_sink_name_part(&content->sink, error);
}

bool lx_content_may_begin(struct lx_content *content, struct lx_error *error)
{
    const char *path = content->target.path;

    return !path || lx_file_sink_name(&content->sink, path, 0, error);
}

bool lx_content_open(struct lx_content *content, struct lx_error *error)
{
    if (!content->is_open)
        content->is_open = !content->order->target || open_file(content, error);
    return content->is_open;
}

void lx_content_restart(struct lx_content *content)
{
    if (content->order->target && content->bytes > 0)
        lx_file_sink_restart(&content->sink);
    lx_buffer_clear(&content->buffer);
    content->bytes = 0;
    content->first_length = 0;
    content->last_length = 0;
    content->is_recognised = false;
    content->guard = (struct lx_svg_guard){0};
    lx_sha256_init(&content->hash);
}

static bool refuse_size(const struct lx_content *content, uint64_t bytes,
                        struct lx_error *error)
{
    lx_error_set(error, LX_KIND_DOWNLOAD,
                 "the file is too large: %" PRIu64 " bytes or more, %" PRIu64
                 " are allowed (max_bytes, max_download)",
                 bytes, content->order->max_bytes);
    return false;
}

static bool refuse_memory(struct lx_error *error)
{
    lx_error_set(error, LX_KIND_MEMORY, "out of memory");
    return false;
}

bool lx_content_announce(struct lx_content *content, const char *type,
                         uint64_t total, struct lx_error *error)
{
    lx_text_copy(content->type, sizeof content->type, type, strlen(type));
    content->total = total;
    if (total > content->order->max_bytes)
        return refuse_size(content, total, error);
    if (content->order->target || total <= content->bytes ||
        total > RESERVE_BYTES_MAX)
        return true;
    return lx_buffer_reserve(&content->buffer,
                             (size_t)(total - content->bytes)) ||
           refuse_memory(error);
}

/* ---- what it is ---- */

static bool guard_svg(struct lx_content *content, const char *bytes,
                      size_t length, struct lx_error *error)
{
    if (content->media != LX_MEDIA_SVG ||
        lx_svg_guard_pass(&content->guard, bytes, length))
        return true;
    lx_error_set(error, LX_KIND_DOWNLOAD,
                 "the server sent an SVG with a script, an event attribute, "
                 "a page or an entity in it: nothing was saved");
    return false;
}

/* A name that was known before is looked at again, now by the length, too. */
static bool name_file(struct lx_content *content, struct lx_error *error)
{
    struct lx_target *target = &content->target;

    if (!target->takes_media && !content->sink.may_be_there)
        return true;
    return (!target->takes_media ||
            lx_target_take_media(target, content->media, error)) &&
           lx_file_sink_name(&content->sink, target->path, content->total,
                             error);
}

/* The first bytes are here: check the content, then choose the extension. */
static bool recognise(struct lx_content *content, struct lx_error *error)
{
    const char *type = content->type[0] != '\0' ? content->type : NULL;
    const char *objection =
        lx_media_objection(type, lx_target_promise(content->order),
                           content->first, content->first_length);

    if (objection) {
        lx_error_set(error, LX_KIND_DOWNLOAD,
                     "the server sent %s (%.100s) where a picture or clip was "
                     "promised: nothing was saved",
                     objection, type ? type : "without a type");
        return false;
    }
    content->is_recognised = true;
    content->media = lx_media_of_bytes(content->first, content->first_length);
    if (content->media == LX_MEDIA_XML) /* a long prologue */
        content->media = LX_MEDIA_SVG;
    if (!name_file(content, error))
        return false;
    return guard_svg(content, content->first, content->first_length, error);
}

/* Look at the next bytes; may be the first ones. */
static bool look_for_type(struct lx_content *content, const char *bytes,
                          size_t length, struct lx_error *error)
{
    size_t room = sizeof content->first - content->first_length;
    size_t taken = length < room ? length : room;

    memcpy(content->first + content->first_length, bytes, taken);
    content->first_length += taken;
    if (content->first_length < sizeof content->first)
        return true;
    if (!content->is_recognised && !recognise(content, error))
        return false;
    return guard_svg(content, bytes + taken, length - taken, error);
}

/* ---- bytes ---- */

static bool keep(struct lx_content *content, const char *bytes, size_t length,
                 struct lx_error *error)
{
    if (content->order->target)
        return lx_file_sink_write(&content->sink, bytes, length, error);
    return lx_buffer_append(&content->buffer, bytes, length) ||
           refuse_memory(error);
}

static void remember_last(struct lx_content *content, const char *bytes,
                          size_t length)
{
    size_t room = sizeof content->last, kept = content->last_length;

    if (length > room) {
        bytes += length - room;
        length = room;
    }
    if (kept > room - length)
        kept = room - length;
    memmove(content->last, content->last + content->last_length - kept, kept);
    memcpy(content->last + kept, bytes, length);
    content->last_length = kept + length;
}

bool lx_content_is_cut(const struct lx_content *content)
{
    return lx_media_is_cut(
        lx_media_of_bytes(content->first, content->first_length),
        content->first, content->first_length, content->last,
        content->last_length, content->bytes);
}

bool lx_content_add(struct lx_content *content, const char *bytes,
                    size_t length, struct lx_error *error)
{
    if (length > content->order->max_bytes - content->bytes)
        return refuse_size(content, content->bytes + length, error);
    if (!look_for_type(content, bytes, length, error) ||
        !keep(content, bytes, length, error))
        return false;
    if (content->order->entry)
        lx_sha256_update(&content->hash, bytes, length);
    remember_last(content, bytes, length);
    content->bytes += length;
    return true;
}

bool lx_content_take_data_url(struct lx_content *content,
                              struct lx_error *error)
{
    struct lx_data_url data;
    char bytes[4096];
    bool is_valid = lx_data_url_open(&data, content->order->url);
    bool is_fine = lx_content_announce(content, data.type, 0, error);
    size_t length = 1;

    while (is_valid && is_fine && length > 0) {
        length = lx_data_url_read(&data, bytes, sizeof bytes, &is_valid);
        is_fine = length == 0 || lx_content_add(content, bytes, length, error);
    }
    if (!is_valid)
        lx_error_set(error, LX_KIND_DOWNLOAD,
                     "its data: URL cannot be decoded");
    return is_valid && is_fine;
}

/* ---- the end ---- */

/* The warning about a name that the bytes contradict; NULL: none, or out of
 * memory. */
static char *describe_contradiction(const struct lx_content *content)
{
    const char *path = content->target.path;
    const char *dot = path ? strrchr(path + lx_folder_length(path), '.') : NULL;
    char text[160];

    if (!dot)
        return NULL;
    enum lx_media named = lx_media_of_extension(dot + 1, strlen(dot + 1));
    if (named == content->media || named == LX_MEDIA_UNKNOWN ||
        content->media == LX_MEDIA_UNKNOWN)
        return NULL;
    int length = snprintf(text, sizeof text,
                          "the name ends in %.16s, but the content is %s", dot,
                          lx_media_extension(content->media));
    return lx_text_duplicate(text, (size_t)length);
}

static struct lx_downloaded *describe_file(struct lx_content *content)
{
    struct lx_downloaded *file = calloc(1, sizeof *file);

    if (!file)
        return NULL;
    file->length = content->bytes;
    file->warning = describe_contradiction(content);
    file->path = content->target.path;
    content->target.path = NULL;
    if (content->type[0] == '\0')
        return file;
    file->content_type =
        lx_text_duplicate(content->type, strlen(content->type));
    if (file->content_type)
        return file;
    lx_downloaded_free(file);
    return NULL;
}

struct lx_downloaded *lx_content_finish(struct lx_content *content,
                                        struct lx_error *error)
{
    if (content->bytes == 0) {
        lx_error_set(error, LX_KIND_DOWNLOAD, "the server sent an empty file");
        return NULL;
    }
    if (!content->is_recognised && !recognise(content, error))
        return NULL;
    struct lx_downloaded *file = describe_file(content);
    if (!file) {
        refuse_memory(error);
        return NULL;
    }
    if (content->order->entry)
        lx_sha256_final(&content->hash, file->sha256);
    if (!content->order->target)
        file->bytes = lx_buffer_release(&content->buffer, NULL);
    return file;
}

void lx_content_give(struct lx_content *content, struct lx_file_sink *sink)
{
    *sink = content->sink;
    lx_file_sink_init(&content->sink);
}

void lx_content_discard(struct lx_content *content)
{
    lx_file_sink_discard(&content->sink);
    lx_target_deinit(&content->target);
    lx_buffer_deinit(&content->buffer);
}
