-- journal: client.journal, what the journal of a client knows about its entries,
-- and what people decide about them. Creating, watching and saving are the
-- client's own calls.

local asking = require "liangxin.journal.asking"
local enqueuing = require "liangxin.journal.enqueuing"
local errors = require "liangxin.errors"
local money = require "liangxin.journal.money"
local resume = require "liangxin.journal.resume"
local settings = require "liangxin.journal.settings"
local usage = require "liangxin.usage"

local M = {}

local Journal = { __name = "liangxin.journal" }
Journal.__index = Journal
M.class = Journal

local NAMES_MAX = 50000 -- URLs of results that are known by their task

--- The journal of `client`.
function M.new(client)
  return setmetatable({
    _client = client,
    _names = {}, -- URL -> "task#1"
    _made = {}, -- task id -> Unix time, in seconds
    _name_count = 0,
  }, Journal)
end

--- The URLs of a result are those of the task: in another request they stand for
--- it, however often they are signed anew. `made`: when they were, Unix time (nil:
--- now).
function Journal:_name(task_id, urls, made)
  if self._name_count > NAMES_MAX then
    self._names, self._made, self._name_count = {}, {}, 0
  end
  local names, count, now = self._names, #urls, os.time()
  for i = 1, count do
    names[urls[i]] = task_id .. "#" .. i
  end
  self._made[task_id] = made and made < now and made or now
  self._name_count = self._name_count + count
end

--- The task that a URL is a result of, and its number there; nil of another URL.
function Journal:_task_of(url)
  local task_id, number = (self._names[url] or ""):match("^(.*)#(%d+)$")
  return task_id, tonumber(number)
end

--- How old the URLs of a task are that this client has, in seconds.
function Journal:_age(task_id)
  return os.time() - (self._made[task_id] or 0)
end

-- Filters ---------------------------------------------------------------------

local STATES = {
  planned = true, sending = true, accepted = true, succeeded = true, saved = true,
  refused = true, failed = true, unknown = true, abandoned = true,
}

local SECONDS_MAX = 1e11 -- Unix time

local FILTER = {
  id = { "integer", 1, 2 ^ 53 },
  key = { "text", 512 },
  task_id = { "text", 256 },
  batch = { "text", 256 },
  model = { "text", 256 },
  state = { "any" },
  lost = { "boolean" },
  since = { "number", 0, SECONDS_MAX },
}

local function check_states(given, what)
  local states = type(given) == "string" and { given } or given
  if type(states) ~= "table" then
    usage.raise("%s: option 'state' must be a state or a list of them, not %s", what, type(given))
  end
  for i = 1, #states do
    if not STATES[states[i]] then
      usage.raise("%s: '%s' is no state of an entry", what, tostring(states[i]))
    end
  end
  return states
end

-- An entry that came from here.
local Entry = { __name = "liangxin.entry" }
Entry.__index = Entry

function Entry:__tostring()
  return ("entry %s (%s, %s)"):format(self.key or "#" .. self.id, self.model, self.state)
end

-- The question about what `filter`, a table or an entry, is about.
local function question_of(verb, filter, what)
  if getmetatable(filter) == Entry then
    return { verb = verb, entry = filter.id }
  end
  local given = usage.check_options(filter or {}, FILTER, what)
  return {
    verb = verb,
    entry = given.id,
    key = given.key,
    task_id = given.task_id,
    batch = given.batch,
    model = given.model,
    states = given.state and check_states(given.state, what),
    lost = given.lost,
    since = given.since and given.since * 1000,
  }
end

local function is_single(question)
  return question.entry ~= nil or question.key ~= nil or question.task_id ~= nil
end

-- How people call what a question is about.
local function name_of(question)
  return question.key and ("entry %q"):format(question.key)
    or question.task_id and "the entry of task " .. question.task_id
    or "entry #" .. tostring(question.entry)
end

-- Asking ----------------------------------------------------------------------

-- Whose error is the entry's; of the others, that of an attempt before may stand.
local HAS_ERROR = { refused = true, failed = true, unknown = true, abandoned = true }

-- The plain table that the core gave as an entry.
local function adopt_entry(row)
  row.credits, row.charged = money.credits(row.charged), nil
  row.reserved = money.credits(row.reserved)
  row.error = HAS_ERROR[row.state] and type(row.error) == "table" and errors.adopt(row.error) or nil
  return setmetatable(row, Entry)
end

-- Others look for the lock of a file this often.
local BREATH_SECONDS = 0.005

-- What is done to many entries is done to some at a time, so that others commit in
-- between: the sums, or nil, err. What was done until then stays done.
local function ask_on(client, question)
  local sum = { done = 0, living = 0 }
  repeat
    local answer, err = asking.ask(client, question)
    if not answer then
      return nil, err
    end
    sum.done, sum.living = sum.done + answer.done, sum.living + (answer.living or 0)
    sum.other = answer.other or sum.other
    question.after_id = answer.after
    if answer.after then
      client:sleep(BREATH_SECONDS) -- what ends it ends the next question, too
    end
  until not answer.after
  return sum
end

--- Iterate over entries in the order in which they were made: an iterator, or
--- nil, err. What goes wrong at a later page is raised.
function Journal:entries(filter)
  local question = question_of("entries", filter, "client.journal:entries")
  local page, err = asking.ask(self._client, question)
  if not page then
    return nil, err
  end
  local at = 0
  return function()
    at = at + 1
    while not page.entries[at] and page.after do
      question.after_id, at = page.after, 1
      page, err = asking.ask(self._client, question)
      if not page then
        error(errors.to_raise(err), 0)
      end
    end
    local row = page.entries[at]
    return row and adopt_entry(row)
  end
end

local SPEND = {
  since = { "number", 0, SECONDS_MAX },
  by = { "choice", "model", "batch", "day", default = "model" },
}

--- What was spent: a list of rows {model = (or batch, or day), attempts =,
--- charged =, reserved =} with the sums as fields of its own; or nil, err.
function Journal:spend(opts)
  opts = usage.check_options(opts, SPEND, "client.journal:spend")
  local rows, err = asking.ask(self._client, {
    verb = "spend",
    text = opts.by,
    since = opts.since and opts.since * 1000,
  })
  if not rows then
    return nil, err
  end
  local attempts, charged, reserved = 0, 0, 0
  for i = 1, #rows do
    local row = rows[i]
    attempts, charged, reserved = attempts + row.attempts, charged + row.charged, reserved + row.reserved
    row[opts.by], row.label = row.label, nil
    row.charged, row.reserved = money.credits(row.charged), money.credits(row.reserved)
  end
  rows.attempts, rows.charged, rows.reserved = attempts, money.credits(charged), money.credits(reserved)
  return rows
end

-- What people decide ----------------------------------------------------------

local function refuse(message, is_retryable)
  return nil, errors.new("journal", message, { retryable = is_retryable })
end

-- How many entries it was done to. One that was named, and that it cannot be done
-- to, is an error.
local function conclude(question, answer, wanted)
  if not is_single(question) or answer.done > 0 then
    return answer.done
  elseif answer.living > 0 then
    return refuse(name_of(question) .. " is being sent by a living client: wait for what comes of it", true)
  elseif answer.other then
    return refuse(("%s is %s; this is for entries that are %s"):format(name_of(question), answer.other, wanted))
  end
  return refuse(name_of(question) .. " is not in the journal")
end

-- The service has to know a task that somebody names.
local function confirm(client, task_id)
  local record, err = client:query(task_id)
  if record then
    return true
  elseif err.kind == "not_found" then
    err.message = ("the service does not know task %s, so nothing was resolved"):format(task_id)
  end
  return nil, err
end

-- Of many entries: those that are unknown, and then those that follow another
-- attempt than the one that is.
local function resolve_all(client, question)
  local done = 0
  for _, is_lost in ipairs(question.lost and { true } or { false, true }) do
    question.lost, question.after_id = is_lost, nil
    local answer, err = ask_on(client, question)
    if not answer then
      return nil, err
    end
    done = done + answer.done
  end
  return done
end

--- What somebody found out about entries whose outcome is unknown: how many that
--- were, or nil, err.
function Journal:resolve(filter, outcome)
  local what = "client.journal:resolve"
  if type(filter) ~= "table" then
    usage.raise("%s: the first argument must be an entry or a filter, { key = ... }, not %s", what, type(filter))
  end
  local question = question_of("resolve", filter, what)
  question.text = usage.check_text(outcome, what .. ': the outcome ("nothing", "charged" or a task\'s id)', 256)
  if outcome ~= "nothing" and outcome ~= "charged" then
    if not is_single(question) then
      usage.raise("%s: a task's id is for one entry: name its key or id", what)
    end
    local ok, err = confirm(self._client, outcome)
    if not ok then
      return nil, err
    end
  elseif not is_single(question) then
    return resolve_all(self._client, question)
  end
  local answer, err = ask_on(self._client, question)
  if not answer then
    return nil, err
  end
  return conclude(question, answer, "unknown")
end

--- Entries that are not sent yet are not sent any more: how many, or nil, err.
function Journal:cancel(filter)
  local what = "client.journal:cancel"
  if type(filter) ~= "table" then
    usage.raise("%s: the argument must be an entry or a filter, such as { batch = ... }, not %s", what, type(filter))
  end
  local question = question_of("cancel", filter, what)
  local answer, err = ask_on(self._client, question)
  if not answer then
    return nil, err
  end
  return conclude(question, answer, "planned")
end

--- Download whatever succeeded and is on no disk, into `target`: a list of files
--- and one of errors; or nil, err.
function Journal:rescue(target)
  usage.check_text(target, "client.journal:rescue: the target", usage.PATH_MAX)
  local client = self._client
  local answer, err = ask_on(client, {
    verb = "retarget",
    text = settings.absolute(target, "client.journal:rescue: the target"),
  })
  if not answer then
    return nil, err
  end
  local results, failures, tasks = resume.finish(client, {}, { "succeeded" })
  if not results then
    return nil, failures
  end
  local files, errs = {}, {}
  for i = 1, #tasks do
    for _, file in ipairs(results[i] and results[i].files or {}) do
      files[#files + 1] = file
    end
    errs[#errs + 1] = failures[i]
  end
  return files, errs
end

-- Work for others -------------------------------------------------------------

--- Put a request, or a list of them, in for any worker to send: {added =, known =},
--- or nil, err.
function Journal:enqueue(requests, opts)
  return enqueuing.enqueue(self._client, requests, opts)
end

-- Upkeep ----------------------------------------------------------------------

--- Write all entries of all origins, with their requests, as lines of JSON into a
--- new file: how many, or nil, err.
function Journal:export(path)
  usage.check_text(path, "client.journal:export: the path", usage.PATH_MAX)
  return asking.ask(self._client, {
    verb = "export",
    text = settings.absolute(path, "client.journal:export: the path"),
  })
end

local PRUNE = { before = { "number", 0, SECONDS_MAX } }

--- Forget what ended before a time, but for what is unknown: how many entries, or
--- nil, err.
function Journal:prune(opts)
  local before = usage.check_options(opts, PRUNE, "client.journal:prune").before
  if not before then
    usage.raise("client.journal:prune: option 'before' is missing: { before = os.time() - 30 * 86400 }")
  end
  local answer, err = ask_on(self._client, { verb = "prune", before = before * 1000 })
  if not answer then
    return nil, err
  end
  return answer.done
end

--- Make a journal that was copied, or restored from a backup, the journal of this
--- place: true, or nil, err.
function Journal:adopt()
  local answer, err = asking.ask(self._client, { verb = "adopt" })
  if answer == nil then
    return nil, err
  end
  return true
end

function Journal:__tostring()
  return ("liangxin journal of %s"):format(settings.origin(self._client._options))
end

return M
