-- Made by `make rockspecs` from the tree: do not edit.
rockspec_format = "3.0"
package = "liangxin-postgres"
version = "0.1.0-1"

source = {
  url = "git+https://github.com/liangxin-lua/liangxin.git",
  tag = "v0.1.0",
  dir = "liangxin/csrc/store/postgres",
}

description = {
  summary = "The journal of liangxin on a server, by PostgreSQL",
  detailed = [[
    Keeps what is paid for over kills and restarts for a fleet: keys, tasks,
    results and ceilings, for workers on any number of machines.]],
  homepage = "https://github.com/liangxin-lua/liangxin",
  license = "MIT",
  labels = { "database" },
}

dependencies = { "lua >= 5.1, < 5.6", "liangxin" }

-- No `header`: LuaRocks does not find Debian's. The sources say what to
-- install when it is missing.
external_dependencies = { POSTGRES = { library = "pq" } }

build = {
  type = "builtin",
  modules = {
    ["liangxin.store.postgres"] = {
      sources = {
        "errors.c",
        "groups.c",
        "link.c",
        "module.c",
        "news.c",
        "owner.c",
        "schema.c",
        "statements.c",
        "store.c",
        "../sql/entries.c",
        "../sql/money.c",
        "../../core/os/posix/clock.c",
        "../../core/os/windows/clock.c",
        "../../core/os/posix/module.c",
        "../../core/os/windows/module.c",
        "../../core/journal/place.c",
        "../../core/os/posix/process.c",
        "../../core/os/process.c",
        "../../core/os/windows/process.c",
        "../../core/base/secret.c",
        "../../core/os/posix/socket.c",
        "../../core/os/socket.c",
        "../../core/os/windows/socket.c",
        "../../core/journal/transition.c",
      },
      incdirs = { "../../core", "../../lua", "../../store", "$(POSTGRES_INCDIR)" },
      libdirs = { "$(POSTGRES_LIBDIR)" },
    },
  },
  platforms = {
    unix = {
      modules = { ["liangxin.store.postgres"] = {
        libraries = { "pq", "m", "pthread" },
      } },
    },
    windows = {
      modules = { ["liangxin.store.postgres"] = {
        libraries = { "pq", "ws2_32", "bcrypt" },
      } },
    },
  },
  install = {
    conf = {
      ["../doc/LICENSE"] = "../../../LICENSE",
    },
  },
}

test = { type = "command", command = "make -C ../../.. check SPEC=spec/store_spec.lua" }
