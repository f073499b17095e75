/* mailbox_lua.h: how a client's module hands a mailbox to the listener's: both
 * are shared objects of their own, and only Lua sees both; see store_lua.h. */
#pragma once

#include "compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The metatable's name; what is in such a userdata keeps this form for ever. */
#define LX_MAILBOX_TYPE    "liangxin.mailbox"
#define LX_MAILBOX_VERSION 1

/* The functions are of a module that stays in memory; any thread may call them.
 * See engine/mailbox.h. */
struct lx_mailbox_box {
    uint32_t version;
    uint32_t bytes;
    bool (*post)(void *mailbox, uint64_t id, const char *text, size_t length);
    void (*hold)(void *mailbox);
    void (*release)(void *mailbox);
    void *mailbox; /* held by this userdata */
    uint64_t id;
};

/* handle:mailbox(id) -> a box for a listener; what it posts comes as an event
 * "posted" of that number with the text. */
#pragma GCC visibility push(hidden)
int lx_lua_client_mailbox(lua_State *L);
#pragma GCC visibility pop
