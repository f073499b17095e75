-- The service counts an account: the clients that work on one journal share
-- max_requests_per_second, and pause together.

local child = require "spec.support.child"
local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local json = require "spec.support.fault.json"
local postgres = require "spec.support.postgres"
local quick = require "spec.support.quick"
local socket = require "socket"

local PROGRAM = "spec/support/share_child.lua"
local PATIENCE = 60 -- s
local RARELY = { first = 7200, factor = 1, max = 7200, jitter = 0 }

local fault = fault_client.serve()

-- Requests in any `seconds` of those at these times: the most.
local function most_in(seconds, times)
  local most, first = 0, 1
  for last = 1, #times do
    while times[last] - times[first] > seconds do
      first = first + 1
    end
    most = math.max(most, last - first + 1)
  end
  return most
end

-- Of the requests after the first n.
local function times_from(n)
  local times = {}
  for i, request in ipairs(fault:requests()) do
    if i > n then
      times[#times + 1] = request.began
    end
  end
  return times
end

-- The cases for a journal that `place()` names; how many processes; and whether
-- others see at once that one was killed.
local function cases(place, count, is_seen_when_killed)
  local children

  local function start(rate, tasks)
    local arguments = { fault.base_url, place(), tostring(rate), tasks and tostring(tasks) }
    children[#children + 1] = child.start(PROGRAM, arguments, { err_to = "/dev/null" })
  end

  -- Until each of them has made one.
  local function await_first()
    for _, one in ipairs(children) do
      assert.equal("made", one:line())
    end
  end

  local function end_children()
    for _, one in ipairs(children) do
      one:kill("KILL")
      one:finish()
    end
    children = {}
  end

  before_each(function()
    children = {}
    fault:service({ polls_until_success = 0 })
  end)

  after_each(function()
    end_children()
    quick.close()
  end)

  it(("share what the service allows: %d processes"):format(count), function()
    local rate = 40
    for _ = 1, count do
      start(rate)
    end
    await_first()
    local before, began = #fault:requests(), socket.gettime()
    socket.sleep(2)
    -- a second's worth may have been saved up; each by itself would send `count` times as many
    local sent, seconds = #times_from(before), socket.gettime() - began
    assert.is_true(sent <= rate * (seconds + 1) * 1.3, sent .. " were sent")
    assert(fault:await("creates", { at_least = fault:stats().creates + 1 }, PATIENCE))
  end)

  it("get back the share of one that is gone", function()
    local rate, seconds = 12, 2
    start(rate)
    start(rate, not is_seen_when_killed and 8 or nil)
    await_first()
    local second = table.remove(children)
    if is_seen_when_killed then
      second:kill("KILL")
    end
    second:finish()
    local before, limit = #fault:requests(), os.time() + PATIENCE
    -- half of the rate, and what is saved up, is not enough for this
    local enough = rate / 2 * (seconds + 1) + 2
    while most_in(seconds, times_from(before)) < enough and os.time() < limit do
      socket.sleep(0.2)
    end
    assert.is_true(most_in(seconds, times_from(before)) >= enough)
  end)

  it("pause when one of them is told to", function()
    local pause, noticed = 2 * PATIENCE, 2
    fault:rule({ on = "create", script = { polls_until_success = 1e6 }, times = 1 })
    local told = quick.client(fault, { journal = place(), poll = RARELY, deadline = 9000 })
    local task = assert(told:create({ model = "z-image", input = { prompt = "watched" } }))
    start(100)
    await_first()
    fault:rule({ on = "query", task = task.id, status = 429, headers = { { "Retry-After", tostring(pause) } } })
    told:notify(json.encode { taskId = task.id })
    local limit, seen, last = socket.gettime() + PATIENCE, 0, socket.gettime()
    while socket.gettime() - last < noticed do
      assert(socket.gettime() < limit, "they go on")
      told:sleep(0.1)
      local sent = #fault:requests()
      if sent ~= seen then
        seen, last = sent, socket.gettime()
      end
    end
  end)
end

describe("clients of one account", function()
  if not child.can_start then
    pending("no shell to start a process with")
    return
  end
  local folder

  before_each(function()
    folder = folders.new()
  end)

  cases(function()
    return folder .. "/studio.db"
  end, 4, true)

  after_each(function() -- the last one: nobody uses it any more
    folders.remove(folder)
  end)
end)

describe("clients of one account, on PostgreSQL", function()
  local place = postgres.serve()
  if not place then
    return
  end

  cases(place, 2, false)
end)
