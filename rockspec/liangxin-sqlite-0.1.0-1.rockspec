-- Made by `make rockspecs` from the tree: do not edit.
rockspec_format = "3.0"
package = "liangxin-sqlite"
version = "0.1.0-1"

source = {
  url = "git+https://github.com/liangxin-lua/liangxin.git",
  tag = "v0.1.0",
  dir = "liangxin/csrc/store/sqlite",
}

description = {
  summary = "The journal of liangxin in a file, by SQLite",
  detailed = [[
    Keeps what is paid for over kills and restarts: keys, tasks, results and
    ceilings, for several processes on one file.]],
  homepage = "https://github.com/liangxin-lua/liangxin",
  license = "MIT",
  labels = { "database" },
}

dependencies = { "lua >= 5.1, < 5.6", "liangxin" }

-- No `header`: LuaRocks does not find Debian's. The sources say what to
-- install when it is missing.
external_dependencies = { SQLITE = { library = "sqlite3" } }

build = {
  type = "builtin",
  modules = {
    ["liangxin.store.sqlite"] = {
      sources = {
        "module.c",
        "open.c",
        "owner.c",
        "place.c",
        "recent.c",
        "rollback.c",
        "schema.c",
        "statements.c",
        "store.c",
        "../sql/entries.c",
        "../sql/money.c",
        "../../core/os/posix/clock.c",
        "../../core/os/windows/clock.c",
        "../../core/os/file.c",
        "../../core/os/posix/file.c",
        "../../core/os/windows/file.c",
        "../../core/os/posix/file_name.c",
        "../../core/os/windows/file_name.c",
        "../../core/os/posix/module.c",
        "../../core/os/windows/module.c",
        "../../core/os/windows/path.c",
        "../../core/os/posix/process.c",
        "../../core/os/process.c",
        "../../core/os/windows/process.c",
        "../../core/journal/transition.c",
      },
      incdirs = { "../../core", "../../lua", "../../store", "$(SQLITE_INCDIR)" },
      libdirs = { "$(SQLITE_LIBDIR)" },
    },
  },
  platforms = {
    unix = {
      modules = { ["liangxin.store.sqlite"] = {
        libraries = { "sqlite3", "m", "pthread" },
      } },
    },
    windows = {
      modules = { ["liangxin.store.sqlite"] = {
        libraries = { "sqlite3", "ws2_32", "bcrypt" },
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
