-- A pipeline: four drafts at once, the second one edited, a clip beside them,
-- everything on disk with a gallery of it. `make demo` runs this against the
-- sandbox; with LIANGXIN_BASE_URL and LIANGXIN_API_KEY set it uses the real
-- service, where each task costs money.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local gallery = require "liangxin.cli.gallery.page"
local service = require "support.service"

local folder = arg[1] or "demo"
local check = liangxin.check

local client, sandbox = service.open {
  -- Seeing every state costs a few more questions than the learned polling asks.
  poll = { first = 0.5, factor = 1.2, max = 2, jitter = 0.15 },
}
local started = os.time()
local has_terminal = os.execute "test -t 1"
local is_terminal = has_terminal == true or has_terminal == 0
local pictures, open = {}, {} -- by role: what was made, the state of what was not

local function say(format, ...)
  io.write(is_terminal and "\r\27[K" or "", format:format(...), "\n")
  io.flush()
end

-- How long the service took, by its own clock.
local function seconds_of(record)
  return record.completed_ms and (record.completed_ms - record.created_ms) / 1000 or 0
end

-- Width to height, where it is not 1.
local RATIOS = { ["16:9"] = 16 / 9 }

-- One picture from a prompt to the disk. Runs in a job: it reads as if it
-- blocked, and blocks nobody.
local function make(role, model, input)
  open[role] = "sending"
  local result = check(client:generate(model, input, {
    on_created = function(task_id)
      say("%-7s %s accepted as %s", role, model, task_id)
    end,
    on_state = function(state)
      open[role] = state
      say("%-7s %s", role, state)
    end,
  }))
  local files = check(result:save(folder .. "/", { overwrite = true }))
  open[role] = nil
  pictures[role] = {
    label = role,
    task_id = result.task_id,
    model = model,
    prompt = input.prompt,
    seed = input.seed,
    seconds = seconds_of(result.record),
    credits = result.record.credits,
    when = os.time(),
    file = files[1].path:sub(#folder + 2),
    ratio = RATIOS[input.aspect_ratio],
  }
  say("%-7s saved %s (%.0f KiB)", role, files[1].path, files[1].bytes / 1024)
  return result
end

local PROMPTS = {
  "a tea house by a lake at dawn, mist over the water",
  "a pine forest in the hills, golden evening light",
  "a lighthouse on a cliff at night, full moon",
  "a mountain village in the snow, evening",
}

-- A live line on a terminal; everything else goes on meanwhile.
local function show_progress()
  local spinner = { "|", "/", "-", "\\" }
  local turn = 0
  while true do
    local parts = {}
    for role, state in pairs(open) do
      parts[#parts + 1] = role .. " " .. state
    end
    table.sort(parts)
    turn = turn % #spinner + 1
    io.write("\r\27[K", spinner[turn], " ", table.concat(parts, "  "))
    io.flush()
    if not client:sleep(0.1) then
      return
    end
  end
end

client:run(function()
  local progress = is_terminal and client:spawn(show_progress)
  local clip = client:spawn(make, "clip", "kling-v3-pro", {
    prompt = "waves rolling onto a beach at sunset",
    duration = "5",
    aspect_ratio = "16:9",
  })
  local drafts = client:map(PROMPTS, function(prompt, i)
    return make("draft " .. i, "z-image", { prompt = prompt, image_size = "square_hd", seed = 1000 + i })
  end)
  make("edit", "gemini-2.5-flash-image-preview", {
    prompt = "the same forest on a winter night, falling snow",
    reference_images = { drafts[2].urls[1] },
  })
  check(clip:wait())
  if progress then
    progress:cancel()
    io.write("\r\27[K")
  end
end)

local ordered, work = {}, 0
for i, role in ipairs { "draft 1", "draft 2", "draft 3", "draft 4", "edit", "clip" } do
  ordered[i] = pictures[role]
  work = work + pictures[role].seconds
end
check(gallery.write(folder .. "/index.html", {
  title = "From prompts to pictures",
  text = "Four drafts at once, the second one edited, a clip beside them. Made by "
    .. (sandbox and "the sandbox, which paints what it reads and asks no model." or "the LiangXin Market."),
  facts = {
    { #ordered, "files, on " .. os.date("%Y-%m-%d", started) },
    { ("%.0f s"):format(work), "of the service's work" },
    { os.time() - started .. " s", "from start to end" },
  },
  listed = "In order",
  entries = ordered,
}))
client:close()

say("")
say("Open %s/index.html to see them.", folder)
if sandbox then
  say("To run this at the real service, where each of the %d tasks costs money:", #ordered)
  say("  export LIANGXIN_BASE_URL=https://...   # the API's address, from your account")
  say("  export LIANGXIN_API_KEY=sk-...")
  say("  make example")
end
