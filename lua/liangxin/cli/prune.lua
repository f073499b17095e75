-- prune.lua: `liangxin prune --before TIME`: forgets what ended long ago.

local common = require "liangxin.cli.common"
local status = require "liangxin.cli.status"

local M = {
  name = "prune",
  summary = "forget what ended long ago; never what is unknown",
}

function M.add(command)
  command:option("--before", "What ended before then: 30d, 12h, 2w ago, or a day."):count(1):convert(common.time)
    :argname "TIME"
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local client, refused = common.journal_client(cli)
  if not client then
    return refused
  end
  local count, err = client.journal:prune { before = options.before }
  client:close()
  if not count then
    return common.fail(cli, err)
  end
  cli.output:say("%d forgotten", count)
  return status.ok
end

return M
