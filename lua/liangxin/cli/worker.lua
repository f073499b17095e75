-- worker.lua: `liangxin work`: a worker of a fleet. SIGTERM or Ctrl-C drains it:
-- nothing more is claimed, and what is under way has some time to end; what has
-- not ended then is left to others.

local common = require "liangxin.cli.common"
local core = require "liangxin.core"
local json = require "liangxin.cli.json"
local outage = require "liangxin.cli.outage"
local status = require "liangxin.cli.status"
local stops = require "liangxin.cli.stops"
local text = require "liangxin.cli.text"

local M = {
  name = "work",
  summary = "send and save what is enqueued in the journal, until told to end",
}

local TICK = 0.1 -- s between looks at signals
local LEAVE = 1 -- s for what is to be written at the end
local LOOK, LOOK_AWAY = 5, 1 -- s between looks at the journal, and where it is away
local PATIENCE = 2 -- s without an answer before the service counts as away

function M.add(command)
  command:option("--concurrency", "How many tasks at a time."):default "16":convert(common.number(1, true)):argname "N"
  command:option("--batch", "Only what is of this batch."):convert(common.batch_name):argname "NAME"
  command:option("--drain", "Seconds that tasks under way have to end after SIGTERM."):default "30"
    :convert(common.number(0)):argname "SECONDS"
  command:flag("--until-empty", "End when nothing is left to do, for anybody.")
  command:option("--deadline", "Seconds that a task is waited for."):convert(common.number(1)):argname "SECONDS"
  command:flag("--json", "One JSON object for each task, instead of the paths.")
end

-- A line of the result, and one that says what went wrong.
local function teller(cli, as_json)
  return function(result, err, entry)
    local paths = {}
    for i, file in ipairs(result and result.files or {}) do
      paths[i] = file.path
    end
    if err then
      cli.output:fail("%s: %s", entry.key or entry.task_id or "#" .. entry.id, text.clean(tostring(err)))
    end
    if as_json then
      cli.output:result(json.object {
        { "key", entry.key },
        { "model", entry.model },
        { "state", result and (#paths > 0 and "saved" or "succeeded") or err.kind },
        { "task_id", entry.task_id },
        { "files", #paths > 0 and paths or nil },
        { "error", err and { kind = err.kind, message = err.message, charged = err.charged } },
      })
    else
      for _, path in ipairs(#paths > 0 and paths or result and { result.task_id } or {}) do
        cli.output:result(path)
      end
    end
  end
end

-- Whether the tasks that are under way have had their time. `drain`: seconds, and
-- since when.
local function is_time_over(cli, drain)
  local level = stops.level()
  if level > 0 and not drain.began then
    drain.began = core.now()
    cli.output:say("liangxin: nothing more is claimed; %g s for what is under way", drain.seconds)
  end
  return level > 1 or drain.began and core.now() - drain.began > drain.seconds
end

local function run(cli, client, options)
  local drain = { seconds = options.drain }
  local job = client:spawn(function()
    return client:work(teller(cli, options.json), {
      concurrency = options.concurrency,
      batch = options.batch,
      until_empty = options.until_empty,
      deadline = options.deadline,
      is_over = function()
        return stops.level() > 0
      end,
    })
  end)
  local counts, err
  repeat
    counts, err = job:wait(TICK)
    if is_time_over(cli, drain) and not counts then
      cli.output:say("liangxin: what is under way is left to other workers")
      return status.unfinished
    end
  until counts or err.kind ~= "deadline"
  if not counts then
    return common.fail(cli, err)
  end
  cli.output:say("%d done, %d failed", counts.done, counts.failed)
  return counts.failed > 0 and status.failed or status.ok
end

-- A worker outlives its journal's server: it asks again and again. Nothing; or an
-- error that stays.
local function look(client, journal)
  local found, err = client.journal:entries { id = 1 }
  if found then
    journal:answer()
    return nil
  elseif not err.retryable then
    return err
  end
  journal:fault(tostring(err))
  return nil
end

-- A job: says when the journal is away, and when it is back. What stays, the work ends
-- with.
local function look_on(client, journal)
  local is_open = true
  while is_open and client:sleep(journal.began and LOOK_AWAY or LOOK) do
    is_open = not look(client, journal)
  end
end

-- The function for each request: says when the service is away, and when it is back.
local function log_to(cli)
  local service = outage.new(cli.output, "the service", PATIENCE)
  return function(event)
    cli:log(event)
    if event.status and event.status < 500 then
      service:answer()
    else
      service:fault(("the service at %s does not answer: %s"):format(event.url:match "^%a+://[^/]+",
        event.status and "HTTP " .. event.status or "no connection, or none that lasts"))
    end
  end
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local client, refused = common.journal_client(cli, log_to(cli))
  if not client then
    return refused
  end
  stops.catch()
  local journal = outage.new(cli.output, "the journal", 0)
  local err = look(client, journal)
  if not err then
    client:spawn(look_on, client, journal)
  end
  local code = err and common.fail(cli, err) or run(cli, client, options)
  client:close(LEAVE)
  stops.release()
  return code
end

return M
