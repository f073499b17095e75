/* mailbox_lua.c: the client's side of mailbox_lua.h. */
#include "mailbox_lua.h"

#include "engine/mailbox.h"
#include "handle_lua.h"

static bool post(void *mailbox, uint64_t id, const char *text, size_t length)
{
    return lx_mailbox_post(mailbox, id, text, length);
}

static void hold(void *mailbox)
{
    lx_mailbox_hold(mailbox);
}

static void release(void *mailbox)
{
    lx_mailbox_release(mailbox);
}

static int mailbox_gc(lua_State *L)
{
    struct lx_mailbox_box *box = lua_touserdata(L, 1);

    if (box->mailbox)
        lx_mailbox_release(box->mailbox);
    box->mailbox = NULL;
    return 0;
}

int lx_lua_client_mailbox(lua_State *L)
{
    lua_Number id = luaL_checknumber(L, 2);
    struct lx_mailbox_box *box = lua_newuserdata(L, sizeof *box);
    struct lx_lua_handle *handle;
    struct lx_mailbox *mailbox;

    *box = (struct lx_mailbox_box){.version = LX_MAILBOX_VERSION,
                                   .bytes = sizeof *box,
                                   .post = post,
                                   .hold = hold,
                                   .release = release,
                                   .id = (uint64_t)id};
    if (luaL_newmetatable(L, LX_MAILBOX_TYPE)) {
        lua_pushcfunction(L, mailbox_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    handle = lx_lua_check_open(L); /* what allocates may close it */
    mailbox = lx_client_mailbox(handle->client);
    if (!mailbox)
        return luaL_error(L, "out of memory");
    lx_mailbox_hold(mailbox);
    box->mailbox = mailbox;
    return 1;
}
