-- watch.lua: `liangxin watch`: what is open in the journal, until nobody works at it
-- any more, and what is left then. Takes nothing over.

local common = require "liangxin.cli.common"
local json = require "liangxin.cli.json"
local live = require "liangxin.cli.live"
local status = require "liangxin.cli.status"
local stops = require "liangxin.cli.stops"
local text = require "liangxin.cli.text"
local pairs = require("liangxin.walk").pairs

local M = {
  name = "watch",
  summary = "what is open in the journal, until nobody works at it",
}

local OPEN = { "planned", "sending", "accepted", "succeeded" }
local IS_OPEN = { planned = true, sending = true, accepted = true, succeeded = true }
local TICK = 0.5 -- s
local NAMED = 3 -- entries that are named in one line

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

-- Made for a program that wanted no files: nothing goes on there, and nothing was
-- broken off.
local function is_unsaved(entry)
  return entry.state == "succeeded" and not entry.target and not entry.attended
end

-- The entries to show, or nil, err; those that are unsaved, which are shown only
-- where their keys are given; and a key that the journal does not have.
local function look(client, keys)
  local entries, shown, unsaved, missing = {}, {}, {}, nil
  local ok, err = true, nil
  if #keys == 0 then
    ok, err = read_all(client, { state = OPEN }, entries)
  end
  for _, key in ipairs(keys) do
    if ok then
      local before = #entries
      ok, err = read_all(client, common.filter(key, "key"), entries)
      missing = missing or ok and #entries == before and key or nil
    end
  end
  for _, entry in ipairs(entries) do
    unsaved[#unsaved + 1] = is_unsaved(entry) and entry or nil
    shown[#shown + 1] = (#keys > 0 or not is_unsaved(entry)) and entry or nil
  end
  if not ok then
    return nil, err
  end
  return shown, unsaved, missing
end

local function line_of(entry, width)
  local age = os.time() - math.floor(entry.created_ms / 1000)
  return ("%s  %-9s  %s  %s"):format(text.pad(text.cut(common.label(entry), width), width), entry.state,
    text.duration(math.max(0, age)), text.clean(entry.model))
end

-- A living client is at it, or a worker will be: one sends what is enqueued, or takes
-- over what a dead one has left.
local function goes_on(entry)
  return IS_OPEN[entry.state] and (entry.attended or entry.due_ms ~= nil and not is_unsaved(entry))
end

-- How many entries go on, and those that nobody works at.
local function sort_out(entries)
  local open, left = 0, {}
  for _, entry in ipairs(entries) do
    if goes_on(entry) then
      open = open + 1
    elseif IS_OPEN[entry.state] and not is_unsaved(entry) then
      left[#left + 1] = entry
    end
  end
  return open, left
end

local function draw(screen, entries, open, left)
  local width, lines = 8, {}
  for _, entry in ipairs(entries) do
    width = math.min(32, math.max(width, text.width(common.label(entry))))
  end
  for i, entry in ipairs(entries) do
    lines[i] = line_of(entry, width)
  end
  lines[#lines + 1] = ("%d open"):format(open) .. (#left > 0 and (", %d left"):format(#left) or "")
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
    states[entry.id] = now[entry.id] and entry.state or nil
  end
end

local function tell_unsaved(cli, unsaved)
  local words = {}
  for i = 1, math.min(#unsaved, NAMED) do
    words[i] = text.clean(common.label(unsaved[i]))
  end
  if #unsaved > 0 then
    cli.output:say("%d made and not saved: liangxin save %s%s -o FOLDER/", #unsaved, table.concat(words, " "),
      #unsaved > NAMED and " ..." or "")
  end
end

-- What is left, in words, and how to go on: the exit status.
local function tell_left(cli, left, unsaved)
  local planned = 0
  for _, entry in ipairs(left) do
    planned = planned + (entry.state == "planned" and 1 or 0)
  end
  local unfinished = #left - planned
  common.tell_planned(cli, planned)
  if unfinished > 0 then
    cli.output:say("%d not finished, and nobody is at %s: go on with: liangxin resume", unfinished,
      unfinished == 1 and "it" or "them")
  end
  tell_unsaved(cli, unsaved)
  return #left > 0 and status.unfinished or status.ok
end

-- Look again and again: the exit status where there is one already, what is left, and
-- what is unsaved.
local function watch(cli, client, options, screen)
  local states, is_idle, is_first = {}, false, true
  while true do
    local entries, unsaved, missing = look(client, options.keys)
    if not entries then
      return common.fail(cli, unsaved)
    elseif missing then
      cli.output:fail("the journal has no key %s; `liangxin export` shows what it has", missing)
      return status.failed
    end
    local open, left = sort_out(entries)
    if screen then
      draw(screen, entries, open, left)
    else
      tell(cli, client, entries, states, options.json)
    end
    -- twice: between two steps of its client an entry may be nobody's
    if open == 0 and (is_idle or #left + #unsaved == 0) then
      if is_first and #entries == 0 then
        cli.output:say("nothing is open")
      end
      return nil, left, unsaved
    elseif stops.level() > 0 then
      return status.interrupted
    end
    is_idle, is_first = open == 0, false
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
  if screen then
    function cli.output.before_line()
      screen:clear()
    end
  end
  stops.catch()
  local code, left, unsaved = watch(cli, client, options, screen)
  stops.release()
  if screen then
    screen:close()
    cli.output.before_line = nil
  end
  client:close()
  return code or tell_left(cli, left, unsaved)
end

return M
