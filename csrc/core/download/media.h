/* media.h: what a downloaded file is, by its first bytes and by the label that
 * the server gave it. Answers one question above all: is this the picture that
 * was promised? Pure; any thread.
 *
 * An SVG is a picture as long as it has no script element and no event
 * attribute (svg_guard.h): a browser would run these with the rights of the
 * page that shows the file. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The first bytes of a file that decide; no more are looked at. */
#define LX_MEDIA_SNIFF_BYTES 512

/* The last bytes of a file, in which the end of a picture stands. */
#define LX_MEDIA_END_BYTES 32

enum lx_media_class {
    LX_MEDIA_OTHER,   /* nothing known */
    LX_MEDIA_CONTENT, /* picture, clip or sound */
    LX_MEDIA_PAGE,    /* text to be read */
    LX_MEDIA_PROGRAM
};

/* X(suffix, class, file extension, content type) */
#define LX_MEDIA_MAP(X)                                                        \
    X(UNKNOWN, OTHER, "bin", "application/octet-stream")                       \
    X(PNG, CONTENT, "png", "image/png")                                        \
    X(JPEG, CONTENT, "jpg", "image/jpeg")                                      \
    X(GIF, CONTENT, "gif", "image/gif")                                        \
    X(WEBP, CONTENT, "webp", "image/webp")                                     \
    X(AVIF, CONTENT, "avif", "image/avif")                                     \
    X(HEIC, CONTENT, "heic", "image/heic")                                     \
    X(JXL, CONTENT, "jxl", "image/jxl")                                        \
    X(BMP, CONTENT, "bmp", "image/bmp")                                        \
    X(TIFF, CONTENT, "tiff", "image/tiff")                                     \
    X(SVG, CONTENT, "svg", "image/svg+xml")                                    \
    X(MP4, CONTENT, "mp4", "video/mp4")                                        \
    X(MOV, CONTENT, "mov", "video/quicktime")                                  \
    X(WEBM, CONTENT, "webm", "video/webm")                                     \
    X(MKV, CONTENT, "mkv", "video/x-matroska")                                 \
    X(AVI, CONTENT, "avi", "video/x-msvideo")                                  \
    X(MP3, CONTENT, "mp3", "audio/mpeg")                                       \
    X(M4A, CONTENT, "m4a", "audio/mp4")                                        \
    X(AAC, CONTENT, "aac", "audio/aac")                                        \
    X(WAV, CONTENT, "wav", "audio/wav")                                        \
    X(OGG, CONTENT, "ogg", "audio/ogg")                                        \
    X(FLAC, CONTENT, "flac", "audio/flac")                                     \
    X(HTML, PAGE, "html", "text/html")                                         \
    X(XML, PAGE, "xml", "application/xml")                                     \
    X(JSON, PAGE, "json", "application/json")                                  \
    X(TEXT, PAGE, "txt", "text/plain")                                         \
    X(SCRIPT, PROGRAM, "sh", "application/x-sh")                               \
    X(BINARY, PROGRAM, "exe", "application/x-executable")

#define LX_MEDIA_ENUM(suffix, class, extension, type) LX_MEDIA_##suffix,
enum lx_media { LX_MEDIA_MAP(LX_MEDIA_ENUM) LX_MEDIA_COUNT };
#undef LX_MEDIA_ENUM

/* What the first bytes say; UNKNOWN when they say nothing. `length` 0 is fine
 * (`bytes` may be NULL then). */
enum lx_media lx_media_of_bytes(const void *bytes, size_t length);

/* What a Content-Type says, parameters and letter case aside; UNKNOWN for one
 * that is not in the table. NULL is fine. */
enum lx_media lx_media_of_type(const char *content_type);

/* What a file's extension says, letter case aside, without the dot; UNKNOWN
 * for one that is not in the table. */
enum lx_media lx_media_of_extension(const char *extension, size_t length);

enum lx_media_class lx_media_class(enum lx_media media);

/* Static storage, without a dot. */
const char *lx_media_extension(enum lx_media media);

/* The content type; static storage. */
const char *lx_media_type(enum lx_media media);

/* What speaks against saving content that begins so: NULL, or words for "the
 * server sent <words> where a picture or clip was promised". Pages, texts,
 * scripts and programs are always refused, whatever the label. Bytes of a known
 * picture, clip or sound are fine, again whatever the label. Other bytes are
 * refused when anything promised one of those: the label (NULL: none), or the
 * name, `promise`; else they pass, unless the label is that of a page. */
const char *lx_media_objection(const char *content_type, enum lx_media promise,
                               const void *bytes, size_t length);

/* Whether the end of content that begins with first[0..first_length), ends with
 * last[0..last_length) and is `bytes` long is missing: for PNG, JPEG, GIF and
 * WebP, which tell; false for all others. */
bool lx_media_is_cut(enum lx_media media, const char *first,
                     size_t first_length, const char *last, size_t last_length,
                     uint64_t bytes);

#pragma GCC visibility pop
