-- resume.lua: `liangxin resume`: finishes what is paid for and nobody watches any
-- more. Never sends anything new.

local common = require "liangxin.cli.common"
local progress = require "liangxin.cli.progress"
local status = require "liangxin.cli.status"
local work = require "liangxin.cli.work"

local M = {
  name = "resume",
  summary = "finish what was interrupted: wait for all that is paid for, and save it",
}

function M.add(command)
  common.add_saving(command)
end

local function count(client, state)
  local next_entry, number = client.journal:entries { state = state }, 0
  while next_entry and next_entry() do
    number = number + 1
  end
  return number
end

-- What resuming cannot finish: planned entries, unknown ones.
local function look_around(client)
  return count(client, "planned"), count(client, "unknown")
end

local function tell_rest(cli, planned, unknown)
  common.tell_planned(cli, planned)
  if unknown > 0 then
    cli.output:say("nobody knows what came of %d: `liangxin resolve` lists them", unknown)
  end
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local place, why = common.place(options, cli.config)
  if not place then
    cli.output:fail("%s", why)
    return status.usage
  end
  local client, refused = common.journal_client(cli)
  if not client then
    return refused
  end
  local tasks, err = client:resume { deadline = options.deadline }
  if not tasks then
    client:close()
    return common.fail(cli, err)
  end
  local planned, unknown = look_around(client)
  local next_task = 0
  local done = work.new {
    cli = cli, client = client, jobs = math.max(1, #tasks), folder = place.folder, file = place.file,
    template = place.template, json = options.json, show = options.show or cli.config.show or "none",
    deadline = options.deadline,
    progress = progress.new(cli.output, options.progress or cli.config.progress or "auto", #tasks, client),
  }
  local code = done:run(function()
    next_task = next_task + 1
    local task = tasks[next_task]
    return task and { label = task.key or task.id, key = task.key, task_id = task.id, task = task, model = task.model,
      input = {} }
  end)
  cli.output:say("%d finished, %d not", done.outcomes.saved, #tasks - done.outcomes.saved)
  tell_rest(cli, planned, unknown)
  return unknown > 0 and status.worse(code, status.unknown) or code
end

return M
