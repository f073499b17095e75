/* test_media.c: first bytes and labels of what servers send. */
#include "../check.h"
#include "download/media.h"

#include <stdlib.h>

#define B(text) text, sizeof text - 1

static const struct {
    const char *name;
    const char *bytes;
    size_t length;
    enum lx_media media;
} SEEN[] = {
    {"nothing", B(""), LX_MEDIA_UNKNOWN},
    {"png", B("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), LX_MEDIA_PNG},
    {"png cut", B("\x89PNG\r\n\x1a"), LX_MEDIA_UNKNOWN},
    {"png through a text filter", B("\x89PNG\n\x1a\n"), LX_MEDIA_UNKNOWN},
    {"jpeg", B("\xff\xd8\xff\xe0\0\x10JFIF"), LX_MEDIA_JPEG},
    {"gif 87", B("GIF87a\1\0"), LX_MEDIA_GIF},
    {"gif 89", B("GIF89a\1\0"), LX_MEDIA_GIF},
    {"gif of no known year", B("GIF90a\1\0"), LX_MEDIA_UNKNOWN},
    {"avif that says so late",
     B("\0\0\0\x20"
       "ftypmif1\0\0\0\0mif1avif"),
     LX_MEDIA_AVIF},
    {"mov from before ftyp",
     B("\0\0\0\x08"
       "wide"),
     LX_MEDIA_MOV},
    {"an ELF file",
     B("\x7f"
       "ELF\2\1\1"),
     LX_MEDIA_BINARY},
    {"a program for Windows", B("MZ\x90\0\3\0\0\0"), LX_MEDIA_BINARY},
    {"a program for a Mac", B("\xcf\xfa\xed\xfe\7"), LX_MEDIA_BINARY},
    {"a shell script", B("#!/bin/sh\nrm -rf x\n"), LX_MEDIA_SCRIPT},
    {"ten letters", B("ten letter"), LX_MEDIA_TEXT},
    {"words in Chinese, cut", B("\xe4\xbd\xa0\xe5\xa5"), LX_MEDIA_TEXT},
    {"a letter and a zero", B("a\0"), LX_MEDIA_UNKNOWN},
    {"bytes that are no UTF-8", B("a\xff\xff\xff\xff"), LX_MEDIA_UNKNOWN},
    {"html before an svg", B("<!-- x --><html><svg>"), LX_MEDIA_HTML},
    {"webp", B("RIFF\x10\0\0\0WEBPVP8 "), LX_MEDIA_WEBP},
    {"riff of nothing", B("RIFF\x10\0\0\0NONE"), LX_MEDIA_UNKNOWN},
    {"riff cut", B("RIFF\x10\0\0\0WEB"), LX_MEDIA_UNKNOWN},
    {"wav", B("RIFF\x10\0\0\0WAVEfmt "), LX_MEDIA_WAV},
    {"avi", B("RIFF\x10\0\0\0AVI LIST"), LX_MEDIA_AVI},
    {"avif",
     B("\0\0\0\x20"
       "ftypavif"),
     LX_MEDIA_AVIF},
    {"heic",
     B("\0\0\0\x20"
       "ftypheic"),
     LX_MEDIA_HEIC},
    {"mov",
     B("\0\0\0\x14"
       "ftypqt  "),
     LX_MEDIA_MOV},
    {"mp4",
     B("\0\0\0\x20"
       "ftypisom"),
     LX_MEDIA_MP4},
    {"m4a",
     B("\0\0\0\x20"
       "ftypM4A "),
     LX_MEDIA_M4A},
    {"webm", B("\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"), LX_MEDIA_WEBM},
    {"mkv", B("\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"), LX_MEDIA_MKV},
    {"jxl", B("\xff\x0a\x01"), LX_MEDIA_JXL},
    {"jxl in a box", B("\0\0\0\x0cJXL \r\n\x87\n"), LX_MEDIA_JXL},
    {"bmp", B("BM\x36\0\0\0\0\0\0\0"), LX_MEDIA_BMP},
    {"a word with BM", B("BMW is a car"), LX_MEDIA_TEXT},
    {"tiff", B("II*\0\x08"), LX_MEDIA_TIFF},
    {"tiff, big end first", B("MM\0*\0"), LX_MEDIA_TIFF},
    {"mp3 with tags", B("ID3\4\0"), LX_MEDIA_MP3},
    {"mp3", B("\xff\xfb\x90\x64"), LX_MEDIA_MP3},
    {"aac", B("\xff\xf1\x50"), LX_MEDIA_AAC},
    {"ogg", B("OggS\0"), LX_MEDIA_OGG},
    {"flac", B("fLaC\0"), LX_MEDIA_FLAC},
    {"html", B("<!DOCTYPE html><html>"), LX_MEDIA_HTML},
    {"html, small letters", B("<!doctype HTML>"), LX_MEDIA_HTML},
    {"html behind a mark and space", B("\xef\xbb\xbf\r\n\t <HTML>"),
     LX_MEDIA_HTML},
    {"html, bare", B("<h1>404 Not Found</h1>"), LX_MEDIA_HTML},
    {"html behind a comment", B("<!-- x --><html>"), LX_MEDIA_HTML},
    {"xhtml", B("<?xml version=\"1.0\"?><html>"), LX_MEDIA_HTML},
    {"html in UTF-16", B("\xff\xfe<\0h\0"), LX_MEDIA_HTML},
    {"xml of a store", B("<?xml version=\"1.0\"?><Error><Code>"), LX_MEDIA_XML},
    {"xml without prologue", B("<Error><Code>ExpiredToken"), LX_MEDIA_XML},
    {"a lone bracket", B("<"), LX_MEDIA_TEXT},
    {"svg", B("<svg xmlns=\"x\">"), LX_MEDIA_SVG},
    {"svg with a prologue", B("<?xml version=\"1.0\"?>\n<svg>"), LX_MEDIA_SVG},
    {"json", B("{\"code\":500}"), LX_MEDIA_JSON},
    {"json with space", B(" \n{ \n \"code\" : 500 }"), LX_MEDIA_JSON},
    {"json, empty", B("{}"), LX_MEDIA_JSON},
    {"json list", B("[1,2]"), LX_MEDIA_JSON},
    {"json list of objects", B("[{\"a\":1}]"), LX_MEDIA_JSON},
    {"a brace and a zero", B("{\0\1\2"), LX_MEDIA_UNKNOWN},
    {"a bracket and a zero", B("[\0\1\2"), LX_MEDIA_UNKNOWN},
    {"a lone brace", B("{"), LX_MEDIA_TEXT},
    {"anything", B("\1\2\3\4\5\6\7\x08"), LX_MEDIA_UNKNOWN},
    {"only space", B(" \r\n\t "), LX_MEDIA_UNKNOWN},
};

static void test_bytes(void)
{
    for (size_t i = 0; i < sizeof SEEN / sizeof *SEEN; i++) {
        check_row = SEEN[i].name;
        /* A copy of the very length, so that reading too far is seen. */
        char *bytes = malloc(SEEN[i].length + 1);
        char *end = bytes + 1;
        memcpy(end, SEEN[i].bytes, SEEN[i].length);
        CHECK_EQ(lx_media_of_bytes(end, SEEN[i].length), SEEN[i].media);
        free(bytes);
    }
    check_row = "no bytes at all";
    CHECK_EQ(lx_media_of_bytes(NULL, 0), LX_MEDIA_UNKNOWN);
}

/* Every prefix of every row: no read beyond it. */
static void test_cut_bytes(void)
{
    for (size_t i = 0; i < sizeof SEEN / sizeof *SEEN; i++)
        for (size_t length = 0; length < SEEN[i].length; length++) {
            char *bytes = malloc(length > 0 ? length : 1);
            memcpy(bytes, SEEN[i].bytes, length);
            (void)lx_media_of_bytes(bytes, length);
            free(bytes);
        }
}

static void test_far_svg(void)
{
    char text[2 * LX_MEDIA_SNIFF_BYTES];

    memset(text, ' ', sizeof text);
    memcpy(text, "<?xml?><!--", 11);
    memcpy(text + sizeof text - 6, "--><svg>", 6);
    check_row = "svg behind all that is looked at";
    CHECK_EQ(lx_media_of_bytes(text, sizeof text), LX_MEDIA_XML);
    CHECK(!lx_media_objection("image/svg+xml", LX_MEDIA_UNKNOWN, text,
                              sizeof text));
    CHECK_TEXT(lx_media_objection("image/png", LX_MEDIA_SVG, text, sizeof text),
               "a page or message");
}

static void test_types(void)
{
    static const struct {
        const char *type;
        enum lx_media media;
    } rows[] = {
        {NULL, LX_MEDIA_UNKNOWN},
        {"", LX_MEDIA_UNKNOWN},
        {"image/png", LX_MEDIA_PNG},
        {"IMAGE/PNG", LX_MEDIA_PNG},
        {"image/png; charset=binary", LX_MEDIA_PNG},
        {"image/png ;x", LX_MEDIA_PNG},
        {"image/pngx", LX_MEDIA_UNKNOWN},
        {"image/pn", LX_MEDIA_UNKNOWN},
        {"image/jpg", LX_MEDIA_JPEG},
        {"video/mp4", LX_MEDIA_MP4},
        {"text/html; charset=utf-8", LX_MEDIA_HTML},
        {"application/octet-stream", LX_MEDIA_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].type ? rows[i].type : "NULL";
        CHECK_EQ(lx_media_of_type(rows[i].type), rows[i].media);
    }
}

#define PNG   "\x89PNG\r\n\x1a\n"
#define OTHER "\1\2\3\4\5\6\7\x08"

static void test_objections(void)
{
    static const char page[] = "a page or message";
    static const char program[] = "a program or script";
    static const char unknown[] = "bytes of no known kind";
    static const struct {
        const char *type;
        enum lx_media promise;
        const char *bytes, *objection;
    } rows[] = {
        {"image/png", LX_MEDIA_PNG, PNG, NULL},
        {"application/octet-stream", LX_MEDIA_UNKNOWN, PNG, NULL},
        {NULL, LX_MEDIA_UNKNOWN, PNG, NULL},
        {"text/html", LX_MEDIA_MP4, PNG, NULL}, /* a wrong label is no harm */
        {"image/png", LX_MEDIA_UNKNOWN, "<html>", page},
        {"image/png", LX_MEDIA_UNKNOWN, "{\"error\":1}", page},
        {"application/octet-stream", LX_MEDIA_UNKNOWN, "<html>", page},
        {NULL, LX_MEDIA_UNKNOWN, "<Error><Code>", page},
        {"video/mp4", LX_MEDIA_UNKNOWN, "ten letter", page},
        {NULL, LX_MEDIA_UNKNOWN, "ten letter", page},
        {"text/plain", LX_MEDIA_UNKNOWN, "Forbidden", page},
        {"image/png", LX_MEDIA_UNKNOWN,
         "\x7f"
         "ELF\2",
         program},
        {"application/octet-stream", LX_MEDIA_UNKNOWN,
         "\x7f"
         "ELF\2",
         program},
        {"image/png", LX_MEDIA_UNKNOWN, "#!/bin/sh", program},
        /* what nobody knows: it depends on what was promised */
        {"image/png", LX_MEDIA_UNKNOWN, OTHER, unknown},
        {"IMAGE/X; y=z", LX_MEDIA_UNKNOWN, OTHER, unknown},
        {"video/mp4", LX_MEDIA_UNKNOWN, OTHER, unknown},
        {"audio/mpeg", LX_MEDIA_UNKNOWN, OTHER, unknown},
        {"application/octet-stream", LX_MEDIA_PNG, OTHER, unknown},
        {NULL, LX_MEDIA_MP4, OTHER, unknown},
        {"model/gltf-binary", LX_MEDIA_UNKNOWN, OTHER, NULL},
        {"application/octet-stream", LX_MEDIA_UNKNOWN, OTHER, NULL},
        {NULL, LX_MEDIA_UNKNOWN, OTHER, NULL},
        {"application/zip", LX_MEDIA_UNKNOWN, "PK\3\4", NULL},
        {"text/html", LX_MEDIA_UNKNOWN, OTHER, page},
        {"TEXT/HTML; charset=gbk", LX_MEDIA_UNKNOWN, OTHER, page},
        {"application/json", LX_MEDIA_UNKNOWN, OTHER, page},
        {"application/problem+json", LX_MEDIA_UNKNOWN, OTHER, page},
        {"application/xhtml+xml", LX_MEDIA_UNKNOWN, OTHER, page},
        {"application/javascript", LX_MEDIA_UNKNOWN, OTHER, page},
        {"image/svg+xml", LX_MEDIA_UNKNOWN, "<svg>", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].type ? rows[i].type : "no type";
        CHECK_TEXT(lx_media_objection(rows[i].type, rows[i].promise,
                                      rows[i].bytes, strlen(rows[i].bytes)),
                   rows[i].objection);
    }
}

static void test_facts(void)
{
    check_row = "facts";
    CHECK_TEXT(lx_media_extension(LX_MEDIA_JPEG), "jpg");
    CHECK_TEXT(lx_media_extension(LX_MEDIA_MP4), "mp4");
    CHECK_TEXT(lx_media_extension(LX_MEDIA_UNKNOWN), "bin");
    CHECK_EQ(lx_media_of_extension("png?", 3), LX_MEDIA_PNG);
    CHECK_EQ(lx_media_of_extension("JPG", 3), LX_MEDIA_JPEG);
    CHECK_EQ(lx_media_of_extension("jpeg", 4), LX_MEDIA_JPEG);
    CHECK_EQ(lx_media_of_extension("Tif", 3), LX_MEDIA_TIFF);
    CHECK_EQ(lx_media_of_extension("html", 4), LX_MEDIA_HTML);
    CHECK_EQ(lx_media_of_extension("pn", 2), LX_MEDIA_UNKNOWN);
    CHECK_EQ(lx_media_of_extension("php", 3), LX_MEDIA_UNKNOWN);
    CHECK_EQ(lx_media_of_extension("", 0), LX_MEDIA_UNKNOWN);
    CHECK_EQ(lx_media_class(LX_MEDIA_PNG), LX_MEDIA_CONTENT);
    CHECK_EQ(lx_media_class(LX_MEDIA_JSON), LX_MEDIA_PAGE);
    CHECK_EQ(lx_media_class(LX_MEDIA_UNKNOWN), LX_MEDIA_OTHER);
}

int main(void)
{
    test_bytes();
    test_cut_bytes();
    test_far_svg();
    test_types();
    test_objections();
    test_facts();
    return check_report("media");
}
