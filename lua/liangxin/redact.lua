-- redact.lua: what is private in a request, in an answer and in the words around
-- them, and what is shown in its place. Prompts appear by their length, callback
-- URLs by their origin, other URLs without query and password, keys not at all.
-- Words that are a parameter's name or value stay, also where a prompt is the
-- same word.

local json = require "liangxin.json"
local pairs = require("liangxin.walk").pairs

local M = {}

--- Begins the name of a picture in the text of a request: not found in others.
M.PICTURE = "\1"

local DEPTH_MAX = 32 -- JSON inside JSON inside ...
local SHORT = 64 -- bytes; longer texts of an input may be prompts by other names
local SECRET_MIN = 4
local WORD_MAX = 16 -- bytes of a parameter's value that is no sentence
local START = 16 -- this much of a prompt's beginning gives it away

-- Vocabulary -----------------------------------------------------------------

local function add_words(words, plain, spec)
  if spec.name then
    words[spec.name] = true
    plain[spec.name] = spec.role ~= "text"
  end
  for _, value in ipairs(spec.enum or {}) do
    words[tostring(value)] = true
  end
  for alias in pairs(spec.aliases or {}) do
    words[tostring(alias)] = true
  end
  if spec.item then
    add_words(words, plain, spec.item)
  end
  for _, field in ipairs(spec.fields or {}) do
    add_words(words, plain, field)
  end
end

local words, plain_names

-- The catalogue's words, and the names in it that hold no private text.
local function vocabulary()
  if not words then
    local found, plain = { ["true"] = true, ["false"] = true, null = true }, {}
    for _, model in ipairs(require("liangxin.models").list()) do
      found[model.id] = true
      for _, spec in ipairs(model.parameters) do
        add_words(found, plain, spec)
      end
    end
    words, plain_names = found, plain
  end
  return words, plain_names
end

-- Whether `text` of that name is a prompt. A name that goes on behind "prompt" is
-- one of a switch or a number where its value is one short word.
local function names_prompt(name, text)
  local lower = type(name) == "string" and name:lower()
  if not lower then
    return false
  end
  local _, plain = vocabulary()
  if plain[name] then
    return false
  elseif lower:find("prompts?$") or lower == "text" then
    return true
  end
  return lower:find("prompt", 1, true) ~= nil and (#text > WORD_MAX or text:find("[^%w._+-]") ~= nil)
end

local function names_callback(name)
  return type(name) == "string" and name:lower():find("callback", 1, true) ~= nil
end

-- URLs and keys --------------------------------------------------------------

local function count(text)
  return ("<%d bytes>"):format(#text)
end

local function is_url(text)
  return text:find("^%a[%w+.-]*://") ~= nil
end

-- Without a user's name and password.
local function bare_url(text)
  return (text:gsub("(://)[^/?#%s\"'<>@]*@", "%1"))
end

local function origin(url)
  return bare_url(url):match("^%a[%w+.-]*://[^/?#]*") .. "/..."
end

-- Text around URLs and what looks like a key.
local function mask(text)
  text = text:gsub("(data:[%w/.+-]*;base64,)[%w+/=_-]+", "%1***")
  text = text:gsub("(%a[%w+.-]*://[^%s?#\"'<>]*)[?#][^%s\"'<>(){}|\\^`%[%]]*", "%1?***")
  return (text:gsub("%f[%w]([sS][kK]%-)[%w_*.~+/=-]+", "%1***"))
end

-- Secrets --------------------------------------------------------------------

--- What is to be removed from words: filled by `M.request` and `M.answer`.
--- `shows_prompts`: prompts are no secrets.
function M.new_secrets(shows_prompts)
  return { texts = {}, callbacks = {}, spared = {}, shows_prompts = shows_prompts }
end

local function is_private(secrets, text, name, place)
  return not secrets.shows_prompts
    and (names_prompt(name, text) or place.is_input and #text > SHORT and not is_url(text))
end

local collect

local function is_picture(text)
  return text:sub(1, 10) == M.PICTURE .. "<picture,"
end

local function collect_text(secrets, text, name, place)
  if is_picture(text) then
    return
  end
  local inner = text:find("^%s*[{%[]") and json.read(text)
  if is_private(secrets, text, name, place) then
    secrets.texts[#secrets.texts + 1] = text
  elseif names_callback(name) and is_url(text) then
    local address = bare_url(text):match("^%a[%w+.-]*://[^/?#]+/[^?#]+")
    secrets.callbacks[#secrets.callbacks + 1] = address -- nil: all origin
  elseif type(inner) == "table" then
    collect(secrets, inner, name, place)
  elseif place.is_request then
    secrets.spared[text] = true
  end
end

-- `place`: {is_request =, is_input =, depth =}
function collect(secrets, value, name, place)
  if type(value) == "string" then
    collect_text(secrets, value, name, place)
  elseif type(value) == "table" and place.depth < DEPTH_MAX then
    for key, item in pairs(value) do
      if type(key) == "string" and place.is_request then
        secrets.spared[key] = true
      end
      collect(secrets, item, type(key) == "number" and name or key, {
        is_request = place.is_request,
        is_input = place.is_input or key == "input",
        depth = place.depth + 1,
      })
    end
  end
end

local function escape(text)
  return (text:gsub("%p", "%%%0"):gsub("%z", "%%z"))
end

-- A short prompt is removed as a word, not inside of others.
local function erase_word(text, secret, spared)
  if #secret < SECRET_MIN or spared[secret] or vocabulary()[secret] then
    return text
  end
  local before = secret:find("^%w") and "%f[%w]" or ""
  local behind = secret:find("%w$") and "%f[%W]" or ""
  return (text:gsub(before .. escape(secret) .. behind, "<removed>"))
end

-- A long one, also where it was cut.
local function erase_start(text, secret)
  local from = 1
  while true do
    local at = text:find(secret:sub(1, START), from, true)
    if not at then
      return text
    end
    local length = START
    while length < #secret and text:byte(at + length) == secret:byte(length + 1) do
      length = length + 1
    end
    text = text:sub(1, at - 1) .. "<removed>" .. text:sub(at + length)
    from = at + #"<removed>"
  end
end

-- Without the paths of callbacks, whose tokens may stand in them.
local function erase_callbacks(text, secrets)
  text = bare_url(text)
  for _, url in ipairs(secrets.callbacks) do
    text = text:gsub(escape(url), (origin(url):gsub("%%", "%%%%")))
  end
  return text
end

local function erase(text, secrets)
  text = erase_callbacks(text, secrets)
  table.sort(secrets.texts, function(a, b)
    return #a > #b
  end)
  for _, secret in ipairs(secrets.texts) do
    if #secret >= START then
      text = erase_start(text, secret)
    else
      text = erase_word(text, secret, secrets.spared)
    end
  end
  return text
end

--- Words for people, without the secrets.
function M.words(text, secrets)
  return mask(erase(text, secrets))
end

-- Values ---------------------------------------------------------------------

local show

local function show_text(secrets, text, name, place)
  if names_prompt(name, text) and not secrets.shows_prompts then
    return count(text)
  elseif is_picture(text) then
    return text:sub(2)
  elseif text:find("^data:") then
    return "<data URI of " .. #text .. " bytes>"
  elseif is_url(text) then
    return names_callback(name) and origin(text)
      or (erase_callbacks(text, secrets):gsub("^([^?#]*)[?#].*$", "%1?..."))
  end
  local inner = text:find("^%s*[{%[]") and json.read(text)
  if type(inner) == "table" then
    return json.encode(show(secrets, inner, name, place)) or count(text)
  elseif is_private(secrets, text, name, place) then
    return count(text)
  end
  return M.words(text, secrets)
end

function show(secrets, value, name, place)
  if type(value) == "string" then
    return show_text(secrets, value, name, place)
  elseif type(value) ~= "table" then
    return value
  elseif place.depth >= DEPTH_MAX then
    return "..."
  end
  local out = {}
  for key, item in pairs(value) do
    -- A list of prompts is as secret as one.
    out[key] = show(secrets, item, type(key) == "number" and name or key, {
      is_input = place.is_input or key == "input",
      depth = place.depth + 1,
    })
  end
  return out
end

-- The line of a JSON text; nil when it is none.
local function show_json(text, secrets, is_request)
  local value = json.read(text)
  if type(value) ~= "table" then
    return nil
  end
  collect(secrets, value, nil, { is_request = is_request, depth = 0 })
  return json.encode(show(secrets, value, nil, { depth = 0 }))
end

--- The text of a request as one line; what is private in it goes to `secrets`.
--- Without lua-cjson each of its texts may be private, and only its length shows.
function M.request(text, secrets)
  if not json.is_there() then
    for inside in text:gmatch('[^"\\]+') do
      secrets.texts[#secrets.texts + 1] = inside
    end
  end
  return show_json(text, secrets, true) or count(text)
end

-- A page, a plain text, or JSON that nobody can mend: its beginning, with long
-- strings by their length.
local function show_garbage(text, secrets)
  local start = text:sub(1, 2048)
  if #text > #start then
    start = start:gsub("[\192-\255][\128-\191]*$", "") .. " ..."
  end
  start = start:gsub('"([^"]*)', function(inside)
    return #inside > SHORT and '"' .. count(inside) or nil
  end)
  return (M.words(start, secrets):gsub("%c+", " "))
end

--- The same of an answer, be it JSON or not.
function M.answer(text, secrets)
  if not json.is_there() then
    return count(text)
  end
  return show_json(text, secrets, false) or show_garbage(text, secrets)
end

return M
