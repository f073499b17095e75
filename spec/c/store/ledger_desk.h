/* ledger_desk.h: a client of a journal whose steps are carried out one by one,
 * for the cases of journal/ledger.h. */
#pragma once

#include "journal/journal.h"
#include "journal/ledger.h"
#include "os/clock.h"

#include "store_rig.h"

static const unsigned char IDENTITY[32] = "identity", OTHER[32] = "another";
static const struct lx_store_budget DAY = {"studio", 20000, 10000};

struct desk {
    struct rig rig;
    struct lx_ledger ledger;
    struct lx_entry_copy *copy; /* of the last plan */
    enum lx_plan_end end;
};

static void desk_open(struct desk *desk, const char *name)
{
    memset(desk, 0, sizeof *desk);
    desk->rig.api = &WORLD_API;
    world_place(desk->rig.place, sizeof desk->rig.place, name);
    rig_open(&desk->rig);
    desk->ledger = (struct lx_ledger){desk->rig.api, desk->rig.store};
}

static void desk_close(struct desk *desk)
{
    free(desk->copy);
    desk->copy = NULL;
    rig_close(&desk->rig);
}

/* Of the callback of that key's attempt. */
static const unsigned char *token_of(const char *key)
{
    static unsigned char token[32];

    memset(token, 0, sizeof token);
    memcpy(token, key, strlen(key));
    return token;
}

static struct lx_plan plan_for(const char *key)
{
    return (struct lx_plan){.wanted = {.origin = "https://api.example",
                                       .key = key,
                                       .model = "z-image",
                                       .identity = IDENTITY,
                                       .body = "{}"},
                            .token_hash = token_of(key),
                            .price_mc = LX_MONEY_UNKNOWN,
                            .now_ms = NOW_MS};
}

/* As the journal thread does: what is not OK is undone. */
static void end_part(struct desk *desk, enum lx_store_status status)
{
    struct rig *rig = &desk->rig;

    CHECK_EQ(status == LX_STORE_OK ? rig->api->keep(rig->store)
                                   : rig->api->undo(rig->store),
             LX_STORE_OK);
    rig_commit(rig);
}

static void begin_part(struct desk *desk)
{
    rig_begin(&desk->rig);
    CHECK_EQ(desk->rig.api->mark(desk->rig.store), LX_STORE_OK);
}

static enum lx_store_status run_plan(struct desk *desk, struct lx_plan plan)
{
    free(desk->copy);
    begin_part(desk);
    enum lx_store_status status =
        lx_ledger_plan(&desk->ledger, &plan, &desk->end, &desk->copy);
    end_part(desk, status);
    return status;
}

static enum lx_plan_end plan(struct desk *desk, const char *key)
{
    CHECK_EQ(run_plan(desk, plan_for(key)), LX_STORE_OK);
    return desk->end;
}

static enum lx_store_status step(struct desk *desk, enum lx_entry_event event,
                                 int64_t seen, struct lx_entry_news news)
{
    struct lx_entry after = {0};

    news.now_ms = NOW_MS + 1000;
    if (event == LX_ENTRY_EVENT_ID && !news.attempt)
        news.attempt = 1;
    begin_part(desk);
    enum lx_store_status status = lx_ledger_step(
        &desk->ledger, desk->copy->entry.id, event, seen, &news, &after);
    end_part(desk, status);
    if (status == LX_STORE_OK) {
        desk->copy->entry.state = after.state;
        desk->copy->entry.fence = after.fence;
        desk->copy->entry.attempt = after.attempt;
    }
    return status;
}

#define NEWS(...)                                                              \
    ((struct lx_entry_news){.charged_mc = LX_MONEY_UNKNOWN, __VA_ARGS__})
#define STEP(desk, event, seen, ...)                                           \
    CHECK_EQ(step(desk, LX_ENTRY_EVENT_##event, seen, NEWS(__VA_ARGS__)),      \
             LX_STORE_OK)

static void send_it(struct desk *desk)
{
    STEP(desk, SEND, desk->copy->entry.fence, .detail = "sent");
    CHECK_EQ(desk->copy->entry.state, LX_ENTRY_SENDING);
}

static enum lx_store_status confirm(struct desk *desk, int64_t fence)
{
    begin_part(desk);
    enum lx_store_status status =
        lx_ledger_confirm(&desk->ledger, desk->copy->entry.id, fence);
    end_part(desk, status);
    return status;
}
