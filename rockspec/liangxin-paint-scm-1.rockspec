rockspec_format = "3.0"
package = "liangxin-paint"
version = "scm-1"

source = {
  url = "git+https://github.com/liangxin-lua/liangxin.git",
  branch = "main",
}

description = {
  summary = "Pictures from a prompt, without a model",
  detailed = [[
    Paints what the words of a prompt suggest, the same for the same seed: PNG,
    JPEG and animated GIF for liangxin-sandbox.]],
  homepage = "https://github.com/liangxin-lua/liangxin",
  license = "MIT",
  labels = { "image" },
}

dependencies = {
  "lua >= 5.1",
}

-- No `header`: LuaRocks does not find Debian's. The sources say what to
-- install when it is missing.
external_dependencies = {
  GD = { library = "gd" },
}

-- The Makefile has the flags.
build = {
  type = "make",
  build_target = "paint",
  install_target = "install-paint",
  variables = {
    BUILD = "build/rock",
    CFLAGS = "$(CFLAGS)",
    LIBFLAG = "$(LIBFLAG)",
    LUA = "$(LUA)",
    LUA_INCDIR = "$(LUA_INCDIR)",
    GD_INCDIR = "$(GD_INCDIR)",
    GD_LIBDIR = "$(GD_LIBDIR)",
    INST_LIBDIR = "$(LIBDIR)",
  },
}
