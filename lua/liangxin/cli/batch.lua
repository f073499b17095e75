-- batch.lua: `liangxin batch FILE`: a result for each row. The whole file is
-- checked before anything is sent.

local batch_file = require "liangxin.cli.batch_file"
local common = require "liangxin.cli.common"
local costs = require "liangxin.cli.costs"
local json = require "liangxin.cli.json"
local names = require "liangxin.cli.names"
local problems = require "liangxin.cli.problems"
local progress = require "liangxin.cli.progress"
local status = require "liangxin.cli.status"
local text = require "liangxin.cli.text"
local work = require "liangxin.cli.work"
local pairs = require("liangxin.walk").pairs

local M = {
  name = "batch",
  summary = "a result for each row of a file; started again, it goes on",
}

local TEMPLATE = "{key}-{n}.{ext}"
local PROBLEMS_SHOWN = 20

function M.add(command)
  batch_file.add(command)
  common.add_saving(command)
  command:option("--jobs", "How many tasks at a time."):default "16":convert(common.number(1, true)):argname "N"
  command:option("--max-credits", "Send nothing that would cost more than this in all.")
    :convert(common.number(0)):argname "N"
  command:option("--batch", "The name of the batch in the journal; default: that of the file.")
    :convert(common.batch_name):argname "NAME"
  command:flag("--retry-failed", "Send rows again whose task has failed in an earlier run.")
  command:flag("--dry-run", "Say what would be sent and what it costs; send nothing.")
end

local TODAY = os.date "%Y-%m-%d"

-- What a template is filled with, as far as the row tells it.
local function fields_of(row)
  local prompt = row.input.prompt
  return { key = row.key, model = row.model, prompt = type(prompt) == "string" and prompt or nil,
    seed = row.input.seed, n = 1, date = TODAY }
end

-- What is wrong with the file as a whole, while it is read.
local Check = {}
Check.__index = Check

local function new_check(cli, reader, template)
  return setmetatable({
    output = cli.output, reader = reader, template = template,
    costs = costs.new(cli.config.prices), rows = 0, problems = 0,
    names = {}, -- the number of the row that is saved so
  }, Check)
end

function Check:fault(message)
  self.problems = self.problems + 1
  if self.problems <= PROBLEMS_SHOWN then
    self.output:fail("%s: %s", self.reader:place(self.reader.number), message)
  end
end

function Check:name(row)
  if names.needs_task(self.template) then
    return
  end
  local name = names.fill(self.template, fields_of(row))
  local before = self.names[name]
  if before then
    self:fault(("it would be saved as %s, like %s: put {key} into the template")
      :format(name:gsub("%.%*$", ""), self.reader:place(before)))
  end
  self.names[name] = row.number
end

function Check:row(row)
  self.rows = self.rows + 1
  for _, problem in ipairs(problems.of(row.model, row.input)) do
    if problem.level == "error" then
      self:fault(problem.message)
    end
  end
  self:name(row)
  self.costs:add(row.model)
end

-- Read the whole file: the check, with the numbers of rows and problems.
local function check_all(cli, file, template)
  local reader = file:rows()
  local check = new_check(cli, reader, template)
  for row, why in function() return reader:step() end do
    if row then
      check:row(row)
    else
      check:fault(why)
    end
  end
  if check.problems > PROBLEMS_SHOWN then
    cli.output:fail("and %s more; `liangxin validate` shows all",
      text.count(check.problems - PROBLEMS_SHOWN, "problem"))
  end
  return check
end

local function dry_run(cli, options, file, check)
  local reader = options.json and file:rows()
  for row in function() return reader and reader:step() end do
    cli.output:result(json.object { { "key", row.key }, { "model", row.model },
      { "input", problems.shown(row.input) } })
  end
  cli.output:say("%s would be sent", text.count(check.rows, "row"))
  for _, line in ipairs(check.costs:lines()) do
    cli.output:say("%s", line)
  end
  return status.ok
end

-- Items of the rows. Without a journal the ceiling is held here.
local function source_of(cli, file, ceiling, known, state)
  local reader = file:rows()
  return function()
    local row = not state.is_full and reader:step() or nil
    local price = row and ceiling and known[row.model] or 0
    if row and ceiling and state.reserved + price > ceiling then
      state.is_full = true
      cli.output:fail("the ceiling of %s credits is reached: %s is not sent", text.number(ceiling), row.key)
      return nil
    elseif row then
      state.reserved = state.reserved + price
      row.label = row.key
    end
    return row
  end
end

-- Where a ceiling holds, each price must be known before.
local function has_prices(cli, check)
  local _, is_whole = check.costs:sum()
  for _, line in ipairs(is_whole and {} or check.costs:lines()) do
    cli.output:fail("%s", line)
  end
  return is_whole
end

-- The table at the end.
local function tell_end(cli, done, check)
  local output = cli.output
  local not_sent = check.rows - done.started + done.outcomes.not_sent
  local before = done.before
  output:say("%-10s %d%s", "saved", done.outcomes.saved,
    before.saved and (", %d of them by an earlier run"):format(before.saved) or "")
  for _, outcome in ipairs { "failed", "unknown", "unfinished" } do
    if done.outcomes[outcome] > 0 then
      output:say("%-10s %d", outcome, done.outcomes[outcome])
    end
  end
  local reasons = {}
  for reason in pairs(done.reasons) do
    reasons[#reasons + 1] = reason
  end
  table.sort(reasons, function(a, b)
    return done.reasons[a] > done.reasons[b] or done.reasons[a] == done.reasons[b] and a < b
  end)
  for i = 1, math.min(#reasons, 10) do
    output:say("%10d %s", done.reasons[reasons[i]], reasons[i])
  end
  if not_sent > 0 then
    output:say("%-10s %d", "not sent", not_sent)
  end
  output:say("%-10s %s%s", "credits", text.number(done.progress.credits),
    before.credits > 0 and (", and %s by an earlier run"):format(text.number(before.credits)) or "")
end

-- What to type to go on: the same again.
local function same_again(cli)
  local words = { "liangxin" }
  for _, word in ipairs(cli.arguments) do
    words[#words + 1] = word:find "^[%w_./:=@,+-]+$" and word or "'" .. word:gsub("'", "'\\''") .. "'"
  end
  return table.concat(words, " ")
end

local function run_all(options, cli, file, check, place)
  local client, refused = cli:client { journal = true }
  if not client then
    return refused
  end
  local state = { reserved = 0 }
  local done = work.new {
    cli = cli, client = client, jobs = options.jobs, folder = place.folder, template = place.template,
    json = options.json, show = options.show or cli.config.show or "none", deadline = options.deadline,
    batch = common.batch_of(options), max_credits = options.max_credits,
    prices = check.costs.prices, retry_failed = options.retry_failed, resume = same_again(cli),
    progress = progress.new(cli.output, options.progress or cli.config.progress or "auto", check.rows, client),
  }
  local ceiling = not client.journal and options.max_credits or nil
  local code = done:run(source_of(cli, file, ceiling, check.costs.prices, state))
  tell_end(cli, done, check)
  return state.is_full and status.worse(code, status.ceiling) or code
end

-- The file is good: what is left to do.
local function go_on(options, cli, file, check, place)
  if check.rows == 0 then
    cli.output:say("%s has no rows: there is nothing to send", options.file)
    return status.ok
  end
  if options.dry_run or options.max_credits then
    check.costs:ask(cli)
  end
  if options.dry_run then
    return dry_run(cli, options, file, check)
  elseif options.max_credits and not has_prices(cli, check) then
    return status.ceiling
  end
  return run_all(options, cli, file, check, place)
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local place, why = common.place_to_send(options, cli.config)
  local file
  if place and place.file then
    why = "a batch is saved in a folder: -o DIR/"
  elseif place then
    place.template = place.template or TEMPLATE
    file, why = batch_file.open(options.file, options)
  end
  if not file then
    cli.output:fail("%s", why)
    return status.usage
  end
  local check = check_all(cli, file, place.template)
  local code = status.usage
  if check.problems > 0 then
    cli.output:fail("nothing was sent")
  else
    code = go_on(options, cli, file, check, place)
  end
  file:close()
  return code
end

return M
