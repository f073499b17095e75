-- validate.lua: `liangxin validate FILE`: what the catalogue says of a batch.

local batch_file = require "liangxin.cli.batch_file"
local costs = require "liangxin.cli.costs"
local json = require "liangxin.cli.json"
local problems = require "liangxin.cli.problems"
local status = require "liangxin.cli.status"
local text = require "liangxin.cli.text"

local M = {
  name = "validate",
  summary = "what the catalogue says of a batch, before a credit is spent",
}

function M.add(command)
  batch_file.add(command)
  command:flag("--json", "One JSON object for each problem.")
end

local function tell(cli, as_json, place, message, level)
  if as_json then
    cli.output:result(json.object { { "place", place }, { "level", level }, { "message", message } })
  else
    cli.output:result(("%s: %s%s"):format(place, level == "warning" and "warning: " or "", message))
  end
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local file, why = batch_file.open(options.file, options)
  if not file then
    cli.output:fail("%s", why)
    return status.usage
  end
  local reader, sum, good, bad = file:rows(), costs.new(cli.config.prices), 0, 0
  for row, fault in function() return reader:step() end do
    local is_good = not fault
    if fault then
      tell(cli, options.json, reader:place(reader.number), fault, "error")
    else
      for _, problem in ipairs(problems.of(row.model, row.input)) do
        is_good = is_good and problem.level ~= "error"
        tell(cli, options.json, reader:place(row.number), problem.message, problem.level)
      end
    end
    if is_good then
      sum:add(row.model)
    end
    good, bad = good + (is_good and 1 or 0), bad + (is_good and 0 or 1)
  end
  file:close()
  cli.output:say("%s can be sent%s", text.count(good, "row"), bad > 0 and (", %d not"):format(bad) or "")
  for _, line in ipairs(cli.config.prices and sum:lines() or {}) do
    cli.output:say("%s", line)
  end
  return bad == 0 and status.ok or status.usage
end

return M
