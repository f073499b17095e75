-- What can be checked of Markdown pages without a browser: links to files and
-- headings that do not exist, lines that are too long, and paths of the C map
-- that lead nowhere.

local markdown = require "docs.markdown"

local pages = {}

local LINE_MAX = 120 -- characters, but for what is made by `make docs`

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

-- Also true for a folder.
local function exists(path)
  local file = io.open(path, "rb")
  if file then
    file:close()
  end
  return file ~= nil
end

-- "a/b/../c" is "a/c".
local function resolve(folder, path)
  local parts = {}
  for part in (folder .. path):gmatch("[^/]+") do
    if part == ".." then
      table.remove(parts)
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return table.concat(parts, "/")
end

local function anchors_of(text)
  local anchors, slugs = {}, markdown.slugs()
  for heading in markdown.headings(text) do
    anchors[slugs(heading)] = true
  end
  return anchors
end

local function without_code(text)
  return (("\n" .. text):gsub("\n```.-\n```", ""):gsub("`[^`\n]*`", ""))
end

local function check_link(complaints, page, text, link)
  local path, anchor = link:match("^([^#]*)#?(.*)$")
  local target = path ~= "" and resolve(page:match("^(.-)[^/]*$"), path)
  if target and not exists(target) then
    complaints[#complaints + 1] = ("%s: link to %s, which does not exist"):format(page, link)
  elseif anchor ~= "" and not anchors_of(target and read(target) or text)[anchor] then
    complaints[#complaints + 1] = ("%s: link to %s: no such heading"):format(page, link)
  end
end

local function check_links(complaints, page, text)
  -- A link's own text may be code, so only its target is looked at.
  for link in without_code(text):gmatch("%]%(([^)%s]+)%)") do
    if not link:find("^%a+:") then
      check_link(complaints, page, text, link)
    end
  end
end

local function check_lines(complaints, page, text)
  local number = 0
  for line in text:gmatch("([^\n]*)\n") do
    number = number + 1
    if line:find("made by `make docs`", 1, true) then
      return
    end
    local _, length = line:gsub("[^\128-\191]", "")
    if length > LINE_MAX then
      complaints[#complaints + 1] = ("%s:%d: a line of %d characters"):format(page, number, length)
    end
  end
end

-- In the map every `file.c`, `file.h`, `file.lua` and `folder/` is a path from
-- its own folder.
local function check_paths(complaints, page, text)
  local folder = page:match("^(.-)[^/]*$")
  for path in text:gmatch("`([%w_./-]+)`") do
    if path:find("%.[ch]$") or path:find("%.lua$") or path:find("%w/$") then
      if not exists(resolve(folder, path)) then
        complaints[#complaints + 1] = ("%s: there is no %s"):format(page, path)
      end
    end
  end
end

---What is wrong with one page.
---@param page string its path
---@param text string
---@return string[] complaints
function pages.complaints(page, text)
  local complaints = {}
  check_links(complaints, page, text)
  check_lines(complaints, page, text)
  if page == "csrc/README.md" then
    check_paths(complaints, page, text)
  end
  return complaints
end

---What is wrong with all pages.
---@return string[] complaints
function pages.check()
  local all = {}
  local list = assert(io.popen("git ls-files '*.md' | grep -v '^spec/data/' | sort"))
  for page in list:lines() do
    for _, complaint in ipairs(pages.complaints(page, assert(read(page), page))) do
      all[#all + 1] = complaint
    end
  end
  list:close()
  return all
end

return pages
