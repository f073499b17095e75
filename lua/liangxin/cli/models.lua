-- models.lua: `liangxin models [ID]`: what the catalogue knows.

local json = require "liangxin.cli.json"
local models = require "liangxin.models"
local prices = require "liangxin.cli.prices"
local spelling = require "liangxin.spelling"
local status = require "liangxin.cli.status"
local pairs = require("liangxin.walk").pairs

local M = {
  name = "models",
  summary = "the catalogue: models, parameters, ranges, defaults",
}

function M.add(command)
  command:argument("id", "The model to show; without it, all."):args "?"
  command:flag("--json", "One JSON object a line.")
  command:flag("--prices", "What each costs: credits for a task, by the config file and the gateway.")
end

local function range(spec)
  if spec.min and spec.max then
    return ("%s..%s"):format(spec.min, spec.max)
  elseif spec.min then
    return ("from %s"):format(spec.min)
  elseif spec.max then
    return ("to %s"):format(spec.max)
  elseif spec.max_length then
    return ("%s to %s characters"):format(spec.min_length or 0, spec.max_length)
  elseif spec.max_items then
    return ("%s to %s items"):format(spec.min_items or 0, spec.max_items)
  elseif spec.enum then
    return table.concat(spec.enum, "|")
  end
  return nil
end

local function describe(spec)
  local parts = { spec.role == "image" and "picture" or spec.type }
  if spec.required then
    parts[#parts + 1] = "required"
  end
  parts[#parts + 1] = range(spec)
  if spec.default ~= nil then
    parts[#parts + 1] = "default " .. tostring(spec.default)
  end
  parts[#parts + 1] = spec.note
  return table.concat(parts, ", ")
end

local function show(cli, model)
  cli.output:result(("%s  %s, %s"):format(model.id, model.kind, model.task))
  cli.output:result(model.description)
  local width = 0
  for _, spec in ipairs(model.parameters) do
    width = math.max(width, #spec.name)
  end
  for _, spec in ipairs(model.parameters) do
    cli.output:result(("  %-" .. width .. "s  %s"):format(spec.name, describe(spec)))
  end
end

local function list(cli)
  local width = 0
  for _, model in ipairs(models.list()) do
    width = math.max(width, #model.id)
  end
  for _, model in ipairs(models.list()) do
    cli.output:result(("%-" .. width .. "s  %-6s %s"):format(model.id, model.kind, model.description))
  end
  return status.ok
end

-- Of one model, or of all that have a price, by their ids.
local function show_prices(cli, options)
  local known = prices.known(cli)
  local ids = {}
  for id in pairs(known) do
    if not options.id or options.id == id then
      ids[#ids + 1] = id
    end
  end
  table.sort(ids)
  for _, id in ipairs(ids) do
    if options.json then
      cli.output:result(json.encode { id = id, credits = known[id] })
    else
      cli.output:result(("%-34s %.10g"):format(id, known[id]))
    end
  end
  if #ids == 0 then
    cli.output:fail("no price is known%s: state it in prices, in the config file",
      options.id and " of " .. options.id or "; the gateway tells none")
    return status.failed
  end
  return status.ok
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local id = options.id
  if options.prices then
    return show_prices(cli, options)
  end
  if not id and not options.json then
    return list(cli)
  elseif not id then
    for _, model in ipairs(models.list()) do
      cli.output:result(json.encode(model))
    end
    return status.ok
  end
  local model = models.get(id)
  if not model then
    local known = {}
    for _, row in ipairs(models.list()) do
      known[row.id] = true
    end
    local near = spelling.near(id, known)
    cli.output:fail("the catalogue has no model \"%s\"%s", id,
      near and (": did you mean \"%s\"?"):format(near) or "; `liangxin models` lists them")
    return status.usage
  elseif options.json then
    cli.output:result(json.encode(model))
  else
    show(cli, model)
  end
  return status.ok
end

return M
