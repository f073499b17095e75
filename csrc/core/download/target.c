/* target.c: see target.h. */
#include "download/target.h"

#include "download/file_words.h"
#include "download/media.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART ".part"

/* Bytes of a name that comes from outside; with what is put around it. */
#define OUTSIDE_BYTES_MAX 100
#define NAME_BYTES_MAX    (OUTSIDE_BYTES_MAX + 40)

struct slice {
    const char *bytes;
    size_t length;
};

/* ---- texts ---- */

/* A new text: first[0..length) and `rest`; NULL when memory is out. */
static char *join(const char *first, size_t length, const char *rest)
{
    size_t rest_bytes = strlen(rest) + 1;
    char *text = malloc(length + rest_bytes);

    if (text == NULL)
        return NULL;
    memcpy(text, first, length);
    memcpy(text + length, rest, rest_bytes);
    return text;
}

/* The last part of a URL's path. */
static struct slice last_part(const char *url)
{
    const char *end = url + strcspn(url, "?#");
    const char *host = strstr(url, "://");
    const char *at = end;

    host = host != NULL && host < end ? host + 3 : url;
    while (at > host && at[-1] != '/')
        at--;
    if (at == host)
        at = end; /* nothing but a host */
    return (struct slice){at, (size_t)(end - at)};
}

/* The extension of a picture, clip or sound; empty when it is none of these. */
static struct slice known_extension(struct slice name)
{
    const char *end = name.bytes + name.length, *at = end;

    while (at > name.bytes && at[-1] != '.')
        at--;
    size_t length = (size_t)(end - at);
    if (at == name.bytes ||
        lx_media_class(lx_media_of_extension(at, length)) != LX_MEDIA_CONTENT)
        length = 0;
    return (struct slice){at, length};
}

static bool is_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

/* Write `name`, or `otherwise` when nothing of it is left; the end of it. */
static char *write_safe(char *out, struct slice name, const char *otherwise)
{
    while (name.length > 0 && *name.bytes == '.') { /* no hidden file */
        name.bytes++;
        name.length--;
    }
    if (name.length == 0)
        name = (struct slice){otherwise, strlen(otherwise)};
    if (name.length > OUTSIDE_BYTES_MAX)
        name.length = OUTSIDE_BYTES_MAX;
    for (size_t i = 0; i < name.length; i++)
        *out++ = is_safe(name.bytes[i]) ? name.bytes[i] : '_';
    return out;
}

static char *write_extension(char *out, struct slice extension)
{
    *out++ = '.';
    for (size_t i = 0; i < extension.length; i++) {
        char c = extension.bytes[i];
        *out++ = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return out;
}

/* ---- names ---- */

/* Takes `stem`: the final name, but for an extension that is yet to come. */
static bool take_stem(struct lx_target *target, char *stem)
{
    if (stem == NULL)
        return false;
    target->part_path = join(stem, strlen(stem), PART);
    if (target->takes_type)
        free(stem);
    else
        target->path = stem;
    return target->part_path != NULL;
}

static bool name_in_folder(struct lx_target *target,
                           const struct lx_download_order *spec)
{
    const char *url = spec->first_url != NULL ? spec->first_url : spec->url;
    struct slice part = last_part(url), extension = known_extension(part);
    size_t length = strlen(spec->target);
    char name[NAME_BYTES_MAX], *at = name;

    while (length > 0 && spec->target[length - 1] == '/')
        length--;
    *at++ = '/';
    if (spec->task_id != NULL) {
        part = (struct slice){spec->task_id, strlen(spec->task_id)};
        at = write_safe(at, part, "task");
        at += snprintf(at, 16, "-%d", spec->number);
    } else {
        part.length -= extension.length > 0 ? extension.length + 1 : 0;
        at = write_safe(at, part, "download");
    }
    target->takes_type = extension.length == 0;
    if (!target->takes_type)
        at = write_extension(at, extension);
    *at = '\0';
    return take_stem(target, join(spec->target, length, name));
}

/* "folder/stem.extension" becomes "folder/stem-2.extension". */
static char *add_number(const char *path, int number)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    const char *end = path + strlen(path);
    char text[16];

    /* neither at the start nor at the end is it an extension's */
    if (dot == NULL || dot == name || dot[1] == '\0')
        dot = end;
    snprintf(text, sizeof(text), "-%d", number);
    char *stem = join(path, (size_t)(dot - path), text);
    if (stem == NULL)
        return NULL;
    char *numbered = join(stem, strlen(stem), dot);
    free(stem);
    return numbered;
}

static bool name_as_told(struct lx_target *target,
                         const struct lx_download_order *spec)
{
    const char *path = spec->target;

    return take_stem(target, spec->number > 1 ? add_number(path, spec->number)
                                              : join(path, strlen(path), ""));
}

/* ---- folders ---- */

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool make_folder(const char *path, struct lx_error *error)
{
    char words[LX_FILE_WORDS_MAX];

    if (is_folder(path) || mkdir(path, 0777) == 0)
        return true;
    int number = errno;
    if (number == EEXIST && is_folder(path)) /* somebody made it meanwhile */
        return true;
    lx_file_words(number, words);
    lx_error_set(error, LX_KIND_FILE, "the folder %.200s cannot be made: %s",
                 path, words);
    return false;
}

static bool fail_without_memory(const char *path, struct lx_error *error)
{
    lx_error_set(error, LX_KIND_FILE, "cannot save %.200s: memory is out",
                 path);
    return false;
}

/* Whether a file may be made beside `path`, as far as can be told before. */
static bool check_folder(const char *path, struct lx_error *error)
{
    const char *slash = strrchr(path, '/');
    char words[LX_FILE_WORDS_MAX];
    char *folder = slash != NULL ? join(path, (size_t)(slash - path) + 1, "")
                                 : join(".", 1, "");

    if (folder == NULL)
        return fail_without_memory(path, error);
    int number =
        faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
    if (number == ENOENT || number == ENOTDIR) {
        lx_error_set(error, LX_KIND_FILE,
                     "the folder %.200s does not exist; make it first", folder);
    } else if (number != 0) {
        lx_file_words(number, words);
        lx_error_set(error, LX_KIND_FILE, "cannot save %.200s: %s", path,
                     words);
        if (error != NULL)
            error->retryable = true;
    }
    free(folder);
    return number == 0;
}

/* ---- all of it ---- */

bool lx_target_find(struct lx_target *target,
                    const struct lx_download_order *spec,
                    struct lx_error *error)
{
    const char *path = spec->target;
    size_t length = strlen(path);
    bool is_slashed = length > 0 && path[length - 1] == '/';
    bool is_named;

    if (is_slashed && !make_folder(path, error))
        return false;
    is_named = is_slashed || is_folder(path) ? name_in_folder(target, spec)
                                             : name_as_told(target, spec);
    if (is_named ? check_folder(target->part_path, error)
                 : fail_without_memory(path, error))
        return true;
    lx_target_deinit(target);
    return false;
}

bool lx_target_take_type(struct lx_target *target, const char *content_type,
                         struct lx_error *error)
{
    enum lx_media media = lx_media_of_type(content_type);
    char rest[16];

    if (lx_media_class(media) != LX_MEDIA_CONTENT)
        media = LX_MEDIA_UNKNOWN; /* the label is wrong: no page comes here */
    snprintf(rest, sizeof(rest), ".%s", lx_media_extension(media));
    free(target->path);
    target->path =
        join(target->part_path, strlen(target->part_path) - strlen(PART), rest);
    return target->path != NULL ||
           fail_without_memory(target->part_path, error);
}

void lx_target_deinit(struct lx_target *target)
{
    free(target->path);
    free(target->part_path);
    *target = (struct lx_target){0};
}
