/* media.c: tables of first bytes and of content types. Pure; any thread. */
#include "download/media.h"

#include "base/ascii.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

struct media_fact {
    enum lx_media_class class;
    const char *extension;
    const char *type;
};

#define LX_MEDIA_ROW(suffix, class, extension, type)                           \
    {LX_MEDIA_##class, extension, type},
static const struct media_fact MEDIA[LX_MEDIA_COUNT] = {
    LX_MEDIA_MAP(LX_MEDIA_ROW)};
#undef LX_MEDIA_ROW

/* Other labels that are seen in the wild. */
static const struct {
    const char *type;
    enum lx_media media;
} OTHER_TYPES[] = {
    {"image/jpg", LX_MEDIA_JPEG},     {"image/pjpeg", LX_MEDIA_JPEG},
    {"image/x-png", LX_MEDIA_PNG},    {"image/heif", LX_MEDIA_HEIC},
    {"image/x-ms-bmp", LX_MEDIA_BMP}, {"video/x-m4v", LX_MEDIA_MP4},
    {"video/avi", LX_MEDIA_AVI},      {"audio/mp3", LX_MEDIA_MP3},
    {"audio/x-m4a", LX_MEDIA_M4A},    {"audio/x-wav", LX_MEDIA_WAV},
    {"audio/wave", LX_MEDIA_WAV},     {"audio/x-flac", LX_MEDIA_FLAC},
    {"application/ogg", LX_MEDIA_OGG}};

/* Other extensions. */
static const struct {
    const char *extension;
    enum lx_media media;
} OTHER_EXTENSIONS[] = {{"jpeg", LX_MEDIA_JPEG},
                        {"tif", LX_MEDIA_TIFF},
                        {"heif", LX_MEDIA_HEIC},
                        {"m4v", LX_MEDIA_MP4}};

/* A label that stands for text to be read, when the first bytes are nothing
 * known. Either end of the type may be given. */
static const struct {
    const char *start;
    const char *end;
} PAGE_TYPES[] = {{"text/", ""},
                  {"application/", "json"},
                  {"application/", "xml"},
                  {"application/", "javascript"}};

/* Bytes at the start and, when `more` is given, bytes at `more_at` or, for
 * ANYWHERE, in the first 64. The first row that fits counts. */
#define ANYWHERE       (-1)
#define SEARCHED_BYTES 64
#define BYTES(text)    text, (sizeof(text) - 1)
struct signature {
    enum lx_media media;
    size_t offset;
    const char *bytes;
    size_t length;
    int more_at;
    const char *more;
    size_t more_length;
};

static const struct signature SIGNATURES[] = {
    {LX_MEDIA_PNG, 0, BYTES("\x89PNG\r\n\x1a\n"), 0, NULL, 0},
    {LX_MEDIA_JPEG, 0, BYTES("\xff\xd8\xff"), 0, NULL, 0},
    {LX_MEDIA_GIF, 0, BYTES("GIF87a"), 0, NULL, 0},
    {LX_MEDIA_GIF, 0, BYTES("GIF89a"), 0, NULL, 0},
    {LX_MEDIA_WEBP, 0, BYTES("RIFF"), 8, BYTES("WEBP")},
    {LX_MEDIA_WAV, 0, BYTES("RIFF"), 8, BYTES("WAVE")},
    {LX_MEDIA_AVI, 0, BYTES("RIFF"), 8, BYTES("AVI ")},
    {LX_MEDIA_AVIF, 4, BYTES("ftypmif1"), ANYWHERE, BYTES("avif")},
    {LX_MEDIA_AVIF, 4, BYTES("ftyp"), 8, BYTES("avif")},
    {LX_MEDIA_AVIF, 4, BYTES("ftyp"), 8, BYTES("avis")},
    {LX_MEDIA_HEIC, 4, BYTES("ftyp"), 8, BYTES("hei")},
    {LX_MEDIA_HEIC, 4, BYTES("ftyp"), 8, BYTES("mif1")},
    {LX_MEDIA_HEIC, 4, BYTES("ftyp"), 8, BYTES("msf1")},
    {LX_MEDIA_MOV, 4, BYTES("ftyp"), 8, BYTES("qt  ")},
    {LX_MEDIA_M4A, 4, BYTES("ftyp"), 8, BYTES("M4A ")},
    {LX_MEDIA_MP4, 4, BYTES("ftyp"), 0, NULL, 0},
    {LX_MEDIA_MP4, 4, BYTES("styp"), 0, NULL, 0}, /* a fragment */
    {LX_MEDIA_MOV, 4, BYTES("moov"), 0, NULL, 0}, /* from before "ftyp" */
    {LX_MEDIA_MOV, 4, BYTES("mdat"), 0, NULL, 0},
    {LX_MEDIA_MOV, 4, BYTES("wide"), 0, NULL, 0},
    {LX_MEDIA_WEBM, 0, BYTES("\x1a\x45\xdf\xa3"), ANYWHERE, BYTES("webm")},
    {LX_MEDIA_MKV, 0, BYTES("\x1a\x45\xdf\xa3"), 0, NULL, 0},
    {LX_MEDIA_JXL, 0, BYTES("\xff\x0a"), 0, NULL, 0},
    {LX_MEDIA_JXL, 0, BYTES("\0\0\0\x0cJXL \r\n\x87\n"), 0, NULL, 0},
    {LX_MEDIA_BMP, 0, BYTES("BM"), 6, BYTES("\0\0\0\0")},
    {LX_MEDIA_TIFF, 0, BYTES("II*\0"), 0, NULL, 0},
    {LX_MEDIA_TIFF, 0, BYTES("MM\0*"), 0, NULL, 0},
    {LX_MEDIA_OGG, 0, BYTES("OggS"), 0, NULL, 0},
    {LX_MEDIA_FLAC, 0, BYTES("fLaC"), 0, NULL, 0},
    {LX_MEDIA_MP3, 0, BYTES("ID3"), 0, NULL, 0},
    {LX_MEDIA_MP3, 0, BYTES("\xff\xfb"), 0, NULL, 0},
    {LX_MEDIA_MP3, 0, BYTES("\xff\xf3"), 0, NULL, 0},
    {LX_MEDIA_MP3, 0, BYTES("\xff\xf2"), 0, NULL, 0},
    {LX_MEDIA_AAC, 0, BYTES("\xff\xf1"), 0, NULL, 0},
    {LX_MEDIA_AAC, 0, BYTES("\xff\xf9"), 0, NULL, 0},
    {LX_MEDIA_SCRIPT, 0, BYTES("#!"), 0, NULL, 0},
    {LX_MEDIA_BINARY, 0,
     BYTES("\x7f"
           "ELF"),
     0, NULL, 0},
    {LX_MEDIA_BINARY, 0, BYTES("MZ"), ANYWHERE, BYTES("\0\0")},
    {LX_MEDIA_BINARY, 0, BYTES("\xfe\xed\xfa\xce"), 0, NULL, 0}, /* Mach-O */
    {LX_MEDIA_BINARY, 0, BYTES("\xfe\xed\xfa\xcf"), 0, NULL, 0},
    {LX_MEDIA_BINARY, 0, BYTES("\xce\xfa\xed\xfe"), 0, NULL, 0},
    {LX_MEDIA_BINARY, 0, BYTES("\xcf\xfa\xed\xfe"), 0, NULL, 0},
    {LX_MEDIA_BINARY, 0, BYTES("\xca\xfe\xba\xbe"), 0, NULL, 0},
    {LX_MEDIA_BINARY, 0, BYTES("\0asm"), 0, NULL, 0},
    {LX_MEDIA_HTML, 0, BYTES("\xff\xfe<\0"), 0, NULL, 0}, /* UTF-16 */
    {LX_MEDIA_HTML, 0, BYTES("\xfe\xff\0<"), 0, NULL, 0}};
#undef BYTES

/* How a text of markup begins, after white space, letter case aside. */
static const struct {
    const char *start;
    enum lx_media media;
} MARKUP[] = {{"<svg", LX_MEDIA_SVG},       {"<!doctype svg", LX_MEDIA_SVG},
              {"<!doctype", LX_MEDIA_HTML}, {"<html", LX_MEDIA_HTML},
              {"<head", LX_MEDIA_HTML},     {"<body", LX_MEDIA_HTML},
              {"<title", LX_MEDIA_HTML},    {"<script", LX_MEDIA_HTML},
              {"<h1", LX_MEDIA_HTML},       {"<p>", LX_MEDIA_HTML},
              {"<pre", LX_MEDIA_HTML},      {"<center", LX_MEDIA_HTML}};

static bool has_at(const char *bytes, size_t length, size_t offset,
                   const char *wanted, size_t wanted_length)
{
    return offset + wanted_length <= length &&
           memcmp(bytes + offset, wanted, wanted_length) == 0;
}

static bool has_anywhere(const char *bytes, size_t length, const char *wanted,
                         size_t wanted_length)
{
    for (size_t i = 0; i + wanted_length <= length; i++)
        if (memcmp(bytes + i, wanted, wanted_length) == 0)
            return true;
    return false;
}

static bool fits(const struct signature *signature, const char *bytes,
                 size_t length)
{
    if (!has_at(bytes, length, signature->offset, signature->bytes,
                signature->length))
        return false;
    if (!signature->more)
        return true;
    if (signature->more_at == ANYWHERE)
        return has_anywhere(bytes,
                            length < SEARCHED_BYTES ? length : SEARCHED_BYTES,
                            signature->more, signature->more_length);
    return has_at(bytes, length, (size_t)signature->more_at, signature->more,
                  signature->more_length);
}

static size_t skip_white(const char *bytes, size_t length, size_t at)
{
    while (at < length && lx_text_is_white(bytes[at]))
        at++;
    return at;
}

static enum lx_media media_of_markup(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof MARKUP / sizeof *MARKUP; i++)
        if (lx_text_starts(text, length, MARKUP[i].start))
            return MARKUP[i].media;
    /* A prologue or a comment: what matters comes behind it. */
    if (lx_text_starts(text, length, "<?") ||
        lx_text_starts(text, length, "<!")) {
        if (lx_text_find(text, length, "<html"))
            return LX_MEDIA_HTML;
        return lx_text_find(text, length, "<svg") ? LX_MEDIA_SVG : LX_MEDIA_XML;
    }
    return length > 1 && lx_is_letter(text[1]) ? LX_MEDIA_XML
                                               : LX_MEDIA_UNKNOWN;
}

/* An object, or an array, by its first two marks: a lone brace proves nothing,
 * for binary content may begin with any byte. */
static bool looks_like_json(const char *text, size_t length)
{
    size_t next = skip_white(text, length, 1);

    if (next >= length)
        return next == length && length > 1;
    return strchr(text[0] == '{' ? "\"}" : "[]{\"-0123456789tfn", text[next]) !=
               NULL &&
           text[next] != '\0';
}

/* Nothing but characters to be read; the last one may be cut. */
static bool is_text(const char *bytes, size_t length)
{
    static const char controls[] = "\t\n\f\r\x1b";

    for (size_t at = 0; at < length;) {
        size_t character = lx_text_character(bytes + at, length - at);
        unsigned char first = (unsigned char)bytes[at];

        if (character == 0)
            return length - at < 4 && first >= 0xC2 && at > 0;
        if (first == 0x7F ||
            (first < ' ' && !memchr(controls, first, sizeof controls - 1)))
            return false;
        at += character;
    }
    return length > 0;
}

static enum lx_media media_of_text(const char *bytes, size_t length)
{
    size_t at = lx_text_starts(bytes, length, "\xef\xbb\xbf") ? 3 : 0;
    enum lx_media media = LX_MEDIA_UNKNOWN;

    at = skip_white(bytes, length, at);
    if (at == length)
        return LX_MEDIA_UNKNOWN;
    if (bytes[at] == '<')
        media = media_of_markup(bytes + at, length - at);
    else if ((bytes[at] == '{' || bytes[at] == '[') &&
             looks_like_json(bytes + at, length - at))
        media = LX_MEDIA_JSON;
    if (media != LX_MEDIA_UNKNOWN)
        return media;
    return is_text(bytes, length) ? LX_MEDIA_TEXT : LX_MEDIA_UNKNOWN;
}

enum lx_media lx_media_of_bytes(const void *bytes, size_t length)
{
    if (length > LX_MEDIA_SNIFF_BYTES)
        length = LX_MEDIA_SNIFF_BYTES;
    for (size_t i = 0; i < sizeof SIGNATURES / sizeof *SIGNATURES; i++)
        if (fits(&SIGNATURES[i], bytes, length))
            return SIGNATURES[i].media;
    return media_of_text(bytes, length);
}

/* The length of a type without its parameters. */
static size_t bare_length(const char *type)
{
    size_t length = strcspn(type, ";,");

    while (length > 0 && lx_text_is_white(type[length - 1]))
        length--;
    return length;
}

/* `wanted` is in small letters. */
static bool is_word(const char *text, size_t length, const char *wanted)
{
    return strlen(wanted) == length && lx_text_starts(text, length, wanted);
}

enum lx_media lx_media_of_type(const char *content_type)
{
    if (!content_type)
        return LX_MEDIA_UNKNOWN;
    size_t length = bare_length(content_type);

    for (int media = 0; media < LX_MEDIA_COUNT; media++)
        if (is_word(content_type, length, MEDIA[media].type))
            return (enum lx_media)media;
    for (size_t i = 0; i < sizeof OTHER_TYPES / sizeof *OTHER_TYPES; i++)
        if (is_word(content_type, length, OTHER_TYPES[i].type))
            return OTHER_TYPES[i].media;
    return LX_MEDIA_UNKNOWN;
}

enum lx_media lx_media_of_extension(const char *extension, size_t length)
{
    for (int media = 0; media < LX_MEDIA_COUNT; media++)
        if (is_word(extension, length, MEDIA[media].extension))
            return (enum lx_media)media;
    for (size_t i = 0; i < sizeof OTHER_EXTENSIONS / sizeof *OTHER_EXTENSIONS;
         i++)
        if (is_word(extension, length, OTHER_EXTENSIONS[i].extension))
            return OTHER_EXTENSIONS[i].media;
    return LX_MEDIA_UNKNOWN;
}

enum lx_media_class lx_media_class(enum lx_media media)
{
    return MEDIA[media].class;
}

const char *lx_media_extension(enum lx_media media)
{
    return MEDIA[media].extension;
}

const char *lx_media_type(enum lx_media media)
{
    return MEDIA[media].type;
}

/* Whether a type begins and ends so. */
static bool has_ends(const char *type, const char *start, const char *end)
{
    size_t length = bare_length(type), end_length = strlen(end);

    return length >= strlen(start) + end_length &&
           lx_text_starts(type, length, start) &&
           lx_text_starts(type + length - end_length, end_length, end);
}

static bool is_page_type(const char *type)
{
    for (size_t i = 0; i < sizeof PAGE_TYPES / sizeof *PAGE_TYPES; i++)
        if (has_ends(type, PAGE_TYPES[i].start, PAGE_TYPES[i].end))
            return true;
    return false;
}

static bool promises_content(const char *type, enum lx_media promise)
{
    return MEDIA[promise].class == LX_MEDIA_CONTENT ||
           (type &&
            (has_ends(type, "image/", "") || has_ends(type, "video/", "") ||
             has_ends(type, "audio/", "")));
}

const char *lx_media_objection(const char *content_type, enum lx_media promise,
                               const void *bytes, size_t length)
{
    enum lx_media seen = lx_media_of_bytes(bytes, length);

    /* An SVG whose prologue fills all of the bytes looked at. */
    if (seen == LX_MEDIA_XML && length >= LX_MEDIA_SNIFF_BYTES &&
        lx_media_of_type(content_type) == LX_MEDIA_SVG)
        seen = LX_MEDIA_SVG;
    switch (MEDIA[seen].class) {
    case LX_MEDIA_CONTENT:
        return NULL;
    case LX_MEDIA_PAGE:
        return "a page or message";
    case LX_MEDIA_PROGRAM:
        return "a program or script";
    case LX_MEDIA_OTHER:
        break;
    }
    if (content_type && is_page_type(content_type))
        return "a page or message";
    return promises_content(content_type, promise) ? "bytes of no known kind"
                                                   : NULL;
}

/* The length that a RIFF file gives itself. */
static uint64_t riff_bytes(const char *first, size_t first_length)
{
    uint64_t length = 0;

    if (first_length < 8)
        return UINT64_MAX;
    for (int i = 7; i >= 4; i--)
        length = length << 8 | (unsigned char)first[i];
    return length + 8;
}

bool lx_media_is_cut(enum lx_media media, const char *first,
                     size_t first_length, const char *last, size_t last_length,
                     uint64_t bytes)
{
    if (media == LX_MEDIA_PNG)
        return !has_anywhere(last, last_length, "IEND", 4);
    if (media == LX_MEDIA_JPEG)
        return !has_anywhere(last, last_length, "\xff\xd9", 2);
    if (media == LX_MEDIA_GIF)
        return !has_anywhere(last, last_length, ";", 1);
    return media == LX_MEDIA_WEBP && bytes < riff_bytes(first, first_length);
}
