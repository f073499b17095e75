-- work.lua: sends tasks, waits for them and saves what they give, several at a
-- time, until all are done or the user has had enough. Every command that makes
-- or finishes tasks goes through it.

local core = require "liangxin.core"
local json = require "liangxin.cli.json"
local names = require "liangxin.cli.names"
local pictures = require "liangxin.cli.pictures"
local status = require "liangxin.cli.status"
local stops = require "liangxin.cli.stops"
local text = require "liangxin.cli.text"

local M = {}

local TICK = 0.1 -- s between looks at signals and screen
local LEAVE = 1 -- s for answers to creates that are under way

-- After one of these every further create would be refused, too.
local HOPELESS = { auth = true, quota = true, forbidden = true, budget = true, journal = true }

local Work = {}
Work.__index = Work

--- `options`: cli, client, progress; jobs, how many at a time; folder and
--- template, or file; json, show, deadline.
function M.new(options)
  return setmetatable({
    options = options,
    output = options.cli.output,
    client = options.client,
    progress = options.progress,
    running = {}, -- set of items
    count = 0, -- of running
    promised = {}, -- names of files
    outcomes = { saved = 0, failed = 0, unknown = 0, unfinished = 0 },
    reasons = {}, -- texts of failures: how many
    status = status.ok,
    stop_level = 0,
    shows = options.show and pictures.can_show(options.show),
    date = os.date "%Y-%m-%d",
  }, Work)
end

-- Where the files of an item go. `task_id`: nil before it is known.
local function target_of(work, item, task_id)
  local options = work.options
  local folder = options.folder == "." and options.template and "" or options.folder:gsub("/+$", "") .. "/"
  if options.file then
    return names.free(options.file, work.promised)
  elseif not options.template then
    return folder
  end
  return names.free(folder .. names.fill(options.template, {
    key = item.key,
    model = item.model,
    prompt = type(item.input.prompt) == "string" and item.input.prompt or nil,
    seed = item.input.seed,
    date = work.date,
    task_id = task_id or item.task_id,
    n = item.n or 1,
  }), work.promised)
end

-- A line of the result, and what progress knows.
local function report(work, item, outcome, fields)
  local paths = {}
  for i, file in ipairs(fields.files or {}) do
    paths[i] = file.path:gsub("^%./", "")
  end
  if work.options.json then
    local err = fields.err
    work.output:result(json.object {
      { "key", item.key },
      { "model", item.model },
      { "state", outcome },
      { "task_id", fields.task_id or item.task_id },
      { "files", #paths > 0 and paths or nil },
      { "credits", fields.credits },
      { "seconds", math.floor((core.now() - item.began) * 1000 + 0.5) / 1000 },
      { "error", err and { kind = err.kind, message = err.message, charged = err.charged, retryable = err.retryable } },
    })
    return
  end
  for _, path in ipairs(paths) do
    work.output:result(path)
    if work.shows then
      pictures.show(path, work.options.show)
    end
  end
end

local function end_item(work, item, outcome, fields)
  work.running[item] = nil
  work.count = work.count - 1
  work.outcomes[outcome] = work.outcomes[outcome] + 1
  work.progress:finish(item, outcome, fields.credits)
  report(work, item, outcome, fields)
end

local OUTCOMES = { [status.unknown] = "unknown", [status.unfinished] = "unfinished" }

local function fail(work, item, err)
  local code = status.of_error(err)
  local outcome = OUTCOMES[code] or "failed"
  work.status = status.worse(work.status, code)
  if HOPELESS[err.kind] then
    work.is_hopeless = true
  end
  if work.stop_level < 2 then
    local reason = text.clean(err.message)
    work.reasons[reason] = (work.reasons[reason] or 0) + 1
    work.output:fail("%s: %s", item.label, text.clean(tostring(err)))
  end
  local record = err.record
  end_item(work, item, outcome, { err = err, task_id = err.task_id, credits = record and record.credits,
    files = err.files })
end

local function save(work, item, result)
  work.progress:change(item, "saving")
  local files, err = result:save(item.target or target_of(work, item, result.task_id))
  if not files then
    return fail(work, item, err)
  end
  for _, file in ipairs(files) do
    if file.warning then
      work.output:say("%s: %s", file.path, file.warning)
    end
  end
  end_item(work, item, "saved", { files = files, task_id = result.task_id, credits = result.record.credits })
end

-- Callbacks that tell the progress what happens to an item.
local function watch(work, item, opts)
  function opts.on_state(state)
    if state ~= "success" and state ~= "fail" then -- saving, or the error, comes next
      work.progress:change(item, state)
    end
  end
  function opts.on_progress(fraction)
    item.fraction = fraction
  end
  return opts
end

-- A job: from the request to the files.
local function make(work, item)
  local opts = watch(work, item, { deadline = work.options.deadline })
  function opts.on_created(task_id)
    item.task_id = task_id
    work.progress:change(item, "waiting")
  end
  local result, err = work.client:generate(item.model, item.input, opts)
  if result then
    save(work, item, result)
  else
    fail(work, item, err)
  end
end

-- A job: a task that is there already.
local function finish(work, item)
  local task, err = work.client:task(item.task_id, watch(work, item, { model = item.model }))
  local result
  if task then
    result, err = task:wait(work.options.deadline)
  end
  if result then
    save(work, item, result)
  else
    fail(work, item, err)
  end
end

local function start(work, item)
  work.running[item] = true
  work.count = work.count + 1
  work.progress:start(item)
  work.client:spawn(item.task_id and finish or make, work, item)
end

-- The user's wish to end.
local function obey(work)
  local level = stops.level()
  if level > work.stop_level then
    work.stop_level = level
    if level == 1 and work.count > 0 then
      work.output:say("liangxin: nothing more is sent; %s under way %s waited for. Ctrl-C again leaves.",
        text.count(work.count, "task"), work.count == 1 and "is" or "are")
    end
  end
end

-- Leave: what is under way goes on at the service. Closing ends each job.
local function leave(work)
  local ids = {}
  for item in pairs(work.running) do
    ids[#ids + 1] = item.task_id
  end
  work.progress:close()
  work.client:close(LEAVE)
  table.sort(ids)
  if #ids > 0 then
    work.output:say("liangxin: go on with: liangxin save %s", table.concat(ids, " "))
  end
end

local function wants_more(work)
  return work.stop_level == 0 and not work.is_hopeless and not work.is_dry
end

--- Do it: `source()` gives the next item {label =, model =, input =, key =, n =,
--- target =, task_id = of a task that is there}, nil when there are no more. The
--- exit status.
function Work:run(source)
  stops.catch()
  repeat
    while wants_more(self) and self.count < self.options.jobs do
      local item = source()
      self.is_dry = not item
      if not item then
        break
      end
      start(self, item)
    end
    self.progress:draw()
    if self.count > 0 then
      self.client:poll(TICK)
    end
    obey(self)
  until self.stop_level == 2 or self.count == 0 and not wants_more(self)
  self.is_cut_short = self.stop_level == 2 or self.stop_level == 1 and not self.is_dry
  if self.stop_level == 2 then
    leave(self)
  else
    self.progress:close()
    self.client:close()
  end
  stops.release()
  if self.is_cut_short then
    return status.interrupted
  end
  return self.status
end

return M
