-- A process with HTTPS in flight that ends in one of the ways of exits.lua:
--
--   lua spec/support/exit_child.lua WAY TLS_URL TLS_HANG_URL CA_FILE FOLDER
--
-- In flight: queries without a pause, creates that get no answer, downloads
-- that drip, TLS handshakes that hang. It says "in flight" before it leaves.

local liangxin = require("liangxin")
local exits = require("spec.support.exits")

local name, tls_url, hang_url, ca_file, folder = ...
local TASKS, DOWNLOADS, STUCK = 4, 2, 2
local REQUEST = { model = "z-image", input = { prompt = "a kite" } }

local function new(base_url)
  return liangxin.new({
    base_url = base_url,
    ca_file = ca_file,
    poll = { first = 0.001, factor = 1, max = 0.001, jitter = 0 },
  })
end

local clients = { new(tls_url), new(tls_url .. "/hang"), new(hang_url) }
local busy, silent, shaking = clients[1], clients[2], clients[3]

local task
for _ = 1, TASKS do
  task = assert(busy:create(REQUEST))
end
local dripping = 0
for i = 1, DOWNLOADS do
  busy:spawn(function()
    local has_begun = false
    busy:download(("%s/files/%d.png"):format(tls_url, i), folder .. "/" .. i, {
      on_progress = function()
        dripping = dripping + (has_begun and 0 or 1)
        has_begun = true
      end,
    })
  end)
end
for _, client in ipairs({ silent, shaking }) do
  for _ = 1, STUCK do
    client:spawn(client.create, client, REQUEST)
  end
end

local function is_in_flight(client, count)
  client:step()
  return client:stats().in_flight >= count
end
repeat
  busy:poll(0.05)
until dripping == DOWNLOADS and busy:stats().queries > 10
  and is_in_flight(silent, STUCK) and is_in_flight(shaking, STUCK)

io.write("in flight\n")
io.flush()
for _, way in ipairs(exits.WAYS) do
  if way.name == name then
    way.leave(busy, task)
    for _, client in ipairs(way.closes and clients or {}) do
      client:close()
    end
  end
end
