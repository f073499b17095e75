-- spend.lua: `liangxin spend`: what was charged, what is reserved.

local common = require "liangxin.cli.common"
local json = require "liangxin.cli.json"
local status = require "liangxin.cli.status"
local text = require "liangxin.cli.text"

local M = {
  name = "spend",
  summary = "credits charged, reserved and unknown, by the journal",
}

function M.add(command)
  command:option("--since", "From then on: 7d, 12h, 30m, 2w ago, or a day."):convert(common.time):argname "TIME"
  command:option("--by", "One line for each."):choices({ "model", "batch", "day" }):default "model":argname "WHAT"
  command:flag("--json", "One JSON object a line.")
end

local function show(cli, by, rows)
  local lines, width = {}, #"all"
  for i, row in ipairs(rows) do
    lines[i] = { row[by] == "" and "(none)" or text.clean(row[by]), row }
    width = math.max(width, text.width(lines[i][1]))
  end
  lines[#lines + 1] = { "all", rows }
  cli.output:result(("%s  %8s  %12s  %12s"):format(text.pad(by, width), "tasks", "charged", "reserved"))
  for _, line in ipairs(lines) do
    cli.output:result(("%s  %8d  %12s  %12s"):format(text.pad(line[1], width), line[2].attempts,
      text.number(line[2].charged), text.number(line[2].reserved)))
  end
end

local function tell_unknown(cli, client)
  local next_entry, number, reserved = client.journal:entries { state = "unknown" }, 0, 0
  for entry in next_entry or function() end do
    number, reserved = number + 1, reserved + (entry.reserved or 0)
  end
  if number > 0 then
    cli.output:say("%d of unknown outcome, %s credits reserved: `liangxin resolve` lists them", number,
      text.number(reserved))
  end
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local client, refused = common.journal_client(cli)
  if not client then
    return refused
  end
  local rows, err = client.journal:spend { since = options.since, by = options.by }
  if not rows then
    client:close()
    return common.fail(cli, err)
  end
  if options.json then
    for _, row in ipairs(rows) do
      cli.output:result(json.object { { options.by, row[options.by] }, { "tasks", row.attempts },
        { "charged", row.charged }, { "reserved", row.reserved } })
    end
  else
    show(cli, options.by, rows)
  end
  tell_unknown(cli, client)
  client:close()
  return status.ok
end

return M
