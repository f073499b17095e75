-- Sends pictures of 20 MiB, several at a time, and tells how much memory that
-- took: image_child.lua BASE_URL PATH COUNT. Linux.

local liangxin = require("liangxin")

local function peak_kb()
  local file = assert(io.open("/proc/self/status"))
  local text = file:read("*a")
  file:close()
  return tonumber(text:match("VmHWM:%s*(%d+)"))
end

local base_url, path, count = arg[1], arg[2], tonumber(arg[3])
local client = liangxin.new({ api_key = "key", base_url = base_url, max_connections = count })

local function create(picture)
  local request = { model = "nano-banana-pro", input = { prompt = "x", reference_images = { picture } } }
  return liangxin.check(client:create(request, { watch = false })).id
end

-- What every picture needs, however small.
create(liangxin.image(path .. ".small"))
local before = peak_kb()
local list = {}
for i = 1, count do
  list[i] = liangxin.image(path)
end
local ids = client:map(list, create, { concurrency = count })
print("grown_kb", peak_kb() - before)
print("created", #ids)
client:close()
