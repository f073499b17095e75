-- worker.lua: `liangxin work`: a worker of a fleet. SIGTERM or Ctrl-C drains it:
-- nothing more is claimed, and what is under way has some time to end; what has
-- not ended then is left to others.

local common = require "liangxin.cli.common"
local core = require "liangxin.core"
local json = require "liangxin.cli.json"
local status = require "liangxin.cli.status"
local stops = require "liangxin.cli.stops"
local text = require "liangxin.cli.text"

local M = {
  name = "work",
  summary = "send and save what is enqueued in the journal, until told to end",
}

local TICK = 0.1 -- s between looks at signals
local LEAVE = 1 -- s for what is to be written at the end

function M.add(command)
  command:option("--concurrency", "How many tasks at a time."):default "16":convert(common.number(1, true)):argname "N"
  command:option("--batch", "Only what is of this batch."):argname "NAME"
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

-- A worker outlives its journal's server: it asks again and again, and says so where
-- the first answer is missing. True; or nil, status.
local function look_first(cli, client)
  local found, err = client.journal:entries({ id = 1 })
  if found then
    return true
  elseif not err.retryable then
    return nil, common.fail(cli, err)
  end
  cli.output:fail("%s; asking again until it answers", text.clean(tostring(err)))
  return true
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local client, refused = common.journal_client(cli)
  if not client then
    return refused
  end
  stops.catch()
  local ok, code = look_first(cli, client)
  code = ok and run(cli, client, options) or code
  client:close(LEAVE)
  stops.release()
  return code
end

return M
