/* test_upload.c: bodies with pictures: what a feed gives, into whatever room,
 * against the whole text; what the check refuses; files that change; and what
 * stopping at any time leaves (ASAN looks). */
#include "engine/upload.h"
#include "base/base64.h"
#include "download/picture.h"
#include "../check.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_BYTES (1 << 20)

static char folder[] = "/tmp/lx-upload-XXXXXX";
static char path[64];
static struct lx_disk *disk;
static int news;
static bool wants_hash; /* of new uploads, of their bytes */

static void wake(void *argument)
{
    (void)argument;
}

static void on_news(void *context, void *owner)
{
    CHECK(context == &disk && owner == &news);
    news++;
}

static void await_news(int count)
{
    while (news < count) {
        lx_disk_deliver(disk);
        sched_yield();
    }
}

/* ---- what is sent ---- */

static char picture[3 * LX_PICTURE_BLOCK_BYTES];

static void write_file(size_t length)
{
    FILE *file = fopen(path, "wb");

    CHECK(file && fwrite(picture, 1, length, file) == length);
    fclose(file);
}

static void set_piece(struct lx_piece *piece, enum lx_piece_type type,
                      const char *bytes, size_t length)
{
    piece->type = type;
    piece->length = length;
    piece->max_bytes = MAX_BYTES;
    piece->content = malloc(length + 1);
    memcpy(piece->content, bytes, length);
    piece->content[length] = '\0';
}

/* ["<file>", "<bytes>"] */
static struct lx_upload *new_upload(size_t byte_length)
{
    struct lx_body *body = lx_body_new(5);

    set_piece(&body->pieces[0], LX_PIECE_TEXT, "[\"", 2);
    set_piece(&body->pieces[1], LX_PIECE_FILE, path, strlen(path));
    set_piece(&body->pieces[2], LX_PIECE_TEXT, "\",\"", 3);
    set_piece(&body->pieces[3], LX_PIECE_BYTES, picture, byte_length);
    body->pieces[3].wants_hash = wants_hash;
    set_piece(&body->pieces[4], LX_PIECE_TEXT, "\"]", 2);
    news = 0;
    return lx_upload_new(body, disk, on_news, &disk, &news);
}

static size_t append_uri(char *out, size_t length)
{
    static const char head[] = "data:image/png;base64,";

    memcpy(out, head, sizeof head - 1);
    lx_base64_encode(out + sizeof head - 1, picture, length);
    return sizeof head - 1 + (size_t)lx_base64_length(length);
}

static char wanted[2 << 20], given[2 << 20];

static size_t write_wanted(size_t file_length, size_t byte_length)
{
    size_t at = 2;

    memcpy(wanted, "[\"", 2);
    at += append_uri(wanted + at, file_length);
    memcpy(wanted + at, "\",\"", 3);
    at += 3;
    at += append_uri(wanted + at, byte_length);
    memcpy(wanted + at, "\"]", 2);
    return at + 2;
}

/* All that the feed gives, `room` bytes at a time. */
static enum lx_feed_state drain_feed(struct lx_feed *feed, size_t room,
                                     size_t *length)
{
    int waits = 0;

    *length = 0;
    for (;;) {
        size_t put = room;
        int before = news;
        enum lx_feed_state state = feed->read(feed, given + *length, &put);
        *length += put;
        if (state == LX_FEED_FAILED || (state == LX_FEED_READY && put == 0))
            return state;
        if (state != LX_FEED_WAIT)
            continue;
        CHECK_EQ(put, 0);
        await_news(before + 1);
        if (++waits > 100)
            return LX_FEED_WAIT;
    }
}

/* One whose bytes the disk has. */
static struct lx_upload *new_hashed_upload(void)
{
    struct lx_upload *upload;

    write_file(20);
    wants_hash = true;
    upload = new_upload(sizeof picture);
    wants_hash = false;
    lx_upload_check(upload);
    while (lx_upload_body(upload)->pieces[3].content) {
        lx_disk_deliver(disk); /* the file is looked at before */
        sched_yield();
    }
    return upload;
}

/* It takes a while: not while the caller waits. */
static void test_hash_of_bytes(void)
{
    struct lx_upload *upload = new_hashed_upload();
    const struct lx_piece *piece = &lx_upload_body(upload)->pieces[3];
    unsigned char hash[LX_SHA256_BYTES];

    lx_sha256_of(picture, sizeof picture, hash);
    CHECK_EQ(news, 0);
    await_news(1);
    CHECK(!lx_upload_error(upload));
    CHECK(piece->has_hash && piece->content);
    CHECK(memcmp(piece->sha256, hash, sizeof hash) == 0);
    lx_upload_free(upload);
}

/* At each moment what the disk has of it is freed once. */
static void test_hash_dropped(void)
{
    for (int turns = 0; turns < 100; turns++) {
        struct lx_upload *upload = new_hashed_upload();
        for (int i = 0; i < turns; i++)
            sched_yield();
        lx_upload_free(upload);
    }
}

static void test_rooms(void)
{
    static const size_t lengths[] = {8,
                                     9,
                                     LX_PICTURE_BLOCK_BYTES - 1,
                                     LX_PICTURE_BLOCK_BYTES,
                                     LX_PICTURE_BLOCK_BYTES + 1,
                                     2 * LX_PICTURE_BLOCK_BYTES + 2};
    static const size_t rooms[] = {1, 3, 4, 5, 1000, 65536, sizeof given};
    char row[64];

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        write_file(lengths[i]);
        struct lx_upload *upload = new_upload(lengths[i] / 2 + 8);
        lx_upload_check(upload);
        await_news(1);
        CHECK(!lx_upload_error(upload));
        size_t want = write_wanted(lengths[i], lengths[i] / 2 + 8), length;
        for (size_t j = 0; j < sizeof rooms / sizeof *rooms; j++) {
            snprintf(row, sizeof row, "%zu bytes by %zu", lengths[i], rooms[j]);
            check_row = row;
            struct lx_feed *feed = lx_upload_begin(upload);
            CHECK_EQ((long long)feed->length, (long long)want);
            CHECK_EQ(
                drain_feed(feed, rooms[j] <= want ? rooms[j] : want, &length),
                LX_FEED_READY);
            CHECK_BYTES(given, length, wanted, want);
        }
        lx_upload_free(upload);
    }
}

/* ---- what is refused ---- */

static void check_refusal(const char *part)
{
    struct lx_upload *upload = new_upload(8);

    check_row = part;
    lx_upload_check(upload);
    await_news(1);
    const struct lx_error *error = lx_upload_error(upload);
    CHECK(error && error->kind == LX_KIND_FILE);
    CHECK(error && error->charged == LX_CHARGED_NO);
    CHECK_CONTAINS(error ? error->message : "", part);
    lx_upload_free(upload);
}

static void test_refusals(void)
{
    unlink(path);
    check_refusal("no such file");
    write_file(0);
    check_refusal("it is empty");
    picture[0] = 'x';
    write_file(10);
    check_refusal("nothing that is known");
    picture[0] = '\x89';
    write_file(8);
    CHECK_EQ(truncate(path, MAX_BYTES + 1), 0);
    check_refusal("max_bytes is 1048576");
}

static void test_changes(void)
{
    size_t length;

    for (int when = 0; when < 2; when++) {
        check_row = when ? "shorter while it is sent" : "shorter before";
        write_file(sizeof picture);
        struct lx_upload *upload = new_upload(8);
        lx_upload_check(upload);
        await_news(1);
        if (when == 0)
            write_file(sizeof picture - 1);
        struct lx_feed *feed = lx_upload_begin(upload);
        if (when == 1) {
            size_t room = 100;
            while (feed->read(feed, given, &room) != LX_FEED_READY || room < 50)
                lx_disk_deliver(disk), room = 100;
            write_file(sizeof picture - 1);
        }
        CHECK_EQ(drain_feed(feed, 1000, &length), LX_FEED_FAILED);
        CHECK(length + 8 < feed->length);
        CHECK_CONTAINS(lx_upload_error(upload)->message, "changed before");
        lx_upload_free(upload);
    }
}

static void test_stops(void)
{
    check_row = "stopped at any time";
    write_file(sizeof picture);
    for (int steps = 0; steps < 40; steps++) {
        struct lx_upload *upload = new_upload(8);
        lx_upload_check(upload);
        if (steps > 0) {
            await_news(1);
            struct lx_feed *feed = lx_upload_begin(upload);
            for (int i = 1; i < steps; i++) {
                size_t room = 20000;
                feed->read(feed, given, &room);
                if (i % 2)
                    lx_disk_deliver(disk);
            }
        }
        if (steps % 2)
            lx_body_free(lx_upload_take_body(upload));
        lx_upload_free(upload);
    }
    lx_upload_free(NULL);
    lx_body_free(NULL);
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/picture", folder);
    for (size_t i = 0; i < sizeof picture; i++)
        picture[i] = (char)(i * i % 251);
    memcpy(picture, "\x89PNG\r\n\x1a\n", 8);
    disk = lx_disk_new(wake, NULL);
    test_rooms();
    test_hash_of_bytes();
    test_hash_dropped();
    test_refusals();
    test_changes();
    test_stops();
    lx_disk_free(disk);
    unlink(path);
    rmdir(folder);
    return check_report("upload");
}
