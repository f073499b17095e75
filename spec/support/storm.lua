-- storm.lua: programs with one journal that are killed at random moments, run
-- again, and audited against the service's bill. The moments come from a seed and
-- from how long the batch takes here.
--
--   local storm = require("spec.support.storm").new(fault, {
--     folder = folder, journal = folder .. "/studio.db", sql = ask_sqlite,
--     seed = 1, processes = 2 })
--   storm:rage(50) -- kills
--   ... storm.figures, storm.problems

local child = require("spec.support.child")
local folders = require("spec.support.folder")
local http = require("socket.http")
local json = require("spec.support.fault.json")
local lfs = require("lfs")
local quick = require("spec.support.quick")
local socket = require("socket")

local PROGRAM = "spec/support/storm_child.lua"
local KEYS = 10
local KILLS_A_ROUND = 8
local PRICE_MC = 137
local PATIENCE_S = 120
local ALWAYS = "always"

local Storm = {}
Storm.__index = Storm

local storm = { PROGRAM = PROGRAM }

--- `options`: folder, journal (place), sql (function(statement) -> text), seed,
--- processes (default 1), loses (answers of creates that are lost in a round, and
--- healed by callbacks; default 0), after_round (function(self)), before
--- (function(self) -> what child.start takes, of each program).
function storm.new(fault, options)
  local self = setmetatable({
    fault = fault,
    options = options,
    random_state = options.seed % 2147483647,
    rounds = 0,
    span_s = 0.3, -- about how long a batch takes; adapted
    problems = {},
    figures = { kills = 0, keys = 0, billed = 0, unknown = 0, healed = 0, resolved = 0, saved = 0 },
  }, Storm)
  return self
end

-- From 0 to 1; the same on every Lua.
function Storm:random()
  self.random_state = (self.random_state * 48271) % 2147483647
  return self.random_state / 2147483647
end

function Storm:check(is_so, text, ...)
  if not is_so then
    self.problems[#self.problems + 1] = ("round %d: "):format(self.rounds) .. text:format(...)
  end
  return is_so
end

function Storm:add(figure, count)
  self.figures[figure] = self.figures[figure] + count
end

-- The programs -----------------------------------------------------------------

function Storm:start(way)
  local program = child.start(PROGRAM, {
    self.fault.base_url, self.options.journal, self.out, KEYS,
    ("%.3f"):format(self.ceiling_mc / 1000), way,
  }, { before = self.options.before and self.options.before(self) })
  local first = program:line()
  self:check(first == "ready", "a program did not start: %s", tostring(first))
  return program
end

-- What a program that has ended said: whether it came to its end.
function Storm:read(said)
  local has_ended = false
  for line in said:gmatch("[^\n]+") do
    local kind = line:match("^failed\t[^\t]*\t([^\t]*)")
    has_ended = has_ended or line == "end"
    self:check(line == "end" or line:find("^Killed") -- the shell says that
      or kind == "outcome_unknown" or kind == "budget" and self.short > 0, "a program said: %s", line)
  end
  return has_ended
end

-- True when the kill met it at work.
function Storm:kill(program)
  program:kill("KILL")
  local status, said = program:finish()
  self:check(status == 137, "a program ended with %s", tostring(status))
  local was_at_work = not self:read(said)
  if was_at_work then
    self:add("kills", 1)
  end
  self.span_s = self.span_s * (was_at_work and 1.05 or 0.8)
  return was_at_work
end

-- Start them, and kill and start again the next one whose time has come. It is over
-- after `kills`, or when one has ended before its kill.
function Storm:kill_some(kills)
  local slots = {}
  local function start(slot)
    slots[slot] = { program = self:start("stay"), due_s = socket.gettime() + self:random() * self.span_s }
  end
  local function first_due()
    local found = 1
    for slot = 2, #slots do
      found = slots[slot].due_s < slots[found].due_s and slot or found
    end
    return found
  end
  for slot = 1, self.options.processes or 1 do
    start(slot)
  end
  for _ = #slots + 1, kills do
    local slot = first_due()
    socket.sleep(math.max(0, slots[slot].due_s - socket.gettime()))
    local was_at_work = self:kill(slots[slot].program)
    start(slot)
    if not was_at_work then
      break
    end
  end
  for slot = 1, #slots do
    socket.sleep(math.max(0, slots[slot].due_s - socket.gettime()))
    self:kill(slots[slot].program)
  end
end

-- To the end, without a kill.
function Storm:run_through()
  local programs = {}
  for i = 1, self.options.processes or 1 do
    programs[i] = self:start("leave")
  end
  for _, program in ipairs(programs) do
    local status, said = program:finish()
    self:check(status == 0 and self:read(said), "a program that nobody killed ended with %s: %s", tostring(status),
      said)
  end
end

-- The audit --------------------------------------------------------------------

-- The bill when nothing is under way any more: key -> task, and how many there are.
function Storm:bill()
  assert(self.fault:await("open_connections", { at_most = 0 }, PATIENCE_S))
  local bill, count = {}, 0
  for _, request in ipairs(self.fault:requests({ kind = "create", billed = true })) do
    local body = assert(json.decode(request.body))
    local key = body.input.prompt
    self:check(not bill[key], "%s was billed twice", key)
    bill[key] = { task = assert(request.task), callback = body.callBackUrl, model = body.model }
    count = count + 1
  end
  return bill, count
end

-- key -> entry, as the journal exports it.
function Storm:entries(client)
  local path = self.out .. "-export"
  assert(client.journal:export(path))
  local entries = {}
  for line in io.lines(path) do
    local entry = assert(json.decode(line))
    entries[entry.key] = entry
  end
  os.remove(path)
  return entries
end

local function names(entry, task)
  for _, attempt in ipairs(entry.attempts) do
    if attempt.task_id == task then
      return true
    end
  end
  return entry.state == "sending" or entry.state == "unknown"
end

-- All are dead: what was billed is named by the journal.
function Storm:audit_dead(client)
  local bill = self:bill()
  local entries = self:entries(client)
  for key, billed in pairs(bill) do
    local entry = entries[key]
    self:check(entry and names(entry, billed.task), "%s was billed, and the journal says %s", key,
      entry and entry.state or "nothing")
  end
  for _, entry in pairs(entries) do
    local found = "found_" .. entry.state
    self.figures[found] = (self.figures[found] or 0) + 1
  end
end

local function await_known(client, key)
  local deadline = socket.gettime() + PATIENCE_S
  repeat
    local entry = assert(client.journal:entries({ key = key }))()
    if entry.state ~= "unknown" then
      return true
    end
    client:sleep(0.01)
  until socket.gettime() > deadline
  return false
end

-- What a person, or the service's callback, says about what nobody knows.
function Storm:settle_unknown(client)
  local bill = self:bill()
  for entry in assert(client.journal:entries({ state = "unknown" })) do
    local billed = bill[entry.key]
    self:add("unknown", 1)
    if billed and self.options.loses then
      assert(client:notify(json.encode({ taskId = billed.task, model = billed.model,
        param = json.encode({ callBackUrl = billed.callback }) })))
      if self:check(await_known(client, entry.key), "%s was not healed", entry.key) then
        self:add("healed", 1)
      end
    else
      assert(client.journal:resolve(entry, billed and billed.task or "nothing"))
      self:add("resolved", 1)
    end
  end
end

local function read_file(path)
  local file = io.open(path, "rb")
  local bytes = file and file:read("*a")
  if file then
    file:close()
  end
  return bytes
end

-- Everything has ended: what is paid, what is saved, and nothing else.
function Storm:audit_end(client)
  local _, billed = self:bill()
  local wanted = KEYS - self.short
  self:add("keys", KEYS)
  self:add("billed", billed)
  self:check(billed == wanted, "%d were billed of %d", billed, wanted)
  for key, entry in pairs(self:entries(client)) do
    if self:check(entry.state == "saved", "%s is %s at the end", key, entry.state) then
      self:add("saved", 1)
      local file = entry.files[1]
      local bytes = read_file(file.path)
      self:check(bytes and bytes == http.request(assert(json.decode(entry.urls))[1]), "%s is not whole: %s", key,
        file.path)
    end
  end
  local found = folders.list(self.out)
  self:check(#found == wanted, "%d files in the folder: %s", #found, table.concat(found, ", "))
  local spend = assert(client.journal:spend())
  self:check(spend.charged * 1000 == wanted * PRICE_MC and spend.reserved == 0, "charged %s, reserved %s",
    tostring(spend.charged), tostring(spend.reserved))
end

-- A round ----------------------------------------------------------------------

function Storm:with_client(fn)
  local client = quick.client(self.fault, { journal = self.options.journal })
  fn(self, client)
  client:close()
end

-- `loses`: answers, as in the options.
function Storm:script(loses)
  local fault = self.fault
  fault:clear_rules()
  fault:service({ polls_until_success = 2, file = { size = 60000 } })
  if loses then
    fault:rule({ on = "create", act = "reset", times = 1 + math.floor(self:random() * loses) })
  end
  fault:rule({ on = "create", delay_s = 0.01, times = ALWAYS })
  fault:rule({ on = "file", drip = { bytes = 10000, every_s = 0.004 }, times = ALWAYS })
end

-- A new batch. In every third round the ceiling is short of some keys; in the others
-- it is exact: what leaks once would be missing in the end.
function Storm:round(kills)
  self.rounds = self.rounds + 1
  self.out = ("%s/out%d"):format(self.options.folder, self.rounds)
  assert(lfs.mkdir(self.out))
  self.short = self.rounds % 3 == 0 and 1 + math.floor(self:random() * 3) or 0
  self.ceiling_mc = (KEYS - self.short) * PRICE_MC + (self.short > 0 and PRICE_MC - 1 or 0)
  self.fault:reset()
  self:script(self.options.loses)
  self:kill_some(kills)
  self:with_client(self.audit_dead)
  self:run_through()
  self:script() -- what was nothing is sent again, and heard of
  self:with_client(self.settle_unknown)
  self:run_through()
  self:with_client(self.audit_end)
  local used = tonumber(self.options.sql("SELECT sum(used_mc) FROM " .. (self.options.schema or "") .. "budget_use"))
  self:check(used == (KEYS - self.short) * PRICE_MC, "the ceiling of %d counts %s", self.ceiling_mc, tostring(used))
  self.options.after_round(self)
end

--- Rounds until that number of programs was killed at work, or something is wrong.
function Storm:rage(kills)
  local goal = self.figures.kills + kills
  while self.figures.kills < goal and #self.problems == 0 do
    self:round(math.min(KILLS_A_ROUND + (self.options.processes or 1), goal - self.figures.kills))
  end
  return self.figures
end

return storm
