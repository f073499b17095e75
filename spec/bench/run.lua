-- `make bench`: runs every bench as a process of its own, shows all figures as
-- one table, says which targets hold, and keeps them as JSON lines in
-- DIR/results.jsonl. Arguments as in measure.lua; further words name benches.
-- Ends well also when a target does not hold: this is no test. It fails when a
-- bench does, or measures nothing.

local json = require("cjson").new()
local child = require("spec.support.child")

-- In this order. `beside`: from here on beside the others, since it waits most of
-- the time.
local BENCHES = {
  { name = "cost" },
  { name = "startup" },
  { name = "limits", beside = true },
  { name = "frames" },
  { name = "arrivals" },
  { name = "scale" },
  { name = "herd" },
  { name = "downloads" },
  { name = "callbacks", beside = true },
  { name = "commits" },
  { name = "journal" },
  { name = "fleet" },
  { name = "scaling" },
  { name = "footprint" },
}

local arguments, wanted, folder = {}, nil, "build/bench"
do
  local i = 1
  while arg[i] do
    if arg[i] == "--programs" then
      folder = assert(arg[i + 1], "--programs needs a folder")
      i = i + 1
    elseif arg[i] ~= "--brief" then
      wanted = wanted or {}
      wanted[arg[i]] = true
    else
      arguments[1] = "--brief"
    end
    i = i + 1
  end
  arguments[#arguments + 1] = "--programs"
  arguments[#arguments + 1] = folder
end

local function read(path, pattern)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text and text:match(pattern) or "unknown"
end

local function output_of(command)
  local pipe = assert(io.popen(command, "r"))
  local text = pipe:read("*l") or "unknown"
  pipe:close()
  return text
end

local function describe_machine()
  return {
    bench = "machine",
    load = read("/proc/loadavg", "^%S+ %S+ %S+"),
    cpu = read("/proc/cpuinfo", "model name%s*: ([^\n]*)"),
    cores = tonumber(output_of("getconf _NPROCESSORS_ONLN")),
    kernel = output_of("uname -sr"),
    curl = output_of("curl --version"):match("libcurl/%S+"),
    lua = rawget(_G, "jit") and rawget(_G, "jit").version or _VERSION,
    date = os.date("!%Y-%m-%dT%H:%M:%SZ"),
  }
end

-- Running ----------------------------------------------------------------------

local function path_of(bench)
  return ("spec/bench/%s.lua"):format(bench.name)
end

local function start(bench)
  bench.run = child.start(path_of(bench), arguments, { err_to = "/dev/stderr" })
end

-- The lines of a bench, decoded, with each as it was written.
local function collect(bench, lines, texts)
  local figures = 0
  for text in function() return bench.run:line() end do
    local ok, line = pcall(json.decode, text)
    if ok and type(line) == "table" then
      texts[#texts + 1], lines[#lines + 1] = text, line
      figures = figures + (line.figure and 1 or 0)
    else
      io.stderr:write(bench.name, ": ", text, "\n")
    end
  end
  bench.run.pipe:close()
  if bench.run.status ~= 0 then
    return ("%s failed (status %s)"):format(bench.name, tostring(bench.run.status))
  elseif figures == 0 then
    return ("%s measured nothing"):format(bench.name)
  end
  return nil
end

-- The table ----------------------------------------------------------------------

local ROW = "%-10s %-46s %10s %-4s %-9s %-6s %s"

local function number(value)
  if value == 0 or math.abs(value) >= 1000 then
    return ("%.0f"):format(value)
  end
  return ("%.3g"):format(value)
end

local function noise(line)
  local text = ""
  if line.runs and line.runs > 1 then
    text = ("%s .. %s in %d runs"):format(number(line.min), number(line.max), line.runs)
  end
  if line.note then
    text = text == "" and line.note or text .. "; " .. line.note
  end
  return text
end

local function verdict(line)
  if line.holds == nil then
    return line.target and "-" or ""
  end
  return line.holds and "holds" or "NOT"
end

local function show(lines)
  local held, missed = 0, {}
  print(ROW:format("bench", "figure", "median", "", "target", "", "least .. most of all runs; what it is of"))
  for _, line in ipairs(lines) do
    if line.figure then
      print((ROW:format(line.bench, line.figure, number(line.value), line.unit or "", line.target or "",
        verdict(line), noise(line)):gsub("%s+$", "")))
      held = held + (line.holds and 1 or 0)
      if line.holds == false then
        missed[#missed + 1] = ("%s: %s"):format(line.bench, line.figure)
      end
    end
  end
  print("\nmeasured elsewhere, with the same stub:")
  for _, line in ipairs(lines) do
    if line.quote then
      print(("  %-10s %s"):format(line.bench, line.quote))
    end
  end
  if arguments[1] == "--brief" then
    print("\na brief run: it shows that the benches work, its figures mean nothing")
  else
    print(("\n%d targets hold, %d do not%s%s"):format(held, #missed, #missed > 0 and ": " or "",
      table.concat(missed, "; ")))
  end
end

local machine = describe_machine()
local lines, texts, problems = {}, { json.encode(machine) }, {}
print(("%s, %d cores, load %s at the start; %s; %s; %s; %s\n"):format(machine.cpu, machine.cores, machine.load,
  machine.kernel, machine.lua, machine.curl or "", machine.date))

local function is_wanted(bench)
  return not wanted or wanted[bench.name]
end

local beside = {}
for _, bench in ipairs(BENCHES) do
  if is_wanted(bench) then
    io.stderr:write(bench.name, " ...\n")
    start(bench)
    if bench.beside then
      beside[#beside + 1] = bench
    else
      problems[#problems + 1] = collect(bench, lines, texts)
    end
  end
end
for _, bench in ipairs(beside) do
  problems[#problems + 1] = collect(bench, lines, texts)
end

if #problems == 0 and #lines == 0 then
  problems[1] = "no such bench: nothing was run"
end
show(lines)
local path = folder .. "/results.jsonl"
local file = assert(io.open(path, "wb"))
file:write(table.concat(texts, "\n"), "\n")
file:close()
print("JSON lines: " .. path)
for _, problem in ipairs(problems) do
  io.stderr:write(problem, "\n")
end
os.exit(#problems == 0, true)
