-- Made by `make rockspecs` from the tree: do not edit.
rockspec_format = "3.0"
package = "liangxin-cli"
version = "scm-1"

source = {
  url = "git+https://github.com/liangxin-lua/liangxin.git",
  branch = "main",
  dir = "liangxin/lua/bin",
}

description = {
  summary = "The program liangxin: pictures and videos from a shell",
  detailed = [[
    Generates one picture or a batch, resumes what was interrupted, and says
    what it costs; the modules of the program are in the rock liangxin.]],
  homepage = "https://github.com/liangxin-lua/liangxin",
  license = "MIT",
  labels = { "image", "video", "commandline" },
}

dependencies = {
  "lua >= 5.1, < 5.6",
  "argparse",
  "lua-cjson",
  "liangxin",
  "liangxin-sqlite",
}

build = {
  type = "builtin",
  modules = {},
  install = {
    bin = { "liangxin" },
    conf = {
      ["../doc/LICENSE"] = "../../LICENSE",
    },
  },
}

test = { type = "command", command = "make -C ../.. check SPEC=spec/cli_spec.lua" }
