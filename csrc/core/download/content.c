/* content.c: see content.h. */
#include "download/content.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Memory made ready at once for content whose length is told; more grows with
 * what really comes. */
#define RESERVE_BYTES_MAX (64u * 1024 * 1024)

void lx_content_init(struct lx_content *content,
                     const struct lx_download_order *spec,
                     struct lx_blocks *blocks)
{
    uint64_t most = spec->max_bytes;

    memset(content, 0, sizeof(*content));
    content->spec = spec;
    content->blocks = blocks;
    lx_file_sink_init(&content->sink);
    lx_buffer_init(&content->buffer, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
}

static bool open_file(struct lx_content *content, struct lx_error *error)
{
    const struct lx_download_order *spec = content->spec;
    struct lx_target *target = &content->target;

    return lx_target_find(target, spec, error) &&
           lx_file_sink_open(&content->sink, content->blocks, target->path,
                             target->part_path, spec->overwrite, error);
}

bool lx_content_open(struct lx_content *content, struct lx_error *error)
{
    if (!content->is_open)
        content->is_open =
            content->spec->target == NULL || open_file(content, error);
    return content->is_open;
}

bool lx_content_restart(struct lx_content *content, struct lx_error *error)
{
    bool had_bytes = content->bytes > 0;

    content->bytes = 0;
    content->first_length = 0;
    lx_buffer_clear(&content->buffer);
    return content->spec->target == NULL || !had_bytes ||
           lx_file_sink_restart(&content->sink, error);
}

static bool refuse_size(const struct lx_content *content, uint64_t bytes,
                        struct lx_error *error)
{
    lx_error_set(error, LX_KIND_DOWNLOAD,
                 "the file is too large: %" PRIu64 " bytes or more, %" PRIu64
                 " are allowed (max_bytes, max_download)",
                 bytes, content->spec->max_bytes);
    return false;
}

static bool name_file(struct lx_content *content, struct lx_error *error)
{
    struct lx_target *target = &content->target;

    return !target->takes_type ||
           (lx_target_take_type(target, content->type, error) &&
            lx_file_sink_name(&content->sink, target->path, error));
}

bool lx_content_announce(struct lx_content *content, const char *type,
                         uint64_t total, struct lx_error *error)
{
    lx_text_copy(content->type, sizeof(content->type), type, strlen(type));
    if (total > content->spec->max_bytes)
        return refuse_size(content, total, error);
    if (content->spec->target != NULL)
        return name_file(content, error);
    if (total <= content->bytes || total > RESERVE_BYTES_MAX)
        return true;
    content->is_memory_out =
        !lx_buffer_reserve(&content->buffer, (size_t)(total - content->bytes));
    return !content->is_memory_out;
}

/* With the first bytes at hand: is it what was promised? */
static bool check_first(const struct lx_content *content,
                        struct lx_error *error)
{
    const char *type = content->type[0] != '\0' ? content->type : NULL;

    if (!lx_media_is_page(type, content->first, content->first_length))
        return true;
    lx_error_set(error, LX_KIND_DOWNLOAD,
                 "the server sent a page or message (%s) where a picture or "
                 "clip was promised: nothing was saved",
                 type != NULL ? type : "without a type");
    return false;
}

static bool store(struct lx_content *content, const char *bytes, size_t length,
                  struct lx_error *error)
{
    if (content->spec->target != NULL)
        return lx_file_sink_write(&content->sink, bytes, length, error);
    content->is_memory_out = !lx_buffer_append(&content->buffer, bytes, length);
    return !content->is_memory_out;
}

bool lx_content_add(struct lx_content *content, const char *bytes,
                    size_t length, struct lx_error *error)
{
    size_t room = sizeof(content->first) - content->first_length;
    size_t taken = length < room ? length : room;

    if (length > content->spec->max_bytes - content->bytes)
        return refuse_size(content, content->bytes + length, error);
    if (!store(content, bytes, length, error))
        return false;
    content->bytes += length;
    if (taken == 0)
        return true;
    memcpy(content->first + content->first_length, bytes, taken);
    content->first_length += taken;
    return taken < room || check_first(content, error);
}

bool lx_content_is_shown(const struct lx_content *content)
{
    return content->spec->target == NULL || content->sink.fd >= 0;
}

bool lx_content_flush(struct lx_content *content, struct lx_error *error)
{
    return content->spec->target == NULL ||
           lx_file_sink_flush(&content->sink, error);
}

static struct lx_downloaded *describe(struct lx_content *content)
{
    struct lx_downloaded *file = calloc(1, sizeof(*file));

    if (file == NULL)
        return NULL;
    file->length = content->bytes;
    file->path = content->target.path;
    content->target.path = NULL;
    if (content->type[0] == '\0')
        return file;
    file->content_type =
        lx_text_duplicate(content->type, strlen(content->type));
    if (file->content_type != NULL)
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
    if (content->first_length < sizeof(content->first) &&
        !check_first(content, error))
        return NULL;
    struct lx_downloaded *file = describe(content);
    if (file == NULL) {
        content->is_memory_out = true;
        return NULL;
    }
    if (content->spec->target == NULL)
        file->bytes = lx_buffer_release(&content->buffer, NULL);
    return file;
}

void lx_content_give(struct lx_content *content, struct lx_file_sink *sink)
{
    *sink = content->sink;
    lx_file_sink_init(&content->sink);
}

void lx_content_close(struct lx_content *content)
{
    lx_file_sink_close(&content->sink);
    lx_target_deinit(&content->target);
    lx_buffer_deinit(&content->buffer);
}

void lx_content_discard(struct lx_content *content)
{
    lx_file_sink_discard(&content->sink);
    lx_target_deinit(&content->target);
    lx_buffer_deinit(&content->buffer);
}
