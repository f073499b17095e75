-- What every host must do, as one coroutine of the host's own. A host's program
-- beside this file attaches, calls trial.run(host) and ends with trial.ended().
-- The last line that it prints is "host <version> worst step <n> ms", which
-- run.lua looks for; anything that is wrong raises or ends the process.

local liangxin = require "liangxin"

local trial = {}

local IDLE_STEPS_MAX = 20
local LEAVE_S = 3 -- a driver that sleeps on its descriptor would take longer

local input = { prompt = "a tree", image_size = "square" }
local steps, worst_s = 0, 0
local is_timing = true
local closed_at

-- The client's steps, timed, until what they resume is only for tests.
local function time_steps(client)
  local step = client.step
  function client.step(self, budget)
    local before = liangxin.now()
    steps = steps + 1
    local count = step(self, budget)
    if is_timing then
      worst_s = math.max(worst_s, liangxin.now() - before)
    end
    return count
  end
end

local function open(host, errors, options)
  local client = liangxin.new(options)
  time_steps(client)
  return client, host.attach(client, {
    loop = host.loop,
    on_error = function(err)
      errors[#errors + 1] = tostring(err)
    end,
  })
end

local function is_png(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read(8)
  file:close()
  return bytes == "\137PNG\r\n\26\n"
end

-- A task created, waited for and saved; jobs that raise stop nothing.
local function draw(client, errors)
  local job = client:spawn(function()
    return #liangxin.check(client:generate("z-image", input)).urls
  end)
  client:spawn(function()
    client:sleep(0.02)
    error "raised after a wait"
  end)
  client:spawn(error, "raised at once")
  local result = liangxin.check(client:generate("z-image", input))
  assert(result.record.data.taskId == result.task_id) -- decoded by lua-cjson
  local files = liangxin.check(result:save((os.getenv "HOST_FOLDER") .. "/"))
  assert(is_png(files[1].path))
  assert(job:wait() == 1)
  assert(#errors == 2, table.concat(errors, "; "))
end

-- A driver that sleeps hears of an error at once, not with the next event.
local function wake_the_idle(client, errors)
  client:sleep(0.1)
  client:spawn(error, "raised while idle")
  client:sleep(0.3)
  assert(#errors == 3, "an error was not heard of")
end

-- A driver that watches the descriptor does nothing while nothing happens.
local function stay_idle(client)
  local before = steps
  client:sleep(0.3)
  assert(steps - before < IDLE_STEPS_MAX, (steps - before) .. " steps in 0.3 s")
end

-- pending() counts who is parked, until it goes on.
local function count_parked(host, client)
  local started, gone_on = 0, 0
  local gate = client:spawn(function()
    client:sleep(60)
  end)
  for _ = 1, 3 do
    host.start(function()
      started = started + 1
      local value, err = gate:wait(30)
      assert(value == nil and err.kind == "cancelled")
      gone_on = gone_on + 1
    end)
  end
  while started < 3 do
    client:sleep(0.01)
  end
  -- The job and its timer; three coroutines and their timers.
  assert(client:pending() == 8, "pending() is " .. client:pending())
  gate:cancel()
  while gone_on < 3 do
    client:sleep(0.01)
  end
  assert(client:pending() == 0, "pending() is " .. client:pending())
end

-- With a journal: what was made and saved is answered without a request.
local function keep_in_journal(host, errors)
  local folder = os.getenv "HOST_FOLDER"
  local client, loop = open(host, errors, { journal = folder .. "/studio.db" })
  local opts = { key = "tree", save = folder .. "/kept/" }
  local first = liangxin.check(client:generate("z-image", input, opts))
  local requests = client:stats().requests
  local again = liangxin.check(client:generate("z-image", input, opts))
  assert(again.task_id == first.task_id and client:stats().requests == requests)
  assert(is_png(again.files[1].path))
  local next_entry = liangxin.check(client.journal:entries { key = "tree" })
  assert(next_entry().state == "saved")
  client:close()
  assert(not loop:is_running())
end

-- Stop and close in any order, with work under way.
local function leave_in_any_order(host)
  is_timing = false -- clients are made in the step that came here
  for _, order in ipairs { "stop close", "close stop", "stop stop close close", "close" } do
    local errors, kind = {}, nil
    local client, loop = open(host, errors)
    client:spawn(function()
      local _, err = client:sleep(60)
      kind = err.kind
    end)
    for word in order:gmatch "%a+" do
      if word == "stop" then
        loop:stop()
      else
        client:close()
      end
      assert(not loop:is_running())
    end
    assert(kind == "closed" and #errors == 0)
  end
end

-- Leave the loop and come back: the client has lost nothing.
local function attach_again(host, client, loop, errors)
  local job = client:spawn(function()
    client:sleep(0.05)
    return "slept"
  end)
  loop:stop()
  assert(client.park == nil and job.status == "waiting")
  loop = host.attach(client, {
    loop = host.loop,
    on_error = function(err)
      errors[#errors + 1] = tostring(err)
    end,
  })
  assert(job:wait() == "slept")
  return loop
end

-- Close with requests under way: one that nobody waits for, and one of a job's.
local function close_busy(client)
  local kind
  client:spawn(function()
    local _, err = client:generate("z-image", input)
    kind = err.kind
  end)
  client:create { model = "z-image", input = input }
  client:spawn(client.generate, client, "z-image", input)
  closed_at = liangxin.now()
  client:close()
  assert(kind == "closed")
end

local function check(host, client, loop, errors)
  draw(client, errors)
  wake_the_idle(client, errors)
  if not host.ticks then
    stay_idle(client)
  end
  count_parked(host, client)
  keep_in_journal(host, errors)
  leave_in_any_order(host)
  loop = attach_again(host, client, loop, errors)
  client:sleep(0.3) -- the driver is deep in its sleep
  close_busy(client)
  assert(not loop:is_running())
  loop:stop()
  assert(#errors == 3, table.concat(errors, "; "))
end

-- Run fn(...) to its end; what it raises ends the process.
local function guard(fn, ...)
  local count, args = select("#", ...), { ... }
  local ok, raised = xpcall(function()
    fn((table.unpack or unpack)(args, 1, count))
  end, debug.traceback)
  if not ok then
    io.stderr:write(tostring(raised), "\n")
    os.exit(1)
  end
end

--- Do it all. host.attach: the adapter's; host.start(fn): run fn in a coroutine
--- of the host's; host.loop: what the adapter needs; host.ticks: it steps at each
--- tick and watches nothing; host.finish(): end the host's loop, where that does
--- not end by itself.
function trial.run(host)
  local errors = {}
  local client, loop = open(host, errors)
  host.start(function()
    guard(check, host, client, loop, errors)
    if host.finish then
      host.finish()
    end
  end)
end

--- For hosts without an adapter, which call the function that this returns at
--- each tick: what can be done in a job. finish() is called at the end.
function trial.ticks(finish)
  local errors = {}
  local client = liangxin.new {
    on_error = function(err)
      errors[#errors + 1] = tostring(err)
    end,
  }
  time_steps(client)
  client:spawn(guard, function()
    draw(client, errors)
    close_busy(client)
    finish()
  end)
  return function()
    if not closed_at then
      client:step()
    end
  end
end

--- A coroutine that nobody manages, for hosts without their own.
function trial.start(fn)
  assert(coroutine.resume(coroutine.create(fn)))
end

--- The host's loop has ended.
function trial.ended(version)
  local seconds = liangxin.now() - assert(closed_at, "the loop ended too early")
  assert(seconds < LEAVE_S, ("leaving took %.1f s"):format(seconds))
  io.stdout:write(("host %s worst step %.2f ms\n"):format(version, worst_s * 1000))
  io.stdout:flush()
end

return trial
