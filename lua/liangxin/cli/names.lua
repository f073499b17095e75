-- names.lua: how results are called: a template such as "{key}-{n}.{ext}". What
-- it is filled with comes from outside, so it makes no folder, leaves none, and a
-- value that had to be changed carries a hash, as two keys are two files.

local core = require "liangxin.core"
local spelling = require "liangxin.spelling"
local text = require "liangxin.cli.text"
local pairs = require("liangxin.walk").pairs

local M = {}

--- What may stand in a template.
M.FIELDS = {
  key = "the row's key",
  model = "the model",
  prompt = "the prompt, cut",
  seed = "the seed",
  date = "the day, as 2026-11-28",
  task_id = "the service's id of the task",
  n = "which one of -n; 1 in a batch",
  ext = "what the file is: png, mp4; at the end only",
}

local PROMPT_MAX, VALUE_MAX = 60, 100 -- bytes

-- Ends of the files that the client knows, to see whether a name is free.
local EXTENSIONS = { "png", "jpg", "webp", "gif", "avif", "heic", "bmp", "tiff", "svg", "mp4", "mov", "webm", "mkv",
  "mp3", "wav" }

local function cut(value, bytes)
  if #value <= bytes then
    return value
  end
  return (value:sub(1, bytes):gsub("[\192-\255][\128-\191]*$", ""))
end

local DEVICES = { con = true, prn = true, aux = true, nul = true }

-- A value as a part of a file's name. Systems differ in what they allow.
local function safe(value, bytes_max, with_hash)
  local kept = text.clean(value):gsub('[/\\:*?"<>|%s]+', "_"):gsub("^[._]+", ""):gsub("[._]+$", "")
  kept = cut(kept, bytes_max)
  local stem = kept:lower():match "^[^.]*"
  if DEVICES[stem] or stem:find "^com%d$" or stem:find "^lpt%d$" then
    kept = "_" .. kept
  end
  if with_hash and kept ~= value then
    kept = kept .. (kept == "" and "" or "-") .. core.digest(value):sub(1, 8)
  end
  return kept ~= "" and kept or "_"
end

local function check_fields(template)
  for name in template:gmatch "{(.-)}" do
    if not M.FIELDS[name] then
      local near = spelling.near(name, M.FIELDS)
      local known = {}
      for field in pairs(M.FIELDS) do
        known[#known + 1] = field
      end
      table.sort(known)
      return nil, ("there is no {%s}%s"):format(text.clean(name), near and (": did you mean {%s}?"):format(near)
        or "; there are " .. table.concat(known, ", "))
    end
  end
  if template:gsub("{.-}", ""):find "[{}]" then
    return nil, "a brace that does not close"
  elseif template:sub(1, -6):find("{ext}", 1, true) then
    return nil, "{ext} stands at the end, behind a dot"
  end
  return true
end

--- Whether a template is one that stays in its folder: true; or nil, why.
function M.check(template)
  local literal = template:gsub("{.-}", "x")
  if literal:find "^[/~]" or literal:find "\\" or literal:find "^%a:" or literal:find "%c" then
    return nil, "a name begins in the folder of the results: no \"/\", \"~\" or drive in front"
  elseif ("/" .. literal .. "/"):find "/%.%.?/" or literal:find "//" or literal:find "/$" or literal == "" then
    return nil, "a name stays in the folder of the results: no \"..\", and no \"/\" at the end"
  end
  return check_fields(template)
end

--- Whether the name waits for the task.
function M.needs_task(template)
  return template:find("{task_id}", 1, true) ~= nil
end

--- The name of a result, below its folder; ".*" for {ext}. `values`: fields, nil
--- where there is none.
function M.fill(template, values)
  local name = template:gsub("(%.?){(.-)}", function(dot, field)
    local value = values[field]
    if field == "ext" then
      return ".*"
    elseif value == nil or value == "" then
      return dot .. "none"
    end
    local is_prompt = field == "prompt"
    return dot .. safe(tostring(value), is_prompt and PROMPT_MAX or VALUE_MAX, not is_prompt)
  end)
  return name
end

--- The file that has that name, with any extension for ".*"; nil when it is free.
function M.find(path)
  local stem = path:match "^(.*)%.%*$"
  if not stem then
    return core.kind_of_file(path) and path
  end
  for _, extension in ipairs(EXTENSIONS) do
    local candidate = stem .. "." .. extension
    if core.kind_of_file(candidate) then
      return candidate
    end
  end
  return nil
end

--- `path`, or it with a number, so that no file has that name. `promised`: the
--- set of names that are given to others; this one is added.
function M.free(path, promised)
  local number, candidate = 1, path
  while promised[candidate] or M.find(candidate) do
    number = number + 1
    local stem, extension = path:match "^(.*[^/])(%.[^./]+)$"
    candidate = ("%s-%d%s"):format(stem or path, number, extension or "")
  end
  promised[candidate] = true
  return candidate
end

return M
