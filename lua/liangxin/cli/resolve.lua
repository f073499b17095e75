-- resolve.lua: `liangxin resolve`: what somebody found out about entries whose
-- outcome is unknown.

local common = require "liangxin.cli.common"
local json = require "liangxin.cli.json"
local status = require "liangxin.cli.status"
local text = require "liangxin.cli.text"

local M = {
  name = "resolve",
  summary = "say what came of creates whose answer was lost",
  description = "Without arguments: list them. Look into your account, then say what you found: \"nothing\" was made "
    .. "(then it may be sent again), it was \"charged\" (and there is nothing to be had), or the id of the task.",
}

function M.add(command)
  command:argument("words", "The key, or #number, and the outcome: nothing, charged or a task's id."):args "*"
    :argname "KEY OUTCOME"
  command:flag("--all", "All of them: liangxin resolve --all nothing")
  command:flag("--json", "One JSON object a line.")
end

local function show(cli, entry, as_json)
  if as_json then
    cli.output:result(json.object { { "id", entry.id }, { "key", entry.key }, { "batch", entry.batch },
      { "model", entry.model }, { "created_ms", entry.created_ms }, { "reserved", entry.reserved },
      { "state", entry.state }, { "lost", entry.lost } })
  else
    cli.output:result(("%s  %s  %s  %s credits reserved%s"):format(entry.key and text.clean(entry.key)
      or "#" .. entry.id, entry.model, os.date("%Y-%m-%d %H:%M", math.floor(entry.created_ms / 1000)),
      text.number(entry.reserved or 0), entry.lost and (", %s: %d lost before"):format(entry.state, entry.lost) or ""))
  end
end

-- What is unknown, and what follows another attempt than the one that is.
local function list(cli, client, as_json)
  local number = 0
  for _, filter in ipairs { { state = "unknown" }, { lost = true } } do
    local next_entry, err = client.journal:entries(filter)
    if not next_entry then
      return common.fail(cli, err)
    end
    for entry in next_entry do
      if filter.state or entry.state ~= "unknown" then
        number = number + 1
        show(cli, entry, as_json)
      end
    end
  end
  cli.output:say("%d of unknown outcome", number)
  return number > 0 and status.unknown or status.ok
end

local function resolve(cli, client, filter, outcome)
  local count, err = client.journal:resolve(filter, outcome)
  if not count then
    return common.fail(cli, err)
  end
  cli.output:say("%d resolved", count)
  return status.ok
end

-- What the words mean: a filter and an outcome; or nil, why.
local function read(options)
  local key, outcome = options.words[1], options.words[2]
  if options.all then
    key, outcome = nil, options.words[1]
    if #options.words ~= 1 or outcome ~= "nothing" and outcome ~= "charged" then
      return nil, "with --all: nothing or charged"
    end
  elseif #options.words ~= 2 then
    return nil, "give a key and an outcome: nothing, charged or a task's id"
  end
  if #outcome > 256 or outcome:find "%c" or outcome == "" or key and (#key > 512 or key:find "%c" or key == "") then
    return nil, "a key has 1 to 512 bytes, an id 1 to 256, without control characters"
  end
  return key and common.filter(key, "key") or {}, outcome
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local filter, outcome
  if #options.words > 0 or options.all then
    filter, outcome = read(options)
    if not filter then
      cli.output:fail("%s", outcome)
      return status.usage
    end
  end
  local client, refused = common.journal_client(cli)
  if not client then
    return refused
  end
  local code = filter and resolve(cli, client, filter, outcome) or not filter and list(cli, client, options.json)
  client:close()
  return code
end

return M
