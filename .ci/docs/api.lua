-- The API reference, as Markdown, from what annotations.lua read.

local markdown = require "docs.markdown"

local api = {}

-- How programs write an object of a class, where that is not its name.
local OBJECTS = { Error = "err", Models = "liangxin.models" }

local function call_of(item)
  local class, separator, name = item.name:match("^(%u%w*)([.:])(.*)$")
  local path = class and (OBJECTS[class] or class:lower()) .. separator .. name or item.name
  return ("%s(%s)"):format(path, item.arguments)
end

local function short(name)
  return (name:gsub("^liangxin%.", ""))
end

local function heading_of(item)
  return item.kind == "function" and "`" .. call_of(item) .. "`" or "`" .. short(item.name) .. "`"
end

-- The headings first, so that types can link to them.
local function collect_anchors(sections, head)
  local anchors, slugs = {}, markdown.slugs()
  for heading in markdown.headings(head) do
    slugs(heading)
  end
  slugs("Reference")
  for _, section in ipairs(sections) do
    if #section.items > 0 then
      slugs(section.title)
    end
    for _, item in ipairs(section.items) do
      item.anchor = slugs(heading_of(item))
      anchors[item.name] = item.anchor
    end
  end
  return anchors
end

-- The parts of a type that "|" separates, outside of brackets.
local function alternatives(kind)
  local parts, depth, start = {}, 0, 1
  for i = 1, #kind do
    local char = kind:sub(i, i)
    if char:find("[({<%[]") then
      depth = depth + 1
    elseif char:find("[)}>%]]") then
      depth = depth - 1
    elseif char == "|" and depth == 0 then
      parts[#parts + 1] = kind:sub(start, i - 1)
      start = i + 1
    end
  end
  parts[#parts + 1] = kind:sub(start)
  return parts
end

local function show_type(kind, anchors)
  local shown = {}
  for i, part in ipairs(alternatives(kind)) do
    local anchor
    for name in part:gmatch("liangxin%.%u%w*") do
      anchor = anchors[name]
    end
    local code = "`" .. part:gsub("liangxin%.(%u)", "%1") .. "`"
    shown[i] = anchor and ("[%s](#%s)"):format(code, anchor) or code
  end
  return table.concat(shown, " or ")
end

local function entry_rows(entries, anchors)
  local rows = {}
  for i, entry in ipairs(entries) do
    local name = "`" .. entry.name .. (entry.optional and "?" or "") .. "`"
    rows[i] = { name, show_type(entry.type, anchors), entry.description }
  end
  return rows
end

local function add_returns(out, item, anchors)
  if #item.returns == 0 then
    return
  end
  local shown = {}
  for i, entry in ipairs(item.returns) do
    local name = entry.name ~= "" and entry.name ~= "..." and " `" .. entry.name .. "`" or ""
    local description = entry.description ~= "" and " (" .. entry.description .. ")" or ""
    shown[i] = show_type(entry.type, anchors) .. name .. description
  end
  out:add("Returns " .. table.concat(shown, ", "))
end

-- "when; charged: x; retryable: y; what to do" of an error kind.
local function kind_cells(description)
  local rest, charged = description, ""
  local when, tail = description:match("^(.-); (charged: .*)$")
  if when then
    charged, tail = tail:match("^charged: ([^;]*); (.*)$")
    rest = when
  end
  local retryable, advice = (tail or ""):match("^retryable: ([^;]*);? ?(.*)$")
  return { rest, charged, retryable or "", advice or "" }
end

local function add_choices(out, item)
  local rows = {}
  for i, choice in ipairs(item.choices) do
    local cells = kind_cells(choice.description)
    table.insert(cells, 1, "`" .. choice.value .. "`")
    rows[i] = cells
  end
  out:table({ "kind", "when", "charged", "retryable", "what to do" }, rows)
end

local function add_item(out, item, anchors)
  out:heading(4, heading_of(item))
  if item.parent and item.parent ~= "" then
    out:add(("All fields of %s, and:"):format(show_type(item.parent, anchors)))
  end
  out:add(item.description)
  if item.kind == "alias" and item.type ~= "" then
    out:add("One of " .. show_type(item.type, anchors) .. ".")
  end
  if #item.fields > 0 then
    out:table({ "field", "type", "meaning" }, entry_rows(item.fields, anchors))
  end
  if #item.params > 0 then
    out:table({ "argument", "type", "meaning" }, entry_rows(item.params, anchors))
  end
  if #item.choices > 0 then
    add_choices(out, item)
  end
  add_returns(out, item, anchors)
end

local function add_overview(out, sections)
  local rows = {}
  for _, section in ipairs(sections) do
    for _, item in ipairs(section.items) do
      if item.kind == "function" then
        local sentence = (item.description .. " "):match("^(.-%.)%s") or item.description
        rows[#rows + 1] = { ("[`%s`](#%s)"):format(call_of(item), item.anchor), sentence }
      end
    end
  end
  out:table({ "call", "" }, rows)
end

---@param sections table[] of annotations.read
---@param head string the part of the page above
---@return string markdown
function api.page(sections, head)
  local anchors = collect_anchors(sections, head)
  local out = markdown.new()
  out:heading(2, "Reference")
  out:add("`name?` may be left out; `Type?` may be nil. Editors know the classes with `liangxin.` before their names.")
  add_overview(out, sections)
  for _, section in ipairs(sections) do
    if #section.items > 0 then
      out:heading(3, section.title)
      out:add(table.concat(section.prose, "\n"))
      for _, item in ipairs(section.items) do
        add_item(out, item, anchors)
      end
    end
  end
  return out:text()
end

return api
