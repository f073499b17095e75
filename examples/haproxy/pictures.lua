-- HAProxy: a service that draws. The client is made in the task, which runs in
-- the process that serves, and stepped there; a service waits by its own sleep.
local liangxin = require "liangxin"

local TICK_MS = 20

local client

core.register_task(function()
  client = liangxin.new {
    on_error = function(err)
      core.Alert(tostring(err))
    end,
  }
  while true do
    client:step()
    core.msleep(TICK_MS)
  end
end)

local function answer(applet, status, text)
  applet:set_status(status)
  applet:add_header("content-type", "text/plain")
  applet:add_header("content-length", #text)
  applet:start_response()
  applet:send(text)
end

core.register_service("draw", "http", function(applet)
  local prompt = applet.qs:match "prompt=([^&]+)"
  if not prompt then
    return answer(applet, 400, "say what to draw: /draw?prompt=...\n")
  end
  prompt = prompt:gsub("+", " "):gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end)
  local result, err
  local job = client:spawn(function()
    result, err = client:generate("z-image", { prompt = prompt })
  end)
  while job.status == "running" or job.status == "waiting" do
    core.msleep(TICK_MS)
  end
  if not result then
    return answer(applet, 502, tostring(err) .. "\n")
  end
  answer(applet, 200, result.urls[1] .. "\n")
end)
