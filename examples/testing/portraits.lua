-- What a game may have: portraits of its heroes and clips of its quests, made
-- while the game runs. `portraits_spec.lua` beside it tests this against the
-- sandbox; run it with `busted examples/testing/portraits_spec.lua`.

local Portraits = {}
Portraits.__index = Portraits

-- What is shown where there is no picture.
local FALLBACKS = { task_failed = "sketch", quota = "silhouette" }

---@param client liangxin.Client the game's own
---@param folder string where pictures are kept
local function new(client, folder)
  return setmetatable({
    client = client,
    folder = folder,
    entries = {}, -- by name: state, path, fallback
    finished = {}, -- names, in the order in which they ended
    spent = 0,
  }, Portraits)
end

local function make(self, name, entry)
  local result, err = self.client:generate(entry.model, entry.input)
  local files
  if result then
    self.spent = self.spent + (result.record.credits or 0)
    files, err = result:save(("%s/%s.%s"):format(
      self.folder,
      name,
      result.urls[1]:match("%.(%a+)%?") or "png"
    ))
  end
  if files then
    entry.state, entry.path = "ready", files[1].path
  else
    entry.state, entry.why = "missing", err.kind
    entry.fallback = FALLBACKS[err.kind] or "question mark"
  end
  self.finished[#self.finished + 1] = name
end

local function want(self, name, model, input)
  local entry = self.entries[name]
  if not entry then
    entry = { state = "painting", model = model, input = input }
    self.entries[name] = entry
    self.client:spawn(make, self, name, entry)
  end
  return entry
end

---The hero's portrait: an entry whose `state` is "painting", then "ready" with
---a `path`, or "missing" with a `fallback`. Asked for once, however often it
---is wanted.
function Portraits:hero(name, looks)
  return want(self, name, "z-image", { prompt = "portrait, " .. looks })
end

---The clip that introduces a quest; likewise.
function Portraits:quest(name, plot)
  return want(self, name, "kling-v3-pro", {
    prompt = plot,
    duration = "5",
    aspect_ratio = "16:9",
    mode = "std",
    sound = false,
  })
end

---Once per frame.
function Portraits:update()
  self.client:step()
end

---For a loading screen: waits until nothing is being painted any more.
function Portraits:finish()
  while self.client:pending() > 0 do
    self.client:poll(1)
  end
end

return new
