-- Callbacks: give a callBackUrl, and when the service calls it, hand the body to
-- client:notify. Nothing in the body is believed, since anybody could send it: it
-- only makes the client ask about that task now instead of at its next query.
-- Without a callback nothing is lost, so this is no code path of its own.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local service = require "support.service"

-- Queries are 20 s apart here, to show what the hint saves.
local client, sandbox = service.open { poll = { first = 20, factor = 1, max = 20 } }

-- Where callbacks arrive is your web server. In the sandbox, its list of
-- requests is the "server": it holds what it posted to itself. For the real
-- service, set this to a public https URL and call notify from its handler.
local callback_url = sandbox and sandbox.base_url .. "/callback" or os.getenv "CALLBACK_URL"
if not callback_url then
  print("CALLBACK_URL is not set: no callback arrives, and queries alone find the end")
end

local function arrived_bodies()
  local bodies = {}
  for _, request in ipairs(sandbox and sandbox.requests() or {}) do
    if request.path == "/callback" then
      bodies[#bodies + 1] = request.body
    end
  end
  return bodies
end

local started = os.time()
client:run(function()
  local listening = client:spawn(function()
    local seen = 0
    while client:sleep(0.1) do -- nil when this job is cancelled
      local bodies = arrived_bodies()
      for i = seen + 1, #bodies do
        print("callback: " .. bodies[i]:sub(1, 60) .. "...")
        liangxin.check(client:notify(bodies[i]))
      end
      seen = #bodies
    end
  end)
  local result = liangxin.check(client:generate("z-image", {
    prompt = "a carrier pigeon in flight",
    image_size = "square",
  }, { callBackUrl = callback_url }))
  print(("%d file, known after %d s, queries: %d")
    :format(#result.urls, os.difftime(os.time(), started), client:stats().queries))
  listening:cancel()
end)
client:close()
