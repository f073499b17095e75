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
  :root { color-scheme: light dark; --paper: #f6f4ef; --ink: #22242a; --soft: #6c7079; --card: #fff; --line: #e2ded5 }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #16181d; --ink: #eceae4; --soft: #9a9da6; --card: #20232a; --line: #30343d }
  }
  * { box-sizing: border-box }
  body { margin: 0 auto; padding: 3rem 1.5rem; max-width: 84rem; background: var(--paper); color: var(--ink);
         font: 16px/1.5 system-ui, sans-serif }
  h1 { margin: 0; font-size: 1.9rem; letter-spacing: -.02em }
  header p { margin: .3rem 0 2.2rem; color: var(--soft) }
  main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)) }
  figure { margin: 0; overflow: hidden; background: var(--card); border: 1px solid var(--line); border-radius: 12px }
  figure a { display: block; background: #0002 }
  img { display: block; width: 100%%; aspect-ratio: 1; object-fit: cover }
  figcaption { padding: .9rem 1.1rem 1.1rem }
  b { font-weight: 600 }
  .role { float: right; color: var(--soft); font-size: .85rem }
  q { display: block; margin: .35rem 0 .6rem; quotes: none }
  small { color: var(--soft); font-size: .85rem }
</style>
<header>
  <h1>%s</h1>
  <p>%s</p>
</header>
<main>
%s</main>
</html>
]]

local FIGURE = [[
  <figure>
    <a href="%s"><img src="%s" alt="%s" loading="lazy"></a>
    <figcaption>
      <span class="role">%s</span><b>%s</b>
      <q>%s</q>
      <small>seed %s &middot; %.1f s &middot; %s</small>
    </figcaption>
  </figure>
]]

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
  local url = url_of(picture.file)
  return FIGURE:format(url, url, escape(picture.prompt), escape(picture.role), escape(picture.model),
    escape(picture.prompt), escape(picture.seed or "none"), picture.seconds, escape(picture.file))
end

--- Write the page to `path`. Each picture: {file=, role=, model=, prompt=,
--- seed=, seconds=}; files are relative to the page. True, or nil, message.
function M.write(path, title, subtitle, pictures)
  local figures = {}
  for i, picture in ipairs(pictures) do
    figures[i] = figure(picture)
  end
  local file, message = io.open(path, "wb")
  if not file then
    return nil, message
  end
  file:write(PAGE:format(escape(title), escape(title), escape(subtitle), table.concat(figures)))
  return file:close()
end

return M
