-- Coroutines over select: what the storm does at once, in one process.

local socket = require("socket")

local M = {}

local threads = {}
local late = {} -- {at, seconds}: how late short sleeps ended

local CANARY_SECONDS = 0.1

--- Run fn(...) beside the others, until it returns.
function M.start(fn, ...)
  threads[#threads + 1] = { co = coroutine.create(fn), at = 0, arguments = { ... } }
end

--- Sleep in a thread.
function M.sleep(seconds)
  coroutine.yield({ at = socket.gettime() + seconds })
end

--- Wait in a thread until the socket can be read, or written: false after `seconds`.
function M.readable(peer, seconds)
  return coroutine.yield({ at = socket.gettime() + seconds, reads = peer })
end

function M.writable(peer, seconds)
  return coroutine.yield({ at = socket.gettime() + seconds, writes = peer })
end

-- Sockets that threads wait for, and the seconds until one is due.
local function wishes(now)
  local reads, writes, wait = {}, {}, 0.2
  for _, thread in ipairs(threads) do
    reads[#reads + 1], writes[#writes + 1] = thread.reads, thread.writes
    wait = math.min(wait, math.max(thread.at - now, 0))
  end
  return reads, writes, wait
end

local function resume(thread, is_ready)
  local arguments = thread.arguments
  thread.arguments = nil
  local ok, wish
  if arguments then
    ok, wish = coroutine.resume(thread.co, (unpack or table.unpack)(arguments))
  else
    ok, wish = coroutine.resume(thread.co, is_ready)
  end
  if not ok then
    error(debug.traceback(thread.co, tostring(wish)), 0)
  end
  thread.at, thread.reads, thread.writes = nil, nil, nil
  for name, value in pairs(wish or {}) do
    thread[name] = value
  end
end

local function turn()
  local reads, writes, wait = wishes(socket.gettime())
  local can_read, can_write = socket.select(reads, writes, wait)
  local now = socket.gettime()
  local before, left = threads, {}
  threads = left
  for _, thread in ipairs(before) do
    local is_ready = thread.reads and can_read[thread.reads] or thread.writes and can_write[thread.writes]
    if is_ready or thread.at <= now then
      resume(thread, is_ready ~= nil and is_ready ~= false)
    end
    if coroutine.status(thread.co) ~= "dead" then
      left[#left + 1] = thread
    end
  end
end

--- Run until `is_over()`, or for `seconds`: whether it was over.
function M.run(is_over, seconds)
  local limit = socket.gettime() + seconds
  repeat
    turn()
  until is_over() or socket.gettime() > limit
  return is_over()
end

-- A thread: how busy the machine is.
local function watch_lateness()
  while true do
    local due = socket.gettime() + CANARY_SECONDS
    M.sleep(CANARY_SECONDS)
    late[#late + 1] = { due, socket.gettime() - due }
  end
end

M.start(watch_lateness)

--- By how many seconds what was due between two moments was late, in sum.
function M.lateness(from, to)
  local sum = 0
  for _, row in ipairs(late) do
    if row[1] <= to and row[1] + row[2] >= from then
      sum = sum + row[2]
    end
  end
  return sum
end

return M
