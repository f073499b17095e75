rockspec_format = "3.0"
package = "liangxin-webhook"
version = "scm-1"

source = {
  url = "git+https://github.com/liangxin-lua/liangxin.git",
  branch = "main",
}

description = {
  summary = "A small HTTP listener on a thread of its own",
  detailed = [[
    Answers requests on loopback by a handler in a Lua state of its own, while
    the host's Lua blocks.]],
  homepage = "https://github.com/liangxin-lua/liangxin",
  license = "MIT",
  labels = { "http" },
}

dependencies = {
  "lua >= 5.1",
}

-- No `header`: LuaRocks does not find Debian's. The sources say what to
-- install when it is missing.
external_dependencies = {
  MICROHTTPD = { library = "microhttpd" },
}

-- The Makefile has the flags.
build = {
  type = "make",
  build_target = "webhook",
  install_target = "install-webhook",
  variables = {
    BUILD = "build/rock",
    CFLAGS = "$(CFLAGS)",
    LIBFLAG = "$(LIBFLAG)",
    LUA = "$(LUA)",
    LUA_INCDIR = "$(LUA_INCDIR)",
    MICROHTTPD_INCDIR = "$(MICROHTTPD_INCDIR)",
    MICROHTTPD_LIBDIR = "$(MICROHTTPD_LIBDIR)",
    INST_LIBDIR = "$(LIBDIR)",
  },
}
