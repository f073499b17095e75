-- client.lua: the object that liangxin.new returns. Each method checks its
-- arguments and the client's state, then hands over to the file that knows.

local combine = require "liangxin.async.combine"
local core = require "liangxin.core"
local download = require "liangxin.download"
local driving = require "liangxin.async.driving"
local durations = require "liangxin.durations"
local errors = require "liangxin.errors"
local journal_module = require "liangxin.journal"
local last_words = require "liangxin.last_words"
local notify = require "liangxin.notify"
local options_module = require "liangxin.options"
local preparing = require "liangxin.task.preparing"
local question = require "liangxin.question"
local request_module = require "liangxin.request"
local resume = require "liangxin.journal.resume"
local scheduler_module = require "liangxin.async.scheduler"
local settings = require "liangxin.journal.settings"
local structured = require "liangxin.async.structured"
local task_module = require "liangxin.task"
local usage = require "liangxin.usage"
local working = require "liangxin.journal.working"

local M = {}

local Client = { __name = "liangxin.client" }
Client.__index = Client
driving.install(Client)
M.class = Client

local enter = driving.enter

--- A client with checked options.
function M.new(options)
  local scheme, host = core.parse_url(options.base_url)
  local learned = durations.load(options.durations, options.base_url)
  local handle = core.new(options_module.core_config(options, core.version, learned))
  options.api_key = nil -- the core has it; nothing in Lua can show it
  local client = setmetatable({
    _handle = handle,
    _options = options,
    _learned = learned,
    _is_http = scheme == "http",
    _is_private = core.is_private(host),
    _is_loopback = core.is_loopback(host),
    _by_id = {}, -- tasks that are watched, by the service's id
    _tokens = notify.new_tokens(),
    _heal_tries = {}, -- by entry, see journal.healing
    _given_up = 0, -- creates under way whose caller was cancelled
  }, Client)
  client._scheduler = scheduler_module.new(handle, client)
  client._scheduler.on_log = options.on_log
  client._scheduler.on_error = options.on_error
  client.journal = options.journal and journal_module.new(client) or nil
  client._unclaimed = last_words.new_unclaimed(client.journal ~= nil)
  client._last_words = last_words.guard(client._scheduler.kept, client._unclaimed,
    task_module.counter_of_creates(client._scheduler.ops))
  return client
end

-- For the other files ---------------------------------------------------------

--- driving.enter, for the files that have a client at hand.
Client._enter = enter

--- The task is watched from now on.
function Client:_remember(task)
  local by_id = self._by_id
  local first = by_id[task.id]
  local twin = first
  while twin do
    if twin == task then
      return
    end
    twin = twin._twin
  end
  task._twin = first
  by_id[task.id] = task
end

--- The task is not watched any more.
function Client:_forget(task)
  local by_id, id = self._by_id, task.id
  local twin = id and by_id[id]
  if twin == task then
    by_id[id] = task._twin
  else
    while twin and twin._twin ~= task do
      twin = twin._twin
    end
    if twin then
      twin._twin = task._twin
    end
  end
  task._twin = nil
end

--- A create has ended; `err` is nil when the task's id is known.
function Client:_creation_ended(task, err)
  if not err or err.kind ~= "outcome_unknown" then
    notify.forget_token(self, task)
  end
end

-- Tasks -----------------------------------------------------------------------

--- Create a task: the task, or nil, err.
function Client:create(request, opts)
  local ok, err = enter(self, true)
  request_module.check(request)
  opts = usage.check_options(opts, options_module.CREATE, "client:create")
  opts = settings.check_call(self, opts, "client:create")
  if not ok then
    return nil, err
  end
  local task, wish = preparing.new(self, request, opts)
  if not task then
    return nil, wish -- the error
  end
  ok, err = task_module.create(task, wish)
  if not ok then
    return nil, err
  end
  return task
end

--- Create a task and wait for its result: the result, or nil, err.
function Client:generate(model, input, opts)
  local ok, err = enter(self, true)
  opts = usage.check_options(opts, options_module.GENERATE, "client:generate")
  opts = settings.check_call(self, opts, "client:generate")
  request_module.check_fields(model, input, opts.callBackUrl, "client:generate: ")
  if not ok then
    return nil, err
  end
  local task, wish = preparing.new(self, { model = model, input = input, callBackUrl = opts.callBackUrl }, opts)
  if not task then
    return nil, wish -- the error
  end
  return task_module.generate(task, wish)
end

--- A task for an id from elsewhere.
function Client:task(task_id, opts)
  local ok, err = enter(self)
  usage.check_text(task_id, "client:task: the task id", 256)
  opts = usage.check_options(opts, options_module.TASK, "client:task")
  if not ok then
    return nil, err
  end
  return task_module.new(self, task_id, opts.model, opts.model, opts)
end

--- Take over what nobody watches any more: a list of tasks, or with `wait` their
--- results and errors; or nil, err.
function Client:resume(opts)
  local ok, err = enter(self, true)
  opts = usage.check_options(opts, options_module.RESUME, "client:resume")
  if not self.journal then
    usage.raise('client:resume needs a journal: liangxin.new { journal = "studio.db" }')
  elseif not ok then
    return nil, err
  end
  if not opts.wait then
    return resume.take(self, opts)
  end
  local results, failures = resume.finish(self, opts)
  return results, failures
end

--- Send and watch what is enqueued, and call fn(result, err, entry) for each:
--- {done =, failed =}, or nil, err.
function Client:work(fn, opts)
  local ok, err = enter(self, "explicit")
  usage.check_callable(fn, "client:work: the first argument")
  opts = usage.check_options(opts, options_module.WORK, "client:work")
  if not self.journal then
    usage.raise('client:work needs a journal: liangxin.new { journal = "postgres://..." }')
  elseif not ok then
    return nil, err
  end
  return working.work(self, fn, opts)
end

--- Send no create from now on; true, or nil, err.
function Client:withdraw()
  local ok, err = enter(self)
  if ok then
    task_module.withdraw(self)
  end
  return ok, err
end

--- The same as query for a task whose create had `request_bytes` (may be nil).
function Client:_query(task_id, request_bytes)
  local entered, failure = enter(self, true)
  if not entered then
    return nil, failure
  end
  -- Its answer may be as large as the create was.
  return question.ask(self, task_id, "query", task_id, request_bytes)
end

--- Ask once about a task: its record, or nil, err.
function Client:query(task_id)
  local entered, failure = enter(self, true)
  usage.check_text(task_id, "client:query: the task id", 256)
  if not entered then
    return nil, failure
  end
  return question.ask(self, task_id, "query", task_id)
end

--- The record of a page of the gateway's ("account", "pricing"), or nil, err,
--- whose err.record has what else came.
function Client:_page(name)
  local entered, failure = enter(self, true)
  if not entered then
    return nil, failure
  end
  return question.ask(self, nil, "page", name)
end

--- What the key was granted, has used and has left, or nil, err.
function Client:account()
  local entered, failure = enter(self, true)
  if not entered then
    return nil, failure
  end
  return question.account(self)
end

-- A data: URL holds a picture.
local URL_MAX, DATA_URL_MAX = 16384, 32 * 2 ^ 20

--- Save what is behind any URL: {path, bytes, content_type}, or nil, err.
function Client:download(url, target, opts)
  local ok, err = enter(self, true)
  local is_data = type(url) == "string" and url:find("^[Dd][Aa][Tt][Aa]:")
  usage.check_text(url, "client:download: the url", is_data and DATA_URL_MAX or URL_MAX)
  usage.check_text(target, "client:download: the target", usage.PATH_MAX)
  opts = usage.check_options(opts, options_module.DOWNLOAD, "client:download")
  if not ok then
    return nil, err
  end
  local file, failure = download.get(self, url, opts, target, 1)
  if failure then
    failure.charged = "no" -- nothing was ordered
  end
  return file, failure
end

--- Feed the body of a callback: true, or nil, err when it names no task.
function Client:notify(body)
  local ok, err = enter(self)
  if not ok then
    return nil, err
  end
  return notify.notify(self, body)
end

--- Receive callbacks on a port of its own, and give each create its callBackUrl.
function Client:listen(options)
  local ok, err = enter(self)
  if not ok then
    return nil, err
  end
  return require("liangxin.listening").listen(self, options)
end

-- Jobs ------------------------------------------------------------------------

--- A job running fn(...); it starts at once.
function Client:spawn(fn, ...)
  local ok, err = enter(self)
  usage.check_callable(fn, "client:spawn: the argument")
  if not ok then
    return nil, err
  end
  local scheduler = self._scheduler
  local job = scheduler:current()
  return scheduler:spawn(job and job._scope, fn, ...)
end

--- What fn(...) returns, after it and every job it spawned ended.
function Client:run(fn, ...)
  local ok, err = enter(self, "explicit")
  usage.check_callable(fn, "client:run: the argument")
  if not ok then
    return nil, err
  end
  return structured.run(self, fn, ...)
end

--- fn(item, i) for each item of a list: the values, in order.
function Client:map(list, fn, opts)
  local ok, err = enter(self, true)
  if type(list) ~= "table" then
    usage.raise("client:map: the list must be a table, not %s", type(list))
  end
  usage.check_callable(fn, "client:map: the second argument")
  opts = usage.check_options(opts, options_module.MAP, "client:map")
  if not ok then
    return nil, err
  end
  return structured.map(self, list, fn, opts)
end

--- Wait for all tasks and jobs of a list: values, errors.
function Client:wait_all(list, timeout)
  local ok, err = enter(self)
  usage.check_timeout(timeout, "client:wait_all: timeout")
  if not ok then
    return nil, err
  end
  return combine.wait_all(self, list, timeout)
end

--- Wait for the first of a list to end: index, value, err.
function Client:wait_any(list, timeout)
  local ok, err = enter(self)
  usage.check_timeout(timeout, "client:wait_any: timeout")
  if not ok then
    return nil, nil, err
  end
  return combine.wait_any(self, list, timeout)
end

--- An iterator over the entries of a list as they end: index, value, err.
function Client:as_completed(list)
  enter(self) -- after a fork each entry comes with that error
  return combine.as_completed(self, list)
end

--- Wait for a time: true, or nil, err.
function Client:sleep(seconds)
  local ok, err = enter(self, true)
  usage.check_number(seconds, "client:sleep: seconds", 0, usage.SECONDS_MAX)
  if not ok then
    return nil, err
  end
  local scheduler = self._scheduler
  local timer, kind = scheduler:timer(seconds)
  if not timer then
    return nil, errors.local_end(kind)
  end
  local why, cause = scheduler:wait(timer)
  if why == "done" then
    return true
  end
  scheduler:abandon(timer)
  return nil, why == "cancelled" and cause or errors.local_end(why)
end

-- `local client <close> = liangxin.new{...}`: an error that is on its way is
-- more important than one of a job.
function Client.__close(client, err)
  if err == nil then
    client:close()
  else
    pcall(client.close, client)
  end
end

function Client:__tostring()
  local scheduler = self._scheduler
  return ("liangxin client of %s (%s)"):format(self._options.base_url,
    scheduler.closed and "closed" or scheduler.open .. " open")
end

return M
