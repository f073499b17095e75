-- save.lua: `liangxin save ID ...`: the files of tasks that are known by id.

local common = require "liangxin.cli.common"
local progress = require "liangxin.cli.progress"
local status = require "liangxin.cli.status"
local work = require "liangxin.cli.work"

local M = {
  name = "save",
  summary = "wait for tasks that are known by id or key, and save their files",
}

local AT_ONCE = 8

function M.add(command)
  command:argument("ids", "Ids of tasks, as the service gave them, or keys of the journal."):args "+":argname "ID"
  common.add_saving(command)
end

-- A key of the journal stands for its task.
local function item_of(client, id)
  local next_entry = client.journal and client.journal:entries(common.filter(id, "key"))
  local entry = next_entry and next_entry()
  if entry and entry.task_id then
    return { label = id, key = id, task_id = entry.task_id, model = entry.model, input = {} }
  end
  return { label = id, task_id = id, input = {}, is_no_key = client.journal ~= nil }
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local place, why = common.place(options, cli.config)
  if not place then
    cli.output:fail("%s", why)
    return status.usage
  end
  for _, id in ipairs(options.ids) do
    if #id > 256 or id:find "%c" or id == "" then
      cli.output:fail("an id of a task has 1 to 256 bytes, without control characters")
      return status.usage
    end
  end
  local client, refused = cli:client { journal = true }
  if not client then
    return refused
  end
  local done = work.new {
    cli = cli, client = client, jobs = AT_ONCE, folder = place.folder, file = place.file, template = place.template,
    json = options.json, show = options.show or cli.config.show or "auto", deadline = options.deadline,
    progress = progress.new(cli.output, options.progress or cli.config.progress or "auto", #options.ids, client),
  }
  local next_id = 0
  return done:run(function()
    next_id = next_id + 1
    local id = options.ids[next_id]
    return id and item_of(client, id)
  end)
end

return M
