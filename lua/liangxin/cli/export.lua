-- export.lua: `liangxin export`: the whole journal as JSON lines.

local common = require "liangxin.cli.common"
local core = require "liangxin.core"
local status = require "liangxin.cli.status"

local M = {
  name = "export",
  summary = "the whole journal as JSON lines, prompts included",
}

function M.add(command)
  command:option("-o --output", "A new file; without it, stdout."):convert(common.path):argname "FILE"
end

-- The journal writes files: one beside it is copied.
local function copy_out(cli, path)
  local file = io.open(path, "rb")
  for line in file and file:lines() or function() end do
    cli.output:result(line)
  end
  if file then
    file:close()
  end
  os.remove(path)
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local client, refused = common.journal_client(cli)
  if not client then
    return refused
  end
  local path = options.output or ("%s.%s.tmp"):format(os.tmpname(), core.token():sub(1, 8))
  local count, err = client.journal:export(path)
  client:close()
  if not count then
    return common.fail(cli, err)
  elseif not options.output then
    copy_out(cli, path)
  end
  cli.output:say("%d exported", count)
  return status.ok
end

return M
