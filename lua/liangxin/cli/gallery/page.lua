-- page.lua: one HTML page that shows saved pictures and clips with what made
-- them. It opens from the disk and loads nothing but those files. Plain tables
-- in, text out: knows nothing of the client, the journal or where entries
-- come from.

local core = require "liangxin.core"
local json = require "liangxin.cli.json"
local script = require "liangxin.cli.gallery.script"
local style = require "liangxin.cli.gallery.style"

local M = {}

--- Stands near the beginning of each page, and of no other.
M.MARK = '<meta name="generator" content="liangxin gallery">'

local PAGE = [[
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; ]]
  .. [[style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self' file:; media-src 'self' file:">
@mark@
<meta name="referrer" content="no-referrer">
<title>@title@</title>
<style>
@style@</style>
<header>
  <div>
    <h1 dir="auto">@title@</h1>
    <p dir="auto">@text@</p>
  </div>
  <dl>
@facts@  </dl>
</header>
<div class="tools" role="search">
  <input id="search" type="search" placeholder="Search prompts, models, seeds, names" aria-label="Search"
    autocomplete="off" spellcheck="false">
  <select id="model" aria-label="Model"><option value="">All models</option></select>
  <select id="kind" aria-label="Kind">
    <option value="">Pictures and clips</option>
    <option value="pictures">Pictures</option>
    <option value="clips">Clips</option>
  </select>
  <select id="order" aria-label="Order">
@listed@    <option value="newest">Newest first</option>
    <option value="oldest">Oldest first</option>
    <option value="model">By model</option>
    <option value="credits">Most credits</option>
    <option value="seconds">Slowest</option>
  </select>
  <button id="theme" type="button" title="Light or dark">&#9680; Auto</button>
  <output id="count" aria-live="polite"></output>
</div>
<noscript><p class="none">This page shows its pictures by JavaScript, which is off.</p></noscript>
<main id="grid"></main>
<div id="more"></div>
<footer>
  <kbd>/</kbd> search &nbsp;
  <kbd>&larr;</kbd> <kbd>&rarr;</kbd> <kbd>&uarr;</kbd> <kbd>&darr;</kbd> from card to card &nbsp;
  <kbd>Enter</kbd> open &nbsp; <kbd>Esc</kbd> close
</footer>
<dialog id="viewer" aria-labelledby="title">
  <div class="stage" id="stage"></div>
  <aside>
    <div class="row">
      <span id="place"></span>
      <button id="previous" type="button" aria-label="Previous">&larr;</button>
      <button id="next" type="button" aria-label="Next">&rarr;</button>
      <button id="close" type="button" aria-label="Close">&#10005;</button>
    </div>
    <h2 id="title" dir="auto"></h2>
    <p class="text" id="text" dir="auto"></p>
    <div class="row"><button id="copy" type="button">Copy prompt</button></div>
    <table><tbody id="facts"></tbody></table>
    <a id="file" target="_blank" rel="noopener"></a>
  </aside>
</dialog>
<script id="entries" type="application/json">@entries@</script>
<script>
@script@</script>
</html>
]]

local FACT = "    <div><dt>%s</dt><dd>%s</dd></div>\n"

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

-- Every byte that is no UTF-8 becomes U+FFFD.
local function mended(text)
  return json.decode(core.mend(json.encode { tostring(text) }))[1]
end

local function escape(text)
  return (mended(text):gsub("[%z\1-\8\11\12\14-\31\127]", "\239\191\189"):gsub("[&<>\"']", ENTITIES))
end

--- The URL of a file that is named relative to the page, or absolutely.
function M.url_of(name)
  local path = package.config:sub(1, 1) == "\\" and name:gsub("\\", "/") or name
  local url = path:gsub("[^%w%-%._~/]", function(byte)
    return ("%%%02X"):format(byte:byte())
  end)
  if path:find("^%a:/") then -- a drive of Windows
    return "file:///" .. path:sub(1, 2) .. url:sub(5)
  end
  return (url:gsub("^//+", "/")) -- no other machine
end

local VIDEOS = { mp4 = true, webm = true, mov = true, mkv = true, m4v = true }

-- An entry as the script reads it. Seeds are texts: they may be beyond what a
-- number of JavaScript holds.
local function shown(entry)
  local extension = (entry.file:match "%.(%w+)$" or ""):lower()
  local function text(value)
    return value ~= nil and tostring(value) or nil
  end
  local function number(value)
    return type(value) == "number" and value >= 0 and value < 1e12 and value or nil
  end
  return {
    url = M.url_of(entry.file),
    name = entry.file:match "[^/]+$" or entry.file,
    video = VIDEOS[extension],
    moves = VIDEOS[extension] or extension == "gif",
    model = text(entry.model),
    prompt = text(entry.prompt),
    label = text(entry.label),
    task_id = text(entry.task_id),
    seed = type(entry.seed) == "number" and ("%.0f"):format(entry.seed) or text(entry.seed),
    seconds = number(entry.seconds),
    credits = number(entry.credits),
    when = number(entry.when),
    ratio = number(entry.ratio),
  }
end

local SAFE = { ["<"] = "\\u003c", [">"] = "\\u003e", ["&"] = "\\u0026" }

-- JSON that may stand in an HTML script: in JSON these stand in texts only.
local function entries_text(entries)
  local list = {}
  for i, entry in ipairs(entries) do
    list[i] = shown(entry)
  end
  local text = #list > 0 and json.encode(list) or "[]"
  return (core.mend(text):gsub("[<>&]", SAFE))
end

local function facts_text(facts)
  local lines = {}
  for i, fact in ipairs(facts) do
    lines[i] = FACT:format(escape(fact[2]), escape(fact[1]))
  end
  return table.concat(lines)
end

---@class liangxin.gallery.Entry
---@field file string its path, relative to the page
---@field model? string
---@field prompt? string
---@field label? string a key, or the part it plays
---@field task_id? string
---@field seed? integer|string
---@field seconds? number that the service took
---@field credits? number
---@field when? integer Unix time, s
---@field ratio? number width to height

---@class liangxin.gallery.Sheet
---@field title string
---@field text? string
---@field facts? (string|number)[][] pairs of a figure and its words
---@field entries liangxin.gallery.Entry[]
---@field listed? string what the order of `entries` is called; without, the
---newest is first

---The page as text, in UTF-8 whatever the entries hold.
---@param sheet liangxin.gallery.Sheet
---@return string html
function M.html(sheet)
  local parts = {
    mark = M.MARK,
    title = escape(sheet.title),
    text = escape(sheet.text or ""),
    facts = facts_text(sheet.facts or {}),
    listed = sheet.listed and ('    <option value="">%s</option>\n'):format(escape(sheet.listed)) or "",
    entries = entries_text(sheet.entries),
    style = style,
    script = script,
  }
  return (PAGE:gsub("@(%l+)@", parts))
end

---Write the page to `path`.
---@param path string
---@param sheet liangxin.gallery.Sheet
---@return true? ok, string? err
function M.write(path, sheet)
  return core.replace_file(path, path .. ".part", M.html(sheet))
end

return M
