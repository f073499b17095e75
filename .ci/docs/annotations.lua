-- Reads LuaCATS annotations, as far as lua/liangxin/types uses them: a list of
-- sections {title, prose, items}. An item is a class, an alias or a function.
-- Pure: text in, tables out.

local annotations = {}

-- The type at the start of `text`, and what follows it. Blanks end a type,
-- unless they stand in brackets or quotes, or after a ":", "," or "|".
local function split_type(text)
  local depth, quoted = 0, false
  for i = 1, #text do
    local char = text:sub(i, i)
    if char == '"' then
      quoted = not quoted
    elseif char:find("[({<%[]") then
      depth = depth + 1
    elseif char:find("[)}>%]]") then
      depth = depth - 1
    elseif char == " " and depth == 0 and not quoted and not text:sub(1, i - 1):find("[:,|]$") then
      return text:sub(1, i - 1), text:sub(i + 1)
    end
  end
  return text, ""
end

local function named_entry(text)
  local name, optional, rest = text:match("^([%w_.%[%]]+)(%??)%s+(.*)$")
  local kind, description = split_type(rest)
  return { name = name, optional = optional == "?", type = kind, description = description }
end

local function return_entry(text)
  local kind, rest = split_type(text)
  local name, description = rest:match("^([%w_.]+)%s*(.*)$")
  return { name = name or "", type = kind, description = description or "" }
end

local function choice_entry(text)
  local value, description = text:match('^"(.-)"%s*#?%s*(.*)$')
  return { value = value, description = description }
end

-- What each tag adds to the item. The entry that it returns takes the lines
-- that follow without a tag.
local TAGS = {
  class = function(item, text)
    item.kind = "class"
    item.name, item.parent = text:match("^([%w_.]+):?%s*([%w_.]*)")
  end,
  alias = function(item, text)
    item.kind = "alias"
    item.name, item.type = text:match("^([%w_.]+)%s*(.*)$")
  end,
  field = function(item, text)
    local entry = named_entry(text)
    table.insert(item.fields, entry)
    return entry
  end,
  param = function(item, text)
    local entry = named_entry(text)
    table.insert(item.params, entry)
    return entry
  end,
  ["return"] = function(item, text)
    local entry = return_entry(text)
    table.insert(item.returns, entry)
    return entry
  end,
}

local function new_item()
  return { description = {}, fields = {}, params = {}, returns = {}, choices = {} }
end

-- The lines of one comment, without their dashes, as an item.
local function read_block(lines)
  local item, entry = new_item(), nil
  for _, line in ipairs(lines) do
    local tag, text = line:match("^@(%a+)%s*(.*)$")
    local choice = line:match("^| (.*)$")
    if tag then
      entry = TAGS[tag] and TAGS[tag](item, text)
    elseif choice then
      entry = choice_entry(choice)
      table.insert(item.choices, entry)
    elseif entry then
      entry.description = entry.description .. " " .. line
    else
      table.insert(item.description, line)
    end
  end
  item.description = table.concat(item.description, "\n")
  return item
end

local function take_function(item, line)
  local name, params = line:match("^function ([%w_.:]+)%((.-)%) end$")
  if name then
    item.kind, item.name, item.arguments = "function", name, params
  end
end

---@param text string
---@return table[] sections
function annotations.read(text)
  local section = { title = "", prose = {}, items = {} }
  local sections, block, in_prose = {}, {}, false
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    local title = line:match("^%-%- (.-) %-%-%-+$")
    local comment = line:match("^%-%-%-(.*)$")
    local prose = in_prose and line:match("^%-%- ?(.*)$")
    if title then
      section = { title = title, prose = {}, items = {} }
      sections[#sections + 1] = section
      in_prose = true
    elseif comment then
      block[#block + 1] = comment
    elseif prose then
      section.prose[#section.prose + 1] = prose
    elseif #block > 0 then
      local item = read_block(block)
      take_function(item, line)
      if item.kind then
        table.insert(section.items, item)
      end
      block = {}
    end
    in_prose = in_prose and (title or prose or line == "") and not comment
  end
  return sections
end

return annotations
