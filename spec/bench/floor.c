/* floor.c: the least that a client of libcurl can pay: N task lifecycles (one
 * create, then questions until "success"), K at a time, over reused easy
 * handles on one multi handle; nothing is parsed but for two strstr. Prints one
 * JSON line with the fields of lifecycle.lua. floor BASE_URL N K [CA_FILE] */
#include <curl/curl.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct slot {
    CURL *easy;
    char answer[4096];
    size_t length;
    char id[32];
    char url[256];
    bool is_polling;
};

struct run {
    const char *base, *ca_file;
    CURLM *multi;
    long http_version; /* CURL_HTTP_VERSION_... of the last answer */
    long tasks, started, done, requests;
};

static const char body[] = "{\"model\":\"z-image\",\"input\":{\"prompt\":"
                           "\"a tea bottle on a stone table\",\"seed\":12345}}";

static size_t keep(char *bytes, size_t size, size_t count, void *owner)
{
    struct slot *slot = owner;
    size_t length = size * count;

    if (slot->length + length < sizeof slot->answer) {
        memcpy(slot->answer + slot->length, bytes, length);
        slot->length += length;
    }
    return length;
}

static void create(struct run *run, struct slot *slot)
{
    snprintf(slot->url, sizeof slot->url, "%s/api/v1/jobs/createTask",
             run->base);
    slot->is_polling = false;
    slot->length = 0;
    curl_easy_setopt(slot->easy, CURLOPT_URL, slot->url);
    curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, body);
    curl_multi_add_handle(run->multi, slot->easy);
}

static void ask(struct run *run, struct slot *slot)
{
    snprintf(slot->url, sizeof slot->url, "%s/api/v1/jobs/recordInfo?taskId=%s",
             run->base, slot->id);
    slot->is_polling = true;
    slot->length = 0;
    curl_easy_setopt(slot->easy, CURLOPT_URL, slot->url);
    curl_easy_setopt(slot->easy, CURLOPT_HTTPGET, 1L);
    curl_multi_add_handle(run->multi, slot->easy);
}

static bool open_slot(const struct run *run, struct slot *slot,
                      struct curl_slist *headers)
{
    slot->easy = curl_easy_init();
    if (!slot->easy)
        return false;
    curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot);
    curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
    curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(slot->easy, CURLOPT_NOSIGNAL, 1L);
    if (run->ca_file) {
        curl_easy_setopt(slot->easy, CURLOPT_CAINFO, run->ca_file);
        curl_easy_setopt(slot->easy, CURLOPT_PIPEWAIT, 1L);
    }
    return true;
}

/* False when the answer is none that the stub gives. */
static bool take_answer(struct run *run, struct slot *slot)
{
    static const char mark[] = "taskId\":\"";

    run->requests++;
    slot->answer[slot->length] = '\0';
    if (!slot->is_polling) {
        const char *id = strstr(slot->answer, mark);
        if (!id || sscanf(id + sizeof mark - 1, "%31[^\"]", slot->id) != 1)
            return false;
        ask(run, slot);
    } else if (!strstr(slot->answer, "\"state\":\"success\"")) {
        if (!strstr(slot->answer, "\"state\":"))
            return false;
        ask(run, slot);
    } else {
        run->done++;
        if (run->started < run->tasks) {
            run->started++;
            create(run, slot);
        }
    }
    return true;
}

static bool turn(struct run *run)
{
    int running, queued;
    CURLMsg *message;

    curl_multi_perform(run->multi, &running);
    while ((message = curl_multi_info_read(run->multi, &queued))) {
        CURLcode code = message->data.result;
        CURL *easy = message->easy_handle;
        struct slot *slot;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&slot);
        curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &run->http_version);
        curl_multi_remove_handle(run->multi, easy);
        if (code != CURLE_OK || !take_answer(run, slot)) {
            fprintf(stderr, "floor: %s: %s\n", slot->url,
                    code ? curl_easy_strerror(code) : slot->answer);
            return false;
        }
    }
    if (run->done < run->tasks)
        curl_multi_poll(run->multi, NULL, 0, 1000, NULL);
    return true;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void report(const struct run *run, double wall_s)
{
    struct rusage usage;
    double tasks = (double)run->tasks;

    getrusage(RUSAGE_SELF, &usage);
    double user_s = seconds(usage.ru_utime), system_s = seconds(usage.ru_stime);
    printf("{\"client\":\"libcurl-floor\",\"tasks\":%ld,\"requests\":%ld,"
           "\"wall_s\":%.3f,\"tasks_per_s\":%.0f,\"cpu_us_per_task\":%.1f,"
           "\"user_us\":%.1f,\"sys_us\":%.1f,\"rss_kb\":%ld,\"is_http2\":%s}\n",
           run->tasks, run->requests, wall_s, tasks / wall_s,
           (user_s + system_s) * 1e6 / tasks, user_s * 1e6 / tasks,
           system_s * 1e6 / tasks, usage.ru_maxrss,
           run->http_version == CURL_HTTP_VERSION_2_0 ? "true" : "false");
}

int main(int count, char **words)
{
    bool is_asked = count == 4 || count == 5;
    long tasks = is_asked ? atol(words[2]) : 0;
    long at_once = is_asked ? atol(words[3]) : 0;

    if (tasks < 1 || at_once < 1 || at_once > 10000) {
        fputs("usage: floor BASE_URL N K [CA_FILE]\n", stderr);
        return 2;
    }
    curl_global_init(CURL_GLOBAL_ALL);
    struct run run = {.base = words[1],
                      .ca_file = words[4],
                      .multi = curl_multi_init(),
                      .tasks = tasks};
    struct slot *slots = calloc((size_t)at_once, sizeof *slots);
    struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Authorization: Bearer sk-test");
    if (!run.multi || !slots || !headers)
        return 1;
    curl_multi_setopt(run.multi, CURLMOPT_MAXCONNECTS, at_once);
    double began = now_s();
    for (long i = 0; i < at_once && run.started < tasks; i++, run.started++) {
        if (!open_slot(&run, &slots[i], headers))
            return 1;
        create(&run, &slots[i]);
    }
    while (run.done < tasks)
        if (!turn(&run))
            return 1;
    report(&run, now_s() - began);
    for (long i = 0; i < at_once; i++)
        curl_easy_cleanup(slots[i].easy);
    curl_multi_cleanup(run.multi);
    curl_slist_free_all(headers);
    free(slots);
    curl_global_cleanup();
    return 0;
}
