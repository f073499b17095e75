/* LDFLAGS: -lsqlite3 */
/* What a client remembers of its entries is what is in the file: two of them
 * write by turns, and undo, whatever comes; in each group all is compared. */
#include "recent.h"

#include "folder.h"
#include "store_rig.h"

#define LOOKED_AT 16 /* the newest entries */
#define GROUPS    1000
#define STEPS     20

static unsigned long long dice;

static int roll(int sides)
{
    dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
    return (int)((dice >> 33) % (unsigned)sides);
}

struct seen {
    size_t length;
    char text[2000];
};

static bool see_entry(void *argument, const struct lx_entry *entry)
{
    struct seen *seen = argument;

    seen->length += (size_t)snprintf(
        seen->text + seen->length, sizeof seen->text - seen->length,
        "%d %d %d %d %d %d %d %d ", (int)entry->state, (int)entry->attempt,
        (int)entry->owner, (int)entry->fence, (int)entry->priority,
        (int)entry->accepted_ms, (int)entry->ended_ms, (int)entry->saved_ms);
    return true;
}

static bool see_attempt(void *argument, const struct lx_attempt *attempt)
{
    struct seen *seen = argument;

    seen->length += (size_t)snprintf(
        seen->text + seen->length, sizeof seen->text - seen->length,
        "%d %s %d %d %d %d %s %d ", (int)attempt->number,
        attempt->task_id ? attempt->task_id : "-", (int)attempt->reserved_mc,
        (int)attempt->charged_mc, (int)attempt->sent_ms,
        attempt->token_hash ? attempt->token_hash[0] : -1,
        attempt->outcome ? attempt->outcome : "-", (int)attempt->is_counted);
    return true;
}

/* In a group. */
static void compare(struct rig *rig, int64_t id)
{
    struct lx_store_query query = {.id = id};
    struct seen known = {0}, read = {0};

    CHECK_EQ(lx_sql_find(rig->store, &query, see_entry, &read), LX_STORE_OK);
    query.only_numbers = true;
    CHECK_EQ(CALL(rig, find, &query, see_entry, &known), LX_STORE_OK);
    CHECK_TEXT(known.text, read.text);
    known = read = (struct seen){0};
    CHECK_EQ(lx_sql_find_attempts(rig->store, id, see_attempt, &read),
             LX_STORE_OK);
    CHECK_EQ(CALL(rig, find_attempts, id, see_attempt, &known), LX_STORE_OK);
    CHECK_TEXT(known.text, read.text);
}

static int64_t newest;

static void put_entry(struct rig *rig)
{
    struct lx_entry entry = new_entry(NULL);
    int64_t id = 0;

    entry.priority = roll(9);
    entry.due_ms = roll(2);
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    newest = id;
}

static bool copy_entry(void *argument, const struct lx_entry *entry)
{
    *(struct lx_entry *)argument = *entry;
    return false;
}

static void change_entry(struct rig *rig, struct lx_entry before)
{
    struct lx_entry after = before;

    after.owner = roll(3);
    after.fence += roll(2);
    if (roll(3) > 0) {
        after.state = (enum lx_entry_state)roll(LX_ENTRY_STATES);
        after.accepted_ms = roll(100);
        after.ended_ms = roll(100);
        after.saved_ms = roll(100);
        after.attempt = 1 + roll(2);
    }
    before.fence -= roll(8) == 0; /* another has been there */
    bool is_stale = before.fence != after.fence && before.fence < 1;
    enum lx_store_status status =
        CALL(rig, change, &before, &after, NOW_MS, roll(2) ? "why" : NULL);
    CHECK(status == LX_STORE_OK || status == LX_STORE_STALE);
    CHECK(!is_stale || status == LX_STORE_STALE);
}

static void put_attempt(struct rig *rig, int64_t id)
{
    static char task[100];
    unsigned char hash[LX_TOKEN_HASH_BYTES] = {0};
    struct lx_attempt attempt = {.entry_id = id,
                                 .number = 1 + roll(12) / 11,
                                 .origin = roll(2) ? "https://api.example" : 0,
                                 .reserved_mc = roll(50),
                                 .charged_mc = roll(50) - 1,
                                 .sent_ms = roll(100),
                                 .outcome = roll(20) ? NULL : "lost"};

    hash[0] = (unsigned char)roll(200);
    hash[1] = (unsigned char)roll(200);
    snprintf(task, sizeof task, "%0*d", roll(12) ? 16 : 90, roll(100000));
    attempt.token_hash = roll(2) ? hash : NULL;
    attempt.task_id = roll(2) ? task : NULL;
    (void)CALL(rig, put_attempt, &attempt, (enum lx_attempt_part)roll(4));
}

static void reserve(struct rig *rig, int64_t id)
{
    struct lx_store_budget budget = {"b", 0, 1000000};
    struct lx_attempt attempt = {
        .entry_id = id, .number = 1 + roll(9) / 8, .reserved_mc = 5};

    (void)CALL(rig, reserve, &attempt, &budget);
}

static void run_step(struct rig *rig)
{
    int64_t id = newest < LOOKED_AT ? 1 : newest + 1 - roll(LOOKED_AT);
    struct lx_store_query query = {.id = id, .only_numbers = true};
    struct lx_entry before = {0};
    int kind = roll(100);

    CHECK_EQ(CALL(rig, find, &query, copy_entry, &before), LX_STORE_OK);
    CHECK_EQ(rig->api->mark(rig->store), LX_STORE_OK);
    if (kind < 15 || before.id == 0) /* it was undone */
        put_entry(rig);
    else if (kind < 45)
        put_attempt(rig, id);
    else if (kind < 55)
        reserve(rig, id);
    else if (kind < 99)
        change_entry(rig, before);
    else
        (void)CALL(rig, claim, &id, 1, 7);
    bool is_undone = roll(150) == 0;
    CHECK_EQ(is_undone ? rig->api->undo(rig->store)
                       : rig->api->keep(rig->store),
             LX_STORE_OK);
}

static void run_part_of_life(struct rig *rig)
{
    int64_t after_id = 0, forgotten;
    bool more;

    rig_begin(rig);
    for (int i = 0; i < STEPS; i++)
        run_step(rig);
    if (roll(100) == 0)
        CHECK_EQ(CALL(rig, prune, NOW_MS, 100, &after_id, &forgotten, &more),
                 LX_STORE_OK);
    for (int64_t id = newest + 1; id > 0 && id > newest - LOOKED_AT; id--)
        compare(rig, id);
    if (roll(30) == 0)
        rig->api->roll_back(rig->store);
    else
        rig_commit(rig);
}

/* What another program writes between two groups. */
static void test_use(void)
{
    struct rig rig = {.api = &lx_sqlite_api, .place = "use.db"};
    struct lx_store_query query = {.only_numbers = true};
    sqlite3 *other;

    check_row = "what others write is seen";
    rig_open(&rig);
    query.id = rig_insert(&rig, "a");
    rig_begin(&rig);
    CHECK_EQ(rig_find(&rig, query).last.owner, 0);
    rig_commit(&rig);
    CHECK_EQ(sqlite3_open(rig.place, &other), SQLITE_OK);
    /* Windows removes no journal that others have open. */
    (void)sqlite3_exec(other, "PRAGMA journal_mode = PERSIST", 0, 0, 0);
    CHECK_EQ(sqlite3_exec(other, "UPDATE entry SET owner = 9", 0, 0, 0),
             SQLITE_OK);
    CHECK_EQ(sqlite3_close(other), SQLITE_OK);
    CHECK_EQ(rig_find(&rig, query).last.owner, 9); /* outside of a group */
    rig_begin(&rig);
    CHECK_EQ(rig_find(&rig, query).last.owner, 9);
    rig_commit(&rig);
    rig_close(&rig);
}

int main(void)
{
    struct rig rigs[2] = {{.api = &lx_sqlite_api, .place = "recent.db"},
                          {.api = &lx_sqlite_api, .place = "recent.db"}};

    enter_folder();
    test_use();
    check_row = "two by turns";
    rig_open(&rigs[0]);
    rig_open(&rigs[1]);
    for (int i = 0; i < GROUPS; i++)
        run_part_of_life(&rigs[roll(12) == 0]);
    rig_close(&rigs[0]);
    rig_close(&rigs[1]);
    leave_folder();
    return check_report("sqlite_recent");
}
