-- Every public function has its annotation in lua/liangxin/types, and every
-- annotated one exists: the files are what editors show to users.

local client_module = require "liangxin.client"
local errors = require "liangxin.errors"
local job = require "liangxin.async.job"
local liangxin = require "liangxin"
local result = require "liangxin.result"
local task = require "liangxin.task"
local webhook = require "liangxin.webhook"

local read_types = dofile(".ci/docs/types.lua").text

-- name -> {parameters, annotation lines above}
local function declared_functions(text)
  local found, comment = {}, {}
  for line in text:gmatch("([^\n]*)\n") do
    local name, parameters = line:match("^function ([%w_.:]+)%((.-)%) end$")
    if name then
      found[name] = { parameters = parameters, comment = table.concat(comment, "\n") .. "\n" }
    end
    if line:find("^%-%-%-") then
      comment[#comment + 1] = line
    else
      comment = {}
    end
  end
  return found
end

-- What a class offers: its functions but for metamethods and private ones.
local function public_functions(prefix, class)
  local names = {}
  for name, value in pairs(class) do
    if type(value) == "function" and not name:find("^_") then
      names[#names + 1] = prefix .. name
    end
  end
  table.sort(names)
  return names
end

local client = liangxin.new { base_url = "http://127.0.0.1:1", api_key = "k" }

local CLASSES = {
  { "liangxin.", liangxin },
  { "Client:", client_module.class },
  { "Task:", task.class },
  { "Job:", job.class },
  { "Result:", result.class },
  { "Error:", errors.class },
  { "Journal:", require("liangxin.journal").class },
  { "Loop:", require("liangxin.loop").class },
  { "webhook.", { new = webhook.new } }, -- the rest is for `client:listen`
  { "Listening:", require("liangxin.listening").class },
  { "Receiver:", getmetatable(webhook.new({ client = client })).__index },
}

local RETURN_NOTHING = {
  ["Loop:stop"] = true,
  ["Loop:report"] = true,
  ["Listening:stop"] = true,
  ["Receiver:close"] = true,
}

describe("the annotations", function()
  teardown(function()
    client:close()
  end)

  local declared = declared_functions(read_types())

  for _, class in ipairs(CLASSES) do
    for _, name in ipairs(public_functions(class[1], class[2])) do
      it("annotates " .. name, function()
        local entry = assert(declared[name], name .. " is missing from lua/liangxin/types")
        for parameter in entry.parameters:gmatch("[%w_.]+") do
          local pattern = "\n%-%-%-@param " .. parameter:gsub("%.", "%%.") .. "%??%s"
          assert.truthy(("\n" .. entry.comment):find(pattern), name .. ": @param " .. parameter)
        end
        if not RETURN_NOTHING[name] then
          assert.truthy(entry.comment:find("%-%-%-@return "), name .. ": @return")
        end
      end)
    end
  end

  it("declares nothing that does not exist", function()
    local exists = {}
    for _, class in ipairs(CLASSES) do
      for _, name in ipairs(public_functions(class[1], class[2])) do
        exists[name] = true
      end
    end
    for name in pairs(declared) do
      if not name:find("^Models%.") then
        assert.truthy(exists[name], name .. " is declared and does not exist")
      end
    end
  end)

  it("declares the functions of the catalogue that are public", function()
    for _, name in ipairs { "list", "get", "validate" } do
      assert.is_function(liangxin.models[name])
      assert.truthy(declared["Models." .. name])
    end
  end)

  it("lists every option of liangxin.new", function()
    local text = read_types()
    local block = text:match("%-%-%-@class liangxin%.Options\n(.-)\n\n")
    for name in pairs(require("liangxin.options").CLIENT) do
      assert.truthy(block:find("@field " .. name .. "? ", 1, true), name)
    end
  end)

  it("lists every kind of error", function()
    local text = read_types()
    for kind in pairs(errors.KINDS) do
      assert.truthy(text:find('---| "' .. kind .. '" #', 1, true), kind)
    end
  end)
end)
