-- Inputs for the specs of the catalogue: a valid one of each model, and the
-- two questions that the specs ask about it.

local assert = require("luassert")
local models = require("liangxin.models")

local inputs = {}

inputs.PNG = "https://cdn.example.com/a.png"

-- In the order of the service's navigation.
inputs.IDS = {
  "seedream-v4-5",
  "seedream-v4-5-edit",
  "seedream-v5-lite",
  "seedream-v5-lite-edit",
  "z-image",
  "gemini-2.5-flash-image-preview",
  "nano-banana-pro",
  "nano-banana-pro-flash",
  "imagen4-fast",
  "imagen4-ultra",
  "flux-2-pro",
  "kling-v3-pro",
}

local EDIT_BASE = { prompt = "more fog", reference_images = { inputs.PNG } }
local BASES = {
  ["seedream-v4-5-edit"] = EDIT_BASE,
  ["seedream-v5-lite-edit"] = EDIT_BASE,
}

---A valid input of the model with some of its keys replaced.
function inputs.of(id, changes)
  local input = {}
  for name, value in pairs(BASES[id] or { prompt = "a cat" }) do
    input[name] = value
  end
  for name, value in pairs(changes or {}) do
    input[name] = value
  end
  return input
end

local function brief(id, problems)
  return id .. ": " .. tostring(problems)
end

---The input must pass.
function inputs.accept(id, input)
  local ok, problems = models.validate(id, input)
  assert.is_true(ok, brief(id, problems))
  assert.is_nil(problems)
end

---The input must have exactly one problem, about `parameter`: returns it.
function inputs.refuse(id, input, parameter)
  local ok, problems = models.validate(id, input)
  assert.is_nil(ok, id .. " accepted a wrong " .. parameter)
  assert.equal(1, #problems, brief(id, problems))
  assert.equal(parameter, problems[1].parameter, brief(id, problems))
  return problems[1], problems
end

---A list of `count` items, each `value`.
function inputs.repeated(value, count)
  local list = {}
  for i = 1, count do
    list[i] = value
  end
  return list
end

return inputs
