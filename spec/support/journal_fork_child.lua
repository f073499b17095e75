-- A process with a journal that forks in mid-flight, LuaJIT only: the fork may not
-- use it, and the process goes on.
--
--   luajit journal_fork_child.lua BASE_URL JOURNAL

local ffi = require("ffi")
local liangxin = require("liangxin")

ffi.cdef([[
  int fork(void);
  int waitpid(int pid, int *status, int options);
  void _exit(int status);
]])

local base_url, journal = ...
local client = liangxin.new({ base_url = base_url, api_key = "sk-fork", journal = journal })

local function draw(key)
  local result, err = client:generate("z-image", { prompt = key }, { key = key })
  return result and "made" or err.kind
end

print("parent", draw("first"))
io.flush()
local pid = ffi.C.fork()
if pid == 0 then
  print("fork", draw("first"), draw("second"))
  client:close()
  print("fork", "closed")
  io.flush()
  ffi.C._exit(0)
end
ffi.C.waitpid(pid, nil, 0)
print("parent", draw("second"))
client:close()
