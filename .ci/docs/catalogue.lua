-- The page about the models, as Markdown, from the rows of the catalogue.

local facts = require "docs.facts"
local markdown = require "docs.markdown"

local catalogue = {}

local function tasks_of(model)
  local tasks = { model.task }
  for _, also in ipairs(model.also or {}) do
    tasks[#tasks + 1] = also
  end
  return table.concat(tasks, ", ")
end

local function overview_row(model, anchor)
  return { ("[`%s`](#%s)"):format(model.id, anchor), model.kind, tasks_of(model), model.description }
end

local function parameter_rows(rows, specs, prefix)
  for _, spec in ipairs(specs) do
    local name = prefix .. spec.name
    local mark = spec.trust == "inferred" and " \\*" or ""
    local needed = spec.required and ", **required**" or ""
    rows[#rows + 1] = {
      "`" .. name .. "`" .. mark,
      facts.type_of(spec) .. needed,
      facts.allowed(spec, "\\*"),
      facts.default(spec, "\\*"),
    }
    local fields = spec.fields or spec.item and spec.item.fields
    if fields then
      parameter_rows(rows, fields, name .. (spec.item and "[]." or "."))
    end
  end
  return rows
end

local function sources(model)
  local text = "Source: " .. (model.source.documented or "not found; the id is inferred")
  return model.source.inferred and text .. "; \\* " .. model.source.inferred or text
end

local function add_model(out, model)
  out:heading(2, "`" .. model.id .. "`")
  out:add(("**%s** (family `%s`, makes a%s %s: %s). %s"):format(model.title, model.family,
    model.kind == "image" and "n" or "", model.kind, tasks_of(model), model.description))
  out:code(("local result, err = client:generate(%q, %s)"):format(model.id, facts.input(model)))
  out:table({ "parameter", "type", "values", "default" }, parameter_rows({}, model.parameters, ""))
  local rules = {}
  for i, rule in ipairs(model.combinations or {}) do
    rules[i] = "- " .. facts.rule(rule) .. (rule.trust == "inferred" and " \\*" or "")
  end
  out:add(table.concat(rules, "\n"))
  out:add(sources(model) .. ".")
end

---@param rows liangxin.Model[]
---@param head string the part of the page above
---@return string markdown
function catalogue.page(rows, head)
  local slugs = markdown.slugs()
  for heading in markdown.headings(head) do
    slugs(heading)
  end
  local overview = {}
  for i, model in ipairs(rows) do
    overview[i] = overview_row(model, slugs("`" .. model.id .. "`"))
  end
  local out = markdown.new()
  out:table({ "model", "makes", "from", "" }, overview)
  for _, model in ipairs(rows) do
    add_model(out, model)
  end
  return out:text()
end

return catalogue
