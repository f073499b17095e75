-- What engine.c runs: with the client inside the program a picture is generated
-- and saved, and a mistake is shown at its line.

local folder, version = ...
local liangxin = require("liangxin")
assert(liangxin._VERSION == version, "another version than the header's")

local _, mistake = pcall(function()
  liangxin.new({ base_url = 1 }) -- line 9
end)
assert(mistake:find("game.lua:9: ", 1, true), mistake)

-- A fault inside of the library names its own file and line.
local _, inside = pcall(require("liangxin.json").decode, setmetatable({}, { __index = error }))
assert(inside == nil, "decode raises for nothing")
local info = debug.getinfo(require("liangxin.client").new, "S")
assert(info.short_src == "liangxin/client.lua", info.short_src)

local client = liangxin.new() -- the sandbox's, from the environment
local result = assert(client:generate("z-image", { prompt = "a tea house by a lake" }))
local file = assert(result:save(folder))[1]
assert(file.bytes > 1000)
local _, lacking = pcall(function()
  return result.record.data
end)
assert(lacking:find("game.lua:%d+: reading record.data needs lua%-cjson"), lacking)
client:close()
print("saved " .. file.bytes .. " bytes")
