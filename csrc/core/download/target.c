/* target.c: see target.h. */
#include "download/target.h"

#include "base/ascii.h"
#include "base/text.h"
#include "download/data_url.h"
#include "download/file_error.h"
#include "os/file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The most bytes of a name from outside and what is put around it. */
#define OUTSIDE_BYTES_MAX 100
#define NAME_BYTES_MAX    (OUTSIDE_BYTES_MAX + 40)

struct slice {
    const char *bytes;
    size_t length;
};

/* ---- texts ---- */

/* A new text: first[0..length) and `rest`; NULL when out of memory. */
static char *join(const char *first, size_t length, const char *rest)
{
    size_t rest_bytes = strlen(rest) + 1;
    char *text = malloc(length + rest_bytes);

    if (!text)
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

    host = host && host < end ? host + 3 : url;
    while (at > host && at[-1] != '/')
        at--;
    if (at == host)
        at = end; /* nothing but a host, or no URL with a path at all */
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

static struct slice url_part(const struct lx_download_order *order)
{
    const char *url = order->first_url ? order->first_url : order->url;

    return lx_data_url_is(url) ? (struct slice){"", 0} : last_part(url);
}

enum lx_media lx_target_promise(const struct lx_download_order *order)
{
    struct slice extension = {"", 0};

    if (order->target)
        extension = known_extension(
            (struct slice){order->target, strlen(order->target)});
    if (extension.length == 0)
        extension = known_extension(url_part(order));
    return lx_media_of_extension(extension.bytes, extension.length);
}

static bool is_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

/* FNV-1a. */
static uint32_t hash(struct slice text)
{
    uint32_t value = 2166136261u;

    for (size_t i = 0; i < text.length; i++)
        value = (value ^ (unsigned char)text.bytes[i]) * 16777619u;
    return value;
}

static bool begins_with(struct slice name, const char *lower_word)
{
    for (size_t i = 0; lower_word[i]; i++)
        if (i == name.length || (name.bytes[i] | 0x20) != lower_word[i])
            return false;
    return true;
}

/* Names of devices of Windows, whatever their case and what follows a dot.
 * Files are carried between systems, so none is made on any. */
static bool is_device(struct slice name)
{
    size_t length = 0;

    while (length < name.length && name.bytes[length] != '.')
        length++;
    if (length == 3)
        return begins_with(name, "con") || begins_with(name, "prn") ||
               begins_with(name, "aux") || begins_with(name, "nul");
    return length == 4 && lx_is_digit(name.bytes[3]) &&
           (begins_with(name, "com") || begins_with(name, "lpt"));
}

/* Write `name`, or `otherwise` when nothing of it is left, and a hash of it
 * when that is not all of it; the end of what was written. */
static char *write_safe(char *out, struct slice name, const char *otherwise)
{
    struct slice whole = name;
    bool is_changed;

    while (name.length > 0 && *name.bytes == '.') { /* no hidden file */
        name.bytes++;
        name.length--;
    }
    is_changed = name.length != whole.length || name.length > OUTSIDE_BYTES_MAX;
    if (name.length == 0)
        name = (struct slice){otherwise, strlen(otherwise)};
    if (is_device(name)) {
        *out++ = '_';
        is_changed = true;
    }
    if (name.length > OUTSIDE_BYTES_MAX)
        name.length = OUTSIDE_BYTES_MAX;
    for (size_t i = 0; i < name.length; i++) {
        bool is_kept = is_safe(name.bytes[i]);
        is_changed = is_changed || !is_kept;
        *out++ = is_kept ? name.bytes[i] : '_';
    }
    if (is_changed)
        out += snprintf(out, sizeof "-01234567", "-%08lx",
                        (unsigned long)hash(whole));
    return out;
}

/* ---- names ---- */

/* The likely name, to find an existing file before the first request. */
static bool expect_name(struct lx_target *target, struct slice extension)
{
    enum lx_media media =
        lx_media_of_extension(extension.bytes, extension.length);

    return extension.length == 0 || lx_target_take_media(target, media, NULL);
}

static bool name_in_folder(struct lx_target *target,
                           const struct lx_download_order *order)
{
    struct slice part = url_part(order), extension = known_extension(part);
    size_t length = strlen(order->target);
    char name[NAME_BYTES_MAX], *at = name;

    while (length > 0 && lx_path_is_separator(order->target[length - 1]))
        length--;
    *at++ = '/';
    if (order->task_id) {
        part = (struct slice){order->task_id, strlen(order->task_id)};
        at = write_safe(at, part, "task");
        at += snprintf(at, sizeof "-2147483647", "-%d", order->number);
    } else {
        part.length -= extension.length > 0 ? extension.length + 1 : 0;
        at = write_safe(at, part, "download");
    }
    *at = '\0';
    target->takes_media = true;
    target->stem = join(order->target, length, name);
    return target->stem && expect_name(target, extension);
}

/* "folder/stem.extension" becomes "folder/stem-2.extension". */
static char *add_number(const char *path, int number)
{
    const char *name = path + lx_folder_length(path);
    const char *dot = strrchr(name, '.');
    const char *end = path + strlen(path);
    char text[16];

    /* neither at the start nor at the end is it an extension's */
    if (!dot || dot == name || dot[1] == '\0')
        dot = end;
    snprintf(text, sizeof text, "-%d", number);
    char *stem = join(path, (size_t)(dot - path), text);
    if (!stem)
        return NULL;
    char *numbered = join(stem, strlen(stem), dot);
    free(stem);
    return numbered;
}

static bool ends_in_any(const char *path)
{
    size_t length = strlen(path);

    return length > 2 && strcmp(path + length - 2, ".*") == 0 &&
           !lx_path_is_separator(path[length - 3]);
}

/* "folder/stem.*" */
static bool name_by_media(struct lx_target *target,
                          const struct lx_download_order *order)
{
    char number[16] = "";

    if (order->number > 1)
        snprintf(number, sizeof number, "-%d", order->number);
    target->takes_media = true;
    target->stem = join(order->target, strlen(order->target) - 2, number);
    return target->stem &&
           expect_name(target, known_extension(url_part(order)));
}

static bool name_as_given(struct lx_target *target,
                          const struct lx_download_order *order)
{
    const char *path = order->target;

    if (ends_in_any(path))
        return name_by_media(target, order);
    target->path = order->number > 1 ? add_number(path, order->number)
                                     : join(path, strlen(path), "");
    target->stem =
        target->path ? join(target->path, strlen(target->path), "") : NULL;
    return target->stem != NULL;
}

/* ---- folders ---- */

/* EXISTS: somebody made it meanwhile, or it is no folder. */
static bool make_folder(const char *path, struct lx_error *error)
{
    if (lx_file_kind_at(path) == LX_FILE_KIND_FOLDER)
        return true;
    enum lx_file_reason reason = lx_folder_make(path);
    if (reason == LX_FILE_OK || lx_file_kind_at(path) == LX_FILE_KIND_FOLDER)
        return true;
    lx_error_set(error, LX_KIND_FILE, "the folder %.200s cannot be made: %s",
                 path, lx_file_words(reason));
    return false;
}

/* Of path[0..length), which ends in a separator: each that is missing. The text
 * is changed meanwhile. */
static bool make_folders(char *path, size_t length, struct lx_error *error)
{
    size_t root = lx_path_root_length(path);

    for (size_t i = root > 0 ? root : 1; i < length; i++) {
        char separator = path[i];
        if (!lx_path_is_separator(separator) ||
            lx_path_is_separator(path[i - 1]))
            continue;
        path[i] = '\0';
        bool is_made = make_folder(path, error);
        path[i] = separator;
        if (!is_made)
            return false;
    }
    return true;
}

/* The folder of `path` is there, and files may be made in it. */
static bool prepare_folder(const char *path, struct lx_error *error)
{
    size_t length = lx_folder_length(path);
    char *folder = length > 0 ? join(path, length, "") : join(".", 1, "");

    if (!folder)
        return lx_file_refuse(error, path, LX_FILE_MEMORY);
    bool is_ready = make_folders(folder, length, error);
    enum lx_file_reason reason =
        is_ready ? lx_folder_check(folder) : LX_FILE_OK;
    free(folder);
    return is_ready &&
           (reason == LX_FILE_OK || lx_file_refuse(error, path, reason));
}

/* ---- all of it ---- */

static bool is_folder(const char *path)
{
    size_t length = strlen(path);

    return (length > 0 && lx_path_is_separator(path[length - 1])) ||
           lx_file_kind_at(path) == LX_FILE_KIND_FOLDER;
}

bool lx_target_find(struct lx_target *target,
                    const struct lx_download_order *order,
                    struct lx_error *error)
{
    bool is_named = is_folder(order->target) ? name_in_folder(target, order)
                                             : name_as_given(target, order);

    if (is_named ? prepare_folder(target->stem, error)
                 : lx_file_refuse(error, order->target, LX_FILE_MEMORY))
        return true;
    lx_target_deinit(target);
    return false;
}

/* path[0..length) without separators at its end, but for the root's. */
static size_t trim(const char *path, size_t length)
{
    size_t root = lx_path_root_length(path);

    while (length > root && lx_path_is_separator(path[length - 1]))
        length--;
    return length;
}

/* Of the nearest folder that is there; those below it can be made. */
static enum lx_file_reason check_folders(char *path)
{
    for (;;) {
        size_t length = trim(path, strlen(path));
        path[length] = '\0';
        enum lx_file_kind kind = lx_file_kind_at(path);
        if (kind == LX_FILE_KIND_REGULAR || kind == LX_FILE_KIND_OTHER)
            return LX_FILE_NOT_FOLDER;
        size_t above = lx_folder_length(path);
        if (kind != LX_FILE_KIND_NONE || above >= length || above == 0)
            return lx_folder_check(path);
        path[above] = '\0';
    }
}

enum lx_file_reason lx_target_check(const char *target)
{
    bool names_file = !is_folder(target);
    size_t length = names_file ? lx_folder_length(target) : strlen(target);
    char *path = join(target, length, "");

    if (!path)
        return LX_FILE_MEMORY;
    enum lx_file_reason reason =
        names_file && lx_file_kind_at(target) != LX_FILE_KIND_NONE
            ? LX_FILE_EXISTS
            : check_folders(path);
    free(path);
    return reason;
}

bool lx_target_take_media(struct lx_target *target, enum lx_media media,
                          struct lx_error *error)
{
    char rest[16];

    snprintf(rest, sizeof rest, ".%s", lx_media_extension(media));
    free(target->path);
    target->path = join(target->stem, strlen(target->stem), rest);
    return target->path || lx_file_refuse(error, target->stem, LX_FILE_MEMORY);
}

void lx_target_deinit(struct lx_target *target)
{
    free(target->path);
    free(target->stem);
    *target = (struct lx_target){0};
}
