-- working.lua: client:work, a worker of a fleet: claims what is enqueued, sends
-- and watches it, and takes over what dead workers have left. What it has claimed
-- and not sent when it dies is claimed by others; what it was sending is unknown.

local asking = require "liangxin.journal.asking"
local core = require "liangxin.core"
local errors = require "liangxin.errors"
local healing = require "liangxin.journal.healing"
local json = require "liangxin.json"
local money = require "liangxin.journal.money"
local notify = require "liangxin.notify"
local phase = require "liangxin.task.phase"
local request_module = require "liangxin.request"
local resume = require "liangxin.journal.resume"
local structured = require "liangxin.async.structured"
local task_module = require "liangxin.task"

local M = {}

local CLAIM_MAX = 256
local TAKE_SECONDS = 2 -- between looks at what dead owners have left
local IDLE_FIRST, IDLE_MAX = 0.05, 1 -- s between looks at an empty queue
local TROUBLE_SECONDS = 1 -- after what may be better later
local SAVE_FIRST, SAVE_MAX = 4, 600 -- s before files are saved again that could not be

-- After one of these every further create would be refused, too.
local HOPELESS = { auth = true, quota = true, forbidden = true }
local OVER = { closed = true, cancelled = true, forked = true }

-- The request of a row ------------------------------------------------------------

-- The body as it is kept, and its callBackUrl: enqueuing.lua puts that at the end.
local function split(body)
  local start, callback = body:match('^(.*),"callBackUrl":("[^"]*")}$')
  if not start then
    return body, nil
  end
  return start .. "}", (json.decode("[" .. callback .. "]") or {})[1]
end

-- The task of a row that was claimed, ready to be sent, and its wish.
local function claimed_task(work, row)
  local client = work.client
  local body, callback = split(row.body)
  local request = json.decode(body)
  local input = request and type(request.input) == "table" and request.input or {}
  local task = task_module.new(client, nil, row.model, request_module.learning_key(row.model, input), work.opts)
  local url = client._listening and client._listening:_url_for(callback) or callback
  local token = url and notify.new_token(client, task)
  if url then
    body = ('%s,"callBackUrl":%s}'):format(body:sub(1, -2), (core.encode(request_module.mark_callback(url, token))))
  end
  task._has_callback, task._is_called_back = callback ~= nil, url ~= nil
  task._request, task._request_bytes = body, #body
  task.key, task._save = row.key, row.target
  return task, { model = row.model, body = row.body, options = { key = row.key, save = row.target }, token = token,
    claimed = row.id }
end

-- One entry -------------------------------------------------------------------------

-- What the caller's function gets.
local function entry_of(row, task)
  return {
    id = row.id,
    key = row.key,
    batch = row.batch,
    model = row.model,
    priority = row.priority,
    target = row.target,
    task_id = task and task.id or row.task_id,
    credits = money.credits(row.charged),
  }
end

-- It may be better later: it is for others again. True where it is.
local function give_back(work, row)
  local is_back, err
  repeat
    is_back, err = asking.ask(work.client, { verb = "release", entry = row.id })
  until is_back ~= nil or OVER[err.kind] or not work.client:sleep(TROUBLE_SECONDS)
  return is_back
end

-- Whether others will tell what comes of it: nothing was sent, or a callback had
-- named the task before its create was given up, or there is a result and the journal
-- could not be asked when it was to be saved.
local function is_for_others(work, row, task, err)
  if row.body and (err.charged == "no" or err.kind == "outcome_unknown") then
    return give_back(work, row)
  elseif err.kind == "journal" and task and task.id then
    give_back(work, row)
    return true
  end
  return false
end

local function tell(work, row, task, result, err)
  local is_cut_off = err and OVER[err.kind] and not err.retryable -- what was withdrawn may be sent again
  if not result and (is_cut_off or is_for_others(work, row, task, err)) then
    work.rest_until = core.now() + TROUBLE_SECONDS
  else
    local name = result and "done" or "failed"
    work.counts[name] = work.counts[name] + 1
    if err and HOPELESS[err.kind] then
      work.failure = work.failure or err
    end
    work.fn(result, err, entry_of(row, task))
  end
end

-- There is a result, and its files could not be saved: that is tried again, ever
-- less often.
local function note_saving(work, row, task, result, err)
  local tried = work.saves[row.id]
  if result then
    work.saves[row.id] = nil
  elseif err.kind ~= "journal" and task.id and task.state == "success" and task._save then
    local pause = tried and math.min(2 * tried.pause, SAVE_MAX) or SAVE_FIRST
    work.saves[row.id] = { at = core.now() + pause, pause = pause }
  end
end

-- A job: `begin` gives the task's result, or nil, err.
local function handle(work, row, task, begin)
  local result, err = begin(task)
  phase.claim(task)
  note_saving(work, row, task, result, err)
  tell(work, row, task, result, err)
  work.running = work.running - 1
  work.client._scheduler:finish(work.bell)
end

local function start(work, row, task, begin)
  work.running = work.running + 1
  work.client:spawn(handle, work, row, task, begin)
end

local function wait_for(task)
  return task:wait()
end

-- What dead owners have left ----------------------------------------------------------

local function lost_error(row)
  return errors.new("outcome_unknown", ("entry #%d was being sent when its worker died: a task may exist and be "
    .. "billed; journal:resolve settles it"):format(row.id), { charged = "maybe" })
end

-- A job: what was being sent. What is healed is taken over then, by whoever comes
-- first.
local function end_orphan(work, row)
  work.healing = work.healing + 1
  if healing.heal_entry(work.client, row.id) then
    work.take_at = 0
  else
    tell(work, row, nil, nil, lost_error(row))
  end
  work.healing = work.healing - 1
end

-- A job: what is unknown, though a callback has named it.
local function heal(work)
  work.healing = work.healing + 1
  if healing.heal_named(work.client) then
    work.take_at = 0
  end
  work.healing = work.healing - 1
end

local function is_over(work)
  local client = work.client
  return work.failure or work.opts.is_over and work.opts.is_over() or client._is_closing or client._is_withdrawn
end

-- A job: an entry whose files could not be saved a moment ago is held until it is
-- time to try again, or the work ends.
local function save_again(work, row)
  local at = work.saves[row.id].at
  while core.now() < at and not work.has_ended and not is_over(work) do
    if not work.client:sleep(math.min(at - core.now(), TROUBLE_SECONDS)) then
      return
    end
  end
  local task = not work.has_ended and not is_over(work) and resume.save(work.client, work.opts, row)
  if task then
    start(work, row, task, wait_for)
  else
    give_back(work, row)
  end
end

local function waits(work, row)
  local tried = work.saves[row.id]
  if not tried or row.state ~= "succeeded" or core.now() >= tried.at then
    return false
  end
  work.client:spawn(save_again, work, row)
  return true
end

-- True, or nil, err.
local function take_over(work)
  if work.healing == 0 then
    work.client:spawn(heal, work)
  end
  return resume.each(work.client, work.opts, { verb = "take", batch = work.opts.batch }, function(task, rows, i)
    local row = rows:row(i)
    if task then
      start(work, row, task, wait_for)
    else
      work.client:spawn(end_orphan, work, row)
    end
  end, function(row)
    return waits(work, row)
  end)
end

-- The loop ------------------------------------------------------------------------------

-- Claim and start as many as there is room for: how many, and whether others have
-- any; nil, err.
local function claim(work)
  local room = math.min(work.opts.concurrency - work.running, CLAIM_MAX)
  if room <= 0 or core.now() < work.rest_until then
    return 0, true
  end
  local page, err = asking.ask(work.client, { verb = "claim", batch = work.opts.batch, limit = room })
  if not page then
    return nil, err
  end
  local rows = page.entries
  for i = 1, #rows do
    local row = rows:row(i)
    local task, wish = claimed_task(work, row)
    start(work, row, task, function()
      return task_module.generate(task, wish)
    end)
  end
  local count = #rows
  rows:close()
  return count, page.has_work
end

-- Take over and claim: how many, and whether there is more; nil, err.
local function look(work)
  if core.now() >= work.take_at then
    local ok, err = take_over(work)
    if not ok then
      return nil, err
    end
    work.take_at = core.now() + TAKE_SECONDS
  end
  return claim(work)
end

local function loop(work)
  local pause = IDLE_FIRST
  while not is_over(work) do
    local count, has_work = look(work)
    if not count then
      local err = has_work
      if OVER[err.kind] or not err.retryable then
        return nil, err
      end
      pause = TROUBLE_SECONDS
    elseif count == 0 and not has_work and work.running + work.healing == 0
      and work.opts.until_empty then
      break
    else
      pause = count > 0 and IDLE_FIRST or math.min(pause * 2, IDLE_MAX)
    end
    local why, cause = work.client._scheduler:wait(work.bell, pause)
    if why == "cancelled" then
      return nil, cause
    elseif why ~= "done" and why ~= "timeout" then
      return nil, errors.local_end(why)
    end
  end
  return true
end

local function run(work)
  local ok, err = loop(work)
  while ok and work.running > 0 do
    local why, cause = work.client._scheduler:wait(work.bell)
    if why ~= "done" then
      ok, err = nil, why == "cancelled" and cause or errors.local_end(why)
    end
  end
  work.has_ended = true
  return ok, err
end

--- Work until told to end: {done =, failed =}, or nil, err.
function M.work(client, fn, opts)
  local work = {
    client = client,
    fn = fn,
    opts = opts,
    running = 0,
    bell = {}, -- rings when one has ended
    counts = { done = 0, failed = 0 },
    take_at = 0,
    rest_until = 0,
    saves = {}, -- by entry: when files are saved again that could not be
    healing = 0, -- jobs that look for what callbacks have named
  }
  local ok, err = structured.run(client, run, work)
  err = work.failure or err
  if not ok or work.failure then
    return nil, err
  end
  return work.counts
end

return M
