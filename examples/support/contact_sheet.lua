-- contact_sheet.lua: one HTML page that shows every picture of a run with what
-- made it. Plain text in, a file out; knows nothing of the service.

local M = {}

local PAGE = [[
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
  :root {
    color-scheme: light dark;
    --paper: #f4f2ec; --ink: #23252b; --soft: #6b6f78; --card: #fff; --line: #e3dfd5; --mark: #a8502f
  }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #131519; --ink: #edebe5; --soft: #999da7; --card: #1c1f25; --line: #2b2f37; --mark: #e39b6d }
  }
  * { box-sizing: border-box; margin: 0 }
  body {
    padding: clamp(1rem, 3vw, 3rem); background: var(--paper); color: var(--ink);
    font: 15px/1.5 system-ui, sans-serif
  }
  main {
    display: grid; gap: 1.25rem; max-width: 92rem; margin: auto; grid-auto-flow: dense;
    grid-template-columns: repeat(auto-fill, minmax(min(17.5rem, 100%%), 1fr))
  }
  header { display: flex; flex-direction: column; padding: 1.25rem .5rem 1.25rem 0 }
  h1 { font-size: 2.5rem; line-height: 1.08; letter-spacing: -.03em; text-wrap: balance }
  header p { margin-top: .9rem; color: var(--soft) }
  dl {
    display: grid; grid-template-columns: auto 1fr; gap: 0 .8rem; align-items: baseline;
    margin-top: auto; padding-top: 1.5rem
  }
  dt { color: var(--mark); font-size: 1.7rem; font-weight: 650; text-align: right }
  dd { color: var(--soft) }
  figure {
    display: flex; flex-direction: column; overflow: hidden; background: var(--card);
    border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 8px 24px -12px #0003
  }
  img, video { display: block; width: 100%%; object-fit: cover; background: #0002 }
  figcaption { display: flex; flex: 1; flex-direction: column; padding: .9rem 1.1rem 1rem }
  figcaption div { display: flex; gap: .8rem; justify-content: space-between; align-items: baseline }
  b { font-weight: 650; overflow-wrap: anywhere }
  i { color: var(--mark); font-size: .8rem; font-style: normal; white-space: nowrap }
  q { display: block; margin: .25rem 0 .7rem; quotes: none; text-wrap: pretty }
  small { display: block; margin-top: auto; color: var(--soft); font-size: .82rem }
  small a { display: block; overflow: hidden; color: inherit; text-overflow: ellipsis; white-space: nowrap }
  @media (min-width: 44rem) { .wide { grid-column: span 2 } }
</style>
<main>
  <header>
    <h1>%s</h1>
    <p>%s</p>
    <dl>
%s    </dl>
  </header>
%s</main>
</html>
]]

local FACT = "      <dt>%s</dt><dd>%s</dd>\n"

local FIGURE = [[
  <figure%s>
    <a href="%s">%s</a>
    <figcaption>
      <div><b>%s</b><i>%s</i></div>
      <q>%s</q>
      <small>seed %s &middot; %.1f s<a href="%s">%s</a></small>
    </figcaption>
  </figure>
]]

local IMAGE = '<img src="%s" alt="%s" style="aspect-ratio: %.4f">'
local VIDEO = '<video src="%s" title="%s" style="aspect-ratio: %.4f" controls loop muted autoplay playsinline></video>'
local VIDEO_NAMES = { mp4 = true, webm = true, mov = true }

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function escape(text)
  return (tostring(text):gsub("[&<>\"']", ENTITIES))
end

-- File names stand in attributes as relative URLs.
local function url_of(name)
  return (name:gsub("[^%w%-%._~/]", function(c)
    return ("%%%02X"):format(c:byte())
  end))
end

local function figure(picture)
  local url, ratio = url_of(picture.file), picture.ratio or 1
  local show = VIDEO_NAMES[picture.file:match "%.(%w+)$"] and VIDEO or IMAGE
  return FIGURE:format(ratio > 1.4 and ' class="wide"' or "", url,
    show:format(url, escape(picture.prompt), ratio), escape(picture.model), escape(picture.role),
    escape(picture.prompt), escape(picture.seed or "not given"), picture.seconds, url, escape(picture.file))
end

local function concat(list, show)
  local texts = {}
  for i, item in ipairs(list) do
    texts[i] = show(item)
  end
  return table.concat(texts)
end

--- Write the page to `path`: true, or nil, message.
--- sheet: title, text, facts (list of {number, words}), pictures (list of {file=,
--- role=, model=, prompt=, seed=, seconds=, ratio=}); files are relative to it.
function M.write(path, sheet)
  local facts = concat(sheet.facts, function(fact)
    return FACT:format(escape(fact[1]), escape(fact[2]))
  end)
  local page = PAGE:format(escape(sheet.title), escape(sheet.title), escape(sheet.text), facts,
    concat(sheet.pictures, figure))
  local file, message = io.open(path, "wb")
  if not file then
    return nil, message
  end
  local ok
  ok, message = file:write(page)
  if not ok then
    file:close()
    return nil, message
  end
  return file:close()
end

return M
