-- The catalogue of models: what the service's documents, and where they are
-- silent its upstream's, say about each model's input. It is advice: the
-- service decides. A model or a key that is not listed here passes, unless it
-- is a typing error away from one that is.
--
-- Trust. "documented" means stated by the service itself; "inferred" means
-- taken from the upstream or from a sister model, and possibly stricter than
-- the service is. Problems of inferred limits carry `inferred = true` and say
-- so; the mode "documented" leaves them out.
--
-- A row (adding a model is adding one to a file of FAMILIES):
--   id, family, title, description, kind ("image", "video"), task,
--   also (further tasks), example (an input for the documents)
--   trust            of the id itself; source = {documented=, inferred=}
--   inferred_except  set when the model's own field table was not found: all
--                    parameters but the named ones count as inferred
--   parameters       a list, in the order of the documents, of
--     name, type (string, integer, number, boolean, array, object, seconds),
--     required, min, max, min_length, max_length (in characters), min_items,
--     max_items, item (spec of a list's items), fields (specs of an object),
--     enum, aliases (accepted spelling -> member of enum), default, note,
--     role ("text": private words, "image": a picture, by its URL)
--     data_uri (of a picture: "documented" or "inferred" where data: URIs are
--     taken, too), suffixes and data_types (how a picture's URL ends before
--     its query, and the types of its data URI)
--     trust, inferred (set of this spec's facts that are inferred though the
--     rest is documented)
--   combinations     a list of {rule=, params=, trust=, ...}: see rules.lua
--   size             steps, the first that applies wins: {pixels={w, h}} takes
--                    two parameters, {by={...}, sizes=} looks values up when
--                    at least one is given, {default={w, h}} ends the list
--   format           {parameter=, values=, default=, trust=}

local checker = require("liangxin.models.validate")
local size = require("liangxin.models.size")
local spelling = require("liangxin.spelling")
local pairs = require("liangxin.walk").pairs

local models = {}

-- In the order of the service's navigation.
local FAMILIES = { "seedream", "z_image", "google", "imagen", "flux", "kling" }

local function copy(value)
  if type(value) ~= "table" then
    return value
  end
  local duplicate = {}
  for key, item in pairs(value) do
    duplicate[key] = copy(item)
  end
  return duplicate
end

-- Items and fields are as sure as the parameter that holds them, unless they
-- say otherwise.
local function hand_down_trust(spec, trust)
  spec.trust = spec.trust or trust
  if spec.item then
    hand_down_trust(spec.item, spec.trust)
  end
  for _, field in ipairs(spec.fields or {}) do
    hand_down_trust(field, spec.trust)
  end
end

-- A row of its own: families share parts between their rows.
local function complete(shared_row)
  local row = copy(shared_row)
  local except = row.inferred_except
  for _, spec in ipairs(row.parameters) do
    if except and not except[spec.name] then
      spec.trust = "inferred"
    end
    hand_down_trust(spec)
  end
  return row
end

local rows, by_id = {}, {}
for _, family in ipairs(FAMILIES) do
  for _, shared_row in ipairs(require("liangxin.models." .. family)) do
    local row = complete(shared_row)
    rows[#rows + 1] = row
    by_id[row.id] = row
  end
end

-- Words in the names of models that make videos, without their version.
local VIDEO_WORDS = {}
for word in
  ([[kling veo wan sora runway seedance hailuo vidu pika ltx luma pixverse
  video motion i2v t2v]]):gmatch("%S+")
do
  VIDEO_WORDS[word] = true
end

local function find(id, caller)
  if type(id) ~= "string" then
    local text = "bad argument #1 to 'models.%s' (a model's id is a string, "
      .. "got %s)"
    error(text:format(caller, type(id)), 3)
  end
  return by_id[id]
end

---Every model, in the order of the service's navigation. The rows are copies.
---@return liangxin.Model[]
function models.list()
  return copy(rows)
end

---One model as a copy, or nil when the catalogue does not know it.
---@param id string
---@return liangxin.Model?
function models.get(id)
  return copy(find(id, "get"))
end

---Whether the model makes images or videos, without the cost of a copy.
---@param id string
---@return "image"|"video"|nil
function models.kind(id)
  local row = find(id, "kind")
  return row and row.kind
end

---Whether the model makes videos. One that the catalogue does not know is
---judged by the words in its name: "veo-3-1", "wan2.6-i2v", "runway/gen4".
---@param id string
---@return boolean
function models.is_video(id)
  local row = find(id, "is_video")
  if row then
    return row.kind == "video"
  end
  for word in id:lower():gmatch("%w+") do
    if VIDEO_WORDS[word] or VIDEO_WORDS[word:match("^(%a+)[%d]*$")] then
      return true
    end
  end
  return false
end

local function add_unknown_model(problems, id)
  local near = spelling.near(id, by_id)
  if near then
    checker.add(problems, {
      parameter = "model",
      value = id,
      suggestion = near,
      allowed = '"' .. near .. '"',
      message = ('model "%s" is unknown: did you mean "%s"?'):format(id, near),
      inferred = false,
    })
  end
end

---Checks an input. Unknown models and keys pass, unless they are a typing
---error away from a known one; JSON null counts as absent.
---@param id string
---@param input any
---@param mode? boolean|"documented" "documented": only what the service's
---documents state; otherwise inferred limits, too
---@return true? ok
---@return liangxin.Problems? problems all of them; tostring gives one line
function models.validate(id, input, mode)
  local row = find(id, "validate")
  local problems = checker.new_problems(mode == "documented")
  if row then
    checker.check(problems, row, input)
  else
    add_unknown_model(problems, id)
  end
  if #problems == 0 then
    return true
  end
  return nil, problems
end

---The pixels that an input asks for; nil for an unknown model.
---@param id string
---@param input any
---@return integer? width
---@return integer? height
---@return "documented"|"inferred"|nil trust
function models.size(id, input)
  local row = find(id, "size")
  if row then
    return size.of(row, input)
  end
end

---The file format that an input asks for; nil for an unknown model.
---@param id string
---@param input any
---@return "png"|"jpeg"|"mp4"|nil format
---@return "documented"|"inferred"|nil trust
function models.format(id, input)
  local row = find(id, "format")
  if row then
    return size.format(row, input)
  end
end

return models
