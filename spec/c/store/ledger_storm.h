/* ledger_storm.h: the whole life of creates, in eight processes that are killed
 * at random moments: between the plan and the first byte, the bill and the
 * answer, the answer and its commit, the result and the file. The service is a
 * file to which each create appends a line: its bill. No key is billed twice;
 * each billed task is named by the journal or known to be unknown; callbacks
 * heal the latter. STORM_KILLS: how many kills, 50 by default. Behind the
 * header of a world. */
#pragma once

#include "journal/ledger.h"
#include "os/process.h"

#include "storm_rig.h"

#define KEYS   200
#define BILL   "bill.txt"
#define ORIGIN "https://api.example"

static const unsigned char IDENTITY[32] = "the same for all";

struct desk {
    struct rig rig;
    struct lx_ledger ledger;
    int64_t id, attempt, fence;
};

static void desk_open(struct desk *desk, const char *place)
{
    memset(desk, 0, sizeof *desk);
    desk->rig.api = &WORLD_API;
    snprintf(desk->rig.place, sizeof desk->rig.place, "%s", place);
    rig_open(&desk->rig);
    desk->ledger = (struct lx_ledger){desk->rig.api, desk->rig.store};
}

static enum lx_plan_end plan_key(struct desk *desk, const char *key,
                                 const unsigned char *token)
{
    struct lx_plan plan = {.wanted = {.origin = ORIGIN,
                                      .key = key,
                                      .model = "z-image",
                                      .identity = IDENTITY},
                           .token_hash = token,
                           .price_mc = LX_MONEY_UNKNOWN,
                           .sends_now = true,
                           .now_ms = NOW_MS};
    struct lx_entry_copy *copy = NULL;
    enum lx_plan_end end = LX_PLAN_WAIT;

    rig_begin(&desk->rig);
    CHECK_EQ(lx_ledger_plan(&desk->ledger, &plan, &end, &copy), LX_STORE_OK);
    rig_commit(&desk->rig);
    if (!copy)
        exit(1);
    desk->id = copy->entry.id;
    desk->attempt = copy->entry.attempt;
    desk->fence = copy->entry.fence;
    free(copy);
    return end;
}

static enum lx_store_status tell(struct desk *desk, enum lx_entry_event event,
                                 const char *task_id)
{
    struct lx_entry_news news = {.now_ms = NOW_MS,
                                 .charged_mc = LX_MONEY_UNKNOWN,
                                 .attempt = desk->attempt,
                                 .task_id = task_id,
                                 .urls = "[]"};

    rig_begin(&desk->rig);
    enum lx_store_status status = lx_ledger_step(&desk->ledger, desk->id, event,
                                                 desk->attempt, &news, NULL);
    rig_commit(&desk->rig);
    return status;
}

/* ---- the worker: this program again ---- */

static void hesitate(void)
{
    sleep_us(rand() % 1500);
}

/* Append the bill's line: whole or not at all. */
static void make_task(const char *key, const unsigned char *token, char *task)
{
    char line[200];
    int length = snprintf(line, sizeof line, "%s ", key);
    int fd = open(BILL, O_WRONLY | O_APPEND | O_CREAT, 0600);

    snprintf(task, 60, "task_%02x%02x%02x%02x%02x%02x", token[0], token[1],
             token[2], token[3], token[4], token[5]);
    for (int i = 0; i < 32; i++)
        length += snprintf(line + length, sizeof line - (size_t)length, "%02x",
                           token[i]);
    length +=
        snprintf(line + length, sizeof line - (size_t)length, " %s\n", task);
    CHECK_EQ(write(fd, line, (size_t)length), length);
    close(fd);
}

static void send_it(struct desk *desk, const char *key,
                    const unsigned char *token)
{
    char task[60];
    int luck = rand() % 20;

    hesitate();
    if (luck == 0) {
        tell(desk, LX_ENTRY_EVENT_REFUSE, NULL);
        return;
    }
    make_task(key, token, task);
    hesitate();
    if (luck == 1) {
        tell(desk, LX_ENTRY_EVENT_LOSE, NULL);
        return;
    }
    CHECK_EQ(tell(desk, LX_ENTRY_EVENT_ID, task), LX_STORE_OK);
    hesitate();
    CHECK_EQ(tell(desk, LX_ENTRY_EVENT_SUCCEED, NULL), LX_STORE_OK);
    hesitate();
    CHECK_EQ(tell(desk, LX_ENTRY_EVENT_SAVE, NULL), LX_STORE_OK);
}

/* Every key, from a place of its own: all but those of the living are then
 * saved, accepted, unknown or refused. */
static int work(const char *place, int seed)
{
    struct desk desk;
    unsigned char token[32];
    char key[40];

    srand((unsigned)seed);
    desk_open(&desk, place);
    for (int i = 0, first = rand() % KEYS; i < KEYS; i++) {
        snprintf(key, sizeof key, "key/%d", (first + i) % KEYS);
        CHECK(lx_process_secret(token, sizeof token));
        switch (plan_key(&desk, key, token)) {
        case LX_PLAN_SEND:
            send_it(&desk, key, token);
            break;
        case LX_PLAN_WATCH:
            CHECK_EQ(tell(&desk, LX_ENTRY_EVENT_SUCCEED, NULL), LX_STORE_OK);
            break;
        default:
            break;
        }
    }
    rig_close(&desk.rig);
    return check_failed ? 1 : 0;
}

/* ---- the storm ---- */

static void start_worker(struct worker *worker, const char *program,
                         const char *place)
{
    char seed[20];

    snprintf(seed, sizeof seed, "%d", rand());
    start(worker, program, place, seed);
}

static void check_worker(struct worker *worker)
{
    char line[200];

    while (fgets(line, sizeof line, worker->lines))
        printf("%s", line);
    fclose(worker->lines);
    CHECK_EQ(wait_for_end(worker), 0);
}

/* Before the first kill. */
static void make_journal(const char *place)
{
    struct desk desk;

    desk_open(&desk, place);
    rig_close(&desk.rig);
}

static void storm(const char *program, const char *place, int kills)
{
    struct worker workers[WORKERS];

    check_row = "storm";
    for (int i = 0; i < WORKERS; i++)
        start_worker(&workers[i], program, place);
    for (int i = 0; i < kills; i++) {
        struct worker *worker = &workers[rand() % WORKERS];
        sleep_us(rand() % 60000);
        end_by_force(worker);
        world_bury(place, worker->pid);
        fclose(worker->lines);
        start_worker(worker, program, place);
    }
    for (int i = 0; i < WORKERS; i++)
        check_worker(&workers[i]);
    for (int i = 0; i < 4; i++) { /* killed? run it again, until all are sent */
        start_worker(&workers[0], program, place);
        check_worker(&workers[0]);
    }
}

/* ---- the bill ---- */

struct task {
    char key[40], token[80], id[60];
};

struct bill {
    int count;
    struct task tasks[KEYS * 2];
};

static void read_bill(struct bill *bill)
{
    FILE *file = fopen(BILL, "r");
    struct task *task = bill->tasks;

    CHECK(file != NULL);
    while (file && bill->count < KEYS * 2 &&
           fscanf(file, "%39s %79s %59s", task->key, task->token, task->id) ==
               3) {
        bill->count++;
        task++;
    }
    if (file)
        fclose(file);
    for (int i = 0; i < bill->count; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(bill->tasks[i].key, bill->tasks[j].key) == 0)
                CHECK_TEXT(bill->tasks[i].key, "billed once");
}

static void read_token(const struct task *task, unsigned char token[32])
{
    for (int i = 0; i < 32; i++) {
        char digits[3] = {task->token[2 * i], task->token[2 * i + 1], '\0'};
        token[i] = (unsigned char)strtoul(digits, NULL, 16);
    }
}

static int count_state(struct desk *desk, enum lx_entry_state state)
{
    struct lx_store_query query = {.states = 1u << state};

    return rig_find(&desk->rig, query).count;
}

/* Named, or the entry of that key is unknown. */
static int check_bill(struct desk *desk, const struct bill *bill)
{
    int unnamed = 0;

    for (int i = 0; i < bill->count; i++) {
        const struct task *task = &bill->tasks[i];
        struct lx_store_query by_task = {.origin = ORIGIN, .task_id = task->id};
        struct found found = rig_find(&desk->rig, by_task);
        if (found.count) {
            CHECK_TEXT(found.key, task->key);
            continue;
        }
        unnamed++;
        CHECK_EQ(rig_find_key(&desk->rig, task->key).last.state,
                 LX_ENTRY_UNKNOWN);
    }
    return unnamed;
}

/* The service calls back for each task that it has made, in any process. */
static void call_back(struct desk *desk, const struct bill *bill)
{
    for (int i = 0; i < bill->count; i++) {
        struct lx_entry_copy *copy = NULL;
        unsigned char token[32];
        read_token(&bill->tasks[i], token);
        rig_begin(&desk->rig);
        CHECK_EQ(lx_ledger_hint(&desk->ledger, ORIGIN, bill->tasks[i].id, token,
                                NOW_MS, &copy, &desk->attempt),
                 LX_STORE_OK);
        rig_commit(&desk->rig);
        CHECK(copy != NULL);
        if (!copy)
            continue;
        CHECK_TEXT(copy->entry.key, bill->tasks[i].key);
        desk->id = copy->entry.id;
        CHECK_EQ(tell(desk, LX_ENTRY_EVENT_ID, bill->tasks[i].id), LX_STORE_OK);
        free(copy);
    }
}

static void check_journal(const char *place, int kills)
{
    static struct bill bill;
    struct desk desk;

    check_row = "the bill after the storm";
    desk_open(&desk, place);
    read_bill(&bill);
    int unknown = count_state(&desk, LX_ENTRY_UNKNOWN);
    int unnamed = check_bill(&desk, &bill);
    CHECK_EQ(count_state(&desk, LX_ENTRY_SENDING), 0);
    call_back(&desk, &bill);
    CHECK_EQ(check_bill(&desk, &bill), 0);
    int left = count_state(&desk, LX_ENTRY_UNKNOWN);
    printf("%d kills, %d keys, %d billed, 0 twice, %d unknown: %d healed, "
           "%d never sent; %d saved\n",
           kills, KEYS, bill.count, unknown, unnamed, left,
           count_state(&desk, LX_ENTRY_SAVED));
    CHECK_EQ(unknown - unnamed, left); /* what the service never got */
    CHECK(bill.count + left >= KEYS - 4);
    rig_close(&desk.rig);
}

static inline int run_ledger_storm(const char *name, int argc, char **argv)
{
    char program[500], place[300];
    const char *kills = getenv("STORM_KILLS");

    if (argc == 4 && strcmp(argv[1], "work") == 0)
        return work(argv[2], atoi(argv[3]));
    if (!find_program(program, sizeof program))
        return 1;
    if (!world_begin())
        return check_report(name);
    world_place(place, sizeof place, "storm");
    make_journal(place);
    storm(program, place, kills ? atoi(kills) : 50);
    check_journal(place, kills ? atoi(kills) : 50);
    CHECK_EQ(unlink(BILL), 0);
    world_end();
    return check_report(name);
}
