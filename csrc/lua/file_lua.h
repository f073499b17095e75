/* file_lua.h: small files, for Lua: its own io takes paths of Windows in
 * another encoding, and its rename replaces nothing there. Host's thread, which
 * waits for the disk. */
#pragma once

#include "compat.h"

#pragma GCC visibility push(hidden)

/* read_file(path, longest): the bytes; nil when there is no such file, or
 * nothing or more in it. */
int lx_lua_read_file(lua_State *L);

/* absolute(path): the path from the root on; nil when it is too long or the
 * current folder is gone. */
int lx_lua_absolute(lua_State *L);

/* replace_file(path, temporary, bytes): true when `path` has these bytes now,
 * written to `temporary` and renamed; else nil and why, with `path` as it was
 * and `temporary` gone. */
int lx_lua_replace_file(lua_State *L);

/* kind_of_file(path): "file", "folder", "other"; or nil when there is none. */
int lx_lua_kind_of_file(lua_State *L);

/* is_private_file(path): whether its user alone may read it; false when there
 * is none. */
int lx_lua_is_private_file(lua_State *L);

/* make_folder(path): true when there is a folder of that name now; else nil and
 * why. The folder around it must be there. */
int lx_lua_make_folder(lua_State *L);

#pragma GCC visibility pop
