-- Every host, with its real program: lua5.4 spec/hosts/run.lua [NAME...], after
-- the builds for the Luas that rows.lua names; `make hosts`. A row for each run,
-- and at the end "N passed, N failed". What is not installed is skipped, and the
-- row says why. What failed is told again in the last lines, "failed: HOST WHAT: ...".
-- With AGAIN=N a row that failed runs again, N times at most: when it passes each
-- time it counts as passed, and the last lines say "flaky: HOST WHAT: ...".

local rows = require "spec.hosts.rows"

local RUN_S = 60
local LAYOUT = "%-11s %-8s %-8s %-8s %s"

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- What a shell command says, and its exit code.
local function run(command)
  local pipe = io.popen("{ " .. command .. "\n} 2>&1 </dev/null; echo \"rc=$?\"")
  local text = pipe:read "a"
  pipe:close()
  local output, code = text:match "^(.*)rc=(%d+)\n$"
  return output, tonumber(code)
end

local here = run "pwd":match "^[^\n]*"

-- The service for all: its address and key, and a function that ends it.
local function start_sandbox()
  local pipe = io.popen("echo $$; LUA_PATH='lua/?.lua;lua/?/init.lua;;' "
    .. "LUA_CPATH='build/lua5.4/?.so;;' exec lua5.4 lua/bin/liangxin-sandbox "
    .. "--port 0 --speed 100 --key sk-hosts </dev/null")
  local pid = pipe:read "l"
  local base_url = assert(pipe:read "l", "no sandbox"):match "LIANGXIN_BASE_URL=(%S+)"
  return base_url, function()
    run("kill " .. pid)
    pipe:close()
  end
end

local function command_of(row, folder, base_url)
  return table.concat({
    "cd " .. quote(folder),
    "export HERE=" .. quote(here) .. " HOST_FOLDER=" .. quote(folder),
    "export LIANGXIN_BASE_URL=" .. base_url .. " LIANGXIN_API_KEY=sk-hosts",
    ("export LUA_PATH=%s"):format(quote(("%s/lua/?.lua;%s/lua/?/init.lua;%s/?.lua;;"):format(here, here, here))),
    ("export LUA_CPATH=%s"):format(quote(("%s/build/%s/?.so;;"):format(here, row.build))),
    ("timeout -k 5 %d sh -c %s"):format(RUN_S, quote(row.run)),
  }, "\n")
end

local function is_png(path)
  local file = io.open(path, "rb")
  local bytes = file and file:read(8)
  if file then
    file:close()
  end
  return bytes == "\137PNG\r\n\26\n"
end

-- What is wrong with what a program has said and left; nil when nothing is.
local function fault_of(row, output, code, folder)
  if code ~= 0 then
    return code == 124 and "did not end" or "ended with " .. code
  end
  for _, pattern in ipairs(row.says) do
    if not output:find(pattern) then
      return "did not say " .. pattern
    end
  end
  for path in output:gmatch "saved ([%w_/.-]+%.png)" do
    if not is_png(path:find "^/" and path or folder .. "/" .. path) then
      return path .. " is no picture"
    end
  end
  return nil
end

-- passed, failed or skipped; and words about it.
local function try(row, base_url)
  local reason, is_missing = run(row.needs)
  if is_missing ~= 0 then
    return "skipped", reason:match "([^\n]*)\n*$"
  end
  local folder = run "mktemp -d":match "^[^\n]*"
  local output, code = run(command_of(row, folder, base_url))
  local fault = fault_of(row, output, code, folder)
  run("rm -rf " .. quote(folder))
  if fault then
    return "failed", fault .. "\n" .. output
  end
  return "passed", (output:match(row.shows) or ""):gsub("\n.*", "")
end

local wanted = {}
for _, name in ipairs(arg) do
  wanted[name] = true
end

local counts = { passed = 0, failed = 0, skipped = 0 }
local last_words = {}
local again = tonumber(os.getenv "AGAIN") or 0

local function passes_again(row, base_url)
  for _ = 1, again do
    if try(row, base_url) ~= "passed" then
      return false
    end
  end
  return again > 0
end

-- passed or failed, for a row that failed; notes what there was.
local function judge_failure(row, base_url, about)
  local word = passes_again(row, base_url) and "flaky" or "failed"
  local lines = 0
  for line in about:gmatch "[^\n]+" do
    lines = lines + 1
    if lines <= 8 then
      table.insert(last_words, ("%s: %s %s: %s"):format(word, row.host, row.what, line:sub(1, 300)))
    end
  end
  return word == "flaky" and "passed" or "failed"
end

local function try_all(base_url)
  print(LAYOUT:format("host", "what", "Lua", "", ""))
  for _, row in ipairs(rows) do
    if not next(wanted) or wanted[row.host] then
      local word, about = try(row, base_url)
      if word == "failed" then
        word = judge_failure(row, base_url, about)
      end
      counts[word] = counts[word] + 1
      print(LAYOUT:format(row.host, row.what, row.build, word, about))
      io.flush()
    end
  end
end

local base_url, stop_sandbox = start_sandbox()
local ok, raised = xpcall(try_all, debug.traceback, base_url)
stop_sandbox()
assert(ok, raised)
for _, line in ipairs(last_words) do
  print(line)
end
if counts.skipped > 0 then
  print(counts.skipped .. " skipped")
end
print(("%d passed, %d failed"):format(counts.passed, counts.failed))
os.exit(counts.failed == 0 and counts.passed > 0)
