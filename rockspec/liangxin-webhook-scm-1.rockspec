-- Made by `make rockspecs` from the tree: do not edit.
rockspec_format = "3.0"
package = "liangxin-webhook"
version = "scm-1"

source = {
  url = "git+https://github.com/liangxin-lua/liangxin.git",
  branch = "main",
  dir = "liangxin/csrc/listener",
}

description = {
  summary = "A small HTTP listener on a thread of its own",
  detailed = [[
    Answers requests by a handler in a Lua state of its own, while
    the host's Lua blocks.]],
  homepage = "https://github.com/liangxin-lua/liangxin",
  license = "MIT",
  labels = { "http" },
}

dependencies = { "lua >= 5.1, < 5.6" }

-- No `header`: LuaRocks does not find Debian's. The sources say what to
-- install when it is missing.
external_dependencies = { MICROHTTPD = { library = "microhttpd" } }

build = {
  type = "builtin",
  modules = {
    ["liangxin.listener"] = {
      sources = {
        "desk.c",
        "handler_lua.c",
        "listener.c",
        "module.c",
        "peers.c",
        "port.c",
        "poster.c",
        "request.c",
        "worker_lua.c",
        "../core/os/posix/clock.c",
        "../core/os/windows/clock.c",
        "../core/os/posix/module.c",
        "../core/os/windows/module.c",
        "../core/os/posix/thread.c",
        "../core/os/windows/thread.c",
        "../core/os/posix/wake.c",
        "../core/os/windows/wake.c",
      },
      incdirs = { "../core", "../lua", "$(MICROHTTPD_INCDIR)" },
      libdirs = { "$(MICROHTTPD_LIBDIR)" },
    },
  },
  platforms = {
    unix = {
      modules = { ["liangxin.listener"] = {
        libraries = { "microhttpd", "m", "pthread" },
      } },
    },
    windows = {
      modules = { ["liangxin.listener"] = {
        libraries = { "microhttpd", "ws2_32", "bcrypt" },
      } },
    },
  },
  install = {
    conf = {
      ["../doc/LICENSE"] = "../../LICENSE",
    },
  },
}

test = { type = "command", command = "make -C ../.. check SPEC=spec/listener_spec.lua" }
