-- C modules that cannot be loaded: each message says what is wrong and what to
-- do.

local child = require("spec.support.child")
local live = require("spec.support.live")

local PROGRAM = [[
local cpath, name = ...
package.cpath = cpath
local _, why = pcall(require, name)
print("says " .. why)
]]

local it_runs = child.can_start and it or pending

-- What `require(name)` raises with that package.cpath.
local function load_with(cpath, name)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(PROGRAM)
  file:close()
  local _, text = child.run(path, { cpath, name or "liangxin" })
  os.remove(path)
  return text:match("says ([^\n]*)") or text
end

local function has(text, ...)
  for _, part in ipairs({ ... }) do
    assert.truthy(text:find(part, 1, true), part .. " in: " .. text)
  end
end

-- The module of the Lua that runs this, and its folder.
local search = rawget(package, "searchpath")
local here = search and search("liangxin.core", package.cpath)
  or package.cpath:match("[^;]*build/[^;]*"):gsub("%?", "liangxin/core")

describe("a C module", function()
  it_runs("that is nowhere is to be built or installed", function()
    has(load_with(live.folder() .. "?.so"), "liangxin.core cannot be loaded: module 'liangxin.core' not found;",
      "luarocks --lua-version " .. _VERSION:match("%d.%d") .. " install liangxin", "LUA_CPATH")
  end)

  it_runs("of the sandbox that is nowhere names its rock", function()
    local core_only = live.folder()
    os.execute("mkdir -p " .. core_only .. "liangxin && cp " .. here .. " " .. core_only .. "liangxin/core.so")
    local cjson = here:gsub("liangxin/core", "cjson") -- of a Lua that Debian has none for
    os.execute("cp " .. cjson .. " " .. core_only .. " 2>/dev/null")
    local text = load_with(core_only .. "?.so;" .. package.cpath:gsub("[^;]*build/[^;]*;?", ""), "liangxin.sandbox")
    has(text, "liangxin.listener cannot be loaded", "install liangxin-webhook")
  end)

  it_runs("whose libcurl is missing names the library and its package", function()
    local folder = live.folder()
    local changed, count = live.read(here):gsub("(libcurl[%w-]*%.so%.)%d", "%10")
    assert.truthy(count > 0)
    os.execute("mkdir -p " .. folder .. "liangxin")
    local file = assert(io.open(folder .. "liangxin/core.so", "wb"))
    file:write(changed)
    file:close()
    has(load_with(folder .. "?.so"), "libcurl.so.0: cannot open shared object file",
      "install libcurl (Debian: apt-get install libcurl4)")
  end)

  -- Those that are built beside this one.
  for _, other in ipairs({ "lua5.1", "lua5.2", "lua5.3", "lua5.4", "luajit" }) do
    local is_there = live.read("build/" .. other .. "/liangxin/core.so") ~= nil
    local is_51 = other == "lua5.1" or other == "luajit"
    local fits = is_51 and _VERSION == "Lua 5.1" or other == "lua" .. _VERSION:match("%d.%d")
    if is_there and not fits then
      it_runs("for " .. other .. " does not load in another Lua", function()
        has(load_with("build/" .. other .. "/?.so"), "liangxin.core cannot be loaded: ",
          "it was built for another Lua, and this is ", "make LUA=... build")
      end)
    end
  end
end)

describe("a header that is missing when a C module is built", function()
  local compiler = io.popen("command -v cc")
  local it_compiles = compiler:read("*l") and it or pending
  compiler:close()

  for source, said in pairs({
    ["csrc/core/http/transfer.c"] = "libcurl headers are missing: apt-get install libcurl4-openssl-dev",
    ["csrc/lua/module.c"] = "Lua headers are missing: apt-get install liblua5.4-dev",
    ["csrc/listener/listener.c"] = "microhttpd.h is missing: install libmicrohttpd-dev",
    ["csrc/paint/decode.c"] = "gd.h is missing: install libgd-dev",
  }) do
    it_compiles("is named, with what to install: " .. source, function()
      local pipe = io.popen("cc -nostdinc -fsyntax-only -Icsrc/core -Icsrc/lua " .. source .. " 2>&1")
      has(pipe:read("*a"), said)
      pipe:close()
    end)
  end
end)
