-- enqueue.lua: `liangxin enqueue FILE`: the rows of a file, for any worker to send.
-- The whole file is checked before the first row is put in.

local batch_file = require "liangxin.cli.batch_file"
local common = require "liangxin.cli.common"
local problems = require "liangxin.cli.problems"
local status = require "liangxin.cli.status"
local text = require "liangxin.cli.text"
local pairs = require("liangxin.walk").pairs

local M = {
  name = "enqueue",
  summary = "put the rows of a file into the journal, for `liangxin work` to send",
}

local GROUP = 1000 -- rows that are put in at once
local PROBLEMS_SHOWN = 20

function M.add(command)
  batch_file.add(command)
  command:option("-o --output", "The folder where workers save the files; without it they are not saved.")
    :convert(common.path):argname "DIR"
  command:option("--priority", "The highest is sent first."):default "0":convert(common.number(-1000000, true, 1000000))
    :argname "N"
  command:option("--batch", "The name of the batch in the journal; default: that of the file.")
    :convert(common.batch_name):argname "NAME"
  command:option("--callback", "Where the service calls back at each task's end: the address of `liangxin listen`.")
    :argname "URL"
  command:option("--max-credits", "Put in nothing that would cost more than this in all.")
    :convert(common.number(0)):argname "N"
end

-- How many problems the file has, and says what they are.
local function check(cli, file)
  local reader, count = file:rows(), 0
  local function fault(message)
    count = count + 1
    if count <= PROBLEMS_SHOWN then
      cli.output:fail("%s: %s", reader:place(reader.number), message)
    end
  end
  for row, why in function() return reader:step() end do
    for _, problem in ipairs(row and problems.of(row.model, row.input) or {}) do
      if problem.level == "error" then
        fault(problem.message)
      end
    end
    if not row then
      fault(why)
    end
  end
  return count
end

-- Up to GROUP requests.
local function next_group(reader, callback)
  local group = {}
  for row in function() return #group < GROUP and reader:step() or nil end do
    group[#group + 1] = { model = row.model, input = row.input, key = row.key, callBackUrl = callback }
  end
  return group
end

local function enqueue_all(client, file, callback, opts)
  local reader, sums = file:rows(), { added = 0, known = 0 }
  local group = next_group(reader, callback)
  while #group > 0 do
    local counts, err = client.journal:enqueue(group, opts)
    for name in pairs(sums) do
      sums[name] = sums[name] + ((counts or err)[name] or 0)
    end
    if err then
      return sums, err
    end
    group = next_group(reader, callback)
  end
  return sums
end

local function run(cli, options, file)
  local client, refused = common.journal_client(cli)
  if not client then
    return refused
  end
  local opts = { batch = common.batch_of(options), priority = options.priority,
    max_credits = options.max_credits, save = options.output and options.output:gsub("/*$", "/") or nil }
  local ok, sums, err = pcall(enqueue_all, client, file, options.callback, opts)
  client:close()
  if not ok then -- what only the whole request shows, such as a picture of this machine
    cli.output:fail("%s", text.clean((tostring(sums):gsub("^.-client%.journal:enqueue: ", ""))))
    return status.usage
  end
  cli.output:say("%d enqueued, %d there already", sums.added, sums.known)
  if not options.output then
    cli.output:say("no worker saves them, without -o: fetch each by liangxin save KEY -o FOLDER/")
  end
  return err and common.fail(cli, err) or status.ok
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local file, why = batch_file.open(options.file, options)
  if not file then
    cli.output:fail("%s", why)
    return status.usage
  end
  local code = status.usage
  if check(cli, file) > 0 then
    cli.output:fail("nothing was put in")
  else
    code = run(cli, options, file)
  end
  file:close()
  return code
end

return M
