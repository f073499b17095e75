rockspec_format = "3.0"
package = "liangxin-sandbox"
version = "scm-1"

source = {
  url = "git+https://github.com/liangxin-lua/liangxin.git",
  branch = "main",
}

description = {
  summary = "The LiangXin Market API on loopback, for tests and offline work",
  detailed = [[
    Answers like the service, draws real pictures, costs nothing, and fails on
    demand. A Lua module and a program, liangxin-sandbox.]],
  homepage = "https://github.com/liangxin-lua/liangxin",
  license = "MIT",
  labels = { "http", "testing" },
}

dependencies = {
  "lua >= 5.1",
  "lua-cjson",
  "liangxin",
  "liangxin-webhook",
  "liangxin-paint",
}

-- The Makefile has the flags.
build = {
  type = "make",
  build_target = "sandbox",
  install_target = "install-sandbox",
  variables = {
    BUILD = "build/rock",
    LUA = "$(LUA)",
    INST_LUADIR = "$(LUADIR)",
    INST_BINDIR = "$(BINDIR)",
  },
}
