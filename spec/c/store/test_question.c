/* LDFLAGS: -lsqlite3 */
/* Questions to the journal and what people decide, on the store of SQLite. */
#include "engine/question_run.h"
#include "journal/transition.h"
#include "os/file.h"

#include "sqlite_store.h"

#include "folder.h"
#include "store_rig.h"

/* A client and its last answer. */
struct office {
    struct rig rig;
    struct lx_ledger ledger;
    char answer[4000];
    struct lx_error refusal;
};

static void office_open(struct office *office, const char *place)
{
    memset(office, 0, sizeof *office);
    office->rig.api = &lx_sqlite_api;
    snprintf(office->rig.place, sizeof office->rig.place, "%s", place);
    rig_open(&office->rig);
    office->ledger = (struct lx_ledger){office->rig.api, office->rig.store};
}

static void office_close(struct office *office)
{
    rig_close(&office->rig);
}

/* As the journal thread does: what is not OK is undone. */
static enum lx_store_status ask(struct office *office,
                                const struct lx_question *question)
{
    const struct lx_question_verb *verb = lx_question_verb_find(question->verb);
    struct lx_inquiry inquiry = {.question = question,
                                 .origin = "https://api.example"};
    struct rig *rig = &office->rig;

    lx_buffer_init(&inquiry.answer, 1 << 20);
    rig_begin(rig);
    CHECK_EQ(rig->api->mark(rig->store), LX_STORE_OK);
    enum lx_store_status status = verb->run(&inquiry, &office->ledger);
    CHECK_EQ(status == LX_STORE_OK ? rig->api->keep(rig->store)
                                   : rig->api->undo(rig->store),
             LX_STORE_OK);
    rig_commit(rig);
    snprintf(office->answer, sizeof office->answer, "%.*s",
             (int)inquiry.answer.length,
             inquiry.answer.bytes ? inquiry.answer.bytes : "");
    office->refusal = inquiry.refusal;
    lx_buffer_deinit(&inquiry.answer);
    return status;
}

#define ASK(office, ...) ask(office, &(struct lx_question){.verb = __VA_ARGS__})

/* An entry with one attempt that may cost 4.2 credits. */
static int64_t put_entry(struct office *office, const char *key,
                         enum lx_entry_state state, struct lx_entry more)
{
    struct rig *rig = &office->rig;
    struct lx_entry entry = new_entry(key);
    int64_t id = 0;

    entry.state = state;
    entry.owner = more.owner;
    entry.batch = more.batch;
    entry.target = more.target;
    entry.urls = more.urls;
    entry.error = more.error;
    if (more.origin)
        entry.origin = more.origin;
    rig_begin(rig);
    CHECK_EQ(CALL(rig, insert, &entry, &id), LX_STORE_OK);
    struct lx_attempt attempt = {.entry_id = id,
                                 .number = 1,
                                 .reserved_mc = 4200,
                                 .charged_mc = LX_MONEY_UNKNOWN};
    CHECK_EQ(CALL(rig, put_attempt, &attempt, LX_ATTEMPT_NEW), LX_STORE_OK);
    rig_commit(rig);
    return id;
}

#define PUT(office, key, suffix, ...)                                          \
    put_entry(office, key, LX_ENTRY_##suffix,                                  \
              (struct lx_entry){.fence = 1, __VA_ARGS__})

static const char *state_of(struct office *office, const char *key)
{
    return lx_entry_state_name(rig_find_key(&office->rig, key).last.state);
}

static void test_entries(void)
{
    struct office office;

    office_open(&office, "entries.db");
    PUT(&office, "a \"b\"", UNKNOWN, .error = "{\"kind\":\"outcome_unknown\"}");
    PUT(&office, "c", SUCCEEDED, .urls = "[\"https://a/1\"]", .batch = "n");
    PUT(&office, "d", PLANNED, .origin = "http://127.0.0.1:1");
    PUT(&office, NULL, SUCCEEDED, .urls = "none", .batch = "n");

    check_row = "all of the origin";
    CHECK_EQ(ASK(&office, "entries"), LX_STORE_OK);
    CHECK_CONTAINS(office.answer, "\"key\":\"a \\\"b\\\"\"");
    CHECK_CONTAINS(office.answer, "\"error\":{\"kind\":\"outcome_unknown\"}");
    CHECK_CONTAINS(office.answer, "\"urls\":[\"https://a/1\"],");
    CHECK_CONTAINS(office.answer, "\"urls\":\"none\",");
    CHECK_CONTAINS(office.answer, "\"attempts\":1,\"charged\":0,"
                                  "\"reserved\":4200,\"files\":[]}");
    CHECK(!strstr(office.answer, "\"key\":\"d\""));
    CHECK(!strstr(office.answer, "after"));

    check_row = "in pages";
    CHECK_EQ(ASK(&office, "entries", .limit = 2), LX_STORE_OK);
    CHECK_CONTAINS(office.answer, "\"after\":2}");
    CHECK_EQ(ASK(&office, "entries", .limit = 2, .after_id = 2), LX_STORE_OK);
    CHECK_CONTAINS(office.answer, "\"id\":4,");
    CHECK(!strstr(office.answer, "\"id\":2,"));

    check_row = "by what they are";
    CHECK_EQ(
        ASK(&office, "entries", .batch = "n", .states = 1u << LX_ENTRY_UNKNOWN),
        LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"entries\":[]}");
    CHECK_EQ(ASK(&office, "entries", .key = "c"), LX_STORE_OK);
    CHECK_CONTAINS(office.answer, "\"key\":\"c\"");
    CHECK_EQ(ASK(&office, "entries", .key = "c", .batch = "m"), LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"entries\":[]}");
    CHECK_EQ(ASK(&office, "entries", .entry = 3), LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"entries\":[]}"); /* another origin's */

    check_row = "what was spent";
    CHECK_EQ(ASK(&office, "spend", .text = "batch"), LX_STORE_OK);
    CHECK_TEXT(office.answer,
               "[{\"label\":\"\",\"attempts\":1,\"charged\":0,\"reserved\":"
               "4200},{\"label\":\"n\",\"attempts\":2,\"charged\":0,"
               "\"reserved\":8400}]");
    office_close(&office);
}

static void test_resolving(void)
{
    struct office living, office;

    office_open(&living, "resolve.db");
    office_open(&office, "resolve.db");
    int64_t alive = living.rig.api->owner(living.rig.store);
    PUT(&office, "a", UNKNOWN, .batch = "n");
    PUT(&office, "b", UNKNOWN, .batch = "n");
    PUT(&office, "left", SENDING, .owner = 999);
    PUT(&office, "at it", SENDING, .owner = alive);

    check_row = "an id, that no other entry has";
    CHECK_EQ(ASK(&office, "resolve", .key = "a", .text = "task-1"),
             LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"done\":1,\"living\":0,\"other\":null}");
    CHECK_TEXT(state_of(&office, "a"), "accepted");
    CHECK_EQ(ASK(&office, "resolve", .key = "b", .text = "task-1"),
             LX_STORE_EXISTS);
    CHECK_CONTAINS(office.refusal.message, "task-1 is another entry's");
    CHECK_TEXT(state_of(&office, "b"), "unknown");
    CHECK_EQ(ASK(&office, "resolve", .key = "a", .text = "nothing"),
             LX_STORE_OK);
    CHECK_TEXT(office.answer,
               "{\"done\":0,\"living\":0,\"other\":\"accepted\"}");

    check_row = "not while the owner lives";
    CHECK_EQ(ASK(&office, "resolve", .key = "at it", .text = "nothing"),
             LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"done\":0,\"living\":1,\"other\":null}");

    check_row = "all at once";
    CHECK_EQ(ASK(&office, "resolve", .text = "charged"), LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"done\":2,\"living\":1,\"other\":null}");
    CHECK_TEXT(state_of(&office, "b"), "abandoned");
    CHECK_TEXT(state_of(&office, "left"), "abandoned");
    CHECK_TEXT(state_of(&office, "at it"), "sending");
    CHECK_EQ(ASK(&office, "spend", .text = "model"), LX_STORE_OK);
    CHECK_CONTAINS(office.answer, "\"charged\":8400,\"reserved\":8400");

    check_row = "once it is dead";
    office_close(&living);
    CHECK_EQ(ASK(&office, "resolve", .key = "at it", .text = "nothing"),
             LX_STORE_OK);
    CHECK_TEXT(state_of(&office, "at it"), "refused");
    office_close(&office);
}

static void test_cancelling(void)
{
    struct office office;
    char key[20];

    check_row = "a page at a time";
    office_open(&office, "cancel.db");
    for (int i = 0; i < LX_QUESTION_PAGE_MAX + 2; i++) {
        snprintf(key, sizeof key, "k%d", i);
        PUT(&office, key, PLANNED, .batch = i ? "n" : "m");
    }
    PUT(&office, "sent", SENDING, .batch = "n");
    CHECK_EQ(ASK(&office, "cancel", .batch = "n"), LX_STORE_OK);
    CHECK_TEXT(office.answer,
               "{\"done\":256,\"living\":0,\"other\":null,\"after\":257}");
    CHECK_TEXT(state_of(&office, "k257"), "planned");
    CHECK_EQ(ASK(&office, "cancel", .batch = "n", .after_id = 257),
             LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"done\":1,\"living\":0,\"other\":null}");
    CHECK_TEXT(state_of(&office, "k0"), "planned");
    CHECK_TEXT(state_of(&office, "k257"), "refused");
    CHECK_EQ(ASK(&office, "cancel", .key = "sent"), LX_STORE_OK);
    CHECK_TEXT(office.answer,
               "{\"done\":0,\"living\":0,\"other\":\"sending\"}");
    CHECK_EQ(ASK(&office, "spend", .text = "batch"), LX_STORE_OK);
    CHECK_CONTAINS(office.answer, "\"label\":\"n\",\"attempts\":258,"
                                  "\"charged\":0,\"reserved\":4200");
    office_close(&office);
}

static void test_retargeting(void)
{
    struct office living, office;
    struct lx_entry_file file = {.number = 1, .path = "gone.png", .bytes = 9};
    struct lx_entry_file here = {.number = 1, .path = "retarget.db"};
    struct lx_file_identity identity;

    check_row = "what is on no disk";
    office_open(&living, "retarget.db");
    office_open(&office, "retarget.db");
    int64_t alive = living.rig.api->owner(living.rig.store);
    PUT(&office, "result", SUCCEEDED, .owner = alive);
    PUT(&office, "saving", SUCCEEDED, .owner = alive, .target = "/old/");
    file.entry_id = PUT(&office, "lost", SAVED, .target = "/old/");
    here.entry_id = PUT(&office, "there", SAVED, .target = "/old/");
    CHECK_EQ(lx_file_identify_at(here.path, &identity), LX_FILE_OK);
    here.bytes = (int64_t)identity.length;
    rig_begin(&office.rig);
    CHECK_EQ(CALL(&office.rig, put_file, &file), LX_STORE_OK);
    CHECK_EQ(CALL(&office.rig, put_file, &here), LX_STORE_OK);
    rig_commit(&office.rig);
    CHECK_EQ(ASK(&office, "retarget", .text = "/new/"), LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"done\":2,\"living\":0,\"other\":null}");
    CHECK_TEXT(state_of(&office, "lost"), "succeeded");
    CHECK_TEXT(state_of(&office, "there"), "saved");
    CHECK_EQ(rig_find_key(&office.rig, "result").last.owner, 0);
    CHECK_EQ(rig_find_key(&office.rig, "lost").last.owner, 0);
    CHECK_EQ(rig_find_key(&office.rig, "saving").last.owner, alive);
    CHECK_EQ(ASK(&office, "entries", .key = "lost"), LX_STORE_OK);
    CHECK_CONTAINS(office.answer, "\"target\":\"/new/\"");
    office_close(&living);
    office_close(&office);
}

static void test_upkeep(void)
{
    struct office office;
    char text[100] = "";

    check_row = "export";
    office_open(&office, "upkeep.db");
    for (int i = 0; i < 1201; i++)
        PUT(&office, NULL, REFUSED, .batch = "n");
    PUT(&office, "kept", UNKNOWN, .batch = "n");
    CHECK_EQ(ASK(&office, "export", .text = "all.jsonl"), LX_STORE_OK);
    CHECK_TEXT(office.answer, "1202");
    FILE *file = fopen("all.jsonl", "r");
    CHECK(file && fgets(text, sizeof text, file));
    CHECK_CONTAINS(text, "{\"id\":1,");
    if (file)
        fclose(file);

    check_row = "export replaces nothing, and leaves nothing behind";
    CHECK_EQ(ASK(&office, "export", .text = "all.jsonl"), LX_STORE_OTHER);
    CHECK_EQ(office.refusal.kind, LX_KIND_FILE);
    CHECK_EQ(ASK(&office, "export", .text = "none/all.jsonl"), LX_STORE_OTHER);
    CHECK_CONTAINS(office.refusal.message, "no such file or folder");
    CHECK_EQ(remove("all.jsonl"), 0);

    check_row = "prune";
    CHECK_EQ(ASK(&office, "prune", .before_ms = NOW_MS + 1), LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"done\":256,\"after\":256}");
    CHECK_EQ(ASK(&office, "prune", .before_ms = NOW_MS + 1, .after_id = 1024),
             LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"done\":177,\"after\":1202}");
    CHECK_EQ(ASK(&office, "prune", .before_ms = NOW_MS + 1, .after_id = 1202),
             LX_STORE_OK);
    CHECK_TEXT(office.answer, "{\"done\":0}");
    CHECK_TEXT(state_of(&office, "kept"), "unknown");

    check_row = "adopt";
    CHECK_EQ(ASK(&office, "adopt"), LX_STORE_OK);
    CHECK_TEXT(office.answer, "false");
    CHECK(!lx_question_verb_find("forget"));
    office_close(&office);
}

int main(void)
{
    enter_folder();
    test_entries();
    test_resolving();
    test_cancelling();
    test_retargeting();
    test_upkeep();
    leave_folder();
    return check_report("question");
}
