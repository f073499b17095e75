-- The pages that are made from the sources: `make docs` writes them, `make lint`
-- compares them and checks all pages. Run in the root of the project, with
-- LUA_PATH as in Makefile:
--   lua .ci/docs.lua write    write what has changed
--   lua .ci/docs.lua check    fail when a page is stale or has a bad link
-- Above the marker a page is written by hand, below it is made.

package.path = ".ci/?.lua;" .. package.path

local annotations = require "docs.annotations"
local api = require "docs.api"
local catalogue = require "docs.catalogue"
local model_types = require "docs.model_types"
local models = require "liangxin.models"
local pages = require "docs.pages"
local types = require "docs.types"

local MARKER = "<!-- Below: made by `make docs`. Do not edit. -->\n"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function head_of(path)
  local text = read(path)
  local _, last = text:find(MARKER, 1, true)
  return text:sub(1, assert(last, path .. " has no marker"))
end

local API, MODELS = "lua/liangxin/README.md", "lua/liangxin/models/README.md"
local rows = models.list()
local api_head, models_head = head_of(API), head_of(MODELS)
local sections = annotations.read(types.text())

local made = {
  [API] = api_head .. "\n" .. api.page(sections, api_head),
  [MODELS] = models_head .. "\n" .. catalogue.page(rows, models_head),
  ["lua/liangxin/models/types.lua"] = model_types.file(rows),
}

local function is_stale(path, text)
  local file = io.open(path, "rb")
  local old = file and file:read("*a")
  if file then
    file:close()
  end
  return old ~= text
end

local function write()
  for path, text in pairs(made) do
    if is_stale(path, text) then
      local file = assert(io.open(path, "wb"))
      assert(file:write(text))
      file:close()
      print("wrote " .. path)
    end
  end
end

local function check()
  local complaints = pages.check()
  for _, complaint in ipairs(types.check()) do
    complaints[#complaints + 1] = complaint
  end
  for path, text in pairs(made) do
    if is_stale(path, text) then
      complaints[#complaints + 1] = path .. " is stale: run `make docs`"
    end
  end
  print(table.concat(complaints, "\n"))
  os.exit(#complaints == 0)
end

if arg[1] == "write" then
  write()
else
  check()
end
