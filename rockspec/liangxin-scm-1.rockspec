rockspec_format = "3.0"
package = "liangxin"
version = "scm-1"

source = {
  url = "git+https://github.com/liangxin-lua/liangxin.git",
  branch = "main",
}

description = {
  summary = "Generate pictures and videos with the LiangXin Market API",
  detailed = [[
    Creates tasks, watches them on a thread of its own and saves the results.
    Works in plain scripts, in coroutines and inside event loops; never pays
    twice for a lost answer.]],
  homepage = "https://github.com/liangxin-lua/liangxin",
  license = "MIT",
  labels = { "http", "async", "image", "video" },
}

dependencies = {
  "lua >= 5.1",
  "lua-cjson",
}

-- No `header`: LuaRocks does not find Debian's. The sources say what to
-- install when it is missing.
external_dependencies = {
  CURL = { library = "curl" },
}

-- The Makefile has the flags.
build = {
  type = "make",
  build_target = "client",
  install_target = "install-client",
  variables = {
    BUILD = "build/rock",
    CFLAGS = "$(CFLAGS)",
    LIBFLAG = "$(LIBFLAG)",
    LUA = "$(LUA)",
    LUA_INCDIR = "$(LUA_INCDIR)",
    CURL_INCDIR = "$(CURL_INCDIR)",
    CURL_LIBDIR = "$(CURL_LIBDIR)",
    INST_LUADIR = "$(LUADIR)",
    INST_LIBDIR = "$(LIBDIR)",
  },
}
