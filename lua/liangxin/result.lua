-- result.lua: what a task that succeeded gives: URLs, and ways to download from
-- them. An expired URL is renewed once, by a query.

local asking = require "liangxin.journal.asking"
local core = require "liangxin.core"
local download = require "liangxin.download"
local errors = require "liangxin.errors"
local money = require "liangxin.journal.money"
local options_module = require "liangxin.options"
local settings = require "liangxin.journal.settings"
local structured = require "liangxin.async.structured"
local usage = require "liangxin.usage"

local M = {}

-- A host may know the name of a file before it has the file. For a minute after
-- the success arrived, a dead URL that the task still names is tried again: after
-- the client's shortest wait, then after twice the wait before.
local TRIES_AGAIN = 3
local FRESH_SECONDS = 60
local FILES_MAX = 256 -- of one entry in the journal

local Result = core.result_class -- the encoder knows it
Result.__name = "liangxin.result"
Result.__index = Result
M.class = Result

--- The result of `task` from `record` (adopted).
function M.new(client, task, record)
  if client.journal then
    client.journal:_name(task.id, record.urls, record.completed_ms and record.completed_ms / 1000)
  end
  return setmetatable({
    task_id = task.id,
    model = task.model or record.model,
    urls = record.urls,
    record = record,
    _seen = core.now(),
    _request_bytes = task._request_bytes,
    _entry = task._entry,
    _client = client,
  }, Result)
end

-- Fresh URLs for the dead ones: a record, or nil, err.
local function ask_again(result, expired)
  local record, err = result._client:_query(result.task_id, result._request_bytes)
  if not record then
    expired.cause = err
    return nil, expired
  end
  return record
end

-- The URL that now stands for number i, nil when it is the same.
local function fresh_url(result, record, i)
  local url = record.urls[i]
  if url ~= result.urls[i] then
    return url
  end
  return nil
end

local function expect_urls(result, what)
  if #result.urls == 0 then
    return nil, errors.of_client(result._client, errors.new("result_missing", what .. ": this result has no files; "
      .. "result.record.data holds what it has", {
      charged = "yes",
      task_id = result.task_id,
      record = result.record,
    }))
  end
  return true
end

-- 410 means gone for good.
local function may_come(result, err)
  return err.http_status ~= 410 and core.now() - result._seen < FRESH_SECONDS
end

local function try_again(result, url, err, get)
  local client = result._client
  local seconds = client._options.retry.base
  local file, tries = nil, 0
  while not file and tries < TRIES_AGAIN and err.kind == "expired" and may_come(result, err) do
    local ok, failure = client:sleep(seconds)
    if not ok then
      return nil, failure
    end
    file, err = get(url)
    seconds, tries = seconds * 2, tries + 1
  end
  return file, err
end

-- One file: from its URL, else from the URL that the task names now, which may be
-- the same. `renew()` returns a record.
local function fetch_file(result, i, renew, get)
  local url = result.urls[i]
  local file, err = get(url)
  if file or err.kind ~= "expired" then
    return file, err
  end
  local record, failure = renew(err)
  if not record then
    return nil, failure
  end
  local fresh = fresh_url(result, record, i)
  if fresh then
    url = fresh
    file, err = get(url)
  end
  if not file then
    file, err = try_again(result, url, err, get)
  end
  if not file and err.kind == "expired" then
    err.message = err.message .. ", and the task names no other that works"
  end
  return file, err
end

-- A function that queries once for all files of one save.
local function renewal(result)
  local record, failure, asked
  return function(expired)
    if not asked then
      asked = true
      record, failure = ask_again(result, expired)
    end
    return record, failure or expired
  end
end

local function decorate(result, err)
  err.task_id = err.task_id or result.task_id
  err.charged = "yes" -- whatever ended the download: the result was there
  return err
end

-- A folder's name may end with a slash.
local function bare(target)
  return (target:gsub("/+$", ""))
end

-- Files that an earlier save of the same result wrote before it failed are kept,
-- not downloaded again.
local function save_one(result, target, i, opts, renew, of)
  local partial = result._partial
  local done = partial and partial.target == bare(target) and partial.files[i]
  if done then
    return done
  end
  return fetch_file(result, i, renew, function(url)
    return download.get(result._client, url, opts, target, i, of)
  end)
end

local function collect(result, target, files, failures)
  local first_error, saved = nil, {}
  for i = 1, #result.urls do
    if files[i] then
      saved[#saved + 1] = files[i]
    else
      first_error = first_error or failures[i]
    end
  end
  if first_error then
    result._partial = { target = bare(target), files = files }
    first_error.files = saved
    return nil, decorate(result, first_error)
  end
  result._partial = nil
  return saved
end

--- Save all files with checked options. `entry`: of the journal, nil: of none; then
--- the target is absolute. `by_hand`: whatever the journal says.
function M.save(result, target, opts, entry, by_hand)
  local client = result._client
  local ok, err = client:_enter(true)
  if ok then
    ok, err = expect_urls(result, "result:save")
  end
  if not ok then
    return nil, err
  end
  local renew = renewal(result)
  local of = { task_id = result.task_id, entry = entry, count = #result.urls, by_hand = by_hand }
  if #result.urls == 1 then
    local file, failure = save_one(result, target, 1, opts, renew, of)
    return collect(result, target, { file }, { failure })
  end
  local files, failures = structured.map(client, result.urls, function(_, i)
    return save_one(result, target, i, opts, renew, of)
  end, { concurrency = client._options.max_downloads })
  if not files then
    return nil, decorate(result, failures)
  end
  return collect(result, target, files, failures)
end

-- What the journal knows of a task that was watched by its id alone: its entry, which
-- learns of the result; false where it has none; nil, err.
local function look_up(result)
  local client = result._client
  local answer, err = asking.ask(client, { verb = "entries", task_id = result.task_id })
  local row = answer and answer.entries[1]
  if row and row.state == "accepted" and row.task_id == result.task_id then
    answer, err = asking.ask(client, { verb = "succeed", entry = row.id, attempt = row.attempt,
      text = core.encode(result.urls), charged = money.charge(result.record.credits) })
  end
  if not answer then
    return nil, err
  end
  return row and row.id or false
end

-- The journal's entry that the result is of; false: of none, as far as it can tell;
-- nil, err where the wait for its answer was ended.
local function find_entry(result)
  if result._entry == nil then
    local entry, err = look_up(result)
    if entry == nil and err.kind ~= "journal" then
      return nil, err
    end
    result._entry = entry
  end
  return result._entry or false
end

--- Save all files: a list of {path, bytes, content_type}, or nil, err (with
--- err.files, those that were saved). What the task's option `save` has saved
--- there is not saved again.
function Result:save(target, opts)
  usage.check_self(self, Result, "result:save")
  usage.check_text(target, "result:save: the target", usage.PATH_MAX)
  opts = usage.check_options(opts, options_module.DOWNLOAD, "result:save")
  local place = settings.find_place(target)
  if self._saved_to and place == self._saved_to then
    return self.files
  end
  if not place or not self._client.journal or #self.urls > FILES_MAX then
    return M.save(self, target, opts)
  end
  local entry, err = find_entry(self)
  if entry == nil then
    return nil, decorate(self, err)
  elseif entry then
    return M.save(self, place, opts, entry, true)
  end
  return M.save(self, target, opts)
end

--- The bytes behind URL number i (1 when nil) and their content type, or nil, err.
function Result:fetch(i, opts)
  usage.check_self(self, Result, "result:fetch")
  if i == nil then
    i = 1
  end
  usage.check_number(i, "result:fetch: the index", 1, math.max(1, #self.urls), true)
  opts = usage.check_options(opts, options_module.FETCH, "result:fetch")
  local client = self._client
  local ok, err = client:_enter(true)
  if ok then
    ok, err = expect_urls(self, "result:fetch")
  end
  if not ok then
    return nil, err
  end
  local file, failure = fetch_file(self, i, renewal(self), function(url)
    return download.get(client, url, opts)
  end)
  if not file then
    return nil, decorate(self, failure)
  end
  return file.body or "", file.content_type
end

function Result:__tostring()
  return ("liangxin result of %s (%d %s)"):format(self.task_id, #self.urls,
    #self.urls == 1 and "file" or "files")
end

return M
