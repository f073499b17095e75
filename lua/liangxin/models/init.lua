-- The catalogue of models: what the service's documents, and where they are
-- silent its upstream's, say about each model's input. It is advice: the
-- service decides. A model or a key that is not listed here always passes.
--
-- Trust. "documented" means stated by the service itself; "inferred" means
-- taken from the upstream or from a sister model, and possibly stricter than
-- the service is. Inferred limits are checked as well, but their problems carry
-- `inferred = true` and say so, and `problems.only_inferred` tells that nothing
-- documented was broken, so that a caller can send such an input all the same.
--
-- A row (adding a model is adding one to a file of FAMILIES):
--   id, title, kind ("image", "video"), task, also (further tasks)
--   trust            of the id itself; source = {documented=, inferred=}
--   inferred_except  set when the model's own field table was not found: all
--                    parameters but the named ones count as inferred
--   parameters       a list, in the order of the documents, of
--     name, type (string, integer, number, boolean, array, object, seconds),
--     required, min, max, min_length, max_length (in characters), min_items,
--     max_items, item (spec of a list's items), fields (specs of an object),
--     enum, aliases (accepted spelling -> member of enum), default, note,
--     suffixes and data_types (how a picture's URL ends, or its data URI's
--     types), role ("text": private words, "image": a picture),
--     trust, inferred (set of this spec's facts that are inferred though the
--     rest is documented)
--   combinations     a list of {rule=, params=, trust=, ...}: see rules.lua
--   size             steps, the first that applies wins: {pixels={w, h}} takes
--                    two parameters, {by={...}, sizes=} looks values up when
--                    at least one is given, {default={w, h}} ends the list
--   format           {parameter=, values=, default=, trust=}

local check = require("liangxin.models.validate")
local size = require("liangxin.models.size")

---@class liangxin.Model
---@field id string
---@field title string
---@field kind "image"|"video"
---@field task string
---@field also? string[]
---@field trust "documented"|"inferred"
---@field source table<string, string>
---@field parameters liangxin.Parameter[]
---@field combinations? table[]
---@field size table[]
---@field format table

---@class liangxin.Parameter
---@field name string
---@field type string
---@field required? boolean
---@field enum? string[]
---@field aliases? table<string, string>
---@field default? any
---@field role? "text"|"image"
---@field trust "documented"|"inferred"
---@field inferred? table<string, boolean>

---@class liangxin.Problem
---@field parameter string path inside the input: "seed", "image_input[2]"
---@field value any what was given, safe to print; nil when missing
---@field allowed string
---@field message string one line
---@field inferred boolean

---@class liangxin.Problems: liangxin.Problem[]
---@field only_inferred boolean no problem in the list is a documented one

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

---Checks an input. An unknown model and unknown keys pass; JSON null counts
---as absent.
---@param id string
---@param input any
---@return true? ok
---@return liangxin.Problems? problems all of them; tostring gives one line
function models.validate(id, input)
  local row = find(id, "validate")
  if not row then
    return true
  end
  return check(row, input)
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
