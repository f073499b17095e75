-- How a value from a request looks inside a message: one line, short, and
-- without what must not get into logs. Prompts are named by their length
-- only, URLs lose their query and credentials, data URIs lose their data.
-- Knows nothing of models.

local show = {}

local SHOWN_MAX = 60

---Number of code points in `text`. Bytes that are no UTF-8 count as they fall;
---the encoder is who refuses them.
function show.length(text)
  local _, count = text:gsub("[^\128-\191]", "")
  return count
end

-- Cuts at a code point and escapes what could break the line.
local function quote(text)
  local cut = text
  if #text > SHOWN_MAX then
    cut = text:sub(1, SHOWN_MAX):gsub("[\192-\255][\128-\191]*$", "")
  end
  local safe = cut:gsub("[^\32-\126\128-\255]", function(byte)
    return ("\\%d"):format(byte:byte())
  end)
  if #cut < #text then
    return ('"%s..." (%d characters)'):format(safe, show.length(text))
  end
  return '"' .. safe .. '"'
end

local function show_string(text, role)
  if role == "text" then
    local length = show.length(text)
    local plural = length == 1 and "" or "s"
    return ("a text of %d character%s"):format(length, plural)
  end
  local head = text:sub(1, 5):lower()
  if head == "data:" then
    local media = text:sub(6, 45):match("^%w+/[%w.+-]+")
    return ("a data URI of %s, %d bytes"):format(media or "no type", #text)
  end
  if text:find("^%a[%w+.-]*://") then
    local bare = text:gsub("^(%a[%w+.-]*://)[^/?#]*@", "%1", 1)
    local path = bare:match("^[^?#]*")
    return quote(path) .. (#path < #bare and " with a query" or "")
  end
  return quote(text)
end

local function show_number(number)
  if number ~= number then
    return "NaN"
  elseif number == math.huge then
    return "infinity"
  elseif number == -math.huge then
    return "-infinity"
  end
  return tostring(number)
end

---The text that stands for `value` in a message.
---@param value any
---@param role? "text"|"image" what the parameter holds
---@return string
function show.value(value, role)
  local kind = type(value)
  if kind == "string" then
    return show_string(value, role)
  elseif kind == "number" then
    return show_number(value)
  elseif kind == "boolean" then
    return tostring(value)
  elseif kind == "nil" then
    return "missing"
  elseif kind == "userdata" and getmetatable(value) == nil then
    return "null"
  end
  local meta = kind == "table" and getmetatable(value)
  local is_picture = type(meta) == "table" and rawget(meta, "__name") == "liangxin.image"
  return is_picture and "a local picture" or "a " .. kind
end

---A list of names as it reads in a sentence.
function show.names(names, last_word)
  local count = #names
  if count < 2 then
    return names[1] or ""
  end
  local head = table.concat(names, ", ", 1, count - 1)
  return head .. " " .. last_word .. " " .. names[count]
end

---A list of texts, each in quotes, as it reads in a sentence.
function show.choice(values)
  local quoted = {}
  for i, value in ipairs(values) do
    quoted[i] = '"' .. value .. '"'
  end
  return show.names(quoted, "or")
end

return show
