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
local pairs = require("liangxin.walk").pairs

local M = {}

local TICK = 0.1 -- s between looks at signals and screen
local LEAVE = 1 -- s for answers to creates that are under way
local PLACES_SHOWN = 5

-- After one of these every further create would be refused, too.
local HOPELESS = { auth = true, quota = true, forbidden = true, budget = true, journal = true }

local Work = {}
Work.__index = Work

--- `options`: cli, client, progress; jobs, how many at a time; folder and
--- template, or file; json, show, deadline; resume, what to type to go on; and
--- what goes to each create: batch, max_credits, prices, retry_failed.
function M.new(options)
  return setmetatable({
    options = options,
    output = options.cli.output,
    client = options.client,
    progress = options.progress,
    running = {}, -- set of items
    count = 0, -- of running
    started = 0,
    promised = {}, -- names of files
    outcomes = { saved = 0, failed = 0, unknown = 0, unfinished = 0, not_sent = 0 },
    reasons = {}, -- texts of failures: how many
    status = status.ok,
    stop_level = 0,
    shows = options.show and pictures.can_show(options.show),
    date = os.date "%Y-%m-%d",
    here = core.absolute "x":sub(1, -2),
    before = { credits = 0 }, -- of tasks that an earlier run has made; by outcome how many
    elsewhere = {}, -- by place: how many results an earlier run has saved there
  }, Work)
end

-- Where the files of an item are to go. `task_id`: nil before it is known.
local function wanted_target(work, item, task_id)
  local options = work.options
  local folder = options.folder == "." and options.template and "" or options.folder:gsub("/+$", "") .. "/"
  if options.file then
    return options.file
  elseif not options.template then
    return folder
  end
  return folder .. names.fill(options.template, {
    key = item.key,
    model = item.model,
    prompt = type(item.input.prompt) == "string" and item.input.prompt or nil,
    seed = item.input.seed,
    date = work.date,
    task_id = task_id or item.task_id,
    n = item.n or 1,
  })
end

-- What the journal knows of the item's key before anything is done for it, or nil.
local function recorded(work, item)
  local journal = work.client.journal
  local next_entry = journal and item.key and journal:entries { key = item.key }
  return next_entry and next_entry()
end

-- Where the files of an item go: over no file but its own.
local function target_of(work, item, task_id)
  local path = wanted_target(work, item, task_id)
  if path:find "/$" then
    return path
  end
  local entry = item.entry
  return not task_id and entry and entry.target and names.find(path) and entry.target
    or names.free(path, work.promised)
end

-- As the user would write it.
local function shorten(work, path)
  if path:sub(1, #work.here) == work.here and not work.options.folder:find "^[/~]" then
    path = path:sub(#work.here + 1)
  end
  return (path:gsub("^%./", ""))
end

-- Whether the task was made, and paid for, by an earlier run.
local function is_earlier(item, task_id)
  return item.task ~= nil or item.entry ~= nil and item.entry.task_id ~= nil and item.entry.task_id == task_id
end

-- Without what means nothing in it.
local function plain(path)
  return (path:gsub("/%./", "/"):gsub("//+", "/"))
end

-- An earlier run has saved it somewhere else than the user wants it now.
local function note_place(work, path)
  local options = work.options
  local wanted = plain(core.absolute(options.file and options.file:gsub("%.%*$", ".") or options.folder .. "/"))
  if plain(path):sub(1, #wanted) ~= wanted then
    local place = shorten(work, path)
    place = options.file and place or place:match "^(.*[/\\])" or "./"
    work.elsewhere[place] = (work.elsewhere[place] or 0) + 1
  end
end

-- A line of the result, and what progress knows.
local function report(work, item, outcome, fields)
  local paths = {}
  for i, file in ipairs(fields.files or {}) do
    paths[i] = shorten(work, file.path)
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
      { "earlier", fields.is_earlier and item.entry and true or nil },
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
  fields.is_earlier = is_earlier(item, fields.task_id or item.task_id)
  if fields.is_earlier then
    work.before.credits = work.before.credits + (fields.credits or 0)
    work.before[outcome] = (work.before[outcome] or 0) + 1
  end
  work.progress:finish(item, outcome, not fields.is_earlier and fields.credits or nil)
  report(work, item, outcome, fields)
end

local OUTCOMES = { [status.unknown] = "unknown", [status.unfinished] = "unfinished" }

-- An error's words, for this program's users.
local function words_of(message)
  return (text.clean(message):gsub("retry_failed = true makes", "--retry-failed makes"))
end

-- What has come of it, and whether that is news.
local function judge(work, err)
  if work.stop_level > 0 and err.kind == "cancelled" and err.charged == "no" then
    return "not_sent", false
  end
  local code = status.of_error(err)
  work.status = status.worse(work.status, code)
  if not HOPELESS[err.kind] then
    return OUTCOMES[code] or "failed", true
  end
  local is_first = not work.is_hopeless
  work.is_hopeless = true
  return err.charged == "no" and "not_sent" or OUTCOMES[code] or "failed", is_first
end

local function fail(work, item, err)
  local outcome, is_news = judge(work, err)
  if work.stop_level < 2 and is_news then
    work.output:fail("%s: %s", item.label, words_of(tostring(err)))
    if err.kind == "file" and err.task_id then
      work.output:say("liangxin: to save it elsewhere: liangxin save %s -o FOLDER/", err.task_id)
    elseif err.kind == "not_found" and item.is_no_key then
      work.output:say("liangxin: the journal has no key %s either; `liangxin export` shows what it has", item.label)
    end
  end
  if work.stop_level < 2 and outcome ~= "not_sent" then
    local reason = words_of(err.message)
    work.reasons[reason] = (work.reasons[reason] or 0) + 1
  end
  local record = err.record
  end_item(work, item, outcome, { err = err, task_id = err.task_id, credits = record and record.credits,
    files = err.files })
end

local function save(work, item, result)
  work.progress:change(item, "saving")
  local files, err = result.files, nil
  if not files then
    files, err = result:save(target_of(work, item, result.task_id))
  end
  if not files then
    return fail(work, item, err)
  end
  for _, file in ipairs(files) do
    if file.warning then
      work.output:say("%s: %s", file.path, file.warning)
    end
  end
  if item.entry and result.files and files[1] then
    note_place(work, files[1].path)
  end
  end_item(work, item, "saved", { files = files, task_id = result.task_id, credits = result.record.credits })
end

-- Callbacks that tell the progress what happens to an item.
local function watch(work, item, opts)
  function opts.on_state(state)
    if state ~= "fail" then -- the error comes next
      work.progress:change(item, state == "success" and "saving" or state)
    end
  end
  function opts.on_progress(fraction)
    item.fraction = fraction
  end
  return opts
end

-- With a journal the target is kept there, so that whoever resumes it saves it.
local function create_options(work, item)
  local options = work.options
  local opts = { deadline = options.deadline }
  if not options.template or not names.needs_task(options.template) then
    opts.save = target_of(work, item)
  end
  if work.client.journal then
    opts.key, opts.batch = item.key, options.batch
    opts.price = options.prices and options.prices[item.model]
    opts.max_credits, opts.retry_failed = options.max_credits, options.retry_failed
  end
  return opts
end

-- A job: from the request to the files.
local function make(work, item)
  item.entry = recorded(work, item)
  if work.stop_level > 1 then -- the client is closed
    return end_item(work, item, "not_sent", {})
  end
  local opts = watch(work, item, create_options(work, item))
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

-- A job: a task that is there already, perhaps as an object.
local function finish(work, item)
  local opts = watch(work, item, { model = item.model })
  local task, err = item.task, nil
  if task then
    task:on_state(opts.on_state)
  else
    task, err = work.client:task(item.task_id, opts)
  end
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
  work.count, work.started = work.count + 1, work.started + 1
  work.progress:start(item)
  work.client:spawn(item.task_id and finish or make, work, item)
end

-- The user's wish to end: also what waits for its turn is not sent.
local function obey(work)
  local level = stops.level()
  if level > work.stop_level then
    work.stop_level = level
    work.client:withdraw()
    if level == 1 and work.count > 0 then
      work.output:say("liangxin: nothing more is sent; what is paid for is waited for and saved. Ctrl-C again leaves.")
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
  if #ids > 0 and not work.client.journal then
    work.output:say("liangxin: go on with: liangxin save %s", table.concat(ids, " "))
  end
end

-- What the user may look for where it is not.
local function tell_elsewhere(work)
  local places = {}
  for place in pairs(work.elsewhere) do
    places[#places + 1] = place
  end
  table.sort(places)
  for i = 1, math.min(#places, PLACES_SHOWN) do
    local count = work.elsewhere[places[i]]
    work.output:say("liangxin: %s where an earlier run saved %s: %s", count == 1 and "1 result is"
      or count .. " results are", count == 1 and "it" or "them", places[i])
  end
  if #places > PLACES_SHOWN then
    work.output:say("liangxin: others are in %s", text.count(#places - PLACES_SHOWN, "more folder"))
  end
end

-- With a journal: what to type.
local function tell_resume(work)
  local has_tasks = work.stop_level == 2 or work.outcomes.unfinished > 0
  local again = work.options.resume
  local not_sent = (work.progress.total or work.started) - work.started + work.outcomes.not_sent
  if work.client.journal and (has_tasks or again and work.is_cut_short) then
    work.output:say("liangxin: go on with: %s", again or "liangxin resume")
  elseif not again and work.is_cut_short and not_sent > 0 then
    work.output:say("liangxin: %d not sent", not_sent)
  end
end

local function wants_more(work)
  obey(work)
  return work.upcoming and work.stop_level == 0 and not work.is_hopeless
end

-- One turn: start what may be started, look at what has happened.
local function turn(work, source)
  while wants_more(work) and work.count < work.options.jobs do
    start(work, work.upcoming)
    work.upcoming = source()
  end
  work.progress:draw()
  if work.count > 0 then
    work.client:poll(TICK)
  end
end

--- Do it: `source()` gives the next item {label =, model =, input =, key =, n =,
--- task_id = (and task =) of a task that is there}, nil when there are no more. The
--- exit status.
function Work:run(source)
  stops.catch()
  self.upcoming = source()
  repeat
    turn(self, source)
  until self.stop_level == 2 or self.count == 0 and not wants_more(self)
  self.is_cut_short = self.stop_level == 2
    or self.stop_level == 1 and (self.upcoming ~= nil or self.outcomes.not_sent > 0)
  if self.stop_level == 2 then
    leave(self)
  else
    self.progress:close()
    self.client:close()
  end
  stops.release()
  tell_elsewhere(self)
  tell_resume(self)
  return self.is_cut_short and status.interrupted or self.status
end

return M
