-- durations.lua: keeps between runs what clients have learned about how long
-- models take. The text is the core's. The file has one for each base_url: what
-- a sandbox's tasks take says nothing about a service's.
--
-- A section is a line "# <base_url>" and the text, no line of which begins like
-- that. The section that was written last comes first.

local core = require "liangxin.core"
local errors = require "liangxin.errors"

local M = {}

local FILE_MAX = 4 * 2 ^ 20
local SECTIONS_MAX = 8

-- The sections in `path`, a list of {url =, text =}; empty when there is no
-- file, or too much in it.
local function read(path)
  local sections = {}
  local text = core.read_file(path, FILE_MAX) or ""
  for line in text:gmatch("[^\n]+") do
    local url = line:match("^# (.+)$")
    local section = sections[#sections]
    if url then
      sections[#sections + 1] = { url = url, lines = {} }
    elseif section then
      section.lines[#section.lines + 1] = line
    end
  end
  for _, section in ipairs(sections) do
    section.text = table.concat(section.lines, "\n")
  end
  return sections
end

-- A sandbox has another port each time, so sections of this machine go first.
local function drop_one(sections)
  for i = #sections, 2, -1 do
    local _, host = core.parse_url(sections[i].url)
    if not host or core.is_loopback(host) then
      return table.remove(sections, i)
    end
  end
  return table.remove(sections)
end

-- The file's text with `text` for `base_url`.
local function merge(sections, base_url, text)
  local merged = { { url = base_url, text = text } }
  for _, section in ipairs(sections) do
    if section.url ~= base_url then
      merged[#merged + 1] = section
    end
  end
  while #merged > SECTIONS_MAX do
    drop_one(merged)
  end
  local parts = {}
  for i, section in ipairs(merged) do
    parts[i] = ("# %s\n%s\n"):format(section.url, section.text)
  end
  return table.concat(parts)
end

--- What `path` has for `base_url`; nil when there is no path, or nothing.
function M.load(path, base_url)
  for _, section in ipairs(path and read(path) or {}) do
    if section.url == base_url then
      return section.text
    end
  end
  return nil
end

--- Keep `text` for `base_url` in `path`, replaced in one step, unless nothing is
--- to be kept or nothing is new since `loaded`: true, or nil, err.
function M.save(path, base_url, text, loaded)
  if not path or not text or text == loaded then
    return true
  end
  local temporary = ("%s.%s.tmp"):format(path, core.token())
  local ok, message = core.replace_file(path, temporary, merge(read(path), base_url, text))
  if not ok then
    return nil, errors.new("file", ("cannot keep the durations in %s: %s"):format(path, message))
  end
  return true
end

return M
