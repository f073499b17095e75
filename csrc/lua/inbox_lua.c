/* inbox_lua.c: see inbox_lua.h. */
#include "inbox_lua.h"

#include "event_lua.h"

/* Delivered events go back to the core at this many, at the latest. */
#define TOLD_MAX 256

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
    return !inbox->events && !lx_client_has_events(client);
}

static int push_event(lua_State *L)
{
    return lx_lua_push_event(L, lua_touserdata(L, 1));
}

void lx_lua_push_teller(lua_State *L)
{
    lua_pushcfunction(L, push_event);
}

/* Protected, as a finalizer of the host may run in between: it must find the
 * event being told, and the mark must go also when Lua raises. */
static int tell_first(lua_State *L, int teller, struct lx_lua_inbox *inbox)
{
    int top = lua_gettop(L);

    luaL_checkstack(L, 8, "to tell an event");
    inbox->is_telling = true;
    lua_pushvalue(L, teller);
    lua_pushlightuserdata(L, inbox->events);
    int status = lua_pcall(L, 1, LUA_MULTRET, 0);
    inbox->is_telling = false;
    if (status != 0)
        return lua_error(L);
    return lua_gettop(L) - top;
}

int lx_lua_inbox_next(lua_State *L, int teller, struct lx_lua_inbox *inbox,
                      struct lx_client *client)
{
    if (!lx_lua_inbox_has(inbox, client))
        return 0;
    int count = tell_first(L, teller, inbox);
    put_aside(inbox, client);
    return count;
}

void lx_lua_inbox_free(struct lx_lua_inbox *inbox)
{
    lx_event_free_all(inbox->events);
    lx_event_free_all(inbox->told_first);
}
