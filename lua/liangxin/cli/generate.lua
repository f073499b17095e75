-- generate.lua: `liangxin generate MODEL "PROMPT" [name=value ...]`: one result, or
-- several at once.

local common = require "liangxin.cli.common"
local core = require "liangxin.core"
local costs = require "liangxin.cli.costs"
local inputs = require "liangxin.cli.inputs"
local json = require "liangxin.cli.json"
local liangxin = require "liangxin"
local problems = require "liangxin.cli.problems"
local progress = require "liangxin.cli.progress"
local status = require "liangxin.cli.status"
local text = require "liangxin.cli.text"
local work = require "liangxin.cli.work"
local pairs = require("liangxin.walk").pairs

local M = {
  name = "generate",
  summary = "one picture or clip, or several of the same",
}

local AT_ONCE = 16
local KEY_MAX = 200 -- bytes
local NUMBER_MAX = 1000 -- of one call: more is a batch
local SEED_MAX = 2147483647

function M.add(command)
  command:argument("model", "The model; `liangxin models` lists them."):argname "MODEL"
  command:argument("words", "The prompt, or - to read it from stdin; then parameters: seed=7 image=@photo.jpg")
    :args "*":argname "PROMPT|NAME=VALUE"
  command:option("-n --number", "How many, with seeds that differ."):default "1"
    :convert(common.number(1, true, NUMBER_MAX)):argname "N"
  common.add_saving(command)
  command:option("--key", "What it is for: the same key again makes no second task."):argname "KEY"
  command:flag("--dry-run", "Say what would be sent and what it costs; send nothing.")
end

local function read_prompt(cli)
  if core.terminal.is_terminal(0) then
    cli.output:say("The prompt; Ctrl-D behind it:")
  end
  return (io.stdin:read "*a" or ""):gsub("%s+$", "")
end

-- The words behind the model as an input: or nil, why.
local function read_words(cli, model, words)
  local input = {}
  for i, word in ipairs(words) do
    local name, value = word:match "^([%a_][%w_]*)=(.*)$"
    local ok, why = true, nil
    if name then
      ok, why = inputs.put(input, model, name, value)
    elseif i > 1 then
      return nil, ("\"%s\" is no parameter: put the prompt into quotes, and write name=value"):format(text.clean(word))
    else
      input.prompt = word == "-" and read_prompt(cli) or word
    end
    if not ok then
      return nil, why
    end
  end
  for name, value in pairs(input) do
    if type(value) == "string" and text.find_invalid(value) then
      return nil, ("input.%s is no UTF-8"):format(name)
    end
  end
  return input
end

local function has_seed(model)
  local row = liangxin.models.get(model)
  for _, spec in ipairs(row and row.parameters or {}) do
    if spec.name == "seed" then
      return true
    end
  end
  return false
end

-- Number `n` of `count`: a copy of the input with a seed of its own.
local function vary(model, input, count, n)
  local copy = {}
  for name, value in pairs(input) do
    copy[name] = value
  end
  if count > 1 and has_seed(model) then
    local first = input.seed or tonumber(core.token():sub(1, 8), 16) % (SEED_MAX - count)
    input.seed = first
    copy.seed = type(first) == "number" and first + n - 1 or first
  end
  return copy
end

-- Why the key cannot be taken, or nil.
local function refuse_key(options)
  if options.key and (options.key == "" or options.key:find "%c" or #options.key > KEY_MAX) then
    return ("--key: 1 to %d bytes, without control characters"):format(KEY_MAX)
  end
  return nil
end

local function items_of(options, input)
  local items = {}
  for n = 1, options.number do
    items[n] = {
      label = options.number > 1 and ("%s %d"):format(options.model, n) or options.model,
      model = options.model,
      input = vary(options.model, input, options.number, n),
      n = n,
      key = options.key and options.number > 1 and ("%s-%d"):format(options.key, n) or options.key,
    }
  end
  return items
end

local function dry_run(cli, items)
  local sum = costs.new(cli.config.prices)
  for _, item in ipairs(items) do
    cli.output:result(json.object { { "model", item.model }, { "input", problems.shown(item.input) } })
    sum:add(item.model)
  end
  sum:ask(cli)
  for _, line in ipairs(sum:lines()) do
    cli.output:say("%s", line)
  end
  return status.ok
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local input, why = read_words(cli, options.model, options.words)
  local place
  why = why or refuse_key(options)
  if not why then
    place, why = common.place_to_send(options, cli.config)
  end
  if not place then
    cli.output:fail("%s", why)
    return status.usage
  elseif not problems.check(cli.output, options.model, input) then
    if not input.prompt then
      cli.output:say("Write it behind the model: liangxin generate %s \"PROMPT\"", text.clean(options.model))
    end
    return status.usage
  end
  local items = items_of(options, input)
  if options.dry_run then
    return dry_run(cli, items)
  end
  local client, refused = cli:client { journal = true }
  if not client then
    return refused
  end
  local next_item = 0
  local done = work.new {
    cli = cli, client = client, jobs = AT_ONCE, folder = place.folder, file = place.file, template = place.template,
    json = options.json, show = options.show or cli.config.show or "auto", deadline = options.deadline,
    progress = progress.new(cli.output, options.progress or cli.config.progress or "auto", #items, client),
  }
  return done:run(function()
    next_item = next_item + 1
    return items[next_item]
  end)
end

return M
