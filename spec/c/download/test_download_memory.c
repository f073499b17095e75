/* test_download_memory.c: a large file takes no memory; and with the Nth
 * allocation failing, N = 1, 2, 3, ..., ours and libcurl's, a download ends,
 * leaks nothing (ASAN looks) and leaves no half file under the final name.
 * LDFLAGS: -Wl,--wrap=malloc,--wrap=realloc,--wrap=calloc */
#include "download_rig.h"
#include "../tsan.h"

#include <curl/curl.h>
#include <sys/resource.h>

#define LARGE_BYTES (100L * 1024 * 1024)
#define RUNS_MAX    2000

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_calloc(size_t count, size_t size);

/* Of this thread: the allocation that fails, counted from 1; 0: none. */
static _Thread_local int failing;
static _Thread_local bool fails_ever_after;

static bool may_allocate(void)
{
    if (failing == 0)
        return true;
    if (failing > 1) {
        failing--;
        return true;
    }
    if (!fails_ever_after)
        failing = 0;
    return false;
}

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
    return may_allocate() ? __real_realloc(old, size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return may_allocate() ? __real_calloc(count, size) : NULL;
}

static char *duplicate(const char *text)
{
    size_t length = strlen(text) + 1;
    char *copy = malloc(length);

    return copy != NULL ? memcpy(copy, text, length) : NULL;
}

/* ---- routes ---- */

static enum after_answer large(const struct request *request)
{
    static char block[64 * 1024];

    memcpy(block, "\x89PNG\r\n\x1a\n", 8);
    say(request->fd, "HTTP/1.1 200 OK\r\nContent-Length: %ld\r\n\r\n",
        LARGE_BYTES);
    for (long sent = 0; sent < LARGE_BYTES; sent += (long)sizeof block)
        send_bytes(request->fd, block, sizeof block);
    return CLOSE;
}

static enum after_answer cut_once(const struct request *request)
{
    long first = request->first < 0 ? 0 : request->first;
    long last = request->first < 0 ? CONTENT_BYTES / 2 : CONTENT_BYTES;

    say(request->fd,
        "HTTP/1.1 %d X\r\nContent-Type: image/png\r\nETag: \"one\"\r\n"
        "Content-Length: %ld\r\nContent-Range: bytes %ld-%d/%d\r\n\r\n",
        request->first < 0 ? 200 : 206, CONTENT_BYTES - first, first,
        CONTENT_BYTES - 1, CONTENT_BYTES);
    send_content(request->fd, 1, first, last);
    return CLOSE;
}

static enum after_answer moved(const struct request *request)
{
    say(request->fd, "HTTP/1.1 302 X\r\nLocation: /b\r\n"
                     "Content-Length: 0\r\n\r\n");
    return CLOSE;
}

static enum after_answer gone(const struct request *request)
{
    say(request->fd, "HTTP/1.1 410 X\r\nContent-Length: 0\r\n\r\n");
    return CLOSE;
}

static const struct route ROUTES[] = {{"/large", large},
                                      {"/cut_once", cut_once},
                                      {"/moved", moved},
                                      {"/gone", gone}};

static const struct route *find_route(const char *target)
{
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++)
        if (strncmp(target, ROUTES[i].path, strlen(ROUTES[i].path)) == 0)
            return &ROUTES[i];
    return NULL;
}

/* ---- tests ---- */

static long most_resident_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void test_flat_memory(struct rig *rig)
{
    struct stat status = {.st_size = 0};

    check_row = "a large file";
    run_rig(rig, new_order("/cut_once", true)); /* all code was used once */
    unlink(rig_path);
    long before = most_resident_kib();
    run_rig(rig, new_order("/large", true));
    long grown = most_resident_kib() - before;
    CHECK(rig->file != NULL && rig->file->length == LARGE_BYTES);
    CHECK_EQ(stat(rig_path, &status), 0);
    CHECK_EQ(status.st_size, LARGE_BYTES);
    /* TSAN's own records grow with what the disk's thread does. */
    CHECK(grown < 2048 || UNDER_TSAN);
    if (grown >= 2048)
        printf("    grown by %ld KiB\n", grown);
    unlink(rig_path);
}

/* Whether the download came to the end that it has with enough memory. */
static bool run_once(struct rig *rig, const char *path, bool to_file, int n,
                     bool ever_after)
{
    struct lx_download_order *order = new_order(path, to_file);

    order->overwrite = true;
    unlink(rig_path);
    fails_ever_after = ever_after;
    failing = n;
    run_rig(rig, order);
    bool was_enough = failing > 1;
    failing = 0;
    CHECK(rig->file == NULL || rig->error == NULL);
    if (rig->file && !rig->file->location)
        CHECK(to_file ? file_is_content(rig_path, 1)
                      : is_content(rig->file->bytes, rig->file->length, 1));
    else
        CHECK(!exists(rig_path));
    return was_enough;
}

static void test_failing(struct rig *rig)
{
    static const char *const paths[] = {"/cut_once", "/moved", "/gone"};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        for (int variant = 0; variant < 4; variant++) {
            int n = 1;

            check_row = paths[i];
            while (!run_once(rig, paths[i], variant % 2, n, variant / 2) &&
                   n < RUNS_MAX)
                n++;
            CHECK(n > 5 && n < RUNS_MAX);
            CHECK((rig->error == NULL) == (i < 2));
        }
}

int main(void)
{
    struct rig rig;

    CHECK_EQ(curl_global_init_mem(CURL_GLOBAL_DEFAULT, __wrap_malloc, free,
                                  __wrap_realloc, duplicate, __wrap_calloc),
             CURLE_OK);
    start_server();
    open_rig(&rig);
    test_flat_memory(&rig);
    test_failing(&rig);
    check_row = "the end";
    close_rig(&rig);
    stop_server();
    return check_report("download_memory");
}
