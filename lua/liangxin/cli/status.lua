-- status.lua: how the program ends: its exit statuses, and which of them an error
-- of the client means.

local M = {}

-- name, number, what it means; the worst first, where several apply.
M.ROWS = {
  { "interrupted", 130, "Ctrl-C or SIGTERM ended it before all was done" },
  { "usage", 2, "a mistake in the arguments, the config file or the batch: nothing was sent" },
  { "key", 4, "the service refused the key" },
  { "unknown", 5, "the answer to a create was lost: a task may exist and be billed" },
  { "credits", 7, "out of credits" },
  { "ceiling", 6, "a ceiling would be passed, or no price is known" },
  { "unfinished", 3, "something is not finished; `liangxin resume` goes on" },
  { "later", 8, "the network or the service failed, nothing was made: try again later" },
  { "failed", 1, "some failed" },
  { "ok", 0, "all was done" },
}

local rank = {}
for i, row in ipairs(M.ROWS) do
  M[row[1]] = row[2]
  rank[row[2]] = i
end

local OF_KIND = {
  auth = "key",
  forbidden = "key",
  outcome_unknown = "unknown",
  budget = "ceiling",
  quota = "credits",
  deadline = "unfinished",
  closed = "unfinished",
  cancelled = "unfinished",
  rate_limited = "later",
  server = "later",
  network = "later",
  timeout = "later",
}

-- Of a result that is there: saving it may be tried again.
local IS_OF_FILES = { file = true, download = true, journal = true, network = true, timeout = true, server = true }

--- The status that an error of the client means.
function M.of_error(err)
  local name = OF_KIND[err.kind] or "failed"
  if IS_OF_FILES[err.kind] and err.charged == "yes" then
    name = "unfinished" -- the result is there, its files are not
  elseif name == "later" and err.charged ~= "no" then
    name = (err.task or err.task_id) and "unfinished" or "unknown"
  end
  return M[name]
end

--- The worse of two.
function M.worse(a, b)
  return rank[a] < rank[b] and a or b
end

return M
