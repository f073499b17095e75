-- Made by `make rockspecs` from the tree: do not edit.
rockspec_format = "3.0"
package = "liangxin-paint"
version = "0.1.0-1"

source = {
  url = "git+https://github.com/liangxin-lua/liangxin.git",
  tag = "v0.1.0",
  dir = "liangxin/csrc/paint",
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

dependencies = { "lua >= 5.1, < 5.6" }

-- No `header`: LuaRocks does not find Debian's. The sources say what to
-- install when it is missing.
external_dependencies = { GD = { library = "gd" } }

build = {
  type = "builtin",
  modules = {
    ["liangxin.paint"] = {
      sources = {
        "caption.c",
        "clip.c",
        "decode.c",
        "drawing.c",
        "edit.c",
        "land.c",
        "module.c",
        "mood.c",
        "order.c",
        "order_lua.c",
        "picture.c",
        "scene.c",
        "sky.c",
        "things.c",
        "weather.c",
      },
      incdirs = { "../lua", "$(GD_INCDIR)" },
      libdirs = { "$(GD_LIBDIR)" },
    },
  },
  platforms = {
    unix = {
      modules = { ["liangxin.paint"] = {
        libraries = { "gd", "m" },
      } },
    },
    windows = {
      modules = { ["liangxin.paint"] = {
        libraries = { "gd" },
      } },
    },
  },
  install = {
    conf = {
      ["../doc/LICENSE"] = "../../LICENSE",
    },
  },
}

test = { type = "command", command = "make -C ../.. check SPEC=spec/paint_spec.lua" }
