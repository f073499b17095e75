-- listen.lua: `liangxin listen`: receives the service's callbacks and writes them
-- into the journal.

local common = require "liangxin.cli.common"
local json = require "liangxin.cli.json"
local status = require "liangxin.cli.status"
local stops = require "liangxin.cli.stops"

local M = {
  name = "listen",
  summary = "receive the service's callbacks, and say which tasks they name",
}

local TICK = 0.2 -- s between looks at signals

function M.add(command)
  command:option("--port", "The port; 0 takes a free one."):default "0":convert(common.number(0, true)):argname "N"
  command:option("--address", "The address to listen on."):default "127.0.0.1":argname "ADDRESS"
  command:option("--public", "The URL under which the service reaches it."):argname "URL"
  command:flag("--json", "One JSON object for each callback.")
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local client, refused = cli:client { journal = true }
  if not client then
    return refused
  end
  local ok, listening, err = pcall(client.listen, client, {
    port = options.port,
    address = options.address,
    public_url = options.public,
    on_callback = function(task_id)
      cli.output:result(options.json and json.object { { "task_id", task_id } } or task_id)
    end,
  })
  if not ok or not listening then
    client:close()
    if ok then
      return common.fail(cli, err)
    end
    cli.output:fail("%s", (tostring(listening):gsub("^.-client:listen: ", "")))
    return status.usage
  end
  stops.catch() -- before anybody is told that it may be stopped
  cli.output:say("listening on %s, port %d", listening.url, listening.port)
  while stops.level() == 0 do
    client:sleep(TICK)
  end
  client:close()
  stops.release()
  return status.ok
end

return M
