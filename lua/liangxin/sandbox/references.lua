-- Which pictures a request refers to: wherever the catalogue's row says that
-- a parameter holds an image, nested ones included. Pure.

local references = {}

-- No model takes more than a few; this bounds the walk.
local URLS_MAX = 16

local function add(urls, value)
  if #urls >= URLS_MAX then
    return
  elseif type(value) == "string" then
    urls[#urls + 1] = value
  elseif type(value) == "table" then
    for _, item in ipairs(value) do
      add(urls, item)
    end
  end
end

local function collect(urls, specs, input)
  for _, spec in ipairs(specs) do
    local value = input[spec.name]
    local fields = spec.item and spec.item.fields
    if spec.role == "image" then
      add(urls, value)
    elseif fields and type(value) == "table" then
      for _, item in ipairs(value) do
        if type(item) == "table" then
          collect(urls, fields, item)
        end
      end
    end
  end
  return urls
end

---@param row table the catalogue's row
---@param input table
---@return string[] urls in the order of the row's parameters
function references.urls(row, input)
  return collect({}, row.parameters, input)
end

return references
