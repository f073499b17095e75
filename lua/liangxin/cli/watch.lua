-- watch.lua: `liangxin watch`: what is open in the journal, whoever works at it,
-- until nothing is. Takes nothing over.

local common = require "liangxin.cli.common"
local json = require "liangxin.cli.json"
local live = require "liangxin.cli.live"
local status = require "liangxin.cli.status"
local stops = require "liangxin.cli.stops"
local text = require "liangxin.cli.text"

local M = {
  name = "watch",
  summary = "what is open in the journal, until nothing is",
}

local OPEN = { "planned", "sending", "accepted", "succeeded" }
local IS_OPEN = { planned = true, sending = true, accepted = true, succeeded = true }
local TICK = 0.5 -- s

function M.add(command)
  command:argument("keys", "Keys, or #numbers; without any, all that is open."):args "*":argname "KEY"
  command:flag("--json", "One JSON object for each change.")
end

local function read_all(client, filter, entries)
  local next_entry, err = client.journal:entries(filter)
  for entry in next_entry or function() end do
    entries[#entries + 1] = entry
  end
  return next_entry and true or nil, err
end

-- The entries to show, or nil, err.
local function look(client, keys)
  local entries = {}
  local ok, err = true, nil
  if #keys == 0 then
    ok, err = read_all(client, { state = OPEN }, entries)
  end
  for _, key in ipairs(keys) do
    if ok then
      ok, err = read_all(client, common.filter(key, "key"), entries)
    end
  end
  return ok and entries, err
end

local function line_of(entry, width)
  local age = os.time() - math.floor(entry.created_ms / 1000)
  return ("%s  %-9s  %s  %s"):format(text.pad(text.cut(common.label(entry), width), width), entry.state,
    text.duration(math.max(0, age)), text.clean(entry.model))
end

local function draw(screen, entries)
  local width, open, lines = 8, 0, {}
  for _, entry in ipairs(entries) do
    width = math.min(32, math.max(width, text.width(common.label(entry))))
  end
  for i, entry in ipairs(entries) do
    lines[i] = line_of(entry, width)
    open = open + (IS_OPEN[entry.state] and 1 or 0)
  end
  lines[#lines + 1] = ("%d open"):format(open)
  screen:draw(lines)
end

-- A line for each change since the last look; what is not open any more is looked
-- up once more.
local function tell(cli, client, entries, states, as_json)
  local now = {}
  for _, entry in ipairs(entries) do
    now[entry.id] = entry
  end
  for id in pairs(states) do
    if not now[id] then
      read_all(client, { id = id }, entries)
    end
  end
  for _, entry in ipairs(entries) do
    if states[entry.id] ~= entry.state then
      cli.output:result(as_json and json.object { { "id", entry.id }, { "key", entry.key }, { "model", entry.model },
        { "state", entry.state }, { "task_id", entry.task_id } } or ("%s: %s"):format(common.label(entry), entry.state))
    end
    states[entry.id] = IS_OPEN[entry.state] and entry.state or nil
  end
end

local function count_open(entries)
  local open = 0
  for _, entry in ipairs(entries) do
    open = open + (IS_OPEN[entry.state] and 1 or 0)
  end
  return open
end

-- Look again and again: the exit status.
local function watch(cli, client, options, screen)
  local states = {}
  while true do
    local entries, err = look(client, options.keys)
    if not entries then
      return common.fail(cli, err)
    end
    local open = count_open(entries)
    if screen then
      draw(screen, entries)
    else
      tell(cli, client, entries, states, options.json)
    end
    if open == 0 then
      return status.ok
    elseif stops.level() > 0 then
      return status.interrupted
    end
    client:sleep(TICK)
  end
end

--- Runs the command: its exit status.
function M.run(options, cli)
  for _, key in ipairs(options.keys) do
    if #key > 512 or key:find "%c" or key == "" then
      cli.output:fail("a key has 1 to 512 bytes, without control characters")
      return status.usage
    end
  end
  local client, refused = common.journal_client(cli)
  if not client then
    return refused
  end
  local screen = not options.json and live.new(2) or nil
  stops.catch()
  local code = watch(cli, client, options, screen)
  stops.release()
  if screen then
    screen:close()
  end
  client:close()
  return code
end

return M
