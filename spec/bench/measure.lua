-- What the benches share: the programs they measure against, what the kernel
-- says about this process (Linux), statistics, and one JSON line per figure.
-- A figure without a measurement is an error. Arguments of every bench:
--
--   --brief          once and short: shows that it works, judges nothing
--   --programs DIR   where stub and floor were built (build/bench)

local core = require("liangxin.core")
local json = require("cjson").new()
local raw_http = require("spec.support.raw_http")

local measure = { brief = false, now = core.now }

local programs = "build/bench"
for i = 1, #arg do
  if arg[i] == "--brief" then
    measure.brief = true
  elseif arg[i] == "--programs" then
    programs = assert(arg[i + 1], "--programs needs a folder")
  end
end

---`whole`, or `short` with --brief.
function measure.size(whole, short)
  return measure.brief and short or whole
end

---What a line of JSON says.
function measure.decode(text)
  return (json.decode(text))
end

-- Programs -----------------------------------------------------------------------

---The command that starts a built program with `words`, for a shell.
---@param name string
---@param ... string|number
---@return string
function measure.command(name, ...)
  local path = programs .. "/" .. name
  local file = io.open(path, "rb")
  if not file then
    error(path .. " is missing: make benches BUILD=" .. programs, 0)
  end
  file:close()
  return table.concat({ "exec", path, ... }, " ")
end

local Stub = {}
Stub.__index = Stub

---Start stub.c; it ends when its pipe is closed, however this process ends.
---@param ... string|number its options
function measure.stub(...)
  local pipe = assert(io.popen(measure.command("stub", ...), "r"))
  local line = pipe:read("*l")
  if not line then
    error("the stub did not start", 0)
  end
  local port = json.decode(line).port
  return setmetatable({ pipe = pipe, port = port, base_url = ("http://127.0.0.1:%d"):format(port) }, Stub)
end

---What it has counted.
function Stub:stats()
  local connection = assert(raw_http.connect(self.base_url))
  local answer = assert(connection:ask("GET", "/__stats"))
  connection:close()
  return json.decode(answer.body)
end

function Stub:stop()
  self.pipe:close()
end

-- This process -------------------------------------------------------------------

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function kilobytes(path, name)
  return tonumber(read(path):match("\n" .. name .. ":%s+(%d+) kB")) * 1024
end

---Bytes resident now, to the page, and the most there ever were.
function measure.resident()
  return kilobytes("/proc/self/smaps_rollup", "Rss")
end

function measure.peak()
  return kilobytes("/proc/self/status", "VmHWM")
end

---Seconds that this thread has run, and has waited for a processor: the kernel
---brings the first up to date when the thread stops or every few milliseconds.
function measure.thread_times()
  local ran, waited = read("/proc/thread-self/schedstat"):match("^(%d+) (%d+)")
  return tonumber(ran) / 1e9, tonumber(waited) / 1e9
end

-- Statistics ---------------------------------------------------------------------

---The value that a share of `values` (a list, which gets sorted) does not exceed.
function measure.percentile(values, share)
  if #values == 0 then
    error("nothing was measured", 2)
  end
  table.sort(values)
  return values[math.max(1, math.ceil(#values * share))]
end

---Call fn `runs` times: the list of what it returned.
function measure.repeated(runs, fn)
  local values = {}
  for i = 1, runs do
    values[i] = fn(i)
  end
  return values
end

-- Figures ------------------------------------------------------------------------

local name = arg[0]:match("([%w_]+)%.lua$")

-- One line; lua-cjson writes "/" as "\\/".
local function say(line)
  print((json.encode(line):gsub("\\/", "/")))
  io.stdout:flush()
end

local function target_of(figure)
  if figure.at_most then
    return "<= " .. figure.at_most, figure.value <= figure.at_most
  elseif figure.under then
    return "< " .. figure.under, figure.value < figure.under
  elseif figure.at_least then
    return ">= " .. figure.at_least, figure.value >= figure.at_least
  end
  return nil, nil
end

---Print a figure: {figure=, value= or runs= (a list, whose median it is), unit=,
---at_most= or under= or at_least= (the target), note=}.
function measure.tell(figure)
  local line = { bench = name, figure = figure.figure, unit = figure.unit, note = figure.note }
  if figure.runs then
    figure.value = measure.percentile(figure.runs, 0.5)
    line.runs, line.min, line.max = #figure.runs, figure.runs[1], figure.runs[#figure.runs]
  end
  local value = figure.value
  if type(value) ~= "number" or value ~= value or math.abs(value) == math.huge then
    error(("%s: no value was measured"):format(figure.figure), 2)
  end
  line.value = value
  line.target, line.holds = target_of(figure)
  if measure.brief then
    line.holds, line.brief = nil, true
  end
  say(line)
end

---What others measured with the same stub on another machine (no figure of this
---run): shown beside it.
function measure.quote(text)
  say({ bench = name, quote = text })
end

return measure
