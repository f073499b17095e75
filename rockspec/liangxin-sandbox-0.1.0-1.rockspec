-- Made by `make rockspecs` from the tree: do not edit.
rockspec_format = "3.0"
package = "liangxin-sandbox"
version = "0.1.0-1"

source = {
  url = "git+https://github.com/liangxin-lua/liangxin.git",
  tag = "v0.1.0",
  dir = "liangxin/lua/bin",
}

description = {
  summary = "The LiangXin Market API on loopback, for tests and offline work",
  detailed = [[
    Answers like the service, draws real pictures, costs nothing, and fails on
    demand: a program, and what the module liangxin.sandbox needs.]],
  homepage = "https://github.com/liangxin-lua/liangxin",
  license = "MIT",
  labels = { "http", "testing" },
}

dependencies = {
  "lua >= 5.1, < 5.6",
  "lua-cjson",
  "liangxin",
  "liangxin-webhook",
  "liangxin-paint",
}

build = {
  type = "builtin",
  modules = {},
  install = {
    bin = { "liangxin-sandbox" },
    conf = {
      ["../doc/LICENSE"] = "../../LICENSE",
    },
  },
}

test = { type = "command", command = "make -C ../.. check SPEC=spec/sandbox_program_spec.lua" }
