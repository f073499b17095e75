/* LDFLAGS: -lsqlite3 */
/* ledger.c: CPU that the journal's thread spends on a task: planned and sent,
 * accepted, succeeded; N tasks side by side, each of these three in one commit.
 * And of a look-up: a like entry with a result, among ENTRIES. Prints one JSON
 * line. ledger FOLDER N TASKS ENTRIES
 */
#include "journal/commit.h"
#include "journal/ledger.h"
#include "os/clock.h"
#include "sqlite_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GROUP_MAX 256
#define LOOKUPS   10000

static const char ORIGIN[] = "https://api.example";
static const char MODEL[] = "z-image";
static const char BODY[] =
    "{\"model\":\"z-image\",\"input\":{\"prompt\":\"a tea bottle on a stone "
    "table, soft light from the left, 35 "
    "mm\",\"seed\":12345,\"size\":\"1:1\"}}";
static const char URLS[] = "[\"https://cdn.example/a/tea/bottle.png\"]";

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "ledger: %s\n", what);
    exit(1);
}

static double cpu_us(void)
{
    struct timespec spent;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (double)spent.tv_sec * 1e6 + (double)spent.tv_nsec / 1e3;
}

/* ---- the life of a task ---- */

struct life {
    struct lx_journal_request base; /* first */
    long number;
    int step;
    int64_t entry, fence;
};

static void make_identity(long number, unsigned char *out)
{
    uint64_t state = (uint64_t)number;

    for (int i = 0; i < LX_IDENTITY_BYTES; i++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
        out[i] = (unsigned char)(state >> 56);
    }
}

static enum lx_store_status plan(struct life *life, struct lx_ledger *ledger)
{
    unsigned char identity[LX_IDENTITY_BYTES];
    char key[40];
    struct lx_plan plan = {.wanted = {.origin = ORIGIN,
                                      .key = key,
                                      .model = MODEL,
                                      .identity = identity,
                                      .body = BODY},
                           .price_mc = LX_MONEY_UNKNOWN,
                           .sends_now = true,
                           .now_ms = lx_unix_ms()};
    enum lx_plan_end end;
    struct lx_entry_copy *copy = NULL;

    snprintf(key, sizeof key, "hero/%ld", life->number);
    make_identity(life->number, identity);
    enum lx_store_status status = lx_ledger_plan(ledger, &plan, &end, &copy);
    life->entry = copy ? copy->entry.id : 0;
    life->fence = copy ? copy->entry.fence : 0;
    free(copy);
    return status;
}

static enum lx_store_status run_step(struct lx_journal_request *request,
                                     struct lx_ledger *ledger)
{
    struct life *life = (struct life *)request;
    struct lx_entry_news news = {.now_ms = lx_unix_ms(), .charged_mc = 4200};
    char task_id[40];

    if (life->step == 0)
        return plan(life, ledger);
    snprintf(task_id, sizeof task_id, "%016lx", life->number * 7919);
    news.task_id = task_id;
    news.attempt = 1;
    if (life->step == 1)
        return lx_ledger_step(ledger, life->entry, LX_ENTRY_EVENT_ID, 1, &news,
                              NULL);
    news.urls = URLS;
    news.leave_fence = life->fence;
    return lx_ledger_step(ledger, life->entry, LX_ENTRY_EVENT_SUCCEED, 1, &news,
                          NULL);
}

/* Microseconds of a task. */
static double live(struct lx_committer *committer, int at_once, long first,
                   long tasks)
{
    static struct life lives[GROUP_MAX];
    double began = cpu_us();

    for (long done = 0; done < tasks; done += at_once) {
        for (int i = 0; i < at_once; i++) {
            lives[i] = (struct life){.number = first + done + i};
            lives[i].base.next = i + 1 < at_once ? &lives[i + 1].base : NULL;
            lives[i].base.run = run_step;
            lives[i].base.may_repeat = true;
        }
        for (int step = 0; step < 3; step++) {
            for (int i = 0; i < at_once; i++)
                lives[i].step = step;
            lx_commit_run(committer, &lives[0].base, NULL);
            for (int i = 0; i < at_once; i++)
                if (lives[i].base.error.status != LX_STORE_OK)
                    give_up(lives[i].base.error.text);
        }
    }
    return (cpu_us() - began) / (double)tasks;
}

/* ---- looking up ---- */

/* As a plan does it: in groups. */
static double look_up(struct lx_ledger *ledger, int at_once, long entries)
{
    unsigned char identity[LX_IDENTITY_BYTES];
    struct lx_store_query query = {
        .origin = ORIGIN, .model = MODEL, .identity = identity};
    double began = cpu_us();
    long done = 0;

    while (done < LOOKUPS) {
        if (ledger->api->begin(ledger->store) != LX_STORE_OK)
            give_up("begin");
        for (int i = 0; i < at_once; i++) {
            struct lx_entry_copy *copy = NULL;
            make_identity(done++ * 7919 % entries, identity);
            if (lx_ledger_read(ledger, &query, &copy) != LX_STORE_OK || !copy)
                give_up("an entry is not found");
            free(copy);
        }
        if (ledger->api->commit(ledger->store) != LX_STORE_OK)
            give_up("commit");
    }
    return (cpu_us() - began) / (double)done;
}

int main(int argc, char **argv)
{
    char path[500];
    struct lx_committer committer = {.ledger = {.api = &lx_sqlite_api}};

    if (argc != 5 || atoi(argv[2]) < 1 || atoi(argv[2]) > GROUP_MAX ||
        atol(argv[3]) < 1 || atol(argv[4]) < GROUP_MAX)
        give_up("FOLDER N TASKS ENTRIES");
    long tasks = atol(argv[3]), entries = atol(argv[4]);
    snprintf(path, sizeof path, "%s/ledger.db", argv[1]);
    committer.place = path;
    live(&committer, GROUP_MAX, 0, entries);
    entries = (entries + GROUP_MAX - 1) / GROUP_MAX * GROUP_MAX;
    double life_us = live(&committer, atoi(argv[2]), entries, tasks);
    double lookup_us = look_up(&committer.ledger, atoi(argv[2]), entries);
    lx_commit_close(&committer);
    printf("{\"life_us\":%.2f,\"lookup_us\":%.2f}\n", life_us, lookup_us);
    return 0;
}
