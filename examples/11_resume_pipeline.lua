-- Killed? Run it again. Six pictures in two steps, by a program that kills itself
-- (SIGKILL: no handler runs) at four moments. Each run is the same script; the
-- journal in out/ knows what was paid for. Against the sandbox, for nothing.
--
--   lua 11_resume_pipeline.lua       starts itself until it has come through
--   lua 11_resume_pipeline.lua N     run number N
--
-- Needs a shell, for `kill`.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local service = require "support.service"

local SUBJECTS = { "a tea house by a lake", "a lighthouse on a cliff", "a village in the mountains" }

-- When which run dies: the third time that this happens in it.
local DEATHS = { "draft created", "draft saved", "edit created", "edit saved" }

io.stdout:setvbuf "line" -- what was printed survives

local function work(run)
  local client = service.open { journal = "out/pipeline.db" }
  local seen = 0

  local function happens(what)
    seen = seen + (what == DEATHS[run] and 1 or 0)
    if seen == 3 then
      print(("run %d: kill -9, third %s"):format(run, what))
      os.execute "kill -KILL $PPID" -- the parent of that shell is this program
    end
  end

  local function make(step, number, model, input)
    local result = liangxin.check(client:generate(model, input, {
      key = ("%s/%d"):format(step, number), -- names what is wanted
      save = "out/",
      on_created = function()
        happens(step .. " created")
      end,
    }))
    print(("run %d: %s %d: %s"):format(run, step, number, result.files[1].path:match "[^/]+$"))
    happens(step .. " saved")
    return result
  end

  local drafts = client:map(SUBJECTS, function(subject, i)
    return make("draft", i, "z-image", { prompt = subject, image_size = "square" })
  end)
  client:map(drafts, function(draft, i)
    return make("edit", i, "nano-banana-pro", {
      prompt = "the same on a winter night",
      reference_images = { draft },
    })
  end)

  for row in liangxin.check(client.journal:entries()) do
    print(("  %-8s %s  %d attempt  %s credits"):format(row.key, row.state, row.attempts, row.credits))
  end
  print(("  charged: %s credits"):format(liangxin.check(client.journal:spend()).charged))
  client:close()
end

local function start_until_done()
  local _, sandbox = service.open()
  local environment = sandbox
    and ("LIANGXIN_BASE_URL=%s LIANGXIN_API_KEY=%s"):format(sandbox.base_url, sandbox.api_key) or ""
  os.execute "mkdir -p out"
  for run = 1, #DEATHS + 1 do
    os.execute(("%s '%s' '%s' %d"):format(environment, arg[-1], arg[0], run))
  end
  if sandbox then
    local _, counters = sandbox.requests()
    print(("the bill: %d creates, %d tasks billed"):format(counters.creates, counters.billed))
  end
end

local run = tonumber(arg[1])
if run then
  work(run)
else
  start_until_done()
end
