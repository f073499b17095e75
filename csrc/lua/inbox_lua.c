/* inbox_lua.c: see inbox_lua.h. */
#include "inbox_lua.h"

#include "event_lua.h"

/* So many events are given back at the latest. */
#define TOLD_MAX 256
/* So many are noted in one go: a step has a budget. */
#define NOTED_MAX 16

static void return_told(struct lx_lua_inbox *inbox, struct lx_client *client)
{
    if (!inbox->told_first)
        return;
    lx_client_return_events(client, inbox->told_first, inbox->told_last);
    inbox->told_first = inbox->told_last = NULL;
    inbox->told_count = 0;
}

/* The first of the waiting ones has become Lua values. */
static void put_aside(struct lx_lua_inbox *inbox, struct lx_client *client)
{
    struct lx_event *event = inbox->events;

    inbox->events = event->next;
    lx_downloaded_free(
        event->file); /* may be large, and the thread may sleep */
    event->file = NULL;
    event->next = inbox->told_first;
    inbox->told_first = event;
    if (!inbox->told_last)
        inbox->told_last = event;
    if (++inbox->told_count == TOLD_MAX)
        return_told(inbox, client);
}

bool lx_lua_inbox_has(struct lx_lua_inbox *inbox, struct lx_client *client)
{
    if (inbox->is_telling)
        return false;
    if (inbox->events || lx_client_is_forked(client))
        return inbox->events != NULL;
    return_told(inbox, client);
    inbox->events = lx_client_take_events(client);
    return inbox->events != NULL;
}

bool lx_lua_inbox_is_quiet(const struct lx_lua_inbox *inbox,
                           struct lx_client *client)
{
    if (inbox->is_telling)
        return true;
    return !inbox->events && inbox->noted == 0 && !lx_client_has_events(client);
}

static int push_noted(lua_State *L, struct lx_lua_inbox *inbox)
{
    int count = inbox->noted;

    if (count == 0)
        return 0;
    inbox->noted = 0;
    lua_pushliteral(L, "noted");
    lua_pushinteger(L, 0);
    lua_pushinteger(L, count);
    return 3;
}

/* (ops, event): the event's values; none when it was noted. */
static int tell(lua_State *L)
{
    const struct lx_event *event = lua_touserdata(L, 2);

    return lx_lua_note_state(L, 1, event) ? 0 : lx_lua_push_event(L, event);
}

/* Protected, as a finalizer of the host may run in between: it must find the
 * event being told, and the mark must go also when Lua raises. */
static int tell_first(lua_State *L, int ops, struct lx_lua_inbox *inbox)
{
    int top = lua_gettop(L);

    luaL_checkstack(L, 8, "to tell an event");
    lua_pushcfunction(L, tell);
    lua_pushvalue(L, ops);
    lua_pushlightuserdata(L, inbox->events);
    inbox->is_telling = true;
    int status = lua_pcall(L, 2, LUA_MULTRET, 0);
    inbox->is_telling = false;
    if (status != 0)
        return lua_error(L);
    return lua_gettop(L) - top;
}

int lx_lua_inbox_next(lua_State *L, int ops, struct lx_lua_inbox *inbox,
                      struct lx_client *client)
{
    while (inbox->noted < NOTED_MAX && lx_lua_inbox_has(inbox, client)) {
        int count = tell_first(L, ops, inbox);
        put_aside(inbox, client);
        if (count > 0)
            return count;
        inbox->noted++;
    }
    return inbox->is_telling ? 0 : push_noted(L, inbox);
}

void lx_lua_inbox_free(struct lx_lua_inbox *inbox)
{
    lx_event_free_all(inbox->events);
    lx_event_free_all(inbox->told_first);
}
