-- What `make hosts` runs. Each row: host, what (trial: spec/hosts/trial.lua in
-- that host; example: the program of examples/), needs (a command that fails
-- where the host is missing, and says why), build (of
-- which Lua), run (with $HERE, $HOST_FOLDER and the service's variables, in a
-- folder of its own), says (patterns of the output), shows (what of it the table
-- shows).

local rows = {}

local TRIAL = "host [^\n]* worst step [%d.]+ ms"
local LOOK = "look() { command -v $1 >/dev/null || { echo $1 is not installed; exit 1; }; }; "

local function add(host, what, build, needs, run, says, shows)
  rows[#rows + 1] = {
    host = host,
    what = what,
    build = build,
    needs = needs,
    run = run,
    says = says,
    shows = shows or says[1],
  }
end

local function trial(host, build, needs, run)
  add(host, "trial", build, needs, run, { TRIAL }, "host ([^\n]* worst step [%d.]+ ms)")
end

-- Programs of the system's.
local function program(...)
  local parts = {}
  for _, name in ipairs { ... } do
    parts[#parts + 1] = "look " .. name
  end
  return LOOK .. table.concat(parts, "; ")
end

-- A host that is a module of Lua's.
local function module(host, lua, name, count)
  local needs = ("%slook %s; %s -e \"require '%s'\" 2>/dev/null || { echo %s is not installed for %s; exit 1; }")
    :format(LOOK, lua, lua, name, name, lua)
  local build = lua
  trial(host, build, needs, ("exec %s $HERE/spec/hosts/%s.lua"):format(lua, name == "lgi" and "glib" or name))
  if count then
    add(host, "example", build, needs, ("exec %s $HERE/examples/%s/pictures.lua"):format(lua, host),
      { ("saved [^\n]*\n"):rep(count) })
  end
end

module("luv", "lua5.4", "luv", 2)
module("luv", "luajit", "luv")
module("cqueues", "lua5.4", "cqueues", 2)
module("cqueues", "luajit", "cqueues")
module("copas", "luajit", "copas", 2)
add("copas 4", "trial", "luajit", "echo Copas 4 needs timerwheel, which Debian has not; false", "", {})
module("luasocket", "lua5.4", "socket", 1)
module("luasocket", "luajit", "socket")
module("glib", "lua5.3", "lgi", 1)
module("glib", "luajit", "lgi")

trial("tarantool", "luajit", program "tarantool", "exec tarantool $HERE/spec/hosts/tarantool.lua")
add("tarantool", "example", "luajit", program "tarantool", "exec tarantool $HERE/examples/tarantool/pictures.lua",
  { "saved [^\n]*: a kite over a beach\nsaved [^\n]*: a lighthouse at night" })

local NVIM = "exec nvim --headless -u NONE -i NONE -n "
trial("nvim", "luajit", program "nvim", NVIM .. "-c 'luafile '$HERE/spec/hosts/nvim.lua")
add("nvim", "example", "luajit", program "nvim", [[
nvim --headless -u NONE -i NONE -n -c "luafile $HERE/examples/nvim/picture.lua" -c 'Picture a lighthouse at night' \
  -c 'lua assert(vim.wait(20000, function() return vim.api.nvim_buf_line_count(0) == 2 end, 10))' \
  -c 'w page.md' -c 'Picture one that nobody waits for' -c 'qa!' &&
cat page.md && sed -n 's/.*(\(.*\))/saved \1/p' page.md]],
  { "saved [^\n]*", "!%[a lighthouse at night%]%(pictures/" })

local LOVE = "SDL_AUDIODRIVER=dummy ALSOFT_DRIVERS=null xvfb-run -a love "
trial("love", "luajit", program("love", "xvfb-run"), LOVE .. "$HERE/spec/hosts/love")
add("love", "example", "luajit", program("love", "xvfb-run"),
  "cp $HERE/examples/love/*.lua . && cat $HERE/spec/hosts/love/watch.lua >>main.lua && " .. LOVE .. ".",
  { "%d+ frames, the longest [^\n]*", "the backdrop is there" })

trial("openresty", "luajit", "sh .ci/nginx", "exec lua5.4 $HERE/spec/hosts/openresty/trial.lua")
add("openresty", "example", "luajit", "sh .ci/nginx",
  "exec lua5.4 $HERE/spec/hosts/openresty/requests.lua", {
    "reload: the request got its result\nquit: the request got its result\n",
    "nginx ended %d",
  }, "nginx ended [^\n]*")

for healed, name in ipairs { "openresty", "nginx" } do
  add(name, "webhook", "luajit", "sh .ci/nginx", "exec lua5.4 $HERE/spec/hosts/webhooks/callbacks.lua " .. name,
    { ("healed by [^\n]*\n"):rep(healed) .. ("billed %d times"):format(healed) }, "billed %d+ times")
end

trial("mpv", "lua5.2", program "mpv", "exec mpv --no-config --idle=yes --vo=null --ao=null --really-quiet "
  .. "--script=$HERE/spec/hosts/mpv.lua")
add("mpv", "example", "lua5.2", program "mpv", "mpv --no-config --idle=once --ao=null --vo=image "
  .. "--vo-image-format=png --image-display-duration=0.2 --really-quiet --script=$HERE/examples/mpv/still.lua "
  .. "--script-opts=still-prompt='a kite over a beach' && echo saved pictures/*.png && echo saved 00000001.png",
  { "saved pictures/[^\n]*\n", "saved 00000001.png" })

trial("haproxy", "lua5.3", program "haproxy", "export HOST_PROGRAM=$HERE/spec/hosts/haproxy/haproxy.lua; "
  .. "exec haproxy -f $HERE/spec/hosts/haproxy/haproxy.cfg")
add("haproxy", "example", "lua5.3", program("haproxy", "curl"), [[
cd $HERE/examples/haproxy
PORT=$(lua5.4 -e "print((select(2, require('socket').bind('127.0.0.1', 0):getsockname())))")
export PORT
haproxy -f haproxy.cfg & pid=$!
curl -sS --retry 20 --retry-connrefused --retry-delay 1 "http://127.0.0.1:$PORT/draw?prompt=a+kite"
curl -sS "http://127.0.0.1:$PORT/draw"
kill $pid
wait $pid || true]], { "http://[^\n]*%.png", "say what to draw" })

trial("awesome", "lua5.3", program("awesome", "xvfb-run"), "xvfb-run -a awesome -c $HERE/spec/hosts/awesome.lua")
add("awesome", "example", "lua5.3", program("awesome", "xvfb-run"),
  "HOME=$HOST_FOLDER LUA_PATH=\"$HERE/examples/awesome/?.lua;$LUA_PATH\" XDG_CACHE_HOME=$HOST_FOLDER/cache "
  .. "xvfb-run -a awesome -c $HERE/spec/hosts/awesome_watch.lua", { "saved [^\n]*" })

local C = "make -s -C $HERE/examples/c OUT=$HOST_FOLDER >/dev/null && exec ./frames-%s "
for _, kind in ipairs { "dynamic", "static" } do
  trial("c, " .. kind, "lua5.4", program("cc", "pkg-config"), C:format(kind) .. "$HERE/spec/hosts/c.lua")
  add("c, " .. kind, "example", "lua5.4", program("cc", "pkg-config"),
    C:format(kind) .. "$HERE/examples/c/game.lua", { "%d+ frames, the longest [^\n]*", "saved " })
end

return rows
