/* conformance_parts.h: what belongs to entries, their attempts, files, events
 * and hints, by the contract of journal/store.h. */
#pragma once

#include "journal/transition.h"
#include "store_rig.h"

static const unsigned char HASH_A[32] = "hash a", HASH_B[32] = "hash b",
                           HASH_C[32] = "hash c", HASH_D[32] = "hash d";

struct attempts {
    int count;
    char text[300];
};

static bool take_attempt(void *argument, const struct lx_attempt *attempt)
{
    struct attempts *attempts = argument;
    size_t length = strlen(attempts->text);

    attempts->count++;
    snprintf(attempts->text + length, sizeof attempts->text - length,
             "%lld:%s:%lld:%lld ", (long long)attempt->number,
             attempt->task_id ? attempt->task_id : "-",
             (long long)attempt->reserved_mc, (long long)attempt->charged_mc);
    return true;
}

static void test_attempts(struct rig *rig)
{
    int64_t id = rig_insert(rig, "a"), other = rig_insert(rig, "b");
    struct lx_attempt attempt = {.entry_id = id,
                                 .number = 1,
                                 .token_hash = HASH_A,
                                 .reserved_mc = 4200,
                                 .charged_mc = LX_MONEY_UNKNOWN};
    struct attempts found = {0};

    check_row = "attempts";
    rig_begin(rig);
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
    attempt.task_id = "task_1";
    attempt.charged_mc = 0;
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_TASK), LX_STORE_OK);
    attempt.number = 2;
    attempt.token_hash = HASH_B;
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_EXISTS);
    attempt.task_id = NULL;
    attempt.charged_mc = LX_MONEY_UNKNOWN;
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
    attempt.entry_id = other;
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_EXISTS);
    rig_commit(rig);
    CHECK_EQ(CALL(rig, find_attempts, id, take_attempt, &found), LX_STORE_OK);
    CHECK_TEXT(found.text, "1:task_1:4200:0 2:-:4200:-1 ");
    attempt = (struct lx_attempt){.entry_id = id, .number = 1};
    attempt.charged_mc = 4000;
    rig_begin(rig);
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_FACTS), LX_STORE_OK);
    attempt.number = 2;
    attempt.task_id = "task_2";
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NAMES), LX_STORE_OK);
    attempt.number = 3;
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_FACTS),
             LX_STORE_CORRUPT);
    attempt.number = 2;
    attempt.token_hash = HASH_B;
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NAMES), LX_STORE_OK);
    rig_commit(rig);
    found = (struct attempts){0};
    CHECK_EQ(CALL(rig, find_attempts, id, take_attempt, &found), LX_STORE_OK);
    CHECK_TEXT(found.text, "1:task_1:0:4000 2:task_2:0:4000 ");
    struct lx_store_query by_task = {.origin = "https://api.example",
                                     .task_id = "task_1"};
    CHECK_EQ(rig_find(rig, by_task).last.id, id);
    by_task.origin = "http://127.0.0.1:1";
    CHECK_EQ(rig_find(rig, by_task).count, 0);
    CHECK_EQ(
        rig_find(rig, (struct lx_store_query){.token_hash = HASH_B}).last.id,
        id);
}

static void test_lost_attempts(struct rig *rig)
{
    static const char *const outcomes[] = {NULL, "lost", "charged", "left",
                                           "nothing"};
    struct lx_store_query query = {.only_lost = true};

    check_row = "lost attempts";
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        struct lx_attempt attempt = {
            .entry_id = rig_insert(rig, outcomes[i] ? outcomes[i] : "none"),
            .number = 1,
            .charged_mc = LX_MONEY_UNKNOWN,
            .outcome = outcomes[i]};
        rig_begin(rig);
        CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
        attempt.number = 2;
        CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
        rig_commit(rig);
    }
    CHECK_TEXT(rig_find(rig, query).ids, "lost left ");
    query.limit = 1;
    CHECK_TEXT(rig_find(rig, query).ids, "lost ");
    query.after_id = rig_find(rig, query).last.id;
    CHECK_TEXT(rig_find(rig, query).ids, "left ");
    query.states = 1u << LX_ENTRY_SAVED;
    CHECK_EQ(rig_find(rig, query).count, 0);
}

static bool take_file(void *argument, const struct lx_entry_file *file)
{
    char *out = argument;

    snprintf(out, 100, "%lld %s %s %lld %s", (long long)file->number,
             file->path, file->part ? file->part : "-", (long long)file->bytes,
             file->sha256 ? "hashed" : "plain");
    return true;
}

static bool take_line(void *argument, const char *line)
{
    snprintf(argument, 4000, "%s", line);
    return true;
}

static void test_files_and_hints(struct rig *rig)
{
    int64_t id = rig_insert(rig, "a");
    struct lx_entry_file file = {.entry_id = id,
                                 .number = 1,
                                 .path = "/p/a.png",
                                 .part = "/p/a.png.x.part"};
    char text[4000] = "";

    check_row = "files";
    rig_begin(rig);
    CHECK_EQ(CALL(rig, put_file, &file), LX_STORE_OK);
    check_row = "a file without a path is no file of before";
    CHECK_EQ(rig->api->mark(rig->store), LX_STORE_OK);
    file.path = NULL;
    CHECK_EQ(CALL(rig, put_file, &file), LX_STORE_OTHER);
    CHECK_EQ(rig->api->undo(rig->store), LX_STORE_OK);
    check_row = "files";
    file.path = "/p/a.png";
    file.part = NULL;
    file.bytes = 77;
    file.sha256 = HASH_A;
    CHECK_EQ(CALL(rig, put_file, &file), LX_STORE_OK);
    CHECK_EQ(CALL(rig, put_hint, id, "task_8", NULL, NOW_MS), LX_STORE_OK);
    CHECK_EQ(CALL(rig, put_hint, id, "task_9", HASH_B, NOW_MS), LX_STORE_OK);
    rig_commit(rig);
    CHECK_EQ(CALL(rig, find_files, id, take_file, text), LX_STORE_OK);
    CHECK_TEXT(text, "1 /p/a.png - 77 hashed");

    check_row = "hints";
    CHECK_EQ(CALL(rig, find_hint, HASH_B, NULL, take_line, text), LX_STORE_OK);
    CHECK_TEXT(text, "task_9");
    CHECK_EQ(CALL(rig, find_hint, NULL, "task_8", take_line, text),
             LX_STORE_OK);
    CHECK_TEXT(text, "task_8");
    *text = '\0';
    CHECK_EQ(CALL(rig, find_hint, HASH_A, "task_7", take_line, text),
             LX_STORE_OK);
    CHECK_TEXT(text, "");
}

/* An entry with one attempt, which has that token. */
static int64_t put_lost(struct rig *rig, const char *key,
                        enum lx_entry_state state, const unsigned char *hash)
{
    struct lx_entry entry = new_entry(key);
    struct lx_attempt attempt = {.number = 1, .token_hash = hash};

    entry.state = state;
    entry.attempt = 1;
    CHECK_EQ(CALL(rig, insert, &entry, &attempt.entry_id), LX_STORE_OK);
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
    return attempt.entry_id;
}

static void test_named(struct rig *rig)
{
    char text[4000] = "", id[32];

    check_row = "unknown, and named by a callback";
    rig_begin(rig);
    int64_t lost = put_lost(rig, "lost", LX_ENTRY_UNKNOWN, HASH_C);
    put_lost(rig, "silent", LX_ENTRY_UNKNOWN, HASH_D);
    CHECK_EQ(CALL(rig, put_hint, lost, "task_7", HASH_C, NOW_MS), LX_STORE_OK);
    CHECK_EQ(CALL(rig, put_hint, lost, "task_7", HASH_C, NOW_MS), LX_STORE_OK);
    rig_commit(rig);
    snprintf(id, sizeof id, "%lld", (long long)lost);
    CHECK_EQ(CALL(rig, named, new_entry("lost").origin, 10, take_line, text),
             LX_STORE_OK);
    CHECK_TEXT(text, id);
    *text = '\0';
    CHECK_EQ(CALL(rig, named, "https://elsewhere", 10, take_line, text),
             LX_STORE_OK);
    CHECK_TEXT(text, "");
}

struct numbers {
    int count;
    int64_t last;
};

static bool take_number(void *argument, int64_t number)
{
    struct numbers *numbers = argument;

    numbers->count++;
    numbers->last = number;
    return true;
}

/* In a group of its own. */
static void put_hint(struct rig *rig, int64_t id, const char *task_id)
{
    rig_begin(rig);
    CHECK_EQ(CALL(rig, put_hint, id, task_id, NULL, NOW_MS), LX_STORE_OK);
    rig_commit(rig);
}

static struct numbers new_hints(struct rig *rig)
{
    struct numbers numbers = {0};

    CHECK_EQ(CALL(rig, new_hints, take_number, &numbers), LX_STORE_OK);
    return numbers;
}

/* Each client sees each hint once, its own, too; those from before it was
 * opened and those of entries at their end are nobody's business. */
static void test_callbacks(struct rig *rig)
{
    struct rig other = *rig;
    int64_t open = rig_insert(rig, "open"), over = rig_insert(rig, "over");

    check_row = "callbacks: before it was opened";
    CHECK_EQ(rig_change(rig, open, LX_ENTRY_ACCEPTED, 1), LX_STORE_OK);
    put_hint(rig, open, "task_1");
    rig_open(&other);
    CHECK_EQ(new_hints(&other).count, 0);
    check_row = "callbacks: one's own";
    CHECK_EQ(new_hints(rig).count, 1);
    CHECK_EQ(new_hints(rig).count, 0);
    check_row = "callbacks: another's";
    put_hint(rig, over, "task_2");
    CHECK_EQ(new_hints(&other).count, 0);
    put_hint(rig, over, "task_2");
    put_hint(rig, open, "task_1");
    put_hint(rig, open, "task_1");
    struct numbers found = new_hints(&other);
    CHECK_EQ(found.count, 2);
    CHECK_EQ(found.last, open);
    CHECK_EQ(new_hints(&other).count, 0);
    check_row = "callbacks: while it was being written";
    rig_begin(rig);
    CHECK_EQ(CALL(rig, put_hint, open, "task_1", NULL, NOW_MS), LX_STORE_OK);
    CHECK_EQ(new_hints(&other).count, 0);
    rig_commit(rig);
    CHECK_EQ(new_hints(&other).count, 1);
    check_row = "callbacks: after all were forgotten";
    int64_t forgotten, after_id = 0;
    bool more;
    rig_begin(rig);
    CHECK_EQ(CALL(rig, prune, NOW_MS + 1, 10, &after_id, &forgotten, &more),
             LX_STORE_OK);
    rig_commit(rig);
    put_hint(rig, open, "task_1");
    CHECK_EQ(new_hints(&other).count, 1);
    rig_close(&other);
}

static bool take_claimable(void *argument, const struct lx_entry *entry,
                           const char *task_id, int64_t charged_mc)
{
    char *out = argument;
    size_t length = strlen(out);

    snprintf(out + length, 300 - length, "%s:%s:%s:%s:%lld:%lld:%lld ",
             entry->key, lx_entry_state_name(entry->state),
             entry->urls ? entry->urls : "-", task_id ? task_id : "-",
             (long long)charged_mc, (long long)entry->owner,
             (long long)entry->fence);
    return true;
}

/* In a group. */
static void check_claimable(struct rig *rig, const char *expected)
{
    struct lx_store_query query = {.origin = "https://api.example",
                                   .states = 1u << LX_ENTRY_ACCEPTED |
                                             1u << LX_ENTRY_SUCCEEDED,
                                   .limit = 10};
    char found[300] = "";

    CHECK_EQ(CALL(rig, find_free, &query, take_claimable, found), LX_STORE_OK);
    CHECK_TEXT(found, expected);
}

static void test_free(struct rig *rig)
{
    struct lx_entry entry = new_entry("accepted");
    struct lx_attempt attempt = {
        .number = 2, .task_id = "task_2", .charged_mc = LX_MONEY_UNKNOWN};
    int64_t ids[3] = {0, 0, 999}, planned, me = rig->api->owner(rig->store);

    check_row = "what nobody has";
    entry.owner = 0;
    entry.fence = 7;
    rig_begin(rig);
    CHECK_EQ(CALL(rig, insert, &entry, &planned), LX_STORE_OK);
    entry.key = "b";
    entry.state = LX_ENTRY_ACCEPTED;
    entry.attempt = 2;
    CHECK_EQ(CALL(rig, insert, &entry, &ids[0]), LX_STORE_OK);
    attempt.entry_id = ids[0];
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
    attempt.number = 1; /* which the entry does not follow any more */
    attempt.task_id = "task_1";
    attempt.charged_mc = 4200;
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
    entry.key = "c";
    entry.state = LX_ENTRY_SUCCEEDED;
    entry.target = "/pictures/";
    entry.urls = "[]";
    CHECK_EQ(CALL(rig, insert, &entry, &ids[1]), LX_STORE_OK);
    check_claimable(rig, "b:accepted:-:task_2:-1:0:7 "
                         "c:succeeded:[]:-:-1:0:7 ");
    check_row = "all are claimed, or the part is to be undone";
    CHECK_EQ(rig->api->mark(rig->store), LX_STORE_OK);
    CHECK_EQ(CALL(rig, claim, ids, 3, me), LX_STORE_STALE);
    CHECK_EQ(rig->api->undo(rig->store), LX_STORE_OK);
    CHECK_EQ(CALL(rig, claim, ids, 2, me), LX_STORE_OK);
    rig_commit(rig);
    CHECK_EQ(rig_find_key(rig, "b").last.fence, 8);
    CHECK_EQ(rig_find_key(rig, "c").last.owner, me);
    CHECK_EQ(rig_find_key(rig, "accepted").last.fence, 7);
}
