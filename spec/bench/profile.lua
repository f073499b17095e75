-- Where the CPU of a task goes: lifecycle.lua and floor.c under `perf record`
-- (Linux; `perf` has to be there and allowed), by turns, against one stub; the
-- samples by part, in microseconds of a task, medians. Prints one table, for
-- csrc/README.md. It is no bench: it judges nothing.
--
--   make profile             this tree
--   make profile TREE=DIR    another tree that was built, such as an older one

local child = require("spec.support.child")
local measure = require("spec.bench.measure")

local TASKS, AT_ONCE, RUNS = 10000, 64, 5
local REQUESTS_PER_TASK = 5

local tree = "."
for i = 1, #arg do
  if arg[i] == "--tree" then
    tree = assert(arg[i + 1], "--tree needs a folder")
  end
end

-- Parts of a process by the object that a sample is in, and by its function:
-- the first row that fits. The kernel's are told by system call.
local PARTS = {
  { object = "libcurl", name = "libcurl" },
  { object = "libc%.so", symbols = { "alloc", "free", "unlink_chunk" }, name = "memory (libc)" },
  { object = "libc%.so", name = "the rest of libc" },
  { object = "^lua", name = "Lua" },
  { object = "core%.so", symbols = { "json", "check_", "pass_", "find_mark", "envelope", "outcome", "record" },
    name = "JSON, envelope, record" },
  { object = "core%.so", name = "the rest of the core" },
  { object = "vdso", name = "the clock" },
  { object = "kernel", name = "the rest of the kernel" },
}
local CALLS = { sendto = "send", recvfrom = "receive", poll = "poll" }

local function lines_of(command)
  local pipe = assert(io.popen(command, "r"))
  local lines = {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  return lines
end

local function fits(part, object, symbol)
  if not object:find(part.object) then
    return false
  end
  for _, pattern in ipairs(part.symbols or { "" }) do
    if symbol:find(pattern) then
      return true
    end
  end
  return false
end

local function part_of(object, symbol)
  for _, part in ipairs(PARTS) do
    if fits(part, object, symbol) then
      return part.name
    end
  end
  return "other"
end

-- Shares of the samples in `data` by part.
local function shares(data)
  local found = {}
  local report = "perf report -i '%s' --stdio -g none %s 2>/dev/null"
  for _, line in ipairs(lines_of(report:format(data, "--no-children --sort dso,sym"))) do
    local share, object, symbol = line:match("^%s*([%d.]+)%%%s+(%S+)%s+(.*)")
    if share then
      local name = part_of(object, symbol)
      found[name] = (found[name] or 0) + tonumber(share)
    end
  end
  for _, line in ipairs(lines_of(report:format(data, "--children --sort sym"))) do
    local share, call = line:match("^%s*([%d.]+)%%.*%[k%] __x64_sys_(%w+)%s*$")
    if call and CALLS[call] then
      found["kernel: " .. CALLS[call]] = tonumber(share)
      found["the rest of the kernel"] = found["the rest of the kernel"] - tonumber(share)
    end
  end
  if not next(found) then
    error("perf recorded nothing: is it installed, and allowed (kernel.perf_event_paranoid)?", 0)
  end
  return found
end

local stub = measure.stub("--polls", REQUESTS_PER_TASK - 2)
local words = (" '%s' %d %d"):format(stub.base_url, TASKS, AT_ONCE)
local here = "cd '%s' && exec %s spec/bench/lifecycle.lua"
local PROGRAMS = {
  { name = "liangxin", command = here:format(tree, child.interpreter()) .. words },
  { name = "floor", command = measure.command("floor") .. words },
}

-- Microseconds of a task by part: of a run under perf, by the CPU of one without.
local function run(program, parts)
  local facts = measure.decode(table.concat(lines_of(program.command)))
  local data = os.tmpname()
  local recorded = os.execute(("perf record -q -F 4000 -g -o '%s' sh -c \"%s\" >/dev/null 2>&1")
    :format(data, program.command))
  if recorded ~= true and recorded ~= 0 then
    error("perf record failed: is it installed?", 0)
  end
  for name, share in pairs(shares(data)) do
    parts[name] = parts[name] or {}
    table.insert(parts[name], share / 100 * facts.cpu_us_per_task)
  end
  os.remove(data)
end

for _ = 1, RUNS do
  for _, program in ipairs(PROGRAMS) do
    program.parts = program.parts or {}
    run(program, program.parts)
  end
end
stub:stop()

local function median(parts, name)
  return parts[name] and measure.percentile(parts[name], 0.5) or 0
end

local names = {}
for name in pairs(PROGRAMS[1].parts) do
  names[#names + 1] = name
end
table.sort(names, function(a, b)
  return median(PROGRAMS[1].parts, a) > median(PROGRAMS[1].parts, b)
end)
print(("%-26s %10s %10s"):format("us of a task", PROGRAMS[1].name, PROGRAMS[2].name))
for _, name in ipairs(names) do
  print(("%-26s %10.1f %10.1f"):format(name, median(PROGRAMS[1].parts, name), median(PROGRAMS[2].parts, name)))
end
