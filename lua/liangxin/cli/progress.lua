-- progress.lua: what goes on, for people: a line per running task and a total, on
-- a terminal; elsewhere a plain line per change; or JSON lines; or nothing.

local core = require "liangxin.core"
local json = require "liangxin.cli.json"
local live = require "liangxin.cli.live"
local text = require "liangxin.cli.text"
local pairs = require("liangxin.walk").pairs

local M = {}

M.MODES = { "auto", "plain", "json", "none" }

local DRAWS_PER_SECOND = 10
local LABEL_MAX = 28 -- columns

local Progress = {}
Progress.__index = Progress

--- `mode`: one of MODES. `total`: how many tasks there will be, nil where that is
--- not known. `client`: whose learned durations tell what is left.
function M.new(output, mode, total, client)
  local progress = setmetatable({
    output = output,
    mode = output.level < 0 and mode == "auto" and "none" or mode,
    total = total,
    client = client,
    running = {}, -- in the order of their starts
    began = core.now(),
    saved = 0, failed = 0, credits = 0,
    busy = 0, -- seconds of all that ended, together
    drawn = -math.huge,
  }, Progress)
  if progress.mode == "auto" then
    progress.live = live.new(2)
    progress.mode = progress.live and "live" or "plain"
  end
  if progress.live then
    function output.before_line()
      progress.live:clear()
      progress.drawn = -math.huge
    end
  end
  return progress
end

local function write_json(item, event)
  local line = { event = event, key = item.key, model = item.model, task_id = item.task_id,
    progress = item.fraction, seconds = core.now() - item.began }
  io.stderr:write(json.encode(line), "\n")
end

local function tell(progress, item, event)
  if progress.mode == "json" then
    write_json(item, event)
  elseif progress.mode == "plain" then
    local seconds = core.now() - item.began
    progress.output:say("%s: %s%s", item.label, (text.clean(event):gsub("_", " ")), seconds >= 1
      and (" (%s)"):format(text.duration(seconds)) or "")
  end
end

--- A task is about to be sent. `item`: label, model, input, key.
function Progress:start(item)
  item.began, item.state = core.now(), "sending"
  self.running[#self.running + 1] = item
end

--- Its state changed: the service's word, or "saving".
function Progress:change(item, state)
  if item.state ~= state then
    item.state = state
    tell(self, item, state)
  end
end

--- It ended: saved, failed, unknown or unfinished. `credits` may be nil.
function Progress:finish(item, outcome, credits)
  for i, running in ipairs(self.running) do
    if running == item then
      table.remove(self.running, i)
      break
    end
  end
  if outcome == "saved" then
    self.saved = self.saved + 1
  else
    self.failed = self.failed + 1
  end
  self.credits = self.credits + (credits or 0)
  self.busy = self.busy + core.now() - item.began
  tell(self, item, outcome)
end

-- Seconds that such a task takes, as the client has learned; nil when it has not.
-- It learns by model and, behind a slash, by what makes some tasks longer.
local function median(progress, item)
  local best
  for _, row in ipairs(progress.durations or {}) do
    local class = row.model:sub(1, #item.model + 1) == item.model .. "/" and row.model:sub(#item.model + 2)
    local is_of_class = false
    for _, value in pairs(class and item.input or {}) do
      is_of_class = is_of_class or tostring(value) == class
    end
    if is_of_class or row.model == item.model then
      best = row.p50
      if is_of_class then
        break
      end
    end
  end
  return best
end

local function seconds_left(progress, item, now)
  local whole = median(progress, item)
  if item.fraction and item.fraction > 0.05 then
    return (now - item.began) * (1 - item.fraction) / item.fraction
  end
  return whole and math.max(0, whole - (now - item.began))
end

local function task_line(progress, item, now, label_width)
  local parts = { text.pad(text.cut(item.label, label_width), label_width), text.clean(item.state) }
  if item.fraction then
    parts[#parts] = ("%s %d%%"):format(parts[#parts], item.fraction * 100)
  end
  parts[#parts + 1] = text.duration(now - item.began)
  local left = seconds_left(progress, item, now)
  if left and left >= 0.5 and item.state ~= "saving" then
    parts[#parts + 1] = ("~%s left"):format(text.duration(left))
  end
  return table.concat(parts, "  ")
end

-- What is left of all: what runs, and what is not started at the pace of the rest.
local function total_left(progress, now)
  local ended, running = progress.saved + progress.failed, #progress.running
  local left, medians, known = 0, 0, 0
  for _, item in ipairs(progress.running) do
    local whole = median(progress, item)
    if whole then
      medians, known = medians + whole, known + 1
      left = math.max(left, seconds_left(progress, item, now))
    end
  end
  local waiting = (progress.total or ended + running) - ended - running
  local each = known > 0 and medians / known or ended > 0 and progress.busy / ended
  if not each or running == 0 then
    return nil
  end
  return left + waiting * each / running
end

--- The total, as a line.
function Progress:summary(now)
  local parts = { ("%d%s saved"):format(self.saved, self.total and (" of %d"):format(self.total) or "") }
  if self.failed > 0 then
    parts[#parts + 1] = ("%d not"):format(self.failed)
  end
  if #self.running > 0 then
    parts[#parts + 1] = ("%d running"):format(#self.running)
  end
  if self.credits > 0 then
    parts[#parts + 1] = text.number(self.credits) .. " credits"
  end
  local left = now and total_left(self, now)
  if left and left >= 0.5 then
    parts[#parts + 1] = ("~%s left"):format(text.duration(left))
  end
  return table.concat(parts, ", ")
end

local function lines_of(progress, now)
  local columns = progress.live:size()
  local label_width = 0
  for _, item in ipairs(progress.running) do
    label_width = math.max(label_width, text.width(item.label))
  end
  label_width = math.min(label_width, LABEL_MAX, math.max(8, math.floor(columns / 2)))
  local lines = {}
  for i, item in ipairs(progress.running) do
    lines[i] = task_line(progress, item, now, label_width)
  end
  lines[#lines + 1] = progress:summary(now)
  return lines
end

--- Draw what has changed, where something is drawn; cheap to call often.
function Progress:draw()
  local now = core.now()
  if not self.live then
    return
  end
  local columns, rows = self.live:size()
  local is_resized = columns ~= self.columns or rows ~= self.rows
  if now - self.drawn < 1 / DRAWS_PER_SECOND and not is_resized then
    return
  end
  self.columns, self.rows, self.drawn = columns, rows, now
  self.durations = self.client and self.client:stats().durations
  self.live:draw(lines_of(self, now))
end

--- Leave the terminal as it was.
function Progress:close()
  if self.live then
    self.live:close()
    self.live, self.output.before_line = nil, nil
  end
end

return M
