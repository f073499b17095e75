/* LDFLAGS: -lpq */
/* Six processes that write while they and their server are killed at random
 * moments: what was acknowledged is there, what was not is not, no budget
 * leaks. STORM_KILLS: kills of processes, 15 by default; the server's are a
 * third. */
#include "postgres_world.h"

#include "storm_rig.h"

#define WRITERS  6
#define PRICE_MC 7

/* ---- the worker: this program again ---- */

static enum lx_store_status add_entry(struct rig *rig, const char *key)
{
    struct lx_store_budget budget = {"storm", 0, INT64_MAX / 2};
    struct lx_entry entry = new_entry(key);
    struct lx_attempt attempt = {
        .number = 1, .reserved_mc = PRICE_MC, .charged_mc = LX_MONEY_UNKNOWN};
    enum lx_store_status status = rig->api->begin(rig->store);

    entry.owner = rig->api->owner(rig->store);
    if (status == LX_STORE_OK)
        status = rig->api->mark(rig->store);
    if (status == LX_STORE_OK)
        status = CALL(rig, insert, &entry, &attempt.entry_id);
    if (status == LX_STORE_OK)
        status = CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW);
    if (status == LX_STORE_OK)
        status = CALL(rig, reserve, &attempt, &budget);
    if (status == LX_STORE_OK)
        status = rig->api->keep(rig->store);
    if (status == LX_STORE_OK)
        status = rig->api->commit(rig->store);
    if (status != LX_STORE_OK)
        rig->api->roll_back(rig->store);
    return status;
}

/* Until it is there: after LOST it cannot be, after UNSURE it may. */
static void insist(struct rig *rig, const char *key)
{
    bool may_be_there = false;

    for (;;) {
        enum lx_store_status status = add_entry(rig, key);
        if (status == LX_STORE_OK)
            return;
        if (status == LX_STORE_EXISTS && may_be_there)
            return;
        if (status == LX_STORE_UNSURE)
            may_be_there = true;
        else if (status != LX_STORE_LOST)
            CHECK_TEXT(rig->api->error(rig->store)->text, key);
        pause_ms(5);
    }
}

static int write_on(const char *place)
{
    struct rig rig = {.api = &lx_postgres_api};
    char key[60];

    snprintf(rig.place, sizeof rig.place, "%s", place);
    for (struct lx_store_error error; !rig.store;)
        (void)rig.api->open(rig.place, NOW_MS, &rig.store, &error);
    for (int i = 0; check_failed == 0; i++) {
        snprintf(key, sizeof key, "%ld/%d", (long)getpid(), i);
        insist(&rig, key);
        rig.api->tick(rig.store);
        printf("%s\n", key);
        fflush(stdout);
    }
    return 1;
}

/* ---- the storm ---- */

/* Every whole line is an entry that was acknowledged. */
static int check_acknowledged(struct rig *rig, struct worker *worker)
{
    char line[300];
    int count = 0;

    while (fgets(line, sizeof line, worker->lines)) {
        if (!strchr(line, '\n'))
            break;
        line[strcspn(line, "\n")] = '\0';
        if (rig_find_key(rig, line).count != 1)
            CHECK_TEXT(line, "in the journal");
        count++;
    }
    fclose(worker->lines);
    return count;
}

static int storm(struct rig *rig, const char *program, int kills)
{
    struct worker writers[WRITERS];
    int count = 0;

    for (int i = 0; i < WRITERS; i++)
        start(&writers[i], program, rig->place, "");
    for (int i = 0; i < kills; i++) {
        struct worker *writer = &writers[rand() % WRITERS];
        sleep_us(50000 + rand() % 200000);
        if (i % 3 == 2) {
            server_stop(SIGKILL);
            server_launch();
        }
        end_by_force(writer);
        count += check_acknowledged(rig, writer);
        start(writer, program, rig->place, "");
    }
    for (int i = 0; i < WRITERS; i++) {
        end_by_force(&writers[i]);
        count += check_acknowledged(rig, &writers[i]);
    }
    return count;
}

static bool count_entry(void *argument, const struct lx_entry *entry)
{
    (void)entry;
    ++*(int64_t *)argument;
    return true;
}

int main(int argc, char **argv)
{
    struct rig rig = {.api = &lx_postgres_api};
    struct lx_store_query all = {0};
    const char *given = getenv("STORM_KILLS");
    int kills = given ? atoi(given) : 15;
    int64_t used_mc = 0, entries = 0;
    char program[500];

    if (argc == 4 && strcmp(argv[1], "work") == 0)
        return write_on(argv[2]);
    if (!find_program(program, sizeof program))
        return 1;
    if (!world_begin())
        return check_report("postgres_server_storm");
    check_row = "storm";
    world_place(rig.place, sizeof rig.place, "storm");
    rig_open(&rig);
    int count = storm(&rig, program, kills);
    CHECK_EQ(CALL(&rig, find, &all, count_entry, &entries), LX_STORE_OK);
    CHECK_EQ(CALL(&rig, used, "storm", 0, &used_mc), LX_STORE_OK);
    CHECK_EQ(used_mc, entries * PRICE_MC);
    CHECK(count > 0 && entries >= count);
    printf("%d kills, %d of the server, %d acknowledged, 0 lost; %lld more\n",
           kills, kills / 3, count, (long long)entries - count);
    CHECK(entries - count <= kills + WRITERS); /* killed before their line */
    rig_close(&rig);
    world_end();
    return check_report("postgres_server_storm");
}
