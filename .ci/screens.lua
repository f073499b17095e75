-- Draw lua/liangxin/cli/screens.png again, `make screens`: the program's commands in a
-- terminal (tmux), against the sandbox, as a page that Chromium takes a picture of.
-- Pictures in the terminal are chafa's.

local cli = require("spec.support.cli")
local sandbox_module = require("liangxin.sandbox")
local screen_module = require("spec.support.screen")

local TARGET = "lua/liangxin/cli/screens.png"
local COLUMNS, ROWS = 96, 100
local LINE_PX, WIDTH_PX = 15, 800

local COMMANDS = {
  'generate z-image "a tea house by a lake" seed=7 -o pictures/ --progress none --show symbols',
  "batch rows.csv -o out --progress none",
  "batch rows.csv -o again --progress none",
  "validate rows.csv",
  "watch",
  "spend",
  "models z-image",
  'generate z-image "a pond" sead=1',
  "doctor",
  "gallery out",
  "export -o all.jsonl",
  "prune --before 30d",
  "resume",
}

local ROWS_CSV = 'key,model,prompt,seed\nhero,z-image,"a tea house, dawn",1\nvillain,z-image,a dark forest,2\n'
  .. "end,z-image,[fail] a storm,3\n"

local function find(...)
  for _, name in ipairs({ ... }) do
    local pipe = io.popen("command -v " .. name)
    local path = pipe:read("*l")
    pipe:close()
    if path then
      return path
    end
  end
  print("skipped: there is no " .. (...))
  os.exit(true)
end

-- The terminal's colours as HTML ------------------------------------------------------

local BASE = { [0] = "000000", "cd3131", "0dbc79", "e5e510", "2472c8", "bc3fbc", "11a8cd", "e5e5e5", "666666", "f14c4c",
  "23d18b", "f5f543", "3b8eea", "d670d6", "29b8db", "ffffff" }
local LEVELS = { [0] = 0, 95, 135, 175, 215, 255 }

-- Colour `n` of 256.
local function colour(n)
  if n < 16 then
    return BASE[n]
  elseif n < 232 then
    local cube = n - 16
    return ("%02x%02x%02x"):format(LEVELS[math.floor(cube / 36)], LEVELS[math.floor(cube / 6) % 6], LEVELS[cube % 6])
  end
  return ("%02x"):format(8 + 10 * (n - 232)):rep(3)
end

-- The colour behind 38 or 48, at `i`: it, and where the next code is.
local function extended(codes, i)
  if codes[i] == 5 then
    return colour(codes[i + 1]), i + 2
  end
  return ("%02x%02x%02x"):format(codes[i + 1], codes[i + 2], codes[i + 3]), i + 4
end

local function apply(style, text)
  local codes, i = {}, 1
  for code in (text == "" and "0" or text):gmatch("%d+") do
    codes[#codes + 1] = tonumber(code)
  end
  while codes[i] do
    local code = codes[i]
    i = i + 1
    if code == 0 then
      style.front, style.back, style.is_bold, style.is_reverse = nil, nil, nil, nil
    elseif code == 1 or code == 22 then
      style.is_bold = code == 1
    elseif code == 7 or code == 27 then
      style.is_reverse = code == 7
    elseif code == 38 then
      style.front, i = extended(codes, i)
    elseif code == 48 then
      style.back, i = extended(codes, i)
    elseif code == 39 then
      style.front = nil
    elseif code == 49 then
      style.back = nil
    elseif code >= 30 and code <= 37 or code >= 90 and code <= 97 then
      style.front = BASE[code % 10 + (code >= 90 and 8 or 0)]
    elseif code >= 40 and code <= 47 or code >= 100 and code <= 107 then
      style.back = BASE[code % 10 + (code >= 100 and 8 or 0)]
    end
  end
end

local function span(style, text)
  local front, back = style.front or "d4d4d4", style.back or "111111"
  if style.is_reverse then
    front, back = back, front
  end
  text = text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" })
  return ("<span style='color:#%s;background:#%s%s'>%s</span>"):format(front, back,
    style.is_bold and ";font-weight:bold" or "", text)
end

local function html_of(text)
  local style, parts, at = {}, {}, 1
  for before, codes, after in text:gmatch("()\27%[([%d;]*)m()") do
    parts[#parts + 1] = before > at and span(style, text:sub(at, before - 1)) or nil
    apply(style, codes)
    at = after
  end
  parts[#parts + 1] = span(style, text:sub(at))
  return ("<meta charset=utf-8><style>body{background:#111;margin:14px 22px}"
    .. "pre{font:13px/%dpx 'DejaVu Sans Mono',monospace;margin:0}</style><pre>%s</pre>")
    :format(LINE_PX, table.concat(parts))
end

-- The commands ---------------------------------------------------------------------------

local function script_of(home)
  local lines = {}
  for i, command in ipairs(COMMANDS) do
    local shown = command:gsub(" %-%-progress none", ""):gsub(" %-%-show symbols", "")
    lines[i] = ("printf '\\033[1m$ liangxin %%s\\033[m\\n' %s; (%s)"):format(cli.quote(shown),
      home:command(command, { COLORTERM = "truecolor" }))
  end
  return table.concat(lines, "\n")
end

-- What the terminal shows, with its colours, and nothing of this machine.
local function run(home)
  local screen = screen_module.start(home, script_of(home), COLUMNS, ROWS)
  screen:wait("ended %d+")
  local text = screen:tmux("capture-pane -p -e -N")
  screen:close()
  text = text:gsub("[^\n]*ended %d+.*$", "")
  local path = home.path:gsub("%p", "%%%0")
  text = text:gsub(path .. "/data", "/home/me/.local/share"):gsub(path, "/home/me")
  return (text:gsub("(, Linux) %d[^\n]*", "%1"))
end

local chromium = find("chromium", "chromium-browser")
find("tmux")
find("chafa")
local sandbox = assert(sandbox_module.start({ speed = 20 }))
local home = cli.home():use(sandbox)
home:write("rows.csv", ROWS_CSV)
local text = run(home)
sandbox.stop()
local page, picture_path = home:write("page.html", html_of(text)), home.path .. "/screens.png"
local height = 28 + LINE_PX * select(2, text:gsub("\n", ""))
local command = "%s --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=%d,%d --screenshot=%s "
  .. "file://%s"
local made = os.execute(command:format(chromium, WIDTH_PX, height, cli.quote(picture_path), page)
  .. (" >%s/log 2>&1"):format(home.path))
local picture = cli.read(picture_path)
assert(made and picture, cli.read(home.path .. "/log"))
cli.write(TARGET, picture)
home:remove()
print(TARGET)
os.exit(true)
